//! What is live, as far as it was asked for. Each thing is one of four: not asked for (absent here), unreadable, not
//! there, or there. "Could not look" is never "not there".

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::audience::Audiences;
use super::branding::Branding;
use super::experience::Experience;
use super::id::{AccountId, BrandingId, CatalogProductId, ExperienceId, Name, PortfolioId, ProductId, Region};
use super::local::{Constraint, LocalPortfolio, Offered, OwnProduct, Versions};
use super::offer::Title;
use super::organization::Organization;
use super::portfolio::{NodeKind, Portfolio, Receiver};
use super::recipient::Principal;
use super::running::RunningSet;
use super::usage::Usage;

/// Something that was read in full, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// All of it.
    Complete(T),
    /// Not at all, or not all of it; the sentence says what was tried, on what, and what AWS said.
    Unreadable(String),
}

impl<T> Reading<T> {
    /// The value, or the reason why it could not be read.
    pub fn as_result(&self) -> Result<&T, &str> {
        match self {
            Self::Complete(value) => Ok(value),
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

/// Something that was asked for by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It exists; this is all of it.
    There(T),
    /// AWS says that it does not exist.
    NotThere,
    /// It could not be read; the sentence says what was tried, on what, and what AWS said.
    Unreadable(String),
}

/// A thing's id and name, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// The things of one kind in one account (and region).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf<I: Ord, T> {
    /// Every one there is; `None` where the list was not asked for.
    pub listed: Option<Reading<Vec<Named<I>>>>,
    /// What was asked for by id.
    pub read: BTreeMap<I, Found<T>>,
}

impl<I: Ord, T> Default for Shelf<I, T> {
    fn default() -> Self {
        Self { listed: None, read: BTreeMap::new() }
    }
}

/// Where portfolios live: the account that owns or receives them and the region.
pub type HubPlace = (AccountId, Region);

/// Who has the portfolios of one account and region by which share, as far as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Of a portfolio and a kind of node: those that it is shared with themselves. A row of another node stands for a
    /// share with a node above.
    pub own: BTreeMap<(PortfolioId, NodeKind), Reading<BTreeSet<Receiver>>>,
    /// Of a portfolio and a node that it is shared with: the accounts below that have it.
    pub reached: BTreeMap<(PortfolioId, Receiver), Reading<BTreeSet<AccountId>>>,
}

/// What an account does with the portfolios that it receives in one region, as far as it was asked for. Of the owner of
/// a portfolio it holds who may launch from the portfolio itself.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// The portfolios that it has accepted, by whichever kind of share. `None` where that was not asked for.
    pub accepted: Option<Reading<BTreeSet<PortfolioId>>>,
    /// Who may launch from a portfolio, a local one or one that it received.
    pub principals: BTreeMap<PortfolioId, Found<BTreeSet<Principal>>>,
    /// The portfolios that it owns, with their tags. `None` where that was not asked for.
    pub own: Option<Reading<BTreeMap<PortfolioId, LocalPortfolio>>>,
    /// The products of a portfolio.
    pub products: BTreeMap<PortfolioId, Found<BTreeMap<CatalogProductId, Offered>>>,
    /// The constraints of the account's own in a portfolio.
    pub constraints: BTreeMap<PortfolioId, Found<BTreeSet<Constraint>>>,
    /// What products of the account's own were copied from.
    pub copies: BTreeMap<CatalogProductId, Found<OwnProduct>>,
    /// The versions of products.
    pub versions: BTreeMap<CatalogProductId, Found<Versions>>,
}

impl Received {
    /// Adds what was read later.
    pub fn add(&mut self, later: Self) {
        let Self { accepted, principals, own, products, constraints, copies, versions } = later;
        self.accepted = accepted.or(self.accepted.take());
        self.principals.extend(principals);
        self.own = own.or(self.own.take());
        self.products.extend(products);
        self.constraints.extend(constraints);
        self.copies.extend(copies);
        self.versions.extend(versions);
    }
}

/// Whether an account can share portfolios through its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sharing {
    /// It can.
    On,
    /// Service Catalog's access to AWS Organizations is switched off.
    Off,
    /// It is being switched on or off.
    UnderChange,
    /// The account is neither the management account nor a delegated administrator of Service Catalog; AWS's words.
    NotAdministrator(String),
}

/// Everything that was read.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// When reading began. `None` where nothing was read.
    pub began: Option<Timestamp>,
    /// The organizations by their names in the settings.
    pub organizations: BTreeMap<Name, Reading<Organization>>,
    /// Whether accounts that own portfolios can share through their organizations, as far as that was asked.
    pub sharing: BTreeMap<AccountId, Reading<Sharing>>,
    /// Portfolios by owning account and region.
    pub portfolios: BTreeMap<HubPlace, Shelf<PortfolioId, Portfolio>>,
    /// Who has these portfolios by which share.
    pub access: BTreeMap<HubPlace, Access>,
    /// What happens inside the accounts that receive portfolios, by account and region.
    pub received: BTreeMap<HubPlace, Received>,
    /// Experiences by marketplace account.
    pub experiences: BTreeMap<AccountId, Shelf<ExperienceId, Experience>>,
    /// Whom the experiences of marketplace accounts govern.
    pub audiences: BTreeMap<AccountId, Reading<Audiences>>,
    /// How experiences look, by marketplace account.
    pub brandings: BTreeMap<(AccountId, BrandingId), Found<Branding>>,
    /// What the marketplace calls products, as far as that was asked for and could be told. One that is not there is
    /// unknown to it. No change depends on it.
    pub products: BTreeMap<ProductId, Found<Title>>,
    /// The change sets that are under way in the experiences that a plan changes, by marketplace account, as far as that was
    /// asked for. No change depends on it.
    pub running: BTreeMap<AccountId, Reading<Vec<RunningSet>>>,
    /// Who holds licences for what a plan denies, by the marketplace account that asked. No change depends on it.
    pub usage: BTreeMap<AccountId, Usage>,
    /// What could not be found out about names and audiences, in sentences. No change depends on it.
    pub troubles: Vec<String>,
}

impl Live {
    /// An organization, where it was asked for and could be read.
    pub fn organization(&self, name: &Name) -> Option<&Organization> {
        match self.organizations.get(name)? {
            Reading::Complete(organization) => Some(organization),
            Reading::Unreadable(_) => None,
        }
    }

    /// A portfolio, where it was asked for, could be read and exists.
    pub fn portfolio(&self, place: &HubPlace, id: &PortfolioId) -> Option<&Portfolio> {
        there(self.portfolios.get(place)?.read.get(id)?)
    }

    /// Whether the row of a portfolio is known to stand for a share with a node above the receiver.
    pub fn only_inherits(&self, place: &HubPlace, id: &PortfolioId, receiver: &Receiver) -> bool {
        let Some(kind) = receiver.node_kind() else { return false };
        let own = self.access.get(place).and_then(|access| access.own.get(&(id.clone(), kind)));
        matches!(own, Some(Reading::Complete(own)) if !own.contains(receiver))
    }

    /// What the marketplace calls a product, where it was asked and knows it.
    pub fn title(&self, product: &ProductId) -> Option<&Title> {
        there(self.products.get(product)?)
    }

    /// An experience, where it was asked for, could be read and exists.
    pub fn experience(&self, account: &AccountId, id: &ExperienceId) -> Option<&Experience> {
        there(self.experiences.get(account)?.read.get(id)?)
    }
}

fn there<T>(found: &Found<T>) -> Option<&T> {
    match found {
        Found::There(value) => Some(value),
        Found::NotThere | Found::Unreadable(_) => None,
    }
}
