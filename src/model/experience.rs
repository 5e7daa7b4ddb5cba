//! A Private Marketplace experience and its product lists.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::{BrandingId, ExperienceId, ProcurementPolicyId, ProductId};

/// The list of a procurement policy that a product is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// The product can be bought.
    Approved,
    /// The product is denied by name and can't be bought.
    Denied,
}

/// The product lists of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcurementPolicy {
    /// Its id.
    pub id: ProcurementPolicyId,
    /// The approved products.
    pub approved: BTreeSet<ProductId>,
    /// The products denied by name.
    pub denied: BTreeSet<ProductId>,
    /// Whether users may request products that are not approved.
    pub user_requests: bool,
    /// The notes of the products. Products without notes are left out.
    pub notes: BTreeMap<ProductId, String>,
}

impl ProcurementPolicy {
    /// The list that a product is on. AWS keeps an id on one list at most.
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

/// Whether an experience governs its audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperienceStatus {
    /// In force for its audience.
    Enabled,
    /// Kept, but governs no account.
    Disabled,
    /// Archived. It has to be restored before it can be changed.
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

/// A live experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experience {
    /// Its id.
    pub id: ExperienceId,
    /// Its name.
    pub name: String,
    /// Its description. Empty if it has none.
    pub description: String,
    /// Whether it governs its audience.
    pub status: ExperienceStatus,
    /// Its product lists. **`None` means that every product can be bought.** An empty policy means that none can.
    pub policy: Option<ProcurementPolicy>,
    /// The id of its branding settings, if it has any.
    pub branding: Option<BrandingId>,
}
