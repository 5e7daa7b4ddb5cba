//! The targets for the jobs of a matrix: those of the catalog, and those that only a catalog applied before names,
//! since they may need a clean-up.

use std::collections::BTreeSet;

use anyhow::Result;

use super::job::Job;
use super::past::Past;
use super::{against, apply, check};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::{output, targets};
use crate::github::event::Event;
use crate::model::target::TargetName;

/// Writes the targets to an output.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let is_proposed = matches!(event, Event::PullRequest(_) | Event::MergeGroup(_));
    if is_proposed {
        against::set(job, event)?;
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let (mut names, linked) = (catalog.names(), targets::Linked::of(&catalog.desired));
    if !is_proposed {
        names.extend(applied(job, event, catalog).await);
    }
    let chosen = targets::chosen(&job.filter, &names)?;
    let json = targets::json(&chosen, job.options.bundles, &linked)?;
    output::tell(&format!("The output `targets` names {}.", chosen.len()));
    job.output("targets", &json);
    Ok(Exit::Done)
}

/// The targets of the catalogs that were applied before. If they can't be determined, a warning says so, and the last
/// job of the matrix notices targets without an answer.
async fn applied(job: &mut Job, event: &Event, catalog: Catalog) -> BTreeSet<TargetName> {
    match asked(job, event, catalog).await {
        Ok(names) => names,
        Err(error) => {
            output::tell(&format!(
                "warning: the catalog that was applied last is unknown, so targets that only it names are missing here: \
                 {error:#}"
            ));
            BTreeSet::new()
        }
    }
}

async fn asked(job: &mut Job, event: &Event, catalog: Catalog) -> Result<BTreeSet<TargetName>> {
    if job.is_sandboxed || !job.is_default_branch().await? {
        return Ok(BTreeSet::new());
    }
    let Some(hub) = job.hub().await? else { return Ok(BTreeSet::new()) };
    let sha = apply::sha(job, event)?;
    let organizations = catalog.desired.settings.organizations.keys();
    let mut past = Past::of(job, &hub, apply::before(event, &sha), &sha, organizations).await?;
    // A newer commit was applied: its own run cleans up.
    if past.overtaken().is_some() {
        return Ok(BTreeSet::new());
    }
    let catalog = if matches!(event, Event::Push(_)) { catalog } else { catalog.into_drift() };
    Ok(past.rebase(job, catalog)?.names())
}
