//! The pull request for a request: its branch and its text.

use anyhow::{Context as _, Result};

use super::super::branched::{self, Whose};
use super::super::job::Job;
use super::ground::Entered;
use crate::commands::exit::Exit;
use crate::commands::output;
use crate::github::marker::{Marker as _, RequestMarker};
use crate::github::proposal::{self, Proposal, Subject as _};
use crate::model::request::ProductRequest;
use crate::render::escape::markdown::{inline, link};
use crate::render::markdown::{self, Asked};

/// Opens the pull request, or updates the open one.
pub(super) async fn keep(job: &mut Job, request: &ProductRequest, wanted: &Entered) -> Result<Exit> {
    let Some(hub) = branched::hub(job).await? else {
        let texts = wanted.branch.files.values();
        job.group("The file would say", |sink| texts.map(String::as_bytes).try_for_each(|text| sink.write_all(text)))?;
        return Ok(Exit::Done);
    };
    let folder = job.folder();
    let main = job.default_branch().await?.context("GitHub does not say which branch is the default one")?.to_owned();
    let marker = RequestMarker::new(&folder, &request.id);
    let there = proposal::find(&hub.client, &hub.me, &marker).await?;
    if let Some(closed) = there.as_ref().filter(|pull| !pull.is_open()) {
        let said = format!("#{} was for this request and is closed: no other one is opened.", closed.number);
        return told(job, closed, &said);
    }
    // Uses the present name of the branch: people may rename it, and the pull request follows.
    let name = there.as_ref().map_or_else(|| marker.branch(), |pull| pull.branch().to_owned());
    let is_theirs = branched::bring(&hub, &name, &wanted.branch, &main).await? == Whose::Theirs;
    if is_theirs && there.is_none() {
        anyhow::bail!(
            "the branch {name} has commits by others and no pull request: delete the branch, or open one from it by hand"
        );
    }
    let line = marker.write();
    let body = markdown::asked(&Asked {
        marker: &line,
        request,
        file: &wanted.file,
        experiences: &wanted.experiences,
        is_theirs,
    });
    if let Some(pull) = there {
        let was_written = proposal::restate(&hub.client, &pull, &body).await?;
        let word = if was_written { "brought in line" } else { "open already" };
        return told(job, &pull, &format!("#{} is {word}.", pull.number));
    }
    let title = markdown::asked_title(request);
    let pull = proposal::open(&hub.client, (&hub.me, &marker), (&title, &body), &main).await?;
    told(job, &pull, &format!("Opened #{}.", pull.number))
}

fn told(job: &mut Job, pull: &Proposal, said: &str) -> Result<Exit> {
    output::tell(said);
    job.output("pull-request-url", &pull.html_url);
    job.summarize(&format!(
        "### A product is asked for\n\n{} {}\n",
        inline(said),
        link("The pull request", &pull.html_url)
    ))?;
    Ok(Exit::Done)
}
