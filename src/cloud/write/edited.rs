//! An experience while it is edited: what is live, and what becomes of each of its changes.

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

/// An experience while it is edited.
pub(super) struct Edited<'a> {
    pub(super) call: SetCall,
    pub(super) task: Task<'a, ExperienceEdit>,
    /// The experience; without its id until it is made or found.
    pub(super) resource: Resource<ExperienceId>,
    /// What is made of it, where it is made.
    pub(super) new: Option<&'a NewExperience>,
    /// Archived experiences of the new one's name.
    pub(super) archived: BTreeSet<ExperienceId>,
    /// Whether it was made so lately that AWS may not show it yet.
    pub(super) is_new: bool,
    /// As it was read last; `None` as long as there is none.
    pub(super) now: Option<Current>,
    /// Whether nothing was started since `now` was read.
    is_fresh: bool,
    known: Known,
    /// What has to be read for the set that is under way.
    beside: Beside,
    /// How many sets have failed for something that AWS did not name.
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

    /// How a sentence names it.
    pub(super) fn words(&self) -> String {
        self.resource.id.as_ref().map_or_else(|| format!("experience {}", self.name()), ToString::to_string)
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        let live = self.now.as_ref().map(|now| now.experience.name.as_str());
        live.or(self.new.map(|new| new.name.as_str())).unwrap_or(&self.resource.name)
    }

    /// The revisions of what was read.
    pub(super) fn revisions(&self) -> &str {
        self.now.as_ref().map_or("", |now| &now.revisions)
    }

    /// Enters what is done or in conflict, and gives what can be made.
    pub(super) fn settle<'e>(&self, items: &[Item<'e>]) -> Vec<Item<'e>> {
        let makes_policy = items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Policy { .. }));
        let mut open = Vec::new();
        for (index, edit) in items {
            match standing(edit, self.now.as_ref(), makes_policy) {
                Standing::Open => open.push((*index, *edit)),
                Standing::Done => self.set(*index, Outcome::Applied),
                // AWS's list of audiences may be older than what this run did.
                Standing::Conflict(_) if self.has_left(*index, edit) => open.push((*index, *edit)),
                Standing::Conflict(found) => {
                    let operation = Operation::StartChangeSet.name();
                    self.set(*index, conflict(&self.call.seat, operation, &found));
                }
            }
        }
        open
    }

    /// Whether the principal that joins was taken off another experience by this run: its change waited for that.
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

    /// Leaves of a set what has its turn now.
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

    /// Whether a set may be started: all of it or nothing.
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

    /// Whether what is live is all that a set wants.
    pub(super) fn is_done(&self, draft: &Draft<'_>) -> bool {
        draft.items.iter().all(|(_, edit)| self.stands(edit) == Standing::Done)
    }

    /// Whether nothing of what a set wants is live.
    pub(super) fn is_untouched(&self, draft: &Draft<'_>) -> bool {
        draft.items.iter().all(|(_, edit)| self.stands(edit) != Standing::Done)
    }

    /// Compares a set that AWS calls made with what is live, which also gives the revisions that the next set starts
    /// from. AWS may have left a product out, and may be slow to show the others. False where something is not there.
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
        // It can't be seen, and AWS's word counts.
        true
    }

    /// Enters what became of a set that AWS calls made and that is not live in whole.
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
                // These are made with the whole set or not at all, and what lists them may lag.
                | (_, ExperienceEdit::Create(_) | ExperienceEdit::Policy { .. } | ExperienceEdit::Leave(_) | ExperienceEdit::Join(_)) => Outcome::Applied,
                (Standing::Open | Standing::Conflict(_), ExperienceEdit::Product(product)) => {
                    let id = &product.product;
                    not_taken(&format!("{id} is not on its list"), failure.naming(id.as_str()))
                }
                (Standing::Open | Standing::Conflict(_), edit) => {
                    not_taken(&format!("{} is not to be seen", words_of(edit, "")), failure.said())
                }
            };
            self.set(*index, outcome);
        }
    }

    /// Reads it again; says whether that worked.
    pub(super) async fn look(&mut self) -> bool {
        self.read().await.is_ok()
    }

    /// Reads it again with what some edits need.
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

    /// AWS may not show yet what was made a moment ago, and nothing can be done with it before.
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

    /// Leaves of a set what is to be made by what is live now: AWS refuses a change to an old revision of an experience,
    /// but nothing says that the revision moves with that of its procurement policy.
    pub(super) async fn refresh(&mut self, draft: &mut Draft<'_>) -> Result<(), CloudError> {
        let (beside, had) = (draft.beside(), self.beside);
        // The audiences of an organization hang together: a principal that joins has left another experience.
        let is_enough = (had.branding || !beside.branding) && !beside.audiences;
        if !self.is_fresh || !is_enough {
            self.look_at(beside).await?;
        }
        draft.items = self.settle(&draft.items);
        Ok(())
    }
}
