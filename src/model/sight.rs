//! What one account sees: of the catalog's portfolios by which shares each reaches it, which entry governs it there, and
//! who may launch. Both what the catalog says and what is live, each marked as that.

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

/// How somebody names an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// By its id.
    Id(AccountId),
    /// By its name or its e-mail address.
    Called(String),
}

impl Asked {
    /// Twelve digits are an id, everything else a name or an address.
    pub fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Called(text.to_owned()), Self::Id)
    }
}

/// An account that bears a name which somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bearer {
    /// Its id.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its organization's name in the settings.
    pub organization: Name,
}

/// Which account was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// This one. The sentences say why another account may bear the name, too.
    One(AccountId, Vec<String>),
    /// Several bear the name.
    Several(Vec<Bearer>),
    /// No account bears it.
    Unknown {
        /// The name that is spelt most alike, where one is alike enough to be meant.
        nearest: Option<String>,
    },
    /// None that could be read bears it; the sentences say what could not be read.
    CantTell(Vec<String>),
}

/// What an organization of the settings says of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// The account belongs to it.
    Member {
        /// The account's name.
        name: String,
        /// The e-mail address that it is registered with.
        email: Option<String>,
        /// Whether anyone can work in it.
        status: AccountStatus,
        /// The path of the unit that it is in, empty right below the root; or why that can't be told.
        path: Reading<String>,
    },
    /// It does not.
    Stranger,
    /// That could not be read; the sentence says why.
    Untold(String),
}

/// What one account sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The account.
    pub account: AccountId,
    /// What each organization of the settings says of it.
    pub organizations: BTreeMap<Name, Membership>,
    /// The portfolios of the catalog that reach the account, or may, or should.
    pub portfolios: Vec<Seen>,
    /// How many others of the catalog do not.
    pub others: usize,
    /// The portfolios that the account has accepted and that no file of the catalog governs, where it was entered.
    pub ungoverned: BTreeMap<Region, Reading<BTreeSet<PortfolioId>>>,
    /// What the Private Marketplace of its organization lets it buy.
    pub markets: Vec<Market>,
    /// What else could not be read, in sentences.
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

/// A portfolio of the catalog, as far as it has to do with one account.
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
    /// Its id, where it can be told.
    pub id: Option<PortfolioId>,
    /// Its name, or how the catalog names it.
    pub name: String,
    /// Why nothing live is known of it.
    pub trouble: Option<String>,
    /// Whether the account has it.
    pub state: State,
    /// Every share that reaches the account, or may, live or listed: the account's own first, then from the nearest node up.
    pub ways: Vec<Way>,
    /// The entry of `recipients` that counts for the account.
    pub entry: Governing,
    /// The entries that are for a node above the account and do not count for it.
    pub passed_over: Vec<PassedOver>,
    /// What is inside the account.
    pub inside: Inside,
}

/// Whether an account has a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It owns it.
    Owns,
    /// It has it, and it is accepted.
    Has,
    /// It is shared with it, and the account is suspended: nobody can use it there.
    Suspended,
    /// It is shared with the account by itself, which has not accepted it.
    Waits,
    /// It is shared through the organization, and somebody rejected it in the account.
    Rejected,
    /// No live share reaches it.
    HasNot,
    /// That could not be read; the sentence says why.
    CantTell(String),
}

/// A share by which a portfolio reaches an account, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// With whom. `None` where the catalog names a unit by a path and it can't be told which one it is.
    pub receiver: Option<Receiver>,
    /// AWS's word for the kind of receiver.
    pub kind: &'static str,
    /// What the receiver is called; empty where that is not known.
    pub label: String,
    /// Why it can't be told whether the account is below it.
    pub untold: Option<String>,
    /// Whether it is live, on what terms.
    pub live: Liveness,
    /// What the catalog says of it.
    pub listed: Listed,
    /// What becomes of the account where this share alone is taken away. `None` of one that is not live.
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
    /// It is.
    Live {
        /// With whom, on what terms.
        share: Share,
        /// Whether the owner sees it as accepted.
        accepted: bool,
        /// Whether it stands for a share with a node above alone; `None` where that can't be told.
        inherited: Option<bool>,
    },
    /// It is not.
    Missing,
    /// The portfolio could not be read.
    CantTell,
}

/// What the catalog says of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// It lists it.
    Yes(Source),
    /// It listed it until a day that has passed.
    Expired(Source),
    /// It ignores it: the share is left alone.
    Ignored(Source),
    /// It does not list it, and leaves it alone.
    Kept,
    /// It does not list it: a plan takes it away.
    No,
    /// A path of the catalog may mean it, and that can't be told.
    CantTell,
}

/// What becomes of an account where one share is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Without {
    /// It keeps the portfolio by these.
    Keeps(Vec<Receiver>),
    /// It keeps it by these, unless somebody rejected the organization's share there: that is not to be seen as long as the
    /// account's own is accepted.
    KeepsUnlessRejected(Vec<Receiver>),
    /// It loses it, until it accepts the share of its own.
    Waits,
    /// It loses it.
    Loses,
    /// Nothing: it does not have it by this one.
    Nothing,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// Which entry of `recipients` counts for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Governing {
    /// This one.
    Entry(Source),
    /// None: the account is left to its own administrator.
    None,
    /// None, since the account owns the portfolio.
    Owner,
    /// None, since the account is suspended.
    Suspended,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// An entry of `recipients` that is for a node above an account and does not count for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its line.
    pub source: Source,
    /// Whether its `except` leaves the account out. Otherwise a nearer entry hides it.
    pub except: bool,
}

/// What is inside an account that has a portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inside {
    /// The portfolio of the account's own that the entry asks for, from which those launch that it lists.
    pub local: Option<Local>,
    /// Who may launch, and who should. Nothing where the portfolio is not there and no entry asks for anybody.
    pub principals: Vec<Launcher>,
    /// What could not be read, in sentences.
    pub untold: Vec<String>,
}

/// A portfolio of an account's own that an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Its display name in the catalog.
    pub name: String,
    /// Its id, where it is there and can be told from others.
    pub id: Option<PortfolioId>,
    /// Whether it is known not to be there.
    pub is_missing: bool,
    /// Where the entry asks for it.
    pub source: Source,
    /// Whose rights the entry wants its products launched with, and where it says so.
    pub launch_role: Option<(LaunchRole, Source)>,
    /// The products that it holds, and those that it should hold; `None` where that can't be told.
    pub products: Option<Vec<Stocked>>,
}

/// A product of an account's own portfolio, or one that should be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocked {
    /// Its id. Of a copy that the entry asks for the id of what is copied.
    pub product: CatalogProductId,
    /// Its name.
    pub name: String,
    /// How it is there; `None` where it is missing.
    pub form: Option<Form>,
    /// The line that asks for it.
    pub listed: Option<Source>,
    /// Whether it stays although no line asks for it.
    pub is_kept: bool,
    /// Whose rights it is launched with there; `None` where those of whoever launches.
    pub role: Option<LaunchRole>,
}

/// How a product is in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Itself.
    Itself,
    /// As a copy, which has this id.
    Copy(CatalogProductId),
}

/// Someone who may launch, or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launcher {
    /// Who.
    pub principal: Principal,
    /// What it is called.
    pub label: String,
    /// Whether it launches from the account's own portfolio, and not from the one that it receives.
    pub on_local: bool,
    /// Whether it is live in the account; `None` where that can't be told.
    pub live: Option<bool>,
    /// The line that asks for it.
    pub listed: Option<Source>,
    /// Whether the owner set it on its portfolio, from where it arrives by name.
    pub of_owner: bool,
}
