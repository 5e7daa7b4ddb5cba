//! A merge: plans again, compares with what was reviewed, applies and reports.

use std::pin::pin;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use futures_util::stream::Stream;

use super::following::{Followers, Mirrors};
use super::job::{Hub, Job};
use super::past::Past;
use super::record::{self, Begun};
use super::result::{self, Told};
use super::review::Review;
use super::{check, issue_at_hand, stale};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::planning::{Asides, Reach};
use crate::commands::{cloud, files, output, planning, signal};
use crate::github::event::{Event, Push};
use crate::model::change::{Plan, Target};
use crate::model::id::Name;
use crate::model::settings::Mode;
use crate::plan::{ApprovedPlan, Limits, Reason, Refusal, Sifted, approve, sift};
use crate::render::escape::markdown::inline;
use crate::render::markdown::State;
use crate::render::text;

/// Up to this many merged commits, each one's pull request is looked up in full: what it showed, and a result on each.
const TOLD: usize = 20;

/// Applies what was reviewed.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if !check::is_sound(job)? {
        stale::not_applied(job, event, "the catalog has errors on the default branch").await;
        return Ok(Exit::Error);
    }
    let sha = sha(job, event)?;
    // Checked before anything is changed, so that the report can be written afterwards.
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
    past.by_hand = by_hand;
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
    if let Some(review) = review.as_ref().filter(|_| job.options.comment.is_wanted()) {
        review.restate(job, &State::Applying(run.run())).await;
    }
    let mirrors = Mirrors::of(&catalog.desired);
    // The pull request says "applying" by now, so from here on it must be told how the apply ended.
    let stops = pin!(signal::stops());
    match carry_out(job, &sha, &past, catalog, review.as_mut(), stops).await {
        Ok((exit, Some(told))) => {
            if let Some(hub) = &hub {
                if job.keeps_record() {
                    record::end(job, hub, &past, &sha, begun, &told).await;
                    Followers::of_told(&mirrors, &told).record(job, hub, &sha).await;
                }
                issue_at_hand::keep_left_out(job, hub, told).await;
            }
            Ok(exit)
        }
        ended => {
            if let (Err(_), Some(review)) = (&ended, review.as_mut().filter(|_| job.options.comment.is_wanted())) {
                review.restate(job, &State::NotApplied(run.run(), "the run failed, its log says why")).await;
            }
            if let Some(hub) = &hub {
                record::give_up(job, hub, begun).await;
            }
            ended.map(|(exit, _)| exit)
        }
    }
}

pub(super) fn sha(job: &Job, event: &Event) -> Result<String> {
    match event {
        Event::Push(Push { sha, .. }) => Ok(sha.clone()),
        _ => job.environment.sha.clone().context("GITHUB_SHA is not set: nobody knows what is to be applied"),
    }
}

/// The effects of earlier applies on this one.
async fn past(job: &Job, event: &Event, sha: &str, hub: Option<&Hub>, catalog: &Catalog) -> Result<Past> {
    let before = before(event, sha);
    let organizations = catalog.desired.settings.organizations.keys();
    match hub {
        Some(hub) => Ok(Past::of(job, hub, before, sha, organizations).await?),
        None => Ok(Past::untold(before)),
    }
}

/// The commit that counts as applied if no apply was ever recorded: the one before the push. For a run by hand it is
/// this commit, so that everything that differs is drift.
pub(super) fn before<'e>(event: &'e Event, sha: &'e str) -> Option<&'e str> {
    match event {
        Event::Push(Push { before, .. }) => before.as_deref(),
        _ => Some(sha),
    }
}

/// The catalog, compared with what was applied last. A base that was given counts for all targets instead.
pub(super) fn load(job: &mut Job, by_hand: bool, past: &mut Past, catalog: Catalog) -> Result<Catalog> {
    if job.common.base.is_some() {
        past.differing = catalog.desired.settings.organizations.keys().cloned().collect();
        return Ok(catalog);
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
    job.beside.asked = catalog.asked(&job.filter)?;
    let mut session = cloud::open(&job.common, &catalog, Mode::Apply).await?;
    let planned = tokio::select! {
        planned = planning::make(&job.common, &session.cloud, catalog, &job.filter, (Reach::of(&job.options.reach), Asides::None)) => planned,
        Some(reason) = stops.next() => {
            job.reason("cancelled");
            Err(anyhow::anyhow!("{reason} before anything was changed"))
        }
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
    let mut told = match decide(job, sha, past, &plan, limits, review.as_deref_mut()).await {
        Ok(Decided { sifted, approved: Ok(approved) }) => {
            // Printed first, so that the log of a killed run shows what it was about to do.
            let shown = text::Options { all: true, verbose: job.common.verbose, applying: true, width: None };
            job.group("To apply", |mut sink| text::plan(&sifted.plan, None, &shown, &mut sink))?;
            let writer = session.cloud.writer().context("a session that applies has a writer")?;
            let mut listener = session.screen.apply();
            let report = crate::apply::apply(approved, &writer, stops, &mut listener).await;
            drop(listener);
            result::applied(job, sha, past, report, sifted, review).await
        }
        Ok(Decided { sifted, approved: Err(refusal) }) => {
            let obstacle = result::obstacle(past, refusal.reason, review.as_deref());
            result::refused(job, sha, &refusal, &obstacle, sifted, review).await
        }
        Err(error) => Err(error),
    };
    // The result was reported already, so an error from closing can't hide it.
    let closed = session.close(&job.common).await;
    if let (Ok(_), Err(error)) = (&told, closed) {
        told = Err(error);
    }
    told.map(|(exit, told)| (exit, Some(told)))
}

/// A plan without the changes that must not be applied, and whether the rest is approved.
struct Decided {
    sifted: Sifted,
    approved: Result<ApprovedPlan, Refusal>,
}

async fn decide(
    job: &mut Job,
    sha: &str,
    past: &Past,
    plan: &Plan,
    limits: Limits,
    mut review: Option<&mut Review<'_>>,
) -> Result<Decided> {
    let required = job.options.require_reviewed_plan;
    let carried = |organization: &Name| past.by_hand || past.differing.contains(organization);
    let sifted_by = |review: Option<&Review<'_>>| {
        let reviewed = review.map(Review::reviewed).unwrap_or_default().and(past.left.clone());
        sift(plan.clone(), required.then_some(&reviewed), carried)
    };
    if let Some(review) = review.as_deref_mut() {
        // Every merge that this run applies gets the result. If there are more than `TOLD`, only their pull requests'
        // numbers are looked up.
        let line = past.commits.clone().unwrap_or_default();
        if line.len() <= TOLD {
            review.look_back(job, sha, &line).await?;
        } else {
            review.find_others(job, &line).await;
        }
    }
    let mut sifted = sifted_by(review.as_deref());
    let is_left = |target: &Target| carried(&target.organization);
    if let Some(review) = review.as_deref_mut()
        && (!sifted.refused.is_empty() || sifted.left_out.iter().any(is_left))
    {
        // An error here ends the run: without these records it is not known what was seen.
        let line = past.looked_back_on(review.hub, sha).await?;
        review.look_back(job, sha, &line).await?;
        sifted = sifted_by(Some(&*review));
    }
    let left_out = result::left_out(past, &sifted.left_out, review.as_deref().and_then(|review| review.doubt.as_ref()));
    job.notes.extend(left_out);
    if !sifted.refused.is_empty() && sifted.plan.changes().next().is_none() {
        let changes = sifted.unseen.iter().map(|target| target.changes().count()).sum();
        let (reason, targets) = (Reason::Unreviewed { changes }, sifted.unseen.clone());
        let refusal = Refusal { reason, digest: sifted.plan.digest.clone(), targets };
        return Ok(Decided { sifted, approved: Err(refusal) });
    }
    let limits = match review {
        Some(review) => review.limits(job, past, limits, &sifted.plan).await?,
        None => limits,
    };
    let approved = approve(sifted.plan.clone(), limits, None);
    Ok(Decided { sifted, approved })
}
