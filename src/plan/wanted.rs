//! The product lists that an entry wants for its experiences.

use std::sync::Arc;

use super::chosen::ExperienceKeyOf;
use crate::model::change::{Because, Mirrored};
use crate::model::desired::ProductLists;
use crate::model::experience::Listing;
use crate::model::finding::Source;

/// The product lists that an entry of `experiences` wants.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) lists: Arc<ProductLists>,
    /// The experience that these lists follow, if the file mirrors one.
    pub(super) follows: Option<Followed>,
}

/// An experience that others follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Followed {
    pub(super) key: ExperienceKeyOf,
    pub(super) name: String,
    pub(super) source: Source,
}

impl Followed {
    /// Why a change is in the plan of an experience that follows this one.
    pub(super) fn because(&self, listing: Option<Listing>) -> Because {
        let Self { key: (account, experience), name, source } = self.clone();
        Because::Mirrors(Mirrored { account, experience, name, listing, source })
    }
}
