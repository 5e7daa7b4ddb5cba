//! What every text about the sandbox begins with, so that nobody takes it for news of AWS.

/// Stands before the headline.
pub(super) const BEFORE_HEADLINE: &str = "Sandbox, not AWS: ";

/// What it means, in a sentence or two.
pub(super) const MEANING: &str =
    "This is a try against an AWS inside the process: nothing was read from AWS, and nothing reaches it.";
