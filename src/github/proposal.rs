//! The one pull request for a product that somebody asked for: found by its marker and its author; people may rename it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::client::{Call, Client, query};
use super::error::Error;
use super::marker::{Marker as _, RequestMarker};
use super::user::User;
use crate::model::id::RequestId;

const NEEDS: &str = "pull-requests: write";

/// A pull request of ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub number: u64,
    /// Where it is, for people.
    pub html_url: String,
    state: String,
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
    /// Its branch.
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

    /// The branch that it asks to merge.
    pub fn branch(&self) -> &str {
        &self.head.branch
    }
}

/// The branch of a request.
pub fn branch(request: &RequestId) -> String {
    format!("catalog-sync/request/{request}")
}

/// The pull request for a request: the open one, or else the last that is closed.
pub async fn find(client: &Client, me: &User, catalog: &str, id: &RequestId) -> Result<Option<Proposal>, Error> {
    let is_ours = |pull: &Proposal| {
        let marker = pull.body.as_deref().and_then(RequestMarker::read);
        me.is(pull.user.as_ref()) && marker.is_some_and(|marker| marker.catalog == catalog && marker.request == *id)
    };
    let call = |which: String| Call::get("look for our pull request", NEEDS, format!("pulls?{which}"));
    let open: Vec<Proposal> = client.all(call("state=open".to_owned())).await?;
    if let Some(first) = open.into_iter().filter(is_ours).min_by_key(|pull| pull.number) {
        return Ok(Some(first));
    }
    // Of closed ones there are many.
    let head = query(&format!("{}:{}", client.repository().owner(), branch(id)));
    let closed: Vec<Proposal> = client.all(call(format!("state=closed&head={head}"))).await?;
    Ok(closed.into_iter().filter(is_ours).max_by_key(|pull| pull.number))
}

/// Opens it. One whose opening was not answered is looked for before it is opened again.
pub async fn open(
    client: &Client,
    (me, catalog, id): (&User, &str, &RequestId),
    (title, body): (&str, &str),
    base: &str,
) -> Result<Proposal, Error> {
    let fields = json!({ "title": title, "body": body, "head": branch(id), "base": base });
    let call = Call::post(format!("open a pull request for the branch {}", branch(id)), NEEDS, "pulls", fields);
    client.make(call, async || Ok(find(client, me, catalog, id).await?.filter(Proposal::is_open))).await
}

/// Brings what it says in line. Whether anything was to be written.
pub async fn restate(client: &Client, pull: &Proposal, body: &str) -> Result<bool, Error> {
    if pull.body.as_deref() == Some(body) {
        return Ok(false);
    }
    edit(client, pull.number, json!({ "body": body })).await.map(|()| true)
}

/// Closes it, and says why in a comment.
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
