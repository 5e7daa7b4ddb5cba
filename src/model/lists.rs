//! Product lists, and what every list of the catalog is made with.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::experience::Listing;
use super::finding::Source;
use super::id::ProductId;

/// How the catalog names a thing that AWS keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector<I> {
    /// By its id.
    Id(I),
    /// By its name, which has to be unique where it is looked for.
    Name(String),
}

impl<I: fmt::Display> fmt::Display for Selector<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// What becomes of what is live and not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// A share is removed; an approved product is denied.
    Remove,
    /// It is left alone.
    Keep,
}

/// The last day that an entry counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// The day, in UTC.
    pub day: Date,
    /// Whether it is today or within the next 30 days.
    pub is_near: bool,
}

/// The product lists of a file, with what it includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductLists {
    /// What should be approved.
    pub approved: BTreeMap<ProductId, DesiredProduct>,
    /// What should be denied by name. No id is on both.
    pub rejected: BTreeMap<ProductId, DesiredProduct>,
    /// Entries whose `until` has passed: the product counts as not listed. No id is on another list here.
    pub expired: BTreeMap<ProductId, ExpiredProduct>,
    /// What is left alone, each with its line. No id is on another list here.
    pub ignored: BTreeMap<ProductId, Source>,
    /// What becomes of other live approved products.
    pub unlisted: Unlisted,
}

/// An entry of a product list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredProduct {
    /// Sent with the change.
    pub notes: Option<String>,
    /// The last day that the entry counts.
    pub until: Option<Until>,
    /// Where the entry's id stands.
    pub source: Source,
}

/// An entry of a product list whose `until` has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredProduct {
    /// The list that it was on.
    pub listing: Listing,
    /// The last day that it counted.
    pub day: Date,
    /// Where the entry's id stands.
    pub source: Source,
}
