//! What planning a target comes to: what is to be done, or why that can't be told.

use crate::model::change::{IncompleteShare, Untouched, Work};
use crate::model::finding::{Source, Warning};

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
