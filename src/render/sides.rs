//! Sorts differences by side for drift: live but not in Git, different, or in Git but not live. Differences that a
//! mirrored experience causes are counted apart, because nobody needs to have edited this one.

use crate::model::change::{ChangeRef, Origin};
use crate::model::edit::Action;

/// The side of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Live, but not in Git.
    TooMuch,
    /// Live, but different from Git.
    Different,
    /// In Git, but not live.
    Missing,
    /// Different from the mirrored experience.
    Behind,
}

/// The labels of the numbers that [`by_side`] returns.
pub(super) const SIDES: [&str; 4] =
    ["live and not in Git", "different from Git", "in Git and not live", "behind what they mirror"];

impl Side {
    /// The side of a change.
    pub(super) fn of(change: ChangeRef<'_>) -> Self {
        match (change.about.origin, change.edit.action()) {
            (Origin::Mirror, _) => Self::Behind,
            (Origin::PullRequest | Origin::Drift, Action::Remove) => Self::TooMuch,
            (Origin::PullRequest | Origin::Drift, Action::Update) => Self::Different,
            (Origin::PullRequest | Origin::Drift, Action::Create) => Self::Missing,
        }
    }
}

/// The number of differences on each side. Unlike a plan's numbers, these don't depend on who loses something.
pub(super) fn by_side<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>) -> [usize; 4] {
    let [mut too_much, mut different, mut missing, mut behind] = [0; 4];
    for change in changes {
        match Side::of(change) {
            Side::TooMuch => too_much += 1,
            Side::Different => different += 1,
            Side::Missing => missing += 1,
            Side::Behind => behind += 1,
        }
    }
    [too_much, different, missing, behind]
}
