//! The reason why a file is not edited.

use crate::catalog::doubt::Unsafe;

/// The reason why a file can't be edited safely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotEdited {
    /// The line, from 1.
    pub line: usize,
    /// The reason.
    pub reason: &'static str,
}

impl From<Unsafe> for NotEdited {
    fn from(Unsafe { line, reason }: Unsafe) -> Self {
        Self { line, reason }
    }
}

/// At a line, counted from 1.
pub(super) fn not(line: usize, reason: &'static str) -> NotEdited {
    NotEdited { line, reason }
}
