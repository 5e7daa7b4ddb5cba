//! Whom shares with nodes have to reach, and whom they missed.

use std::collections::BTreeSet;

use super::id::AccountId;
use super::portfolio::Receiver;

/// The accounts that a share concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// Those that have to have it once it stands.
    pub due: BTreeSet<AccountId>,
    /// Those that AWS can't reach: they are suspended.
    pub suspended: BTreeSet<AccountId>,
}

/// The code of the warning that it can't be told whether a share reached every account.
pub const REACH_UNKNOWN: &str = "reach_unknown";

/// The codes of the warnings that somebody or something that the catalog names is not there any more, or is switched off.
/// Nothing differs there, and still what the catalog says reaches nobody.
pub const GONE: &[&str] = &["archived", "closed_account", "disabled", "gone_account", "gone_unit"];

/// A share with a node that did not reach every account below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncompleteShare {
    /// The node.
    pub receiver: Receiver,
    /// The accounts that have nothing of it.
    pub missing: BTreeSet<AccountId>,
}
