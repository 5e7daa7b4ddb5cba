//! Idempotency tokens: a request that comes again is answered as it was.

use serde::{Deserialize, Serialize};

/// What was answered to a request with an idempotency token. It is answered again even where what was made is deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// A digest of the request without its token.
    pub request: String,
    /// The answer.
    pub answer: serde_json::Value,
    /// How many requests with tokens came before it.
    pub serial: u64,
}
