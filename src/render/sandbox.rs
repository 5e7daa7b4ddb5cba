//! Words that mark a text as being about the sandbox, so that nobody takes it for news of AWS.

/// Prefix of the headline.
pub(super) const BEFORE_HEADLINE: &str = "Sandbox, not AWS: ";

/// Explanation, in a sentence or two.
pub(super) const MEANING: &str = "This ran against the built-in sandbox. Nothing was read from AWS or sent to it.";
