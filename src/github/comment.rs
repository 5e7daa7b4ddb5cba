//! A comment that is written once and edited from then on: found by its marker and its author.

use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client};
use super::error::Error;
use super::marker::{Marker, is_about, is_marked};
use super::user::User;

/// A comment of ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Comment {
    id: u64,
    /// What it says. GitHub leaves it out at times.
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
    /// Where it is, for people.
    pub html_url: String,
}

const NEEDS: &str = "pull-requests: write";

impl Comment {
    /// What it says.
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Who wrote it.
    pub fn author(&self) -> Option<&User> {
        self.user.as_ref()
    }
}

/// Our comment of a kind about a catalog, where there is one: the first, should there be several.
pub async fn find<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Option<Comment>, Error> {
    let ours = |comment: &Comment| me.is(comment.author()) && is_marked::<M>(comment.body(), catalog);
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let comments: Vec<Comment> = client.until(call, |read: &[Comment]| read.iter().any(ours)).await?;
    Ok(comments.into_iter().find(ours))
}

/// All our comments of a kind about a catalog, in their order.
pub async fn all<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Vec<Comment>, Error> {
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let mut comments: Vec<Comment> = client.all(call).await?;
    comments.retain(|comment| me.is(comment.author()) && is_marked::<M>(comment.body(), catalog));
    Ok(comments)
}

/// All our comments of a kind about a catalog or some of its targets, in their order.
pub async fn about<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Vec<Comment>, Error> {
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let mut comments: Vec<Comment> = client.all(call).await?;
    comments.retain(|comment| me.is(comment.author()) && is_about::<M>(comment.body(), catalog));
    Ok(comments)
}

/// Writes a comment, or edits the one that is there.
pub async fn put(client: &Client, number: u64, there: Option<&Comment>, body: &str) -> Result<Comment, Error> {
    let text = json!({ "body": body });
    match there {
        Some(there) if there.body() == body => Ok(there.clone()),
        Some(Comment { id, .. }) => {
            let what = format!("edit our comment on #{number}");
            client.one(Call::patch(what, NEEDS, format!("issues/comments/{id}"), text)).await
        }
        None => client.one(new(number, body)).await,
    }
}

fn new(number: u64, body: &str) -> Call {
    let text = json!({ "body": body });
    Call::post(format!("comment on #{number}"), NEEDS, format!("issues/{number}/comments"), text)
}

/// Writes our comment of a kind, or edits it: one, however often. A call whose answer is lost makes no second one.
pub async fn write<M: Marker>(
    client: &Client,
    me: &User,
    number: u64,
    catalog: &str,
    body: &str,
) -> Result<Comment, Error> {
    let there = find::<M>(client, me, number, catalog).await?;
    if there.is_some() {
        return put(client, number, there.as_ref(), body).await;
    }
    let call = new(number, body);
    client.make(call, async || find::<M>(client, me, number, catalog).await).await
}
