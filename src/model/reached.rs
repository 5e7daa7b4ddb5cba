//! The accounts that shares with nodes must reach, and those that they missed.

use std::collections::BTreeSet;

use super::id::AccountId;
use super::portfolio::Receiver;

/// The accounts below the receiver of a share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// The accounts that must have the portfolio once the share is complete.
    pub due: BTreeSet<AccountId>,
    /// The accounts that AWS can't reach because they are suspended.
    pub suspended: BTreeSet<AccountId>,
}

/// The code of the warning that the reach of a share is unknown.
pub const REACH_UNKNOWN: &str = "reach_unknown";

/// The codes of the warnings that something the catalog names is gone or switched off. The plan has no change for it,
/// but the entry has no effect either.
pub const GONE: &[&str] = &["archived", "closed_account", "disabled", "gone_account", "gone_unit"];

/// A share with a node that did not reach every account below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncompleteShare {
    /// The node.
    pub receiver: Receiver,
    /// The accounts that did not get the portfolio.
    pub missing: BTreeSet<AccountId>,
}
