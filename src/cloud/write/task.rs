//! The input of a writer: the changes of one target, and the ledger.

use super::ledger::Ledger;
use crate::cloud::client::Seat;
use crate::cloud::read::portfolio::ServiceCatalog;
use crate::cloud::{Cloud, CloudError, Place};
use crate::model::change::{Change, Target};
use crate::model::edit::Family;
use crate::model::report::{Failure, Outcome};

/// The changes of a target, and the ledger for their outcomes.
pub(super) struct Task<'a, E> {
    pub(super) target: &'a Target,
    pub(super) ledger: &'a Ledger,
    pub(super) changes: &'a [Change<E>],
}

impl<E> Clone for Task<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Task<'_, E> {}

impl<E: Family> Task<'_, E> {
    pub(super) fn settle(&self, change: &Change<E>, outcome: Outcome) {
        self.ledger.settle(&change.seen().id(&self.target.name), outcome);
    }

    /// Service Catalog in the target's account and region. `None` if the account can't be entered; then all changes are
    /// settled.
    pub(super) async fn service_catalog(&self, cloud: &Cloud) -> Option<ServiceCatalog> {
        let place = Place { account: self.target.account.clone(), region: self.target.region.clone() };
        match cloud.service_catalog(&self.target.organization, place).await {
            Ok(seat) => Some(seat),
            Err(error) => {
                self.not_begun(error);
                None
            }
        }
    }

    /// Settles all changes of a task that could not begin. The first one fails with the error, the others are skipped.
    pub(super) fn not_begun(&self, error: CloudError) {
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
    pub(super) fn without_id(&self) {
        for change in self.changes {
            self.settle(change, Outcome::Skipped("not tried: the plan names no resource".to_owned()));
        }
    }
}

/// How a change compares with what is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// The result that the change wants is live already.
    Done,
    /// The change can be made.
    Open,
    /// Live is neither the change's before nor its after. The sentence says what is live.
    Conflict(String),
}

/// The outcome of a change whose before is no longer live.
pub(super) fn conflict<C>(seat: &Seat<C>, operation: &'static str, found: &str) -> Outcome {
    let Place { account, region } = &seat.place;
    Outcome::Failed(Failure {
        operation: operation.to_owned(),
        code: "Conflict".to_owned(),
        message: format!("somebody changed it after the plan was made: {found}. Plan again"),
        account: account.clone(),
        region: region.clone(),
    })
}
