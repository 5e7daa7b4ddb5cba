//! A change under way, and the operations that AWS refused.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use tokio::sync::Mutex;

use crate::cloud::write::ledger::Ledger;
use crate::cloud::write::task::Standing;
use crate::cloud::{CloudError, Operation};
use crate::model::change::ChangeId;

/// Why a change was not made.
pub(super) enum Unmade {
    /// The run is being stopped.
    Stopped,
    /// The change was not tried. The sentence says why.
    Skipped(String),
    /// The change's before is no longer live. The sentence says what is live.
    Conflict(Operation, String),
    /// It failed.
    Failed(CloudError),
}

impl From<CloudError> for Unmade {
    fn from(error: CloudError) -> Self {
        Self::Failed(error)
    }
}

/// A change under way, which may need several calls.
pub(super) struct Step {
    pub(super) id: ChangeId,
    /// Whether one of its calls has succeeded. From then on the change counts as begun, even if the next call is
    /// refused.
    pub(super) has_effect: AtomicBool,
}

impl Step {
    pub(super) fn new(id: ChangeId) -> Self {
        Self { id, has_effect: AtomicBool::new(false) }
    }

    /// Records that AWS refused a call.
    pub(super) fn refused(&self, ledger: &Ledger) {
        if !self.has_effect.load(Ordering::Relaxed) {
            ledger.withdraw(&self.id);
        }
    }
}

/// Whether an operation may be called. The first call of each operation is made alone: if it is refused, the others
/// would be refused too.
#[derive(Default)]
pub(super) struct Gates(StdMutex<BTreeMap<Operation, Arc<Mutex<Gate>>>>);

#[derive(Clone, Default, PartialEq)]
pub(super) enum Gate {
    #[default]
    Untried,
    Open,
    /// The operation was refused, with AWS's code.
    Refused(String),
}

impl Gates {
    pub(super) fn of(&self, operation: Operation) -> Arc<Mutex<Gate>> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default())
    }
}

/// `Done` if the answer is yes, otherwise `Open`.
pub(super) fn done_if(is_done: bool) -> Standing {
    if is_done { Standing::Done } else { Standing::Open }
}
