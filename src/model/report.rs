//! What became of a plan.

use serde::{Deserialize, Serialize};

use super::change::{CatalogVersion, ChangeRef, Released, Target};
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

/// What it takes before a change that failed can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Nothing but time: AWS was busy, out of order or out of reach.
    Again,
    /// Credentials, or leave to make the call.
    Permission,
    /// A higher quota, or room below it.
    Quota,
    /// A new plan: live is not what this one started from.
    NewPlan,
    /// Another entry in the catalog: AWS does not take what it says.
    Entry,
    /// A repair of a share that ended without some of its accounts. To a plan it is in step.
    Repair,
    /// What AWS's message says, if anything.
    Unknown,
}

/// Which codes of AWS, and which of ours, call for which remedy. A code that is not here is [`Remedy::Unknown`].
const REMEDIES: &[(Remedy, &[&str])] = &[
    (
        Remedy::Again,
        &[
            "ThrottlingException",
            "Throttling",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "SlowDown",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "ServiceException",
            "SERVER_FAULT",
            "ResourceInUseException",
            "ENTITY_IN_USE",
            "ConcurrentModificationException",
            "Timeout",
            "Interrupted",
            "NoConnection",
            "UnreadableAnswer",
        ],
    ),
    (
        Remedy::Permission,
        &[
            "AccessDeniedException",
            "AccessDenied",
            "OperationNotSupportedException",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "InvalidIdentityToken",
            "CALLER_NOT_AUTHORIZED",
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "NoCredentials",
            "NoToken",
            "WrongAccount",
        ],
    ),
    (Remedy::Quota, &["LimitExceededException", "ServiceQuotaExceededException"]),
    (
        Remedy::NewPlan,
        &[
            "Conflict",
            "DuplicateResourceException",
            "ConflictException",
            "ResourceNotFoundException",
            "ENTITY_NOT_FOUND",
            "ENTITY_ALREADY_EXISTS",
        ],
    ),
    (
        Remedy::Entry,
        &["NotTaken", "ValidationException", "ValidationError", "InvalidParametersException", "InvalidInputException"],
    ),
    (Remedy::Repair, &["ShareFailed"]),
];

impl Failure {
    /// What it takes before the change can be made.
    pub fn remedy(&self) -> Remedy {
        let found = REMEDIES.iter().find(|(_, codes)| codes.contains(&self.code.as_str()));
        found.map_or(Remedy::Unknown, |(remedy, _)| *remedy)
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
