//! The map: the tree of every organization, the portfolios and experiences, and what each account sees of them, now
//! and after a plan. Items refer to each other by their index in the lists, because the map is written as one page.

use std::collections::BTreeSet;

use super::edit::Effect;
use super::experience::ExperienceStatus;
use super::finding::Source;
use super::id::{AccountId, ExperienceId, Name, OrganizationId, OuId, PortfolioId, ProductId, Region};
use super::local::LaunchRole;
use super::organization::AccountStatus;
use super::sight::{Listed, State};

macro_rules! place {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub usize);
    };
}

place!(
    /// An organization's place in [`Atlas::organizations`].
    OrganizationAt
);
place!(
    /// A node's place in [`Atlas::nodes`].
    NodeAt
);
place!(
    /// A portfolio's place in [`Atlas::portfolios`].
    PortfolioAt
);
place!(
    /// An experience's place in [`Atlas::experiences`].
    ExperienceAt
);
place!(
    /// A pair of product lists' place in [`Atlas::lists`].
    ListAt
);
place!(
    /// A product's place in [`Atlas::products`].
    ProductAt
);
place!(
    /// A view's place in [`Atlas::views`].
    ViewAt
);
place!(
    /// A share's place among those of its portfolio.
    ShareAt
);
place!(
    /// An entry's place among the `recipients` of its portfolio.
    RecipientsAt
);

/// Everything that the map shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Atlas {
    /// The organizations of the settings that could be read.
    pub organizations: Vec<MappedOrganization>,
    /// Their roots, units and accounts. A parent stands before its children.
    pub nodes: Vec<Node>,
    /// The portfolios of the catalog, then portfolios next to them that no file governs.
    pub portfolios: Vec<MappedPortfolio>,
    /// The experiences of the organizations' Private Marketplaces.
    pub experiences: Vec<MappedExperience>,
    /// The product lists of experiences. Equal lists are stored once.
    pub lists: Vec<MappedList>,
    /// The products in them.
    pub products: Vec<MappedProduct>,
    /// The views of accounts. Equal views are stored once.
    pub views: Vec<View>,
    /// Everything that could not be read or resolved, in sentences.
    pub untold: BTreeSet<String>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedOrganization {
    /// Its name in the settings.
    pub name: Name,
    /// Its id.
    pub id: OrganizationId,
    /// Its root.
    pub root: NodeAt,
}

/// A node of the tree of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The organization.
    pub organization: OrganizationAt,
    /// The parent. `None` for the root. An account whose parent is unknown stands directly below the root.
    pub up: Option<NodeAt>,
    /// Its name. A root has the organization's name in the settings.
    pub name: String,
    /// Its kind.
    pub who: Who,
}

/// The kind of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The root, which stands for the organization.
    Root(OrganizationId),
    /// An organizational unit.
    Unit(OuId),
    /// An account.
    Account(Box<Resident>),
}

/// An account in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// Its id.
    pub id: AccountId,
    /// The address that it is registered with.
    pub email: Option<String>,
    /// Whether the account is in use.
    pub status: AccountStatus,
    /// Why the account's place in the organization is unknown. `None` if it is known.
    pub untold: Option<String>,
    /// What the account sees now.
    pub now: ViewAt,
    /// What the account sees after the plan. `None` if that is the same.
    pub after: Option<ViewAt>,
}

/// A portfolio in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedPortfolio {
    /// The organization of the account that owns it.
    pub organization: Name,
    /// Its id. `None` if the portfolio that the catalog means is unknown.
    pub id: Option<PortfolioId>,
    /// Its name, or the catalog's name for it.
    pub name: String,
    /// The account that owns it.
    pub owner: AccountId,
    /// The region.
    pub region: Region,
    /// The line that names it. `None` if no file governs it.
    pub source: Option<Source>,
    /// Why its state is unknown, or known only in part.
    pub trouble: Option<String>,
    /// Its shares: live, listed and planned.
    pub shares: Vec<MappedShare>,
    /// The entries of `recipients`.
    pub recipients: Vec<MappedRecipients>,
}

/// A share of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedShare {
    /// AWS's word for the kind of receiver.
    pub kind: &'static str,
    /// The receiver in the tree. `None` if it is unknown or in none of the organizations.
    pub node: Option<NodeAt>,
    /// The receiver's id. If the catalog's path matches no unit or can't be resolved, the path.
    pub receiver: String,
    /// Its live terms. `None` if it is not live, or if the portfolio could not be read.
    pub live: Option<LiveTerms>,
    /// Its terms: the live ones, otherwise the planned or listed ones.
    pub terms: Terms,
    /// The terms after the plan, if the plan changes them.
    pub terms_after: Option<Terms>,
    /// What the catalog says about it. `None` if no file governs the portfolio.
    pub said: Option<Listed>,
    /// The effect of the plan on it.
    pub change: Option<Effect>,
}

/// The terms of a share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whether principals are shared by name.
    pub principals: bool,
    /// Whether TagOptions are shared.
    pub tag_options: bool,
}

/// The live state of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveTerms {
    /// Whether the owner sees it as accepted.
    pub accepted: bool,
    /// Whether the row is only inherited from a share with a node above. `None` if that is unknown.
    pub inherited: Option<bool>,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRecipients {
    /// The node that it is for. `None` if the node is unknown or in none of the organizations.
    pub node: Option<NodeAt>,
    /// The same node as the catalog writes it: an id or a path.
    pub who: String,
    /// The accounts that `except` leaves out.
    pub except: Vec<AccountId>,
    /// The line where it begins.
    pub source: Source,
    /// The principals that may launch.
    pub principals: Vec<String>,
    /// The local portfolio that it asks for.
    pub local: Option<MappedLocal>,
}

/// A local portfolio that an entry of `recipients` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedLocal {
    /// Its name.
    pub name: String,
    /// Whether it holds copies instead of the shared products.
    pub is_copy: bool,
    /// The names of its products. `None` for all products of the shared portfolio.
    pub products: Option<Vec<String>>,
    /// The launch role of its products.
    pub launch_role: Option<LaunchRole>,
}

/// An experience of a Private Marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedExperience {
    /// The organization.
    pub organization: Name,
    /// Its id. `None` if the plan creates it.
    pub id: Option<ExperienceId>,
    /// Its name. Empty if it could not be read.
    pub name: String,
    /// Its status. `None` if it could not be read, or if the plan creates the experience.
    pub status: Option<ExperienceStatus>,
    /// The status after the plan, if the plan changes it.
    pub status_after: Option<ExperienceStatus>,
    /// The entry that governs its products.
    pub source: Option<Source>,
    /// The experience that it mirrors.
    pub mirrors: Option<ExperienceAt>,
    /// Why its state is unknown, or known only in part.
    pub trouble: Option<String>,
    /// The products that can be bought in it. `None` if they could not be read, or if the plan creates the
    /// experience.
    pub offer: Option<Bought>,
    /// The same after the plan. `None` if the plan does not change it.
    pub offer_after: Option<Bought>,
    /// The principals that it governs, live and planned.
    pub audience: Vec<MappedPrincipal>,
}

/// The products that can be bought in an experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bought {
    /// Every product, since there is no procurement policy.
    Everything,
    /// The products that these lists approve.
    Listed(ListAt),
}

/// A principal of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedPrincipal {
    /// `account`, `unit` or `organization`.
    pub kind: &'static str,
    /// The principal in the tree. `None` if it is not in the tree.
    pub node: Option<NodeAt>,
    /// Its id.
    pub id: String,
    /// Whether it is live.
    pub is_live: bool,
    /// The effect of the plan on it.
    pub change: Option<Effect>,
}

/// The product lists of experiences.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MappedList {
    /// The products that can be bought.
    pub approved: Vec<ProductAt>,
    /// The products that are denied by name.
    pub denied: Vec<ProductAt>,
}

/// A product of AWS Marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name: the catalog's, otherwise AWS Marketplace's. Empty if neither is known.
    pub name: String,
    /// The seller, if AWS Marketplace was asked.
    pub vendor: Option<String>,
}

/// The portfolios and products that an account sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// The portfolios that it has, may have, or owns.
    pub portfolios: Vec<SeenPortfolio>,
    /// What decides which products it can buy.
    pub market: Governance,
}

/// A portfolio that an account sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenPortfolio {
    /// The portfolio.
    pub portfolio: PortfolioAt,
    /// Whether the account has it. The sentence of [`State::CantTell`] is empty if the portfolio's `trouble` says it
    /// already.
    pub state: State,
    /// The live shares by which it reaches the account, without rows that are only inherited.
    pub shares: Vec<ShareAt>,
    /// The entry of `recipients` that governs the account.
    pub recipients: Option<RecipientsAt>,
}

/// What decides which products an account can buy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Governance {
    /// An experience, through the principal of its audience that is nearest to the account.
    Governed(ExperienceAt, Option<NodeAt>),
    /// No enabled experience, so nothing restricts what the account can buy.
    Free,
    /// No product list of the catalog is for the organization, or product lists were not asked for.
    NotLooked,
    /// Unknown. The sentence says why.
    CantTell(String),
}

impl Atlas {
    /// The number of accounts.
    pub fn accounts(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node.who, Who::Account(_))).count()
    }

    /// Whether everything that was asked for could be read and resolved.
    pub fn is_whole(&self) -> bool {
        let is_placed = |node: &Node| match &node.who {
            Who::Account(resident) => resident.untold.is_none(),
            Who::Root(_) | Who::Unit(_) => true,
        };
        let is_told = |share: &MappedShare| share.said != Some(Listed::CantTell);
        self.untold.is_empty()
            && self.nodes.iter().all(is_placed)
            && self.portfolios.iter().all(|it| it.trouble.is_none() && it.shares.iter().all(is_told))
            && self.experiences.iter().all(|it| it.trouble.is_none())
            && self.views.iter().all(View::is_whole)
    }
}

impl View {
    fn is_whole(&self) -> bool {
        let is_told = |seen: &SeenPortfolio| !matches!(seen.state, State::CantTell(_));
        !matches!(self.market, Governance::CantTell(_)) && self.portfolios.iter().all(is_told)
    }
}
