//! The exit statuses of commands.

/// How a command ended. The number is the process's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or in step.
    Done = 0,
    /// Bad catalog, no access, AWS failed.
    Error = 1,
    /// Wrong usage of the command line.
    Usage = 2,
    /// Differences were found.
    Differences = 3,
    /// Refused: safety limit, stale plan, changes nobody reviewed.
    Refused = 4,
    /// Applied in part. The report says how to finish the rest.
    Partial = 5,
}

/// Wrong use of the command line. Its exit status differs from that of other errors.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);
