//! Why a change is in a plan, and what a plan leaves alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::experience::Listing;
use super::finding::Source;
use super::id::ProductId;
pub use super::mirror::Mirrored;

/// Why a change is in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// The catalog says it, here.
    Listed(Source),
    /// It is live and no line of the catalog names it.
    Unlisted,
    /// The base named it, here, and the catalog does no longer.
    NoLongerListed(Source),
    /// The catalog listed it until a day that has passed.
    Expired(Expiry),
    /// The catalog lets the experience follow another one.
    Mirrors(Mirrored),
}

/// An entry of the catalog whose `until` has passed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// The last day that it counted, in UTC.
    pub day: Date,
    /// The list that a product was on. `None` for a share.
    pub listing: Option<Listing>,
    /// The line of the entry.
    pub source: Source,
    /// Whether the base has an expired entry for it too and asks for the same edit. A file does not keep it.
    pub is_due: bool,
}

impl Because {
    /// The line of the catalog that asks for the change, or whose time is over; `None` where no line does.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Listed(source)
            | Self::Expired(Expiry { day: _, listing: _, source, is_due: _ })
            | Self::Mirrors(Mirrored { account: _, experience: _, name: _, listing: _, source }) => Some(source),
            Self::Unlisted | Self::NoLongerListed(_) => None,
        }
    }
}

/// What is live, not listed, and left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untouched {
    /// How many shares or products no line of the catalog names.
    pub unlisted: usize,
    /// What `ignore` names: the keys, each with a name for people, which may be empty.
    pub ignored: BTreeMap<String, String>,
    /// Products on the list that the catalog names, with other notes than it says, sorted.
    pub other_notes: Vec<OtherNotes>,
}

/// A product that is in step but for its notes. No change is made for that: the catalog's notes go with the product's next
/// change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherNotes {
    /// The product.
    pub key: ProductId,
    /// A name for people. Empty where there is none.
    pub label: String,
    /// What the catalog says.
    pub wanted: String,
    /// What AWS holds. `None` where it holds no notes.
    pub live: Option<String>,
    /// The line of the entry.
    pub source: Source,
}
