//! The answer of `explain` about Private Marketplaces: which experience governs an account and why, and where a
//! product is approved or denied. Live state and the catalog's words are kept apart.

use super::audience::AudiencePrincipal;
use super::experience::{ExperienceStatus, Listing};
use super::finding::Source;
use super::id::{ExperienceId, Name, ProductId};
use super::live::Reading;

/// A product that the user asks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskedProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name in the catalog. Empty if the catalog gives it none.
    pub name: String,
}

/// The product that a user's text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductIdentity {
    /// Exactly this one.
    One(AskedProduct),
    /// Several products have this name.
    Several(Vec<AskedProduct>),
    /// No product of the catalog has this name.
    Unknown {
        /// The name with the most similar spelling, if one is similar enough.
        nearest: Option<String>,
    },
}

/// The Private Marketplace of an organization, for one of its accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// The organization's name in the settings.
    pub organization: Name,
    /// What decides which products the account can buy.
    pub outcome: Outcome,
    /// Every audience that the account is in, may be in, or should be in, the nearest first.
    pub ties: Vec<Tie>,
}

/// What decides which products an account can buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An experience.
    Governed(Box<Rules>),
    /// No enabled experience, so nothing restricts what the account can buy.
    Free,
    /// No product list of the catalog is for this organization, so AWS was not asked.
    NotLooked,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// An audience of an experience that contains an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The experience's id. `None` if the experience does not exist yet.
    pub experience: Option<ExperienceId>,
    /// Its name. Empty if it could not be read.
    pub name: String,
    /// Its status. `None` if it could not be read, or if the experience does not exist yet.
    pub status: Option<ExperienceStatus>,
    /// The status that the catalog wants and its line, if that differs from the live status.
    pub wanted: Option<(ExperienceStatus, Source)>,
    /// The principal by which the account is in the audience. `None` if the catalog names a unit by a path that can't
    /// be resolved.
    pub principal: Option<AudiencePrincipal>,
    /// The principal's name. Empty if it is unknown.
    pub label: String,
    /// Whether it is live.
    pub is_live: bool,
    /// What the catalog says about it.
    pub said: Said,
    /// Whether this audience decides what the account can buy.
    pub weight: Weight,
}

/// What the catalog says about a principal of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The catalog lists it.
    Listed(Source),
    /// The catalog has an `audience` without it, so a plan removes it.
    Leaves(Source),
    /// No file sets the audience of the experience.
    Nothing,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// Whether an audience decides for an account. The nearest enabled experience governs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It decides.
    Counts,
    /// The experience is disabled.
    Disabled,
    /// The experience is archived.
    Archived,
    /// A nearer experience decides.
    FurtherUp,
    /// The audience is not live yet.
    NotLive,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// The products that an experience lets an account buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Its id. `None` if the experience does not exist yet.
    pub id: Option<ExperienceId>,
    /// Its name.
    pub name: String,
    /// Its status. An experience that does not exist yet counts as disabled.
    pub status: ExperienceStatus,
    /// The numbers of approved and denied products. `None` without a procurement policy: everything can be bought.
    pub lists: Option<(usize, usize)>,
    /// The file that governs its products.
    pub list: ListedBy,
    /// The state there of the product that was asked for.
    pub product: Option<Stand>,
}

/// The file that governs the products of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedBy {
    /// This entry of `experiences`.
    Entry {
        /// Its line.
        source: Source,
        /// The line of `mirror`, if it follows another experience.
        mirror: Option<Source>,
    },
    /// No file.
    Nobody,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// The state of a product in an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The product.
    pub product: AskedProduct,
    /// The live state.
    pub live: Shelved,
    /// What the catalog says.
    pub catalog: Word,
    /// The list that a plan puts it on. `None` if the plan leaves it as it is.
    pub planned: Option<Listing>,
}

/// The live state of a product in an experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelved {
    /// The product is approved.
    Approved,
    /// The product is denied by name.
    Denied,
    /// The product is on neither list, so it can't be bought.
    Unlisted,
    /// There is no procurement policy, so everything can be bought.
    Everything,
    /// The experience does not exist yet.
    NotThere,
}

impl Shelved {
    /// Whether the product can be bought.
    pub fn can_be_bought(self) -> bool {
        match self {
            Self::Approved | Self::Everything => true,
            Self::Denied | Self::Unlisted | Self::NotThere => false,
        }
    }
}

/// What the catalog says about a product in an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The catalog approves it.
    Approves(Source),
    /// The catalog rejects it.
    Rejects(Source),
    /// The catalog listed it until a day that has passed.
    Expired(Source),
    /// The catalog ignores it: the product is left alone.
    Ignores(Source),
    /// The catalog does not list it, and unlisted products are kept.
    Kept,
    /// The catalog does not list it, and unlisted products are denied.
    NotListed,
    /// The catalog archives the experience, so its products are left as they are.
    PutAway(Source),
    /// No file governs the experience.
    Nothing,
    /// Unknown. The sentence says why.
    CantTell(String),
}

/// The state of a product in the Private Marketplace of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The organization's name in the settings.
    pub organization: Name,
    /// Every experience that is not archived, or why it is unknown. `None` if no product list of the catalog is for
    /// the organization, so AWS was not asked.
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
