//! The answer of `explain` about one account: which shares bring it which portfolios of the catalog, which entry of
//! `recipients` governs it, and who may launch there. Live state and the catalog's words are kept apart.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Source;
use super::id::{AccountId, CatalogProductId, Name, PortfolioId, Region};
use super::live::Reading;
use super::local::LaunchRole;
use super::market_sight::Market;
use super::organization::AccountStatus;
use super::portfolio::{Receiver, Share};
use super::recipient::Principal;
use super::target::TargetName;

/// An account as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// By its id.
    Id(AccountId),
    /// By its name or its e-mail address.
    Called(String),
}

impl Asked {
    /// Twelve digits are an id. Any other text is a name or an e-mail address.
    pub fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Called(text.to_owned()), Self::Id)
    }
}

/// An account whose name or address matches the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bearer {
    /// Its id.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its organization's name in the settings.
    pub organization: Name,
}

/// The account that a user's text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Exactly this one. The sentences say which organizations could not be searched, so another account may match
    /// too.
    One(AccountId, Vec<String>),
    /// Several accounts match.
    Several(Vec<Bearer>),
    /// No account matches.
    Unknown {
        /// The name with the most similar spelling, if one is similar enough.
        nearest: Option<String>,
    },
    /// No account that could be read matches. The sentences say what could not be read.
    CantTell(Vec<String>),
}

/// An account's membership in an organization of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// The account belongs to it.
    Member {
        /// The account's name.
        name: String,
        /// The e-mail address that it is registered with.
        email: Option<String>,
        /// Whether the account is in use.
        status: AccountStatus,
        /// The path of the account's unit, empty directly below the root; or why it is unknown.
        path: Reading<String>,
    },
    /// The account does not belong to it.
    Stranger,
    /// The membership could not be read. The sentence says why.
    Untold(String),
}

/// Everything that `explain` says about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The account.
    pub account: AccountId,
    /// The account's membership in each organization of the settings.
    pub organizations: BTreeMap<Name, Membership>,
    /// The portfolios of the catalog that reach the account, may reach it, or should reach it.
    pub portfolios: Vec<Seen>,
    /// The number of the catalog's other portfolios.
    pub others: usize,
    /// Portfolios that the account has accepted and that no file of the catalog governs, by region. Empty if the
    /// account's role was not used.
    pub ungoverned: BTreeMap<Region, Reading<BTreeSet<PortfolioId>>>,
    /// The products that the Private Marketplace of its organization lets it buy.
    pub markets: Vec<Market>,
    /// Anything else that could not be read, in sentences.
    pub untold: BTreeSet<String>,
}

impl Sight {
    /// Whether everything that was asked for could be read.
    pub fn is_whole(&self) -> bool {
        let is_told = |seen: &Seen| {
            seen.trouble.is_none()
                && !matches!(seen.state, State::CantTell(_))
                && !matches!(seen.entry, Governing::CantTell(_))
                && seen.inside.untold.is_empty()
                && seen.ways.iter().all(Way::is_told)
        };
        let is_member_told = |membership: &Membership| match membership {
            Membership::Member { path, .. } => path.as_result().is_ok(),
            Membership::Stranger => true,
            Membership::Untold(_) => false,
        };
        self.untold.is_empty()
            && self.portfolios.iter().all(is_told)
            && self.organizations.values().all(is_member_told)
            && self.ungoverned.values().all(|it| it.as_result().is_ok())
            && self.markets.iter().all(Market::is_whole)
    }
}

/// A portfolio of the catalog, as it concerns one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its target.
    pub target: TargetName,
    /// The line that names it.
    pub source: Source,
    /// Its organization's name in the settings.
    pub organization: Name,
    /// The owning account.
    pub owner: AccountId,
    /// Its region.
    pub region: Region,
    /// Its id. `None` if it is unknown.
    pub id: Option<PortfolioId>,
    /// Its name, or how the catalog names it.
    pub name: String,
    /// Why its live state is unknown.
    pub trouble: Option<String>,
    /// Whether the account has it.
    pub state: State,
    /// Every share that reaches the account or may reach it, live or listed: first the account's own, then those with
    /// nodes, nearest first.
    pub ways: Vec<Way>,
    /// The entry of `recipients` that governs the account.
    pub entry: Governing,
    /// The entries for a node above the account that do not govern it.
    pub passed_over: Vec<PassedOver>,
    /// What is inside the account.
    pub inside: Inside,
}

/// Whether an account has a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The account owns it.
    Owns,
    /// The account has it and has accepted it.
    Has,
    /// A share reaches the account, but the account is suspended and can't use it.
    Suspended,
    /// The portfolio is shared with the account itself, which has not accepted it yet.
    Waits,
    /// The portfolio is shared through the organization, and was rejected in the account.
    Rejected,
    /// No live share reaches it.
    HasNot,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// A share by which a portfolio reaches an account, or would reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The receiver. `None` if the catalog names a unit by a path that can't be resolved.
    pub receiver: Option<Receiver>,
    /// AWS's word for the kind of receiver.
    pub kind: &'static str,
    /// The receiver's name. Empty if it is unknown.
    pub label: String,
    /// Why it is unknown whether the account is below the receiver.
    pub untold: Option<String>,
    /// Whether the share is live, and on what terms.
    pub live: Liveness,
    /// What the catalog says about the share.
    pub listed: Listed,
    /// What happens to the account if only this share is removed. `None` if the share is not live.
    pub without: Option<Without>,
}

impl Way {
    fn is_told(&self) -> bool {
        let is_live_told = !matches!(self.live, Liveness::CantTell | Liveness::Live { inherited: None, .. });
        let is_known = is_live_told && self.listed != Listed::CantTell && self.untold.is_none();
        is_known && !matches!(self.without, Some(Without::CantTell(_)))
    }
}

/// Whether a share is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Liveness {
    /// The share is live.
    Live {
        /// The receiver and the terms.
        share: Share,
        /// Whether the owner sees it as accepted.
        accepted: bool,
        /// Whether the row is only inherited from a share with a node above. `None` if that is unknown.
        inherited: Option<bool>,
    },
    /// The share is not live.
    Missing,
    /// The portfolio could not be read.
    CantTell,
}

/// What the catalog says about a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// The catalog lists it.
    Yes(Source),
    /// The catalog listed it until a day that has passed.
    Expired(Source),
    /// The catalog ignores it: the share is left alone.
    Ignored(Source),
    /// The catalog does not list it, and unlisted shares are kept.
    Kept,
    /// The catalog does not list it, so a plan removes it.
    No,
    /// A path in the catalog may mean it, and the path can't be resolved.
    CantTell,
}

/// What happens to an account if one share is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Without {
    /// The account keeps the portfolio by these other shares.
    Keeps(Vec<Receiver>),
    /// The account keeps the portfolio by these other shares, unless it has rejected the organization's share. AWS
    /// does not show such a rejection while the account's own share is accepted.
    KeepsUnlessRejected(Vec<Receiver>),
    /// The account loses the portfolio until it accepts its own share.
    Waits,
    /// The account loses the portfolio.
    Loses,
    /// Nothing: the account does not have the portfolio by this share.
    Nothing,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// The entry of `recipients` that governs an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Governing {
    /// This one.
    Entry(Source),
    /// No entry: the account's own administrator decides.
    None,
    /// No entry, since the account owns the portfolio.
    Owner,
    /// No entry, since the account is suspended.
    Suspended,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// An entry of `recipients` for a node above an account that does not govern the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its line.
    pub source: Source,
    /// Whether the entry's `except` names the account. Otherwise a nearer entry takes precedence.
    pub except: bool,
}

/// The state inside an account that has a portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inside {
    /// The account's own portfolio that the entry asks for. The principals that the entry lists launch from it.
    pub local: Option<Local>,
    /// The principals that may launch or should. Empty if the account does not have the portfolio and no entry lists
    /// any.
    pub principals: Vec<Launcher>,
    /// What could not be read, in sentences.
    pub untold: Vec<String>,
}

/// An account's own portfolio that an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Its display name in the catalog.
    pub name: String,
    /// Its id. `None` if it is missing or ambiguous.
    pub id: Option<PortfolioId>,
    /// Whether it is known to be missing.
    pub is_missing: bool,
    /// Where the entry asks for it.
    pub source: Source,
    /// The launch role that the entry sets for its products, and the line that sets it.
    pub launch_role: Option<(LaunchRole, Source)>,
    /// The products that it holds or should hold. `None` if they are unknown.
    pub products: Option<Vec<Stocked>>,
}

/// A product that is in an account's own portfolio or should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocked {
    /// Its id. For a copy that the entry asks for, the id of the source product.
    pub product: CatalogProductId,
    /// Its name.
    pub name: String,
    /// How the portfolio holds it. `None` if it is missing.
    pub form: Option<Form>,
    /// The line that asks for it.
    pub listed: Option<Source>,
    /// Whether it stays although no line asks for it.
    pub is_kept: bool,
    /// The launch role that is set on it. `None` if it is launched with the rights of the user who launches it.
    pub role: Option<LaunchRole>,
}

/// How a portfolio holds a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// The product itself.
    Itself,
    /// A copy, with this id.
    Copy(CatalogProductId),
}

/// A principal that may launch, or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launcher {
    /// The principal.
    pub principal: Principal,
    /// Its display name.
    pub label: String,
    /// Whether it launches from the account's own portfolio instead of the shared one.
    pub on_local: bool,
    /// Whether it is live in the account. `None` if that is unknown.
    pub live: Option<bool>,
    /// The line that asks for it.
    pub listed: Option<Source>,
    /// Whether the owner associated it with the shared portfolio, so that it arrives by name.
    pub of_owner: bool,
}
