//! What planning a target comes to: what is to be done, or why that can't be told.

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

/// What a target comes to when it can be planned.
pub(super) struct Planned {
    pub(super) work: Work,
    pub(super) left_alone: Untouched,
    pub(super) warnings: Vec<Warning>,
    pub(super) incomplete_shares: Vec<IncompleteShare>,
}

/// What happens in an account, or why nothing is known of those that some entries cover.
pub(super) struct Recipient<'a> {
    pub(super) name: TargetName,
    /// The portfolio's file, or the base's where the catalog has none.
    pub(super) of: &'a DesiredPortfolio,
    /// The account; the owner's for a whole family.
    pub(super) account: AccountId,
    pub(super) planned: Result<Planned, Blocked>,
}
