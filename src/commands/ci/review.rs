//! The reviewed changes of a merge: what the check runs of its pull requests have shown, and the labels on them.

use std::collections::BTreeSet;

use anyhow::Result;

use super::job::{Hub, Job};
use super::keep;
use super::label::Worth;
use super::past::Past;
use super::voice::Voice;
use crate::commands::obstacle::{Doubt, Label, Place, Unseen};
use crate::commands::output;
use crate::github::comment;
use crate::github::marker::PlanMarker;
use crate::github::shown::Record;
use crate::github::{Error, issue, merged, pull};
use crate::model::change::{Plan, Target};
use crate::plan::{Limits, Removals, Reviewed};
use crate::render::escape::markdown::inline;
use crate::render::markdown::{self, State};

/// The most pull requests that get the result of an apply of many merges. Each costs two calls.
const MOST_TOLD: usize = 200;

/// The reviewed changes, and the pull requests that have shown them.
pub(super) struct Review<'h> {
    pub(super) hub: &'h Hub,
    /// The pull requests that were looked up. If the commit has one, it comes first.
    pub(super) voices: Vec<Voice>,
    /// The changes that the issue about drift has shown to the person who started the run.
    drift: Reviewed,
    /// Why the issue about drift does not count.
    pub(super) doubt: Option<Doubt>,
    /// A pull request that needs the label, and what is wrong with its label. Set once the label was looked up.
    label: Option<(u64, Label)>,
    /// Whether a removal was shown by no pull request with the label.
    beyond_labels: bool,
    /// Further pull requests whose merges this run applies. They only get the result, and nothing else of them is
    /// looked up.
    others: Vec<u64>,
    /// The commits whose pull requests were looked up.
    looked_at: BTreeSet<String>,
}

impl<'h> Review<'h> {
    /// Looks up what was reviewed for a commit. `by_hand`: a person started the run and can see the issue about drift,
    /// so the changes that it shows count.
    pub(super) async fn of(job: &Job, hub: &'h Hub, sha: &str, by_hand: bool) -> Result<Self> {
        let folder = job.folder();
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let mut voices = Vec::new();
        if let Some(pull) = pull::of_commit(&hub.client, sha, branch).await? {
            voices.push(Voice::of(hub, &folder, pull).await?);
        }
        let (drift, doubt) = if by_hand { shown_as_drift(job, hub).await? } else { Default::default() };
        Ok(Self {
            hub,
            voices,
            drift,
            doubt,
            label: None,
            beyond_labels: false,
            others: Vec::new(),
            looked_at: BTreeSet::new(),
        })
    }

    /// All changes that were shown. Empty if none were.
    pub(super) fn reviewed(&self) -> Reviewed {
        self.voices.iter().fold(self.drift.clone(), |all, voice| all.and(voice.reviewed()))
    }

    /// Why the changes of a merge count as unseen.
    pub(super) fn unseen(&self) -> Unseen {
        let doubts = self.voices.iter().filter_map(|voice| voice.doubt.clone());
        let doubts: Vec<Doubt> = doubts.chain(self.doubt.clone()).collect();
        let has_record = self.voices.iter().any(|voice| !voice.records.is_empty());
        match (self.voices.is_empty(), has_record) {
            _ if !doubts.is_empty() => Unseen::Doubts(doubts),
            (_, true) => Unseen::NotShown,
            (false, false) => Unseen::NoPlan,
            (true, false) => Unseen::NoPullRequest,
        }
    }

    /// Where a removal over the limit can be allowed. Without a pull request there is none to put a label on.
    pub(super) fn place(&self) -> Place {
        let first = || Some((self.voices.first()?.pull.number, Label::Missing));
        match self.label.clone().or_else(first).filter(|_| !self.beyond_labels) {
            Some((number, label)) => Place::Merge { number, label },
            None => Place::ByHand,
        }
    }

    /// Looks up what was reviewed for further commits, such as those that are not known to be applied. GitHub runs
    /// only the last of several waiting applies, and its plan contains the changes of the others.
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

    /// Finds the pull requests of many merges, so that they get the result. For information only: a failed request
    /// stops nothing.
    pub(super) async fn find_others(&mut self, job: &mut Job, commits: &[String]) {
        let commits: BTreeSet<&str> = commits.iter().map(String::as_str).collect();
        if commits.len() < 2 {
            return;
        }
        let branch = job.default_branch.clone().unwrap_or_default();
        match merged::among(&self.hub.client, &branch, &commits).await {
            Ok(found) => self.others = found,
            Err(error) => job.not_reported(&error),
        }
        if self.others.len() > MOST_TOLD {
            let silent = self.others.split_off(MOST_TOLD).len();
            let note = format!(
                "{silent} older pull requests are not told what became of them: their comments still say what was the \
                 case before."
            );
            output::tell(&format!("warning: {note}"));
            job.notes.push(inline(&note));
        }
    }

    /// The limits on removals. A job of a matrix is held to the whole plans that were shown. The label counts only for
    /// the plan that was shown when it was set: if several pull requests are applied, each one with removals needs it.
    /// Removals that none of them has shown, such as drift, are held to the limit.
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
        let mut allowed_of = Reviewed::default();
        for voice in self.voices.iter().filter(|voice| voice.records.iter().any(|it| it.removals > 0)) {
            self.label = match voice.label(self.hub).await? {
                Worth::Counts => None,
                Worth::Lacks(label) => Some((voice.pull.number, label)),
            };
            counts = self.label.is_none();
            allowed_of = allowed_of.and(voice.reviewed());
            // A plan that has shown all changes is enough: no other label is needed.
            if !counts || voice.reviewed().covers(plan) {
                break;
            }
        }
        let beyond = allowed_of.unseen(plan);
        if counts && beyond.iter().flat_map(Target::changes).any(|change| change.edit.takes_away()) {
            self.beyond_labels = true;
            return Ok(limits);
        }
        let allowed = limits.shown.all.max(plan.changes().count());
        Ok(Limits { allow_removals: if counts { Some(allowed) } else { limits.allow_removals }, ..limits })
    }

    /// Updates the last line of each pull request's plan with the result. A failure is only reported.
    pub(super) async fn restate(&self, job: &mut Job, state: &State<'_>) {
        let looked_at: Vec<u64> = self.voices.iter().map(|voice| voice.pull.number).collect();
        for number in &looked_at {
            if let Err(error) = self.restate_one(job, *number, state).await {
                job.not_reported(&error);
            }
        }
        for number in self.others.iter().filter(|number| !looked_at.contains(number)) {
            if let Err(error) = self.restate_one(job, *number, state).await {
                // Stops at the first error: it would be the same for the others.
                return job.not_reported(&error);
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

/// The removals of the plan that a record has shown. A record without a number for portfolios counts in full for both
/// kinds.
fn removals(record: &Record) -> Removals {
    let all = record.removals;
    let portfolios = record.portfolio_removals;
    Removals {
        all,
        portfolios: portfolios.unwrap_or(all),
        marketplace: portfolios.map_or(all, |portfolios| all.saturating_sub(portfolios)),
    }
}

/// The changes that the open issue about drift has shown, or why it does not count. The issue names a commit, and only
/// the record on that commit counts.
async fn shown_as_drift(job: &Job, hub: &Hub) -> Result<(Reviewed, Option<Doubt>), Error> {
    let nothing = |doubt| Ok((Reviewed::default(), doubt));
    let found = issue::find_all(&hub.client, &hub.me, &job.folder(), &job.options.drift_issue_labels).await;
    let issue::Ours { kept, further: _, foreign } = match found {
        Ok(ours) => ours,
        // A job without permission to read issues has not seen it.
        Err(error @ Error { status: Some(403 | 404), .. }) => {
            output::tell(&format!("warning: {error}"));
            return nothing(None);
        }
        Err(error) => return Err(error),
    };
    let Some(issue) = kept.filter(issue::Issue::is_open) else {
        let me = hub.me.login.clone();
        return nothing(foreign.map(|(number, login)| Doubt::IssueOfAnother { number, login, me }));
    };
    let Some(marker) = issue.marker() else { return nothing(None) };
    // The commit is checked, since people can edit the issue.
    let Some(head) = marker.head.as_ref().filter(|head| keep::is_commit(head)) else { return nothing(None) };
    let kept = keep::find(hub, &job.folder(), None, head).await?;
    let record = kept.map(|kept| kept.record).filter(|record| record.digest == marker.digest);
    let shown = record.iter().flat_map(|record| record.before(None)).map(str::to_owned);
    Ok((Reviewed::from_record(shown), None))
}
