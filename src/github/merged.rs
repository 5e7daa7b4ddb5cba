//! Finds merged pull requests by their merge commits, with few calls.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::client::{Call, Client, query};
use super::error::Error;

/// The number of closed pull requests that are searched, a hundred per call.
const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Closed {
    number: u64,
    merge_commit_sha: Option<String>,
    merged_at: Option<serde_json::Value>,
}

/// The numbers of the pull requests to a branch whose merge commit is one of `commits`, the last updated first. If
/// more than a thousand others were updated later, a pull request is not found.
pub async fn among(client: &Client, branch: &str, commits: &BTreeSet<&str>) -> Result<Vec<u64>, Error> {
    let path = format!("pulls?state=closed&base={}&sort=updated&direction=desc", query(branch));
    let call = Call::get("list the merged pull requests", "pull-requests: read", path);
    let is_one = |closed: &Closed| {
        closed.merged_at.is_some() && closed.merge_commit_sha.as_deref().is_some_and(|sha| commits.contains(sha))
    };
    let found = |read: &[Closed]| read.iter().filter(|closed| is_one(closed)).count();
    let enough = |read: &[Closed]| read.len() >= MOST || found(read) >= commits.len();
    let closed: Vec<Closed> = client.until(call, enough).await?;
    Ok(closed.iter().filter(|closed| is_one(closed)).map(|closed| closed.number).collect())
}
