//! The order of commits. GitHub is asked, since a checkout may be shallow.

use serde::Deserialize;

use super::client::{Call, Client, query};
use super::error::Error;
use super::history::Place;

/// The largest number of commits between two that is read.
pub const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Comparison {
    status: String,
    #[serde(default)]
    total_commits: usize,
    #[serde(default)]
    commits: Vec<Commit>,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

async fn compare(client: &Client, from: &str, to: &str, size: usize, page: usize) -> Result<Comparison, Error> {
    let what = format!("compare the commits {from} and {to}");
    let path = format!("compare/{}...{}?per_page={size}&page={page}", query(from), query(to));
    client.one(Call::get(what, "contents: read", path)).await
}

/// The position of a commit relative to `here`, a commit of the default branch.
pub async fn place(client: &Client, sha: &str, here: &str, default_branch: &str) -> Result<Place, Error> {
    if sha == here {
        return Ok(Place::Here);
    }
    Ok(match status(client, sha, here).await?.as_deref() {
        Some("identical") => Place::Here,
        Some("ahead") => Place::Older,
        // A descendant of a commit on the default branch may still be on another branch.
        Some("behind") => match status(client, sha, default_branch).await?.as_deref() {
            Some("identical" | "ahead") => Place::Newer,
            _ => Place::Elsewhere,
        },
        _ => Place::Elsewhere,
    })
}

/// The status of the second commit compared with the first. `None` if GitHub does not have one of them.
async fn status(client: &Client, from: &str, to: &str) -> Result<Option<String>, Error> {
    match compare(client, from, to, 1, 1).await {
        Ok(Comparison { status, total_commits: _, commits: _ }) => Ok(Some(status)),
        Err(Error { status: Some(404 | 422), .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The commits after `from` up to `to`, the oldest first. `None` if there are more than [`MOST`].
pub async fn between(client: &Client, from: &str, to: &str) -> Result<Option<Vec<String>>, Error> {
    const PAGE: usize = 100;
    let mut all = Vec::new();
    for page in 1..=MOST / PAGE {
        let Comparison { status: _, total_commits, commits } = compare(client, from, to, PAGE, page).await?;
        if total_commits > MOST {
            return Ok(None);
        }
        let none = commits.is_empty();
        all.extend(commits.into_iter().map(|commit| commit.sha));
        if none || all.len() >= total_commits {
            break;
        }
    }
    Ok(Some(all))
}

/// The last `number` commits up to and including `sha`, the oldest first.
pub async fn up_to(client: &Client, sha: &str, number: usize) -> Result<Vec<String>, Error> {
    let path = format!("commits?sha={}", query(sha));
    let call = Call::get(format!("list the commits up to {sha}"), "contents: read", path);
    let mut all: Vec<Commit> = client.until(call, |read: &[Commit]| read.len() >= number).await?;
    all.truncate(number);
    Ok(all.into_iter().rev().map(|commit| commit.sha).collect())
}
