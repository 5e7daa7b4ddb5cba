//! What a pull request is made of, and where it goes.

use super::super::branched::Wanted;

/// What is to be merged.
pub(super) struct Entered {
    /// The file, as messages name it.
    pub(super) file: String,
    /// What is committed.
    pub(super) branch: Wanted,
    /// The experiences that it governs, for people.
    pub(super) experiences: Vec<String>,
}
