//! Change sets, and what became of them.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_default;

/// A change set: changes that happen together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// `ChangeSetName`
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// `ClientRequestToken`
    #[serde(default, skip_serializing_if = "is_default")]
    pub token: Option<String>,
    /// The account that owns its entities. Left out: the management account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner: Option<String>,
    /// How far it got.
    pub status: ChangeSetStatus,
    /// How many looks it has had.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// The world's serial when it began.
    #[serde(default, skip_serializing_if = "is_default")]
    pub started: u64,
    /// The world's serial when it ended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ended: Option<u64>,
    /// An audience change that was under way when this one, with another, began.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contends_with: Option<String>,
    /// How it will end, whatever it holds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fate: Option<ChangeSetFate>,
    /// When it began, where that was in this process.
    #[serde(skip)]
    pub begun: Option<Instant>,
    /// How often `DescribeChangeSet` was asked about it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub described: u32,
    /// The changes.
    pub changes: Vec<ChangeRecord>,
}

impl ChangeSet {
    /// Whether it is still under way.
    pub fn is_open(&self) -> bool {
        match self.status {
            ChangeSetStatus::Preparing | ChangeSetStatus::Applying => true,
            ChangeSetStatus::Succeeded | ChangeSetStatus::Cancelled | ChangeSetStatus::Failed => false,
        }
    }
}

/// A bad end of a change set that is none of its own fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSetFate {
    /// `FAILED` with the `FailureCode` `SERVER_FAULT`: the same request may succeed later.
    ServerFault,
    /// `CANCELLED`, as if somebody had called `CancelChangeSet` in time.
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
    /// Taken back while it was being prepared.
    Cancelled,
    /// Nothing of it happened.
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

/// A change as it was asked for, and what became of it.
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
    /// The experience it is about: for one that is created, the id it gets.
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
