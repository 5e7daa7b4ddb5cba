//! Accounts: their roles, and per region their portfolios and products.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{CatalogProduct, CopyAction, CopyStatus, Import, Portfolio, ShareAction, Token, is_default};

/// The content of an account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// The IAM roles by name, `path/name` or a glob. If the map is empty, every role exists.
    #[serde(skip_serializing_if = "is_default")]
    pub roles: BTreeMap<String, Role>,
    /// The IAM users by name, `path/name` or a glob. If the list is empty, every user exists.
    #[serde(skip_serializing_if = "is_default")]
    pub users: Vec<String>,
    /// The IAM groups by name, `path/name` or a glob. If the list is empty, every group exists.
    #[serde(skip_serializing_if = "is_default")]
    pub groups: Vec<String>,
    /// Service Catalog objects, by region.
    #[serde(skip_serializing_if = "is_default")]
    pub regions: BTreeMap<String, Region>,
}

/// A role, with its trust and its permissions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// Globs of the role ARNs that may assume it. If empty, any may.
    #[serde(skip_serializing_if = "is_default")]
    pub trusts: Vec<String>,
    /// Globs of the web identity subjects that may assume it. If empty, every subject that `oidc` accepts.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// The external id that `AssumeRole` must name.
    #[serde(skip_serializing_if = "is_default")]
    pub external_id: Option<String>,
    /// Globs of the actions (`service:Operation`) that it may call. If empty, all.
    #[serde(skip_serializing_if = "is_default")]
    pub allow: Vec<String>,
    /// Globs of the actions that it may not call. They come before `allow`.
    #[serde(skip_serializing_if = "is_default")]
    pub deny: Vec<String>,
    /// IAM policies, beside `allow` and `deny`: they have to allow the action on the resource. If left out, `allow` and
    /// `deny` decide alone.
    #[serde(skip_serializing_if = "is_default")]
    pub policies: Option<Vec<Value>>,
    /// An IAM trust policy, beside `trusts`, `subjects` and `external_id`. All of them have to admit the caller.
    #[serde(skip_serializing_if = "is_default")]
    pub trust_policy: Option<Value>,
    /// Globs of actions that are allowed only under a condition, each with the condition's key. Real calls satisfy the
    /// condition. A simulation does only if it gives a value for the key.
    #[serde(skip_serializing_if = "is_default")]
    pub conditions: BTreeMap<String, String>,
    /// Whether it may write. If left out: yes, unless its name ends in `-plan`.
    #[serde(skip_serializing_if = "is_default")]
    pub writes: Option<bool>,
    /// The ARN of another role, whose session `AssumeRole` returns in place of its own.
    #[serde(skip_serializing_if = "is_default")]
    pub answers_as: Option<String>,
    /// The longest session in seconds. If left out, one hour, as for a new role in IAM.
    #[serde(skip_serializing_if = "is_default")]
    pub max_session_seconds: Option<u32>,
    /// For how many more requests to Service Catalog in its account the role counts as new. Until then, portfolios list
    /// it by its unique id (`AROA…`) and not by its ARN.
    #[serde(skip_serializing_if = "is_default")]
    pub fresh: u32,
}

/// The content of an account in one region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Region {
    /// The account's portfolios by id, mostly `port-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub portfolios: BTreeMap<String, Portfolio>,
    /// The account's decisions on portfolios that are shared with it, by portfolio id.
    #[serde(skip_serializing_if = "is_default")]
    pub imports: BTreeMap<String, Import>,
    /// The account's products by id, mostly `prod-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub products: BTreeMap<String, CatalogProduct>,
    /// Copies of products by token. Only pending ones are written to a file.
    #[serde(skip_serializing_if = "no_copies", serialize_with = "open_copies")]
    pub copies: BTreeMap<String, CopyAction>,
    /// Answers to requests with an idempotency token, by operation and token.
    #[serde(skip_serializing_if = "is_default")]
    pub tokens: BTreeMap<String, Token>,
    /// Share actions by token. Only pending ones are written to a file.
    #[serde(skip_serializing_if = "none_open", serialize_with = "only_open")]
    pub share_actions: BTreeMap<String, ShareAction>,
    /// When the last share action with a node of the organization ended, for `share_pause_ms`.
    #[serde(skip)]
    pub node_share_ended: Option<Instant>,
}

fn none_open(actions: &BTreeMap<String, ShareAction>) -> bool {
    actions.values().all(|action| action.status.is_final())
}

fn only_open<S: Serializer>(actions: &BTreeMap<String, ShareAction>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(actions.iter().filter(|(_, action)| !action.status.is_final()))
}

fn no_copies(copies: &BTreeMap<String, CopyAction>) -> bool {
    copies.values().all(|copy| copy.status != CopyStatus::InProgress)
}

fn open_copies<S: Serializer>(copies: &BTreeMap<String, CopyAction>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(copies.iter().filter(|(_, copy)| copy.status == CopyStatus::InProgress))
}
