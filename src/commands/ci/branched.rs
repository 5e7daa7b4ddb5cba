//! A branch of ours that is brought to what a pull request asks to merge.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::job::{Hub, Job};
use crate::commands::output;
use crate::github::branch::{self, Branch, Change};
use crate::github::{Error, commits};

/// What is to be committed.
pub(super) struct Wanted {
    /// The files, from the repository's top on, and what they are to say.
    pub(super) files: BTreeMap<String, String>,
    /// The commit that they were read in.
    pub(super) from: String,
    /// What the commit says.
    pub(super) message: String,
}

/// Whose a branch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// Ours; its last commit.
    Ours(String),
    /// Others have put commits on it: it stays as it is.
    Theirs,
}

/// GitHub. Nothing is written there for a try in the sandbox.
pub(super) async fn hub(job: &Job) -> Result<Option<Hub>> {
    if job.is_sandboxed {
        output::tell("This is the sandbox: nothing is written to GitHub.");
        return Ok(None);
    }
    let hub = job.hub().await?;
    hub.map(Some).context("GITHUB_TOKEN is not set, and a pull request is to be kept: give github-token")
}

/// Brings a branch to what is wanted. What others have put on it stays as it is.
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
    // From an older commit than the default branch's last one, what came since would be taken back.
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
