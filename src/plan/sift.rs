//! Decides what of a plan is carried out after a merge: the changes that were shown. Drift that was not shown is left
//! out. A target is refused if this merge would change it in a way that was not shown.

use std::collections::BTreeSet;

use super::diff::seal;
use super::review::Reviewed;
use crate::model::change::{ChangeId, Origin, Plan, Released, Target};
use crate::model::id::Name;

/// A plan after a merge.
#[derive(Debug, Clone)]
pub struct Sifted {
    /// The plan to carry out: every target, with those of its changes that were shown.
    pub plan: Plan,
    /// Changes that are left out, such as drift that was not shown, by target.
    pub left_out: Vec<Target>,
    /// The targets that are refused, with all their changes.
    pub refused: Vec<Target>,
    /// The changes in refused targets that were not shown.
    pub unseen: Vec<Target>,
}

/// Sifts a plan. Without `reviewed` every change counts as shown. In an organization in which the catalog `differs`
/// from the one that was applied last, drift that was shown is undone with the rest. In any other organization nothing
/// is done.
pub fn sift(mut plan: Plan, reviewed: Option<&Reviewed>, differs: impl Fn(&Name) -> bool) -> Sifted {
    let unseen = reviewed.map(|seen| seen.unseen(&plan)).unwrap_or_default();
    if let Some(seen) = reviewed {
        let released: BTreeSet<Released> = seen.unseen_released(&plan).cloned().collect();
        for one in &mut plan.released {
            one.unseen = released.contains(one);
        }
    }
    let unseen: BTreeSet<ChangeId> =
        unseen.iter().flat_map(|target| target.changes().map(|change| change.id(&target.name))).collect();
    let Plan { digest: _, catalog, targets, released } = plan;
    let mut sifted = Sifted {
        plan: Plan { digest: String::new(), catalog: catalog.clone(), targets: Vec::new(), released: Vec::new() },
        left_out: Vec::new(),
        refused: Vec::new(),
        unseen: Vec::new(),
    };
    let mut kept = Vec::new();
    for target in targets {
        let is_unseen = |id: &ChangeId| unseen.contains(id);
        if !differs(&target.organization) {
            kept.push(target.only(|_| false));
            sifted.left_out.extend(Some(target).filter(Target::has_changes));
            continue;
        }
        let own =
            target.only(|change| change.about.origin == Origin::PullRequest && is_unseen(&change.id(&target.name)));
        if own.has_changes() {
            kept.push(target.only(|_| false));
            sifted.unseen.push(target.only(|change| is_unseen(&change.id(&target.name))));
            sifted.refused.push(target);
            continue;
        }
        kept.push(target.only(|change| !is_unseen(&change.id(&target.name))));
        let left = target.only(|change| is_unseen(&change.id(&target.name)));
        sifted.left_out.extend(Some(left).filter(Target::has_changes));
    }
    sifted.plan = seal(kept, released, catalog);
    sifted
}
