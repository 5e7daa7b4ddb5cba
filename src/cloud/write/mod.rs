//! Carrying out what a plan says, one target at a time.

mod change_set;
mod ledger;
mod marketplace;
mod portfolio;

pub use ledger::Ledger;

use super::client::Seat;
use super::{Cloud, CloudError, Place};
use crate::model::change::{Change, Target, TargetState, Work};
use crate::model::edit::Family;
use crate::model::report::{Failure, Outcome};
use crate::model::settings::Mode;

/// What writes. There is one for [`Mode::Apply`] alone: [`Cloud::writer`].
#[derive(Debug, Clone)]
pub struct Writer(Cloud);

impl Cloud {
    /// What writes; only [`Mode::Apply`] has it.
    pub fn writer(&self) -> Option<Writer> {
        match self.mode() {
            Mode::Plan => None,
            Mode::Apply => Some(Writer(self.clone())),
        }
    }
}

impl Writer {
    /// Carries out the changes of a target and tells the ledger what became of each.
    ///
    /// Whether a change's before still holds is looked at first: one that somebody has made already counts as
    /// applied, one that would undo what somebody else did fails with the code `Conflict`. A change that fails stops
    /// the others only where they wait for it.
    pub async fn write(&self, target: &Target, ledger: &Ledger) {
        let work = match &target.state {
            TargetState::Unreadable { reason: _, source: _ } => return,
            TargetState::Complete { work, left_alone: _ } => work,
        };
        match work {
            Work::Hub { portfolio, changes } => {
                portfolio::write(&self.0, Task { target, ledger, changes }, portfolio).await;
            }
            Work::Experience { experience, policy, changes } => {
                marketplace::write(&self.0, Task { target, ledger, changes }, experience, policy.as_ref()).await;
            }
        }
    }
}

/// The changes of a target, and whom to tell what becomes of them.
struct Task<'a, E> {
    target: &'a Target,
    ledger: &'a Ledger,
    changes: &'a [Change<E>],
}

impl<E> Clone for Task<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Task<'_, E> {}

impl<E: Family> Task<'_, E> {
    fn settle(&self, change: &Change<E>, outcome: Outcome) {
        self.ledger.settle(&change.seen().id(&self.target.name), outcome);
    }

    /// Settles a task that could not even be begun: the first change tells why.
    fn not_begun(&self, error: CloudError) {
        let skipped = format!("not tried: {} failed ({})", error.operation, error.code);
        let mut changes = self.changes.iter();
        if let Some(first) = changes.next() {
            self.settle(first, Outcome::Failed(error.into()));
        }
        for change in changes {
            self.settle(change, Outcome::Skipped(skipped.clone()));
        }
    }

    /// Settles a task whose resource has no id: it did not exist when the plan was made.
    fn without_id(&self) {
        for change in self.changes {
            self.settle(change, Outcome::Skipped("not tried: the plan names no resource".to_owned()));
        }
    }
}

/// What can be said of a change before it is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// What it wants is live already.
    Done,
    /// It can be made.
    Open,
    /// Live is neither what it starts from nor what it wants; the sentence says what it is.
    Conflict(String),
}

/// What became of a change whose before no longer holds.
fn conflict<C>(seat: &Seat<C>, operation: &'static str, found: &str) -> Outcome {
    let Place { account, region } = &seat.place;
    Outcome::Failed(Failure {
        operation: operation.to_owned(),
        code: "Conflict".to_owned(),
        message: format!("somebody changed it after the plan was made: {found}. Plan again"),
        account: account.clone(),
        region: region.clone(),
    })
}
