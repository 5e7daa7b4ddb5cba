//! What is inside an account: its roles, and by region its portfolios.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{CatalogProduct, CopyAction, CopyStatus, Import, Portfolio, ShareAction, Token, is_default};

/// An account, from the inside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// The roles there are, by name (or `path/name`, or a glob). None listed: every role exists.
    #[serde(skip_serializing_if = "is_default")]
    pub roles: BTreeMap<String, Role>,
    /// The IAM users there are, by name (or `path/name`, or a glob). None listed: every user exists.
    #[serde(skip_serializing_if = "is_default")]
    pub users: Vec<String>,
    /// The IAM groups there are, likewise.
    #[serde(skip_serializing_if = "is_default")]
    pub groups: Vec<String>,
    /// What it owns, by region.
    #[serde(skip_serializing_if = "is_default")]
    pub regions: BTreeMap<String, Region>,
}

/// A role: who may assume it, and what it may do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// Globs of the role ARNs that may assume it. None: any.
    #[serde(skip_serializing_if = "is_default")]
    pub trusts: Vec<String>,
    /// Globs of the web identity subjects that may assume it. None: whatever `oidc` lets in.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// Asked of those who assume it from another role.
    #[serde(skip_serializing_if = "is_default")]
    pub external_id: Option<String>,
    /// Globs of the actions (`service:Operation`) that it may call. None: all.
    #[serde(skip_serializing_if = "is_default")]
    pub allow: Vec<String>,
    /// Globs of the actions that it may not call.
    #[serde(skip_serializing_if = "is_default")]
    pub deny: Vec<String>,
    /// Policies as IAM has them, beside `allow` and `deny`: an action has to be allowed for the very resource. Left out:
    /// none are attached, and `allow` alone counts.
    #[serde(skip_serializing_if = "is_default")]
    pub policies: Option<Vec<Value>>,
    /// A trust policy as IAM has it, beside `trusts`, `subjects` and `external_id`.
    #[serde(skip_serializing_if = "is_default")]
    pub trust_policy: Option<Value>,
    /// Globs of actions that it may call under a condition alone, each with the condition's key. A real call meets it; a
    /// simulation has to be told a value.
    #[serde(skip_serializing_if = "is_default")]
    pub conditions: BTreeMap<String, String>,
    /// Whether it may change anything. Left out: yes, unless its name ends in `-plan`.
    #[serde(skip_serializing_if = "is_default")]
    pub writes: Option<bool>,
    /// The ARN of another role, whose session is answered in place of its own.
    #[serde(skip_serializing_if = "is_default")]
    pub answers_as: Option<String>,
    /// The longest session; IAM gives a new role one hour, and so does the sandbox.
    #[serde(skip_serializing_if = "is_default")]
    pub max_session_seconds: Option<u32>,
    /// It was just made: for so many requests to Service Catalog in its account, portfolios list it by its unique id
    /// (`AROA…`) in place of its ARN.
    #[serde(skip_serializing_if = "is_default")]
    pub fresh: u32,
}

/// What an account has in one region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Region {
    /// Own portfolios by id, mostly `port-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub portfolios: BTreeMap<String, Portfolio>,
    /// What the account did with portfolios that are shared with it, by their ids.
    #[serde(skip_serializing_if = "is_default")]
    pub imports: BTreeMap<String, Import>,
    /// Own products by id, mostly `prod-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub products: BTreeMap<String, CatalogProduct>,
    /// Copies of products by token. Only those under way are written to a file.
    #[serde(skip_serializing_if = "no_copies", serialize_with = "open_copies")]
    pub copies: BTreeMap<String, CopyAction>,
    /// What was answered to requests with an idempotency token, by operation and token.
    #[serde(skip_serializing_if = "is_default")]
    pub tokens: BTreeMap<String, Token>,
    /// Share actions by token. Only those under way are written to a file.
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
