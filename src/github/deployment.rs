//! Deployments: the repository's own record of when each organization was last brought in step, by what.

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

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has begun, and nobody knows yet how it ends.
    Begun,
    /// All of it is in step.
    Success,
    /// Not all of it.
    Failure,
    /// Another deployment says how it ended.
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

/// What a deployment carries of its run. GitHub keeps it as it was when the deployment was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The folder of the catalog.
    #[serde(default)]
    pub catalog: String,
    /// The digest of what was applied.
    #[serde(default)]
    pub digest: String,
    /// The run.
    #[serde(default)]
    pub run: Option<String>,
    /// The oldest commit that a target was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether one of several jobs wrote this when it began: what they bring to the commit is told by another deployment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
    /// The targets that the run was about; `None` for all of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Whether the run had ended when this was written, so that what is missing from `failed` and `refused` was brought
    /// to the commit. Otherwise only the state `success` says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The targets that are not in step with the commit, since a change failed or could not be tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// The targets that were refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// What was reviewed and is still to be done: a fingerprint for each target. A plan that is too large to be kept
    /// change by change counts as reviewed only as a whole, and part of it is done by now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

impl Payload {
    /// What a run with this payload brought to its commit.
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
            // A name that is none of ours may mean any target.
            _ => Carried::Nothing,
        }
    }
}

/// The environment of an organization.
pub fn environment(organization: &str) -> String {
    format!("catalog-sync/{organization}")
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// A deployment that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made(u64);

impl Made {
    /// One that was read back.
    pub(super) fn of(deployment: &Deployment) -> Self {
        Self(deployment.id)
    }
}

/// Records that a commit is applied to an organization.
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
        // It has happened already: nothing is to be merged first, and no check to be waited for.
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

/// Says of a deployment how it goes.
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
    // Saying it twice comes to the same.
    client.make::<serde::de::IgnoredAny>(call, async || Ok(None)).await.map(drop)
}

/// GitHub takes 140 characters.
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
    /// What it carries.
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

/// A deployment as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Moment,
    /// The commit.
    pub sha: String,
    /// Where the run is.
    pub log: Option<String>,
    /// What it carries.
    pub payload: Payload,
}

/// When an organization was in step last, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last apply that went well.
    pub in_step: Option<Record>,
    /// The last apply, where it went otherwise and is newer.
    pub failed: Option<Record>,
}

/// So many deployments are looked at for one that went well, those not counted that are a part of a run.
const LOOKED_AT: usize = 100;

/// The deployments to an environment, the newest first: those of one author, where one is given.
pub(super) async fn listed(client: &Client, by: Option<&User>, environment: &str) -> Result<Vec<Deployment>, Error> {
    let path = format!("deployments?environment={}", query(environment));
    let call = Call::get(format!("read the deployments to {environment}"), "deployments: read", path);
    // Whoever may write to the repository can make a deployment, but not as somebody else.
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

/// The deployments with which jobs of a run have said that they began, of a catalog and a commit. Another attempt of the
/// run is the same run.
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

/// The address of a run without the attempt.
fn first_attempt(run: &str) -> &str {
    run.split_once("/attempts/").map_or(run, |(run, _)| run)
}

/// The status that says that a deployment went well, or else its last.
async fn status(client: &Client, deployment: &Deployment) -> Result<(bool, Option<Status>), Error> {
    let path = format!("deployments/{}/statuses", deployment.id);
    let call = Call::get("read how a deployment went", "deployments: read", path);
    let statuses: Vec<Status> = client.all(call).await?;
    // One that went well is called inactive once the next one did.
    let good = statuses.iter().find(|status| status.state == "success");
    Ok((good.is_some(), good.or(statuses.first()).cloned()))
}

/// A deployment with the moment and the run that its last good status tells, or else its last.
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

/// What the deployments say of an organization and a catalog to people. Nothing is decided by it.
pub async fn standing(client: &Client, organization: &str, catalog: &str) -> Result<Standing, Error> {
    let mut standing = Standing::default();
    // The newest comes first.
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

/// The applies of a catalog to an organization that deployments of ours tell of, the newest first, back to one that
/// brought every target to its commit.
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
        // One more may be needed where the commit of this one is not on the branch.
        if is_whole && attempts.len() > 1 {
            break;
        }
    }
    Ok(attempts)
}

impl Payload {
    /// GitHub gives a payload back as it was sent, or as the text of it.
    fn read(value: serde_json::Value) -> Self {
        let read = match &value {
            serde_json::Value::String(text) => serde_json::from_str(text),
            _ => serde_json::from_value(value),
        };
        read.unwrap_or_default()
    }
}
