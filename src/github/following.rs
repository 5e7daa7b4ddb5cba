//! Records when experiences were last in step with the ones that they mirror. The records are deployments in separate
//! environments, from which no base is read.

use std::collections::{BTreeMap, BTreeSet};

use super::client::Client;
use super::deployment::{self, Deployment, Made, Outcome, Payload, Record};
use super::error::Error;
use super::user::User;
use crate::model::target::TargetName;

/// The name of an organization's environment for these records.
pub fn environment(organization: &str) -> String {
    format!("catalog-sync-mirror/{organization}")
}

/// The state of an organization's mirroring experiences at the end of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The experiences that were in step.
    pub in_step: BTreeSet<TargetName>,
    /// The experiences that were not in step, or could not be read.
    pub behind: BTreeSet<TargetName>,
}

impl Seen {
    fn payload(&self, catalog: &str, run: Option<&str>) -> Payload {
        let names = |all: &BTreeSet<TargetName>| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut only = names(&(&self.in_step | &self.behind));
        only.sort();
        let (catalog, run) = (catalog.to_owned(), run.map(str::to_owned));
        Payload { catalog, run, ended: true, only: Some(only), failed: names(&self.behind), ..Payload::default() }
    }

    fn words(&self) -> String {
        match self.behind.len() {
            0 => format!("{} in step with what they mirror", self.in_step.len()),
            behind => format!("{behind} behind what they mirror, {} in step", self.in_step.len()),
        }
    }
}

/// Records what a run has seen. If the last record has the same content, commit and day (UTC), it gets a new status
/// instead. So a schedule that finds everything in step makes one deployment a day.
pub async fn record(
    client: &Client,
    me: &User,
    organization: &str,
    (catalog, sha): (&str, &str),
    seen: &Seen,
    run: Option<&str>,
) -> Result<(), Error> {
    let (environment, words) = (environment(organization), seen.words());
    let outcome = if seen.behind.is_empty() { Outcome::Success } else { Outcome::Failure };
    let all = deployment::listed(client, Some(me), &environment).await?;
    let last = all.iter().map(|it| (it, it.payload())).find(|(_, payload)| payload.catalog == catalog);
    let day = |moment: jiff::Timestamp| moment.to_zoned(jiff::tz::TimeZone::UTC).date();
    let is_same = |it: &Deployment, payload: &Payload| {
        let payload = Payload { run: None, ..payload.clone() };
        it.sha == sha && day(it.created_at.0) == day(client.now()) && payload == seen.payload(catalog, None)
    };
    let made = match last {
        Some((last, payload)) if is_same(last, &payload) => Made::of(last),
        Some(_) | None => {
            deployment::make_in(client, me, &environment, sha, &seen.payload(catalog, run), &words).await?
        }
    };
    deployment::state(client, made, outcome, &words, run).await
}

/// When an experience was last in step with the one that it mirrors, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Following {
    /// The last run that saw it in step.
    pub in_step: Option<Record>,
    /// The last run, if it is newer and saw it not in step.
    pub behind: Option<Record>,
}

/// The last records of the experiences that the last run was about, for people only. Deployments by any author count,
/// so nothing may be decided by it.
pub async fn last(
    client: &Client,
    organization: &str,
    catalog: &str,
) -> Result<BTreeMap<TargetName, Following>, Error> {
    let all = deployment::listed(client, None, &environment(organization)).await?;
    let runs: Vec<Run> = all.into_iter().filter_map(|it| Run::of(it, catalog)).collect();
    let mut records: BTreeMap<u64, Record> = BTreeMap::new();
    let mut following = BTreeMap::new();
    for name in names(&runs) {
        let mut found = Following::default();
        for run in runs.iter().filter(|run| run.looked_at.contains(&name)) {
            let is_behind = run.behind.contains(&name);
            if is_behind && found.behind.is_some() {
                continue;
            }
            let record = match records.get(&run.deployment.id) {
                Some(known) => known.clone(),
                None => deployment::record(client, &run.deployment).await?,
            };
            records.insert(run.deployment.id, record.clone());
            if !is_behind {
                found.in_step = Some(record);
                break;
            }
            found.behind = Some(record);
        }
        following.insert(name, found);
    }
    Ok(following)
}

/// The record of one run.
struct Run {
    deployment: Deployment,
    looked_at: BTreeSet<TargetName>,
    behind: BTreeSet<TargetName>,
}

impl Run {
    /// `None` if the deployment is about another catalog.
    fn of(deployment: Deployment, catalog: &str) -> Option<Self> {
        let Payload { catalog: of, only, failed, .. } = deployment.payload();
        let names = |all: &[String]| all.iter().filter_map(|name| name.parse().ok()).collect();
        let (looked_at, behind) = (names(&only.unwrap_or_default()), names(&failed));
        (of == catalog).then_some(Self { deployment, looked_at, behind })
    }
}

/// The experiences that the last run was about. If that run only has the family (it could not read the live
/// experiences), the members known from earlier runs are added.
fn names(runs: &[Run]) -> BTreeSet<TargetName> {
    let Some((last, earlier)) = runs.split_first() else { return BTreeSet::new() };
    let mut names = last.looked_at.clone();
    for family in last.looked_at.iter().filter(|name| name.is_family()) {
        let members = earlier.iter().map(|run| {
            let of_it = run.looked_at.iter().filter(|name| name.family().as_ref() == Some(family) && !name.is_family());
            of_it.cloned().collect::<Vec<TargetName>>()
        });
        names.extend(members.into_iter().find(|members| !members.is_empty()).unwrap_or_default());
    }
    names
}
