//! The result of an apply.

use serde::{Deserialize, Serialize};

use super::change::{CatalogVersion, ChangeRef, Released, Target};
pub use super::error_code::Remedy;
use super::error_code::known;
use super::id::{AccountId, Region};

/// A failed call: the operation, the account, the region and AWS's error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{operation} in {account} {region}: {code}: {message}")]
pub struct Failure {
    /// The API operation, such as `CreatePortfolioShare`.
    pub operation: String,
    /// AWS's error code, or this tool's own code if AWS gave none (`Timeout`, `Conflict`).
    pub code: String,
    /// AWS's message, sometimes with what to do.
    pub message: String,
    /// The account that the call was made in.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Failure {
    /// What has to happen before the change can succeed.
    pub fn remedy(&self) -> Remedy {
        known(&self.code).1
    }
}

/// The result of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The change was made, and AWS confirmed it.
    Applied,
    /// The change was tried and failed.
    Failed(Failure),
    /// The change was not tried. The sentence says why.
    Skipped(String),
}

/// The first word of [`Outcome::Skipped`] for a refused change.
const REFUSED: &str = "refused ";

impl Outcome {
    /// A change that was refused. `why` goes on after "refused".
    pub fn refused(why: &str) -> Self {
        Self::Skipped(format!("{REFUSED}{why}"))
    }

    /// Whether it was refused. Running the same apply again does not help.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Skipped(why) => why.starts_with(REFUSED),
            Self::Applied | Self::Failed(_) => false,
        }
    }
}

/// The result of a target: an outcome for each of its changes, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetReport {
    /// The target as it was planned.
    pub target: Target,
    /// One outcome for each of `target.changes()`.
    pub outcomes: Vec<Outcome>,
}

impl TargetReport {
    /// Each change with its outcome.
    pub fn results(&self) -> impl Iterator<Item = (ChangeRef<'_>, &Outcome)> {
        self.target.changes().zip(&self.outcomes)
    }
}

/// The result of applying a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The digest of the plan.
    pub digest: String,
    /// The catalog that the plan was made from.
    pub catalog: CatalogVersion,
    /// Its targets, in the order of the plan.
    pub targets: Vec<TargetReport>,
    /// Resources that the catalog no longer governs, as in the plan.
    pub released: Vec<Released>,
}

/// The numbers of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The number of changes that were applied.
    pub applied: usize,
    /// The number of changes that failed.
    pub failed: usize,
    /// The number of changes that were not tried.
    pub skipped: usize,
    /// The number of targets that could not be read.
    pub unreadable: usize,
}

impl Report {
    /// Counts the results.
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
