//! The schedule: what is live against what Git says, as an issue that lasts as long as the drift does.

use anyhow::Result;

use super::job::{Hub, Job};
use super::plan::{shown_of, way_out};
use super::{check, undo};
use crate::commands::document::Refused;
use crate::commands::exit::Exit;
use crate::commands::planning::Reach;
use crate::commands::{catalog, document, output, planning};
use crate::github::Error;
use crate::github::issue::{self, Found, Kept};
use crate::github::marker::{DriftMarker, Marker as _};
use crate::model::change::{Plan, Summary};
use crate::plan::Limits;
use crate::render::escape::markdown::inline;
use crate::render::markdown::{self, DriftContext, Link};
use crate::render::{annotations, text};

/// Looks, and keeps the issue.
pub(super) async fn run(job: &mut Job) -> Result<Exit> {
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let plan = planning::look(&job.common, catalog.into_drift(), &job.filter, Reach::Compare).await?;
    show(job, &plan, limits).await
}

/// Leaves what differs wherever one looks for it.
pub(super) async fn show(job: &mut Job, plan: &Plan, limits: Limits) -> Result<Exit> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: false };
    let refused = Refused::of(plan, limits, |reason| way_out(reason, false));
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
    let now = hub.as_ref().map_or_else(jiff::Timestamp::now, |hub| hub.client.now());
    let ours = match &hub {
        Some(Hub { client, me }) => {
            Some(issue::find_all(client, me, &job.folder(), &job.options.drift_issue_labels).await)
        }
        None => None,
    };
    let there = ours.as_ref().and_then(|ours| ours.as_ref().ok()?.kept.as_ref());
    let since = issue::since(there, now);
    let marker = DriftMarker::new(&job.folder(), &plan.digest, since, shown_of(plan)).write();
    let (looked, since) = (document::moment(now), document::moment(since));
    let workflow = undo::workflow(&job.environment);
    let about = DriftContext {
        // Where the issue can't be looked at, it is not known for how long this has been so.
        since: Some(since.as_str()).filter(|_| !matches!(ours, Some(Err(_)))),
        looked: &looked,
        before: there.filter(|issue| issue.is_open()).map(issue::Issue::body).unwrap_or_default(),
        narrowed: job.filter.is_narrow(),
        undo: workflow.as_ref().map(|(text, url)| Link { text, url }),
        keep: None,
    };
    let frame = job.frame(plan.catalog.revision.as_deref());
    // The summary first: it needs nobody's leave.
    job.summarize(&markdown::drift(plan, objection.as_ref(), &frame.summary(), &about))?;
    if let (Some(Hub { client, me: _ }), Some(ours)) = (&hub, ours.clone()) {
        let body = markdown::drift(plan, objection.as_ref(), &frame.comment(&marker), &about);
        let (run, title) = (frame.run_text(), title(&job.folder()));
        let text = issue::Text { title: &title, body: &body, labels: &job.options.drift_issue_labels, run: &run };
        let kept = match ours {
            Ok(ours) => issue::keep(client, ours, found(job, plan, &summary), &plan.digest, &text).await,
            Err(error) => Err(error),
        };
        told(job, kept)?;
    }
    Ok(if summary.unreadable > 0 || (plan.is_reach_unknown() && summary.changes() == 0) {
        Exit::Error
    } else if (summary.changes() > 0 || plan.has_incomplete_shares()) && job.options.fail_on_drift {
        Exit::Differences
    } else {
        Exit::Done
    })
}

/// What the issue is to say. What was looked at in part, or could not be read, is never in step.
fn found(job: &Job, plan: &Plan, summary: &Summary) -> Found {
    match (summary.changes(), summary.unreadable) {
        (0, 0) if plan.has_incomplete_shares() => Found::Drift,
        (0, 0) if plan.is_reach_unknown() || job.filter.is_narrow() => Found::Unknown,
        (0, 0) => Found::InStep,
        (0, _) => Found::Unknown,
        _ => Found::Drift,
    }
}

/// Where the issue is. A repository without issues has the summary.
fn told(job: &mut Job, kept: Result<Kept, Error>) -> Result<()> {
    match kept {
        Ok(Kept::Told(issue)) => job.output("issue-url", &issue.html_url),
        Ok(Kept::Muted(issue)) => {
            job.output("issue-url", &issue.html_url);
            let said = format!(
                "This drift is muted: #{} shows the same and was closed as not planned. Another one opens it again.",
                issue.number
            );
            output::tell(&said);
            job.summarize(&format!("{}\n", inline(&said)))?;
        }
        Ok(Kept::None) => {}
        Err(Error { status: Some(410), .. }) => {
            output::tell("Issues are switched off in this repository: the summary of this run is all there is.");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn title(folder: &str) -> String {
    match folder {
        "catalog" => "Catalog drift: what is live is not what Git says".to_owned(),
        folder => format!("Catalog drift in {folder}: what is live is not what Git says"),
    }
}
