//! What keeps a file from being put into its form.

/// Why a form can't be made.
#[derive(Debug)]
pub(super) struct Unsafe {
    pub(super) line: usize,
    pub(super) reason: &'static str,
}

impl Unsafe {
    /// At a line, from 1.
    pub(super) fn at(line: usize, reason: &'static str) -> Self {
        Self { line: line.max(1), reason }
    }
}
