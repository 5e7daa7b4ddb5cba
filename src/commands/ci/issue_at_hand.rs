//! The issue about drift: read first, then updated. What it shows is also recorded on the commit.

use anyhow::Result;

use super::job::{Hub, Job};
use super::result::Told;
use super::{keep, undo};
use crate::commands::{document, output};
use crate::github::Error;
use crate::github::issue::{self, Found, Issue, Kept, Ours};
use crate::github::marker::{DriftMarker, Marker as _};
use crate::model::change::{ChangeRef, Origin, Plan, Target};
use crate::model::report::Report;
use crate::plan::{Reviewed, canonical};
use crate::render::escape::markdown::inline;
use crate::render::markdown::{self, DriftContext, Link};

/// The issue about drift as it was found, before it is updated.
pub(super) struct IssueAtHand {
    ours: Ours,
    pub(super) now: jiff::Timestamp,
    pub(super) since: jiff::Timestamp,
    pub(super) marker: String,
    /// The digest that decides whether the issue is muted.
    digest: String,
}

impl IssueAtHand {
    pub(super) async fn of(job: &mut Job, hub: &Hub, plan: &Plan) -> Result<Self, Error> {
        let ours = issue::find_all(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await?;
        let now = hub.client.now();
        let since = issue::since(ours.kept.as_ref(), now);
        let muted = muted_part(job, hub, &ours, plan).await?;
        let kept = if plan.has_changes() && muted.is_none() { keep_shown(job, hub, plan).await } else { None };
        let marker = DriftMarker::new(&job.folder(), &plan.digest, since, kept.as_deref()).write();
        let digest = muted.unwrap_or_else(|| plan.digest.clone());
        Ok(Self { ours, now, since, marker, digest })
    }

    /// The body of the open issue. Empty if none is open.
    pub(super) fn before(&self) -> &str {
        self.ours.kept.as_ref().filter(|issue| issue.is_open()).map(Issue::body).unwrap_or_default()
    }

    pub(super) async fn keep(
        self,
        job: &Job,
        hub: &Hub,
        found: Found,
        (body, run): (&str, &str),
    ) -> Result<Kept, Error> {
        let catalog = job.folder();
        let (me, labels) = (&hub.me, &job.options.drift_issue_labels);
        let text = issue::Text { me, catalog: &catalog, title: &title(&catalog), body, labels, run };
        issue::keep(&hub.client, self.ours, found, &self.digest, &text).await
    }
}

/// Reports where the issue is. If the repository has no issues, the summary is all there is.
pub(super) fn told(job: &mut Job, kept: Result<Kept, Error>) -> Result<()> {
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

/// Adds drift that an apply left out to the issue. What the issue says of targets outside of this run stays. A job of
/// a matrix leaves this to the job that merges the files.
pub(super) async fn keep_left_out(job: &mut Job, hub: &Hub, left: Told) {
    let Told { report: Report { digest: _, catalog, targets, released: _ }, approved: _, mut left_out } = left;
    // Changes from mirrored experiences alone open no issue: `ci due` applies them.
    let is_drift = |change: ChangeRef<'_>| change.about.origin != Origin::Mirror;
    let has_drift = left_out.iter().any(|target| target.changes().any(is_drift));
    if !has_drift || !job.options.drift_issue || job.is_sandboxed || job.is_gathered() {
        return;
    }
    let targets: Vec<Target> = targets.into_iter().map(|of| of.target).collect();
    let rest = targets.iter().filter(|target| left_out.iter().all(|left| left.name != target.name));
    let rest: Vec<Target> = rest.map(|target| target.only(|_| false)).collect();
    left_out.extend(rest);
    left_out.sort_by_cached_key(|target| target.name.to_string());
    let plan = Plan { digest: canonical::digest(&left_out), catalog, targets: left_out, released: Vec::new() };
    let workflow = undo::workflow(&job.environment, "apply");
    let kept = async {
        let issue = IssueAtHand::of(job, hub, &plan).await?;
        let (looked, since) = (document::moment(issue.now), document::moment(issue.since));
        let before = issue.before().to_owned();
        let about = DriftContext {
            since: Some(&since),
            looked: &looked,
            before: &before,
            narrowed: job.filter.is_narrow(),
            undo: workflow.as_ref().map(|(text, url)| Link { text, url }),
            keep: None,
        };
        let mut frame = job.frame(plan.catalog.revision.as_deref());
        frame.notice = String::new();
        let body = markdown::drift(&plan, None, &frame.comment(&issue.marker), &about);
        issue.keep(job, hub, Found::Drift, (&body, &frame.run_text())).await
    };
    match kept.await {
        Err(error) if error.status != Some(410) => job.not_reported(&error),
        kept => {
            if let Err(error) = told(job, kept) {
                output::tell(&format!("warning: {error:#}"));
            }
        }
    }
}

/// The digest of muted drift, if this run of some targets has seen a part of that drift and nothing else. The issue
/// then stays muted.
async fn muted_part(job: &Job, hub: &Hub, ours: &Ours, plan: &Plan) -> Result<Option<String>, Error> {
    let muted = ours.kept.as_ref().filter(|issue| job.filter.is_narrow() && issue.is_muted());
    let Some(DriftMarker { digest, head: Some(head), .. }) = muted.and_then(Issue::marker) else { return Ok(None) };
    // The commit is checked, since people can edit the issue.
    if !keep::is_commit(&head) {
        return Ok(None);
    }
    let kept = keep::find(hub, &job.folder(), None, &head).await?;
    let record = kept.map(|kept| kept.record).filter(|record| record.digest == digest);
    let shown = record.map(|record| Reviewed::from_record(record.before(None).map(str::to_owned)));
    Ok(shown.filter(|shown| plan.has_changes() && shown.covers(plan)).map(|_| digest))
}

/// Records on the commit what the issue shows, so that an apply by hand may carry it out. Returns the commit. `None`
/// if that failed; an apply by hand then needs a pull request that shows the changes.
async fn keep_shown(job: &mut Job, hub: &Hub, plan: &Plan) -> Option<String> {
    let head = job.environment.sha.clone().or_else(|| plan.catalog.revision.clone())?;
    let record = keep::record(job, hub, plan, (None, &head), "", &[]);
    let kept = async {
        let there = keep::find(hub, &job.folder(), None, &head).await?;
        let about = keep::Approval::default();
        keep::put(job, hub, there.as_ref().map(|kept| &kept.check), (&record, &[]), about, &[]).await
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
