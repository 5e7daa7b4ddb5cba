//! Accounts and targets that share a cause: shown once, with their names, counted if they are many.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::{Options, drift, plan, report};
use super::{planned, written};
use crate::model::report::Outcome;

#[test]
fn a_removal_says_who_loses_and_what_it_waits_for() {
    assert_snapshot!(planned(&sample::plan(vec![sample::replaced()])), @"
    portfolio data-platform · Data Platform port-abcd1234 · acme/hub 111111111111 · us-east-1
      - share    Workloads/Staging     ou-acme-stag0001  principals by name: yes → no  data-platform.yaml:11
                 ↳ concerns 1 account: shop-staging 333333333341
      - unshare  shop                  333333333331
                 ↳ keeps it by another share
                 ↳ after the share with Workloads/Production ou-acme-prod0001 is made
      - unshare  Shops                 ou-acme-shop0001
                 ↳ 1 account loses it: billing 333333333332
                 ↳ after the share with Workloads/Production ou-acme-prod0001 is made
      - unshare  Teams                 ou-acme-team0001
                 ↳ 300 accounts lose it: team-0 555555555000, team-1 555555555001, team-2 555555555002, team-3 555555555003, team-4 555555555004, team-5 555555555005, 294 more
      - unshare  partner               999999999999
      + share    Workloads/Production  ou-acme-prod0001                                data-platform.yaml:8

    1 target: 5 to remove, 1 to create. Taken from 303 accounts.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
    let text = written(|sink| drift(&sample::plan(vec![sample::replaced()]), None, &Options::default(), sink));
    assert!(text.contains("300 accounts would lose it: team-0 555555555000"), "{text}");
    assert!(!text.contains("is made"), "{text}");
}

#[test]
fn one_wrong_role_name_is_told_once_however_many_targets_it_concerns() {
    let text = planned(&sample::plan(sample::without_role(124)));
    assert_eq!(text.matches("sts:AssumeRole").count(), 1, "{text}");
    assert_snapshot!(text, @"
    124 targets could not be read:
      ✗ AssumeRole in {account} us-east-1: AccessDenied: not authorized to perform sts:AssumeRole on arn:aws:iam::{account}:role/wrong-plan
        portfolio/file-0/acme/us-east-1 in team-0 333333333000  file-0.yaml:1
        portfolio/file-1/acme/us-east-1 in team-1 333333333001  file-1.yaml:1
        portfolio/file-2/acme/us-east-1 in team-2 333333333002  file-2.yaml:1
        portfolio/file-3/acme/us-east-1 in team-3 333333333003  file-3.yaml:1
        portfolio/file-4/acme/us-east-1 in team-4 333333333004  file-4.yaml:1
        portfolio/file-5/acme/us-east-1 in team-5 333333333005  file-5.yaml:1
        portfolio/file-6/acme/us-east-1 in team-6 333333333006  file-6.yaml:1
        portfolio/file-7/acme/us-east-1 in team-7 333333333007  file-7.yaml:1
        portfolio/file-8/acme/us-east-1 in team-8 333333333008  file-8.yaml:1
        portfolio/file-9/acme/us-east-1 in team-9 333333333009  file-9.yaml:1
        … 114 more (--all shows them)

    124 targets: nothing to change in what could be read.
    124 targets could not be read: nothing is planned there.
    ");
    let all = Options { all: true, ..Options::default() };
    let text = written(|sink| plan(&sample::plan(sample::without_role(124)), None, &all, sink));
    assert_eq!(text.matches("sts:AssumeRole").count(), 1, "{text}");
    assert!((0..124).all(|n| text.contains(&format!("portfolio/file-{n}/"))), "{text}");
}

#[test]
fn one_refusal_is_told_once_however_many_changes_it_concerns() {
    let text = written(|sink| report(&sample::refused_everywhere(124), &Options::default(), sink));
    assert_eq!(text.matches("is not authorized").count(), 1, "{text}");
    assert_eq!(text.matches("as above").count(), 123, "{text}");
    assert_snapshot!(text.lines().take(10).collect::<Vec<_>>().join("\n"), @"
    portfolio file-0 · Data port-abcd1234 · acme/team-0 333333333000 · us-east-1
      ✗ failed:
      + share  partner  999999999998  data-platform.yaml:8
               ↳ AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/x is not authorized arn:aws:iam::{account}:role/wrong-apply (the same for 124 changes in 124 targets)
               ↳ DeletePortfolioShare

    portfolio file-1 · Data port-abcd1234 · acme/team-1 333333333001 · us-east-1
      ✗ failed:
      + share  partner  999999999998  data-platform.yaml:8
               ↳ AccessDeniedException: DeletePortfolioShare, as above
    ");
}

#[test]
fn a_warning_that_many_share_is_told_once() {
    let warn = |n: u32| {
        let target = sample::portfolio(&format!("file-{n}"), "Data", vec![]);
        let sentence = "principals are shared by name";
        sample::warned(sample::warned(target, "principal_sharing", sentence, n), "principal_sharing", sentence, n + 1)
    };
    assert_snapshot!(planned(&sample::plan((1..4).map(warn).collect())), @"
    ! 3 targets:
      principals are shared by name
        portfolio/file-1/acme/us-east-1  file-1.yaml:1
        portfolio/file-1/acme/us-east-1  file-1.yaml:2
        portfolio/file-2/acme/us-east-1  file-2.yaml:2
        portfolio/file-2/acme/us-east-1  file-2.yaml:3
        portfolio/file-3/acme/us-east-1  file-3.yaml:3
        portfolio/file-3/acme/us-east-1  file-3.yaml:4

    In step: 3 targets, nothing to change. 6 warnings.
    ");
    assert_snapshot!(planned(&sample::plan(vec![warn(1)])), @"
    portfolio file-1 · Data port-abcd1234 · acme/hub 111111111111 · us-east-1
      ! principals are shared by name  file-1.yaml:1 and file-1.yaml:2

    In step: 1 target, nothing to change. 2 warnings.
    ");
}

#[test]
fn same_change_in_several_regions_is_told_once_and_counted_in_each() {
    let of = sample::plan(sample::in_three_regions());
    assert_snapshot!(planned(&of), @"
    portfolio data-platform · Data Platform · acme/hub 111111111111 · eu-west-1 port-eu-west-1 · us-east-1 port-us-east-1 · us-west-2 port-us-west-2
      the same in each of 3 regions:
      - unshare  partner               999999999999
                 ↳ after the share with Workloads/Production ou-acme-prod0001 is made
      + share    Workloads/Production  ou-acme-prod0001  tag options  data-platform.yaml:8

    portfolio data-platform · Data Platform · acme/hub 111111111111 · eu-west-1 port-eu-west-1 · us-east-1 port-us-east-1
      the same in each of 2 regions:
      + share  shop  333333333331  data-platform.yaml:9

    portfolio data-platform · Data Platform port-us-east-1 · acme/hub 111111111111 · us-east-1
      - unshare  Shops  ou-acme-shop0001
                 ↳ 1 account loses it: billing 333333333332
                 ↳ after the share with Workloads/Production ou-acme-prod0001 is made

    portfolio data-platform · Data Platform port-us-west-2 · acme/hub 111111111111 · us-west-2
      - unshare  Shops  ou-acme-shop0001
                 ↳ no account loses it: other shares reach the same accounts, or there are none
                 ↳ after the share with Workloads/Production ou-acme-prod0001 is made
      + share    shop   333333333331      data-platform.yaml:9
                 ↳ the recipient has to accept it

    3 targets: 5 to remove, 6 to create. Taken from billing and partner.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
    let text = written(|sink| drift(&of, None, &Options::default(), sink));
    assert_eq!(text.matches("ou-acme-prod0001").count(), 1, "{text}");
    assert!(text.contains("5 live and not in Git"), "{text}");
}

#[test]
fn what_failed_in_one_region_and_was_applied_in_two_is_told_apart() {
    let mut targets = sample::in_three_regions();
    for target in &mut targets {
        *target = target.only(|change| change.edit.key() != "ou-acme-shop0001");
    }
    let outcomes = [
        vec![Outcome::Applied, Outcome::Applied, sample::denied()],
        vec![Outcome::Applied, Outcome::Applied, Outcome::Applied],
        vec![Outcome::Applied, Outcome::Applied, Outcome::Applied],
    ];
    let of = sample::report(targets.into_iter().zip(outcomes).collect());
    assert_snapshot!(written(|sink| report(&of, &Options::default(), sink)), @"
    portfolio data-platform · Data Platform · acme/hub 111111111111 · eu-west-1 port-eu-west-1 · us-east-1 port-us-east-1 · us-west-2 port-us-west-2
      the same in each of 3 regions:
      ✓ applied:
      + share  Workloads/Production  ou-acme-prod0001  tag options  data-platform.yaml:8

    portfolio data-platform · Data Platform · acme/hub 111111111111 · eu-west-1 port-eu-west-1 · us-east-1 port-us-east-1
      the same in each of 2 regions:
      ✓ applied:
      + share  shop  333333333331  data-platform.yaml:9

    portfolio data-platform · Data Platform port-eu-west-1 · acme/hub 111111111111 · eu-west-1
      ✗ failed:
      - unshare  partner  999999999999
                 ↳ AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/x is not authorized
                 ↳ DeletePortfolioShare in hub 111111111111 us-east-1

    portfolio data-platform · Data Platform · acme/hub 111111111111 · us-east-1 port-us-east-1 · us-west-2 port-us-west-2
      the same in each of 2 regions:
      ✓ applied:
      - unshare  partner  999999999999

    portfolio data-platform · Data Platform port-us-west-2 · acme/hub 111111111111 · us-west-2
      ✓ applied:
      + share  shop  333333333331  data-platform.yaml:9
               ↳ the recipient has to accept it

    Applied in part: 8 applied, 1 failed, 0 not tried.
    Running it again is safe. What was left needs this:
      - 1 change denied: give the role what it lacks, as said above (`catalog-sync doctor --mode apply` checks all of it), then run it again.
    ");
}
