//! How much of a plan or a report is shown.

/// How much is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Every line, however many are alike.
    pub all: bool,
    /// Targets that are in step by name, and what else is beside the point.
    pub verbose: bool,
    /// The plan is about to be applied: it does not say that nothing was changed.
    pub applying: bool,
    /// How many columns the terminal has. Without it no line is broken.
    pub width: Option<usize>,
}
