//! The map: who sees what. The tree of every organization, the portfolios and experiences, and what each account sees of
//! them, now and after a plan. Things point at each other by their places in the lists, since a page is made of it.

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
    /// Their roots, units and accounts. A node stands after the one above it.
    pub nodes: Vec<Node>,
    /// The portfolios of the catalog, then those beside them that no file governs.
    pub portfolios: Vec<MappedPortfolio>,
    /// The experiences.
    pub experiences: Vec<MappedExperience>,
    /// The product lists of experiences. Equal ones stand here once.
    pub lists: Vec<MappedList>,
    /// The products in them.
    pub products: Vec<MappedProduct>,
    /// What accounts see. Equal views stand here once.
    pub views: Vec<View>,
    /// What could not be read or told, in sentences.
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
    /// The node above; `None` for the root. An account of which it can't be told where it is hangs below the root.
    pub up: Option<NodeAt>,
    /// Its name; an organization's is its name in the settings.
    pub name: String,
    /// What it is.
    pub who: Who,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The root, which stands for the organization.
    Root(OrganizationId),
    /// An organizational unit.
    Unit(OuId),
    /// An account.
    Account(Box<Resident>),
}

/// An account of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// Its id.
    pub id: AccountId,
    /// The address that it is registered with.
    pub email: Option<String>,
    /// Whether anyone can work in it.
    pub status: AccountStatus,
    /// Why it can't be told where in the organization it is, where that is so.
    pub untold: Option<String>,
    /// What it sees.
    pub now: ViewAt,
    /// What it sees once the plan was carried out; `None` where that is the same.
    pub after: Option<ViewAt>,
}

/// A portfolio in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedPortfolio {
    /// The organization of the account that owns it.
    pub organization: Name,
    /// Its id; `None` where it can't be told which one the catalog means.
    pub id: Option<PortfolioId>,
    /// Its name, or what the catalog calls it.
    pub name: String,
    /// The account that owns it.
    pub owner: AccountId,
    /// The region.
    pub region: Region,
    /// The line that names it; `None` where no file governs it.
    pub source: Option<Source>,
    /// Why nothing, or not all, is known of it.
    pub trouble: Option<String>,
    /// Its shares, live, listed and planned.
    pub shares: Vec<MappedShare>,
    /// What the catalog says of the accounts that receive it.
    pub recipients: Vec<MappedRecipients>,
}

/// A share of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedShare {
    /// AWS's word for the kind of receiver.
    pub kind: &'static str,
    /// The receiver in the tree; `None` where it is in none of the organizations, or can't be told.
    pub node: Option<NodeAt>,
    /// The receiver's id, or the path by which the catalog names it where that means no unit, or can't be told.
    pub receiver: String,
    /// How it is live; `None` where it is not, or where the portfolio could not be read.
    pub live: Option<LiveTerms>,
    /// On what terms: live, or else planned or listed.
    pub terms: Terms,
    /// The terms that the plan gives it, where it changes them.
    pub terms_after: Option<Terms>,
    /// What the catalog says of it; `None` where no file governs the portfolio.
    pub said: Option<Listed>,
    /// What the plan does to it.
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

/// How a share is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveTerms {
    /// Whether the owner sees it as accepted.
    pub accepted: bool,
    /// Whether it stands for a share with a node above alone; `None` where that can't be told.
    pub inherited: Option<bool>,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRecipients {
    /// Whom it is for, in the tree; `None` where that is in none of the organizations, or can't be told.
    pub node: Option<NodeAt>,
    /// The same in the catalog's word: an id or a path.
    pub who: String,
    /// The accounts that it leaves out.
    pub except: Vec<AccountId>,
    /// Where it begins.
    pub source: Source,
    /// Who may launch.
    pub principals: Vec<String>,
    /// The portfolio of the account's own that it asks for.
    pub local: Option<MappedLocal>,
}

/// A local portfolio that an entry of `recipients` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedLocal {
    /// Its name.
    pub name: String,
    /// Whether it holds copies, and not the products themselves.
    pub is_copy: bool,
    /// Its products by name; `None` for all that the shared portfolio has.
    pub products: Option<Vec<String>>,
    /// With whose rights they are launched.
    pub launch_role: Option<LaunchRole>,
}

/// An experience of a Private Marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedExperience {
    /// The organization.
    pub organization: Name,
    /// Its id; `None` for one that the plan makes.
    pub id: Option<ExperienceId>,
    /// Its name; empty where it could not be read.
    pub name: String,
    /// Its status; `None` where it could not be read, and for one that the plan makes.
    pub status: Option<ExperienceStatus>,
    /// The status that the plan gives it, where that is another one.
    pub status_after: Option<ExperienceStatus>,
    /// The entry that governs its products.
    pub source: Option<Source>,
    /// The experience that it follows.
    pub mirrors: Option<ExperienceAt>,
    /// Why nothing, or not all, is known of it.
    pub trouble: Option<String>,
    /// What can be bought in it. `None` where that could not be read, and for one that the plan makes.
    pub offer: Option<Bought>,
    /// The same once the plan was carried out; `None` where it stays as it is.
    pub offer_after: Option<Bought>,
    /// Whom it governs, live and planned.
    pub audience: Vec<MappedPrincipal>,
}

/// What can be bought in an experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bought {
    /// Everything: there is no procurement policy.
    Everything,
    /// What these lists approve.
    Listed(ListAt),
}

/// A principal of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedPrincipal {
    /// `account`, `unit` or `organization`.
    pub kind: &'static str,
    /// The principal in the tree; `None` where it is not in it.
    pub node: Option<NodeAt>,
    /// Its id.
    pub id: String,
    /// Whether it is live.
    pub is_live: bool,
    /// What the plan does.
    pub change: Option<Effect>,
}

/// The product lists of experiences.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MappedList {
    /// What can be bought.
    pub approved: Vec<ProductAt>,
    /// What is denied by name.
    pub denied: Vec<ProductAt>,
}

/// A product of AWS Marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name, the catalog's or else the marketplace's; empty where neither is known.
    pub name: String,
    /// Who sells it, where the marketplace was asked.
    pub vendor: Option<String>,
}

/// What an account sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// The portfolios that it has, may have, or owns.
    pub portfolios: Vec<SeenPortfolio>,
    /// What governs what it may buy.
    pub market: Governance,
}

/// A portfolio that an account sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenPortfolio {
    /// Which one.
    pub portfolio: PortfolioAt,
    /// Whether the account has it. The reason of what can't be told is empty where the portfolio's own trouble says it.
    pub state: State,
    /// The live shares by which it reaches the account, without those that only inherit.
    pub shares: Vec<ShareAt>,
    /// The entry of `recipients` that counts.
    pub recipients: Option<RecipientsAt>,
}

/// What governs what an account may buy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Governance {
    /// An experience, by the principal of its audience that is nearest to the account.
    Governed(ExperienceAt, Option<NodeAt>),
    /// None that is enabled: nothing restricts what can be bought.
    Free,
    /// No product list of the catalog is for the organization, or none was asked for.
    NotLooked,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

impl Atlas {
    /// How many accounts there are.
    pub fn accounts(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node.who, Who::Account(_))).count()
    }

    /// Whether everything that was asked for could be read and told.
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
