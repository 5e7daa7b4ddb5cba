//! Changes that many recipient accounts share: shown once, with the accounts.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::{Options, drift, plan, report};
use super::{planned, written};
use crate::model::change::Target;

fn accounts(number: u32) -> Vec<Target> {
    let mut accounts: Vec<Target> =
        (0..number).map(|number| sample::recipient(number, "us-east-1", &["Analyst"])).collect();
    accounts[1] = sample::recipient(1, "us-east-1", &["Analyst", "Special"]);
    accounts
}

#[test]
fn same_change_in_a_few_accounts_is_told_once_and_another_stands_apart() {
    assert_snapshot!(planned(&sample::plan(accounts(3))), @"
    recipient data-platform · Data Platform · acme · 3 accounts · us-east-1 port-data
      the same in each of 3 accounts:
      - revoke  role/Analyst  not listed
      in team-0 333300000000, team-1 333300000001 and team-2 333300000002

    recipient data-platform · Data Platform port-data · acme/team-1 333300000001 · us-east-1
      - revoke  role/Special  arn:aws:iam::333300000001:role/Special  not listed

    3 targets: 4 to remove. Taken from team-0, team-1 and team-2.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
}

#[test]
fn same_change_in_many_accounts_takes_a_few_lines_and_all_names_on_demand() {
    let of = sample::plan(accounts(500));
    let text = planned(&of);
    assert!(text.lines().count() < 40 && text.contains("501 to remove"), "{text}");
    assert!(
        text.contains("the same in each of 500 accounts") && text.contains("490 more (--all names them)"),
        "{text}"
    );
    let all = Options { all: true, ..Options::default() };
    let text = written(|sink| plan(&of, None, &all, sink));
    assert!((0..500).all(|number| text.contains(&format!("team-{number} 3333{number:08}"))), "{text}");
    let text = written(|sink| drift(&of, None, &Options::default(), sink));
    assert!(text.lines().count() < 40, "{text}");
}

#[test]
fn accounts_in_which_a_change_failed_are_all_named() {
    let failed = |target: Target| {
        let outcomes = target.changes().map(|_| sample::denied()).collect();
        (target, outcomes)
    };
    let of = sample::report(accounts(500).into_iter().map(failed).collect());
    let text = written(|sink| report(&of, &Options::default(), sink));
    assert!((0..500).all(|number| text.contains(&format!("team-{number} 3333{number:08}"))), "{text}");
    assert_eq!(text.matches("is not authorized").count(), 1, "{text}");
}
