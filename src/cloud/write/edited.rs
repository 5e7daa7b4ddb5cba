//! An experience during its edits: what is live, and the outcome of each change.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::experience_sets::{Draft, Item};
use super::experience_standing::standing;
use super::set_call::SetCall;
use super::set_end::SetFailure;
use super::task::{Standing, Task, conflict};
use super::words::words_of;
use crate::cloud::pace::Patience;
use crate::cloud::read::current::{Beside, Current, Known, current};
use crate::cloud::read::entities::Marketplace;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::change::{Change, ChangeId, Resource};
use crate::model::edit::{ExperienceEdit, Kind, NewExperience};
use crate::model::id::ExperienceId;
use crate::model::report::Outcome;

/// An experience during its edits.
pub(super) struct Edited<'a> {
    pub(super) call: SetCall,
    pub(super) task: Task<'a, ExperienceEdit>,
    /// The experience. It has no id until it is created or found.
    pub(super) resource: Resource<ExperienceId>,
    /// The attributes of a new experience. `None` if the experience exists.
    pub(super) new: Option<&'a NewExperience>,
    /// Archived experiences with the name of the new one.
    pub(super) archived: BTreeSet<ExperienceId>,
    /// Whether it was created by a set of this run or an earlier one, so that AWS may not show it yet.
    pub(super) is_new: bool,
    /// The experience as it was last read. `None` if there is none yet.
    pub(super) now: Option<Current>,
    /// Whether no set was started since `now` was read.
    is_fresh: bool,
    known: Known,
    /// What has to be read for the present set.
    beside: Beside,
    /// How many sets failed for a reason that AWS did not name.
    pub(super) searches: u32,
    /// Locked during a change to an audience: AWS takes one at a time in an organization.
    pub(super) turn: Arc<Mutex<()>>,
}

impl<'a> Edited<'a> {
    pub(super) fn new(
        seat: Marketplace,
        task: Task<'a, ExperienceEdit>,
        resource: Resource<ExperienceId>,
        new: Option<&'a NewExperience>,
        known: Known,
        turn: Arc<Mutex<()>>,
    ) -> Self {
        Self {
            call: SetCall { seat },
            task,
            resource,
            new,
            archived: BTreeSet::new(),
            is_new: false,
            now: None,
            is_fresh: false,
            known,
            beside: Beside::default(),
            searches: 0,
            turn,
        }
    }

    /// The experience in messages.
    pub(super) fn words(&self) -> String {
        self.resource.id.as_ref().map_or_else(|| format!("experience {}", self.name()), ToString::to_string)
    }

    /// The experience's name.
    pub(super) fn name(&self) -> &str {
        let live = self.now.as_ref().map(|now| now.experience.name.as_str());
        live.or(self.new.map(|new| new.name.as_str())).unwrap_or(&self.resource.name)
    }

    /// The revisions of everything that was read.
    pub(super) fn revisions(&self) -> &str {
        self.now.as_ref().map_or("", |now| &now.revisions)
    }

    /// Records the outcome of edits that are done or in conflict. Returns the edits that can be made.
    pub(super) fn settle<'e>(&self, items: &[Item<'e>]) -> Vec<Item<'e>> {
        let makes_policy = items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Policy { .. }));
        let mut open = Vec::new();
        for (index, edit) in items {
            match standing(edit, self.now.as_ref(), makes_policy) {
                Standing::Open => open.push((*index, *edit)),
                Standing::Done => self.set(*index, Outcome::Applied),
                // AWS's list of audiences may be older than this run's changes.
                Standing::Conflict(_) if self.has_left(*index, edit) => open.push((*index, *edit)),
                Standing::Conflict(found) => {
                    let operation = Operation::StartChangeSet.name();
                    self.set(*index, conflict(&self.call.seat, operation, &found));
                }
            }
        }
        open
    }

    /// Whether this run removed the joining principal from another experience. The change then waits for that removal.
    fn has_left(&self, index: usize, edit: &ExperienceEdit) -> bool {
        let (ExperienceEdit::Join(principal), Some(change)) = (edit, self.task.changes.get(index)) else {
            return false;
        };
        let key = principal.to_string();
        change.about.waits_for.iter().any(|id| id.kind == Kind::Audience && id.key == key)
    }

    pub(super) fn record(&self, draft: &Draft<'_>, outcome: &Outcome) {
        for (index, _) in &draft.items {
            self.set(*index, outcome.clone());
        }
    }

    pub(super) fn set(&self, index: usize, outcome: Outcome) {
        if let Some(change) = self.task.changes.get(index) {
            self.task.settle(change, outcome);
        }
    }

    pub(super) fn ids(&self, draft: &Draft<'_>) -> Vec<ChangeId> {
        let target = &self.task.target.name;
        let changes = draft.items.iter().filter_map(|(index, _)| self.task.changes.get(*index));
        changes.map(|change| change.seen().id(target)).collect()
    }

    /// Keeps only the edits of a set whose turn has come.
    pub(super) async fn take_turns(&self, draft: &mut Draft<'_>) {
        let Task { target, ledger, changes } = self.task;
        let together: BTreeSet<ChangeId> = self.ids(draft).into_iter().collect();
        let mut granted = Vec::new();
        for item in std::mem::take(&mut draft.items) {
            if let Some(change) = changes.get(item.0).map(Change::seen)
                && ledger.turn_with(&target.name, change, &together).await
            {
                granted.push(item);
            }
        }
        draft.items = granted;
    }

    /// Whether a set may be started. If one of its edits must not begin, none of them does.
    pub(super) fn begin(&mut self, draft: &Draft<'_>) -> bool {
        self.is_fresh = false;
        let ids = self.ids(draft);
        let may = !ids.is_empty() && ids.iter().all(|id| self.task.ledger.begin(id, ""));
        if !may {
            self.withdraw(draft);
        }
        may
    }

    pub(super) fn withdraw(&self, draft: &Draft<'_>) {
        self.ids(draft).iter().for_each(|id| self.task.ledger.withdraw(id));
    }

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
}
