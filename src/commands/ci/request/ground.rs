//! The contents of a request's pull request.

use super::super::branched::Wanted;

/// The edit that a request's pull request proposes.
pub(super) struct Entered {
    /// The edited file, as messages name it.
    pub(super) file: String,
    /// The commit to make.
    pub(super) branch: Wanted,
    /// The experiences that the file governs, in words.
    pub(super) experiences: Vec<String>,
}
