//! A branch of this tool with changed files. Commits are made through the API, where GitHub signs the commits of an
//! app. A branch is only moved forward, so people's commits on it are never overwritten.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client, query};
use super::error::Error;
use super::user::User;
use crate::render::escape::markdown::url_path;

const READ: &str = "contents: read";
const WRITE: &str = "contents: write";

/// A branch compared with a commit of the default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its last commit.
    pub tip: String,
    /// Whether the branch contains that commit.
    pub contains: bool,
    /// Whether all further commits on the branch are by this tool.
    pub is_ours: bool,
    /// The changed files, by path from the root of the repository, with the ids of their blobs. GitHub lists at most
    /// 300 files.
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

/// Compares a branch with the commit `here`. `None` if the branch does not exist.
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

/// Stores a text as a blob and returns its id.
pub async fn keep(client: &Client, path: &str, text: &str) -> Result<String, Error> {
    let body = json!({ "content": text, "encoding": "utf-8" });
    make(client, format!("keep the text of {path}"), "git/blobs", body).await
}

/// A commit that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The changed files, by path from the root of the repository, with the ids of their blobs.
    pub files: &'a BTreeMap<String, String>,
    /// The commit that all other files come from.
    pub from: &'a str,
    /// The parent commits.
    pub parents: &'a [&'a str],
    /// The commit message.
    pub message: &'a str,
}

/// Creates a commit that is not on a branch yet, and returns its id.
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
    // The author is left out: GitHub signs a commit only if the app is its author.
    let body = json!({ "message": message, "tree": tree, "parents": parents });
    make(client, "make a commit".to_owned(), "git/commits", body).await
}

/// Creates a Git object. A retry may create it twice, which does no harm: equal objects are one, and an unused commit
/// is on no branch.
async fn make(client: &Client, what: String, path: &str, body: serde_json::Value) -> Result<String, Error> {
    let Object { sha } = client.make(Call::post(what, WRITE, path, body), async || Ok(None)).await?;
    Ok(sha)
}

/// Creates a branch at a commit.
pub async fn begin(client: &Client, name: &str, commit: &str) -> Result<(), Error> {
    let body = json!({ "ref": format!("refs/heads/{name}"), "sha": commit });
    let call = Call::post(format!("begin the branch {name}"), WRITE, "git/refs", body);
    let there = async || {
        let tip = tip(client, name).await?.filter(|tip| tip == commit);
        Ok(tip.map(|sha| Reference { object: Object { sha } }))
    };
    client.make(call, there).await.map(|Reference { object: _ }| ())
}

/// Moves a branch forward to a descendant of its last commit. `false` if somebody else moved it first, in which case
/// it stays as it is.
pub async fn advance(client: &Client, name: &str, commit: &str) -> Result<bool, Error> {
    let body = json!({ "sha": commit, "force": false });
    let path = format!("git/refs/heads/{}", url_path(name));
    match client.one::<Reference>(Call::patch(format!("move the branch {name} on"), WRITE, path, body)).await {
        Ok(_) => Ok(true),
        Err(Error { status: Some(422), .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
