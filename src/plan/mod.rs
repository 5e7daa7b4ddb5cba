//! Desired against live: what has to be read, what would change, whether that may be done, and the form that machines
//! read. Pure.

mod base;
mod clean_up;
mod diff;
mod governed;
mod guard;
mod labels;
mod losers;
mod marketplace;
mod order;
mod portfolio;
mod resolve;
mod review;
mod wants;
mod warnings;
pub mod wire;

#[cfg(test)]
mod tests;

pub use diff::diff;
pub use guard::{ApprovedPlan, Limits, Reason, Refusal, approve};
pub use review::Reviewed;
pub use wants::{Goal, names, wants};

use crate::model::change::Work;
use crate::model::finding::Source;

/// Why a target can't be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Blocked {
    reason: String,
    source: Option<Source>,
}

impl Blocked {
    fn unreadable(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None }
    }

    fn at(source: &Source, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: Some(source.clone()) }
    }
}

/// What a target comes to when it can be planned.
struct Planned {
    work: Work,
    left_alone: usize,
}
