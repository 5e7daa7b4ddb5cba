//! Brings a branch of ours to the contents that a pull request proposes.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::job::{Hub, Job};
use crate::commands::output;
use crate::github::branch::{self, Branch, Change};
use crate::github::{Error, commits};

/// The commit to make.
pub(super) struct Wanted {
    /// The new text of each file, by its path from the repository's root.
    pub(super) files: BTreeMap<String, String>,
    /// The commit in which the files were read.
    pub(super) from: String,
    /// The commit message.
    pub(super) message: String,
}

/// The owner of a branch's commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// Ours, with the last commit.
    Ours(String),
    /// Others have added commits: the branch is left as it is.
    Theirs,
}

/// The connection to GitHub. `None` in the sandbox, where nothing is written to GitHub. Fails without a token.
pub(super) async fn hub(job: &Job) -> Result<Option<Hub>> {
    if job.is_sandboxed {
        output::tell("This is the sandbox: nothing is written to GitHub.");
        return Ok(None);
    }
    let hub = job.hub().await?;
    hub.map(Some).context("GITHUB_TOKEN is not set, and a pull request is to be kept: give github-token")
}

/// Brings a branch to the wanted contents. A branch with commits by others is left as it is.
pub(super) async fn bring(hub: &Hub, name: &str, wanted: &Wanted, main: &str) -> Result<Whose, Error> {
    let Hub { client, me: _ } = hub;
    let Wanted { files: _, from, message } = wanted;
    let there = branch::look(client, &hub.me, name, from).await?;
    if there.as_ref().is_some_and(|branch| !branch.is_ours) {
        return Ok(Whose::Theirs);
    }
    let objects = objects(hub, wanted).await?;
    let Some(Branch { tip, contains, is_ours: _, files }) = there else {
        let parents = [from.as_str()];
        let commit = branch::commit(client, &Change { files: &objects, from, parents: &parents, message }).await?;
        branch::begin(client, name, &commit).await?;
        return Ok(Whose::Ours(commit));
    };
    if files == objects {
        return Ok(Whose::Ours(tip));
    }
    // A commit made from anything but the tip of the default branch would undo what was merged since.
    if commits::up_to(client, main, 1).await?.last() != Some(from) {
        return Ok(Whose::Ours(tip));
    }
    let parents: &[&str] = if contains { &[&tip] } else { &[&tip, from] };
    let commit = branch::commit(client, &Change { files: &objects, from, parents, message }).await?;
    let has_moved = branch::advance(client, name, &commit).await?;
    Ok(if has_moved { Whose::Ours(commit) } else { Whose::Theirs })
}

async fn objects(hub: &Hub, wanted: &Wanted) -> Result<BTreeMap<String, String>, Error> {
    let mut objects = BTreeMap::new();
    for (path, text) in &wanted.files {
        objects.insert(path.clone(), branch::keep(&hub.client, path, text).await?);
    }
    Ok(objects)
}
