//! The point of view from which a difference is told.

use super::names::Names;

/// The point of view from which a difference is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View<'n> {
    /// A plan: what an apply would do, with the names of the changes that others wait for.
    Plan(&'n Names),
    /// A report: what an apply did or tried.
    Done,
    /// Drift: how the live state differs from Git.
    Drift,
}
