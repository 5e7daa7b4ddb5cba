//! A branch of ours with some files changed. Commits are made through the API, where GitHub signs those of an app. A branch
//! only ever moves on: what people have put on it is never written over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::user::User;
use crate::render::escape::markdown::url_path;

const READ: &str = "contents: read";
const WRITE: &str = "contents: write";

/// What a branch holds, seen from a commit of the default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its last commit.
    pub tip: String,
    /// Whether the other commit is in it.
    pub contains: bool,
    /// Whether all that it has beside the other commit is by us.
    pub is_ours: bool,
    /// The files that it changes, from the repository's top on, with the objects of their texts. Of more than 300 GitHub
    /// names 300.
    pub files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct Comparison {
    status: String,
    #[serde(default)]
    total_commits: usize,
    #[serde(default)]
    commits: Vec<Commit>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Commit {
    author: Option<User>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    #[serde(default)]
    sha: Option<String>,
}

/// A branch as it is now, seen from the commit `here`. `None` where there is none of that name.
pub async fn look(client: &Client, me: &User, name: &str, here: &str) -> Result<Option<Branch>, Error> {
    let Some(tip) = tip(client, name).await? else { return Ok(None) };
    let path = format!("compare/{}...{}?per_page=100&page=1", query(here), query(&tip));
    let Comparison { status, total_commits, commits, files } =
        client.one(Call::get(format!("compare {here} with the branch {name}"), READ, path)).await?;
    let is_ours = commits.len() == total_commits && commits.iter().all(|commit| me.is(commit.author.as_ref()));
    let files = files.into_iter().map(|File { filename, sha }| (filename, sha.unwrap_or_default())).collect();
    Ok(Some(Branch { tip, contains: matches!(status.as_str(), "ahead" | "identical"), is_ours, files }))
}

async fn tip(client: &Client, name: &str) -> Result<Option<String>, Error> {
    let call = Call::get(format!("look for the branch {name}"), READ, format!("git/ref/heads/{}", url_path(name)));
    match client.one(call).await {
        Ok(Reference { object: Object { sha } }) => Ok(Some(sha)),
        Err(Error { status: Some(404), .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps a text, and gives its object.
pub async fn keep(client: &Client, path: &str, text: &str) -> Result<String, Error> {
    let body = json!({ "content": text, "encoding": "utf-8" });
    make(client, format!("keep the text of {path}"), "git/blobs", body).await
}

/// A commit that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The files that change, from the repository's top on, with the objects of their texts.
    pub files: &'a BTreeMap<String, String>,
    /// The commit whose other files it has.
    pub from: &'a str,
    /// What it comes after.
    pub parents: &'a [&'a str],
    /// What it says.
    pub message: &'a str,
}

/// Makes a commit that is on no branch yet.
pub async fn commit(client: &Client, change: &Change<'_>) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Files {
        tree: Object,
    }
    let Change { files, from, parents, message } = change;
    let call = Call::get(format!("look at the commit {from}"), READ, format!("git/commits/{}", query(from)));
    let Files { tree } = client.one(call).await?;
    let entry = |(path, object)| json!({ "path": path, "mode": "100644", "type": "blob", "sha": object });
    let entries: Vec<serde_json::Value> = files.iter().map(entry).collect();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    let body = json!({ "base_tree": tree.sha, "tree": entries });
    let tree = make(client, format!("put {} into a tree", paths.join(", ")), "git/trees", body).await?;
    // No author: GitHub signs what an app commits as itself.
    let body = json!({ "message": message, "tree": tree, "parents": parents });
    make(client, "make a commit".to_owned(), "git/commits", body).await
}

/// Makes an object. One that is made twice is the same, or is in nobody's way.
async fn make(client: &Client, what: String, path: &str, body: serde_json::Value) -> Result<String, Error> {
    let Object { sha } = client.make(Call::post(what, WRITE, path, body), async || Ok(None)).await?;
    Ok(sha)
}

/// Begins a branch.
pub async fn begin(client: &Client, name: &str, commit: &str) -> Result<(), Error> {
    let body = json!({ "ref": format!("refs/heads/{name}"), "sha": commit });
    let call = Call::post(format!("begin the branch {name}"), WRITE, "git/refs", body);
    let there = async || {
        let tip = tip(client, name).await?.filter(|tip| tip == commit);
        Ok(tip.map(|sha| Reference { object: Object { sha } }))
    };
    client.make(call, there).await.map(|Reference { object: _ }| ())
}

/// Moves a branch on to a commit that contains its last one. Whether it did: where somebody was there before, nothing is
/// moved.
pub async fn advance(client: &Client, name: &str, commit: &str) -> Result<bool, Error> {
    let body = json!({ "sha": commit, "force": false });
    let path = format!("git/refs/heads/{}", url_path(name));
    match client.one::<Reference>(Call::patch(format!("move the branch {name} on"), WRITE, path, body)).await {
        Ok(_) => Ok(true),
        Err(Error { status: Some(422), .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
