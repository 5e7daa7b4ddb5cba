//! State that all share actions of one account and region share.

use tokio::time::Instant;

/// The state behind the lock that a share action holds: AWS takes one action at a time.
#[derive(Debug, Default)]
pub(crate) struct ShareTurn {
    /// When the last share action with a node of the organization ended: a member account, an OU or the organization.
    pub(crate) node_ended: Option<Instant>,
    /// Why no further action is tried: an earlier one did not end in time.
    pub(crate) stuck: Option<String>,
}
