//! The log of calls, for tests that look at the sandbox from outside.

use super::permission;

/// A call that the sandbox received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The caller's account. `None` when the credentials were not accepted.
    pub account: Option<String>,
    /// The name of the caller's role, without its path.
    pub role: Option<String>,
    /// The region in the signature's scope.
    pub region: String,
    /// The service's name in signatures, such as `servicecatalog` or `aws-marketplace`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The error code of a refused call. `Dropped` when a fault closed the connection without an answer.
    pub outcome: Result<(), String>,
}

impl Call {
    /// Whether it is a call that changes something.
    pub fn is_write(&self) -> bool {
        permission::is_write(&self.service, &self.operation)
    }
}
