//! The live state, as far as it was asked for. Each thing is in one of four states: not asked for (absent here),
//! unreadable, not there, or there. A failed read never counts as "not there".

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

/// A value that was read in full, or the reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// The whole value.
    Complete(T),
    /// Nothing, or only a part, could be read. The sentence says what was tried, on what, and what AWS said.
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

/// A thing that was asked for by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It exists. This is its full state.
    There(T),
    /// AWS says that it does not exist.
    NotThere,
    /// It could not be read. The sentence says what was tried, on what, and what AWS said.
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
    /// The list of all of them. `None` if the list was not asked for.
    pub listed: Option<Reading<Vec<Named<I>>>>,
    /// The things that were asked for by id.
    pub read: BTreeMap<I, Found<T>>,
}

impl<I: Ord, T> Default for Shelf<I, T> {
    fn default() -> Self {
        Self { listed: None, read: BTreeMap::new() }
    }
}

/// The account that owns or receives a portfolio, and the region.
pub type HubPlace = (AccountId, Region);

/// Which accounts and nodes have the portfolios of one account and region, and by which share, as far as it was asked
/// for.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// By portfolio and kind of node: the nodes that the portfolio is shared with directly. AWS also lists nodes that
    /// only inherit from a share with a node above. These are not in the set.
    pub own: BTreeMap<(PortfolioId, NodeKind), Reading<BTreeSet<Receiver>>>,
    /// By portfolio and a node that it is shared with: the accounts below the node that have the portfolio.
    pub reached: BTreeMap<(PortfolioId, Receiver), Reading<BTreeSet<AccountId>>>,
}

/// The state inside an account that receives portfolios in one region, as far as it was asked for. For the owner of a
/// portfolio it holds the principals of the portfolio itself.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// The portfolios that it has accepted, by any type of share. `None` if they were not asked for.
    pub accepted: Option<Reading<BTreeSet<PortfolioId>>>,
    /// The principals of a portfolio, by a local or a received portfolio.
    pub principals: BTreeMap<PortfolioId, Found<BTreeSet<Principal>>>,
    /// The portfolios that it owns, with their tags. `None` if they were not asked for.
    pub own: Option<Reading<BTreeMap<PortfolioId, LocalPortfolio>>>,
    /// The products, by portfolio.
    pub products: BTreeMap<PortfolioId, Found<BTreeMap<CatalogProductId, Offered>>>,
    /// The constraints that belong to the account itself, by portfolio.
    pub constraints: BTreeMap<PortfolioId, Found<BTreeSet<Constraint>>>,
    /// The source products of the account's own products.
    pub copies: BTreeMap<CatalogProductId, Found<OwnProduct>>,
    /// The versions, by product.
    pub versions: BTreeMap<CatalogProductId, Found<Versions>>,
}

impl Received {
    /// Adds the result of a later read. The later result wins.
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
    /// The account can share through its organization.
    On,
    /// Service Catalog's access to AWS Organizations is disabled.
    Off,
    /// The access is being enabled or disabled.
    UnderChange,
    /// The account is neither the management account nor a delegated administrator of Service Catalog. The text is
    /// AWS's.
    NotAdministrator(String),
}

/// Everything that was read.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// When reading began. `None` if nothing was read.
    pub began: Option<Timestamp>,
    /// The organizations, by their names in the settings.
    pub organizations: BTreeMap<Name, Reading<Organization>>,
    /// Whether accounts that own portfolios can share through their organizations, as far as it was asked for.
    pub sharing: BTreeMap<AccountId, Reading<Sharing>>,
    /// Portfolios by owning account and region.
    pub portfolios: BTreeMap<HubPlace, Shelf<PortfolioId, Portfolio>>,
    /// Which accounts and nodes have these portfolios, and by which share.
    pub access: BTreeMap<HubPlace, Access>,
    /// The state inside the accounts that receive portfolios, by account and region.
    pub received: BTreeMap<HubPlace, Received>,
    /// Experiences by marketplace account.
    pub experiences: BTreeMap<AccountId, Shelf<ExperienceId, Experience>>,
    /// The audiences of the experiences, by marketplace account.
    pub audiences: BTreeMap<AccountId, Reading<Audiences>>,
    /// The branding of the experiences, by marketplace account and branding id.
    pub brandings: BTreeMap<(AccountId, BrandingId), Found<Branding>>,
    /// The names of products in AWS Marketplace, as far as they were asked for and could be read. `NotThere` means
    /// that AWS Marketplace does not know the product. No change depends on it.
    pub products: BTreeMap<ProductId, Found<Title>>,
    /// The running change sets in the experiences that a plan changes, by marketplace account, as far as they were
    /// asked for. No change depends on it.
    pub running: BTreeMap<AccountId, Reading<Vec<RunningSet>>>,
    /// The licence holders of products that a plan denies, by the marketplace account that asked. No change depends
    /// on it.
    pub usage: BTreeMap<AccountId, Usage>,
    /// Failed look-ups of names and audiences, in sentences. No change depends on it.
    pub troubles: Vec<String>,
}

impl Live {
    /// An organization. `None` if it was not asked for or could not be read.
    pub fn organization(&self, name: &Name) -> Option<&Organization> {
        match self.organizations.get(name)? {
            Reading::Complete(organization) => Some(organization),
            Reading::Unreadable(_) => None,
        }
    }

    /// A portfolio. `None` if it was not asked for, could not be read or does not exist.
    pub fn portfolio(&self, place: &HubPlace, id: &PortfolioId) -> Option<&Portfolio> {
        there(self.portfolios.get(place)?.read.get(id)?)
    }

    /// Whether the portfolio's row for `receiver` is known to be only inherited from a share with a node above.
    pub fn only_inherits(&self, place: &HubPlace, id: &PortfolioId, receiver: &Receiver) -> bool {
        let Some(kind) = receiver.node_kind() else { return false };
        let own = self.access.get(place).and_then(|access| access.own.get(&(id.clone(), kind)));
        matches!(own, Some(Reading::Complete(own)) if !own.contains(receiver))
    }

    /// The product's title in AWS Marketplace. `None` if it was not asked for, could not be read or does not exist.
    pub fn title(&self, product: &ProductId) -> Option<&Title> {
        there(self.products.get(product)?)
    }

    /// An experience. `None` if it was not asked for, could not be read or does not exist.
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
