//! The deployments of a run: it has begun with an organization, and how it ended. A later run starts from them, so
//! they are written even if other parts of the report fail.

use std::collections::{BTreeMap, BTreeSet};

use super::job::{Hub, Job};
use super::past::Past;
use super::result::Told;
use crate::github::deployment::{self, Made, Outcome as Deployed, Payload};
use crate::model::change::{ChangeId, Origin, Target};
use crate::model::id::Name;
use crate::model::report::{Outcome, TargetReport};
use crate::model::target::TargetName;
use crate::plan::Reviewed;

/// The deployments that this run has begun, by organization.
#[derive(Debug, Default)]
pub(super) struct Begun(BTreeMap<Name, Made>);

/// Records, before anything is changed, that organizations are being brought to a commit. So a run that dies leaves a
/// trace. The jobs of a matrix record it once for all, if they see each other's deployments; [`end_parts`] ends it.
pub(super) async fn begin(job: &mut Job, hub: &Hub, past: &Past, sha: &str) -> Begun {
    let mut begun = Begun::default();
    if job.is_sandboxed {
        return begun;
    }
    let part = job.is_gathered();
    let (log, words) = (job.environment.run().map(|(_, url)| url), "being applied");
    // A recipient's name has no organization, so then every organization may be meant.
    let chosen: Option<BTreeSet<Name>> = job.chosen.iter().flatten().map(|name| name.organization().cloned()).collect();
    let is_one =
        |organization: &Name| chosen.as_ref().is_none_or(|chosen| chosen.is_empty() || chosen.contains(organization));
    let is_chosen = |organization: &&Name| !part || is_one(organization);
    for organization in past.differing.iter().filter(is_chosen) {
        if part && past.begun.contains(organization) {
            continue;
        }
        let only = if part { None } else { job.only() };
        let payload = Payload { part, only, ..payload(job, past, organization) };
        let made = deployment::make(&hub.client, &hub.me, organization.as_str(), sha, &payload, words).await;
        let stated = match made {
            Ok(made) => {
                if !part {
                    begun.0.insert(organization.clone(), made);
                }
                deployment::state(&hub.client, made, Deployed::Begun, words, log.as_deref()).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = stated {
            job.not_reported(&error);
        }
    }
    begun
}

fn payload(job: &Job, past: &Past, organization: &Name) -> Payload {
    Payload {
        catalog: job.folder(),
        run: job.environment.run().map(|(_, url)| url),
        base: past.oldest_base(organization),
        ..Payload::default()
    }
}

/// Records a failure for a run that ended without a report.
pub(super) async fn give_up(job: &mut Job, hub: &Hub, begun: Begun) {
    let log = job.environment.run().map(|(_, url)| url);
    for (_, made) in begun.0 {
        let words = "the run failed, its log says why";
        if let Err(error) = deployment::state(&hub.client, made, Deployed::Failure, words, log.as_deref()).await {
            job.not_reported(&error);
        }
    }
}

/// Ends the deployments that the jobs of a matrix have begun. The result is in the one record for all of them.
pub(super) async fn end_parts(job: &mut Job, hub: &Hub, told: &Told, sha: &str) {
    let Some((_, run)) = job.environment.run() else { return };
    let Hub { client, me } = hub;
    let organizations = told.report.targets.iter().map(|of| &of.target.organization);
    for organization in organizations.collect::<BTreeSet<&Name>>() {
        let ended = async {
            for made in deployment::parts(client, me, organization.as_str(), (&job.folder(), sha, &run)).await? {
                let words = "the record of the whole run says how it ended";
                deployment::state(client, made, Deployed::Gathered, words, Some(&run)).await?;
            }
            Ok::<(), crate::github::Error>(())
        };
        if let Err(error) = ended.await {
            job.not_reported(&error);
        }
    }
}

/// The result for one organization.
#[derive(Debug, Default)]
struct Tally {
    applied: usize,
    undone: usize,
    /// The targets that were not brought to the commit.
    not: BTreeSet<TargetName>,
    /// Those of them whose changes were refused.
    refused: BTreeSet<TargetName>,
    /// Their reviewed changes that are still to be applied.
    left: Vec<String>,
}

/// Records the result for every organization.
pub(super) async fn end(job: &mut Job, hub: &Hub, past: &Past, sha: &str, Begun(mut begun): Begun, told: &Told) {
    let Told { report, approved, left_out } = told;
    let with = |is: &dyn Fn(Origin) -> bool| -> BTreeSet<&Name> {
        let has = |target: &&Target| target.changes().any(|change| is(change.about.origin));
        left_out.iter().filter(has).map(|target| &target.organization).collect()
    };
    let drifting = with(&|origin| origin != Origin::Mirror);
    let behind = with(&|origin| origin == Origin::Mirror);
    let mut organizations: BTreeMap<Name, Tally> = BTreeMap::new();
    for of in &report.targets {
        let tally = organizations.entry(of.target.organization.clone()).or_default();
        count(of, tally);
        if approved.contains(&of.target.name) {
            tally.left.extend(left(of));
        } else if of.target.has_changes() {
            tally.refused.insert(of.target.name.clone());
        }
    }
    for (organization, Tally { applied, undone, not, refused, left }) in organizations {
        let there = begun.remove(&organization);
        let (drift, mirrored) = (drifting.contains(&organization), behind.contains(&organization));
        if there.is_none() && applied + undone == 0 && (drift || mirrored) {
            continue;
        }
        let (outcome, words) = match (applied, undone) {
            (applied, 0) if mirrored && !drift => {
                (Deployed::Success, format!("{applied} applied, what mirrored experiences bring left for the schedule"))
            }
            (0, 0) if !drift => (Deployed::Success, "in step, nothing to apply".to_owned()),
            (applied, 0) if drift => (Deployed::Success, format!("{applied} applied, drift left as it is")),
            (applied, 0) => (Deployed::Success, format!("in step, {applied} applied")),
            (_, undone) if approved.is_empty() && !refused.is_empty() => {
                (Deployed::Failure, format!("refused: {applied} applied, {undone} not"))
            }
            (applied, undone) => (Deployed::Failure, format!("{applied} applied, {undone} not")),
        };
        let (refused, failed): (Vec<&TargetName>, Vec<&TargetName>) =
            not.iter().partition(|name| refused.contains(name));
        let names = |all: Vec<&TargetName>| all.into_iter().map(ToString::to_string).collect();
        let (failed, refused) = (names(failed), names(refused));
        let digest = report.digest.clone();
        let only = job.only();
        let payload = Payload { ended: true, digest, only, failed, refused, left, ..payload(job, past, &organization) };
        write(job, hub, &organization, sha, there, &payload, (outcome, &words)).await;
    }
    give_up(job, hub, Begun(begun)).await;
}

fn count(of: &TargetReport, tally: &mut Tally) {
    let mut undone = usize::from(of.target.is_unreadable());
    for outcome in &of.outcomes {
        match outcome {
            Outcome::Applied => tally.applied += 1,
            Outcome::Failed(_) | Outcome::Skipped(_) => undone += 1,
        }
    }
    if undone > 0 {
        tally.not.insert(of.target.name.clone());
    }
    tally.undone += undone;
}

/// The changes of a target that were tried and are still to be applied.
fn left(of: &TargetReport) -> Option<String> {
    let done: BTreeSet<ChangeId> =
        of.results().filter(|(_, it)| **it == Outcome::Applied).map(|(change, _)| change.id(&of.target.name)).collect();
    let rest = of.target.only(|change| !done.contains(&change.id(&of.target.name)));
    rest.has_changes().then(|| Reviewed::record_of(&rest))
}

/// Records the end of a run. A deployment that was begun and went well only gets a new state. Otherwise a further one
/// is made: its payload lists what is left to do, and a payload can't be changed.
async fn write(
    job: &mut Job,
    hub: &Hub,
    organization: &Name,
    sha: &str,
    begun: Option<Made>,
    payload: &Payload,
    (outcome, words): (Deployed, &str),
) {
    let Hub { client, me } = hub;
    let log = payload.run.as_deref();
    let written = async {
        let (there, further) = match (begun, outcome) {
            (Some(begun), Deployed::Success) => (Some(begun), false),
            (begun, Deployed::Begun | Deployed::Gathered | Deployed::Success | Deployed::Failure) => (begun, true),
        };
        if let Some(there) = there {
            deployment::state(client, there, outcome, words, log).await?;
        }
        if further {
            let made = deployment::make(client, me, organization.as_str(), sha, payload, words).await?;
            deployment::state(client, made, outcome, words, log).await?;
        }
        Ok::<(), crate::github::Error>(())
    };
    if let Err(error) = written.await {
        job.not_reported(&error);
    }
}
