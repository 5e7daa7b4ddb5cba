//! Deployments: the repository's own record of when each organization was last brought in step, by what.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::moment::Moment;

const NEEDS: &str = "deployments: write";

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is in step.
    Success,
    /// Not all of it.
    Failure,
}

/// What a deployment carries of its run.
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
}

/// The environment of an organization.
pub fn environment(organization: &str) -> String {
    format!("catalog-sync/{organization}")
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// Records that a commit was applied to an organization, and how it went.
pub async fn record(
    client: &Client,
    organization: &str,
    sha: &str,
    payload: &Payload,
    outcome: Outcome,
    description: &str,
    log: Option<&str>,
) -> Result<(), Error> {
    let environment = environment(organization);
    let what = format!("record a deployment to {environment}");
    let fields = json!({
        "ref": sha,
        "environment": environment,
        "payload": payload,
        "description": short(description),
        // It has happened already: nothing is to be merged first, and no check to be waited for.
        "auto_merge": false,
        "required_contexts": [],
    });
    let Id { id } = client.one(Call::post(&what, NEEDS, "deployments", fields)).await?;
    let state = match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    };
    let mut fields = json!({ "state": state, "description": short(description) });
    if let (Some(log), Some(fields)) = (log, fields.as_object_mut()) {
        fields.insert("log_url".to_owned(), json!(log));
    }
    let path = format!("deployments/{id}/statuses");
    client.one::<serde::de::IgnoredAny>(Call::post(what, NEEDS, path, fields)).await.map(|_| ())
}

/// GitHub takes 140 characters.
fn short(text: &str) -> String {
    text.chars().take(140).collect()
}

#[derive(Debug, Clone, Deserialize)]
struct Deployment {
    id: u64,
    sha: String,
    created_at: Moment,
    #[serde(default)]
    payload: serde_json::Value,
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

/// What the deployments say of an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The last that went well.
    pub in_step: Option<Record>,
    /// The last, where it went otherwise and is newer.
    pub failed: Option<Record>,
}

/// So many deployments are looked at for one that went well.
const LOOKED_AT: usize = 50;

/// What the deployments say of an organization and a catalog.
pub async fn history(client: &Client, organization: &str, catalog: &str) -> Result<History, Error> {
    let environment = environment(organization);
    let what = format!("read the deployments to {environment}");
    let path = format!("deployments?environment={}", query(&environment));
    let call = Call::get(&what, "deployments: read", path);
    let deployments: Vec<Deployment> = client.until(call, |read: &[Deployment]| read.len() >= LOOKED_AT).await?;
    let mut history = History::default();
    // The newest comes first.
    for deployment in deployments.into_iter().take(LOOKED_AT) {
        let payload: Payload = payload(deployment.payload);
        if payload.catalog != catalog {
            continue;
        }
        let path = format!("deployments/{}/statuses", deployment.id);
        let statuses: Vec<Status> = client.all(Call::get(&what, "deployments: read", path)).await?;
        // One that went well is called inactive once the next one did.
        let good = statuses.iter().find(|status| status.state == "success");
        let last = good.or(statuses.first());
        let record = Record {
            at: last.map_or(deployment.created_at, |status| status.created_at),
            sha: deployment.sha,
            log: last.and_then(|status| status.log_url.clone()).filter(|url| !url.is_empty()),
            payload,
        };
        if good.is_some() {
            history.in_step = Some(record);
            return Ok(history);
        }
        history.failed.get_or_insert(record);
    }
    Ok(history)
}

/// GitHub gives a payload back as it was sent, or as the text of it.
fn payload(value: serde_json::Value) -> Payload {
    let read = match &value {
        serde_json::Value::String(text) => serde_json::from_str(text),
        _ => serde_json::from_value(value),
    };
    read.unwrap_or_default()
}
