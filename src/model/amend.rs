//! What files of a catalog have to say otherwise, so that they say what is live.

use super::draft::{Commented, ProductDraft};
use super::experience_terms::AudienceRef;
use super::finding::Source;
use super::id::Name;
use super::portfolio::Share;
use super::recipient::PrincipalRef;
use super::unit_ref::OuRef;

/// One thing that a file says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// The entry of a list that stands here goes out.
    Drop(Source),
    /// An entry comes to a list. Where the list is missing, it is begun.
    Add(ListPlace, NewEntry),
    /// A key says something else.
    Set {
        /// The mapping that has the key, or gets it.
        within: Source,
        /// The key.
        key: &'static str,
        /// What it says. `None` takes the key out.
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

/// An entry that comes to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewEntry {
    /// Of `shares`; with the name of the organization that the portfolio is of.
    Share(Commented<Share<OuRef>>, Name),
    /// Of `approved` or `rejected`.
    Product(ProductDraft),
    /// Of an `audience`; with the name of the experience's organization.
    Audience(Commented<AudienceRef>, Name),
    /// Of `principals`.
    Principal(PrincipalRef),
}

/// A value that a key gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// A text.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
}
