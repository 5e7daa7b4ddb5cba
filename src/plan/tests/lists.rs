//! Experiences and their product lists.

use super::*;
use crate::model::id::ExperienceId;

#[test]
fn products_move_between_the_lists() {
    let desired = listed(&["prod-new", "prod-back"], &["prod-bad", "prod-out"], Unlisted::Remove);
    let live = live(vec![], Some((&["prod-out", "prod-gone"], &["prod-back", "prod-alone"])));
    assert_eq!(
        lines(&plan(&desired, &live)),
        [
            "create product_approval prod-back",
            "create product_approval prod-new",
            "create product_denial prod-bad",
            "remove product_denial prod-gone",
            "remove product_denial prod-out",
        ]
    );
}

#[test]
fn an_experience_without_a_policy_gets_one_with_a_warning() {
    let plan = plan(&listed(&["prod-a"], &[], Unlisted::Remove), &live(vec![], None));
    assert_eq!(lines(&plan), ["create procurement_policy procurement-policy", "create product_approval prod-a"]);
    assert_eq!(plan.targets[0].warnings[0].code, "no_policy");
    let limits = Limits { max_removals: MaxRemovals::all(0), allow_removals: None, shown: Removals::default() };
    assert!(approve(plan, limits, None).is_err(), "it takes away whatever is not approved");
}

#[test]
fn an_experience_governed_twice_is_blocked_in_both() {
    let mut desired = listed(&["prod-a"], &[], Unlisted::Remove);
    let mut again = desired.experiences[0].clone();
    again.file = id::<Name>("other");
    again.selector = ExperienceSelector::AllLive { except: BTreeSet::new() };
    desired.experiences.push(again);
    let plan = plan(&desired, &live(vec![], Some((&[], &[]))));
    assert_eq!(plan.summary().unreadable, 2);
    assert!(reason(&plan).contains("governed more than once: catalog/x.yaml:9, catalog/x.yaml:9"));
}

#[test]
fn what_the_base_asked_for_is_drift_and_the_rest_is_not() {
    let base = listed(&["prod-a"], &[], Unlisted::Remove);
    let desired = listed(&["prod-a", "prod-b"], &[], Unlisted::Remove);
    let plan = plan_with(&desired, &live(vec![], Some((&["prod-x"], &[]))), Some(&base));
    let origins: Vec<(String, Origin)> =
        plan.changes().map(|(_, change)| (change.edit.key(), change.about.origin)).collect();
    assert_eq!(
        origins,
        [
            ("prod-a".to_owned(), Origin::Drift),
            ("prod-b".to_owned(), Origin::PullRequest),
            ("prod-x".to_owned(), Origin::Drift),
        ]
    );
}

/// The live state with more experiences named as the governed one.
fn with_namesakes(others: &[(&str, ExperienceStatus)]) -> Live {
    let mut live = live(vec![], Some((&[], &[])));
    let shelf = live.experiences.values_mut().next().unwrap();
    let Some(Reading::Complete(listed)) = &mut shelf.listed else { panic!() };
    for (other, status) in others {
        let (other, name) = (id::<ExperienceId>(other), "Baseline".to_owned());
        listed.push(Named { id: other.clone(), name: name.clone() });
        let experience = Experience {
            id: other.clone(),
            name,
            description: String::new(),
            status: *status,
            policy: None,
            branding: None,
        };
        shelf.read.insert(other, Found::There(experience));
    }
    live
}

#[test]
fn archived_namesakes_are_left_alone_and_named() {
    let mut desired = listed(&[], &["prod-a"], Unlisted::Remove);
    desired.experiences[0].selector = ExperienceSelector::One(Selector::Name("Baseline".to_owned()));
    let archived = [("exp-old", ExperienceStatus::Archived), ("exp-older", ExperienceStatus::Archived)];
    let both = plan(&desired, &with_namesakes(&archived));
    assert_eq!(lines(&both), ["create product_denial prod-a"]);
    let said = |plan: &Plan| plan.targets[0].warnings.iter().map(|it| it.message.clone()).collect::<Vec<_>>();
    assert_eq!(
        said(&both),
        [
            "`Baseline` means experience exp-one: exp-old, exp-older have the same name, are archived and are left alone. \
          Write `id: exp-one` in place of the name to say so"
        ]
    );
    assert_eq!(said(&plan(&listed(&[], &["prod-a"], Unlisted::Remove), &with_namesakes(&archived))), [""; 0]);
    // Of several live ones none is picked, and an archived one is no candidate.
    let live_and_archived = [archived[0], ("exp-two", ExperienceStatus::Disabled)];
    let ambiguous = plan(&desired, &with_namesakes(&live_and_archived));
    assert_eq!(
        reason(&ambiguous),
        "2 experiences in organization acme are named `Baseline`: exp-one, exp-two. Name the one that is meant by its id"
    );
}
