//! Product lists, and types that all lists of the catalog use.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::experience::Listing;
use super::finding::Source;
use super::id::ProductId;

/// The way in which the catalog identifies an AWS resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector<I> {
    /// By its id.
    Id(I),
    /// By its name, which has to be unique among the resources that are searched.
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

/// What happens to live entries that are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// A share is removed, an approved product is denied.
    Remove,
    /// They are left alone.
    Keep,
}

/// The last day on which an entry counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// The day, in UTC.
    pub day: Date,
    /// Whether it is today or within the next 30 days.
    pub is_near: bool,
}

/// The product lists of a file, including the lists that it includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductLists {
    /// The products to approve.
    pub approved: BTreeMap<ProductId, DesiredProduct>,
    /// The products to deny by name. No id is on both lists.
    pub rejected: BTreeMap<ProductId, DesiredProduct>,
    /// Entries whose `until` has passed. The products count as not listed. No id is also on another list here.
    pub expired: BTreeMap<ProductId, ExpiredProduct>,
    /// Products that are left alone, each with its line. No id is also on another list here.
    pub ignored: BTreeMap<ProductId, Source>,
    /// What happens to other live approved products.
    pub unlisted: Unlisted,
}

/// An entry of a product list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredProduct {
    /// The notes that are sent with the change.
    pub notes: Option<String>,
    /// The last day on which the entry counts.
    pub until: Option<Until>,
    /// The place of the entry's id.
    pub source: Source,
}

/// An entry of a product list whose `until` has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredProduct {
    /// The list that it was on.
    pub listing: Listing,
    /// The last day on which it counted.
    pub day: Date,
    /// The place of the entry's id.
    pub source: Source,
}
