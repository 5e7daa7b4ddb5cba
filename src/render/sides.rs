//! A difference told as drift: on which side something is too much, different, or missing. What lags behind an experience
//! that it mirrors is told apart: nobody has to have edited it.

use crate::model::change::{ChangeRef, Origin};
use crate::model::edit::Action;

/// The sides of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It is live and should not be.
    TooMuch,
    /// It is live and should be otherwise.
    Different,
    /// It is not live and should be.
    Missing,
    /// The mirrored experience has it otherwise.
    Behind,
}

/// What the numbers of [`by_side`] count.
pub(super) const SIDES: [&str; 4] =
    ["live and not in Git", "live otherwise than in Git", "in Git and not live", "behind what they mirror"];

impl Side {
    /// The side of a difference.
    pub(super) fn of(change: ChangeRef<'_>) -> Self {
        match (change.about.origin, change.edit.action()) {
            (Origin::Mirror, _) => Self::Behind,
            (Origin::PullRequest | Origin::Drift, Action::Remove) => Self::TooMuch,
            (Origin::PullRequest | Origin::Drift, Action::Update) => Self::Different,
            (Origin::PullRequest | Origin::Drift, Action::Create) => Self::Missing,
        }
    }
}

/// How many differences there are on each side. Unlike the numbers of a plan, these are not about who loses something.
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
