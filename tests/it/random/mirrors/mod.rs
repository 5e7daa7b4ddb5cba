//! Experiences that mirror others, for random catalogs and worlds, with failures on the way.

mod case;
mod slow;

use std::collections::BTreeSet;

use catalog_sync::model::change::{Because, ChangeId, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::edit::{Edit, ExperienceEdit};
use catalog_sync::model::live::Live;
use catalog_sync::model::target::TargetName;
use catalog_sync::model::wants::{ShelfWants, Wants};
use catalog_sync::plan::{Goal, wants, wire};
use proptest::prelude::*;

use case::{ACCOUNTS, Case, EXPERIENCES, Listings, PRODUCTS, case, desired, found, listed, plan_of, planned};
use slow::expected;

/// Applies a plan. The changes at `failing` fail, and no change is made before those that it waits for. Returns the
/// policies afterwards and the changes that were made.
fn carried_out(case: &Case, plan: &Plan, failing: &[bool]) -> (Vec<Option<Listings>>, BTreeSet<ChangeId>) {
    let mut after = case.policies.clone();
    let mut made = BTreeSet::new();
    let mut left: Vec<_> = plan.changes().enumerate().collect();
    loop {
        let before = left.len();
        left.retain(|(number, (target, change))| {
            if !change.about.waits_for.is_subset(&made) {
                return true;
            }
            if failing.get(*number).copied().unwrap_or_default() {
                return false;
            }
            let resource = target.work().and_then(|work| work.resource().id.map(str::to_owned)).unwrap();
            let at = EXPERIENCES.iter().position(|(id, _)| *id == resource).unwrap();
            match change.edit {
                Edit::Experience(ExperienceEdit::Policy { .. }) => after[at] = Some(Listings::new()),
                Edit::Experience(ExperienceEdit::Product(edit)) => {
                    let product = PRODUCTS.iter().find(|it| **it == edit.product.as_str()).unwrap();
                    let lists = after[at].as_mut().expect("no product moves before there is a policy");
                    assert_eq!(lists.insert(product, edit.after), edit.before, "what it starts from is what is live");
                }
                Edit::Experience(_) | Edit::Hub(_) | Edit::Recipient(_) => unreachable!(),
            }
            made.insert(change.id(&target.name));
            false
        });
        if left.len() == before {
            return (after, made);
        }
    }
}

/// Reads what the plan wants, in rounds.
fn read_in_rounds(case: &Case, desired: &Desired, is_wanted: &(dyn Fn(&TargetName) -> bool + Sync)) -> Live {
    let (mut live, mut asked) = (Live::default(), Wants::default());
    loop {
        let new = wants(Goal { wanted: is_wanted }, desired, None, &live).take_new(&mut asked);
        if new.is_empty() {
            return live;
        }
        for (account, ShelfWants { organization: _, list, read, names: _ }) in new.experiences {
            let organization = ACCOUNTS.iter().position(|it| *it == account.as_str()).unwrap();
            let shelf = live.experiences.entry(account).or_default();
            if list {
                shelf.listed = Some(listed(case, organization));
            }
            for one in read {
                let at = EXPERIENCES.iter().position(|(id, _)| *id == one.as_str()).unwrap();
                shelf.read.insert(one, found(case, at));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn followers_become_what_a_slow_look_says_in_one_run(case in case()) {
        let (after, _) = carried_out(&case, &plan_of(&case), &[]);
        for (at, after) in after.iter().enumerate() {
            let expected = expected(&case, at).unwrap_or_else(|| case.policies[at].clone());
            prop_assert_eq!(after, &expected, "{}", EXPERIENCES[at].0);
        }
        // A second plan is empty.
        let again = Case { policies: after, ..case };
        prop_assert_eq!(plan_of(&again).changes().count(), 0);
    }

    #[test]
    fn follower_is_never_ahead_of_what_it_mirrors_whatever_fails(case in case()) {
        let plan = plan_of(&case);
        let (after, made) = carried_out(&case, &plan, &case.failing);
        for (target, change) in plan.changes().filter(|(target, change)| made.contains(&change.id(&target.name))) {
            let (Because::Mirrors(mirrored), Edit::Experience(ExperienceEdit::Product(edit))) =
                (&change.about.because, change.edit)
            else {
                continue;
            };
            let at = EXPERIENCES.iter().position(|(id, _)| *id == mirrored.experience.as_str()).unwrap();
            let there = after[at].as_ref().expect("without a policy everything can be bought there");
            let listing = there.iter().find(|(product, _)| **product == edit.product.as_str()).map(|(_, it)| *it);
            prop_assert_eq!(listing, mirrored.listing, "{} {}", &target.name, &edit.product);
        }
        // The next run makes the changes that failed.
        let again = Case { policies: after, ..case.clone() };
        let (finished, _) = carried_out(&again, &plan_of(&again), &[]);
        for (at, finished) in finished.into_iter().enumerate() {
            if let Some(expected) = expected(&case, at) {
                prop_assert_eq!(finished, expected, "{}", EXPERIENCES[at].0);
            }
        }
    }

    #[test]
    fn plan_survives_the_way_to_json_and_back(case in case()) {
        let plan = plan_of(&case);
        prop_assert_eq!(wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), plan);
    }

    #[test]
    fn what_is_asked_for_is_enough(case in case()) {
        let desired = desired(&case);
        let whole = planned(&desired, &read_in_rounds(&case, &desired, &|_| true));
        prop_assert_eq!(&whole, &plan_of(&case));
        for entry in &desired.experiences {
            let file = |name: &TargetName| *name.file() == entry.file;
            let alone = planned(&desired, &read_in_rounds(&case, &desired, &file));
            let of = |plan: &Plan| -> Vec<_> {
                plan.targets.iter().filter(|target| file(&target.name)).cloned().collect()
            };
            prop_assert_eq!(of(&alone), of(&whole));
        }
    }
}
