//! Carries out a plan, one target at a time.

mod change_documents;
mod edited;
mod experience;
mod experience_look;
mod experience_make;
mod experience_sets;
mod experience_standing;
mod ledger;
mod portfolio;
mod put_off;
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

/// Carries out changes. Only [`Mode::Apply`] has a writer: [`Cloud::writer`].
#[derive(Debug, Clone)]
pub struct Writer(Cloud);

impl Cloud {
    /// The writer. `None` in [`Mode::Plan`].
    pub fn writer(&self) -> Option<Writer> {
        match self.mode() {
            Mode::Plan => None,
            Mode::Apply => Some(Writer(self.clone())),
        }
    }
}

impl Writer {
    /// Carries out the changes of a target and records the outcome of each in the ledger.
    ///
    /// Before a change is made, its before is compared with what is live. If somebody has made the change already, it
    /// counts as applied. If it would undo somebody else's work, it fails with the code `Conflict`. A change that fails
    /// stops only the changes that wait for it.
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
