//! A merge: what was reviewed is planned again, compared, carried out and reported.

use std::pin::pin;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use futures_util::stream::Stream;

use super::check;
use super::job::{Hub, Job};
use super::past::Past;
use super::record::{self, Begun};
use super::result::{self, Told, Words};
use super::review::Review;
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::planning::Reach;
use crate::commands::{cloud, files, output, planning, signal};
use crate::github::event::{Event, Push};
use crate::model::change::Plan;
use crate::model::settings::Mode;
use crate::plan::{ApprovedPlan, Limits, Refusal, Reviewed, approve};
use crate::render::escape::markdown::inline;
use crate::render::markdown::State;

/// Carries out what was reviewed.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if !check::is_sound(job)? {
        job.reason("catalog");
        return Ok(Exit::Error);
    }
    let sha = sha(job, event)?;
    // Found out before anything is changed: what was done has to be told.
    files::writable(&job.file(job.options.report_file.as_deref(), "report.json"))?;
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let hub = job.hub().await?;
    if hub.is_none() && job.options.require_reviewed_plan {
        anyhow::bail!(
            "GITHUB_TOKEN is not set, and what was reviewed is on GitHub: give github-token, or say require-reviewed-plan: false"
        );
    }
    let by_hand = matches!(event, Event::WorkflowDispatch);
    let mut past = past(job, event, &sha, hub.as_ref(), &catalog).await?;
    if let Some(newer) = past.overtaken() {
        return result::overtaken(job, &sha, newer);
    }
    let catalog = load(job, by_hand, &mut past, catalog)?;
    for note in &past.notes {
        output::tell(&format!("warning: {note}"));
        job.notes.push(inline(note));
    }
    let mut review = match &hub {
        Some(hub) => Some(Review::of(job, hub, &sha, by_hand).await?),
        None => None,
    };
    let begun = match &hub {
        Some(hub) => record::begin(job, hub, &past, &sha).await,
        None => Begun::default(),
    };
    let run = job.frame(Some(&sha));
    if let Some(review) = review.as_ref().filter(|_| job.options.comment) {
        review.restate(job, &State::Applying(run.run())).await;
    }
    // The pull request says that this is being applied, so from here on it has to be told how that ended.
    let stops = pin!(signal::stops());
    match carry_out(job, &sha, &past, catalog, review.as_mut(), stops).await {
        Ok((exit, Some(told))) => {
            if let Some(hub) = hub.as_ref().filter(|_| job.options.comment) {
                let Told { report, refused } = &told;
                record::end(job, hub, &past, &sha, begun, report, *refused).await;
            }
            Ok(exit)
        }
        ended => {
            if let (Err(_), Some(review)) = (&ended, review.as_mut().filter(|_| job.options.comment)) {
                review.restate(job, &State::NotApplied(run.run(), "the run failed, its log says why")).await;
            }
            if let Some(hub) = &hub {
                record::give_up(job, hub, begun).await;
            }
            ended.map(|(exit, _)| exit)
        }
    }
}

fn sha(job: &Job, event: &Event) -> Result<String> {
    match event {
        Event::Push(Push { sha, .. }) => Ok(sha.clone()),
        _ => job.environment.sha.clone().context("GITHUB_SHA is not set: nobody knows what is to be applied"),
    }
}

/// What earlier applies mean for this one.
async fn past(job: &Job, event: &Event, sha: &str, hub: Option<&Hub>, catalog: &Catalog) -> Result<Past> {
    let before = match event {
        Event::Push(Push { before, .. }) => before.as_deref(),
        _ => None,
    };
    let organizations = catalog.desired.settings.organizations.keys();
    match hub {
        Some(hub) => Ok(Past::of(job, hub, before, sha, organizations).await?),
        None => Ok(Past::untold(before)),
    }
}

/// The catalog against what was applied last. A base that was given counts for all. By hand, where no apply was ever
/// recorded, everything that differs is drift: the catalog is its own base.
fn load(job: &mut Job, by_hand: bool, past: &mut Past, catalog: Catalog) -> Result<Catalog> {
    if job.common.base.is_some() {
        past.differing = catalog.desired.settings.organizations.keys().cloned().collect();
        return Ok(catalog);
    }
    if by_hand && !past.is_recorded() {
        return Ok(catalog.into_drift());
    }
    past.rebase(job, if by_hand { catalog.into_drift() } else { catalog })
}

async fn carry_out(
    job: &mut Job,
    sha: &str,
    past: &Past,
    catalog: Catalog,
    mut review: Option<&mut Review<'_>>,
    mut stops: impl Stream<Item = String> + Unpin,
) -> Result<(Exit, Option<Told>)> {
    let limits = catalog.limits(job.options.allow_removals);
    let mut session = cloud::open(&job.common, &catalog, Mode::Apply).await?;
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
    let decided = decide(job, sha, past, &plan, limits, review.as_deref_mut()).await;
    let told = match decided {
        Ok(Ok(approved)) => {
            let writer = session.cloud.writer().context("a session that applies has a writer")?;
            let mut listener = session.screen.apply();
            let report = crate::apply::apply(approved, &writer, stops, &mut listener).await;
            drop(listener);
            result::applied(job, sha, report, review).await
        }
        Ok(Err(refusal)) => {
            let words = Words::of(refusal.reason, review.as_deref());
            result::refused(job, sha, &plan, &refusal, &words, review).await
        }
        Err(error) => Err(error),
    };
    session.close(&job.common).await?;
    told.map(|(exit, told)| (exit, Some(told)))
}

async fn decide(
    job: &Job,
    sha: &str,
    past: &Past,
    plan: &Plan,
    limits: Limits,
    review: Option<&mut Review<'_>>,
) -> Result<Result<ApprovedPlan, Refusal>> {
    let required = job.options.require_reviewed_plan;
    let Some(review) = review else {
        return Ok(approve(plan.clone(), limits, required.then(Reviewed::default).as_ref()));
    };
    if required && !review.reviewed().covers(plan) {
        // Where that can't be read, it can't be told what was seen, and nothing is applied.
        review.look_back(job, sha, past).await?;
    }
    let limits = review.limits(job, limits, plan).await?;
    Ok(approve(plan.clone(), limits, required.then(|| review.reviewed()).as_ref()))
}
