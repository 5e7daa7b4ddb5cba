//! Portfolios: those that an account owns, and what it does with those that others share with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Constraint, Lag, Principal, Share, is_default};

/// A portfolio, and with whom it is shared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portfolio {
    /// The display name; not unique.
    pub name: String,
    /// The provider name.
    #[serde(skip_serializing_if = "is_default")]
    pub provider: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: BTreeMap<String, String>,
    /// Its tag options, as `key=value`.
    #[serde(skip_serializing_if = "is_default")]
    pub tag_options: Vec<String>,
    /// Its shares.
    #[serde(skip_serializing_if = "is_default")]
    pub shares: Vec<Share>,
    /// Who may use it, as its owner says.
    #[serde(skip_serializing_if = "is_default")]
    pub principals: Vec<Principal>,
    /// Its products by id.
    #[serde(skip_serializing_if = "is_default")]
    pub products: BTreeMap<String, Association>,
    /// Its constraints by id (`cons-…`).
    #[serde(skip_serializing_if = "is_default")]
    pub constraints: BTreeMap<String, Constraint>,
}

/// A product in a portfolio.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Association {
    /// The imported portfolio that a product of somebody else comes from.
    #[serde(skip_serializing_if = "is_default")]
    pub from: Option<String>,
    /// When it can be seen.
    #[serde(skip_serializing_if = "is_default")]
    pub lag: Lag,
}

/// What an account did with a portfolio that is shared with it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    /// A share through the organization was rejected. The owner doesn't see it.
    #[serde(skip_serializing_if = "is_default")]
    pub rejected: bool,
    /// Who may use it, as this account says.
    #[serde(skip_serializing_if = "is_default")]
    pub principals: Vec<Principal>,
}
