//! Settings of the emulated AWS: faults, paging, sessions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ChangeSetFate, is_default};

/// The web identity tokens that `AssumeRoleWithWebIdentity` accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// The accepted audiences. Default: `sts.amazonaws.com`.
    pub audiences: BTreeSet<String>,
    /// Globs of the accepted subjects. If empty, every subject.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// Globs of the accounts that have the identity provider. If empty, every account.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: Vec<String>,
}

impl Default for Oidc {
    fn default() -> Self {
        Self { audiences: BTreeSet::from(["sts.amazonaws.com".to_owned()]), subjects: Vec::new(), accounts: Vec::new() }
    }
}

/// An account that shares with nodes don't reach. The actions of such shares end `COMPLETED_WITH_ERRORS`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareFailure {
    /// The account.
    pub account: String,
    /// The code in `ShareErrors`.
    #[serde(default = "throttling")]
    pub error: String,
    /// The message in `ShareErrors`.
    #[serde(default = "rate_exceeded")]
    pub message: String,
    /// How many share actions miss the account. If left out, all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Option<u32>,
    /// Whether AWS does not report the failure: the action ends `COMPLETED`, but the account does not get the
    /// portfolio.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: bool,
}

fn throttling() -> String {
    "ThrottlingException".to_owned()
}

fn rate_exceeded() -> String {
    "Rate exceeded".to_owned()
}

/// A fault that makes change sets end badly. The fate of a set is decided when it starts. `times` counts down in the
/// world, and the fault is removed at 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSetFault {
    /// The end of the set.
    pub fate: ChangeSetFate,
    /// A glob of the experiences in the set. If left out, any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub experience: Option<String>,
    /// How many matching sets are left alone first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip: u32,
    /// How many sets are hit after that. If left out, all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Option<u32>,
}

/// A fault: the calls that it matches, and its effect on them. `times` counts down in the world, and the fault is
/// removed at 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// A glob of the service: `sts`, `iam`, `organizations`, `servicecatalog`, `aws-marketplace` or `license-manager`.
    #[serde(skip_serializing_if = "is_default")]
    pub service: Option<String>,
    /// A glob of operations.
    #[serde(skip_serializing_if = "is_default")]
    pub operation: Option<String>,
    /// A glob of the caller's account.
    #[serde(skip_serializing_if = "is_default")]
    pub account: Option<String>,
    /// A glob of the region in the signature.
    #[serde(skip_serializing_if = "is_default")]
    pub region: Option<String>,
    /// How many matching calls are left alone first.
    #[serde(skip_serializing_if = "is_default")]
    pub skip: u32,
    /// How many calls are hit after that. If left out, all.
    #[serde(skip_serializing_if = "is_default")]
    pub times: Option<u32>,
    /// The answer is this error, and the call has no effect.
    #[serde(skip_serializing_if = "is_default")]
    pub error: Option<FaultError>,
    /// The connection is closed without an answer.
    #[serde(skip_serializing_if = "is_default")]
    pub drop: Option<Drop>,
    /// Additional time of the answer, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub delay_ms: u64,
}

/// The error that a fault answers with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultError {
    /// The error code, such as `ThrottlingException`.
    pub code: String,
    /// The message.
    #[serde(default, skip_serializing_if = "is_default")]
    pub message: String,
    /// The HTTP status. If left out, 400.
    #[serde(default = "bad_request", skip_serializing_if = "is_bad_request")]
    pub status: u16,
}

fn bad_request() -> u16 {
    400
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_bad_request(status: &u16) -> bool {
    *status == bad_request()
}

/// The point at which a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// Before the call takes effect.
    Before,
    /// After the call took effect, which the caller can't know.
    After,
}

/// How lists are paged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// The largest page, whatever size is requested.
    #[serde(skip_serializing_if = "is_default")]
    pub largest: Option<usize>,
    /// Whether the first page of every list is empty, but has a token.
    #[serde(skip_serializing_if = "is_default")]
    pub empty_first: bool,
}

/// The lifetime of sessions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// The longest lifetime in seconds, whatever is requested. The answer's `Expiration` says so.
    #[serde(skip_serializing_if = "is_default")]
    pub seconds: Option<u32>,
    /// The number of calls after which a session expires early, unannounced.
    #[serde(skip_serializing_if = "is_default")]
    pub calls: Option<u32>,
}
