//! The links around everything that a run writes: the run, the files, head and base.

use crate::github::Environment;
use crate::model::change::CatalogVersion;
use crate::plan::wire;
use crate::render::escape::markdown::link;
use crate::render::markdown::{Context, Limit, Link, State};

/// The links and notices around everything that a run writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    run: Option<(String, String)>,
    files: Option<String>,
    base_files: Option<String>,
    pub(super) head: Option<String>,
    pub(super) base: Option<String>,
    pub(super) base_branch: Option<String>,
    /// Whether it is about the sandbox.
    pub(super) sandbox: bool,
    /// Whether it was merged from files of other jobs.
    pub(super) gathered: bool,
    /// Why a merge does not apply the plan, in a few words. Empty if it does.
    pub(super) but: &'static str,
    /// Markdown for the top.
    pub(super) notice: String,
}

impl Frame {
    pub(super) fn new(environment: &Environment, head: Option<&str>) -> Self {
        Self {
            run: environment.run(),
            files: head.and_then(|head| environment.files(head)),
            base_files: None,
            head: head.map(str::to_owned),
            base: None,
            base_branch: None,
            sandbox: false,
            gathered: false,
            but: "",
            notice: String::new(),
        }
    }

    /// Adds the base of the planned catalog.
    pub(super) fn against(mut self, environment: &Environment, version: &CatalogVersion) -> Self {
        self.sandbox = version.sandbox;
        self.base.clone_from(&version.base);
        self.base_files = version.base.as_ref().and_then(|base| environment.files(base));
        self
    }

    /// A link to the run. Outside of a run, only the words.
    pub(super) fn run(&self) -> Link<'_> {
        match &self.run {
            Some((text, url)) => Link { text, url },
            None => Link { text: "this run", url: "" },
        }
    }

    /// The link to the run as markdown.
    pub(super) fn run_text(&self) -> String {
        let Link { text, url } = self.run();
        link(text, url)
    }

    pub(super) fn context<'a>(&'a self, marker: &'a str, state: State<'a>, limit: Limit) -> Context<'a> {
        let is_run = self.run.is_some();
        Context {
            marker,
            sandbox: self.sandbox,
            notice: &self.notice,
            files: self.files.as_deref(),
            base_files: self.base_files.as_deref(),
            head: self.head.as_deref(),
            base: self.base.as_deref(),
            base_branch: self.base_branch.as_deref(),
            run: is_run.then(|| self.run()),
            whole: self.run.as_ref().map(|(_, url)| Link { text: "the summary of the run", url }),
            gathered: self.gathered,
            state,
            tool: wire::TOOL,
            limit,
        }
    }

    pub(super) fn comment<'a>(&'a self, marker: &'a str) -> Context<'a> {
        self.context(marker, self.state(), Limit::COMMENT)
    }

    pub(super) fn summary(&self) -> Context<'_> {
        self.context("", self.state(), Limit::SUMMARY)
    }

    fn state(&self) -> State<'_> {
        if self.but.is_empty() { State::Planned } else { State::PlannedBut(self.but) }
    }
}
