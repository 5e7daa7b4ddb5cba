//! What the share actions of one account and region have in common.

use tokio::time::Instant;

/// Held during a share action: AWS takes one at a time.
#[derive(Debug, Default)]
pub(crate) struct ShareTurn {
    /// When the last action with a node of the organization ended.
    pub(crate) node_ended: Option<Instant>,
    /// Why no further action is of use, such as one that did not end in time.
    pub(crate) stuck: Option<String>,
}
