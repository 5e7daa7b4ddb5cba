//! The reason for a change, and the resources that a plan leaves alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::experience::Listing;
use super::finding::Source;
use super::id::ProductId;
pub use super::mirror::Mirrored;

/// The reason why a change is in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// This line of the catalog asks for it.
    Listed(Source),
    /// The resource is live, and no line of the catalog names it.
    Unlisted,
    /// This line of the base named the resource, and the catalog no longer does.
    NoLongerListed(Source),
    /// The catalog listed it until a day that has passed.
    Expired(Expiry),
    /// The catalog lets the experience mirror another one.
    Mirrors(Mirrored),
}

/// An entry of the catalog whose `until` has passed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// The last day on which it counted, in UTC.
    pub day: Date,
    /// The list that a product was on. `None` for a share.
    pub listing: Option<Listing>,
    /// The line of the entry.
    pub source: Source,
    /// Whether the base has an expired entry for it too and asks for the same edit. This is not written to plan
    /// files.
    pub is_due: bool,
}

impl Because {
    /// The line of the catalog that asks for the change, or whose `until` has passed. `None` if there is no such
    /// line.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Listed(source)
            | Self::Expired(Expiry { day: _, listing: _, source, is_due: _ })
            | Self::Mirrors(Mirrored { account: _, experience: _, name: _, listing: _, source }) => Some(source),
            Self::Unlisted | Self::NoLongerListed(_) => None,
        }
    }
}

/// Live resources of a target that the plan leaves alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untouched {
    /// The number of live shares or products that no line of the catalog names.
    pub unlisted: usize,
    /// The keys of what `ignore` names, each with a name for people. The name may be empty.
    pub ignored: BTreeMap<String, String>,
    /// Products that are on the right list but have other notes than the catalog, sorted.
    pub other_notes: Vec<OtherNotes>,
}

/// A product that differs only in its notes. A plan does not change it for that. The catalog's notes are sent with
/// the product's next change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherNotes {
    /// The product.
    pub key: ProductId,
    /// A name for people. Empty if there is none.
    pub label: String,
    /// The notes in the catalog.
    pub wanted: String,
    /// The notes at AWS. `None` if there are none.
    pub live: Option<String>,
    /// The line of the entry.
    pub source: Source,
}
