//! Shares, for random catalogs, bases and worlds.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::model::change::{CatalogVersion, ChangeId, Plan, TargetState, Work};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::edit::{Action, Delta, Edit, HubEdit};
use catalog_sync::model::live::Live;
use catalog_sync::model::portfolio::{Receiver, Share};
use catalog_sync::plan::{Goal, diff, wants};
use proptest::prelude::*;

use super::model::{Expected, expected};
use super::world::{Case, PORTFOLIOS, answer, case, desired, live, reached, rows};

fn plan(head: &Desired, live: &Live, base: Option<&Desired>) -> Plan {
    diff(head, live, base, CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false })
}

/// The live state that a plan reads, and no more.
fn look(case: &Case, head: &Desired, base: Option<&Desired>) -> Live {
    let mut live = live(case);
    let wants = wants(Goal { wanted: &|_| true }, head, base, &live);
    answer(case, &wants, &mut live);
    live
}

fn plan_of(case: &Case) -> Plan {
    let (head, base) = (desired(&case.head), case.base.as_ref().map(desired));
    plan(&head, &look(case, &head, base.as_ref()), base.as_ref())
}

/// The share changes that a plan makes in each portfolio.
fn planned(plan: &Plan) -> BTreeMap<String, Expected> {
    let mut planned: BTreeMap<String, Expected> = BTreeMap::new();
    for (target, change) in plan.changes() {
        let portfolio = target.work().and_then(|work| work.resource().id.map(str::to_owned)).unwrap();
        let of = planned.entry(portfolio).or_default();
        let Edit::Hub(HubEdit::Share(share)) = change.edit else { panic!("no experiences here") };
        match share {
            Delta::Create(share) => drop(of.created.insert(share.receiver(), true)),
            Delta::Update { before: _, after: _ } => {}
            Delta::Remove(share) => drop(of.removed.insert(share.receiver())),
        }
    }
    planned
}

type Shares = BTreeMap<Receiver, Share>;

fn access(shares: &Shares) -> BTreeSet<&'static str> {
    shares.keys().flat_map(reached).collect()
}

/// Applies the changes of a portfolio. A change is left out if it fails by `failing` or waits for one that was not
/// made. Returns the shares after each step.
fn carry_out(plan: &Plan, portfolio: &str, start: &Shares, failing: &[bool]) -> Vec<Shares> {
    let mut steps = vec![start.clone()];
    let mut undone: BTreeSet<ChangeId> = BTreeSet::new();
    for target in &plan.targets {
        let Some(Work::Hub { portfolio: resource, changes }) = target.work() else { continue };
        if resource.id.as_ref().map(ToString::to_string).as_deref() != Some(portfolio) {
            continue;
        }
        for (change, fails) in changes.iter().zip(failing.iter().cycle()) {
            let seen = change.seen();
            if *fails || seen.about.waits_for.iter().any(|before| undone.contains(before)) {
                undone.insert(seen.id(&target.name));
                continue;
            }
            let mut shares = steps.last().unwrap().clone();
            let HubEdit::Share(share) = &change.edit else { panic!("nothing is repaired here") };
            let is_own = shares.contains_key(&share.subject().receiver());
            assert!(is_own || matches!(share, Delta::Create(_)), "nothing that only inherits is touched: {share:?}");
            match share.after() {
                Some(after) => drop(shares.insert(after.receiver(), after.clone())),
                None => drop(shares.remove(&share.subject().receiver())),
            }
            steps.push(shares);
        }
    }
    steps
}

fn started(case: &Case, at: usize) -> Shares {
    case.live[at].iter().map(|share| (share.receiver(), share.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_made_and_removed_is_what_a_slow_look_says(case in case()) {
        let planned = planned(&plan_of(&case));
        for (at, portfolio) in PORTFOLIOS.iter().enumerate() {
            let mut plan = planned.get(*portfolio).cloned().unwrap_or_default();
            let mut slow = expected(&case, at);
            // A listed share need not be made if its accounts inherit the same share from a node above.
            let own = started(&case, at);
            let inherited = rows(&case, at).into_keys().filter(|receiver| !own.contains_key(receiver));
            for receiver in inherited {
                plan.created.remove(&receiver);
                slow.created.remove(&receiver);
            }
            prop_assert_eq!(plan, slow, "{}", portfolio);
        }
    }

    #[test]
    fn row_that_can_not_be_looked_up_is_removed_only_where_the_base_lists_it(case in case()) {
        // AWS does not answer which node's share a row comes from.
        let plan = plan(&desired(&case.head), &live(&case), None);
        for (portfolio, expected) in planned(&plan) {
            let at = PORTFOLIOS.iter().position(|known| *known == portfolio).unwrap();
            let own = started(&case, at);
            prop_assert!(expected.removed.iter().all(|receiver| own.contains_key(receiver)), "{:?}", expected);
        }
    }

    #[test]
    fn nobody_who_keeps_access_is_without_it_midway_whatever_fails(case in case()) {
        let plan = plan_of(&case);
        for (at, portfolio) in PORTFOLIOS.iter().enumerate() {
            let start = started(&case, at);
            let end = carry_out(&plan, portfolio, &start, &[false]).pop().unwrap();
            let kept: BTreeSet<&str> = access(&start).intersection(&access(&end)).copied().collect();
            for step in carry_out(&plan, portfolio, &start, &case.failing) {
                let now = access(&step);
                prop_assert!(kept.is_subset(&now), "{}: {:?} keep access, and {:?} have it", portfolio, kept, now);
            }
        }
    }

    #[test]
    fn plan_after_an_apply_is_empty(mut case in case()) {
        let plan = plan_of(&case);
        for (at, portfolio) in PORTFOLIOS.iter().enumerate() {
            let end = carry_out(&plan, portfolio, &started(&case, at), &[false]).pop().unwrap();
            case.live[at] = end.into_values().collect();
        }
        let again = plan_of(&case);
        prop_assert_eq!(again.changes().count(), 0);
        prop_assert_eq!(again.summary().unreadable, plan.summary().unreadable, "what can't be told stays said");
    }

    #[test]
    fn digest_and_origins_do_not_depend_on_the_names_of_files(case in case()) {
        let plan = plan_of(&case);
        let mut renamed = case.clone();
        renamed.head = case.head.iter().map(|(file, entry)| (format!("z{file}"), entry.clone())).collect();
        let other = plan_of(&renamed);
        prop_assert_eq!(&plan.digest, &other.digest);
        prop_assert_eq!(plan.summary().drift, other.summary().drift);
    }

    #[test]
    fn what_the_base_asked_for_is_drift_and_nothing_else(case in case()) {
        let head = desired(&case.head);
        for (_, change) in plan(&head, &look(&case, &head, Some(&head)), Some(&head)).changes() {
            prop_assert_eq!(change.about.origin, catalog_sync::model::change::Origin::Drift);
        }
        for (_, change) in plan(&head, &look(&case, &head, None), None).changes() {
            prop_assert_eq!(change.about.origin, catalog_sync::model::change::Origin::PullRequest);
        }
    }

    #[test]
    fn plan_survives_the_way_to_json_and_back(case in case()) {
        let mut plan = plan_of(&case);
        let json = catalog_sync::plan::wire::plan_to_json(&plan);
        // Saved plans don't hold audiences: each run reads them anew.
        for target in &mut plan.targets {
            if let TargetState::Complete { work: Work::Hub { portfolio: _, changes }, left_alone: _ } = &mut target.state {
                for change in changes { change.about.audience = None; }
            }
        }
        prop_assert_eq!(catalog_sync::plan::wire::plan_from_json(&json).unwrap(), plan);
    }

    #[test]
    fn removals_are_what_takes_away(case in case()) {
        let plan = plan_of(&case);
        for (_, change) in plan.changes().filter(|(_, change)| change.edit.action() == Action::Remove) {
            prop_assert!(change.edit.takes_away());
        }
        prop_assert_eq!(plan.summary().changes(), plan.changes().count());
    }
}
