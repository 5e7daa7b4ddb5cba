//! Warns of change sets of others in the experiences that a plan changes: an apply waits for them.

use std::collections::BTreeMap;

use super::told::tell;
use crate::model::change::{Plan, Resource, Target, Work};
use crate::model::desired::Desired;
use crate::model::finding::Warning;
use crate::model::id::{AccountId, ExperienceId};
use crate::model::live::{Live, Reading};
use crate::model::market_wants::RunningWants;
use crate::model::running::{RunningChange, RunningSet};
use crate::model::wants::Wants;

/// The beginning of the name of every change set that this tool starts.
const OWN: &str = "catalog-sync ";

/// Asks which change sets run in the experiences that a plan changes. A plan that changes none asks nothing.
pub fn running_wants(plan: &Plan) -> Wants {
    let mut running: BTreeMap<AccountId, RunningWants> = BTreeMap::new();
    for target in &plan.targets {
        if let Some(experience) = changed(target) {
            let of = running.entry(target.account.clone());
            let of = of.or_insert_with(|| RunningWants::new(&target.organization));
            of.experiences.insert(experience.clone());
        }
    }
    Wants { running, ..Wants::default() }
}

/// Warns of change sets that run in the experiences that a plan changes, and if that can't be told.
pub fn running(mut plan: Plan, desired: &Desired, live: &Live) -> Plan {
    for target in &mut plan.targets {
        let Some(found) = changed(target).zip(live.running.get(&target.account)) else { continue };
        let warnings = match found {
            (experience, Reading::Complete(sets)) => {
                let sets = sets.iter().filter(|set| set.experiences.contains(experience));
                sets.map(|set| warning("change_set_running", sentence(set, experience))).collect()
            }
            (_, Reading::Unreadable(reason)) => {
                let message = format!(
                    "can't tell whether change sets run in the experiences of account {}: {reason}. An apply waits for \
                     those that do",
                    target.account
                );
                vec![warning("change_sets_unknown", message)]
            }
        };
        tell(desired, target, warnings);
    }
    plan
}

/// The experience that a target changes.
fn changed(target: &Target) -> Option<&ExperienceId> {
    let Work::Experience { experience: Resource { id, name: _ }, policy: _, changes } = target.work()? else {
        return None;
    };
    id.as_ref().filter(|_| !changes.is_empty())
}

fn warning(code: &str, message: String) -> Warning {
    Warning { code: code.to_owned(), message, source: None }
}

fn sentence(set: &RunningSet, experience: &ExperienceId) -> String {
    let RunningSet { id, name, account, since, experiences: _, changes } = set;
    let name = name.as_deref().filter(|name| !name.is_empty());
    let named = name.map(|name| format!(" \"{name}\"")).unwrap_or_default();
    let of = account.as_ref().map(|account| format!(" of account {account}")).unwrap_or_default();
    let since = since.map(|at| format!(" since {}", at.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
    let what = match changes {
        Ok(changes) => {
            let own = changes.iter().filter(|change| change.experience.as_ref().is_none_or(|it| it == experience));
            own.map(words).collect::<Vec<_>>().join(", ")
        }
        Err(reason) => format!("what it changes can't be told ({reason})"),
    };
    let what = if what.is_empty() { String::new() } else { format!(": {what}") };
    let who = if name.is_some_and(|name| name.starts_with(OWN)) {
        "By its name a run of catalog-sync started it"
    } else {
        "AWS does not say who started it: CloudTrail does"
    };
    format!("change set {id}{named}{of} has been running{since}{what}. {who}. An apply waits until it has ended")
}

fn words(change: &RunningChange) -> String {
    let RunningChange { experience: _, change_type, products } = change;
    match products {
        0 => change_type.clone(),
        1 => format!("{change_type} of 1 product"),
        many => format!("{change_type} of {many} products"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: Option<&str>, changes: Result<Vec<RunningChange>, String>) -> RunningSet {
        RunningSet {
            id: "cs-1".to_owned(),
            name: name.map(str::to_owned),
            account: Some("111111111111".parse().unwrap()),
            since: Some("2026-11-26T20:38:53Z".parse().unwrap()),
            experiences: [exp("exp-1"), exp("exp-2")].into(),
            changes,
        }
    }

    fn exp(id: &str) -> ExperienceId {
        id.parse().unwrap()
    }

    fn change(experience: Option<&str>, change_type: &str, products: usize) -> RunningChange {
        RunningChange { experience: experience.map(exp), change_type: change_type.to_owned(), products }
    }

    #[test]
    fn set_is_told_with_what_since_when_and_of_whom() {
        let changes = vec![
            change(Some("exp-1"), "AllowProductProcurement", 3),
            change(Some("exp-2"), "DenyProductProcurement", 9),
            change(None, "UpdateExperience", 0),
        ];
        assert_eq!(
            sentence(&set(Some("friday"), Ok(changes)), &exp("exp-1")),
            "change set cs-1 \"friday\" of account 111111111111 has been running since 2026-11-26 20:38 UTC: \
             AllowProductProcurement of 3 products, UpdateExperience. AWS does not say who started it: CloudTrail does. An \
             apply waits until it has ended"
        );
    }

    #[test]
    fn set_of_which_little_is_known_is_told_all_the_same() {
        let unreadable = Err("no".to_owned());
        let bare = RunningSet { account: None, since: None, ..set(Some("catalog-sync 1f list"), unreadable) };
        assert_eq!(
            sentence(&bare, &exp("exp-1")),
            "change set cs-1 \"catalog-sync 1f list\" has been running: what it changes can't be told (no). By its name a \
             run of catalog-sync started it. An apply waits until it has ended"
        );
        let told = sentence(&set(None, Ok(Vec::new())), &exp("exp-1"));
        assert!(told.starts_with("change set cs-1 of account 111111111111 has been running since "), "{told}");
    }
}
