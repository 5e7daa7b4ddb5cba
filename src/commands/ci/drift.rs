//! The schedule: what is live against what Git says, as an issue that lasts as long as the drift does.

use anyhow::Result;

use super::job::{Hub, Job};
use super::past::Past;
use super::plan::way_out;
use super::result::Told;
use super::{check, keep, pending};
use crate::commands::catalog::{self, Catalog};
use crate::commands::document::Refused;
use crate::commands::exit::Exit;
use crate::commands::planning::Reach;
use crate::commands::{document, output, planning};
use crate::github::Error;
use crate::github::issue::{self, Found, Issue};
use crate::github::marker::{DriftMarker, Marker as _};
use crate::model::change::{Plan, Target};
use crate::plan::{Limits, Sifted, canonical};
use crate::render::markdown::{self, DriftContext};
use crate::render::{annotations, text};

/// Looks, and keeps the issue.
pub(super) async fn run(job: &mut Job) -> Result<Exit> {
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let (catalog, past) = against_applied(job, catalog).await?;
    let plan = planning::look(&job.common, catalog, &job.filter, Reach::Compare).await?;
    let notice = match past {
        Some(past) => pending::notice(job, &past, &plan).await,
        None => String::new(),
    };
    show(job, &plan, limits, notice).await
}

/// The catalog against what was applied last: what was merged since is pending and no drift. Where that can't be told,
/// everything that differs counts as drift.
async fn against_applied(job: &mut Job, catalog: Catalog) -> Result<(Catalog, Option<Past>)> {
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

/// Leaves what differs wherever one looks for it. `notice` stands above it, as markdown.
pub(super) async fn show(job: &mut Job, plan: &Plan, limits: Limits, notice: String) -> Result<Exit> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: false };
    let refused = Refused::of(plan, limits, |reason| way_out(reason, false));
    let objection = refused.as_ref().map(Refused::objection);
    job.group("Drift", |mut sink| text::drift(plan, objection.as_ref(), &shown, &mut sink))?;
    job.print(&annotations::plan(plan))?;
    job.save_plan(plan, refused.as_ref())?;
    let summary = plan.summary();
    job.count(&summary, plan.released.len(), &plan.digest);
    let hub = if job.options.drift_issue { job.hub().await? } else { None };
    if hub.is_none() && job.options.drift_issue {
        output::tell("There is no GITHUB_TOKEN: no issue was kept.");
    }
    let issue = match &hub {
        Some(hub) => Some(IssueAtHand::of(job, hub, plan).await?),
        None => None,
    };
    let mut frame = job.frame(plan.catalog.revision.as_deref());
    frame.notice = notice;
    let now = jiff::Timestamp::now();
    let (looked, since) = issue.as_ref().map_or((now, now), |issue| (issue.now, issue.since));
    let (looked, since) = (document::moment(looked), document::moment(since));
    let about = DriftContext { since: Some(&since), looked: &looked, undo: None, keep: None };
    job.summarize(&markdown::drift(plan, objection.as_ref(), &frame.summary(), &about))?;
    if let (Some(hub), Some(issue)) = (&hub, issue) {
        let found = match (summary.changes(), summary.unreadable) {
            (0, 0) if plan.has_incomplete_shares() => Found::Drift,
            (0, 0) if plan.is_reach_unknown() => Found::Unknown,
            (0, 0) => Found::InStep,
            (0, _) => Found::Unknown,
            _ => Found::Drift,
        };
        let body = markdown::drift(plan, objection.as_ref(), &frame.comment(&issue.marker), &about);
        issue.keep(job, hub, found, &body, &frame.run_text()).await?;
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

/// The issue about drift, before it is brought in line with what was found.
struct IssueAtHand {
    there: Option<Issue>,
    now: jiff::Timestamp,
    since: jiff::Timestamp,
    marker: String,
}

impl IssueAtHand {
    async fn of(job: &mut Job, hub: &Hub, plan: &Plan) -> Result<Self, Error> {
        let there = issue::find(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await?;
        let now = hub.client.now();
        let since = issue::since(there.as_ref(), now);
        let kept = if plan.has_changes() { keep_shown(job, hub, plan).await } else { None };
        let marker = DriftMarker::new(&job.folder(), &plan.digest, since, kept.as_deref()).write();
        Ok(Self { there, now, since, marker })
    }

    async fn keep(self, job: &mut Job, hub: &Hub, found: Found, body: &str, run: &str) -> Result<(), Error> {
        let title = title(&job.folder());
        let text = issue::Text { title: &title, body, labels: &job.options.drift_issue_labels, run };
        if let Some(issue) = issue::keep(&hub.client, self.there, found, &text).await? {
            job.output("issue-url", &issue.html_url);
        }
        Ok(())
    }
}

/// Puts drift that an apply has left as it is into the issue at once. A run of some targets does not know the rest of
/// it, and leaves that to the schedule.
pub(super) async fn keep_left_out(job: &mut Job, hub: &Hub, told: Told) {
    let Told { report: _, refused: _, sifted: Sifted { plan, mut left_out, refused: _, unseen: _ } } = told;
    if left_out.is_empty() || !job.options.drift_issue || !job.common.targets.is_empty() {
        return;
    }
    let Plan { digest: _, catalog, targets, released: _ } = plan;
    let rest = targets.iter().filter(|target| left_out.iter().all(|left| left.name != target.name));
    let rest: Vec<Target> = rest.map(|target| target.only(|_| false)).collect();
    left_out.extend(rest);
    left_out.sort_by_cached_key(|target| target.name.to_string());
    let plan = Plan { digest: canonical::digest(&left_out), catalog, targets: left_out, released: Vec::new() };
    let kept = async {
        let issue = IssueAtHand::of(job, hub, &plan).await?;
        let (looked, since) = (document::moment(issue.now), document::moment(issue.since));
        let about = DriftContext { since: Some(&since), looked: &looked, undo: None, keep: None };
        let mut frame = job.frame(plan.catalog.revision.as_deref());
        frame.notice = String::new();
        let body = markdown::drift(&plan, None, &frame.comment(&issue.marker), &about);
        issue.keep(job, hub, Found::Drift, &body, &frame.run_text()).await
    };
    if let Err(error) = kept.await {
        job.not_reported(&error);
    }
}

/// Keeps on the commit what the issue shows, so that an apply by hand may carry it out. Gives the commit; `None` where
/// that did not work, and such an apply has to be shown it in a pull request.
async fn keep_shown(job: &mut Job, hub: &Hub, plan: &Plan) -> Option<String> {
    let head = job.environment.sha.clone().or_else(|| plan.catalog.revision.clone())?;
    let record = keep::record(job, hub, plan, (None, &head), "", None);
    let kept = async {
        let there = keep::find(hub, &job.folder(), None, &head).await?;
        keep::put(job, hub, there.as_ref().map(|kept| &kept.check), &record, &[], &[]).await
    };
    match kept.await {
        Ok(_) => Some(head),
        Err(error) => {
            job.not_reported(&error);
            None
        }
    }
}

fn title(folder: &str) -> String {
    match folder {
        "catalog" => "Catalog drift: what is live is not what Git says".to_owned(),
        folder => format!("Catalog drift in {folder}: what is live is not what Git says"),
    }
}
