//! The pace of calls: one queue for each operation in each account and region, or organization.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::line::Line;
use super::operation::Operation;
use super::place::Place;
use crate::model::id::OrganizationId;

pub(crate) use super::patience::{LOST, Patience};

/// The calls that share one of AWS's rate limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// The calls in one account and region.
    Place(Place),
    /// The calls for one organization, from whichever account. AWS Organizations counts this way.
    Organization(OrganizationId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(Place { account, region }) => write!(f, "{account} {region}"),
            Self::Organization(id) => write!(f, "organization {id}"),
        }
    }
}

/// All queues of calls.
#[derive(Debug)]
pub(crate) struct Pace {
    paced: bool,
    lines: Mutex<BTreeMap<(Scope, Operation), Arc<Line>>>,
}

impl Pace {
    /// If `paced` is false, no call is held back.
    pub(crate) fn new(paced: bool) -> Self {
        Self { paced, lines: Mutex::default() }
    }

    /// The queue of an operation, created on first use.
    pub(crate) fn line(&self, scope: &Scope, operation: Operation) -> Arc<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines
            .entry((scope.clone(), operation))
            .or_insert_with(|| Arc::new(Line::new(operation, scope.to_string(), self.paced)));
        Arc::clone(line)
    }
}
