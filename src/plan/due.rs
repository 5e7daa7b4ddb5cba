//! What has fallen due without a merge: entries whose last day has passed, where what was applied last says so too.

use std::collections::BTreeSet;

use super::diff::seal;
use crate::model::change::{Because, Plan, Target};
use crate::model::desired::{Desired, DesiredExperience};
use crate::model::target::TargetName;

/// What has fallen due, and what has ended and may not be carried out yet.
#[derive(Debug, Clone)]
pub struct Due {
    /// What is carried out: the targets with something due, and those that can't be read and may have something.
    pub plan: Plan,
    /// How many ends are not due: the merge that wrote them was not applied.
    pub waiting: usize,
}

/// The part of a plan that has fallen due.
pub fn due(plan: Plan, desired: &Desired) -> Due {
    let ending = ending(desired);
    let Plan { digest: _, catalog, targets, released: _ } = plan;
    let ended = |target: &Target, wanted: bool| {
        target.only(|change| matches!(&change.about.because, Because::Expired(it) if it.is_due == wanted))
    };
    let waiting = targets.iter().map(|target| ended(target, false).changes().count()).sum();
    let may_end = |name: &TargetName| {
        ending.contains(&name.in_catalog()) || name.family().is_some_and(|family| ending.contains(&family))
    };
    let kept = targets.iter().filter_map(|target| {
        if target.is_unreadable() {
            return may_end(&target.name).then(|| target.clone());
        }
        Some(ended(target, true)).filter(Target::has_changes)
    });
    Due { plan: seal(kept.collect(), Vec::new(), catalog), waiting }
}

/// The targets of a catalog that hold an entry whose last day has passed.
pub fn ending(desired: &Desired) -> BTreeSet<TargetName> {
    let portfolios = desired.portfolios.iter().filter(|(_, it)| !it.expired.is_empty());
    let experiences = desired.experiences.iter().filter(|entry| !entry.products.expired.is_empty());
    portfolios.map(|(name, _)| name.clone()).chain(experiences.map(DesiredExperience::target)).collect()
}
