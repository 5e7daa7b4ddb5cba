//! Products that AWS Marketplace offers.

use serde::{Deserialize, Serialize};

use super::usual::is_default;

/// A product of AWS Marketplace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// The seller's name.
    pub vendor: String,
    /// The fulfillment type in AWS's spelling. If left out, `SAAS`.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: Option<String>,
    /// The pricing model: `BYOL`, `CONTRACT`, `FREE` or `USAGE`. If left out, `CONTRACT`.
    #[serde(skip_serializing_if = "is_default")]
    pub pricing: Option<String>,
    /// The id of its listing. If left out, it derives from the product's id.
    #[serde(skip_serializing_if = "is_default")]
    pub listing: Option<String>,
    /// Whether it can't be bought any more. Searches don't find it, and it has no listing.
    #[serde(skip_serializing_if = "is_default")]
    pub withdrawn: bool,
    /// Whether only some buyers are offered it. The Discovery API doesn't show it then.
    #[serde(skip_serializing_if = "is_default")]
    pub private: bool,
}

impl Product {
    /// The id of its listing.
    pub(in crate::sandbox) fn listing(&self, id: &str) -> String {
        self.listing.clone().unwrap_or_else(|| format!("prodview-{}", crate::sandbox::codec::word(id, 13)))
    }
}
