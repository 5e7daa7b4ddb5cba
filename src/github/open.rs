//! Pull requests that are open.

use serde::Deserialize;

use super::client::{Call, Client, query};
use super::error::Error;

#[derive(Deserialize)]
struct Number {
    number: u64,
}

/// The numbers of the open pull requests to a branch, the last updated first, at most `most` of them.
pub async fn pulls(client: &Client, branch: &str, most: usize) -> Result<Vec<u64>, Error> {
    let path = format!("pulls?state=open&base={}&sort=updated&direction=desc", query(branch));
    let call = Call::get("list the open pull requests", "pull-requests: read", path);
    let open: Vec<Number> = client.until(call, |read: &[Number]| read.len() >= most).await?;
    Ok(open.into_iter().take(most).map(|Number { number }| number).collect())
}
