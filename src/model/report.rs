//! What became of a plan.

use serde::{Deserialize, Serialize};

use super::change::{CatalogVersion, ChangeRef, Released, Target};
pub use super::error_code::Remedy;
use super::error_code::known;
use super::id::{AccountId, Region};

/// A call that failed: what was tried, where, and what AWS said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{operation} in {account} {region}: {code}: {message}")]
pub struct Failure {
    /// The API operation, such as `CreatePortfolioShare`.
    pub operation: String,
    /// AWS's error code, or a word of ours where AWS gave none (`Timeout`, `Conflict`).
    pub code: String,
    /// AWS's message, and where it helps what to do.
    pub message: String,
    /// The account that the call was made in.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Failure {
    /// What it takes before the change can be made.
    pub fn remedy(&self) -> Remedy {
        known(&self.code).1
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done, and AWS said so.
    Applied,
    /// Tried, and it did not work.
    Failed(Failure),
    /// Not tried; the sentence says why.
    Skipped(String),
}

/// How the sentence of a change begins that was refused.
const REFUSED: &str = "refused ";

impl Outcome {
    /// Not tried, since it was refused; `why` goes on after "refused".
    pub fn refused(why: &str) -> Self {
        Self::Skipped(format!("{REFUSED}{why}"))
    }

    /// Whether it was refused: running it again alone does not make it.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Skipped(why) => why.starts_with(REFUSED),
            Self::Applied | Self::Failed(_) => false,
        }
    }
}

/// What became of a target: an outcome for each of its changes, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetReport {
    /// The target as it was planned.
    pub target: Target,
    /// One for each of `target.changes()`.
    pub outcomes: Vec<Outcome>,
}

impl TargetReport {
    /// The changes with what became of them.
    pub fn results(&self) -> impl Iterator<Item = (ChangeRef<'_>, &Outcome)> {
        self.target.changes().zip(&self.outcomes)
    }
}

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The digest of the plan.
    pub digest: String,
    /// Which catalog the plan was made from.
    pub catalog: CatalogVersion,
    /// Its targets, in their order.
    pub targets: Vec<TargetReport>,
    /// What the catalog governs no longer, as the plan had it.
    pub released: Vec<Released>,
}

/// A report in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many changes were applied.
    pub applied: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were not tried.
    pub skipped: usize,
    /// How many targets could not be read.
    pub unreadable: usize,
}

impl Report {
    /// The report in numbers.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for report in &self.targets {
            tally.unreadable += usize::from(report.target.is_unreadable());
            for outcome in &report.outcomes {
                match outcome {
                    Outcome::Applied => tally.applied += 1,
                    Outcome::Failed(_) => tally.failed += 1,
                    Outcome::Skipped(_) => tally.skipped += 1,
                }
            }
        }
        tally
    }
}
