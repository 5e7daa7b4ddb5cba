//! What has fallen due without a merge: entries whose last day has passed, and what mirrored experiences bring, where
//! what was applied last says so too.

use std::collections::BTreeSet;

use super::diff::seal;
use crate::model::change::{About, Because, ChangeId, ChangeRef, Origin, Plan, Target};
use crate::model::desired::{Desired, DesiredExperience};
use crate::model::mirror::Products;
use crate::model::target::TargetName;

/// What has fallen due, and what has ended and may not be carried out yet.
#[derive(Debug, Clone)]
pub struct Due {
    /// What is carried out: the targets with something due, and those that can't be read and may have something.
    pub plan: Plan,
    /// How many ends are not due: the merge that wrote them was not applied.
    pub waiting: usize,
    /// How many changes that follow mirrored experiences are not due for the same reason.
    pub unapplied: usize,
    /// How many are left since they come after a change that is not due, such as drift in the mirrored experience.
    pub behind: usize,
}

/// The part of a plan that has fallen due.
pub fn due(plan: Plan, desired: &Desired) -> Due {
    let may_be = may_be_due(desired);
    let Plan { digest: _, catalog, targets, released: _ } = plan;
    let number = |state: State| targets.iter().flat_map(Target::changes).filter(|it| state_of(*it) == state).count();
    let (waiting, unapplied) = (number(State::Waiting), number(State::Unapplied));
    let may_be = |name: &TargetName| {
        may_be.contains(&name.in_catalog()) || name.family().is_some_and(|family| may_be.contains(&family))
    };
    let mut kept: Vec<Target> = targets
        .iter()
        .filter(|target| !target.is_unreadable() || may_be(&target.name))
        .map(|target| target.only(|change| state_of(change) == State::Due))
        .collect();
    let behind = drop_behind(&mut kept);
    kept.retain(|target| target.is_unreadable() || target.has_changes());
    Due { plan: seal(kept, Vec::new(), catalog), waiting, unapplied, behind }
}

/// Whether the schedule may make a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// What was applied last asks for it too.
    Due,
    /// An end that was not applied.
    Waiting,
    /// It follows a mirrored experience, which what was applied last does not.
    Unapplied,
    /// Whatever else differs.
    Other,
}

fn state_of(change: ChangeRef<'_>) -> State {
    let About { origin, because, .. } = change.about;
    match (because, origin) {
        (Because::Expired(expiry), _) if expiry.is_due => State::Due,
        (Because::Expired(_), _) => State::Waiting,
        (Because::Mirrors(_), Origin::Mirror) => State::Due,
        (Because::Mirrors(_), Origin::PullRequest | Origin::Drift) => State::Unapplied,
        (Because::Listed(_) | Because::Unlisted | Because::NoLongerListed(_), _) => State::Other,
    }
}

/// Leaves out what follows a mirrored experience and comes after a change that is not made, and counts it.
fn drop_behind(targets: &mut [Target]) -> usize {
    let mut dropped = 0;
    loop {
        let ids = targets.iter().flat_map(|target| target.changes().map(|change| change.id(&target.name)));
        let kept: BTreeSet<ChangeId> = ids.collect();
        let mut more = 0;
        for target in targets.iter_mut() {
            let before = target.changes().count();
            *target = target.only(|change| match change.about.because {
                Because::Mirrors(_) => change.about.waits_for.is_subset(&kept),
                Because::Listed(_) | Because::Unlisted | Because::NoLongerListed(_) | Because::Expired(_) => true,
            });
            more += before - target.changes().count();
        }
        if more == 0 {
            return dropped;
        }
        dropped += more;
    }
}

/// The targets of a catalog that hold an entry whose last day has passed, or follow a mirrored experience.
pub fn may_be_due(desired: &Desired) -> BTreeSet<TargetName> {
    let portfolios = desired.portfolios.iter().filter(|(_, it)| !it.expired.is_empty());
    let experiences = desired.experiences.iter().filter(|entry| match &entry.products {
        Products::Listed(lists) => !lists.expired.is_empty(),
        Products::Mirrored(_) => true,
    });
    portfolios.map(|(name, _)| name.clone()).chain(experiences.map(DesiredExperience::target)).collect()
}
