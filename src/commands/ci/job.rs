//! One run of `ci`: its environment, its identity on GitHub, and everything that it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::frame::Frame;
#[cfg(feature = "sandbox")]
use crate::cli::Sandbox;
use crate::cli::{Ci as Options, Common};
use crate::commands::document::{self, Refused};
use crate::commands::exit::Exit;
use crate::commands::filter::Filter;
use crate::commands::obstacle::Obstacle;
use crate::commands::{files, output};
use crate::github::marker::part_of;
use crate::github::{Client, Environment, User, log, output as step};
use crate::model::change::{Plan, Summary};
use crate::model::finding::Finding;
use crate::model::target::TargetName;
use crate::plan::wire::Beside;
use crate::render::escape::command::command as workflow_command;
use crate::render::escape::markdown::{inline, prose};

/// One run of `ci`.
pub(super) struct Job {
    pub(super) common: Common,
    pub(super) options: Options,
    pub(super) environment: Environment,
    pub(super) filter: Filter,
    /// Whether the results are about the sandbox.
    pub(super) is_sandboxed: bool,
    /// Whether the results are merged from files of other jobs.
    pub(super) is_gathering: bool,
    /// The default branch, if the event or GitHub has named it.
    pub(super) default_branch: Option<String>,
    /// The targets that `--target` selects, by their names in the catalog. `None` without `--target`.
    pub(super) chosen: Option<BTreeSet<TargetName>>,
    /// Data that the file holds besides the plan or the report, for the job that merges the files.
    pub(super) beside: Beside,
    /// The findings of the catalog.
    pub(super) findings: Vec<Finding>,
    /// Sentences for the top of every result, as markdown.
    pub(super) notes: Vec<String>,
    outputs: BTreeMap<&'static str, String>,
    /// The parts of the report that could not be written, with the reasons.
    unreported: Vec<String>,
}

/// The connection to GitHub, and the user that writes there.
pub(super) struct Hub {
    pub(super) client: Client,
    pub(super) me: User,
}

/// The catalog's folder as it is written in markers: with `/` between its parts.
pub(in crate::commands) fn folder(common: &Common) -> String {
    let parts = common.catalog.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = parts.filter(|part| part != ".").collect();
    parts.join("/")
}

/// A GitHub alert of some markdown paragraphs. Empty if there are none.
pub(super) fn boxed(kind: &str, paragraphs: &[String]) -> String {
    if paragraphs.is_empty() {
        return String::new();
    }
    let quote = |text: &String| text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    let quoted: Vec<String> = paragraphs.iter().map(quote).collect();
    format!("> [!{kind}]\n{}\n\n", quoted.join("\n>\n"))
}

impl Job {
    pub(super) fn new(common: &Common, options: &Options, environment: Environment) -> Result<Self> {
        let mut job = Self {
            common: common.clone(),
            options: options.clone(),
            filter: Filter::new(common),
            environment,
            is_sandboxed: common.is_sandboxed(),
            is_gathering: false,
            default_branch: None,
            chosen: None,
            beside: Beside::default(),
            findings: Vec::new(),
            notes: Vec::new(),
            outputs: BTreeMap::new(),
            unreported: Vec::new(),
        };
        job.go_to_the_top()?;
        Ok(job)
    }

    /// Changes to the repository's root, since annotations and links name files from there. Paths that were given are
    /// converted: they are relative to the folder in which the run began.
    fn go_to_the_top(&mut self) -> Result<()> {
        let here = env::current_dir().context("can't tell which folder this is")?;
        let Some(top) = self.environment.workspace.as_ref().and_then(|top| top.canonicalize().ok()) else {
            return Ok(());
        };
        let Ok(inside) = here.canonicalize().map(|here| here.strip_prefix(&top).map(Path::to_owned)) else {
            return Ok(());
        };
        let Ok(inside) = inside else { return Ok(()) };
        if inside.as_os_str().is_empty() {
            return Ok(());
        }
        let absolute = |path: &mut PathBuf| *path = here.join(&path);
        self.options.plan_file.iter_mut().for_each(absolute);
        self.options.report_file.iter_mut().for_each(absolute);
        self.options.map_file.iter_mut().for_each(absolute);
        self.options.files.iter_mut().for_each(absolute);
        self.common.catalog = inside.join(&self.common.catalog);
        #[cfg(feature = "sandbox")]
        if let Some(Sandbox::In(world)) = self.common.sandbox.as_mut() {
            absolute(world);
        }
        env::set_current_dir(&top).with_context(|| format!("can't go to {}", top.display()))
    }

    /// The catalog's folder as it is written in markers. The sandbox gets a name of its own: what it has shown never
    /// counts as reviewed for AWS, and never replaces what is about AWS.
    pub(super) fn folder(&self) -> String {
        let folder = folder(&self.common);
        if self.is_sandboxed { format!("sandbox of {folder}") } else { folder }
    }

    /// The same for comments: jobs for different targets have a comment each.
    pub(super) fn comment_key(&self) -> String {
        part_of(&self.folder(), self.filter.key().as_deref())
    }

    /// The connection to GitHub. `None` without a token.
    pub(super) async fn hub(&self) -> Result<Option<Hub>> {
        if self.environment.token.is_none() {
            return Ok(None);
        }
        let client = Client::new(&self.environment, self.common.timeout)?;
        let me = User::of(&client, self.options.github_login.as_deref()).await?;
        Ok(Some(Hub { client, me }))
    }

    /// The default branch. `None` if neither the event nor GitHub names it.
    pub(super) async fn default_branch(&mut self) -> Result<Option<&str>> {
        if self.default_branch.is_none() && self.environment.token.is_some() {
            let client = Client::new(&self.environment, self.common.timeout)?;
            self.default_branch = Some(crate::github::pull::default_branch(&client).await?);
        }
        Ok(self.default_branch.as_deref())
    }

    /// Whether the run is for the default branch. `false` if that branch is not known.
    pub(super) async fn is_default_branch(&mut self) -> Result<bool> {
        let wanted = self.default_branch().await?.map(|branch| format!("refs/heads/{branch}"));
        Ok(wanted.is_some() && wanted == self.environment.git_ref)
    }

    pub(super) fn frame(&self, head: Option<&str>) -> Frame {
        let mut frame = Frame::new(&self.environment, head);
        frame.notice = boxed("WARNING", &self.notes);
        frame.sandbox = self.is_sandboxed;
        frame.gathered = self.is_gathering;
        frame
    }

    /// The file for a result: the given one, else one in the temporary folder.
    pub(super) fn file(&self, given: Option<&Path>, name: &str) -> PathBuf {
        let temp = || self.environment.temp.clone().unwrap_or_default().join(name);
        given.map_or_else(temp, Path::to_owned)
    }

    pub(super) fn save_plan(&mut self, plan: &Plan, refused: Option<&Refused>) -> Result<()> {
        let file = self.file(self.options.plan_file.as_deref(), "plan.json");
        files::save(&file, &document::json(plan, refused, &self.beside))?;
        self.output("plan-file", &file.display().to_string());
        Ok(())
    }

    /// Sets the numbers of a plan as outputs.
    pub(super) fn count(&mut self, summary: &Summary, released: usize, digest: &str) {
        let Summary { targets: _, creates, updates, removes, drift, mirrored: _, warnings, unreadable: _ } = summary;
        self.output("has-changes", if summary.changes() + released > 0 { "true" } else { "false" });
        for (name, number) in [("creates", creates), ("updates", updates), ("removes", removes), ("drift", drift)] {
            self.output(name, &number.to_string());
        }
        self.output("warnings", &warnings.to_string());
        self.output("digest", digest);
    }

    pub(super) fn output(&mut self, name: &'static str, value: &str) {
        self.outputs.insert(name, value.to_owned());
    }

    /// An output that was set so far.
    pub(super) fn left(&self, name: &str) -> Option<&str> {
        self.outputs.get(name).map(String::as_str)
    }

    /// Sets the output `reason`: why the run ended as it did. The first one stays.
    pub(super) fn reason(&mut self, reason: &'static str) {
        self.outputs.entry("reason").or_insert_with(|| reason.to_owned());
    }

    /// Ends the run before AWS is read. Reports the reason in the log, on standard error and in the summary.
    pub(super) fn refuse(&mut self, title: &str, obstacle: &Obstacle) -> Result<Exit> {
        let why = obstacle.sentence();
        obstacle.reason().into_iter().for_each(|reason| self.reason(reason));
        self.print(&format!("{}\n", workflow_command("error", &[], &format!("{title}: {why}"))))?;
        output::tell(&format!("refused: {why}"));
        self.summarize(&format!("### ⛔ {title}\n\nRefused: {}\n", prose(&why)))?;
        Ok(Exit::Refused)
    }

    /// Reports that a part of the report could not be written. The result of the run stays the same.
    pub(super) fn not_reported(&mut self, error: &crate::github::Error) {
        self.unreported.push(error.to_string());
        output::tell(&format!("warning: {error}"));
    }

    /// Reports that a result could not be recorded, with the reason.
    pub(super) fn not_recorded(&mut self, why: &str) {
        self.unreported.push(why.to_owned());
        output::tell(&format!("warning: {why}"));
    }

    /// Lists in log and summary what could not be reported. Runs last.
    pub(super) fn confess(&mut self) -> Result<()> {
        let unreported = std::mem::take(&mut self.unreported);
        if unreported.is_empty() {
            return Ok(());
        }
        self.reason("reporting");
        for error in &unreported {
            self.print(&format!("{}\n", workflow_command("warning", &[], &format!("Not reported: {error}"))))?;
        }
        let lines: Vec<String> = unreported.iter().map(|error| format!("- {}\n", inline(error))).collect();
        self.summarize(&format!("#### Not everything could be reported\n\n{}", lines.concat()))
    }

    /// The names of the targets that `--target` selects, as far as known. `None` without `--target`.
    pub(super) fn only(&self) -> Option<Vec<String>> {
        self.chosen.as_ref().map(|chosen| chosen.iter().map(ToString::to_string).collect())
    }

    /// Whether this is one job of a matrix. A later `ci report` publishes for all of them, so this one only leaves its
    /// file.
    pub(super) fn is_gathered(&self) -> bool {
        self.filter.is_narrow() && !self.options.comment.is_wanted()
    }

    /// Whether this run writes deployments. A run without a comment writes them too, since the next run starts from
    /// them. The sandbox writes none: it changes nothing in AWS.
    pub(super) fn keeps_record(&self) -> bool {
        !self.is_gathered() && !self.is_sandboxed
    }

    pub(super) fn leave_outputs(&self) -> Result<()> {
        let Some(file) = &self.environment.output else { return Ok(()) };
        for (name, value) in &self.outputs {
            step::set(file, name, value).with_context(|| format!("can't write the outputs to {}", file.display()))?;
        }
        Ok(())
    }

    pub(super) fn summarize(&self, text: &str) -> Result<()> {
        let Some(file) = &self.environment.summary else { return Ok(()) };
        step::summarize(file, text).with_context(|| format!("can't write the summary to {}", file.display()))
    }

    /// Writes workflow commands to the log unchanged, such as annotations.
    pub(super) fn print(&self, text: &str) -> Result<()> {
        output::result(&self.common, |sink| sink.write_all(text.as_bytes()))
    }

    /// Writes a folded group to the log.
    pub(super) fn group(&self, title: &str, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<()> {
        // Both streams go to the same log: flushed, so that earlier messages stay above the group.
        io::stderr().flush()?;
        output::result(&self.common, |sink| log::group(sink, title, write))
    }
}
