//! A comment that is created once and edited later. It is found by its marker and its author.

use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client};
use super::error::Error;
use super::marker::{Marker, is_about, is_marked};
use super::user::User;

/// A comment on an issue or a pull request.
#[derive(Debug, Clone, Deserialize)]
pub struct Comment {
    id: u64,
    /// Its text. GitHub sometimes leaves it out.
    #[serde(default)]
    body: Option<String>,
    user: Option<User>,
    /// Its URL, for people.
    pub html_url: String,
}

const NEEDS: &str = "pull-requests: write";

impl Comment {
    /// Its text.
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Its author.
    pub fn author(&self) -> Option<&User> {
        self.user.as_ref()
    }
}

/// Our comment of a kind about a catalog. If there are several, the first.
pub async fn find<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Option<Comment>, Error> {
    let ours = |comment: &Comment| me.is(comment.author()) && is_marked::<M>(comment.body(), catalog);
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let comments: Vec<Comment> = client.until(call, |read: &[Comment]| read.iter().any(ours)).await?;
    Ok(comments.into_iter().find(ours))
}

/// All our comments of a kind about a catalog, in order.
pub async fn all<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Vec<Comment>, Error> {
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let mut comments: Vec<Comment> = client.all(call).await?;
    comments.retain(|comment| me.is(comment.author()) && is_marked::<M>(comment.body(), catalog));
    Ok(comments)
}

/// All our comments of a kind about a catalog or some of its targets, in order.
pub async fn about<M: Marker>(client: &Client, me: &User, number: u64, catalog: &str) -> Result<Vec<Comment>, Error> {
    let call = Call::get(format!("read the comments of #{number}"), NEEDS, format!("issues/{number}/comments"));
    let mut comments: Vec<Comment> = client.all(call).await?;
    comments.retain(|comment| me.is(comment.author()) && is_about::<M>(comment.body(), catalog));
    Ok(comments)
}

/// Creates a comment, or edits `there`.
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

/// Creates or edits our comment of a kind, so that there is one. A call whose answer was lost does not create a
/// second one.
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
