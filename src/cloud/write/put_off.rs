//! Sets of products that are compared with what is live later, several at once.
//!
//! AWS gives a product list only as a whole. If a list of 20,000 products were read after each of the 400 sets that fill
//! it, twice as long a list would take four times as much. So a set that AWS calls succeeded may wait for the next look
//! at the list. Until then its changes have no outcome, and a run that ends before tells that they were begun.

use super::experience_sets::Draft;
use crate::model::experience::ProcurementPolicy;

/// The list is read again when a sixteenth as many products as it holds were sent. All looks together then cost no more
/// than a few looks at the list in its final length, and lists of fewer than 800 products are read after each set.
const PART: usize = 16;

/// The sets that wait for a look.
#[derive(Debug, Default)]
pub(super) struct PutOff {
    /// The ids of the sets, and the indexes of their changes.
    sets: Vec<(String, Vec<usize>)>,
    /// Whether AWS raised the experience's revision by one with the last set of products that was compared. AWS does
    /// not document that it does. Where it does, the revision tells a set of somebody else, so that no product is
    /// changed that somebody else has changed since the last look.
    is_counted: bool,
}

impl PutOff {
    /// Notes whether a set that was compared has raised the experience's revision by one. `before` is the revision that
    /// it was started from, and `now` the one after it.
    pub(super) fn learn(&mut self, draft: &Draft<'_>, before: Option<&str>, now: Option<&str>) {
        self.is_counted =
            draft.holds_only_products() && before.zip(now).is_some_and(|(before, now)| follows(before, now));
    }

    /// Whether a set may wait for the next look at its list.
    pub(super) fn has_room(&self, draft: &Draft<'_>, list: &ProcurementPolicy) -> bool {
        let sent = self.sets.iter().map(|(_, items)| items.len()).sum::<usize>() + draft.items.len();
        let listed = list.approved.len() + list.denied.len();
        self.is_counted && draft.holds_only_products() && sent <= listed / PART
    }

    /// Adds a set.
    pub(super) fn add(&mut self, set: &str, draft: &Draft<'_>) {
        self.sets.push((set.to_owned(), draft.items.iter().map(|(index, _)| *index).collect()));
    }

    /// Takes out all sets: their ids, and the indexes of their changes.
    pub(super) fn take(&mut self) -> Vec<(String, Vec<usize>)> {
        std::mem::take(&mut self.sets)
    }
}

/// Whether `now` is the next revision after `before`: `exp-1234@6` after `exp-1234@5`.
pub(super) fn follows(before: &str, now: &str) -> bool {
    let parts = |identifier: &str| {
        let (id, revision) = identifier.rsplit_once('@')?;
        Some((id.to_owned(), revision.parse::<u64>().ok()?))
    };
    let next = parts(before).and_then(|(id, revision)| Some((id, revision.checked_add(1)?)));
    next.is_some() && next == parts(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_follow_each_other_by_one() {
        assert!(follows("exp-1@5", "exp-1@6") && follows("exp-1@9", "exp-1@10"));
        for (before, now) in
            [("exp-1@5", "exp-1@5"), ("exp-1@5", "exp-1@7"), ("exp-1@5", "exp-2@6"), ("exp-1", "exp-1"), ("a@b", "a@c")]
        {
            assert!(!follows(before, now), "{before} {now}");
        }
    }
}
