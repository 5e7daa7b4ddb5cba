//! Whole texts.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::super::{Objection, Refusal};
use super::super::{Link, State, drift, plan, refusal, report, restate};
use super::{context, since};

#[test]
fn a_plan_with_one_of_each() {
    assert_snapshot!(plan(&sample::mixed(), None, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 3 to remove, 1 to update, 17 to create (taken from partner and experience Baseline), 1 target could not be read

    4 targets · 1 in step · 1 not readable · 1 warning · drift from before, undone by the same apply: 1 to remove, 1 to create

    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - experience <b>Baseline</b> (acme) gets a procurement policy: until now <b>everything</b> could be bought, from now on only what is approved
    > - <b>Splunk Cloud</b> `prod-0000000000002x` can no longer be bought in experience <b>Baseline</b> (acme)
    > - <b>partner</b> `999999999999` loses portfolio <b>Data Platform</b> (acme) in us-east-1
    >
    > <b>Undoing drift from before this pull request takes away:</b>
    >
    > - <b>Old Tool</b> `prod-0000000000003x` can no longer be bought in experience <b>Baseline</b> (acme)
    >
    > Running subscriptions to a product that can no longer be bought go on until they end, and can't be renewed.

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Nothing is planned there.
    > - <b>principal sharing</b> in portfolio <b>Data Platform</b> · acme · us-east-1: principals are shared by name: a role of that name in any recipient account will match ([data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8))

    | target | remove | update | create | drift |
    | :-- | --: | --: | --: | --: |
    | experience <b>Baseline</b> · acme | <b>2</b> |  | 16 | −1 +1 |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | <b>1</b> | 1 | 1 |  |
    | portfolio <b>lake</b> · acme · us-east-1 ⚠️ could not be read |  |  |  |  |

    <details><summary>experience <b>Baseline</b> <code>exp-acmebase0001</code> · acme <code>111111111112</code>: 2 to remove, 16 to create, 2 drift</summary>

    ```diff
    - add policy  Baseline policy
                  ↳ without it everything can be bought here; with it only what is approved
    - deny        Splunk Cloud prod-0000000000002x   not listed
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
    - deny     Old Tool prod-0000000000003x   not listed
    + approve  Snyk prod-77aa00bb11cc2
    ```

    Asked for in [baseline.yaml:4–24](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L4-L24) · [30](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L30)

    </details>

    <details><summary>portfolio <b>Data Platform</b> <code>port-abcd1234</code> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove, 1 to update, 1 to create</summary>

    ```diff
    - unshare  partner 999999999999
    ! share    Workloads/Staging ou-acme-stag0001   tag options: no → yes
    + share    Workloads/Production ou-acme-prod0001   tag options, principals by name
               ↳ reaches shop 333333333331, billing 333333333332 (closed 333333333335 is suspended)
    ```

    Asked for in [data-platform.yaml:8–11](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8-L11)

    </details>

    <sub>Product names come from the catalog, or else from AWS Marketplace. Only the id counts.</sub>

    <!-- about 8fdd930b de108859 -->
    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn a_plan_in_step() {
    let quiet = sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]);
    assert_snapshot!(plan(&quiet, None, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: in step, nothing to change

    1 target · 1 in step

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn silenced_warnings_are_counted_and_folded_away() {
    let mut target = sample::warned(sample::portfolio("p", "Data", vec![]), "principal_sharing", "by <b>name", 4);
    target.silenced = std::mem::take(&mut target.warnings);
    let text = plan(&sample::plan(vec![target]), None, &context());
    assert!(text.contains("1 target · 1 in step · 1 warning is silenced by a comment\n"), "{text}");
    assert!(!text.contains("[!WARNING]"), "{text}");
    assert_snapshot!(text.split_once("<details>").unwrap().1.split_once("</details>").unwrap().0, @"
    <summary>Silenced by comments</summary>

    - <b>principal sharing</b> in portfolio <b>Data</b> · acme · us-east-1: by &lt;b&gt;name ([p.yaml:4](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/p.yaml#L4))
    ");
}

#[test]
fn drift_alone_is_not_the_fault_of_the_pull_request() {
    let changes = vec![sample::drift(sample::unshare("999999999999", "partner"))];
    let text = plan(&sample::plan(vec![sample::portfolio("p", "Data", changes)]), None, &context());
    assert_snapshot!(text.split("<details").next().unwrap(), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: nothing by this pull request, 1 change from before

    1 target · drift from before, undone by the same apply: 1 to remove

    > [!CAUTION]
    > <b>Undoing drift from before this pull request takes away:</b>
    >
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    | target | drift |
    | :-- | --: |
    | portfolio <b>Data</b> · acme · us-east-1 | −1 |
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
    let text = plan(&sample::plan(vec![many, east, west, third]), None, &context());
    let caution = text.lines().filter(|line| line.starts_with('>')).collect::<Vec<_>>().join("\n");
    assert_snapshot!(caution, @"
    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - <b>5 products</b> can no longer be bought in experience <b>Baseline</b> (acme): <b>Tool 1</b> `prod-1`, <b>Tool 2</b> `prod-2`, <b>Tool 3</b> `prod-3`, <b>Tool 4</b> `prod-4` and <b>Tool 5</b> `prod-5`
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1 and us-west-2
    > - <b>Workloads/Staging</b> `ou-acme-stag0001` no longer gets principals of portfolio <b>Lake</b> (acme) in us-east-1; the accounts that lose something were not looked up
    >
    > Running subscriptions to a product that can no longer be bought go on until they end, and can't be renewed.
    ");
}

#[test]
fn a_foot_lives_on() {
    let evil = "x <!-- state --> `y` <!-- /state -->";
    let changes = vec![sample::share(sample::account("999999999999"), evil, 3)];
    let text = plan(&sample::plan(vec![sample::portfolio("p", evil, changes)]), None, &context());
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
    let text = drift(&sample::mixed(), None, &context(), &since());
    let (before, details) = text.split_once("<!-- target ").unwrap();
    assert_snapshot!(before, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Drift: 3 live and not in Git, 1 different from Git, 19 in Git and not live, since 18 November, 1 target could not be read

    - <b>Undo it:</b> run [run 101](https://github.com/acme/catalog/actions/runs/101).
    - <b>Keep it:</b> write it into the catalog, in a pull request.

    > [!CAUTION]
    > <b>Undoing it takes away:</b>
    >
    > - experience <b>Baseline</b> (acme) gets a procurement policy: until now <b>everything</b> could be bought, from now on only what is approved
    > - <b>Splunk Cloud</b> `prod-0000000000002x` can no longer be bought in experience <b>Baseline</b> (acme)
    > - <b>Old Tool</b> `prod-0000000000003x` can no longer be bought in experience <b>Baseline</b> (acme)
    > - <b>partner</b> `999999999999` loses portfolio <b>Data Platform</b> (acme) in us-east-1
    >
    > Running subscriptions to a product that can no longer be bought go on until they end, and can't be renewed.

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Whether there is drift is not known.
    > - <b>principal sharing</b> in portfolio <b>Data Platform</b> · acme · us-east-1: principals are shared by name: a role of that name in any recipient account will match ([data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8))

    | target | live and not in Git | different from Git | in Git and not live |
    | :-- | --: | --: | --: |
    | experience <b>Baseline</b> · acme | <b>2</b> |  | 18 |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | <b>1</b> | 1 | 1 |
    | portfolio <b>lake</b> · acme · us-east-1 ⚠️ could not be read |  |  |  |
    "#);
    assert_snapshot!(details.rsplit_once("<!-- /target -->").unwrap().1, @"


    Last looked: 20 November 03:00 UTC. Could not be read: <b>1 target</b>.

    <sub>Drift of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    ");
}

#[test]
fn what_could_not_be_read_is_not_the_end_of_drift() {
    let blind = sample::plan(vec![sample::unreadable("lake", "AccessDenied: no")]);
    assert_snapshot!(drift(&blind, None, &context(), &since()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Drift: not known, 1 target could not be read

    > [!WARNING]
    > - portfolio <b>lake</b> · acme · us-east-1 <b>could not be read</b>: AccessDenied: no ([lake.yaml:1](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/lake.yaml#L1)). Whether there is drift is not known.

    | target |
    | :-- |
    | portfolio <b>lake</b> · acme · us-east-1 ⚠️ could not be read |

    Last looked: 20 November 03:00 UTC. Could not be read: <b>1 target</b>.

    <sub>Drift of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
    let quiet = sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]);
    assert!(drift(&quiet, None, &context(), &since()).contains("### No drift in 1 target\n"));
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

    <b>Running it again is safe. What was left needs this:</b>

    - 1 change denied: give the role what it lacks, as said above (<code>catalog-sync doctor --mode apply</code> checks all of it), then run it again.
    - 2 changes not tried: made by the next run, once what held it up is gone.
    - 1 target could not be read. Mend the cause given above, then run it again.

    | target | applied | failed | not tried |
    | :-- | --: | --: | --: |
    | experience <b>Baseline</b> · acme | 2 |  |  |
    | portfolio <b>Data Platform</b> · acme · us-east-1 | 1 | <b>1</b> | 2 |
    | portfolio <b>lake</b> · acme · us-east-1 ⚠️ could not be read |  |  |  |

    <details><summary>experience <b>Baseline</b> <code>exp-acmebase0001</code> · acme <code>111111111112</code>: 1 removed, 1 created</summary>

    ```diff
    - deny     Splunk Cloud prod-0000000000002x   not listed
    + approve  Datadog Pro prod-4xk6p2ab3cdef
    ```

    Asked for in [baseline.yaml:4](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/marketplace/baseline.yaml#L4)

    </details>

    <details><summary>portfolio <b>Data Platform</b> <code>port-abcd1234</code> · acme/hub <code>111111111111</code> · us-east-1: 1 created</summary>

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
    assert_snapshot!(text.split("<details").next().unwrap(), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Applied: 1 removed, 1 created

    | target | applied |
    | :-- | --: |
    | experience <b>Baseline</b> · acme | 2 |
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

    <details><summary>portfolio <b>Data</b> <code>port-abcd1234</code> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove</summary>

    ```diff
    - unshare  partner 999999999999
    ```

    </details>

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn a_plan_that_will_be_refused_says_so_before_what_it_takes_away() {
    let headline = "it takes away 3, and at most 2 are allowed";
    let objection = Objection { headline, way_out: "Put the label `allow` on it, not @me." };
    let box_of = |text: &str| text.lines().find(|line| line.contains("refused")).unwrap().to_owned();
    let text = plan(&sample::mixed(), Some(&objection), &context());
    assert_snapshot!(box_of(&text), @"> <b>An apply will be refused:</b> it takes away 3, and at most 2 are allowed. Put the label <code>allow</code> on it, not @&#8203;me.");
    assert!(text.find("will be refused") < text.find("This takes away"), "{text}");
    let text = drift(&sample::mixed(), Some(&objection), &context(), &since());
    assert!(box_of(&text).contains(headline), "{text}");
}

#[test]
fn what_is_granted_outward_stands_open_beside_what_is_taken() {
    let share = sample::share(sample::account("999999999998"), "partner", 4);
    let portfolio = sample::portfolio("data-platform", "Data", vec![share, sample::unshare("999999999999", "auditor")]);
    let portfolio = sample::warned(portfolio, "outside_organization", "999999999998 is no account of acme", 4);
    let approves = |id: &str| {
        let mut target = sample::experience("list", id, vec![sample::approve("prod-1x", "Datadog", 3)]);
        target.name = format!("marketplace/list/acme/{id}").parse().unwrap();
        target
    };
    let of = sample::plan(vec![approves("exp-1"), approves("exp-2"), portfolio]);
    let text = plan(&of, None, &context());
    let (_, rest) = text.split_once("> [!CAUTION]").unwrap();
    assert_snapshot!(rest.split("> [!WARNING]").next().unwrap(), @"

    > <b>This takes away:</b>
    >
    > - <b>auditor</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    > [!IMPORTANT]
    > <b>This grants outward:</b>
    >
    > - <b>partner</b> `999999999998`, no account of organization acme, gets portfolio <b>Data</b> in us-east-1
    > - <b>Datadog</b> `prod-1x` can be bought in all 2 experiences of organization acme
    ");
    assert!(text.contains("<details open>"), "a small plan is unfolded: {text}");
    // An approval in one of two experiences is no grant to everybody.
    let one = sample::plan(vec![approves("exp-1"), sample::experience("list", "exp-2", vec![])]);
    assert!(!plan(&one, None, &context()).contains("grants outward"));
}
