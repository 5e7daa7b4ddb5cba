//! Idempotency tokens: a repeated request gets the first answer again.

use serde::{Deserialize, Serialize};

/// The stored answer to a request with an idempotency token. It is repeated even if the object was deleted since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// A digest of the request without its token.
    pub request: String,
    /// The answer.
    pub answer: serde_json::Value,
    /// The world's serial number when the request was answered. The lowest is forgotten first.
    pub serial: u64,
}
