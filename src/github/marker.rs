//! The hidden first line of every text that this tool writes to GitHub. It identifies the text, and keeps data about
//! it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::model::id::RequestId;
use crate::render::escape::markdown::comment;

/// The version of the markers. Markers of another version are not read.
pub(super) const VERSION: u32 = 1;

/// A kind of marker.
pub trait Marker: Serialize + DeserializeOwned {
    /// The word after `<!--`.
    const TAG: &'static str;

    /// The marker as text, for the beginning of a comment, issue or pull request.
    fn write(&self) -> String {
        // Markers hold only strings and numbers, so conversion to JSON can't fail.
        comment(Self::TAG, &serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads the marker at the beginning of a text. `None` if there is none, or if it has another version.
    fn read(text: &str) -> Option<Self> {
        let json = json(Self::TAG, text)?;
        let Head { v, catalog: _ } = serde_json::from_str(json).ok()?;
        if v == VERSION { serde_json::from_str(json).ok() } else { None }
    }
}

/// The fields that every version of a marker has.
#[derive(Deserialize)]
struct Head {
    v: u32,
    catalog: String,
}

/// The JSON of a marker. It must begin at the first byte of the text, since anywhere else it is a quotation.
fn json<'t>(tag: &str, text: &'t str) -> Option<&'t str> {
    let rest = text.strip_prefix("<!-- ")?.strip_prefix(tag)?.strip_prefix(' ')?;
    rest.split_once(" -->").map(|(json, _)| json)
}

/// Whether a text begins with a marker of this kind for this catalog, in any version.
pub fn is_marked<M: Marker>(text: &str, catalog: &str) -> bool {
    let head: Option<Head> = json(M::TAG, text).and_then(|json| serde_json::from_str(json).ok());
    head.is_some_and(|head| head.catalog == catalog)
}

/// The separator between a catalog's folder and the key for some of its targets.
const PART: &str = "#targets:";

/// The catalog in the markers of a job that is about some of its targets.
pub fn part_of(catalog: &str, key: Option<&str>) -> String {
    key.map_or_else(|| catalog.to_owned(), |key| format!("{catalog}{PART}{key}"))
}

/// Whether a text begins with a marker of this kind for this catalog, or for some of its targets.
pub fn is_about<M: Marker>(text: &str, catalog: &str) -> bool {
    let head: Option<Head> = json(M::TAG, text).and_then(|json| serde_json::from_str(json).ok());
    let is_part = |head: &Head| head.catalog.strip_prefix(catalog).is_some_and(|rest| rest.starts_with(PART));
    head.is_some_and(|head| head.catalog == catalog || is_part(&head))
}

/// Fingerprints of changes, separated by blanks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(String);

impl Shown {
    /// From fingerprints, which contain no blanks.
    pub fn of<'f>(fingerprints: impl IntoIterator<Item = &'f str>) -> Self {
        Self(fingerprints.into_iter().collect::<Vec<_>>().join(" "))
    }

    /// The fingerprints.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace()
    }
}

/// The marker of the comment with a plan. People can edit comments, so nothing that decides is read from it. The
/// check run on the commit `head` keeps what was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The digest of the plan.
    pub digest: String,
    /// The commit that was planned.
    pub head: Option<String>,
}

impl PlanMarker {
    /// A marker of the current version.
    pub fn new(catalog: &str, digest: &str, head: Option<&str>) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), digest: digest.to_owned(), head: head.map(str::to_owned) }
    }
}

impl Marker for PlanMarker {
    const TAG: &'static str = "catalog-sync:plan";
}

/// The marker of the comment with the result of an apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The digest of the plan.
    pub digest: String,
}

impl ApplyMarker {
    /// A marker of the current version.
    pub fn new(catalog: &str, digest: &str) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), digest: digest.to_owned() }
    }
}

impl Marker for ApplyMarker {
    const TAG: &'static str = "catalog-sync:apply";
}

/// The marker of the issue about drift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The digest of the differences.
    pub digest: String,
    /// When the drift began.
    pub since: Moment,
    /// The commit whose check run keeps what the issue shows.
    #[serde(default)]
    pub head: Option<String>,
}

impl DriftMarker {
    /// A marker of the current version.
    pub fn new(catalog: &str, digest: &str, since: jiff::Timestamp, head: Option<&str>) -> Self {
        let (catalog, digest) = (catalog.to_owned(), digest.to_owned());
        Self { v: VERSION, catalog, digest, since: Moment(since), head: head.map(str::to_owned) }
    }
}

impl Marker for DriftMarker {
    const TAG: &'static str = "catalog-sync:drift";
}

/// The marker of the pull request that adds a requested product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The id of the request.
    pub request: RequestId,
}

impl RequestMarker {
    /// A marker of the current version.
    pub fn new(catalog: &str, request: &RequestId) -> Self {
        Self { v: VERSION, catalog: catalog.to_owned(), request: request.clone() }
    }
}

impl Marker for RequestMarker {
    const TAG: &'static str = "catalog-sync:request";
}

/// The marker of the pull request that keeps changes made in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptMarker {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The digest of the differences that it keeps.
    pub digest: String,
}

impl AdoptMarker {
    /// A marker of the current version.
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
