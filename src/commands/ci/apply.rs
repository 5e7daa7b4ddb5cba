//! A merge: what was reviewed is planned again, compared, carried out and reported.

use std::pin::pin;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;

use super::job::Job;
use super::result::{self, Words};
use super::review::Review;
use super::{base, check, stale};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::planning::Reach;
use crate::commands::{cloud, files, output, planning, signal};
use crate::github::event::{Event, Push};
use crate::model::change::Plan;
use crate::model::settings::Mode;
use crate::plan::{ApprovedPlan, Limits, Reviewed, approve};
use crate::render::markdown::State;

/// Carries out what was reviewed.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if !check::is_sound(job)? {
        stale::not_applied(job, event, "the catalog has errors on the default branch").await;
        return Ok(Exit::Error);
    }
    let sha = sha(job, event)?;
    let mut review = match job.hub().await? {
        Some(hub) => Some(Review::of(job, hub, &sha, matches!(event, Event::WorkflowDispatch)).await?),
        None if job.options.require_reviewed_plan => {
            anyhow::bail!(
                "GITHUB_TOKEN is not set, and what was reviewed is on GitHub: give github-token, or say require-reviewed-plan: false"
            )
        }
        None => None,
    };
    let run = job.frame(Some(&sha));
    if let Some(review) = review.as_mut().filter(|_| job.options.comment.is_wanted()) {
        review.restate(&State::Applying(run.run())).await;
    }
    let ended = carry_out(job, event, &sha, review.as_mut()).await;
    if let (Err(_), Some(review)) = (&ended, review.as_mut().filter(|_| job.options.comment.is_wanted())) {
        review.restate(&State::NotApplied(run.run(), "the run failed, its log says why")).await;
    }
    ended
}

fn sha(job: &Job, event: &Event) -> Result<String> {
    match event {
        Event::Push(Push { sha, .. }) => Ok(sha.clone()),
        _ => job.environment.sha.clone().context("GITHUB_SHA is not set: nobody knows what is to be applied"),
    }
}

async fn carry_out(job: &mut Job, event: &Event, sha: &str, mut review: Option<&mut Review>) -> Result<Exit> {
    // Found out before anything is changed: what was done has to be told.
    files::writable(&job.file(job.options.report_file.as_deref(), "report.json"))?;
    let catalog = load(job, event)?;
    let Some(catalog) = catalog else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let mut session = cloud::open(&job.common, &catalog, Mode::Apply).await?;
    // The pull request says that this is being applied, so from here on it has to be told how that ended.
    let mut stops = pin!(signal::stops());
    let planned = tokio::select! {
        planned = planning::make(&job.common, &session.cloud, catalog, &job.filter, Reach::of(&job.options.reach)) => planned,
        Some(reason) = stops.next() => Err(anyhow::anyhow!("{reason} before anything was changed")),
    };
    session.quieten();
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => {
            session.close(&job.common).await?;
            return Err(error);
        }
    };
    job.save_plan(&plan, None)?;
    job.count(&plan.summary(), plan.released.len(), &plan.digest);
    let decided = decide(job, sha, &plan, limits, review.as_deref_mut()).await;
    let exit = match decided {
        Ok(Ok(approved)) => {
            let writer = session.cloud.writer().context("a session that applies has a writer")?;
            let mut listener = session.screen.apply();
            let report = crate::apply::apply(approved, &writer, stops, &mut listener).await;
            drop(listener);
            result::applied(job, sha, &report, review).await
        }
        Ok(Err(refusal)) => {
            let words = Words::of(refusal.reason, review.as_deref());
            result::refused(job, sha, &plan, &refusal, &words, review).await
        }
        Err(error) => Err(error),
    };
    session.close(&job.common).await?;
    exit
}

/// The catalog against what it was before the push. Without a push everything that differs is drift: the catalog is
/// its own base.
fn load(job: &mut Job, event: &Event) -> Result<Option<Catalog>> {
    if let Event::Push(Push { before, .. }) = event {
        base::set(job, before.as_deref())?;
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(None) };
    Ok(Some(match (event, catalog) {
        (Event::Push(_), catalog) => catalog,
        (_, catalog) if catalog.base.is_none() => catalog.into_drift(),
        (_, catalog) => catalog,
    }))
}

async fn decide(
    job: &Job,
    sha: &str,
    plan: &Plan,
    limits: Limits,
    review: Option<&mut Review>,
) -> Result<Result<ApprovedPlan, crate::plan::Refusal>> {
    let required = job.options.require_reviewed_plan;
    let Some(review) = review else {
        return Ok(approve(plan.clone(), limits, required.then(Reviewed::default).as_ref()));
    };
    if required && !review.reviewed().covers(plan) {
        // Where that can't be read, nothing more counts as seen.
        if let Err(error) = review.look_back(job, sha, plan).await {
            output::tell(&format!("warning: {error}"));
        }
    }
    let limits = review.limits(limits, plan).await?;
    Ok(approve(plan.clone(), limits, required.then(|| review.reviewed()).as_ref()))
}
