//! Carrying out what a plan says, one target at a time.

mod change_documents;
mod edited;
mod experience;
mod experience_make;
mod experience_sets;
mod experience_standing;
mod ledger;
mod portfolio;
mod recipient;
mod set_call;
mod set_end;
mod set_run;
mod set_tries;
mod share;
mod share_call;
mod share_end;
mod share_terms;
mod stage;
mod task;
mod words;

pub use ledger::{Count, Ledger};

use super::Cloud;
use crate::model::change::{Target, TargetState, Work};
use crate::model::settings::Mode;
use task::Task;

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
            Work::Recipient { imported, local, changes } => {
                recipient::write(&self.0, Task { target, ledger, changes }, imported, local.as_ref()).await;
            }
            Work::Experience { experience, policy, changes } => {
                experience::write(&self.0, Task { target, ledger, changes }, experience, policy.as_ref()).await;
            }
        }
    }
}
