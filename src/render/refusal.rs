//! Refusals and objections, in parts for every renderer.

use crate::model::change::Target;

/// A plan that was not applied because it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// The problem in a few words, such as `2 changes that nobody has reviewed`.
    pub headline: &'a str,
    /// The reason for the refusal, in a sentence or two.
    pub why: &'a str,
    /// Targets with only the changes that caused the refusal.
    pub targets: &'a [Target],
    /// The next step for the user, in a sentence or two.
    pub way_out: &'a str,
    /// The digest of the refused plan.
    pub digest: &'a str,
}

/// A remark on a plan that an apply would refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection<'a> {
    /// The problem in a few words, such as `it takes away 3, and at most 2 are allowed`.
    pub headline: &'a str,
    /// How to have it applied all the same, in a sentence or two.
    pub way_out: &'a str,
}
