//! The last job of a matrix: merges the files of the others into one comment, one issue and one record.

use anyhow::Result;

use super::following::{Followers, Mirrors};
use super::job::{Hub, Job};
use super::past::Past;
use super::record::{self, Begun};
use super::result::Told;
use super::review::Review;
use super::{against, apply, base, check, drift, issue_at_hand, pending, plan, result, stale};
use crate::commands::catalog::Catalog;
use crate::commands::exit::{Exit, UsageError};
use crate::commands::gather::{Expected, Files, Kind};
use crate::commands::{apply as apply_command, catalog, output, plan as plan_command};
use crate::github::event::Event;
use crate::model::change::{Plan, Summary};
use crate::model::report::Report;

/// Merges the files and publishes them as what they are: a plan, drift or the result of an apply.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if job.options.files.is_empty() {
        return Err(UsageError("report needs the files that the other jobs left".to_owned()).into());
    }
    if !check::is_sound(job)? {
        stale::tell(job, event, "a newer commit's catalog has errors").await;
        return Ok(Exit::Error);
    }
    // Skips paths that don't exist: a job that died leaves no folder.
    let paths: Vec<_> = job.options.files.iter().filter(|file| file.exists()).cloned().collect();
    let files = Files::read(&paths)?;
    job.is_gathering = true;
    // The files decide whether this is about the sandbox, whatever this job's own input says.
    job.is_sandboxed = files.is_sandboxed().unwrap_or(job.is_sandboxed);
    job.beside = files.beside.clone();
    let is_proposed = matches!(event, Event::PullRequest(_) | Event::MergeGroup(_));
    let is_scheduled = matches!(event, Event::Schedule | Event::RepositoryDispatch);
    match files.kind() {
        Kind::Reports => applied(job, event, files).await,
        Kind::Drift if !is_proposed => compared(job, files).await,
        Kind::Plans | Kind::None if is_scheduled => compared(job, files).await,
        Kind::Plans | Kind::Drift | Kind::None => planned(job, event, files).await,
    }
}

fn plan_of(job: &Job, files: Files, catalog: &Catalog) -> Result<Plan> {
    files.plan(Some(Expected { catalog, filter: &job.filter }), job.is_sandboxed)
}

async fn planned(job: &mut Job, event: &Event, files: Files) -> Result<Exit> {
    let (behind, missing) = match against::set(job, event) {
        Ok(behind) => (behind, false),
        Err(error) => {
            output::tell(&format!("warning: {error:#}"));
            (String::new(), true)
        }
    };
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let notice = if missing { base::unknown() } else { behind + &base::notice(&catalog) };
    let plan = plan_of(job, files, &catalog)?;
    let pull = match event {
        // A fork's token can't write, and its jobs made no plans.
        Event::PullRequest(pull) => Some(pull).filter(|pull| !pull.fork),
        _ => None,
    };
    let notice = if matches!(event, Event::PullRequest(_)) {
        notice + &base::untouched(&catalog.differing(), &plan)
    } else {
        notice
    };
    let shown = plan::show(job, pull, &plan, limits, notice).await;
    if shown.is_err() {
        stale::tell(job, event, "a newer plan could not be kept or shown").await;
    }
    shown?;
    plan::set_check_of_group(job, event, &plan).await?;
    Ok(plan_command::exit(&plan, false))
}

/// Publishes drift: updates the issue, and tells merged changes that are not applied yet from drift.
async fn compared(job: &mut Job, files: Files) -> Result<Exit> {
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let is_against_applied = files.kind() != Kind::Plans;
    job.beside.is_drift = true;
    let (rebased, past) = drift::against_applied(job, catalog.clone()).await?;
    // Jobs that made plans had no base, so the plan is not compared with one.
    let plan = plan_of(job, files, if is_against_applied { &rebased } else { &catalog })?;
    let notice = match past {
        Some(past) => pending::notice(job, &past, &plan).await,
        None => String::new(),
    };
    drift::show(job, &plan, limits, notice).await
}

async fn applied(job: &mut Job, event: &Event, files: Files) -> Result<Exit> {
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let sha = apply::sha(job, event)?;
    let hub = if job.is_default_branch().await? { job.hub().await? } else { None };
    let Some(hub) = &hub else {
        let report = result_of(job, files, &catalog)?;
        result::publish(job, &sha, &report, None, false).await?;
        return Ok(apply_command::exit(&report));
    };
    let (catalog, past) = past(job, event, hub, &sha, catalog).await;
    let report = result_of(job, files, &catalog)?;
    let mut review = Review::of(job, hub, &sha, false).await?;
    if let Some(past) = &past {
        review.find_others(job, &past.commits.clone().unwrap_or_default()).await;
    }
    let left_out = job.beside.left_out.clone();
    if let Some(past) = &past {
        job.notes.extend(result::left_out(past, &left_out, review.doubt.as_ref()));
    }
    let is_told =
        past.as_ref().is_some_and(|past| !left_out.is_empty() && (past.by_hand || !past.differing.is_empty()));
    result::publish(job, &sha, &report, Some(&mut review), is_told).await?;
    let exit = apply_command::exit(&report);
    let told = Told { report, approved: job.beside.approved.clone(), left_out };
    if !job.is_sandboxed {
        if let Some(past) = &past {
            record::end(job, hub, past, &sha, Begun::default(), &told).await;
            Followers::of_told(&Mirrors::of(&catalog.desired), &told).record(job, hub, &sha).await;
        }
        record::end_parts(job, hub, &told, &sha).await;
    }
    issue_at_hand::keep_left_out(job, hub, told).await;
    Ok(exit)
}

/// The effects of earlier applies, and the catalog compared with them. `None` if nothing may be recorded: a newer
/// commit was applied in the meantime, or the earlier applies can't be read. The next run then starts from the earlier
/// record.
async fn past(job: &mut Job, event: &Event, hub: &Hub, sha: &str, catalog: Catalog) -> (Catalog, Option<Past>) {
    let organizations = catalog.desired.settings.organizations.keys();
    let mut past = match Past::of(job, hub, apply::before(event, sha), sha, organizations).await {
        Ok(past) if past.overtaken().is_some() => {
            output::tell("A newer commit was applied by now: this result is not recorded.");
            return (catalog, None);
        }
        Ok(past) => past,
        Err(error) => {
            job.not_reported(&error);
            return (catalog, None);
        }
    };
    past.by_hand = matches!(event, Event::WorkflowDispatch);
    match apply::load(job, past.by_hand, &mut past, catalog.clone()) {
        Ok(rebased) => (rebased, Some(past)),
        Err(error) => {
            job.not_recorded(&format!(
                "this result is not recorded, and the next apply starts from the one before: {error:#}"
            ));
            (catalog, None)
        }
    }
}

fn result_of(job: &mut Job, files: Files, catalog: &Catalog) -> Result<Report> {
    let report = files.report(Some(Expected { catalog, filter: &job.filter }))?;
    let summary = Summary::of(report.targets.iter().map(|of| &of.target));
    job.count(&summary, report.released.len(), &report.digest);
    Ok(report)
}
