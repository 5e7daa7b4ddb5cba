//! What was reviewed of a merge: what our own comment on its pull request has shown, and the label that goes with it.

use anyhow::Result;

use super::job::{Hub, Job};
use crate::github::comment::{self, Comment};
use crate::github::marker::{DriftMarker, Marker as _, PlanMarker, Shown};
use crate::github::pull::{self, Pull};
use crate::github::{Error, issue};
use crate::model::change::Plan;
use crate::plan::{Limits, Reviewed};
use crate::render::markdown::{self, State};

/// The label that allows a plan to take away more than the settings do.
pub(super) const LABEL: &str = "catalog-sync:allow-removals";

/// What was reviewed, and where.
pub(super) struct Review {
    pub(super) hub: Hub,
    pub(super) pull: Option<Pull>,
    /// Our comment with the plan.
    pub(super) comment: Option<Comment>,
    plan: Option<PlanMarker>,
    drift: Option<DriftMarker>,
}

impl Review {
    /// Looks up what was reviewed of a commit. `by_hand` where a person started the run: that person has the issue
    /// about drift in sight, and what it shows counts.
    pub(super) async fn of(job: &Job, hub: Hub, sha: &str, by_hand: bool) -> Result<Self> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let pull = pull::of_commit(&hub.client, sha, branch).await?;
        let comment = match &pull {
            Some(pull) => comment::find::<PlanMarker>(&hub.client, &hub.me, pull.number, &folder).await?,
            None => None,
        };
        let plan = comment.as_ref().and_then(|comment| PlanMarker::read(comment.body()));
        let drift = if by_hand { shown_as_drift(job, &hub).await? } else { None };
        Ok(Self { hub, pull, comment, plan, drift })
    }

    /// The changes that were shown; nothing where nothing was.
    pub(super) fn reviewed(&self) -> Reviewed {
        let plan = self.plan.as_ref().map(|marker| seen(&marker.digest, &marker.changes));
        let drift = self.drift.as_ref().map(|marker| seen(&marker.digest, &marker.changes));
        plan.unwrap_or_default().and(drift.unwrap_or_default())
    }

    /// What may be taken away. The label counts for the plan that was shown when it was put, and no other: it has to
    /// be younger than that, and everything in the plan at hand has to have been in it.
    pub(super) async fn limits(&self, limits: Limits, plan: &Plan) -> Result<Limits, Error> {
        let (Some(pull), Some(marker)) = (&self.pull, &self.plan) else { return Ok(limits) };
        if !limits.exceeded_by(plan) || !seen(&marker.digest, &marker.changes).covers(plan) {
            return Ok(limits);
        }
        let put = pull::label_put_at(&self.hub.client, pull.number, LABEL).await?;
        let counts = put.is_some_and(|put| put > marker.shown_at);
        Ok(Limits {
            allow_removals: if counts { Some(plan.changes().count()) } else { limits.allow_removals },
            ..limits
        })
    }

    /// Says at the foot of the plan what has become of it. Not a reason to stop where that does not work.
    pub(super) async fn restate(&mut self, state: &State<'_>) {
        let (Some(pull), Some(there)) = (&self.pull, &self.comment) else { return };
        let Some(body) = markdown::restate(there.body(), state) else { return };
        match comment::put(&self.hub.client, pull.number, Some(there), &body).await {
            Ok(comment) => self.comment = Some(comment),
            Err(error) => crate::commands::output::tell(&format!("warning: {error}")),
        }
    }
}

/// What the open issue about drift shows. A job that may not read issues has not seen it.
async fn shown_as_drift(job: &Job, hub: &Hub) -> Result<Option<DriftMarker>, Error> {
    match issue::find(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await {
        Ok(issue) => Ok(issue.filter(issue::Issue::is_open).and_then(|issue| issue.marker())),
        Err(error @ Error { status: Some(403 | 404), .. }) => {
            crate::commands::output::tell(&format!("warning: {error}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn seen(digest: &str, changes: &Shown) -> Reviewed {
    match changes.fingerprints() {
        Some(fingerprints) => Reviewed::from_fingerprints(fingerprints.map(str::to_owned)),
        None => Reviewed::from_digest(digest.to_owned()),
    }
}
