//! Catalog files to be written: the result of `import` from the live state or from another tool's files.

use std::collections::{BTreeMap, BTreeSet};

use super::branding::Branding;
use super::desired::{LocalMode, Recipients};
use super::experience::ExperienceStatus;
use super::experience_terms::AudienceRef;
use super::id::{AccountId, ExperienceId, Name, PortfolioId, ProductId, Region};
use super::lists::Selector;
use super::local::LaunchRole;
use super::portfolio::Share;
use super::recipient::PrincipalRef;
use super::unit_ref::OuRef;

/// Catalog files, by their names without `.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// `portfolios/NAME.yaml`.
    pub portfolios: BTreeMap<Name, PortfolioDraft>,
    /// `marketplace/NAME.yaml`.
    pub lists: BTreeMap<Name, ListDraft>,
    /// Things that are live, or in the other tool's files, and could not be put into these files, with the reason, in
    /// sentences.
    pub left_out: Vec<String>,
    /// Differences between these files and the other tool's files, in sentences.
    pub altered: Vec<String>,
    /// Things that could not be read, in sentences.
    pub unread: Vec<String>,
}

/// A value with a comment after it, such as an account's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commented<T> {
    /// The value.
    pub value: T,
    /// The comment.
    pub comment: Option<String>,
}

/// A portfolio's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioDraft {
    /// The portfolio. If it is given by its id, the comment is its name.
    pub portfolio: Commented<Selector<PortfolioId>>,
    /// The organization that owns it.
    pub organization: Name,
    /// Whether the file has to name the organization, since several organizations own portfolios.
    pub names_organization: bool,
    /// Its regions. Empty if the regions of the settings apply.
    pub regions: Vec<Region>,
    /// Its shares, in the order of the file.
    pub shares: Vec<Commented<Share<OuRef>>>,
    /// Why other live shares are kept. `None` if they are removed, which is the default.
    pub kept: Option<String>,
    /// The state inside accounts that receive it, as far as it was asked for.
    pub recipients: Vec<Commented<RecipientDraft>>,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientDraft {
    /// The accounts that it covers.
    pub who: Recipients,
    /// Accounts that it leaves out.
    pub except: BTreeSet<AccountId>,
    /// The accounts' own portfolio, if they have one.
    pub local: Option<LocalDraft>,
    /// The principals that may launch.
    pub principals: BTreeSet<PrincipalRef>,
}

/// A `local_portfolio` of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDraft {
    /// Its display name. `None` if it has the name of the shared portfolio.
    pub name: Option<String>,
    /// Its provider.
    pub provider: Commented<String>,
    /// Its description. `None` if the live one is left as it is.
    pub description: Option<String>,
    /// The names of its products. `None` if it has all products of the shared portfolio.
    pub products: Option<BTreeSet<String>>,
    /// Whether to take over an existing portfolio of that name that does not have the tag.
    pub adopt: bool,
    /// Whether it holds the shared products themselves or copies.
    pub mode: LocalMode,
    /// The launch role of its products.
    pub launch_role: Option<LaunchRole>,
}

/// A product list's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDraft {
    /// The approved products.
    pub approved: Vec<ProductDraft>,
    /// The products denied by name.
    pub rejected: Vec<ProductDraft>,
    /// Why other approved products are kept. `None` if they are denied, which is the default.
    pub kept: Option<String>,
    /// The experiences that it governs. A list without any can only be included by other lists.
    pub experiences: Vec<ExperienceDraft>,
}

/// A product of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductDraft {
    /// Its id.
    pub id: ProductId,
    /// Its name in AWS Marketplace.
    pub name: Option<String>,
    /// The notes that it was approved or denied with.
    pub notes: Option<String>,
}

/// An experience of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperienceDraft {
    /// The organization that owns it.
    pub organization: Name,
    /// The experience. If it is given by its id, the comment is its name.
    pub experience: Commented<Selector<ExperienceId>>,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// Enabled or disabled, if that is known.
    pub status: Option<ExperienceStatus>,
    /// Whether users may request products, if that is known.
    pub user_requests: Option<bool>,
    /// The principals that it governs.
    pub audience: Vec<Commented<AudienceRef>>,
    /// Its branding without the logo, since AWS shows only the URL of its own copy of the logo.
    pub branding: Branding,
}
