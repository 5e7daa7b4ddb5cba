//! Runs `git` at the top of the work tree, with an explicit repository and a minimal configuration and environment.
//!
//! Git obeys the configuration of any repository that it finds, and a folder with `HEAD`, `config`, `objects/` and
//! `refs/` is a repository. So `git` never runs inside a folder whose content a contributor controls, and paths are
//! passed as arguments. The repository's own `.git/config` is trusted: it belongs to the user or was written by
//! actions/checkout.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};

use super::objects::{left_out, shown, talk};

/// A work tree with its repository.
#[derive(Debug)]
pub(super) struct Repository {
    top: PathBuf,
}

/// A file, link, submodule or folder in a commit.
#[derive(Debug)]
pub(super) struct Entry {
    /// The mode as Git writes it: `040000` is a folder, `120000` a symbolic link, `160000` a submodule.
    pub(super) mode: String,
    pub(super) object: String,
    /// The size in bytes. 0 for anything but a file.
    pub(super) size: u64,
    /// The path from the top of the repository.
    pub(super) path: String,
}

/// The environment variables that every `git` gets. Tokens are not passed on, nor variables that point Git elsewhere.
const ENVIRONMENT: [&str; 3] = ["TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// Further environment variables for a `git` that talks to the remote: the network settings of this machine.
const NETWORK: [&str; 16] = [
    "HOME",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "CURL_CA_BUNDLE",
];

impl Repository {
    /// The repository whose work tree begins in the folder `top`.
    pub(super) fn at(top: &Path) -> Self {
        Self { top: top.to_owned() }
    }

    /// Resolves a revision to a commit.
    pub(super) fn resolve(&self, rev: &str) -> Result<String> {
        self.find(rev)?.with_context(|| {
            format!(
                "there is no revision `{}` in this repository; a shallow clone lacks most of them: in GitHub Actions \
                 give actions/checkout `fetch-depth: 0`, elsewhere run `git fetch`",
                shown(rev)
            )
        })
    }

    /// Resolves a revision to a commit. `None` if the repository does not have the revision.
    pub(super) fn find(&self, rev: &str) -> Result<Option<String>> {
        // Revisions never begin with a hyphen. An old `git` would take such an argument for an option.
        if rev.is_empty() || rev.starts_with('-') || rev.contains(['\0', '\n']) {
            return Ok(None);
        }
        let commit = format!("{rev}^{{commit}}");
        let output = self.run(["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        if output.status.success() {
            let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            return if is_object_id(&found) { Ok(Some(found)) } else { Err(failed("rev-parse", &output)) };
        }
        // The exit status is the same for a missing revision and for a repository that Git can't read, so this asks
        // again.
        let whole = self.run(["rev-parse", "--git-dir"])?;
        if whole.status.success() { Ok(None) } else { Err(failed("rev-parse", &whole)) }
    }

    /// The parents of a commit, in order. Empty for a root commit and at the boundary of a shallow clone.
    pub(super) fn parents(&self, commit: &str) -> Result<Vec<String>> {
        let output = self.run(["rev-list", "--max-count=1", "--parents", "--end-of-options", commit])?;
        if !output.status.success() {
            return Err(failed("rev-list", &output));
        }
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(line.split_ascii_whitespace().skip(1).filter(|id| is_object_id(id)).map(str::to_owned).collect())
    }

    /// Whether `commit` contains `other`. `None` if this clone lacks the history that would tell.
    pub(super) fn contains(&self, commit: &str, other: &str) -> Result<Option<bool>> {
        let output = self.run(["merge-base", "--is-ancestor", other, commit])?;
        Ok(match output.status.code() {
            Some(0) => Some(true),
            // In a shallow clone the connection may go through commits that are missing.
            Some(1) if !self.is_shallow()? => Some(false),
            _ => None,
        })
    }

    /// Whether history ends before its root. Git knows it; a linked worktree has its `shallow` file elsewhere.
    fn is_shallow(&self) -> Result<bool> {
        let output = self.run(["rev-parse", "--is-shallow-repository"])?;
        if !output.status.success() {
            return Err(failed("rev-parse", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim() != "false")
    }

    /// Fetches a single commit from `origin`, with the credentials in `.git/config`, if there are any.
    pub(super) fn fetch(&self, commit: &str) -> Result<()> {
        let mut command = self.command(["-c", "gc.auto=0", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"]);
        pass_on(&mut command, &NETWORK);
        command.args([
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--depth=1",
        ]);
        let output = command.args(["origin", commit]).output().context(NO_GIT)?;
        if output.status.success() { Ok(()) } else { Err(failed("fetch", &output)) }
    }

    /// The entry at a path in a commit. `None` if there is none.
    pub(super) fn entry(&self, commit: &str, path: &str) -> Result<Option<Entry>> {
        Ok(self.ls_tree(&["-z", "-l", "--full-tree", commit, "--", path])?.pop())
    }

    /// All entries below a folder in a commit. An empty path means the whole commit.
    pub(super) fn list(&self, commit: &str, path: &str) -> Result<Vec<Entry>> {
        let mut arguments = vec!["-r", "-z", "-l", "--full-tree", commit];
        if !path.is_empty() {
            arguments.extend(["--", path]);
        }
        self.ls_tree(&arguments)
    }

    fn ls_tree(&self, arguments: &[&str]) -> Result<Vec<Entry>> {
        let output = self.run(["ls-tree"].iter().chain(arguments))?;
        if !output.status.success() {
            return Err(failed("ls-tree", &output));
        }
        let records = output.stdout.split(|byte| *byte == 0).filter(|record| !record.is_empty());
        records.map(|record| entry(&String::from_utf8_lossy(record))).collect()
    }

    /// The contents of objects of at most `most` bytes each, in order, read by one process.
    pub(super) fn contents(&self, objects: &[&str], most: u64) -> Result<Vec<Vec<u8>>> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.command(["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context(NO_GIT)?;
        let contents = talk(&mut child, objects, most);
        if contents.is_err() {
            // The process may be blocked on its output. It may also have ended already, so an error here means
            // nothing.
            let _ = child.kill();
        }
        let status = child.wait().context("can't wait for git cat-file")?;
        let contents = contents?;
        if !status.success() {
            bail!("git cat-file ended with {status} after it gave every object");
        }
        Ok(contents)
    }

    fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Output> {
        self.command(arguments).output().context(NO_GIT)
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        // Git accepts `safe.directory` on the command line. It allows reading a checkout that another user owns, as
        // in a container job. None of the commands here runs programs that the repository's configuration names,
        // except `fetch`, which is only used on the job's own checkout.
        let mut safe = OsString::from("safe.directory=");
        safe.push(&self.top);
        command.current_dir(&self.top).args(["--git-dir=.git", "--work-tree=.", "--no-pager", "--no-optional-locks"]);
        command.arg("-c").arg(safe).args(["-c", "safe.bareRepository=explicit"]);
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
        command.env_clear().env("PATH", path());
        pass_on(&mut command, &ENVIRONMENT);
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            // A partial clone would otherwise fetch missing objects, with a program that its configuration may name.
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        command.args(arguments).stdin(Stdio::null());
        command
    }
}

const NO_GIT: &str = "can't run git: is it installed, and in a folder that PATH names in full?";

/// Whether a text is the full id of a Git object.
pub(super) fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `PATH` without relative folders, since these could lead to a `git` inside the work tree.
fn path() -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(env::split_paths(&path).filter(|folder| folder.is_absolute())).unwrap_or_default()
}

fn pass_on(command: &mut Command, names: &[&str]) {
    for name in names {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Parses a record: `MODE TYPE OBJECT SIZE`, a tab and the path.
fn entry(record: &str) -> Result<Entry> {
    let parsed = || {
        let (head, path) = record.split_once('\t')?;
        let mut words = head.split_ascii_whitespace();
        let (mode, kind, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
        // An object that a partial clone left out has the size `BAD`.
        let size = if kind != "blob" {
            Some(0)
        } else if size == "BAD" {
            None
        } else {
            Some(size.parse().ok()?)
        };
        let entry = |size| Entry { mode: mode.to_owned(), object: object.to_owned(), size, path: path.to_owned() };
        Some(size.map(entry).ok_or_else(|| left_out(object)))
    };
    parsed().with_context(|| format!("git ls-tree gave a line that can't be understood: {}", shown(record)))?
}

fn failed(command: &str, output: &Output) -> anyhow::Error {
    anyhow::anyhow!("git {command} ended with {}: {}", output.status, said(output))
}

/// The standard error output, on one line.
fn said(output: &Output) -> String {
    shown(&String::from_utf8_lossy(&output.stderr))
}
