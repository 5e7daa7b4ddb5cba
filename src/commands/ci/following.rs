//! Records when experiences were last in step with those that they mirror. Nothing is decided by it, except when the
//! issue about drift is opened for experiences left behind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::job::{Hub, Job};
use super::result::Told;
use crate::github::following::{self, Seen};
use crate::model::change::{ChangeId, Origin, Plan, Target};
use crate::model::desired::Desired;
use crate::model::id::Name;
use crate::model::report::{Outcome, Report, TargetReport};
use crate::model::target::TargetName;

/// The files of a catalog that mirror an experience.
#[derive(Debug, Clone, Default)]
pub(super) struct Mirrors(BTreeSet<Name>);

impl Mirrors {
    pub(super) fn of(desired: &Desired) -> Self {
        let mirroring = desired.experiences.iter().filter(|entry| entry.products.mirrored().is_some());
        Self(mirroring.map(|entry| entry.file.clone()).collect())
    }

    fn holds(&self, name: &TargetName) -> bool {
        match name {
            TargetName::Marketplace { file, organization: _, experience: _ } => self.0.contains(file),
            TargetName::Portfolio { .. } | TargetName::Recipient { .. } => false,
        }
    }
}

/// The mirroring experiences that a run has seen, by organization: in step or behind.
#[derive(Debug, Default)]
pub(super) struct Followers(BTreeMap<Name, Seen>);

impl Followers {
    fn add(&mut self, target: &Target, is_in_step: bool) {
        let seen = self.0.entry(target.organization.clone()).or_default();
        let into = if is_in_step { &mut seen.in_step } else { &mut seen.behind };
        into.insert(target.name.clone());
    }

    /// From a plan. `report`: what was applied of it.
    pub(super) fn of_plan(mirrors: &Mirrors, whole: &Plan, report: Option<&Report>) -> Self {
        let results = report.into_iter().flat_map(|report| &report.targets).flat_map(|of| {
            of.results().map(|(change, outcome)| (change.id(&of.target.name), *outcome == Outcome::Applied))
        });
        let done: BTreeSet<ChangeId> = results.filter(|(_, is_applied)| *is_applied).map(|(id, _)| id).collect();
        let mut followers = Self::default();
        for target in whole.targets.iter().filter(|target| mirrors.holds(&target.name)) {
            let is_done = target.changes().all(|change| done.contains(&change.id(&target.name)));
            followers.add(target, is_done && !target.is_unreadable());
        }
        followers
    }

    /// From an apply.
    pub(super) fn of_told(mirrors: &Mirrors, told: &Told) -> Self {
        let Told { report, approved: _, left_out } = told;
        let mut followers = Self::default();
        for TargetReport { target, outcomes } in report.targets.iter().filter(|of| mirrors.holds(&of.target.name)) {
            let is_done = outcomes.iter().all(|outcome| *outcome == Outcome::Applied);
            let is_left = left_out.iter().any(|left| left.name == target.name);
            followers.add(target, is_done && !is_left && !target.is_unreadable());
        }
        followers
    }

    /// Records the result in deployments. Does nothing for a run of some targets or in the sandbox.
    pub(super) async fn record(self, job: &mut Job, hub: &Hub, sha: &str) {
        if job.is_sandboxed || job.filter.is_narrow() {
            return;
        }
        let Hub { client, me } = hub;
        let (catalog, run) = (job.folder(), job.environment.run().map(|(_, url)| url));
        for (organization, seen) in self.0 {
            let about = (catalog.as_str(), sha);
            if let Err(error) = following::record(client, me, organization.as_str(), about, &seen, run.as_deref()).await
            {
                job.not_reported(&error);
            }
        }
    }
}

/// How long an experience may be behind the one that it mirrors. After that the issue about drift is opened: whatever
/// brings it in step does not run, or fails.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// Whether an experience has been behind for too long, according to the records. If GitHub can't be asked, that is
/// reported and opens no issue.
pub(super) async fn is_left_behind(job: &mut Job, hub: &Hub, plan: &Plan) -> bool {
    let is_behind = |target: &&Target| target.changes().any(|change| change.about.origin == Origin::Mirror);
    let mut behind: BTreeMap<&Name, Vec<&TargetName>> = BTreeMap::new();
    for target in plan.targets.iter().filter(is_behind) {
        behind.entry(&target.organization).or_default().push(&target.name);
    }
    for (organization, targets) in behind {
        let told = match following::last(&hub.client, organization.as_str(), &job.folder()).await {
            Ok(told) => told,
            Err(error) => {
                job.not_reported(&error);
                continue;
            }
        };
        let since = |name: &TargetName| Some(told.get(name)?.in_step.as_ref()?.at.0);
        let is_old = |at: Timestamp| hub.client.now().duration_since(at) > PATIENCE;
        if targets.into_iter().any(|name| since(name).is_none_or(is_old)) {
            return true;
        }
    }
    false
}

/// The sentence for the issue in that case.
pub(super) const LEFT_BEHIND: &str = "<b>Some experiences have been behind the ones that they mirror for two days or \
                                      more.</b> Look whether the workflow with <code>command: due</code> runs, and \
                                      what it says.";
