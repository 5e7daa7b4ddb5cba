//! A plan that is not applied, or would not be, for every renderer.

use crate::model::change::Target;

/// A plan that is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// What is wrong, in a few words: `2 changes that nobody has reviewed`.
    pub headline: &'a str,
    /// Why that is refused, in a sentence or two.
    pub why: &'a str,
    /// The changes in question, by target: nothing else stands in these targets.
    pub targets: &'a [Target],
    /// What to do now, in a sentence or two.
    pub way_out: &'a str,
    /// The digest of the plan that was refused.
    pub digest: &'a str,
}

/// Says beside a plan that an apply of it would be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection<'a> {
    /// What is wrong: `it takes away 3, and at most 2 are allowed`.
    pub headline: &'a str,
    /// With which words it would be applied, in a sentence or two.
    pub way_out: &'a str,
}
