//! What of a plan is carried out after a merge: what was seen. Drift that nobody has seen is left out, and a target that
//! this merge would change as nobody has seen is refused.

use std::collections::BTreeSet;

use super::diff::seal;
use super::review::Reviewed;
use crate::model::change::{ChangeId, Origin, Plan, Released, Target};
use crate::model::id::Name;

/// A plan after a merge.
#[derive(Debug, Clone)]
pub struct Sifted {
    /// What is carried out: every target, with what was seen of it.
    pub plan: Plan,
    /// Drift that is left as it is: targets with nothing else in them.
    pub left_out: Vec<Target>,
    /// The targets that are refused, whole.
    pub refused: Vec<Target>,
    /// Of the refused targets the changes that nobody has seen.
    pub unseen: Vec<Target>,
}

/// Sifts a plan. Without `reviewed` everything counts as seen. In an organization in which the catalog `differs` from
/// the one that was applied last, drift that was seen is undone with the rest; elsewhere nothing is done.
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
