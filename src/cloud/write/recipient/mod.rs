//! Changes inside an account that receives a portfolio: accepting the share, a portfolio of the account's own with
//! products, copies and launch roles, and principals that may launch. What is no longer in the catalog is removed.
//!
//! Changes that don't wait for each other are made side by side. AWS's lists show changes late, so a change counts once
//! it is seen there. One read of a list serves all changes that wait for it.

mod access;
mod account;
mod board;
mod copy;
mod launch;
mod looks;
mod portfolio;
mod product;
mod send;
mod step;
mod waiting;

use futures_util::future::join_all;

use self::account::Recipient;
use self::step::{Step, Unmade};
use super::task::{Task, conflict};
use crate::cloud::Cloud;
use crate::model::change::{Change, Resource};
use crate::model::edit::{Phase, RecipientEdit};
use crate::model::id::PortfolioId;
use crate::model::report::Outcome;

pub(super) async fn write(
    cloud: &Cloud,
    task: Task<'_, RecipientEdit>,
    imported: &Resource<PortfolioId>,
    local: Option<&Resource<PortfolioId>>,
) {
    let Some(id) = &imported.id else { return task.without_id() };
    if task.changes.is_empty() {
        return;
    }
    let Some(seat) = task.service_catalog(cloud).await else { return };
    let recipient = Recipient::new(seat, task, id, local.and_then(|local| local.id.clone()));
    // Everything that gives access is made and seen before anything is taken.
    for stage in task.changes.chunk_by(|one, next| stage(one) == stage(next)) {
        join_all(stage.iter().map(|change| recipient.carry_out(change))).await;
    }
}

/// The stage of a change. The changes of a stage are made side by side.
fn stage(change: &Change<RecipientEdit>) -> Phase {
    match change.seen().edit.phase() {
        Phase::Give | Phase::Change => Phase::Give,
        phase @ (Phase::Open | Phase::Take | Phase::Leave | Phase::Enter | Phase::Close) => phase,
    }
}

impl Recipient<'_> {
    /// Makes a change once its turn has come. The change has no outcome if the run is being stopped.
    async fn carry_out(&self, change: &Change<RecipientEdit>) {
        let name = &self.task.target.name;
        if !self.task.ledger.turn(name, change.seen()).await {
            return;
        }
        let outcome = match self.make(&Step::new(change.seen().id(name)), &change.edit).await {
            Ok(()) => Outcome::Applied,
            Err(Unmade::Stopped) => return,
            Err(Unmade::Skipped(why)) => Outcome::Skipped(format!("not tried: {why}")),
            Err(Unmade::Conflict(operation, found)) => conflict(&self.seat, operation.name(), &found),
            Err(Unmade::Failed(error)) => Outcome::Failed(error.into()),
        };
        self.task.settle(change, outcome);
    }

    async fn make(&self, step: &Step, edit: &RecipientEdit) -> Result<(), Unmade> {
        match edit {
            RecipientEdit::Accept(by) => self.accept(step, *by).await,
            RecipientEdit::Local(delta, id) => self.own_portfolio(step, delta, id.as_ref()).await,
            RecipientEdit::Associate(product) => self.associate(step, product, Some(self.imported)).await,
            RecipientEdit::Dissociate { product, constraints } => self.dissociate(step, product, constraints).await,
            RecipientEdit::Copy(copy) => self.copy(step, copy).await,
            RecipientEdit::Launch { product, constraint, role } => {
                self.launch(step, product, constraint.as_ref(), role).await
            }
            RecipientEdit::Grant(on, principal) => self.grant(step, *on, principal).await,
            RecipientEdit::Revoke(on, principal) => self.revoke(step, *on, principal).await,
        }
    }
}
