//! What a pull request is made of, and where it goes.

use anyhow::{Context as _, Result};

use super::super::job::{Hub, Job};
use crate::commands::output;

/// What is to be merged.
pub(super) struct Wanted {
    /// The file, as messages name it.
    pub(super) file: String,
    /// The file, from the repository's top on.
    pub(super) path: String,
    /// What it is to say.
    pub(super) text: String,
    /// The commit that it was read in.
    pub(super) from: String,
    /// The experiences that it governs, for people.
    pub(super) experiences: Vec<String>,
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
