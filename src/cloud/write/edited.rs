//! An experience during its edits: what is live, and the outcome of each change.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::experience_sets::{Draft, Item};
use super::experience_standing::standing;
use super::put_off::PutOff;
use super::set_call::SetCall;
use super::task::{Standing, Task, conflict};
use crate::cloud::Operation;
use crate::cloud::read::current::{Beside, Current, Known};
use crate::cloud::read::entities::Marketplace;
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
    /// Whether `now` shows what every set so far starts from: no set was started since it was read, or it holds the
    /// revision after the last one.
    pub(super) is_fresh: bool,
    pub(super) known: Known,
    /// What has to be read for the present set.
    pub(super) beside: Beside,
    /// The sets that are compared with what is live later.
    pub(super) put_off: PutOff,
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
            put_off: PutOff::default(),
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
}
