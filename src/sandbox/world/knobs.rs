//! How the emulated AWS behaves: faults, paging, sessions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ChangeSetFate, is_default};

/// Which web identity tokens `AssumeRoleWithWebIdentity` accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// The audiences; `sts.amazonaws.com` unless the world says otherwise.
    pub audiences: BTreeSet<String>,
    /// Globs of subjects. None: every subject.
    #[serde(skip_serializing_if = "is_default")]
    pub subjects: Vec<String>,
    /// Globs of the accounts that have the identity provider. None: every account.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: Vec<String>,
}

impl Default for Oidc {
    fn default() -> Self {
        Self { audiences: BTreeSet::from(["sts.amazonaws.com".to_owned()]), subjects: Vec::new(), accounts: Vec::new() }
    }
}

/// An account that shares through the organization do not reach: their actions end
/// `COMPLETED_WITH_ERRORS`.
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
    /// How many actions fail; left out: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Option<u32>,
    /// Whether the action does not tell: it ends `COMPLETED`, and the account has nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: bool,
}

fn throttling() -> String {
    "ThrottlingException".to_owned()
}

fn rate_exceeded() -> String {
    "Rate exceeded".to_owned()
}

/// A change set that ends badly, whatever it holds. The fate of a set is decided when it starts. The world counts: a
/// fault that has happened often enough is gone from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSetFault {
    /// How it ends.
    pub fate: ChangeSetFate,
    /// A glob of the experiences that the set is about; left out: any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub experience: Option<String>,
    /// How many such sets are let through first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip: u32,
    /// How many are met after that; left out: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Option<u32>,
}

/// A fault: which calls it meets, and what becomes of them. The world counts: a fault that
/// has happened often enough is gone from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// A glob of `sts`, `organizations`, `servicecatalog`, `aws-marketplace`.
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
    /// How many such calls are let through first.
    #[serde(skip_serializing_if = "is_default")]
    pub skip: u32,
    /// How many are met after that; left out: all.
    #[serde(skip_serializing_if = "is_default")]
    pub times: Option<u32>,
    /// The answer is this error, and nothing else happens.
    #[serde(skip_serializing_if = "is_default")]
    pub error: Option<FaultError>,
    /// The connection is closed without an answer.
    #[serde(skip_serializing_if = "is_default")]
    pub drop: Option<Drop>,
    /// The answer takes this much longer, in milliseconds.
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
    /// The HTTP status.
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

/// When a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// Before anything happened.
    Before,
    /// After the call took effect: the caller can't know.
    After,
}

/// How lists are paged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// No page is larger than this, whatever is asked for.
    #[serde(skip_serializing_if = "is_default")]
    pub largest: Option<usize>,
    /// The first page of every list is empty and has a token all the same.
    #[serde(skip_serializing_if = "is_default")]
    pub empty_first: bool,
}

/// How long sessions last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// At most this long, whatever is asked for; the answer's `Expiration` says so.
    #[serde(skip_serializing_if = "is_default")]
    pub seconds: Option<u32>,
    /// They end, unannounced, after this many calls.
    #[serde(skip_serializing_if = "is_default")]
    pub calls: Option<u32>,
}
