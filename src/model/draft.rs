//! Catalog files as they are to be written: what `import` makes of what is live.

use std::collections::{BTreeMap, BTreeSet};

use super::branding::Branding;
use super::desired::Recipients;
use super::experience::ExperienceStatus;
use super::experience_terms::AudienceRef;
use super::id::{ExperienceId, Name, PortfolioId, ProductId, Region};
use super::lists::Selector;
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
    /// What is live and in none of the files, with the reason, in sentences.
    pub left_out: Vec<String>,
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
    /// What happens inside accounts that receive it, as far as that was asked for.
    pub recipients: Vec<Commented<RecipientDraft>>,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientDraft {
    /// Which accounts.
    pub who: Recipients,
    /// Who may launch there.
    pub principals: BTreeSet<PrincipalRef>,
}

/// A product list's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDraft {
    /// What can be bought.
    pub approved: Vec<ProductDraft>,
    /// What can't, by name.
    pub rejected: Vec<ProductDraft>,
    /// The experiences that have exactly these.
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
    /// Enabled or disabled.
    pub status: ExperienceStatus,
    /// Whether users may ask for products.
    pub user_requests: bool,
    /// Whom it governs.
    pub audience: Vec<Commented<AudienceRef>>,
    /// How it looks, without the logo: AWS shows the address of its own copy alone.
    pub branding: Branding,
}
