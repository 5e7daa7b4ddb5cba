//! What surrounds a plan or a report: links, commits, the run, and how long the text may be.

use super::fit::Limit;

/// A link. Both parts are escaped where they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// What it says, such as `run 101`.
    pub text: &'a str,
    /// Where it goes.
    pub url: &'a str,
}

/// What has become of a plan, told at its foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// Nothing yet: merging applies it.
    Planned,
    /// Nothing yet, and merging alone does not apply it; the sentence says what is the case.
    PlannedBut(&'a str),
    /// A run could not make a new plan in its place; the sentence says why.
    Outdated(Link<'a>, &'a str),
    /// A run is at it.
    Applying(Link<'a>),
    /// A run did all of it.
    Applied(Link<'a>),
    /// A run did not do it, or not all of it; the sentence says why.
    NotApplied(Link<'a>, &'a str),
}

/// What surrounds a plan or a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// The first bytes of the text, as they are; empty in a summary. See [`crate::render::escape::markdown::comment`].
    pub marker: &'a str,
    /// Whether it is about the sandbox.
    pub sandbox: bool,
    /// A box that stands below the headline, above everything else, as it is; mostly empty.
    pub notice: &'a str,
    /// What a file's path is put behind to link to it: `https://github.com/OWNER/REPO/blob/SHA/`.
    pub files: Option<&'a str>,
    /// The same for the files of the base.
    pub base_files: Option<&'a str>,
    /// The commit that the plan was made of.
    pub head: Option<&'a str>,
    /// The commit that it was compared with.
    pub base: Option<&'a str>,
    /// The name of the branch it was compared with.
    pub base_branch: Option<&'a str>,
    /// The run that made it.
    pub run: Option<Link<'a>>,
    /// Where the whole of it is, for when this text has to be cut.
    pub whole: Option<Link<'a>>,
    /// Whether it was put together from files of other jobs: what only these say is told to be their word.
    pub gathered: bool,
    /// What has become of it.
    pub state: State<'a>,
    /// The tool and its version.
    pub tool: &'a str,
    /// How long the text may be.
    pub limit: Limit,
}
