//! A Private Marketplace experience and its product lists.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::{BrandingId, ExperienceId, ProcurementPolicyId, ProductId};

/// What a procurement policy says of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// It can be bought.
    Approved,
    /// It can't be bought, and the policy says so by name.
    Denied,
}

/// The product lists of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcurementPolicy {
    /// Its id.
    pub id: ProcurementPolicyId,
    /// What can be bought.
    pub approved: BTreeSet<ProductId>,
    /// What can't, by name.
    pub denied: BTreeSet<ProductId>,
    /// Whether users may ask for products that are not approved.
    pub user_requests: bool,
    /// The notes that products were sent with. A product without notes is not here.
    pub notes: BTreeMap<ProductId, String>,
}

impl ProcurementPolicy {
    /// What the policy says of a product. AWS keeps an id on one list at most.
    pub fn listing(&self, product: &ProductId) -> Option<Listing> {
        if self.approved.contains(product) {
            Some(Listing::Approved)
        } else if self.denied.contains(product) {
            Some(Listing::Denied)
        } else {
            None
        }
    }
}

/// Whether an experience governs anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperienceStatus {
    /// Live.
    Enabled,
    /// Kept, but nobody sees it.
    Disabled,
    /// Put away; has to be revived before it can be changed.
    Archived,
}

impl ExperienceStatus {
    /// The word for it in the catalog and in the JSON of plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Archived => "archived",
        }
    }
}

/// An experience as it is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experience {
    /// Its id.
    pub id: ExperienceId,
    /// Its name.
    pub name: String,
    /// Its description; empty where it has none.
    pub description: String,
    /// Whether it governs anyone.
    pub status: ExperienceStatus,
    /// Its product lists. **None means that every product can be bought**; an empty policy means that none can.
    pub policy: Option<ProcurementPolicy>,
    /// Its branding settings, where it has any.
    pub branding: Option<BrandingId>,
}
