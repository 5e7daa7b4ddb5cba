//! The accounts that a plan takes something from.

use std::collections::BTreeMap;

use super::*;

/// The accounts that lose something by each change, by the change's key.
fn losers(plan: &Plan) -> Vec<(String, Option<Vec<String>>)> {
    let told = |accounts: &BTreeMap<AccountId, String>| {
        accounts.iter().map(|(id, name)| format!("{name} {id}").trim().to_owned()).collect()
    };
    let taken = plan.changes().filter(|(_, change)| change.edit.takes_away());
    taken.map(|(_, change)| (change.edit.key(), change.about.takes_from.as_ref().map(told))).collect()
}

#[test]
fn an_account_that_another_share_still_reaches_loses_nothing() {
    let desired = shared("one", vec![unit("Production", false)], Unlisted::Remove);
    let live = live(vec![account("333333333331"), account("999999999999")], None);
    assert_eq!(
        losers(&plan(&desired, &live)),
        [("333333333331".to_owned(), Some(vec![])), ("999999999999".to_owned(), Some(vec!["999999999999".to_owned()])),]
    );
}

#[test]
fn a_unit_that_loses_its_share_loses_it_for_its_active_accounts() {
    let production = Share::Ou { ou: id("ou-acme-prod0001"), tag_options: true, principals: true };
    let staging = Share::Ou { ou: id("ou-acme-stag0001"), tag_options: false, principals: false };
    let desired = shared("one", vec![wanted(HUB, false)], Unlisted::Remove);
    let gone = plan(&desired, &live(vec![production.clone(), staging], None));
    assert_eq!(
        losers(&gone),
        [
            ("ou-acme-prod0001".to_owned(), Some(vec!["shop 333333333331".to_owned()])),
            ("ou-acme-stag0001".to_owned(), None),
        ],
        "whom the other unit reaches was not looked up"
    );
    let narrowed =
        plan(&shared("one", vec![unit("Production", true)], Unlisted::Remove), &live(vec![production], None));
    assert_eq!(losers(&narrowed), [("ou-acme-prod0001".to_owned(), Some(vec!["shop 333333333331".to_owned()]))]);
    assert_eq!(wire::plan_from_json(&wire::plan_to_json(&gone)).unwrap(), gone);
}

#[test]
fn a_share_that_nobody_has_accepted_yet_keeps_no_account_from_losing() {
    let production = Share::Ou { ou: id("ou-acme-prod0001"), tag_options: false, principals: false };
    let desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let loses = |live: &Live| losers(&plan(&desired, live));
    let lost = [("ou-acme-prod0001".to_owned(), Some(vec!["shop 333333333331".to_owned()]))];
    assert_eq!(loses(&live(vec![production.clone()], None)), lost, "the new share has to be accepted first");
    let mut both = live(vec![production, account("333333333331")], None);
    assert_eq!(loses(&both), [("ou-acme-prod0001".to_owned(), Some(vec![]))]);
    for found in both.portfolios.values_mut().flat_map(|shelf| shelf.read.values_mut()) {
        let Found::There(portfolio) = found else { panic!() };
        portfolio.shares.values_mut().for_each(|share| share.accepted = false);
    }
    assert_eq!(loses(&both), lost, "the other share was never accepted");
}
