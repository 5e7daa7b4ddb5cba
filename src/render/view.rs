//! From which side a difference is told.

use super::names::Names;

/// From which side a difference is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View<'n> {
    /// What would be done, and after what.
    Plan(&'n Names),
    /// What was done, or was to be.
    Done,
    /// What is live and should not be, what should be and is not.
    Drift,
}
