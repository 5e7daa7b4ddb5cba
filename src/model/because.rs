//! Why a change is in a plan, and what a plan leaves alone.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::experience::Listing;
use super::finding::Source;
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
}
