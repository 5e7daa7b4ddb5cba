//! Sets of products that are compared with what is live later, several at once.
//!
//! AWS gives a product list only as a whole. If a list of 20,000 products were read after each of the 400 sets that fill
//! it, twice as long a list would take four times as much. So a set that AWS calls succeeded may wait for the next look
//! at the list. Until then its changes have no outcome, and a run that ends before tells that they were begun.

use super::edited::Edited;
use super::experience_sets::Draft;
use super::set_end::Made;
use crate::cloud::read::current::revision;
use crate::model::report::Outcome;

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
    fn products(&self) -> usize {
        self.sets.iter().map(|(_, items)| items.len()).sum()
    }
}

impl Edited<'_> {
    /// Puts off the comparison of a set that AWS calls succeeded. False if it is to be compared now: too many products
    /// were sent since the last look, something waits for the set, AWS has remarks about it, or AWS's revision of the
    /// experience shows another number of sets than this one.
    pub(super) async fn put_off(&mut self, draft: &Draft<'_>, set: &str, made: &Made) -> bool {
        let listed = self.now.as_ref().and_then(|now| now.experience.policy.as_ref());
        let listed = listed.map_or(0, |policy| policy.approved.len() + policy.denied.len());
        let may_wait = self.put_off.is_counted
            && made.remarks.is_empty()
            && self.put_off.products() + draft.items.len() <= listed / PART
            && draft.holds_only_products()
            && !self.ids(draft).iter().any(|id| self.task.ledger.is_awaited(id));
        if !may_wait || !self.follow().await {
            return false;
        }
        self.put_off.sets.push((set.to_owned(), draft.items.iter().map(|(index, _)| *index).collect()));
        true
    }

    /// Reads the experience's revision. True if it is the next one after the last that was seen; the next set then
    /// starts from it.
    async fn follow(&mut self) -> bool {
        let (Some(id), Some(now)) = (&self.resource.id, &mut self.now) else { return false };
        let Ok(identifier) = revision(&self.call.seat, id).await else { return false };
        if next(&now.identifier).as_ref() != Some(&identifier) {
            return false;
        }
        now.revisions.clone_from(&identifier);
        now.identifier = identifier;
        self.is_fresh = true;
        true
    }

    /// Notes whether a set that was compared has raised the revision by one. `before`: the revision that it was started
    /// from.
    pub(super) fn learn(&mut self, draft: &Draft<'_>, before: Option<&str>) {
        let now = self.now.as_ref().map(|now| now.identifier.as_str());
        self.put_off.is_counted = draft.holds_only_products() && before.and_then(next).as_deref() == now;
    }

    /// Compares the sets that wait for it with what is live, and records the outcomes of their changes.
    pub(super) async fn catch_up(&mut self) {
        let sets = std::mem::take(&mut self.put_off.sets);
        let changes = self.task.changes;
        let draft = |items: &[usize]| {
            let edits = items.iter().filter_map(|index| changes.get(*index).map(|change| (*index, &change.edit)));
            Draft { items: edits.collect() }
        };
        let all: Vec<usize> = sets.iter().flat_map(|(_, items)| items).copied().collect();
        let all: Draft<'_> = draft(&all);
        // A list that was read before the sets does not show them, and is read again.
        if all.items.is_empty() || self.is_done(&all) || self.compare(&all).await {
            return self.record(&all, &Outcome::Applied);
        }
        for (set, items) in sets {
            self.enter_made(&draft(&items), &set, &[]);
        }
    }
}

/// The revision after a revision: `exp-1234@6` after `exp-1234@5`.
fn next(identifier: &str) -> Option<String> {
    let (id, revision) = identifier.rsplit_once('@')?;
    Some(format!("{id}@{}", revision.parse::<u64>().ok()?.checked_add(1)?))
}
