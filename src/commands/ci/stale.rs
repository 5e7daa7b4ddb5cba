//! Marks comments whose plan is out of date, even if no new plan could be made.

use super::job::{Hub, Job};
use crate::commands::output;
use crate::github::comment::{self, Comment};
use crate::github::event::{Event, PullRequest, Push};
use crate::github::marker::{PlanMarker, is_marked};
use crate::github::{open, pull};
use crate::model::report::{Outcome, Report, TargetReport};
use crate::model::target::TargetName;
use crate::render::markdown::{self, State};

/// The most open pull requests to look at after an apply.
const MOST: usize = 50;

/// Marks the plan on a pull request as out of date, with the reason. A failure is only logged.
pub(super) async fn tell(job: &Job, event: &Event, why: &str) {
    // A fork's token can't write, and no plan was made for it.
    let Event::PullRequest(PullRequest { number, fork: false, .. }) = event else { return };
    if job.options.comment.is_wanted() {
        let run = job.frame(None);
        said(restate(job, *number, &State::Outdated(run.run(), why)).await);
    }
}

/// After a review, updates what the plan says about merging. `but`: why a merge does not apply it; empty if it does. A
/// plan that is marked as out of date stays so.
pub(super) async fn judged(job: &Job, event: &PullRequest, but: &str) {
    if job.options.comment.is_wanted() {
        let state = if but.is_empty() { State::Planned } else { State::PlannedBut(but) };
        said(restate_if(job, event.number, &state, markdown::is_current).await);
    }
}

/// Marks the plan of a pushed merge as not applied, with the reason.
pub(super) async fn not_applied(job: &Job, event: &Event, why: &str) {
    let Event::Push(Push { sha, .. }) = event else { return };
    if job.options.comment.is_wanted() {
        let run = job.frame(None);
        said(restate_merged(job, sha, &State::NotApplied(run.run(), why)).await);
    }
}

/// Marks the plans of open pull requests as out of date if an apply has changed their targets.
pub(super) async fn others(job: &Job, report: &Report) {
    let is_applied = |of: &&TargetReport| of.outcomes.contains(&Outcome::Applied);
    let changed: Vec<&TargetName> = report.targets.iter().filter(is_applied).map(|of| &of.target.name).collect();
    if !changed.is_empty() {
        said(outdate_others(job, &changed).await);
    }
}

/// Why a merge does not apply a plan, in a few words. Empty if it does.
pub(super) fn but(pull: Option<&PullRequest>, is_refused: bool) -> &'static str {
    match pull {
        None => "this run applies nothing",
        Some(_) if is_refused => "merging alone does not apply it: see above",
        Some(PullRequest { draft: true, .. }) => "a draft: once it is ready, merge to apply",
        Some(_) => "",
    }
}

async fn outdate_others(job: &Job, changed: &[&TargetName]) -> anyhow::Result<()> {
    let (Some(Hub { client, me }), Some(branch)) = (job.hub().await?, &job.default_branch) else { return Ok(()) };
    let run = job.frame(None);
    let state = State::Outdated(run.run(), "an apply has changed what it is about; run the plan again");
    for number in open::pulls(&client, branch, MOST).await? {
        let ours = comment::about::<PlanMarker>(&client, &me, number, &job.folder()).await?;
        for there in ours.iter().filter(|there| markdown::is_about(there.body(), changed.iter().copied())) {
            if let Some(body) = markdown::restate(there.body(), &state) {
                comment::put(&client, number, Some(there), &body).await?;
            }
        }
    }
    Ok(())
}

async fn restate_merged(job: &Job, sha: &str, state: &State<'_>) -> anyhow::Result<()> {
    let Some(Hub { client, me: _ }) = job.hub().await? else { return Ok(()) };
    let branch = job.default_branch.as_deref().unwrap_or_default();
    match pull::of_commit(&client, sha, branch).await? {
        Some(pull) => restate(job, pull.number, state).await,
        None => Ok(()),
    }
}

async fn restate(job: &Job, number: u64, state: &State<'_>) -> anyhow::Result<()> {
    restate_if(job, number, state, |_| true).await
}

async fn restate_if(job: &Job, number: u64, state: &State<'_>, is_meant: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let Some(Hub { client, me }) = job.hub().await? else { return Ok(()) };
    // A job with some targets updates only its own comment.
    let of_job = job.comment_key();
    let is_own = |there: &Comment| !job.filter.is_narrow() || is_marked::<PlanMarker>(there.body(), &of_job);
    let ours = comment::about::<PlanMarker>(&client, &me, number, &job.folder()).await?;
    for there in ours.iter().filter(|there| is_own(there) && is_meant(there.body())) {
        if let Some(body) = markdown::restate(there.body(), state) {
            comment::put(&client, number, Some(there), &body).await?;
        }
    }
    Ok(())
}

fn said(told: anyhow::Result<()>) {
    if let Err(error) = told {
        output::tell(&format!("warning: the plan's comment could not be updated and is out of date: {error:#}"));
    }
}
