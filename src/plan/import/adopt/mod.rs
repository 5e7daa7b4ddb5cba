//! Turns a plan into edits of the files that would make it empty: what is live and not in Git goes in, what is in Git
//! and not live goes out. Pure. The edited files are planned again, and [`strays`] compares the two plans.

mod experience;
mod hub;
mod line;
mod recipient;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::amend::Amendment;
use crate::model::change::{ChangeId, ChangeRef, Plan, Target, TargetState, Work};
use crate::model::desired::Desired;
use crate::model::live::Live;
use crate::model::target::TargetName;
use crate::plan::canonical::fingerprint;

/// What a change of a plan means for the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The change.
    pub change: ChangeId,
    /// A name for people. Empty where there is none.
    pub label: String,
    /// The change's fingerprint: the same for the same change, whatever the files say.
    pub fingerprint: String,
    /// The edits of the files, or why no file can say it, in a sentence without a full stop.
    pub amendments: Result<Vec<Amendment>, String>,
}

/// What the chosen changes of a plan mean for the files.
pub fn adoptions(
    plan: &Plan,
    desired: &Desired,
    live: &Live,
    is_chosen: impl Fn(&Target, ChangeRef<'_>) -> bool,
) -> Vec<Adoption> {
    let mut adoptions = Vec::new();
    for target in &plan.targets {
        let TargetState::Complete { work, left_alone: _ } = &target.state else { continue };
        let mut add = |change: ChangeRef<'_>, amendments| {
            if is_chosen(target, change) {
                let (label, fingerprint) = (change.about.label.clone(), fingerprint(target, change));
                adoptions.push(Adoption { change: change.id(&target.name), label, fingerprint, amendments });
            }
        };
        match work {
            Work::Hub { portfolio: _, changes } => {
                for change in changes {
                    add(change.seen(), hub::amendments(target, change, desired, live));
                }
            }
            Work::Recipient { imported: _, local: _, changes } => {
                for change in changes {
                    add(change.seen(), recipient::amendments(target, change, desired, live));
                }
            }
            Work::Experience { experience, policy: _, changes } => {
                let was = experience::status(changes);
                for change in changes {
                    let amendments = experience::amendments(target, experience, (change, was), desired, live);
                    add(change.seen(), amendments);
                }
            }
        }
    }
    adoptions
}

/// A difference between the plan from the edited files and the plan that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The target that differs.
    pub target: TargetName,
    /// The key of the change. `None` if the whole target can't be planned any more.
    pub key: Option<String>,
    /// The difference in words.
    pub what: String,
}

/// Compares the plan from the edited files with the plan from before, less the changes that were adopted.
pub fn strays(before: &Plan, adopted: &BTreeSet<ChangeId>, after: &Plan) -> Vec<Stray> {
    let id = |target: &Target, change: ChangeRef<'_>| change.id(&target.name);
    let rest = before.changes().map(|(target, change)| (id(target, change), change));
    let rest: BTreeMap<ChangeId, ChangeRef<'_>> = rest.filter(|(id, _)| !adopted.contains(id)).collect();
    let mut missing: BTreeSet<&ChangeId> = rest.keys().collect();
    let mut strays = Vec::new();
    let stray = |id: &ChangeId, what: String| Stray { target: id.target.clone(), key: Some(id.key.clone()), what };
    for (target, change) in after.changes() {
        let id = id(target, change);
        missing.remove(&id);
        if rest.get(&id).is_none_or(|was| !was.edit.does_the_same(change.edit)) {
            let name = if change.about.label.is_empty() { &id.key } else { &change.about.label };
            strays.push(stray(&id, format!("{} would change as well: {name}", id.target)));
        }
    }
    for id in missing {
        strays.push(stray(id, format!("{} would not change any more: {}", id.target, id.key)));
    }
    let unreadable = |plan: &Plan| -> BTreeSet<TargetName> {
        plan.targets.iter().filter(|target| target.is_unreadable()).map(|target| target.name.clone()).collect()
    };
    let was_unreadable = unreadable(before);
    for target in &after.targets {
        if let TargetState::Unreadable { reason, source: _ } = &target.state
            && !was_unreadable.contains(&target.name)
        {
            let what = format!("{} could not be planned any more: {reason}", target.name);
            strays.push(Stray { target: target.name.clone(), key: None, what });
        }
    }
    strays
}
