//! One change set after another: started when the experience is free, waited for, compared with what is live.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::change_set::{Draft, Item};
use super::product_terms::standing;
use super::set_call::SetCall;
use super::set_end::SetFailure;
use super::task::{Standing, Task, conflict};
use crate::cloud::pace::Patience;
use crate::cloud::read::marketplace::{Current, current};
use crate::cloud::{CloudError, Operation};
use crate::model::change::{Change, ChangeId};
use crate::model::edit::ExperienceEdit;
use crate::model::report::Outcome;

/// An experience's product lists while they are written.
pub(super) struct ProductList<'a> {
    pub(super) call: SetCall<'a>,
    pub(super) now: Current,
    /// Whether nothing was started since `now` was read.
    is_fresh: bool,
    pub(super) task: Task<'a, ExperienceEdit>,
    /// How many sets have failed for a product that AWS did not name.
    pub(super) searches: u32,
}

impl<'a> ProductList<'a> {
    pub(super) fn new(call: SetCall<'a>, now: Current, task: Task<'a, ExperienceEdit>) -> Self {
        Self { call, now, is_fresh: true, task, searches: 0 }
    }

    /// Enters what is done or in conflict, and gives what can be made.
    pub(super) fn settle<'e>(&self, items: &[Item<'e>]) -> Vec<Item<'e>> {
        let makes_policy = items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Policy { name: _ }));
        let mut open = Vec::new();
        for (index, edit) in items {
            match standing(edit, &self.now, makes_policy) {
                Standing::Open => open.push((*index, *edit)),
                Standing::Done => self.set(*index, Outcome::Applied),
                Standing::Conflict(found) => {
                    let operation = Operation::StartChangeSet.name();
                    self.set(*index, conflict(&self.call.seat, operation, &found));
                }
            }
        }
        open
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

    /// Whether what is live is all that a set wants.
    pub(super) fn is_done(&self, draft: &Draft<'_>) -> bool {
        draft.items.iter().all(|(_, edit)| standing(edit, &self.now, true) == Standing::Done)
    }

    /// Compares a set that AWS calls made with what is live, which also gives the revisions that the next set starts
    /// from. AWS may have left a product out, and may be slow to show the others.
    pub(super) async fn compare(&mut self, draft: &Draft<'_>, set: &str, remarks: &[String]) {
        let mut patience = Patience::new(&self.call.seat.timing);
        let until = Instant::now() + self.call.seat.timing.patience / 60;
        while self.look().await {
            if self.is_done(draft) {
                break;
            }
            if Instant::now() >= until || !patience.pause().await {
                return self.enter_made(draft, set, remarks);
            }
        }
        // All is there, or it can't be seen and AWS's word counts.
        self.record(draft, &Outcome::Applied);
    }

    fn enter_made(&self, draft: &Draft<'_>, set: &str, remarks: &[String]) {
        let failure = SetFailure { code: "NotTaken".to_owned(), said: remarks.to_vec(), passes: false };
        for (index, edit) in &draft.items {
            let outcome = match (standing(edit, &self.now, true), edit) {
                (Standing::Done, _) | (_, ExperienceEdit::Policy { name: _ }) => Outcome::Applied,
                (Standing::Open | Standing::Conflict(_), ExperienceEdit::Product(product)) => {
                    let said = failure.of_product(product.product.as_str());
                    let message = said.unwrap_or_else(|| "AWS gave no reason".to_owned());
                    let message =
                        format!("change set {set} was made, and {} is not on its list: {message}", product.product);
                    Outcome::Failed(self.call.own("NotTaken", message).into())
                }
            };
            self.set(*index, outcome);
        }
    }

    /// Reads the lists again; says whether that worked.
    pub(super) async fn look(&mut self) -> bool {
        self.read().await.is_ok()
    }

    async fn read(&mut self) -> Result<(), CloudError> {
        let policy = self.now.experience.policy.as_ref().map(|policy| policy.id.clone());
        self.now = current(&self.call.seat, self.call.id, policy.as_ref()).await?;
        self.is_fresh = true;
        Ok(())
    }

    /// Leaves of a set what is to be made by what is live now: AWS refuses a change to an old revision of an experience,
    /// but nothing says that the revision moves with that of its procurement policy.
    pub(super) async fn refresh(&mut self, draft: &mut Draft<'_>) -> Result<(), CloudError> {
        if !self.is_fresh {
            self.read().await?;
        }
        draft.items = self.settle(&draft.items);
        Ok(())
    }
}
