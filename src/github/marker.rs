//! The hidden first line of what we write: by it we find it again, and what was shown in it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::model::id::RequestId;
use crate::render::escape::markdown::comment;

/// The version of the markers. What another version wrote is not understood, and not overwritten unread.
pub(super) const VERSION: u32 = 1;

/// A kind of marker.
pub trait Marker: Serialize + DeserializeOwned {
    /// The word that it begins with.
    const TAG: &'static str;

    /// The first bytes of a text.
    fn write(&self) -> String {
        // Strings and numbers alone: nothing in it can fail to become JSON.
        comment(Self::TAG, &serde_json::to_string(self).unwrap_or_default())
    }

    /// From a text that begins with it, in our version.
    fn read(text: &str) -> Option<Self> {
        let json = json(Self::TAG, text)?;
        let Head { v, catalog: _ } = serde_json::from_str(json).ok()?;
        if v == VERSION { serde_json::from_str(json).ok() } else { None }
    }
}

/// What every version of a marker has.
#[derive(Deserialize)]
struct Head {
    v: u32,
    catalog: String,
}

/// A marker's JSON. A marker anywhere but at the first byte is a quotation.
fn json<'t>(tag: &str, text: &'t str) -> Option<&'t str> {
    let rest = text.strip_prefix("<!-- ")?.strip_prefix(tag)?.strip_prefix(' ')?;
    rest.split_once(" -->").map(|(json, _)| json)
}

/// Whether a text begins with a marker of that kind for that catalog, in whatever version.
pub fn is_marked<M: Marker>(text: &str, catalog: &str) -> bool {
    let head: Option<Head> = json(M::TAG, text).and_then(|json| serde_json::from_str(json).ok());
    head.is_some_and(|head| head.catalog == catalog)
}

/// What stands between a catalog's folder and the word for some of its targets.
const PART: &str = "#targets:";

/// A catalog as the markers of a job have it that is about some of its targets.
pub fn part_of(catalog: &str, key: Option<&str>) -> String {
    key.map_or_else(|| catalog.to_owned(), |key| format!("{catalog}{PART}{key}"))
}

/// Whether a text begins with a marker of that kind for that catalog, or for some of its targets.
pub fn is_about<M: Marker>(text: &str, catalog: &str) -> bool {
    let head: Option<Head> = json(M::TAG, text).and_then(|json| serde_json::from_str(json).ok());
    let is_part = |head: &Head| head.catalog.strip_prefix(catalog).is_some_and(|rest| rest.starts_with(PART));
    head.is_some_and(|head| head.catalog == catalog || is_part(&head))
}

/// What a text shows, as fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(String);

impl Shown {
    /// From fingerprints, which have no blanks in them.
    pub fn of<'f>(fingerprints: impl IntoIterator<Item = &'f str>) -> Self {
        Self(fingerprints.into_iter().collect::<Vec<_>>().join(" "))
    }

    /// The fingerprints.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace()
    }
}

/// Of the comment with a plan. It is for people, who can edit it: nothing that decides is read from it. What was shown
/// is kept in a check run on the commit `head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// The digest of the plan.
    pub digest: String,
    /// The commit that it was made of.
    pub head: Option<String>,
}

impl PlanMarker {
    /// Of a plan.
    pub fn new(catalog: &str, digest: &str, head: Option<&str>) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), digest: digest.to_owned(), head: head.map(str::to_owned) }
    }
}

impl Marker for PlanMarker {
    const TAG: &'static str = "catalog-sync:plan";
}

/// Of the comment with what became of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// The digest of the plan.
    pub digest: String,
}

impl ApplyMarker {
    /// Of a plan's digest.
    pub fn new(catalog: &str, digest: &str) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), digest: digest.to_owned() }
    }
}

impl Marker for ApplyMarker {
    const TAG: &'static str = "catalog-sync:apply";
}

/// Of the issue about drift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// The digest of what differs.
    pub digest: String,
    /// Since when there is drift.
    pub since: Moment,
    /// The commit whose check run keeps what it shows.
    #[serde(default)]
    pub head: Option<String>,
}

impl DriftMarker {
    /// Of what differs, and since when.
    pub fn new(catalog: &str, digest: &str, since: jiff::Timestamp, head: Option<&str>) -> Self {
        let (catalog, digest) = (catalog.to_owned(), digest.to_owned());
        Self { v: VERSION, catalog, digest, since: Moment(since), head: head.map(str::to_owned) }
    }
}

impl Marker for DriftMarker {
    const TAG: &'static str = "catalog-sync:drift";
}

/// Of the pull request that adds a product somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// The request.
    pub request: RequestId,
}

impl RequestMarker {
    /// Of a request.
    pub fn new(catalog: &str, request: &RequestId) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), request: request.clone() }
    }
}

impl Marker for RequestMarker {
    const TAG: &'static str = "catalog-sync:request";
}

/// Of the pull request that keeps what was done in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptMarker {
    v: u32,
    /// The catalog's folder: a repository may have several.
    pub catalog: String,
    /// The digest of the differences that it keeps.
    pub digest: String,
}

impl AdoptMarker {
    /// Of what is kept.
    pub fn new(catalog: &str, digest: &str) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), digest: digest.to_owned() }
    }
}

impl Marker for AdoptMarker {
    const TAG: &'static str = "catalog-sync:adopt";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_at_the_first_byte_alone() {
        assert_eq!(Shown::of(["aa", "bb"]).fingerprints().collect::<Vec<_>>(), ["aa", "bb"]);
        assert_eq!(Shown::of([]).fingerprints().count(), 0);
        let marker = PlanMarker::new("a--b/--><i>", "sha256:9f", Some("4be1"));
        let text = marker.write();
        assert_eq!(text.matches("-->").count(), 1, "{text}");
        assert_eq!(PlanMarker::read(&format!("{text}\n### Plan")), Some(marker));
        assert_eq!(PlanMarker::read(&format!("\n{text}")), None);
        assert_eq!(PlanMarker::read(&format!("> {text}")), None);
        assert_eq!(ApplyMarker::read(&text), None);
    }
}
