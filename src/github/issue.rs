//! The one issue about drift in a catalog. It is opened when drift appears, edited while it lasts, closed when it is
//! gone and reopened when it comes back. It is found by its marker and its author, so people may rename it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::marker::{DriftMarker, Marker as _, is_marked};
use super::user::User;

/// An issue that this tool opened.
#[derive(Debug, Clone, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its URL, for people.
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

    /// Its text.
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Whether a person closed it as not planned. This tool never does that.
    pub fn is_muted(&self) -> bool {
        !self.is_open() && self.state_reason.as_deref() == Some("not_planned")
    }

    /// The marker in its text.
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

/// The issues about a catalog.
#[derive(Debug, Clone, Default)]
pub struct Ours {
    /// The open issue to keep, otherwise the last closed one.
    pub kept: Option<Issue>,
    /// Further open issues. Two runs at the same time may each open one.
    pub further: Vec<Issue>,
    /// The number and author of an open issue with the same marker by somebody else. It is not used.
    pub foreign: Option<(u64, String)>,
}

/// Finds the issues about a catalog: the open ones, otherwise the last closed one.
pub async fn find_all(client: &Client, me: &User, catalog: &str, labels: &[String]) -> Result<Ours, Error> {
    let ours = |issue: &Issue| issue.is_ours(me, catalog);
    let call = |which: String| Call::get("look for our issue about drift", NEEDS, format!("issues?{which}"));
    // All open issues are read, since people may remove labels from them. Closed ones are searched by label, since
    // there are many.
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

/// The result of looking for drift in a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// At least one difference.
    Drift,
    /// Everything was read, and there is no difference.
    InStep,
    /// No difference, but something that the catalog names is gone or switched off. This opens no issue. An open
    /// issue stays and says so.
    Gone,
    /// No difference in the part that could be read.
    Unknown,
}

/// When the drift began. An open issue keeps its time, otherwise it is `now`.
pub fn since(there: Option<&Issue>, now: Timestamp) -> Timestamp {
    let open = there.filter(|issue| issue.is_open());
    open.and_then(Issue::marker).map_or(now, |marker| marker.since.0)
}

/// The result of [`keep`].
#[derive(Debug)]
pub enum Kept {
    /// The issue now says what was found, or was closed because the drift is gone.
    Told(Issue),
    /// A person closed the issue as not planned, and the drift is still the same.
    Muted(Issue),
    /// There is no issue and none is needed.
    None,
}

/// Updates the issue to what was found. If several are open, the oldest is kept. `digest` is the digest of the
/// differences: closing the issue as not planned mutes only the differences that it showed then.
///
/// If the answer to opening an issue is lost, the issue is looked up before it is opened again, so there are never
/// two.
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
            say(client, number, &format!("AWS matches Git again, as seen by {run}.")).await?;
            edit(client, number, json!({ "state": "closed", "state_reason": "completed" })).await.map(Kept::Told)
        }
        // The muted drift is gone. If it comes back, it counts as new.
        (Some(issue), Found::InStep | Found::Gone) if issue.is_muted() && !is_same(&issue) => {
            edit(client, issue.number, json!({ "body": body })).await.map(Kept::Told)
        }
        (_, Found::InStep | Found::Unknown | Found::Gone | Found::Drift) => Ok(Kept::None),
    }
}

/// The content of an issue.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The author.
    pub me: &'a User,
    /// The catalog's folder.
    pub catalog: &'a str,
    /// Its title. Only used when it is opened.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Its labels. Only used when it is opened.
    pub labels: &'a [String],
    /// The run that writes it, as markdown.
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
