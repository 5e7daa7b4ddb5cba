//! Plans with mirrors that another job made.

use super::*;
use crate::model::change::{Because, Mirrored, Target};
use crate::model::desired::DesiredExperience;
use crate::model::experience::Listing;
use crate::model::mirror::{Mirror, Products};

/// An experience that follows the one of [`listed`].
fn following() -> Desired {
    let mut desired = empty();
    let mirror = Mirror {
        organization: id("acme"),
        account: id(HUB),
        experience: Selector::Id(id("exp-one")),
        ignored: BTreeMap::new(),
        unlisted: Unlisted::Remove,
        source: source(1),
    };
    desired.experiences.push(DesiredExperience {
        file: id("follow"),
        organization: id("acme"),
        account: id(HUB),
        selector: ExperienceSelector::One(Selector::Id(id("exp-two"))),
        products: Products::Mirrored(Arc::new(mirror)),
        terms: ExperienceTerms::default(),
        source: source(2),
    });
    desired
}

fn two(first: Option<(&[&str], &[&str])>) -> Live {
    let mut live = live(vec![], first);
    let shelf = live.experiences.values_mut().next().unwrap();
    let policy = ProcurementPolicy {
        id: id("procpolicy-two"),
        approved: BTreeSet::new(),
        denied: BTreeSet::new(),
        notes: BTreeMap::new(),
        user_requests: true,
    };
    let second = Experience {
        id: id("exp-two"),
        name: "Follower".to_owned(),
        description: String::new(),
        status: ExperienceStatus::Enabled,
        policy: Some(policy),
        branding: None,
    };
    shelf.read.insert(id("exp-two"), Found::There(second));
    live
}

#[test]
fn catalog_has_the_word_on_what_is_mirrored_and_a_file_on_what_is_there() {
    let desired = following();
    let mut plan = plan(&desired, &two(Some((&["prod-a"], &["prod-b"]))));
    assert_eq!(lines(&plan), ["create product_approval prod-a", "create product_denial prod-b"]);
    let target = &mut plan.targets[0];
    let before = target.clone();
    for about in work(target).abouts() {
        let Because::Mirrors(mirrored) = &mut about.because else { panic!("{about:?}") };
        (mirrored.account, mirrored.source) = (id("999999999999"), source(99));
    }
    anew(target, &desired, None).unwrap();
    assert_eq!(*target, before);
    // A list that mirrors nothing can't have such changes, and one that mirrors can't have others.
    let mut listed = listed(&["prod-a"], &["prod-b"], Unlisted::Remove);
    (listed.experiences[0].file, listed.experiences[0].source) = (id("follow"), source(5));
    let mut other = before.clone();
    anew(&mut other, &listed, None).unwrap();
    let because: Vec<&Because> = other.changes().map(|change| &change.about.because).collect();
    assert_eq!(because, [&Because::Listed(source(5)), &Because::Listed(source(5))]);
    anew(&mut other, &desired, None).unwrap();
    assert!(other.changes().all(|change| change.about.because == Because::Unlisted));
}

fn work(target: &mut Target) -> &mut Work {
    match &mut target.state {
        TargetState::Complete { work, left_alone: _ } => work,
        TargetState::Unreadable { reason, source: _ } => panic!("{reason}"),
    }
}

#[test]
fn change_because_of_a_mirror_says_what_is_there() {
    let plan = plan(&following(), &two(Some((&["prod-a"], &["prod-b"]))));
    let there = plan.changes().map(|(_, change)| match &change.about.because {
        Because::Mirrors(Mirrored { account, experience, name, listing, source: line }) => {
            assert_eq!(
                (account.as_str(), experience.as_str(), name.as_str(), line.line),
                (HUB, "exp-one", "Baseline", 1)
            );
            *listing
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(there.collect::<Vec<_>>(), [Some(Listing::Approved), Some(Listing::Denied)]);
}
