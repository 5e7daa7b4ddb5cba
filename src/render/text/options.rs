//! Options for the text of a plan or a report.

/// Options for the text of a plan or a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether every line is shown, even of long lists of similar changes.
    pub all: bool,
    /// Whether targets in step are named and minor facts are shown.
    pub verbose: bool,
    /// Whether the plan is about to be applied. The text doesn't say then that nothing was changed.
    pub applying: bool,
    /// The width of the terminal. Without it, lines are not wrapped.
    pub width: Option<usize>,
}
