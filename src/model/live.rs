//! What is live, as far as the catalog asked. "Could not look" is never "nothing there".

use std::collections::{BTreeMap, BTreeSet};

use super::experience::Experience;
use super::id::{AccountId, ExperienceId, Name, OuId, PortfolioId, Region};
use super::organization::Organization;
use super::portfolio::Portfolio;

/// Something that was read, whole, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// All of it.
    Complete(T),
    /// Not at all, or not all of it; the sentence says what was tried, on what, and what AWS said.
    Unreadable(String),
}

impl<T> Reading<T> {
    /// What was read, or why it was not.
    pub fn as_result(&self) -> Result<&T, &str> {
        match self {
            Self::Complete(value) => Ok(value),
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

/// A thing's id and name, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// A kind of thing in one account (and region): what a list showed, and what was then read in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf<I: Ord, T> {
    /// Every one there is, where the list was needed: by-id selectors alone do without.
    pub listed: Option<Vec<Named<I>>>,
    /// What was read in full, by id. What the catalog does not select is not read.
    pub read: BTreeMap<I, Reading<T>>,
}

/// Everything that was read for a plan.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The organizations by their names in the settings. One that no target needs is not there.
    pub organizations: BTreeMap<Name, Reading<Organization>>,
    /// Portfolios by owning account and region.
    pub portfolios: BTreeMap<(AccountId, Region), Reading<Shelf<PortfolioId, Portfolio>>>,
    /// Experiences by marketplace account.
    pub experiences: BTreeMap<AccountId, Reading<Shelf<ExperienceId, Experience>>>,
}

/// What a plan still wants to know about an organization to speak of its changes: asked once the changes are
/// known, so that a catalog in step asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Accounts whose name and status are wanted.
    pub accounts: BTreeSet<AccountId>,
    /// Units whose name and accounts below, at any depth, are wanted.
    pub units: BTreeSet<OuId>,
    /// Whether every account is wanted.
    pub everyone: bool,
}
