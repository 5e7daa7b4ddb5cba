//! Portfolios of an account, and its decisions on portfolios that others share with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Constraint, Lag, Principal, Share, is_default};

/// A portfolio with its content and its shares.
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
    /// The principals that may use it in the owner's account.
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
    /// The imported portfolio that the product comes from. `None` for the account's own product.
    #[serde(skip_serializing_if = "is_default")]
    pub from: Option<String>,
    /// Its visibility.
    #[serde(skip_serializing_if = "is_default")]
    pub lag: Lag,
}

/// A recipient's decisions on a portfolio that is shared with it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    /// Whether the recipient rejected a share that came through the organization. The owner doesn't see this.
    #[serde(skip_serializing_if = "is_default")]
    pub rejected: bool,
    /// The principals that may use it in the recipient's account.
    #[serde(skip_serializing_if = "is_default")]
    pub principals: Vec<Principal>,
}
