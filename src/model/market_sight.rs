//! What the Private Marketplaces of organizations let an account buy, or everybody: which experience governs the account
//! and why, and what is said of a product where. Both what the catalog says and what is live, each marked as that.

use super::audience::AudiencePrincipal;
use super::experience::{ExperienceStatus, Listing};
use super::finding::Source;
use super::id::{ExperienceId, Name, ProductId};
use super::live::Reading;

/// A product that somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskedProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name in the catalog; empty where it has none there.
    pub name: String,
}

/// Which product was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductIdentity {
    /// This one.
    One(AskedProduct),
    /// Several bear the name.
    Several(Vec<AskedProduct>),
    /// No product of the catalog bears it.
    Unknown {
        /// The name that is spelt most alike, where one is alike enough to be meant.
        nearest: Option<String>,
    },
}

/// What the Private Marketplace of an organization is to an account of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// The organization's name in the settings.
    pub organization: Name,
    /// What governs the account.
    pub outcome: Outcome,
    /// Every audience that the account is in, or may be, or should be: the nearest first.
    pub ties: Vec<Tie>,
}

/// What governs an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An experience.
    Governed(Box<Rules>),
    /// None that is enabled: nothing restricts what can be bought.
    Free,
    /// No product list of the catalog is for this organization, so nothing was asked.
    NotLooked,
    /// That could not be read; the sentence says why.
    CantTell(String),
}

/// The audience of an experience that an account is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The experience's id; `None` of one that is not there yet.
    pub experience: Option<ExperienceId>,
    /// Its name; empty where that could not be read.
    pub name: String,
    /// Its status; `None` where that could not be read, and of one that is not there yet.
    pub status: Option<ExperienceStatus>,
    /// The status that the catalog asks for, and where, if it is another one.
    pub wanted: Option<(ExperienceStatus, Source)>,
    /// By whom the account is in the audience. `None` where the catalog names a unit by a path and it can't be told
    /// which one it is.
    pub principal: Option<AudiencePrincipal>,
    /// What the principal is called; empty where that is not known.
    pub label: String,
    /// Whether it is live.
    pub is_live: bool,
    /// What the catalog says of it.
    pub said: Said,
    /// Whether it counts.
    pub weight: Weight,
}

/// What the catalog says of a principal in an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It lists it.
    Listed(Source),
    /// The `audience` there is without it: a plan takes it out.
    Leaves(Source),
    /// No file says whom the experience governs.
    Nothing,
    /// That can't be told.
    CantTell(String),
}

/// Whether an audience counts for an account. The experience that is enabled and nearest governs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It does.
    Counts,
    /// The experience is disabled.
    Disabled,
    /// The experience is archived.
    Archived,
    /// A nearer one counts.
    FurtherUp,
    /// It is not live yet.
    NotLive,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// What an experience lets buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Its id; `None` of one that is not there yet.
    pub id: Option<ExperienceId>,
    /// Its name.
    pub name: String,
    /// Its status. One that is not there yet is made disabled.
    pub status: ExperienceStatus,
    /// How many products are approved and denied. `None` where there is no policy: everything can be bought.
    pub lists: Option<(usize, usize)>,
    /// Which file governs its products.
    pub list: ListedBy,
    /// What is said there of the product that was asked for.
    pub product: Option<Stand>,
}

/// Which file governs the products of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedBy {
    /// This entry of `experiences`.
    Entry {
        /// Its line.
        source: Source,
        /// The line of `mirror`, where it follows another experience.
        mirror: Option<Source>,
    },
    /// None.
    Nobody,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// How it stands with a product in an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The product.
    pub product: AskedProduct,
    /// What is live.
    pub live: Shelved,
    /// What the catalog says.
    pub catalog: Word,
    /// The list that a plan puts it on. `None` where it leaves it as it is.
    pub planned: Option<Listing>,
}

/// What is live of a product in an experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelved {
    /// It is approved.
    Approved,
    /// It is denied by name.
    Denied,
    /// It is on neither list: it can't be bought.
    Unlisted,
    /// There is no policy: everything can be bought.
    Everything,
    /// The experience is not there yet.
    NotThere,
}

impl Shelved {
    /// Whether it can be bought.
    pub fn can_be_bought(self) -> bool {
        match self {
            Self::Approved | Self::Everything => true,
            Self::Denied | Self::Unlisted | Self::NotThere => false,
        }
    }
}

/// What the catalog says of a product in an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It approves it.
    Approves(Source),
    /// It rejects it.
    Rejects(Source),
    /// It listed it until a day that has passed.
    Expired(Source),
    /// It leaves it alone.
    Ignores(Source),
    /// It is in no list, and what is not listed is left alone.
    Kept,
    /// It is in no list, and what is not listed is denied.
    NotListed,
    /// The experience is to be archived: its products are left as they are.
    PutAway(Source),
    /// No file governs the experience.
    Nothing,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// Where a product stands in the Private Marketplace of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The organization's name in the settings.
    pub organization: Name,
    /// Every experience that is not archived, or why it can't be told. `None` where no product list of the catalog is for
    /// the organization, so that nothing was asked.
    pub experiences: Option<Vec<Reading<Rules>>>,
}

impl Market {
    /// Whether everything that was asked for could be read.
    pub fn is_whole(&self) -> bool {
        let outcome = match &self.outcome {
            Outcome::Governed(rules) => rules.is_whole(),
            Outcome::Free | Outcome::NotLooked => true,
            Outcome::CantTell(_) => false,
        };
        let is_told = |tie: &Tie| !matches!(tie.said, Said::CantTell(_)) && !matches!(tie.weight, Weight::CantTell(_));
        outcome && self.ties.iter().all(is_told)
    }
}

impl Rules {
    fn is_whole(&self) -> bool {
        let is_told = |stand: &Stand| !matches!(stand.catalog, Word::CantTell(_));
        !matches!(self.list, ListedBy::CantTell(_)) && self.product.iter().all(is_told)
    }
}

impl Shop {
    /// Whether everything that was asked for could be read.
    pub fn is_whole(&self) -> bool {
        self.experiences.iter().flatten().all(|it| it.as_result().is_ok_and(Rules::is_whole))
    }
}
