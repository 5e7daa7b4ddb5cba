//! The result of planning a target: its work, or why it can't be planned.

use crate::model::change::{IncompleteShare, Untouched, Work};
use crate::model::desired::DesiredPortfolio;
use crate::model::finding::{Source, Warning};
use crate::model::id::AccountId;
use crate::model::target::TargetName;

/// Why a target can't be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blocked {
    pub(super) reason: String,
    pub(super) source: Option<Source>,
}

impl Blocked {
    pub(super) fn unreadable(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None }
    }

    pub(super) fn at(source: &Source, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: Some(source.clone()) }
    }
}

/// The result for a target that can be planned.
pub(super) struct Planned {
    pub(super) work: Work,
    pub(super) left_alone: Untouched,
    pub(super) warnings: Vec<Warning>,
    pub(super) incomplete_shares: Vec<IncompleteShare>,
}

/// The target of an account that receives a portfolio, or of all accounts that some entries cover if nothing is known
/// of them.
pub(super) struct Recipient<'a> {
    pub(super) name: TargetName,
    /// The entry of the portfolio, from the base if the catalog has none.
    pub(super) of: &'a DesiredPortfolio,
    /// The account. The owner's if this is for all accounts.
    pub(super) account: AccountId,
    pub(super) planned: Result<Planned, Blocked>,
}
