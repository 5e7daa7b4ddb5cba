//! Deployments: the repository's own record of when each organization was last in step, and by which commit.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::history::{Attempt, Carried};
use super::moment::Moment;
use super::user::User;
use crate::model::target::TargetName;

const NEEDS: &str = "deployments: write";

/// The result of an apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has begun and has not ended yet.
    Begun,
    /// All targets are in step.
    Success,
    /// At least one target is not in step.
    Failure,
    /// Another deployment records the result.
    Gathered,
}

impl Outcome {
    fn state(self) -> &'static str {
        match self {
            Self::Begun => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Gathered => "inactive",
        }
    }
}

/// The payload of a deployment: data about its run. GitHub does not let it change later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The catalog's folder.
    #[serde(default)]
    pub catalog: String,
    /// The digest of the applied plan.
    #[serde(default)]
    pub digest: String,
    /// The URL of the run.
    #[serde(default)]
    pub run: Option<String>,
    /// The oldest commit that the run used as a base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether one of several jobs wrote this when it began. Another deployment says what these jobs brought to the
    /// commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
    /// The targets of the run. `None` for all targets of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Whether the run had ended when this was written. If so, every target that is not in `failed` or `refused` was
    /// brought to the commit. Otherwise only the state `success` proves that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The targets that are not in step with the commit because a change failed or could not be tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// The targets that were refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Fingerprints, one for each target, of changes that were reviewed and are still to be made. They are needed
    /// because a plan too large to be kept change by change counts as reviewed only as a whole, and by now part of it
    /// is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

impl Payload {
    /// The targets that a run with this payload brought to its commit.
    fn carried(&self, succeeded: bool) -> Carried {
        let Self { catalog: _, digest: _, run: _, base: _, part, only, ended, failed, refused, left: _ } = self;
        if *part || (!succeeded && !ended) {
            return Carried::Nothing;
        }
        let read =
            |names: &[String]| names.iter().map(|name| name.parse()).collect::<Result<BTreeSet<TargetName>, _>>();
        let only = only.as_ref().map(|names| read(names)).transpose();
        match (only, read(failed), read(refused)) {
            (Ok(only), Ok(failed), Ok(refused)) => {
                Carried::Targets { only, but: failed.into_iter().chain(refused).collect() }
            }
            // An unreadable name may mean any target, so no target counts as brought to the commit.
            _ => Carried::Nothing,
        }
    }
}

/// The name of an organization's environment.
pub fn environment(organization: &str) -> String {
    format!("catalog-sync/{organization}")
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// The id of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made(u64);

impl Made {
    /// The id of a deployment that was listed.
    pub(super) fn of(deployment: &Deployment) -> Self {
        Self(deployment.id)
    }
}

/// Records that a commit is being applied to an organization.
pub async fn make(
    client: &Client,
    me: &User,
    organization: &str,
    sha: &str,
    payload: &Payload,
    description: &str,
) -> Result<Made, Error> {
    make_in(client, me, &environment(organization), sha, payload, description).await
}

/// Records a commit in an environment.
pub async fn make_in(
    client: &Client,
    me: &User,
    environment: &str,
    sha: &str,
    payload: &Payload,
    description: &str,
) -> Result<Made, Error> {
    let fields = json!({
        "ref": sha,
        "environment": environment,
        "payload": payload,
        "description": short(description),
        // The apply is already running, so GitHub must neither merge anything first nor wait for checks.
        "auto_merge": false,
        "required_contexts": [],
    });
    let call = Call::post(format!("record a deployment to {environment}"), NEEDS, "deployments", fields);
    let find = async || {
        let made = listed(client, Some(me), environment).await?;
        let same = |it: &&Deployment| it.sha == sha && Payload::read(it.payload.clone()) == *payload;
        Ok(made.iter().find(same).map(|it| Id { id: it.id }))
    };
    let Id { id } = client.make(call, find).await?;
    Ok(Made(id))
}

/// Sets the status of a deployment.
pub async fn state(
    client: &Client,
    Made(id): Made,
    outcome: Outcome,
    description: &str,
    log: Option<&str>,
) -> Result<(), Error> {
    let mut fields = json!({ "state": outcome.state(), "description": short(description) });
    if let (Some(log), Some(fields)) = (log, fields.as_object_mut()) {
        fields.insert("log_url".to_owned(), json!(log));
    }
    let call = Call::post("say how a deployment went", NEEDS, format!("deployments/{id}/statuses"), fields);
    // A repeated status does no harm, so nothing is looked up before a retry.
    client.make::<serde::de::IgnoredAny>(call, async || Ok(None)).await.map(drop)
}

/// Cuts a description to the 140 characters that GitHub accepts.
fn short(text: &str) -> String {
    text.chars().take(140).collect()
}

/// A deployment as GitHub lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Deployment {
    pub(super) id: u64,
    pub(super) sha: String,
    pub(super) created_at: Moment,
    #[serde(default)]
    creator: Option<User>,
    #[serde(default)]
    payload: serde_json::Value,
}

impl Deployment {
    /// Its payload.
    pub(super) fn payload(&self) -> Payload {
        Payload::read(self.payload.clone())
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Status {
    state: String,
    created_at: Moment,
    #[serde(default)]
    log_url: Option<String>,
}

/// A deployment with its time and its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The time of the status.
    pub at: Moment,
    /// The commit.
    pub sha: String,
    /// The URL of the run.
    pub log: Option<String>,
    /// Its payload.
    pub payload: Payload,
}

/// When an organization was last in step, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last successful apply.
    pub in_step: Option<Record>,
    /// The last apply, if it is newer and was not successful.
    pub failed: Option<Record>,
}

/// The number of deployments that are searched for a successful one. Deployments of single jobs are not counted.
const LOOKED_AT: usize = 100;

/// The deployments to an environment, the newest first. With `by`, only those of this author.
pub(super) async fn listed(client: &Client, by: Option<&User>, environment: &str) -> Result<Vec<Deployment>, Error> {
    let path = format!("deployments?environment={}", query(environment));
    let call = Call::get(format!("read the deployments to {environment}"), "deployments: read", path);
    // Anyone with write access can create a deployment, but can't set another creator.
    let counts = |it: &Deployment| by.is_none_or(|by| by.is(it.creator.as_ref()));
    let is_whole = |it: &Deployment| !(counts(it) && Payload::read(it.payload.clone()).part);
    let enough = |read: &[Deployment]| read.iter().filter(|it| is_whole(it)).count() >= LOOKED_AT;
    let all: Vec<Deployment> = client.until(call, enough).await?;
    let mut whole = 0;
    let within = |it: &Deployment| {
        whole += usize::from(is_whole(it));
        whole <= LOOKED_AT
    };
    Ok(all.into_iter().take_while(within).filter(counts).collect())
}

/// The deployments that the jobs of a run wrote when they began, for a catalog and a commit. Other attempts of the
/// same run are included.
pub async fn parts(
    client: &Client,
    me: &User,
    organization: &str,
    (catalog, sha, run): (&str, &str, &str),
) -> Result<Vec<Made>, Error> {
    let listed = listed(client, Some(me), &environment(organization)).await?;
    let is_of_run = |it: &&Deployment| {
        let Payload { part, catalog: of, run: by, .. } = Payload::read(it.payload.clone());
        part && of == catalog && it.sha == sha && by.is_some_and(|by| first_attempt(&by) == first_attempt(run))
    };
    Ok(listed.iter().filter(is_of_run).map(|it| Made(it.id)).collect())
}

/// The URL of a run without the attempt.
fn first_attempt(run: &str) -> &str {
    run.split_once("/attempts/").map_or(run, |(run, _)| run)
}

/// Whether a deployment has a status `success`, and that status. Without one, its last status.
async fn status(client: &Client, deployment: &Deployment) -> Result<(bool, Option<Status>), Error> {
    let path = format!("deployments/{}/statuses", deployment.id);
    let call = Call::get("read how a deployment went", "deployments: read", path);
    let statuses: Vec<Status> = client.all(call).await?;
    // GitHub adds the status `inactive` to a successful deployment once the next one succeeds.
    let good = statuses.iter().find(|status| status.state == "success");
    Ok((good.is_some(), good.or(statuses.first()).cloned()))
}

/// A deployment with the time and the run of its status `success`, or of its last status.
pub(super) async fn record(client: &Client, deployment: &Deployment) -> Result<Record, Error> {
    let (_, last) = status(client, deployment).await?;
    Ok(read_back(deployment, last))
}

fn read_back(deployment: &Deployment, last: Option<Status>) -> Record {
    Record {
        at: last.as_ref().map_or(deployment.created_at, |status| status.created_at),
        sha: deployment.sha.clone(),
        log: last.and_then(|status| status.log_url).filter(|url| !url.is_empty()),
        payload: deployment.payload(),
    }
}

/// The last successful and failed applies of a catalog to an organization, for people only. Deployments by any author
/// count, so nothing may be decided by it.
pub async fn standing(client: &Client, organization: &str, catalog: &str) -> Result<Standing, Error> {
    let mut standing = Standing::default();
    // The newest deployment comes first.
    for deployment in listed(client, None, &environment(organization)).await? {
        let payload = Payload::read(deployment.payload.clone());
        if payload.catalog != catalog {
            continue;
        }
        let (good, last) = status(client, &deployment).await?;
        if payload.part && last.as_ref().is_some_and(|status| status.state == Outcome::Gathered.state()) {
            continue;
        }
        let good = good && !payload.part;
        let record = read_back(&deployment, last);
        if good {
            standing.in_step = Some(record);
            return Ok(standing);
        }
        standing.failed.get_or_insert(record);
    }
    Ok(standing)
}

/// The applies of a catalog to an organization, the newest first, from deployments that `me` created. The list goes
/// back to one that brought every target to its commit.
pub async fn attempts(client: &Client, me: &User, organization: &str, catalog: &str) -> Result<Vec<Attempt>, Error> {
    let mut attempts = Vec::new();
    for deployment in listed(client, Some(me), &environment(organization)).await? {
        let payload = Payload::read(deployment.payload.clone());
        if payload.catalog != catalog {
            continue;
        }
        let good = payload.ended || (!payload.part && status(client, &deployment).await?.0);
        let carried = payload.carried(good);
        let is_whole = carried.is_whole();
        let Payload { run, base, left, part: is_part, .. } = payload;
        attempts.push(Attempt { sha: deployment.sha, run, base, is_part, carried, left });
        // The list needs one more, in case the commit of this one is not on the branch.
        if is_whole && attempts.len() > 1 {
            break;
        }
    }
    Ok(attempts)
}

impl Payload {
    /// Parses a payload. GitHub returns it as it was sent, or as a string of JSON.
    fn read(value: serde_json::Value) -> Self {
        let read = match &value {
            serde_json::Value::String(text) => serde_json::from_str(text),
            _ => serde_json::from_value(value),
        };
        read.unwrap_or_default()
    }
}
