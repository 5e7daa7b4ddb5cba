//! Tests for whole texts for a terminal.

mod accounts;
mod causes;
mod released;

use std::io;

use insta::assert_snapshot;

use super::super::Refusal;
use super::super::sample::{self, NASTY};
use super::*;
use crate::model::change::{Plan, TargetState};

/// The text without styles, as in a file.
fn written(write: impl FnOnce(&mut anstream::StripStream<Vec<u8>>) -> io::Result<()>) -> String {
    let mut sink = anstream::StripStream::new(Vec::new());
    write(&mut sink).unwrap();
    String::from_utf8(sink.into_inner()).unwrap()
}

fn planned(of: &Plan) -> String {
    written(|sink| plan(of, None, &Options::default(), sink))
}

#[test]
fn a_plan_with_one_of_each() {
    assert_snapshot!(planned(&sample::mixed()), @"
    experience baseline · Baseline exp-acmebase0001 · acme 111111111112
      - add policy  Baseline policy                                                   baseline.yaml:30
                    ↳ without it everything can be bought here; with it only what is approved
      - deny        Splunk Cloud     prod-0000000000002x  not listed
                    ↳ running subscriptions go on until they end, and can't be renewed
      + approve     Datadog Pro      prod-4xk6p2ab3cdef   SEC-1234, reviewed 2026-10  baseline.yaml:4
      + approve     Tool 0           prod-0000000000000                               baseline.yaml:10
      + approve     Tool 1           prod-0000000000001                               baseline.yaml:11
      + approve     Tool 2           prod-0000000000002                               baseline.yaml:12
      + approve     Tool 3           prod-0000000000003                               baseline.yaml:13
      + approve     Tool 4           prod-0000000000004                               baseline.yaml:14
      + approve     Tool 5           prod-0000000000005                               baseline.yaml:15
      + approve     Tool 6           prod-0000000000006                               baseline.yaml:16
      + approve     Tool 7           prod-0000000000007                               baseline.yaml:17
      + approve     Tool 8           prod-0000000000008                               baseline.yaml:18
      + approve     … 6 more         (--all shows them)
      drift, from before this change:
      - deny        Old Tool         prod-0000000000003x  not listed
                    ↳ running subscriptions go on until they end, and can't be renewed
      + approve     Snyk             prod-77aa00bb11cc2                               baseline.yaml:6

    portfolio data-platform · Data Platform port-abcd1234 · acme/hub 111111111111 · us-east-1
      - unshare  partner               999999999999
      ~ share    Workloads/Staging     ou-acme-stag0001  tag options: no → yes            data-platform.yaml:11
      + share    Workloads/Production  ou-acme-prod0001  tag options, principals by name  data-platform.yaml:8
                 ↳ reaches shop 333333333331, billing 333333333332 (closed 333333333335 is suspended)
      ! principals are shared by name: a role of that name in any recipient account will match  data-platform.yaml:8

    portfolio lake · acme/hub 111111111111 · us-east-1
      ✗ could not be read: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized  lake.yaml:1

    4 targets: 4 to remove, 1 to update, 18 to create. Taken from partner and experience Baseline. 2 of these are drift from before. 1 warning. 1 target in step.
    1 target could not be read: nothing is planned there.
    Product names come from the catalog, or else from AWS Marketplace. Only the id counts.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
}

#[test]
fn all_shows_every_line_and_verbose_every_target() {
    let options = Options { all: true, verbose: true, ..Options::default() };
    let mut mixed = sample::mixed();
    if let TargetState::Complete { left_alone, .. } = &mut mixed.targets[3].state {
        left_alone.unlisted = 3;
    }
    let text = written(|sink| plan(&mixed, None, &options, sink));
    assert!(text.contains("Tool 14") && !text.contains("more  (--all"), "{text}");
    assert_snapshot!(text.rsplit_once("not authorized").unwrap().1, @"
      lake.yaml:1

    portfolio quiet · Quiet port-abcd1234 · acme/hub 111111111111 · us-east-1
      in step
      3 more are live, not listed and left alone

    4 targets: 4 to remove, 1 to update, 18 to create. Taken from partner and experience Baseline. 2 of these are drift from before. 1 warning. 1 target in step.
    1 target could not be read: nothing is planned there.
    3 more are live, not listed and left alone.
    Product names come from the catalog, or else from AWS Marketplace. Only the id counts.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
}

#[test]
fn silenced_warnings_are_counted_and_shown_to_those_who_ask() {
    let mut target = sample::warned(sample::portfolio("p", "Data", vec![]), "principal_sharing", "by name", 4);
    target.silenced = std::mem::take(&mut target.warnings);
    let of = sample::plan(vec![target]);
    assert_snapshot!(planned(&of), @"
    In step: 1 target, nothing to change.
    1 warning is silenced by a comment (-v shows them).
    ");
    let options = Options { verbose: true, ..Options::default() };
    assert_snapshot!(written(|sink| plan(&of, None, &options, sink)), @"
    portfolio p · Data port-abcd1234 · acme/hub 111111111111 · us-east-1
      in step
      silenced: by name  p.yaml:4

    In step: 1 target, nothing to change.
    1 warning is silenced by a comment.
    ");
}

#[test]
fn in_a_terminal_lines_are_broken_at_blanks_and_ids_never() {
    let mut mixed = sample::mixed();
    mixed.targets.insert(1, sample::replaced());
    for width in [20, 40, 60, 80, 100, 140] {
        let options = Options { all: true, verbose: true, width: Some(width), ..Options::default() };
        let report_options = Options { applying: true, ..options };
        let texts = [
            (
                written(|sink| plan(&mixed, None, &options, sink)),
                written(|sink| plan(&mixed, None, &wide(options), sink)),
            ),
            (
                written(|sink| report(&sample::applied_in_part(), &report_options, sink)),
                written(|sink| report(&sample::applied_in_part(), &wide(report_options), sink)),
            ),
        ];
        for (narrow, wide) in texts {
            for line in narrow.lines().filter(|line| line.chars().count() > width) {
                assert_eq!(line.split_whitespace().count(), 1, "{width}: {line}");
            }
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&narrow), words(&wide), "{width}");
        }
    }
    let options = Options { width: Some(72), ..Options::default() };
    assert_snapshot!(written(|sink| plan(&sample::plan(vec![sample::replaced()]), None, &options, sink)), @"
    portfolio data-platform · Data Platform port-abcd1234 · acme/hub
      111111111111 · us-east-1
      - share    Workloads/Staging   ou-acme-stag0001  principals by name:
                   yes → no  data-platform.yaml:11
                 ↳ concerns 1 account: shop-staging 333333333341
      - unshare  shop                333333333331
                 ↳ keeps it by another share
                 ↳ after the share with Workloads/Production
                   ou-acme-prod0001 is made
      - unshare  Shops               ou-acme-shop0001
                 ↳ 1 account loses it: billing 333333333332
                 ↳ after the share with Workloads/Production
                   ou-acme-prod0001 is made
      - unshare  Teams               ou-acme-team0001
                 ↳ 300 accounts lose it: team-0 555555555000, team-1
                   555555555001, team-2 555555555002, team-3 555555555003,
                   team-4 555555555004, team-5 555555555005, 294 more
      - unshare  partner             999999999999
      + share    Workloads/Production  ou-acme-prod0001
                   data-platform.yaml:8

    1 target: 5 to remove, 1 to create. Taken from 303 accounts.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
}

fn wide(options: Options) -> Options {
    Options { width: None, ..options }
}

#[test]
fn a_plan_in_step() {
    let targets = vec![sample::portfolio("quiet", "Quiet", vec![]), sample::experience("baseline", "Baseline", vec![])];
    assert_snapshot!(planned(&sample::plan(targets)), @"In step: 2 targets, nothing to change.");
}

#[test]
fn what_could_not_be_read_is_never_in_step() {
    assert_snapshot!(planned(&sample::plan(vec![sample::unreadable("lake", "AccessDenied: no")])), @r"
    portfolio lake · acme/hub 111111111111 · us-east-1
      ✗ could not be read: AccessDenied: no  lake.yaml:1

    1 target: nothing to change in what could be read.
    1 target could not be read: nothing is planned there.
    ");
}

#[test]
fn removals_are_never_cut() {
    let changes = (0..300).map(|n| sample::deny(&format!("prod-{n:03}x"), "Tool")).collect();
    let text = planned(&sample::plan(vec![sample::experience("baseline", "Baseline", changes)]));
    assert!((0..300).all(|n| text.contains(&format!("prod-{n:03}x"))));
}

#[test]
fn drift_is_told_from_the_other_side() {
    let text = written(|sink| drift(&sample::mixed(), None, &Options::default(), sink));
    assert_snapshot!(text, @"
    experience baseline · Baseline exp-acmebase0001 · acme 111111111112
      live, and should not be:
      - approved  Splunk Cloud     prod-0000000000002x
      - approved  Old Tool         prod-0000000000003x
                  ↳ running subscriptions go on until they end, and can't be renewed
      not live, and should be:
      + policy    Baseline policy                                                   baseline.yaml:30
                  ↳ without it everything can be bought here; with it only what is approved
      + approved  Datadog Pro      prod-4xk6p2ab3cdef   SEC-1234, reviewed 2026-10  baseline.yaml:4
      + approved  Tool 0           prod-0000000000000                               baseline.yaml:10
      + approved  Tool 1           prod-0000000000001                               baseline.yaml:11
      + approved  Tool 2           prod-0000000000002                               baseline.yaml:12
      + approved  Tool 3           prod-0000000000003                               baseline.yaml:13
      + approved  Tool 4           prod-0000000000004                               baseline.yaml:14
      + approved  Tool 5           prod-0000000000005                               baseline.yaml:15
      + approved  Tool 6           prod-0000000000006                               baseline.yaml:16
      + approved  Tool 7           prod-0000000000007                               baseline.yaml:17
      + approved  Tool 8           prod-0000000000008                               baseline.yaml:18
      + approved  … 7 more         (--all shows them)

    portfolio data-platform · Data Platform port-abcd1234 · acme/hub 111111111111 · us-east-1
      live, and should not be:
      - share  partner               999999999999
      live, and should be otherwise:
      ~ share  Workloads/Staging     ou-acme-stag0001  tag options: no → yes            data-platform.yaml:11
      not live, and should be:
      + share  Workloads/Production  ou-acme-prod0001  tag options, principals by name  data-platform.yaml:8
               ↳ reaches shop 333333333331, billing 333333333332 (closed 333333333335 is suspended)
      ! principals are shared by name: a role of that name in any recipient account will match  data-platform.yaml:8

    portfolio lake · acme/hub 111111111111 · us-east-1
      ✗ could not be read: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized  lake.yaml:1

    Drift in 2 targets: 3 live and not in Git, 1 different from Git, 19 in Git and not live.
    To undo it: `catalog-sync apply`. To keep it: write it into the catalog.
    1 target could not be read: whether there is drift there is not known.
    ");
    let quiet = sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]);
    assert_snapshot!(written(|sink| drift(&quiet, None, &Options::default(), sink)), @"No drift: live is what Git says in 1 target.");
}

#[test]
fn foreign_text_stays_on_its_line_and_shows_itself() {
    for &name in NASTY {
        let share = sample::noted(sample::share(sample::account("999999999999"), name, 3), &[name]);
        let mut target = sample::warned(sample::portfolio("p", name, vec![share]), "code", name, 4);
        target.account_name = Some(name.to_owned());
        let text = planned(&sample::plan(vec![target, sample::unreadable("q", name)]));
        assert_eq!(text.lines().count(), 11, "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{text}");
    }
}

#[test]
fn a_report_says_what_failed_and_why() {
    let text = written(|sink| report(&sample::applied_in_part(), &Options::default(), sink));
    assert_snapshot!(text, @"
    experience baseline · Baseline exp-acmebase0001 · acme 111111111112
      ✓ applied:
      - deny     Splunk Cloud  prod-0000000000002x  not listed
                 ↳ running subscriptions go on until they end, and can't be renewed
      + approve  Datadog Pro   prod-4xk6p2ab3cdef               baseline.yaml:4

    portfolio data-platform · Data Platform port-abcd1234 · acme/hub 111111111111 · us-east-1
      ✗ failed:
      - unshare  partner               999999999999
                 ↳ AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/x is not authorized
                 ↳ DeletePortfolioShare in hub 111111111111 us-east-1
      not tried:
      - unshare  former                999999999998
      - unshare  other                 999999999997
                 ↳ what came before it failed
      ✓ applied:
      + share    Workloads/Production  ou-acme-prod0001  tag options, principals by name  data-platform.yaml:8

    portfolio lake · acme/hub 111111111111 · us-east-1
      ✗ could not be read: ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: no  lake.yaml:1

    Applied in part: 3 applied, 1 failed, 2 not tried, 1 target could not be read.
    Running it again is safe. What was left needs this:
      - 1 change denied: give the role what it lacks, as said above (`catalog-sync doctor --mode apply` checks all of it), then run it again.
      - 2 changes not tried: made by the next run, once what held it up is gone.
      - 1 target could not be read. Mend the cause given above, then run it again.
    ");
}

#[test]
fn running_it_again_is_said_to_finish_what_it_can_finish_and_nothing_else() {
    let told = |codes: &[&str]| {
        let changes = codes.iter().map(|_| sample::unshare("999999999999", "partner")).collect();
        let outcomes = codes.iter().map(|code| sample::failed(code)).collect();
        let of = sample::report(vec![(sample::portfolio("p", "Data", changes), outcomes)]);
        let text = written(|sink| report(&of, &Options::default(), sink));
        text.split_once("not tried.\n").unwrap().1.to_owned()
    };
    let finishes = "Running it again is safe and finishes what was left.\n";
    assert_eq!(told(&["Timeout", "ThrottlingException", "SERVER_FAULT"]), finishes);
    for code in ["Conflict", "ShareFailed", "LimitExceededException", "ValidationException", "AccessDenied", "New"] {
        let text = told(&["Timeout", code]);
        assert!(!text.contains("finishes"), "{code}: {text}");
        assert_eq!(text.lines().count(), 3, "{code}: {text}");
    }
    let all = ["Timeout", "Conflict", "ShareFailed", "LimitExceededException", "ValidationException", "AccessDenied"];
    assert_snapshot!(told(&all), @"
    Running it again is safe. What was left needs this:
      - 1 change failed for a reason that passes: run it again.
      - 1 change denied: give the role what it lacks, as said above (`catalog-sync doctor --mode apply` checks all of it), then run it again.
      - 1 change over a quota: have it raised or make room below it, then run it again.
      - 1 change out of date: the live state has changed since the plan. Make a new plan, review it, apply it.
      - 1 change refused by AWS as written: correct the catalog, then plan again.
      - 1 change ended without some of the accounts, which are named above. `drift` shows a share that lacks accounts; `--repair-shares` removes it and makes it again.
    ");
}

#[test]
fn a_refusal_shows_what_nobody_saw() {
    let targets = [sample::portfolio("p", "Data", vec![sample::unshare("999999999999", "partner")])];
    let refused = Refusal {
        headline: "1 change that nobody has reviewed",
        why: "The plan has changed since.",
        targets: &targets,
        way_out: "Open a pull request, so that someone sees it.",
        digest: "sha256:9f2c41aa05d7e3b1c2",
    };
    let text = written(|sink| refusal(&refused, &Options::default(), sink));
    assert_snapshot!(text, @r"
    portfolio p · Data port-abcd1234 · acme/hub 111111111111 · us-east-1
      - unshare  partner  999999999999

    Not applied: 1 change that nobody has reviewed. Nothing was changed.
    The plan has changed since.
    Open a pull request, so that someone sees it.
    ");
}

#[test]
fn a_report_of_success() {
    let mut all = sample::applied_in_part();
    all.targets.truncate(1);
    assert_snapshot!(written(|sink| report(&all, &Options::default(), sink)), @"
    experience baseline · Baseline exp-acmebase0001 · acme 111111111112
      ✓ applied:
      - deny     Splunk Cloud  prod-0000000000002x  not listed
                 ↳ running subscriptions go on until they end, and can't be renewed
      + approve  Datadog Pro   prod-4xk6p2ab3cdef               baseline.yaml:4

    Done: 2 changes applied, 1 target in step.
    ");
}
