//! Carrying out what a plan says, one target at a time.

mod change_set;
mod marketplace;
mod portfolio;

use super::client::Seat;
use super::{Cloud, CloudError, Place};
use crate::model::change::{Change, Target, TargetState, Work};
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
    /// Carries out the changes of a target and says what became of each, in their order.
    ///
    /// Whether a change's before still holds is looked at first: one that somebody has made already counts as
    /// applied, one that would undo what somebody else did fails with the code `Conflict`. A change that fails stops
    /// the others only where they can't work without it.
    pub async fn write(&self, target: &Target) -> Vec<Outcome> {
        let work = match &target.state {
            TargetState::Unreadable { reason: _, source: _ } => return Vec::new(),
            TargetState::Complete { work, left_alone: _ } => work,
        };
        match work {
            Work::Hub { portfolio, changes } => portfolio::write(&self.0, target, portfolio, changes).await,
            Work::Experience { experience, policy, changes } => {
                marketplace::write(&self.0, target, experience, policy.as_ref(), changes).await
            }
        }
    }
}

/// The outcomes of a target whose resource has no id: it was not there when the plan was made.
fn without_id<E>(changes: &[Change<E>]) -> Vec<Outcome> {
    vec![Outcome::Skipped("not tried: the plan names no resource".to_owned()); changes.len()]
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

/// The outcomes of a target whose state could not even be looked at: the first change tells why.
fn not_begun<E>(error: CloudError, changes: &[Change<E>]) -> Vec<Outcome> {
    let skipped = Outcome::Skipped(format!("not tried: {} failed ({})", error.operation, error.code));
    let mut outcomes = vec![skipped; changes.len()];
    if let Some(first) = outcomes.first_mut() {
        *first = Outcome::Failed(error.into());
    }
    outcomes
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
