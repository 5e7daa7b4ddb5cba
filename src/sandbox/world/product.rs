//! A product that the marketplace offers.

use serde::{Deserialize, Serialize};

use super::usual::is_default;

/// A product of the marketplace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Who sells it.
    pub vendor: String,
    /// How it is delivered, as AWS writes it, such as `SAAS`. Left out: `SAAS`.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: Option<String>,
    /// How it is paid for: `BYOL`, `CONTRACT`, `FREE` or `USAGE`. Left out: `CONTRACT`.
    #[serde(skip_serializing_if = "is_default")]
    pub pricing: Option<String>,
    /// The id of its page. Left out: one made from the product's id.
    #[serde(skip_serializing_if = "is_default")]
    pub listing: Option<String>,
    /// It can't be bought any more: no search finds it, and its page is gone.
    #[serde(skip_serializing_if = "is_default")]
    pub withdrawn: bool,
    /// It is offered to some buyers only: nobody else is told of it.
    #[serde(skip_serializing_if = "is_default")]
    pub private: bool,
}

impl Product {
    /// The id of its page.
    pub(in crate::sandbox) fn listing(&self, id: &str) -> String {
        self.listing.clone().unwrap_or_else(|| format!("prodview-{}", crate::sandbox::codec::word(id, 13)))
    }
}
