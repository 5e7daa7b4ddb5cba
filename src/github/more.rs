//! Further comments, if one comment can't hold everything that is taken away.

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::comment::{self, Comment};
use super::error::Error;
use super::marker::{Marker, VERSION};
use super::user::User;

/// The number of comments about one plan, including the first.
pub const MOST: usize = 12;

/// The marker of a further comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The number of this comment, from 2.
    pub part: usize,
}

impl MoreMarker {
    /// A marker of the current version.
    pub fn new(catalog: &str, part: usize) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), part }
    }
}

impl Marker for MoreMarker {
    const TAG: &'static str = "catalog-sync:more";
}

/// Creates or edits the further comments. Comments that are no longer needed say so.
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
