//! Reasons not to rewrite a file.

/// The reason why a file can't be rewritten safely.
#[derive(Debug)]
pub(super) struct Unsafe {
    pub(super) line: usize,
    pub(super) reason: &'static str,
}

impl Unsafe {
    /// At a line, counted from 1.
    pub(super) fn at(line: usize, reason: &'static str) -> Self {
        Self { line: line.max(1), reason }
    }
}
