//! The one issue about drift of a catalog: opened, edited while it lasts, closed when it is gone, opened again when it
//! comes back. It is found by its marker and its author; people may rename it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::marker::{DriftMarker, Marker as _, is_marked};
use super::user::User;

/// An issue of ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Where it is, for people.
    pub html_url: String,
    state: String,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
    pull_request: Option<serde_json::Value>,
}

const NEEDS: &str = "issues: write";

impl Issue {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// What it kept of what it shows.
    pub fn marker(&self) -> Option<DriftMarker> {
        DriftMarker::read(self.body.as_deref().unwrap_or_default())
    }

    fn is_ours(&self, me: &User, catalog: &str) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        self.pull_request.is_none() && me.is(self.user.as_ref()) && is_marked::<DriftMarker>(body, catalog)
    }
}

/// Our issue about a catalog: an open one, or else the last of ours that was closed.
pub async fn find(client: &Client, me: &User, catalog: &str, labels: &[String]) -> Result<Option<Issue>, Error> {
    // People take labels away from open issues, so that these are all looked at. Of closed ones there are many.
    let labels = labels.first().map(|label| format!("&labels={}", query(label))).unwrap_or_default();
    for which in ["state=open".to_owned(), format!("state=closed&sort=updated{labels}")] {
        let call = Call::get("look for our issue about drift", NEEDS, format!("issues?{which}"));
        let ours = |issue: &Issue| issue.is_ours(me, catalog);
        let issues: Vec<Issue> = client.until(call, |read: &[Issue]| read.iter().any(ours)).await?;
        if let Some(issue) = issues.into_iter().find(ours) {
            return Ok(Some(issue));
        }
    }
    Ok(None)
}

/// What was found of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Something differs.
    Drift,
    /// Everything was read, and nothing differs.
    InStep,
    /// Nothing differs in what could be read, and not all of it could.
    Unknown,
}

/// Since when there is drift: an issue that stands open keeps its own.
pub fn since(there: Option<&Issue>, now: Timestamp) -> Timestamp {
    let open = there.filter(|issue| issue.is_open());
    open.and_then(Issue::marker).map_or(now, |marker| marker.since.0)
}

/// Brings the issue in line with what was found. `body` is what it should say, `run` a link to the run, as markdown.
pub async fn keep(
    client: &Client,
    there: Option<Issue>,
    found: Found,
    text: &Text<'_>,
) -> Result<Option<Issue>, Error> {
    let Text { title, body, labels, run } = text;
    match (there, found) {
        (None, Found::Drift) => {
            let fields = json!({ "title": title, "body": body, "labels": labels });
            client.one(Call::post("open an issue about drift", NEEDS, "issues", fields)).await.map(Some)
        }
        (Some(issue), Found::Drift) if !issue.is_open() => {
            let number = issue.number;
            say(client, number, &format!("There is drift again, seen by {run}.")).await?;
            let fields = json!({ "body": body, "state": "open", "state_reason": "reopened" });
            edit(client, number, fields).await.map(Some)
        }
        (Some(issue), Found::Drift | Found::Unknown) if issue.is_open() => {
            edit(client, issue.number, json!({ "body": body })).await.map(Some)
        }
        (Some(issue), Found::InStep) if issue.is_open() => {
            let number = issue.number;
            say(client, number, &format!("What is live is what Git says again, seen by {run}.")).await?;
            edit(client, number, json!({ "state": "closed", "state_reason": "completed" })).await.map(Some)
        }
        (_, Found::InStep | Found::Unknown | Found::Drift) => Ok(None),
    }
}

/// What an issue says.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Its title, when it is opened.
    pub title: &'a str,
    /// What it says.
    pub body: &'a str,
    /// Its labels, when it is opened.
    pub labels: &'a [String],
    /// The run, as markdown.
    pub run: &'a str,
}

async fn edit(client: &Client, number: u64, fields: serde_json::Value) -> Result<Issue, Error> {
    client.one(Call::patch(format!("edit the issue #{number}"), NEEDS, format!("issues/{number}"), fields)).await
}

async fn say(client: &Client, number: u64, text: &str) -> Result<(), Error> {
    let path = format!("issues/{number}/comments");
    let call = Call::post(format!("comment on #{number}"), NEEDS, path, json!({ "body": text }));
    client.one::<serde::de::IgnoredAny>(call).await.map(|_| ())
}
