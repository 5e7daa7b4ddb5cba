//! The desired products of the experiences of an entry: those that its file lists, or those of an experience that it
//! mirrors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::experience::Listing;
use super::finding::Source;
use super::id::{AccountId, ExperienceId, Name, ProductId};
use super::lists::{ProductLists, Selector, Unlisted};

/// The desired products of an entry of `experiences`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Products {
    /// The lists of the file, including the lists that it includes. All entries of the file share them.
    Listed(Arc<ProductLists>),
    /// The live products of another experience. All entries of the file share them.
    Mirrored(Arc<Mirror>),
}

impl Products {
    /// The lists of a file. `None` if the file mirrors an experience, since only AWS knows its products.
    pub fn listed(&self) -> Option<&ProductLists> {
        match self {
            Self::Listed(lists) => Some(lists),
            Self::Mirrored(_) => None,
        }
    }

    /// The mirrored experience. `None` if the file has lists.
    pub fn mirrored(&self) -> Option<&Mirror> {
        match self {
            Self::Listed(_) => None,
            Self::Mirrored(mirror) => Some(mirror),
        }
    }

    /// Products that are left alone, each with its line.
    pub fn ignored(&self) -> &BTreeMap<ProductId, Source> {
        match self {
            Self::Listed(lists) => &lists.ignored,
            Self::Mirrored(mirror) => &mirror.ignored,
        }
    }
}

/// The `mirror` of a product list: an experience that people edit in the console, and that the file's experiences
/// follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The organization's name in the settings.
    pub organization: Name,
    /// The organization's marketplace account.
    pub account: AccountId,
    /// The experience.
    pub experience: Selector<ExperienceId>,
    /// Products that are left alone in the following experiences, each with its line.
    pub ignored: BTreeMap<ProductId, Source>,
    /// What happens to products that are approved in a following experience but not in the mirrored one.
    pub unlisted: Unlisted,
    /// The line of `mirror`.
    pub source: Source,
}

/// The reason for a change in a plan whose file mirrors an experience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mirrored {
    /// The marketplace account of the mirrored experience's organization.
    pub account: AccountId,
    /// The mirrored experience.
    pub experience: ExperienceId,
    /// Its name, for people.
    pub name: String,
    /// The product's list in the mirrored experience after this plan. `None` if it is on neither list, and for
    /// changes that are not about a product.
    pub listing: Option<Listing>,
    /// The line of `mirror`.
    pub source: Source,
}
