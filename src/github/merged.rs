//! Pull requests that were merged, found by their merges with few calls.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::client::{Call, Client, query};
use super::error::Error;

/// So many closed pull requests are looked through at most, a hundred to a call.
const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Closed {
    number: u64,
    merge_commit_sha: Option<String>,
    merged_at: Option<serde_json::Value>,
}

/// The numbers of the pull requests to a branch whose merge is one of these commits, the last changed first. One that
/// was merged longer ago than a thousand others were changed is not found.
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
