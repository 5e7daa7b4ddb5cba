//! The pull request itself: its branch, and what it says.

use anyhow::{Context as _, Result};

use super::super::job::{Hub, Job};
use super::ground::{self, Wanted};
use crate::commands::exit::Exit;
use crate::commands::output;
use crate::github::branch::{self, Branch, Change};
use crate::github::marker::{Marker as _, RequestMarker};
use crate::github::proposal::{self, Proposal};
use crate::github::{Error, commits};
use crate::model::request::ProductRequest;
use crate::render::escape::markdown::{inline, link};
use crate::render::markdown::{self, Asked};

/// Opens the pull request, or brings the one that is open in line.
pub(super) async fn keep(job: &mut Job, request: &ProductRequest, wanted: &Wanted) -> Result<Exit> {
    let Some(hub) = ground::hub(job).await? else {
        job.group("The file would say", |sink| sink.write_all(wanted.text.as_bytes()))?;
        return Ok(Exit::Done);
    };
    let folder = job.folder();
    let main = job.default_branch().await?.context("GitHub does not say which branch is the default one")?.to_owned();
    let there = proposal::find(&hub.client, &hub.me, &folder, &request.id).await?;
    if let Some(closed) = there.as_ref().filter(|pull| !pull.is_open()) {
        let said = format!("#{} was for this request and is closed: no other one is opened.", closed.number);
        return told(job, closed, &said);
    }
    let is_theirs = !brought(&hub, request, wanted, there.as_ref(), &main).await?;
    if is_theirs && there.is_none() {
        anyhow::bail!(
            "the branch {} has commits by others and no pull request: delete the branch, or open one from it by hand",
            proposal::branch(&request.id)
        );
    }
    let marker = RequestMarker::new(&folder, &request.id).write();
    let body = markdown::asked(&Asked {
        marker: &marker,
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
    let of = (&hub.me, folder.as_str(), &request.id);
    let pull = proposal::open(&hub.client, of, (&title, &body), &main).await?;
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

/// Brings the branch to what is wanted. Whether the branch is ours: what others have put on it stays as it is.
async fn brought(
    hub: &Hub,
    request: &ProductRequest,
    wanted: &Wanted,
    there: Option<&Proposal>,
    main: &str,
) -> Result<bool, Error> {
    let Hub { client, me } = hub;
    let Wanted { file: _, path, text, from, experiences: _ } = wanted;
    let own = proposal::branch(&request.id);
    // People may rename it; the pull request goes with it.
    let name = there.map_or(own.as_str(), Proposal::branch);
    let message = format!(
        "Approve {}, asked for in Private Marketplace\n\nThe request {} wants it in the experience {}.",
        request.product, request.id, request.experience
    );
    let Some(Branch { tip, contains, is_ours }) = branch::look(client, me, name, from).await? else {
        let object = branch::keep(client, path, text).await?;
        let parents = [from.as_str()];
        let change = Change { path, object: &object, from, parents: &parents, message: &message };
        let commit = branch::commit(client, &change).await?;
        branch::begin(client, name, &commit).await?;
        return Ok(true);
    };
    if !is_ours {
        return Ok(false);
    }
    let object = branch::keep(client, path, text).await?;
    if branch::file(client, path, &tip).await?.as_ref() == Some(&object) {
        return Ok(true);
    }
    // From an older commit than the default branch's last one, what came since would be taken back.
    if commits::up_to(client, main, 1).await?.last() != Some(from) {
        return Ok(true);
    }
    let parents: &[&str] = if contains { &[&tip] } else { &[&tip, from] };
    let commit = branch::commit(client, &Change { path, object: &object, from, parents, message: &message }).await?;
    branch::advance(client, name, &commit).await
}
