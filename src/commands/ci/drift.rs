//! The scheduled run: compares AWS with Git, and keeps an issue open as long as there is drift.

use anyhow::Result;

use super::issue_at_hand::{self, IssueAtHand};
use super::job::{Hub, Job, boxed};
use super::past::Past;
use super::{check, following, pending, undo};
use crate::commands::catalog::{self, Catalog};
use crate::commands::document::Refused;
use crate::commands::exit::Exit;
use crate::commands::obstacle::Place;
use crate::commands::planning::{Asides, Reach};
use crate::commands::{document, output, planning};
use crate::github::issue::Found;
use crate::github::marker::AdoptMarker;
use crate::github::proposal;
use crate::model::change::{Origin, Plan, Summary};
use crate::plan::Limits;
use crate::plan::wire::Beside;
use crate::render::markdown::{self, DriftContext, Keep, Link};
use crate::render::{annotations, text};

/// Makes the plan, and updates the issue.
pub(super) async fn run(job: &mut Job) -> Result<Exit> {
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let (catalog, past) = against_applied(job, catalog).await?;
    job.beside = Beside { asked: catalog.asked(&job.filter)?, is_drift: true, ..Beside::default() };
    let plan = planning::look(&job.common, catalog, &job.filter, (Reach::Compare, Asides::Running)).await?;
    let notice = match past {
        Some(past) => pending::notice(job, &past, &plan).await,
        None => String::new(),
    };
    show(job, &plan, limits, notice).await
}

/// The catalog, compared with what was applied last, so that merged changes which are not applied yet are pending and
/// no drift. If the last apply can't be determined, everything that differs counts as drift.
pub(super) async fn against_applied(job: &mut Job, catalog: Catalog) -> Result<(Catalog, Option<Past>)> {
    let catalog = catalog.into_drift();
    let sha = job.environment.sha.clone().or_else(|| catalog.version.revision.clone());
    let (Some(hub), Some(sha)) = (job.hub().await?, sha) else { return Ok((catalog, None)) };
    let organizations = catalog.desired.settings.organizations.keys();
    let past = match Past::of(job, &hub, Some(&sha), &sha, organizations).await {
        Ok(past) if past.overtaken().is_none() => past,
        Ok(_) => return Ok((catalog, None)),
        Err(error) => {
            job.not_reported(&error);
            return Ok((catalog, None));
        }
    };
    let mut past = past;
    match past.rebase(job, catalog.clone()) {
        Ok(rebased) => Ok((rebased, Some(past))),
        Err(error) => {
            output::tell(&format!("warning: what is pending can't be told from drift: {error:#}"));
            Ok((catalog, None))
        }
    }
}

/// Publishes the drift: log, annotations, file, outputs, summary and issue. `notice`: markdown for the top.
pub(super) async fn show(job: &mut Job, plan: &Plan, limits: Limits, notice: String) -> Result<Exit> {
    show_as(job, plan, limits, notice, false).await
}

/// The same. `is_stopped`: `ci due` does not apply the changes from mirrored experiences, so they open the issue, too.
pub(super) async fn show_as(
    job: &mut Job,
    plan: &Plan,
    limits: Limits,
    notice: String,
    is_stopped: bool,
) -> Result<Exit> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: false, width: None };
    let refused = Refused::of(plan, limits, Place::ByHand);
    let objection = refused.as_ref().map(Refused::objection);
    job.group("Drift", |mut sink| text::drift(plan, objection.as_ref(), &shown, &mut sink))?;
    job.print(&annotations::plan(plan))?;
    job.save_plan(plan, refused.as_ref())?;
    let summary = plan.summary();
    job.count(&summary, plan.released.len(), &plan.digest);
    let hub = if job.options.drift_issue && !job.is_sandboxed { job.hub().await? } else { None };
    if hub.is_none() && job.options.drift_issue && !job.is_sandboxed {
        output::tell("There is no GITHUB_TOKEN: no issue was kept.");
    }
    let mut is_stopped = is_stopped || due_is_stopped(plan, limits);
    let mut notice = notice;
    if let Some(hub) = hub.as_ref().filter(|_| !is_stopped)
        && following::is_left_behind(job, hub, plan).await
    {
        is_stopped = true;
        notice.push_str(&boxed("WARNING", &[following::LEFT_BEHIND.to_owned()]));
    }
    let issue = match &hub {
        Some(hub) => Some(IssueAtHand::of(job, hub, plan).await),
        None => None,
    };
    let known = issue.as_ref().and_then(|issue| issue.as_ref().ok());
    let now = jiff::Timestamp::now();
    let (looked, since) = known.map_or((now, now), |issue| (issue.now, issue.since));
    let (looked, since) = (document::moment(looked), document::moment(since));
    let before = known.map(|issue| issue.before().to_owned()).unwrap_or_default();
    let workflow = undo::workflow(&job.environment, "apply");
    let keeping = keeping(job, hub.as_ref()).await;
    let about = DriftContext {
        // If the issue can't be read, it is not known since when there is drift.
        since: Some(since.as_str()).filter(|_| !matches!(issue, Some(Err(_)))),
        looked: &looked,
        before: &before,
        narrowed: job.filter.is_narrow(),
        undo: workflow.as_ref().map(|(text, url)| Link { text, url }),
        keep: keeping.as_ref().map(|(is_open, text, url)| {
            let link = Link { text, url };
            if *is_open { Keep::Merge(link) } else { Keep::Run(link) }
        }),
    };
    let mut frame = job.frame(plan.catalog.revision.as_deref());
    frame.notice = notice;
    // Before the issue: the summary needs no permission.
    job.summarize(&markdown::drift(plan, objection.as_ref(), &frame.summary(), &about))?;
    if let (Some(hub), Some(issue)) = (&hub, issue) {
        let marker = issue.as_ref().map(|issue| issue.marker.clone()).unwrap_or_default();
        let body = markdown::drift(plan, objection.as_ref(), &frame.comment(&marker), &about);
        let found = found(job, plan, &summary, is_stopped);
        let kept = match issue {
            Ok(issue) => issue.keep(job, hub, found, (&body, &frame.run_text())).await,
            Err(error) => Err(error),
        };
        issue_at_hand::told(job, kept)?;
    }
    Ok(if summary.unreadable > 0 || (plan.is_reach_unknown() && summary.changes() == 0) {
        job.reason("aws");
        Exit::Error
    } else if (summary.changes() > 0 || plan.has_incomplete_shares()) && job.options.fail_on_drift {
        Exit::Differences
    } else {
        Exit::Done
    })
}

/// The link for keeping console changes: the open pull request that adopts them, or else the workflow that opens one.
/// Gives whether it is the pull request, its name and its address.
async fn keeping(job: &mut Job, hub: Option<&Hub>) -> Option<(bool, String, String)> {
    let (name, page) = undo::workflow(&job.environment, "adopt")?;
    let there = match hub {
        Some(Hub { client, me }) => proposal::find(client, me, &AdoptMarker::new(&job.folder(), "")).await,
        None => Ok(None),
    };
    match there {
        Ok(Some(pull)) if pull.is_open() => Some((true, format!("#{}", pull.number), pull.html_url)),
        Ok(_) => Some((false, name, page)),
        Err(error) => {
            job.not_reported(&error);
            Some((false, name, page))
        }
    }
}

/// The state to show in the issue. Never "in step" if only some targets were planned, or some could not be read.
fn found(job: &Job, plan: &Plan, summary: &Summary, is_stopped: bool) -> Found {
    // `ci due` applies the changes from mirrored experiences: an open issue lists them, but they don't open one.
    let differing = if is_stopped { summary.changes() } else { summary.changes() - summary.mirrored };
    match (differing, summary.unreadable) {
        (0, 0) if plan.has_incomplete_shares() => Found::Drift,
        (0, 0) if plan.is_reach_unknown() || job.filter.is_narrow() => Found::Unknown,
        (0, 0) if plan.gone() > 0 || summary.mirrored > 0 => Found::Gone,
        (0, 0) => Found::InStep,
        (0, _) => Found::Unknown,
        _ => Found::Drift,
    }
}

/// Whether the changes from mirrored experiences exceed the limits on removals, so that `ci due` does not apply them.
fn due_is_stopped(plan: &Plan, limits: Limits) -> bool {
    let mut mirrored = plan.clone();
    for target in &mut mirrored.targets {
        *target = target.only(|change| change.about.origin == Origin::Mirror);
    }
    limits.exceeded_by(&mirrored)
}
