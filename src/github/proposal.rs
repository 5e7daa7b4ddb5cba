//! A pull request by this tool about one subject, such as a requested product. It is found by its marker and its
//! author, so people may rename it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::client::{Call, Client, query};
use super::error::Error;
use super::marker::{AdoptMarker, Marker as _, RequestMarker};
use super::user::User;

const NEEDS: &str = "pull-requests: write";

/// A pull request by this tool.
#[derive(Debug, Clone, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub number: u64,
    /// Its URL, for people.
    pub html_url: String,
    state: String,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
    head: Head,
}

#[derive(Debug, Clone, Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    branch: String,
}

impl Proposal {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// Whether it was closed without a merge.
    pub fn was_declined(&self) -> bool {
        !self.is_open() && self.merged_at.is_none()
    }

    /// Its text.
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// The branch that it proposes to merge.
    pub fn branch(&self) -> &str {
        &self.head.branch
    }
}

/// The subject of a pull request.
pub trait Subject {
    /// The name of its branch.
    fn branch(&self) -> String;

    /// Whether a pull request with this text is about the subject.
    fn is_told_by(&self, body: &str) -> bool;
}

impl Subject for RequestMarker {
    fn branch(&self) -> String {
        format!("catalog-sync/request/{}", self.request)
    }

    fn is_told_by(&self, body: &str) -> bool {
        let marker = Self::read(body);
        marker.is_some_and(|marker| marker.catalog == self.catalog && marker.request == self.request)
    }
}

impl Subject for AdoptMarker {
    /// There is one branch for each catalog. Characters of the folder that a branch name can't have become `-`.
    fn branch(&self) -> String {
        let fits = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        format!("catalog-sync/adopt/{}", self.catalog.chars().map(fits).collect::<String>())
    }

    fn is_told_by(&self, body: &str) -> bool {
        Self::read(body).is_some_and(|marker| marker.catalog == self.catalog)
    }
}

/// Finds the pull request about a subject: the open one, otherwise the last closed one.
pub async fn find(client: &Client, me: &User, subject: &impl Subject) -> Result<Option<Proposal>, Error> {
    let is_ours = |pull: &Proposal| me.is(pull.user.as_ref()) && subject.is_told_by(pull.body());
    let call = |which: String| Call::get("look for our pull request", NEEDS, format!("pulls?{which}"));
    let open: Vec<Proposal> = client.all(call("state=open".to_owned())).await?;
    if let Some(first) = open.into_iter().filter(is_ours).min_by_key(|pull| pull.number) {
        return Ok(Some(first));
    }
    // Closed pull requests are searched by branch, since there are many.
    let head = query(&format!("{}:{}", client.repository().owner(), subject.branch()));
    let closed: Vec<Proposal> = client.all(call(format!("state=closed&head={head}"))).await?;
    Ok(closed.into_iter().filter(is_ours).max_by_key(|pull| pull.number))
}

/// Opens a pull request. If the answer is lost, it is looked up before it is opened again.
pub async fn open(
    client: &Client,
    (me, subject): (&User, &impl Subject),
    (title, body): (&str, &str),
    base: &str,
) -> Result<Proposal, Error> {
    let branch = subject.branch();
    let fields = json!({ "title": title, "body": body, "head": branch, "base": base });
    let call = Call::post(format!("open a pull request for the branch {branch}"), NEEDS, "pulls", fields);
    client.make(call, async || Ok(find(client, me, subject).await?.filter(Proposal::is_open))).await
}

/// Updates the text. `false` if it was already up to date.
pub async fn restate(client: &Client, pull: &Proposal, body: &str) -> Result<bool, Error> {
    if pull.body.as_deref() == Some(body) {
        return Ok(false);
    }
    edit(client, pull.number, json!({ "body": body })).await.map(|()| true)
}

/// Closes it with a comment that gives the reason.
pub async fn close(client: &Client, pull: &Proposal, why: &str) -> Result<(), Error> {
    let number = pull.number;
    let path = format!("issues/{number}/comments");
    let call = Call::post(format!("comment on #{number}"), NEEDS, path, json!({ "body": why }));
    client.one::<IgnoredAny>(call).await?;
    edit(client, number, json!({ "state": "closed" })).await
}

async fn edit(client: &Client, number: u64, fields: Value) -> Result<(), Error> {
    let call = Call::patch(format!("edit the pull request #{number}"), NEEDS, format!("pulls/{number}"), fields);
    client.one::<IgnoredAny>(call).await.map(|_| ())
}
