//! What was reviewed of a merge: what our own comment on its pull request has shown, and the label that goes with it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::job::{Hub, Job};
use super::past::Past;
use crate::commands::output;
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
pub(super) struct Review<'h> {
    pub(super) hub: &'h Hub,
    pub(super) pull: Option<Pull>,
    /// Our comment with the plan.
    pub(super) comment: Option<Comment>,
    plan: Option<PlanMarker>,
    drift: Option<DriftMarker>,
    /// What was shown of merges that nobody has applied yet.
    earlier: Reviewed,
}

impl<'h> Review<'h> {
    /// Looks up what was reviewed of a commit. `by_hand` where a person started the run: that person has the issue
    /// about drift in sight, and what it shows counts.
    pub(super) async fn of(job: &Job, hub: &'h Hub, sha: &str, by_hand: bool) -> Result<Self> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let pull = pull::of_commit(&hub.client, sha, branch).await?;
        let comment = match &pull {
            Some(pull) => comment::find::<PlanMarker>(&hub.client, &hub.me, pull.number, &folder).await?,
            None => None,
        };
        let plan = comment.as_ref().and_then(|comment| PlanMarker::read(comment.body()));
        let drift = if by_hand { shown_as_drift(job, hub).await? } else { None };
        Ok(Self { hub, pull, comment, plan, drift, earlier: Reviewed::default() })
    }

    /// The changes that were shown; nothing where nothing was.
    pub(super) fn reviewed(&self) -> Reviewed {
        let plan = self.plan.as_ref().map(|marker| seen(&marker.changes));
        let drift = self.drift.as_ref().map(|marker| seen(&marker.changes));
        plan.unwrap_or_default().and(drift.unwrap_or_default()).and(self.earlier.clone())
    }

    /// Looks up what was reviewed of the merges that are not known to be applied. Of several applies that wait GitHub
    /// runs the last alone, and what the others should have done is in its plan.
    pub(super) async fn look_back(&mut self, job: &Job, sha: &str, past: &Past) -> Result<(), Error> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let Hub { client, me } = self.hub;
        let commits = past.looked_back_on(self.hub, sha).await?;
        let mut numbers = BTreeSet::new();
        for commit in commits.iter().filter(|commit| *commit != sha) {
            numbers.extend(pull::of_commit(client, commit, branch).await?.map(|pull| pull.number));
        }
        for number in numbers {
            let comment = comment::find::<PlanMarker>(client, me, number, &folder).await?;
            if let Some(marker) = comment.and_then(|comment| PlanMarker::read(comment.body())) {
                self.earlier = std::mem::take(&mut self.earlier).and(seen(&marker.changes));
            }
        }
        Ok(())
    }

    /// What may be taken away. The label counts for the plan that was shown when it was put, and no other: it has to
    /// be younger than that, and everything in the plan at hand has to have been in it.
    pub(super) async fn limits(&self, limits: Limits, plan: &Plan) -> Result<Limits, Error> {
        let (Some(pull), Some(marker)) = (&self.pull, &self.plan) else { return Ok(limits) };
        if !limits.exceeded_by(plan) || !seen(&marker.changes).covers(plan) {
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
    pub(super) async fn restate(&mut self, job: &mut Job, state: &State<'_>) {
        let (Some(pull), Some(there)) = (&self.pull, &self.comment) else { return };
        let Some(body) = markdown::restate(there.body(), state) else { return };
        match comment::put(&self.hub.client, pull.number, Some(there), &body).await {
            Ok(comment) => self.comment = Some(comment),
            Err(error) => job.not_reported(&error),
        }
    }
}

/// What the open issue about drift shows. A job that may not read issues has not seen it.
async fn shown_as_drift(job: &Job, hub: &Hub) -> Result<Option<DriftMarker>, Error> {
    match issue::find(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await {
        Ok(issue) => Ok(issue.filter(issue::Issue::is_open).and_then(|issue| issue.marker())),
        Err(error @ Error { status: Some(403 | 404), .. }) => {
            output::tell(&format!("warning: {error}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn seen(changes: &Shown) -> Reviewed {
    Reviewed::from_record(changes.fingerprints().map(str::to_owned))
}
