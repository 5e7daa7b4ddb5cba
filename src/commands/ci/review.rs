//! What was reviewed of a merge: what the check runs of its pull requests have shown, and the labels that go with it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::job::{Hub, Job};
use super::keep;
use super::label::Worth;
use super::past::Past;
use super::voice::Voice;
use crate::commands::output;
use crate::github::comment;
use crate::github::marker::PlanMarker;
use crate::github::shown::Record;
use crate::github::{Error, issue, pull};
use crate::model::change::Plan;
use crate::plan::{Limits, Removals, Reviewed};
use crate::render::markdown::{self, State};

/// What was reviewed, and where.
pub(super) struct Review<'h> {
    pub(super) hub: &'h Hub,
    /// The pull requests that were looked at: that of the commit first, if it has one.
    pub(super) voices: Vec<Voice>,
    /// What the issue about drift has shown to the person who started the run.
    drift: Reviewed,
    /// What the label is worth, where it was asked for.
    label: Option<Worth>,
    /// The commits whose pull requests were looked up.
    looked_at: BTreeSet<String>,
}

impl<'h> Review<'h> {
    /// Looks up what was reviewed of a commit. `by_hand` where a person started the run: that person has the issue
    /// about drift in sight, and what it shows counts.
    pub(super) async fn of(job: &Job, hub: &'h Hub, sha: &str, by_hand: bool) -> Result<Self> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let mut voices = Vec::new();
        if let Some(pull) = pull::of_commit(&hub.client, sha, branch).await? {
            voices.push(Voice::of(hub, &folder, pull).await?);
        }
        let drift = if by_hand { shown_as_drift(job, hub).await? } else { Reviewed::default() };
        Ok(Self { hub, voices, drift, label: None, looked_at: BTreeSet::new() })
    }

    /// The changes that were shown; nothing where nothing was.
    pub(super) fn reviewed(&self) -> Reviewed {
        self.voices.iter().fold(self.drift.clone(), |all, voice| all.and(voice.reviewed()))
    }

    /// Why something that was shown does not count, for people.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &str> {
        self.voices.iter().filter_map(|voice| voice.doubt.as_deref())
    }

    /// Looks up what was reviewed of the merges of further commits, such as those that are not known to be applied. Of several applies that wait GitHub
    /// runs the last alone, and what the others should have done is in its plan.
    pub(super) async fn look_back(&mut self, job: &Job, sha: &str, commits: &[String]) -> Result<(), Error> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let mut numbers: BTreeSet<u64> = self.voices.iter().map(|voice| voice.pull.number).collect();
        for commit in commits.iter().rev().filter(|commit| *commit != sha) {
            if !self.looked_at.insert(commit.clone()) {
                continue;
            }
            let Some(pull) = pull::of_commit(&self.hub.client, commit, branch).await? else { continue };
            if numbers.insert(pull.number) {
                self.voices.push(Voice::of(self.hub, &folder, pull).await?);
            }
        }
        Ok(())
    }

    /// What may be taken away. A job of a matrix is held to the whole plans that were shown. The label counts for the
    /// plan that was shown when it was put, and no other: where several pull requests are carried out, each that takes
    /// something away needs it.
    pub(super) async fn limits(
        &mut self,
        job: &Job,
        past: &Past,
        limits: Limits,
        plan: &Plan,
    ) -> Result<Limits, Error> {
        let records = self.voices.iter().flat_map(|voice| &voice.records);
        let shown = if job.common.targets.is_empty() {
            Removals::default()
        } else {
            records.map(removals).fold(Removals::default(), Removals::and)
        };
        let limits = Limits { shown, ..limits };
        if !limits.exceeded_by(plan) || !self.reviewed().and(past.left.clone()).covers(plan) {
            return Ok(limits);
        }
        let mut counts = false;
        for voice in self.voices.iter().filter(|voice| voice.records.iter().any(|it| it.removals > 0)) {
            let label = voice.label(self.hub).await?;
            counts = label == Worth::Counts;
            self.label = Some(label);
            // One whose plan has shown all of this speaks for all.
            if !counts || voice.reviewed().covers(plan) {
                break;
            }
        }
        let allowed = limits.shown.all.max(plan.changes().count());
        Ok(Limits { allow_removals: if counts { Some(allowed) } else { limits.allow_removals }, ..limits })
    }

    /// What to do about the label, for people.
    pub(super) fn way_out_by_label(&self) -> Option<String> {
        self.label.as_ref().and_then(Worth::way_out)
    }

    /// Says at the foot of each pull request's plan what has become of it. Not a reason to stop where that does not
    /// work.
    pub(super) async fn restate(&self, job: &mut Job, state: &State<'_>) {
        for voice in &self.voices {
            if let Err(error) = self.restate_one(job, voice.pull.number, state).await {
                job.not_reported(&error);
            }
        }
    }

    async fn restate_one(&self, job: &Job, number: u64, state: &State<'_>) -> Result<(), Error> {
        let Hub { client, me } = self.hub;
        for there in comment::about::<PlanMarker>(client, me, number, &job.folder()).await? {
            if let Some(body) = markdown::restate(there.body(), state) {
                comment::put(client, number, Some(&there), &body).await?;
            }
        }
        Ok(())
    }
}

/// How much a plan takes away that a record has shown. One that does not say in which kind counts for each.
fn removals(record: &Record) -> Removals {
    let all = record.removals;
    let portfolios = record.portfolio_removals;
    Removals {
        all,
        portfolios: portfolios.unwrap_or(all),
        marketplace: portfolios.map_or(all, |portfolios| all.saturating_sub(portfolios)),
    }
}

/// What the open issue about drift shows. The issue says on which commit that is kept, and the record there counts.
async fn shown_as_drift(job: &Job, hub: &Hub) -> Result<Reviewed, Error> {
    let found = issue::find(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await;
    let issue = match found {
        Ok(issue) => issue.filter(issue::Issue::is_open),
        // A job that may not read issues has not seen it.
        Err(error @ Error { status: Some(403 | 404), .. }) => {
            output::tell(&format!("warning: {error}"));
            None
        }
        Err(error) => return Err(error),
    };
    let Some(marker) = issue.and_then(|issue| issue.marker()) else { return Ok(Reviewed::default()) };
    // People can edit the issue.
    let Some(head) = marker.head.as_ref().filter(|head| keep::is_commit(head)) else { return Ok(Reviewed::default()) };
    let kept = keep::find(hub, &job.folder(), None, head).await?;
    let record = kept.map(|kept| kept.record).filter(|record| record.digest == marker.digest);
    let shown = record.iter().flat_map(|record| record.before(None)).map(str::to_owned);
    Ok(Reviewed::from_record(shown))
}
