//! Change sets and their results.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_default;

/// A change set. All of its changes take effect, or none does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// `ChangeSetName`
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// `ClientRequestToken`
    #[serde(default, skip_serializing_if = "is_default")]
    pub token: Option<String>,
    /// The account that owns its entities. If left out, the management account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner: Option<String>,
    /// The status.
    pub status: ChangeSetStatus,
    /// How many steps it has been pending.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// The world's serial number when it started.
    #[serde(default, skip_serializing_if = "is_default")]
    pub started: u64,
    /// The world's serial number when it ended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ended: Option<u64>,
    /// The id of an open change set that changed an audience when this one, which changes one too, was started. AWS
    /// fails this one then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contends_with: Option<String>,
    /// The bad end that a fault of the world has chosen for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fate: Option<ChangeSetFate>,
    /// The time it started, for `change_set_ms`. `None` if another process started it.
    #[serde(skip)]
    pub begun: Option<Instant>,
    /// How often `DescribeChangeSet` was asked about it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub described: u32,
    /// The changes.
    pub changes: Vec<ChangeRecord>,
}

impl ChangeSet {
    /// Whether it has not ended yet.
    pub fn is_open(&self) -> bool {
        match self.status {
            ChangeSetStatus::Preparing | ChangeSetStatus::Applying => true,
            ChangeSetStatus::Succeeded | ChangeSetStatus::Cancelled | ChangeSetStatus::Failed => false,
        }
    }
}

/// A bad end of a change set that its changes did not cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSetFate {
    /// `FAILED` with the `FailureCode` `SERVER_FAULT`. The same request may succeed later.
    ServerFault,
    /// `CANCELLED`, as after a call of `CancelChangeSet`.
    Cancelled,
}

/// `ChangeStatus`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeSetStatus {
    /// Being checked.
    #[default]
    Preparing,
    /// Being carried out.
    Applying,
    /// Done.
    Succeeded,
    /// Cancelled while it was being prepared.
    Cancelled,
    /// Failed. No change took effect.
    Failed,
}

impl ChangeSetStatus {
    /// Every word of the API (AWS Marketplace Catalog API reference, `ChangeSetSummaryListItem`).
    pub(in crate::sandbox) const WORDS: [&str; 5] = ["PREPARING", "APPLYING", "SUCCEEDED", "CANCELLED", "FAILED"];

    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Preparing => "PREPARING",
            Self::Applying => "APPLYING",
            Self::Succeeded => "SUCCEEDED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }
}

/// A change as it was requested, and its errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRecord {
    /// `ChangeType`
    pub change_type: String,
    /// `ChangeName`
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// `Entity.Type`
    pub entity_type: String,
    /// `Entity.Identifier` as it was sent, a reference included.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identifier: Option<String>,
    /// The id of the experience. For a new experience, the id that it will have.
    pub entity: String,
    /// The details, as JSON.
    pub details: Value,
    /// `ErrorDetailList`
    #[serde(default, skip_serializing_if = "is_default")]
    pub errors: Vec<ChangeError>,
}

/// `ErrorDetail`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeError {
    /// `ErrorCode`
    pub code: String,
    /// `ErrorMessage`
    pub message: String,
}
