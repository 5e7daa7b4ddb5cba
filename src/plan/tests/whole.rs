//! A plan as a whole: its JSON, its digest, what of it may be carried out.

use super::*;

#[test]
fn a_plan_survives_the_way_to_json_and_back() {
    let mut desired = shared("one", vec![unit("Production", true), wanted("333333333331", true)], Unlisted::Remove);
    desired.experiences = listed(&["prod-a"], &["prod-b"], Unlisted::Remove).experiences;
    let mut plan = plan(&desired, &live(vec![account("999999999999"), account("333333333331")], None));
    // Each run works out again which accounts a share has to reach.
    for target in &mut plan.targets {
        if let TargetState::Complete { work: Work::Hub { portfolio: _, changes }, left_alone: _ } = &mut target.state {
            for change in changes {
                change.about.audience = None;
            }
        }
    }
    assert_eq!(wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), plan);
}

#[test]
fn the_digest_minds_neither_names_nor_notes_nor_places() {
    let desired = shared("one", vec![unit("Production", true)], Unlisted::Remove);
    let named = plan(&desired, &live(vec![account("999999999999")], None));
    let mut nameless_live = live(vec![account("999999999999")], None);
    let Some(Reading::Complete(tree)) = nameless_live.organizations.get_mut(&id::<Name>("acme")) else { panic!() };
    tree.accounts.clear();
    tree.members.clear();
    let nameless = plan(&desired, &nameless_live);
    assert_ne!(named, nameless);
    assert_eq!(named.digest, nameless.digest);
}

#[test]
fn a_change_that_is_gone_is_fine_and_one_that_is_new_is_not() {
    let desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let limits = Limits { max_removals: MaxRemovals::all(20), allow_removals: None, shown: Removals::default() };
    let shown = Reviewed::of(&plan(&desired, &live(vec![account("999999999999")], None)));
    let gone = plan(&desired, &live(vec![], None));
    assert!(approve(gone, limits, Some(&shown)).is_ok());
    let new = plan(&desired, &live(vec![account("999999999998")], None));
    let refusal = approve(new, limits, Some(&shown)).unwrap_err();
    assert_eq!(refusal.reason, Reason::Unreviewed { changes: 1 });
    let Some(Edit::Hub(HubEdit::Share(share))) = refusal.targets[0].changes().next().map(|change| change.edit) else {
        panic!()
    };
    assert_eq!(share.subject(), &account("999999999998"));
}

#[test]
fn limits_are_absolute_and_fail_closed() {
    let desired = shared("one", vec![], Unlisted::Remove);
    let live = live(vec![account("999999999998"), account("999999999999")], None);
    let allowed = |max_removals, allow_removals| {
        approve(
            plan(&desired, &live),
            Limits { max_removals: MaxRemovals::all(max_removals), allow_removals, shown: Removals::default() },
            None,
        )
        .is_ok()
    };
    assert!(!allowed(1, None));
    assert!(!allowed(0, Some(1)));
    assert!(allowed(0, Some(2)));
    assert!(allowed(2, Some(0)), "a smaller number does not lower the settings' limit");
}

#[test]
fn a_catalog_in_step_asks_no_questions() {
    let desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    assert!(names(&plan(&desired, &live(vec![account("333333333331")], None))).is_empty());
}
