//! The surroundings of a plan or a report: links, commits, the run, and the limit of the text.

use super::fit::Limit;

/// A link. Text and address are not escaped yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// The text, such as `run 101`.
    pub text: &'a str,
    /// The address.
    pub url: &'a str,
}

/// The state of a plan, shown at its foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// Not applied yet. Merging applies it.
    Planned,
    /// Not applied yet, and merging alone doesn't apply it. The sentence says why.
    PlannedBut(&'a str),
    /// Out of date: a run could not make a new plan. The sentence says why.
    Outdated(Link<'a>, &'a str),
    /// A run is applying it.
    Applying(Link<'a>),
    /// A run applied all of it.
    Applied(Link<'a>),
    /// A run applied nothing or only a part. The sentence says why.
    NotApplied(Link<'a>, &'a str),
}

/// The surroundings of a plan or a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// The first line of a comment, inserted without escaping. Empty in a summary. See
    /// [`crate::render::escape::markdown::comment`].
    pub marker: &'a str,
    /// Whether it is about the sandbox.
    pub sandbox: bool,
    /// A box for the top, inserted without escaping. Mostly empty.
    pub notice: &'a str,
    /// The prefix of links to files: `https://github.com/OWNER/REPO/blob/SHA/`.
    pub files: Option<&'a str>,
    /// The same prefix for files of the base.
    pub base_files: Option<&'a str>,
    /// The commit that was planned.
    pub head: Option<&'a str>,
    /// The base commit.
    pub base: Option<&'a str>,
    /// The name of the base branch.
    pub base_branch: Option<&'a str>,
    /// The run that made the text.
    pub run: Option<Link<'a>>,
    /// The place of the full text, for a text that has to be cut.
    pub whole: Option<Link<'a>>,
    /// Whether the text combines files of several jobs. Then it says which of its facts only these files vouch for.
    pub gathered: bool,
    /// The state of the plan.
    pub state: State<'a>,
    /// The tool and its version.
    pub tool: &'a str,
    /// The limit of the text.
    pub limit: Limit,
}
