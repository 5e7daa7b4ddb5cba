//! Catalog files as they are to be written: what `import` makes of what is live, or of another tool's files.

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

/// Files by their names without `.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// `portfolios/NAME.yaml`.
    pub portfolios: BTreeMap<Name, PortfolioDraft>,
    /// `marketplace/NAME.yaml`.
    pub lists: BTreeMap<Name, ListDraft>,
    /// What is live, or in the other tool's files, and in none of these, with the reason, in sentences.
    pub left_out: Vec<String>,
    /// What these files say otherwise than the other tool's, in sentences.
    pub altered: Vec<String>,
    /// What could not be read, in sentences.
    pub unread: Vec<String>,
}

/// A value with a comment behind it, such as an account's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commented<T> {
    /// The value.
    pub value: T,
    /// For people.
    pub comment: Option<String>,
}

/// A portfolio's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioDraft {
    /// Which portfolio; the comment is its name where an id stands there.
    pub portfolio: Commented<Selector<PortfolioId>>,
    /// Whose it is.
    pub organization: Name,
    /// Whether it has to say so: several organizations own portfolios.
    pub names_organization: bool,
    /// Where it lives; none where those of the settings hold.
    pub regions: Vec<Region>,
    /// With whom it is shared, in the order of the file.
    pub shares: Vec<Commented<Share<OuRef>>>,
    /// Why other live shares are kept; `None` where they are removed, as without a word about them.
    pub kept: Option<String>,
    /// What happens inside accounts that receive it, as far as that was asked for.
    pub recipients: Vec<Commented<RecipientDraft>>,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientDraft {
    /// Which accounts.
    pub who: Recipients,
    /// But not these.
    pub except: BTreeSet<AccountId>,
    /// The portfolio of the accounts' own, where they have one.
    pub local: Option<LocalDraft>,
    /// Who may launch there.
    pub principals: BTreeSet<PrincipalRef>,
}

/// A `local_portfolio` of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDraft {
    /// Its display name; `None` where it is that of the shared portfolio.
    pub name: Option<String>,
    /// Its provider.
    pub provider: Commented<String>,
    /// Its description; `None` where it is left as it is.
    pub description: Option<String>,
    /// The names of its products; `None` where it has all of the shared portfolio.
    pub products: Option<BTreeSet<String>>,
    /// Whether one of that name without the tag is taken over.
    pub adopt: bool,
    /// Whether it holds the products themselves, or copies.
    pub mode: LocalMode,
    /// Whose rights its products are launched with.
    pub launch_role: Option<LaunchRole>,
}

/// A product list's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDraft {
    /// What can be bought.
    pub approved: Vec<ProductDraft>,
    /// What can't, by name.
    pub rejected: Vec<ProductDraft>,
    /// Why other approved products are kept; `None` where they are denied, as without a word about them.
    pub kept: Option<String>,
    /// The experiences that have these. Without any the list only serves to be included.
    pub experiences: Vec<ExperienceDraft>,
}

/// A product of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductDraft {
    /// Its id.
    pub id: ProductId,
    /// What the marketplace calls it.
    pub name: Option<String>,
    /// What it was sent with.
    pub notes: Option<String>,
}

/// An experience of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperienceDraft {
    /// Whose it is.
    pub organization: Name,
    /// Which one; the comment is its name where an id stands there.
    pub experience: Commented<Selector<ExperienceId>>,
    /// Its description, where it has one.
    pub description: Option<String>,
    /// Enabled or disabled, where that is known.
    pub status: Option<ExperienceStatus>,
    /// Whether users may ask for products, where that is known.
    pub user_requests: Option<bool>,
    /// Whom it governs.
    pub audience: Vec<Commented<AudienceRef>>,
    /// How it looks, without the logo: AWS shows the address of its own copy alone.
    pub branding: Branding,
}
