//! Further comments, where one can't hold everything that is taken away.

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::comment::{self, Comment};
use super::error::Error;
use super::marker::Marker;
use super::user::User;

/// So many comments about one plan, the first among them.
pub const MOST: usize = 12;

/// Of a further comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// Which one it is, from 2 on.
    pub part: usize,
}

impl MoreMarker {
    /// Of a comment.
    pub fn new(catalog: &str, part: usize) -> Self {
        Self { v: 1, catalog: catalog.to_owned(), part }
    }
}

impl Marker for MoreMarker {
    const TAG: &'static str = "catalog-sync:more";
}

/// Writes the further comments, each over the one that was there. Those that are not needed any more say so.
pub async fn put(client: &Client, me: &User, number: u64, catalog: &str, parts: &[String]) -> Result<(), Error> {
    let there = comment::all::<MoreMarker>(client, me, number, catalog).await?;
    let of = |part: usize| {
        let is_part = |comment: &&Comment| MoreMarker::read(comment.body()).is_some_and(|marker| marker.part == part);
        there.iter().find(is_part)
    };
    for (part, body) in (2..).zip(parts) {
        comment::put(client, number, of(part), body).await?;
    }
    for part in (2..=MOST).skip(parts.len()) {
        if let Some(comment) = of(part) {
            let body =
                format!("{}\nThe plan fits into fewer comments by now.\n", MoreMarker::new(catalog, part).write());
            comment::put(client, number, Some(comment), &body).await?;
        }
    }
    Ok(())
}
