//! Looks at an experience during its edits, and compares a change set with what is live.

use tokio::time::Instant;

use super::edited::Edited;
use super::experience_sets::Draft;
use super::experience_standing::standing;
use super::put_off::follows;
use super::set_end::{Made, SetFailure};
use super::task::Standing;
use super::words::words_of;
use crate::cloud::pace::Patience;
use crate::cloud::read::current::{Beside, Current, Known, current, revision};
use crate::cloud::{CloudError, Meaning};
use crate::model::edit::ExperienceEdit;
use crate::model::id::ExperienceId;
use crate::model::report::Outcome;

impl Edited<'_> {
    fn stands(&self, edit: &ExperienceEdit) -> Standing {
        match &self.now {
            None => Standing::Open,
            now => standing(edit, now.as_ref(), true),
        }
    }

    /// Whether everything that a set wants is live.
    pub(super) fn is_done(&self, draft: &Draft<'_>) -> bool {
        draft.items.iter().all(|(_, edit)| self.stands(edit) == Standing::Done)
    }

    /// Whether nothing that a set wants is live.
    pub(super) fn is_untouched(&self, draft: &Draft<'_>) -> bool {
        draft.items.iter().all(|(_, edit)| self.stands(edit) != Standing::Done)
    }

    /// Compares a set that AWS calls succeeded with what is live, and reads the revisions for the next set. AWS may
    /// have left out a product, or may show the others late. False if something is missing.
    pub(super) async fn compare(&mut self, draft: &Draft<'_>) -> bool {
        let mut patience = Patience::new(&self.call.seat.timing);
        let until = Instant::now() + self.call.seat.timing.patience / 60;
        while self.look().await {
            if self.is_done(draft) {
                return true;
            }
            if Instant::now() >= until || !patience.pause().await {
                return false;
            }
        }
        // If the experience can't be read, AWS's answer counts.
        true
    }

    /// Records the outcomes of a set that AWS calls succeeded although it is not completely live.
    pub(super) fn enter_made(&self, draft: &Draft<'_>, set: &str, remarks: &[String]) {
        let failure = SetFailure { said: remarks.to_vec(), ..SetFailure::default() };
        let not_taken = |what: &str, said: Option<String>| {
            let said = said.unwrap_or_else(|| "AWS gave no reason".to_owned());
            let message = format!("change set {set} was made, and {what}: {said}");
            Outcome::Failed(self.call.own("NotTaken", message).into())
        };
        for (index, edit) in &draft.items {
            let outcome = match (self.stands(edit), edit) {
                (Standing::Done, _)
                // These are made with the whole set or not at all, and the lists that show them may lag.
                | (_, ExperienceEdit::Create(_) | ExperienceEdit::Policy { .. } | ExperienceEdit::Leave(_) | ExperienceEdit::Join(_)) => Outcome::Applied,
                (Standing::Open | Standing::Conflict(_), ExperienceEdit::Product(product)) => {
                    let id = &product.product;
                    not_taken(&format!("{id} is not on its list"), failure.naming(id.as_str()))
                }
                (Standing::Open | Standing::Conflict(_), edit) => {
                    not_taken(&format!("{} is not live", words_of(edit, "")), failure.said())
                }
            };
            self.set(*index, outcome);
        }
    }

    /// Reads the experience again. Returns whether that worked.
    pub(super) async fn look(&mut self) -> bool {
        self.read().await.is_ok()
    }

    /// Reads the experience again, with the parts that some edits need.
    pub(super) async fn look_at(&mut self, beside: Beside) -> Result<(), CloudError> {
        self.beside = beside;
        self.read().await
    }

    async fn read(&mut self) -> Result<(), CloudError> {
        if self.resource.id.is_none() {
            self.seek().await?;
        }
        if let Some(id) = self.resource.id.clone() {
            let now = self.current(&id).await?;
            let (policy, branding) = (now.experience.policy.as_ref(), now.experience.branding.clone());
            self.known = Known { policy: policy.map(|policy| policy.id.clone()), branding };
            self.now = Some(now);
        }
        self.is_fresh = true;
        Ok(())
    }

    /// Reads the experience. AWS may not show a new experience at once, and no change can be made to it before then.
    async fn current(&self, id: &ExperienceId) -> Result<Current, CloudError> {
        let mut patience = Patience::new(&self.call.seat.timing);
        let until = Instant::now() + self.call.seat.timing.patience / 10;
        loop {
            match current(&self.call.seat, id, &self.known, self.beside).await {
                Err(error)
                    if self.is_new
                        && error.meaning == Meaning::NotFound
                        && Instant::now() < until
                        && patience.pause().await => {}
                result => return result,
            }
        }
    }

    /// Keeps only the edits of a set that are still to be made by what is live now. AWS refuses a change to an old
    /// revision of an experience, but it does not document whether that revision also changes with the procurement
    /// policy.
    pub(super) async fn refresh(&mut self, draft: &mut Draft<'_>) -> Result<(), CloudError> {
        let (beside, had) = (draft.beside(), self.beside);
        // Audiences are always read again: a principal that joins has just left another experience.
        let is_enough = (had.branding || !beside.branding) && !beside.audiences;
        if !self.is_fresh || !is_enough {
            self.look_at(beside).await?;
        }
        draft.items = self.settle(&draft.items);
        Ok(())
    }

    /// Puts off the comparison of a set that AWS calls succeeded. False if it is to be compared now: too many products
    /// were sent since the last look, something waits for the set, AWS has remarks about it, or AWS's revision of the
    /// experience shows another number of sets than this one.
    pub(super) async fn put_off(&mut self, draft: &Draft<'_>, set: &str, made: &Made) -> bool {
        let list = self.now.as_ref().and_then(|now| now.experience.policy.as_ref());
        let may_wait = list.is_some_and(|list| self.put_off.has_room(draft, list))
            && made.remarks.is_empty()
            && !self.ids(draft).iter().any(|id| self.task.ledger.is_awaited(id));
        if !may_wait || !self.follow().await {
            return false;
        }
        self.put_off.add(set, draft);
        true
    }

    /// Reads the experience's revision. True if it is the next one after the last that was seen; the next set then
    /// starts from it.
    async fn follow(&mut self) -> bool {
        let (Some(id), Some(now)) = (&self.resource.id, &mut self.now) else { return false };
        let Ok(identifier) = revision(&self.call.seat, id).await else { return false };
        if !follows(&now.identifier, &identifier) {
            return false;
        }
        now.revisions.clone_from(&identifier);
        now.identifier = identifier;
        self.is_fresh = true;
        true
    }

    /// Compares the sets that were put off with what is live, and records the outcomes of their changes.
    pub(super) async fn catch_up(&mut self) {
        let sets = self.put_off.take();
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
