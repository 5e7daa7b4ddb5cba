//! The pull request that a commit came from, and its labels.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::moment::Moment;

/// A pull request that was merged.
#[derive(Debug, Clone, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Where it is, for people.
    pub html_url: String,
    merged_at: Option<Moment>,
    merge_commit_sha: Option<String>,
    base: End,
    /// What was proposed.
    pub head: End,
}

/// An end of a pull request.
#[derive(Debug, Clone, Deserialize)]
pub struct End {
    /// The commit.
    pub sha: String,
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: String,
}

/// The merged pull request that a commit on `branch` came from, be it by merge, squash or rebase.
pub async fn of_commit(client: &Client, sha: &str, branch: &str) -> Result<Option<Pull>, Error> {
    let what = format!("find the pull request of the commit {sha}");
    let pulls: Vec<Pull> = client.all(Call::get(what, "pull-requests: read", format!("commits/{sha}/pulls"))).await?;
    // A commit is also in pull requests that go to other branches, or that only contain it.
    let merged = pulls.into_iter().filter(|pull| pull.merged_at.is_some() && pull.base.branch == branch);
    Ok(merged.max_by_key(|pull| (pull.merge_commit_sha.as_deref() == Some(sha), pull.merged_at)))
}

#[derive(Deserialize)]
struct Happening {
    event: String,
    created_at: Option<Moment>,
    label: Option<Label>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// When a label was put that is still there.
pub async fn label_put_at(client: &Client, number: u64, label: &str) -> Result<Option<Moment>, Error> {
    let what = format!("see when #{number} got its labels");
    let events: Vec<Happening> =
        client.all(Call::get(what, "pull-requests: read", format!("issues/{number}/events"))).await?;
    let mut put = None;
    for Happening { event, created_at, label: about } in events {
        // Labels differ by more than case on GitHub never.
        if about.is_some_and(|about| about.name.eq_ignore_ascii_case(label)) {
            match event.as_str() {
                "labeled" => put = created_at,
                "unlabeled" => put = None,
                _ => {}
            }
        }
    }
    Ok(put)
}

#[derive(Deserialize)]
struct About {
    default_branch: String,
}

/// The repository's default branch.
pub async fn default_branch(client: &Client) -> Result<String, Error> {
    let path = format!("/repos/{}", client.repository());
    let About { default_branch } = client.one(Call::get("ask for the default branch", "contents: read", path)).await?;
    Ok(default_branch)
}
