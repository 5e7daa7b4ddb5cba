//! Whole texts, nasty input, and what happens at the limit.

use insta::assert_snapshot;

use super::super::sample::{self, NASTY};
use super::*;
use crate::model::change::{Change, Plan};
use crate::model::experience::Listing;
use crate::model::report::Outcome;

const RUN: Link<'_> = Link { text: "run 101", url: "https://github.com/acme/catalog/actions/runs/101" };

fn context() -> Context<'static> {
    Context {
        marker: "<!-- catalog-sync:plan {\"v\":1} -->",
        files: Some("https://github.com/acme/catalog/blob/4be1c02d5f/"),
        head: Some("4be1c02d5f4be1c02d5f4be1c02d5f4be1c02d5f"),
        base: Some("77d01aa9e377d01aa9e377d01aa9e377d01aa9e3"),
        base_branch: Some("main"),
        run: Some(RUN),
        whole: Some(Link { text: "the summary of run 101", url: RUN.url }),
        state: State::Planned,
        tool: "catalog-sync 0.1.0",
        limit: Limit::COMMENT,
    }
}

fn since() -> DriftContext<'static> {
    DriftContext { since: Some("18 November"), looked: "20 November 03:00 UTC", undo: Some(RUN), keep: None }
}

#[test]
fn a_plan_with_one_of_each() {
    assert_snapshot!(plan(&sample::mixed(), &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 2 to remove, 1 to update, 18 to create, 1 target could not be read

    4 targets · 1 in step · 1 not readable · 1 warning · drift from before, set right by the same apply: 1 to remove, 1 to create

    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - experience <b>Baseline</b> (acme) gets a procurement policy: until now <b>everything</b> could be bought, from now on only what is approved
    > - <b>Splunk Cloud</b> `prod-0000000000002x` can no longer be bought in experience <b>Baseline</b> (acme); running subscriptions go on
    > - <b>partner</b> `999999999999` loses portfolio <b>Data Platform</b> (acme) in us-east-1
    >
    > <b>Setting drift right, from before this pull request, takes away:</b>
    >
    > - <b>Old Tool</b> `prod-0000000000003x` can no longer be bought in experience <b>Baseline</b> (acme); running subscriptions go on

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Nothing is planned there.
    > - <b>principal sharing</b> in portfolio <b>Data Platform</b> · acme · us-east-1: principals are shared by name: a role of that name in any recipient account will match ([data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8))

    | target | remove | update | create | drift |
    | --- | --: | --: | --: | --: |
    | experience <b>Baseline</b> · acme | <b>1</b> |  | 17 | −1 +1 |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | <b>1</b> | 1 | 1 |  |
    | portfolio <b>lake</b> · acme · us-east-1 | ⚠️ not readable |  |  |  |

    <details><summary>experience <b>Baseline</b> · acme <code>111111111112</code>: 1 to remove, 17 to create, 2 drift</summary>

    ```diff
    - deny        Splunk Cloud prod-0000000000002x   no longer listed
    + add policy  Baseline policy
                  ↳ without it everything can be bought here; with it only what is approved
    + approve     Datadog Pro prod-4xk6p2ab3cdef   SEC-1234, reviewed 2026-10
    + approve     Tool 0 prod-0000000000000
    + approve     Tool 1 prod-0000000000001
    + approve     Tool 2 prod-0000000000002
    + approve     Tool 3 prod-0000000000003
    + approve     Tool 4 prod-0000000000004
    + approve     Tool 5 prod-0000000000005
    + approve     Tool 6 prod-0000000000006
    + approve     Tool 7 prod-0000000000007
    + approve     Tool 8 prod-0000000000008
    + approve     Tool 9 prod-0000000000009
    + approve     Tool 10 prod-0000000000010
    + approve     Tool 11 prod-0000000000011
    + approve     Tool 12 prod-0000000000012
    + approve     Tool 13 prod-0000000000013
    + approve     Tool 14 prod-0000000000014
    @@ drift, from before @@
    - deny     Old Tool prod-0000000000003x   no longer listed
    + approve  Snyk prod-77aa00bb11cc2
    ```

    Asked for in [baseline.yaml:4–24](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L4-L24) · [30](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L30)

    </details>

    <details><summary>portfolio <b>Data Platform</b> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove, 1 to update, 1 to create</summary>

    ```diff
    - unshare  partner 999999999999
    ! share    Workloads/Staging ou-acme-stag0001   tag options: no → yes
    + share    Workloads/Production ou-acme-prod0001   tag options, principals by name
               ↳ reaches shop 333333333331, billing 333333333332 (closed 333333333335 is suspended)
    ```

    Asked for in [data-platform.yaml:8–11](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8-L11)

    </details>

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn a_plan_in_step() {
    let quiet = sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]);
    assert_snapshot!(plan(&quiet, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: in step, nothing to change

    1 target · 1 in step

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn drift_alone_is_not_the_fault_of_the_pull_request() {
    let changes = vec![sample::drift(sample::unshare("999999999999", "partner"))];
    let text = plan(&sample::plan(vec![sample::portfolio("p", "Data", changes)]), &context());
    assert_snapshot!(text.split("<details>").next().unwrap(), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: nothing by this pull request, 1 change from before

    1 target · drift from before, set right by the same apply: 1 to remove

    > [!CAUTION]
    > <b>Setting drift right, from before this pull request, takes away:</b>
    >
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    | target | remove | update | create | drift |
    | --- | --: | --: | --: | --: |
    | portfolio <b>Data</b> · acme · us-east-1 |  |  |  | −1 |
    "#);
}

#[test]
fn the_same_loss_in_several_places_is_said_once() {
    let lose = || vec![sample::unshare("999999999999", "partner")];
    let east = sample::portfolio("p", "Data", lose());
    let mut west = sample::portfolio("p", "Data", lose());
    west.name = "portfolio/p/acme/us-west-2".parse().unwrap();
    let before = sample::ou("ou-acme-stag0001", true, true);
    let narrowed = sample::reshare(before, sample::ou("ou-acme-stag0001", true, false), "Workloads/Staging", 11);
    let deny = |n| sample::deny(&format!("prod-{n}"), &format!("Tool {n}"));
    let many = sample::experience("baseline", "Baseline", (1..=5).map(deny).collect());
    let third = sample::portfolio("q", "Lake", vec![narrowed]);
    let text = plan(&sample::plan(vec![many, east, west, third]), &context());
    let caution = text.lines().filter(|line| line.starts_with('>')).collect::<Vec<_>>().join("\n");
    assert_snapshot!(caution, @r"
    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - <b>5 products</b> can no longer be bought in experience <b>Baseline</b> (acme); running subscriptions go on: <b>Tool 1</b> `prod-1`, <b>Tool 2</b> `prod-2`, <b>Tool 3</b> `prod-3`, <b>Tool 4</b> `prod-4` and <b>Tool 5</b> `prod-5`
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1 and us-west-2
    > - <b>Workloads/Staging</b> `ou-acme-stag0001` no longer gets principals of portfolio <b>Lake</b> (acme) in us-east-1
    ");
}

#[test]
fn a_foot_lives_on() {
    let evil = "x <!-- state --> `y` <!-- /state -->";
    let changes = vec![sample::share(sample::account("999999999999"), evil, 3)];
    let text = plan(&sample::plan(vec![sample::portfolio("p", evil, changes)]), &context());
    let run = Link { text: "run 102", url: "https://github.com/acme/catalog/actions/runs/102" };
    let applying = restate(&text, &State::Applying(run)).unwrap();
    let failed = restate(&applying, &State::NotApplied(run, "1 change failed @team")).unwrap();
    assert_snapshot!(failed.lines().last().unwrap(), @"<sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state --><b>not applied</b> by [run 102](https://github.com/acme/catalog/actions/runs/102): 1 change failed @&#8203;team<!-- /state --> · catalog-sync 0.1.0</sub>");
    let (before, _) = text.rsplit_once("<!-- state -->").unwrap();
    assert!(failed.starts_with(before));
    assert_eq!(restate("no foot", &State::Planned), None);
}

#[test]
fn drift_offers_both_ways_out() {
    let text = drift(&sample::mixed(), &context(), &since());
    let (before, details) = text.split_once("<details>").unwrap();
    assert_snapshot!(before, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Drift: 3 live and not in Git, 1 live otherwise than in Git, 19 in Git and not live, since 18 November, 1 target could not be read

    - <b>Undo it:</b> run [run 101](https://github.com/acme/catalog/actions/runs/101).
    - <b>Keep it:</b> run <code>catalog-sync import --adopt</code> and open a pull request with what it edits.

    > [!CAUTION]
    > <b>Undoing it takes away:</b>
    >
    > - experience <b>Baseline</b> (acme) gets a procurement policy: until now <b>everything</b> could be bought, from now on only what is approved
    > - <b>Splunk Cloud</b> `prod-0000000000002x` can no longer be bought in experience <b>Baseline</b> (acme); running subscriptions go on
    > - <b>Old Tool</b> `prod-0000000000003x` can no longer be bought in experience <b>Baseline</b> (acme); running subscriptions go on
    > - <b>partner</b> `999999999999` loses portfolio <b>Data Platform</b> (acme) in us-east-1

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Whether there is drift is not known.
    > - <b>principal sharing</b> in portfolio <b>Data Platform</b> · acme · us-east-1: principals are shared by name: a role of that name in any recipient account will match ([data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8))

    | target | live and not in Git | live otherwise than in Git | in Git and not live |
    | --- | --: | --: | --: |
    | experience <b>Baseline</b> · acme | <b>2</b> |  | 18 |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | <b>1</b> | 1 | 1 |
    | portfolio <b>lake</b> · acme · us-east-1 | ⚠️ not readable |  |  |
    "#);
    assert_snapshot!(details.rsplit_once("</details>").unwrap().1, @r"
    Last looked: 20 November 03:00 UTC. Could not be read: <b>1 target</b>.

    <sub>Drift of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    ");
}

#[test]
fn what_could_not_be_read_is_not_the_end_of_drift() {
    let blind = sample::plan(vec![sample::unreadable("lake", "AccessDenied: no")]);
    assert_snapshot!(drift(&blind, &context(), &since()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Drift: not known, 1 target could not be read

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: AccessDenied: no ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Whether there is drift is not known.

    | target | live and not in Git | live otherwise than in Git | in Git and not live |
    | --- | --: | --: | --: |
    | portfolio <b>lake</b> · acme · us-east-1 | ⚠️ not readable |  |  |

    Last looked: 20 November 03:00 UTC. Could not be read: <b>1 target</b>.

    <sub>Drift of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
    let quiet = sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]);
    assert!(drift(&quiet, &context(), &since()).contains("### No drift in 1 target\n"));
}

#[test]
fn a_report_says_what_failed_and_why() {
    assert_snapshot!(report(&sample::applied_in_part(), &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### ⚠️ Applied in part: 1 removed, 2 created; 1 failed, 2 not tried, 1 target could not be read

    > [!CAUTION]
    > <b>Failed:</b>
    >
    > - unshare <b>partner</b> `999999999999` in portfolio <b>Data Platform</b> · acme · us-east-1: <b>AccessDeniedException</b>: User: arn:aws:sts::111111111111:assumed-role/x is not authorized (`DeletePortfolioShare` in hub `111111111111` us-east-1)

    - <b>2 changes not tried</b> in portfolio <b>Data Platform</b> · acme · us-east-1: what came before it failed

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: no ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Nothing was tried there.

    <b>Running it again is safe and finishes what was left.</b>

    | target | applied | failed | not tried |
    | --- | --: | --: | --: |
    | experience <b>Baseline</b> · acme | 2 |  |  |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | 1 | <b>1</b> | 2 |
    | portfolio <b>lake</b> · acme · us-east-1 | ⚠️ not readable |  |  |

    <details><summary>experience <b>Baseline</b> · acme <code>111111111112</code>: 1 removed, 1 created</summary>

    ```diff
    - deny     Splunk Cloud prod-0000000000002x   no longer listed
    + approve  Datadog Pro prod-4xk6p2ab3cdef
    ```

    Asked for in [baseline.yaml:4](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L4)

    </details>

    <details><summary>portfolio <b>Data Platform</b> · acme/hub <code>111111111111</code> · us-east-1: 1 created</summary>

    ```diff
    + share  Workloads/Production ou-acme-prod0001   tag options, principals by name
    ```

    Asked for in [data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8)

    </details>

    <sub>Apply of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn a_report_of_success() {
    let mut all = sample::applied_in_part();
    all.targets.truncate(1);
    let text = report(&all, &context());
    assert_snapshot!(text.split("<details>").next().unwrap(), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Applied: 1 removed, 1 created

    | target | applied | failed | not tried |
    | --- | --: | --: | --: |
    | experience <b>Baseline</b> · acme | 2 |  |  |
    "#);
}

#[test]
fn a_refusal_shows_what_nobody_saw() {
    let targets = [sample::portfolio("p", "Data", vec![sample::unshare("999999999999", "partner")])];
    let refused = Refusal {
        headline: "1 change that nobody has reviewed",
        why: "The plan has changed since it was reviewed.",
        targets: &targets,
        way_out: "Open a pull request, so that someone sees the new plan.",
        digest: "sha256:9f2c41aa05d7e3b1c2",
    };
    assert_snapshot!(refusal(&refused, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### ⛔ Not applied: 1 change that nobody has reviewed

    <b>Nothing was changed.</b> The plan has changed since it was reviewed.

    <b>What now:</b> Open a pull request, so that someone sees the new plan.

    > [!CAUTION]
    > <b>It would take away:</b>
    >
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    <details><summary>portfolio <b>Data</b> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove</summary>

    ```diff
    - unshare  partner 999999999999
    ```

    </details>

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

/// The text without its blocks of code, which show everything as it is.
fn outside_code(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut out = String::new();
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 => fence = line.get(..ticks),
            None => out.extend([line, "\n"]),
            Some(open) if ticks >= open.len() && line.len() == ticks => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a block of code is never closed: {text}");
    out
}

fn nasty(name: &str) -> Plan {
    let changes = vec![
        sample::noted(sample::unshare("999999999999", name), &[name]),
        sample::noted(sample::share(sample::account("999999999998"), name, 3), &[name]),
    ];
    let mut target = sample::warned(sample::portfolio("p", name, changes), "code", name, 4);
    target.account_name = Some(name.to_owned());
    let deny = sample::sent_with(sample::deny("prod-1", name), name);
    let mut experience = sample::experience("baseline", name, vec![deny]);
    experience.name = format!("marketplace/baseline/acme/{name}").parse().unwrap();
    sample::plan(vec![experience, target, sample::unreadable("q", name)])
}

#[test]
fn foreign_text_is_text_wherever_it_stands() {
    for &name in NASTY {
        let of = nasty(name);
        let outcomes = vec![sample::denied(), Outcome::Skipped(name.to_owned())];
        let mut applied = sample::report(vec![(of.targets[1].clone(), outcomes)]);
        if let Outcome::Failed(failure) = &mut applied.targets[0].outcomes[0] {
            failure.message = name.to_owned();
        }
        let refused = Refusal { headline: name, why: name, targets: &of.targets, way_out: name, digest: "sha256:1" };
        let run = Link { text: name, url: name };
        let context = Context { head: Some(name), base_branch: Some(name), run: Some(run), ..context() };
        let since = DriftContext { since: Some(name), looked: name, undo: Some(run), keep: Some(run) };
        let texts = [
            plan(&of, &context),
            drift(&of, &context, &since),
            report(&applied, &context),
            refusal(&refused, &context),
        ];
        for text in texts {
            let prose = outside_code(text.strip_prefix(context.marker).unwrap());
            assert!(prose.contains("evil"), "{prose}");
            for raw in
                ["<script", "-->\u{20}<", "@team", " #1", "GH-1", "://evil", "www.evil", "evil |", "[x]", "**", "```"]
            {
                assert!(!prose.contains(raw), "{raw} in {prose}");
            }
            assert_eq!(prose.matches("<details>").count(), prose.matches("</details>").count(), "{prose}");
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\r']), "{text}");
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.starts_with("# ")), "{text}");
        }
    }
}

/// A plan of `n` changes, a fifth of them removals, over as many targets as it takes.
fn large(n: usize) -> Plan {
    let change = |n: usize| -> Change {
        let name = format!("Tool {n} of a vendor with a rather long name");
        match n % 5 {
            0 => sample::deny(&format!("gone-{n}x"), &name),
            1 => sample::product(&format!("prod-{n}x"), &name, Some(Listing::Denied), Listing::Approved, Some(9)),
            _ => sample::approve(&format!("prod-{n}x"), &name, u32::try_from(n * 10).unwrap()),
        }
    };
    let numbers: Vec<usize> = (0..n).collect();
    let targets = numbers.chunks(40).enumerate().map(|(at, chunk)| {
        let mut target = sample::experience("baseline", "Baseline", chunk.iter().map(|&n| change(n)).collect());
        target.name = format!("marketplace/baseline/acme/exp-{at:04}").parse().unwrap();
        sample::warned(target, "code", &format!("warning {at}"), 3)
    });
    sample::plan(targets.collect())
}

#[test]
fn a_comment_is_never_too_long_and_names_every_removal_that_fits() {
    for n in [1, 40, 400, 800, 3000, 5000] {
        let large = large(n);
        let text = plan(&large, &context());
        assert!(Limit::COMMENT.allows(&text), "{n}");
        assert!(text.starts_with(context().marker) && text.ends_with("</sub>\n"), "{n}");
        let removed = (0..n).step_by(5);
        let named = removed.clone().filter(|n| text.contains(&format!("gone-{n}x"))).count();
        let warned = (0..n.div_ceil(40))
            .filter(|at| text.contains(&format!("warning {at}<")) || text.contains(&format!("warning {at} ")))
            .count();
        if n <= 3000 {
            assert_eq!(named, removed.count(), "{n}");
        }
        assert_eq!(warned, n.div_ceil(40), "{n}");
        let whole = plan(&large, &Context { limit: Limit::Bytes(usize::MAX), ..context() });
        assert_eq!(text.contains("Too long for here"), !Limit::COMMENT.allows(&whole), "{n}");
        for text in [drift(&large, &context(), &since()), report_of(&large, &context())] {
            assert!(Limit::COMMENT.allows(&text), "{n}");
        }
        let summary = Context { limit: Limit::SUMMARY, marker: "", ..context() };
        assert!(!plan(&large, &summary).contains("Too long for here"), "{n}");
    }
}

fn report_of(plan: &Plan, context: &Context<'_>) -> String {
    let with_outcomes = |(at, target): (usize, &crate::model::change::Target)| {
        let failed = at % 2 == 0;
        let outcomes = target.changes().iter().map(|_| if failed { sample::denied() } else { Outcome::Applied });
        (target.clone(), outcomes.collect())
    };
    report(&sample::report(plan.targets.iter().enumerate().map(with_outcomes).collect()), context)
}

#[test]
fn the_smallest_limit_still_says_how_much() {
    let text = plan(&large(2000), &Context { limit: Limit::Characters(700), ..context() });
    assert_snapshot!(text, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 400 to remove, 1600 to create

    50 targets · 50 warnings

    ✂️ <b>Too long for here.</b> Left out: 1600 additions and the details per target. The whole is in [the summary of run 101](https://github.com/acme/catalog/actions/runs/101).

    > [!CAUTION]
    >
    > <b>400 taken away, and none fits here.</b>

    > [!WARNING]
    > - … and 50 more that would not fit here

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn additions_go_before_updates_and_removals_stay() {
    let mut changes: Vec<Change> = (0..30).map(|n| sample::approve(&format!("prod-{n}"), "New", n)).collect();
    changes.push(sample::unshare("999999999999", "partner"));
    let before = sample::ou("ou-acme-stag0001", false, false);
    changes.push(sample::reshare(before, sample::ou("ou-acme-stag0001", true, false), "Workloads/Staging", 11));
    let context = Context { limit: Limit::Characters(1500), ..context() };
    let text = plan(&sample::plan(vec![sample::portfolio("p", "Data", changes)]), &context);
    assert_snapshot!(text, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 1 to remove, 1 to update, 30 to create

    1 target

    ✂️ <b>Too long for here.</b> Left out: 20 additions. The whole is in [the summary of run 101](https://github.com/acme/catalog/actions/runs/101).

    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    | target | remove | update | create | drift |
    | --- | --: | --: | --: | --: |
    | portfolio <b>Data</b> · acme · us-east-1 | <b>1</b> | 1 | 30 |  |

    <details><summary>portfolio <b>Data</b> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove, 1 to update, 30 to create</summary>

    ```diff
    - unshare  partner 999999999999
    ! share    Workloads/Staging ou-acme-stag0001   tag options: no → yes
    + approve  New prod-0
    + approve  New prod-1
    + approve  New prod-2
    + approve  New prod-3
    + approve  New prod-4
    + approve  New prod-5
    + approve  New prod-6
    + approve  New prod-7
    + approve  New prod-8
    + approve  New prod-9
      … 20 more lines not shown here
    ```

    Asked for in [baseline.yaml:0–9](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L0-L9) · [data-platform.yaml:11](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L11)

    </details>

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}
