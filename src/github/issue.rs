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
    state_reason: Option<String>,
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

    /// What it says.
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Whether a person closed it as not planned: we never do.
    pub fn is_muted(&self) -> bool {
        !self.is_open() && self.state_reason.as_deref() == Some("not_planned")
    }

    /// What it kept of what it shows.
    pub fn marker(&self) -> Option<DriftMarker> {
        DriftMarker::read(self.body())
    }

    fn is_ours(&self, me: &User, catalog: &str) -> bool {
        me.is(self.user.as_ref()) && self.is_about(catalog)
    }

    fn is_about(&self, catalog: &str) -> bool {
        self.pull_request.is_none() && is_marked::<DriftMarker>(self.body(), catalog)
    }
}

/// Our issues about a catalog.
#[derive(Debug, Clone, Default)]
pub struct Ours {
    /// The open one that is kept, or else the last that was closed.
    pub kept: Option<Issue>,
    /// Further open ones, such as two runs open that look at the same time.
    pub further: Vec<Issue>,
    /// The number and the author of an open one by somebody else, which counts for nothing.
    pub foreign: Option<(u64, String)>,
}

/// Our issues about a catalog: those that are open, or else the last of ours that was closed.
pub async fn find_all(client: &Client, me: &User, catalog: &str, labels: &[String]) -> Result<Ours, Error> {
    let ours = |issue: &Issue| issue.is_ours(me, catalog);
    let call = |which: String| Call::get("look for our issue about drift", NEEDS, format!("issues?{which}"));
    // People take labels away from open issues, so that these are all looked at. Of closed ones there are many.
    let mut open: Vec<Issue> = client.all(call("state=open".to_owned())).await?;
    let foreign = open.iter().find(|issue| issue.is_about(catalog) && !ours(issue));
    let foreign = foreign.and_then(|issue| Some((issue.number, issue.user.as_ref()?.login.clone())));
    open.retain(ours);
    open.sort_by_key(|issue| issue.number);
    if !open.is_empty() {
        let further = open.split_off(1);
        return Ok(Ours { kept: open.pop(), further, foreign });
    }
    let labels = labels.first().map(|label| format!("&labels={}", query(label))).unwrap_or_default();
    let which = format!("state=closed&sort=updated{labels}");
    let closed: Vec<Issue> = client.until(call(which), |read: &[Issue]| read.iter().any(ours)).await?;
    Ok(Ours { kept: closed.into_iter().find(ours), further: Vec::new(), foreign })
}

/// What was found of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Something differs.
    Drift,
    /// Everything was read, and nothing differs.
    InStep,
    /// Nothing differs, and something that the catalog names is gone or switched off: that opens no issue, and an open one
    /// stays and tells of it.
    Gone,
    /// Nothing differs in what could be read, and not all of it could.
    Unknown,
}

/// Since when there is drift: an issue that stands open keeps its own.
pub fn since(there: Option<&Issue>, now: Timestamp) -> Timestamp {
    let open = there.filter(|issue| issue.is_open());
    open.and_then(Issue::marker).map_or(now, |marker| marker.since.0)
}

/// What became of the issue.
#[derive(Debug)]
pub enum Kept {
    /// It says what was found, or that it is gone.
    Told(Issue),
    /// Somebody closed it as not planned, and it is still the same drift.
    Muted(Issue),
    /// There is none, and there is no need of one.
    None,
}

/// Brings the issue in line with what was found. Of several open ones the oldest is kept. `digest` is that of what was
/// found: closing the issue as not planned mutes what it showed then, and nothing else.
///
/// A new one whose making was not answered is looked for before it is made again, so that it is not there twice.
pub async fn keep(client: &Client, ours: Ours, found: Found, digest: &str, text: &Text<'_>) -> Result<Kept, Error> {
    let Text { me, catalog, title, body, labels, run } = text;
    let Ours { kept, further, foreign: _ } = ours;
    if let Some(kept) = &kept {
        for Issue { number, .. } in further {
            say(client, number, &format!("This is about the same as #{}, which stays.", kept.number)).await?;
            edit(client, number, json!({ "state": "closed", "state_reason": "duplicate" })).await?;
        }
    }
    let is_same = |issue: &Issue| issue.marker().is_some_and(|marker| marker.digest == digest);
    match (kept, found) {
        (None, Found::Drift) => {
            let fields = json!({ "title": title, "body": body, "labels": labels });
            let call = Call::post("open an issue about drift", NEEDS, "issues", fields);
            let made = async || {
                let there = find_all(client, me, catalog, labels).await?.kept;
                Ok(there.filter(Issue::is_open))
            };
            client.make(call, made).await.map(Kept::Told)
        }
        (Some(issue), Found::Drift) if issue.is_muted() && is_same(&issue) => Ok(Kept::Muted(issue)),
        (Some(issue), Found::Drift) if !issue.is_open() => {
            let number = issue.number;
            say(client, number, &format!("There is drift again, seen by {run}.")).await?;
            let fields = json!({ "body": body, "state": "open", "state_reason": "reopened" });
            edit(client, number, fields).await.map(Kept::Told)
        }
        (Some(issue), Found::Drift | Found::Unknown | Found::Gone) if issue.is_open() => {
            edit(client, issue.number, json!({ "body": body })).await.map(Kept::Told)
        }
        (Some(issue), Found::InStep) if issue.is_open() => {
            let number = issue.number;
            say(client, number, &format!("What is live is what Git says again, seen by {run}.")).await?;
            edit(client, number, json!({ "state": "closed", "state_reason": "completed" })).await.map(Kept::Told)
        }
        // What was muted is gone: should it come back, it is news.
        (Some(issue), Found::InStep | Found::Gone) if issue.is_muted() && !is_same(&issue) => {
            edit(client, issue.number, json!({ "body": body })).await.map(Kept::Told)
        }
        (_, Found::InStep | Found::Unknown | Found::Gone | Found::Drift) => Ok(Kept::None),
    }
}

/// What an issue says.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Who writes it.
    pub me: &'a User,
    /// The catalog's folder.
    pub catalog: &'a str,
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
