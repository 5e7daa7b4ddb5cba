//! Edits of catalog files that make them match the live state.

use super::draft::{Commented, ProductDraft};
use super::experience_terms::AudienceRef;
use super::finding::Source;
use super::id::Name;
use super::portfolio::Share;
use super::recipient::PrincipalRef;
use super::unit_ref::OuRef;

/// One edit of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// The list entry at this place is removed.
    Drop(Source),
    /// An entry is added to a list. If the file does not have the list, it is created.
    Add(ListPlace, NewEntry),
    /// The value of a key changes.
    Set {
        /// The mapping that has or gets the key.
        within: Source,
        /// The key.
        key: &'static str,
        /// The new value. `None` removes the key.
        value: Option<NewValue>,
    },
}

impl Amendment {
    /// The file.
    pub fn file(&self) -> &str {
        match self {
            Self::Drop(source) | Self::Set { within: source, key: _, value: _ } => &source.file,
            Self::Add(place, _) => &place.file,
        }
    }
}

/// A list of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPlace {
    /// The file.
    pub file: String,
    /// The entry that the list belongs to. `None` for a list of the file itself.
    pub within: Option<Source>,
    /// The list's key.
    pub key: &'static str,
}

/// A new entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewEntry {
    /// For `shares`, with the name of the portfolio's organization.
    Share(Commented<Share<OuRef>>, Name),
    /// For `approved` or `rejected`.
    Product(ProductDraft),
    /// For an `audience`, with the name of the experience's organization.
    Audience(Commented<AudienceRef>, Name),
    /// For `principals`.
    Principal(PrincipalRef),
}

/// A new value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// A text.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
}
