//! A private marketplace: experiences with what belongs to them, and change sets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::is_default;

/// The private marketplace of an organization.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Marketplace {
    /// Experiences by id, `exp-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub experiences: BTreeMap<String, Experience>,
    /// Change sets by id. Only those under way are written to a file.
    #[serde(skip_serializing_if = "none_open", serialize_with = "only_open")]
    pub change_sets: BTreeMap<String, ChangeSet>,
}

fn none_open(sets: &BTreeMap<String, ChangeSet>) -> bool {
    sets.values().all(|set| !set.is_open())
}

fn only_open<S: Serializer>(sets: &BTreeMap<String, ChangeSet>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sets.iter().filter(|(_, set)| set.is_open()))
}

/// An experience. Its policy, branding and audience are entities of their own in the API;
/// their ids are made from the experience's id unless they are given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Experience {
    /// The name, not unique.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// `Enabled` (live) or `Disabled`.
    #[serde(skip_serializing_if = "is_default")]
    pub status: ExperienceStatus,
    /// `AdminStatus`: left out or `Editable` while it can be used, another word once archived.
    #[serde(skip_serializing_if = "is_default")]
    pub admin_status: Option<String>,
    /// Left out: there is none, and every product may be bought.
    #[serde(skip_serializing_if = "is_default")]
    pub policy: Option<Policy>,
    /// How it looks.
    #[serde(skip_serializing_if = "is_default")]
    pub branding: Option<Branding>,
    /// Whom it governs.
    #[serde(skip_serializing_if = "is_default")]
    pub audience: Option<Audience>,
    /// How often it was changed; `EntityIdentifier` ends in `@` and this plus one.
    #[serde(skip_serializing_if = "is_default")]
    pub changes: u64,
}

/// `Status` of an experience.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExperienceStatus {
    /// It governs its audience.
    #[default]
    Enabled,
    /// It is being prepared.
    Disabled,
}

/// A procurement policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// `procpolicy-…`
    #[serde(skip_serializing_if = "is_default")]
    pub id: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// `PolicyResourceRequests`: whether users may ask for products.
    #[serde(skip_serializing_if = "is_default")]
    pub requests: Option<Permission>,
    /// Products that may be bought.
    #[serde(skip_serializing_if = "is_default")]
    pub allowed: BTreeSet<String>,
    /// Products that were denied.
    #[serde(skip_serializing_if = "is_default")]
    pub denied: BTreeSet<String>,
}

/// `Allow` or `Deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permission {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

/// Branding settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// `brandsettings-…`
    #[serde(skip_serializing_if = "is_default")]
    pub id: Option<String>,
    /// The name of the settings.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// `Title`
    #[serde(skip_serializing_if = "is_default")]
    pub title: String,
    /// `Information`
    #[serde(skip_serializing_if = "is_default")]
    pub information: Option<String>,
    /// `ThemeColor`, as `#rrggbb`
    #[serde(skip_serializing_if = "is_default")]
    pub theme_color: Option<String>,
    /// `LogoUrl`
    #[serde(skip_serializing_if = "is_default")]
    pub logo_url: Option<String>,
}

/// An audience.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// `aud-…`
    #[serde(skip_serializing_if = "is_default")]
    pub id: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Account ids, `ou-…` and `o-…`.
    pub principals: BTreeSet<String>,
}

/// A change set: changes that happen together or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// `ChangeSetName`
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// `ClientRequestToken`
    #[serde(default, skip_serializing_if = "is_default")]
    pub token: Option<String>,
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

/// `ChangeStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeSetStatus {
    /// Being checked.
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
