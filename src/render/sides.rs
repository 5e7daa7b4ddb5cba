//! A difference told as drift: on which side something is too much, different, or missing.

use crate::model::change::ChangeRef;
use crate::model::edit::Action;

/// What the numbers of [`by_side`] count.
pub(super) const SIDES: [&str; 3] = ["live and not in Git", "live otherwise than in Git", "in Git and not live"];

/// How many differences there are on each side. Unlike the numbers of a plan, these are not about who loses something.
pub(super) fn by_side<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>) -> [usize; 3] {
    let [mut too_much, mut different, mut missing] = [0; 3];
    for change in changes {
        match change.edit.action() {
            Action::Remove => too_much += 1,
            Action::Update => different += 1,
            Action::Create => missing += 1,
        }
    }
    [too_much, different, missing]
}
