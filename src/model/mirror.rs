//! What an entry of `experiences` brings its experiences to: products that its file lists, or those of an experience
//! that it follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::experience::Listing;
use super::finding::Source;
use super::id::{AccountId, ExperienceId, Name, ProductId};
use super::lists::{ProductLists, Selector, Unlisted};

/// What an entry of `experiences` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Products {
    /// What the file lists, with what it includes. Shared by all entries of the file.
    Listed(Arc<ProductLists>),
    /// What is live in another experience. Shared by all entries of the file.
    Mirrored(Arc<Mirror>),
}

impl Products {
    /// The lists of a file; `None` for one that mirrors an experience, whose products only AWS knows.
    pub fn listed(&self) -> Option<&ProductLists> {
        match self {
            Self::Listed(lists) => Some(lists),
            Self::Mirrored(_) => None,
        }
    }

    /// What a file mirrors.
    pub fn mirrored(&self) -> Option<&Mirror> {
        match self {
            Self::Listed(_) => None,
            Self::Mirrored(mirror) => Some(mirror),
        }
    }

    /// What is left alone, each with its line.
    pub fn ignored(&self) -> &BTreeMap<ProductId, Source> {
        match self {
            Self::Listed(lists) => &lists.ignored,
            Self::Mirrored(mirror) => &mirror.ignored,
        }
    }
}

/// The `mirror` of a product list: the experience that people curate in the console, and that others follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The organization's name in the settings.
    pub organization: Name,
    /// The organization's marketplace account.
    pub account: AccountId,
    /// Which experience.
    pub experience: Selector<ExperienceId>,
    /// What is left alone in the experiences that follow, each with its line.
    pub ignored: BTreeMap<ProductId, Source>,
    /// What becomes of products that are approved in them and not in the mirrored one.
    pub unlisted: Unlisted,
    /// The line of `mirror`.
    pub source: Source,
}

/// Why a change is in a plan whose file mirrors an experience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mirrored {
    /// The marketplace account of the mirrored experience's organization.
    pub account: AccountId,
    /// The mirrored experience.
    pub experience: ExperienceId,
    /// Its name, for people.
    pub name: String,
    /// The list that the product is on there, once what is planned there was done. `None` where it is on neither, and
    /// for changes that are about no product.
    pub listing: Option<Listing>,
    /// The line of `mirror`.
    pub source: Source,
}
