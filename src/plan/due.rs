//! Finds the changes that fall due without a merge: ends of entries whose last day has passed, and what mirrored
//! experiences bring. They are due only if the catalog that was applied last asks for them too.

use std::collections::BTreeSet;

use super::diff::seal;
use crate::model::change::{About, Because, ChangeId, ChangeRef, Origin, Plan, Target};
use crate::model::desired::{Desired, DesiredExperience};
use crate::model::mirror::Products;
use crate::model::target::TargetName;

/// The changes that are due, and how many are not due yet.
#[derive(Debug, Clone)]
pub struct Due {
    /// The plan to carry out: targets with due changes, and unreadable targets that may have some.
    pub plan: Plan,
    /// How many ends are not due, because the merge that wrote them was not applied.
    pub waiting: usize,
    /// How many changes that follow mirrored experiences are not due for the same reason.
    pub unapplied: usize,
    /// How many changes are left out because they wait for one that is not due, such as drift in the mirrored
    /// experience.
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
    /// The catalog that was applied last asks for it too.
    Due,
    /// The end of an entry that the catalog applied last does not ask for.
    Waiting,
    /// It follows a mirrored experience that the catalog applied last does not follow.
    Unapplied,
    /// Any other change.
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

/// Leaves out changes that follow a mirrored experience and wait for a change that is not made. Returns their number.
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
