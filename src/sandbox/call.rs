//! A call, as it is remembered for those who look at the sandbox from outside.

use super::permission;

/// A call that was made, as the sandbox saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The caller's account; none where the caller is nobody known.
    pub account: Option<String>,
    /// The caller's role, by name.
    pub role: Option<String>,
    /// The region in the signature.
    pub region: String,
    /// `sts`, `organizations`, `servicecatalog` or `aws-marketplace`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The error code, where it was refused, dropped (`Dropped`) included.
    pub outcome: Result<(), String>,
}

impl Call {
    /// Whether it is a call that changes something.
    pub fn is_write(&self) -> bool {
        permission::is_write(&self.service, &self.operation)
    }
}
