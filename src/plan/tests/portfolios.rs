//! Portfolios and their shares.

use super::*;

#[test]
fn what_is_granted_comes_before_what_is_taken() {
    let desired = shared("one", vec![unit("Production", false), wanted("333333333331", true)], Unlisted::Remove);
    let live = live(vec![account("999999999999"), account("333333333331")], None);
    assert_eq!(
        lines(&plan(&desired, &live)),
        [
            "create portfolio_share ou-acme-prod0001",
            "update portfolio_share 333333333331",
            "remove portfolio_share 999999999999",
        ]
    );
}

#[test]
fn a_share_that_is_kept_is_counted_and_left() {
    let plan = plan(&shared("one", vec![], Unlisted::Keep), &live(vec![account("999999999999")], None));
    assert!(lines(&plan).is_empty());
    let TargetState::Complete { left_alone, .. } = &plan.targets[0].state else { panic!() };
    assert_eq!(left_alone.unlisted, 1);
}

#[test]
fn labels_audiences_and_warnings_come_from_the_tree() {
    let desired = shared("one", vec![unit("Production", true), wanted("333333333335", false)], Unlisted::Remove);
    let plan = plan(&desired, &live(vec![account("999999999999")], None));
    let said: Vec<String> = plan
        .changes()
        .map(|(_, change)| format!("{}: {}", change.about.label, change.about.notes.join("; ")))
        .collect();
    assert_eq!(
        said,
        [
            "closed: the recipient has to accept it",
            "Production: reaches 1 account: shop 333333333331 (suspended: closed 333333333335)",
            ": the recipient had accepted it; not an account of organization acme",
        ]
    );
    let codes: Vec<&str> = plan.targets[0].warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["principal_sharing", "shared_twice", "suspended_account"]);
}

#[test]
fn a_path_that_is_not_there_blocks_its_target_and_suggests() {
    let plan = plan(&shared("one", vec![unit("Prodution", false)], Unlisted::Remove), &live(vec![], None));
    assert_eq!(
        reason(&plan),
        "organization acme has no organizational unit `Prodution`; did you mean `Production`? There is also `Staging`"
    );
}

#[test]
fn a_portfolio_that_is_not_there_blocks_its_target_and_suggests() {
    let mut desired = shared("one", vec![], Unlisted::Remove);
    let target = desired.portfolios.values_mut().next().unwrap();
    target.portfolio = Selector::Name("data".to_owned());
    assert_eq!(
        reason(&plan(&desired, &live(vec![], None))),
        "there is no portfolio named `data` in 111111111112 us-east-1; did you mean `Data`?"
    );
}

#[test]
fn could_not_look_is_never_nothing_there() {
    let mut live = live(vec![], None);
    for reading in live.portfolios.values_mut() {
        reading.listed = Some(Reading::Unreadable("ListPortfolios: denied".to_owned()));
    }
    let plan = plan(&shared("one", vec![wanted("333333333331", false)], Unlisted::Remove), &live);
    assert_eq!(reason(&plan), "ListPortfolios: denied");
    assert!(lines(&plan).is_empty());
}

#[test]
fn a_dropped_portfolio_loses_what_the_base_listed_and_nothing_else() {
    let base = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let live = live(vec![account("333333333331"), account("999999999999")], None);
    let plan = plan_with(&empty(), &live, Some(&base));
    assert_eq!(lines(&plan), ["remove portfolio_share 333333333331"]);
    let renamed = shared("two", vec![wanted("333333333331", false), wanted("999999999999", false)], Unlisted::Remove);
    assert!(lines(&plan_with(&renamed, &live, Some(&base))).is_empty());
}
