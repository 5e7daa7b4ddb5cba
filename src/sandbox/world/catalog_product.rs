//! A product of Service Catalog, with its versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;

/// A product that an account made, or copied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogProduct {
    /// Its name; not unique.
    pub name: String,
    /// Who owns it, as people read it.
    #[serde(skip_serializing_if = "is_default")]
    pub owner: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// `ProductType`. Left out: `CLOUD_FORMATION_TEMPLATE`.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: BTreeMap<String, String>,
    /// The id of the product that it is a copy of.
    #[serde(skip_serializing_if = "is_default")]
    pub source: Option<String>,
    /// Its versions by id (`pa-…`).
    #[serde(skip_serializing_if = "is_default")]
    pub versions: BTreeMap<String, Version>,
}

/// A version of a product: a provisioning artifact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Version {
    /// Its name, such as `v1`.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// It can't be launched any more: `Active` is false.
    #[serde(skip_serializing_if = "is_default")]
    pub inactive: bool,
    /// `Guidance` is `DEPRECATED`.
    #[serde(skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// The id of the version that it is a copy of.
    #[serde(skip_serializing_if = "is_default")]
    pub source: Option<String>,
}

/// A copy under way, or ended: what a copy product token stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyAction {
    /// The account that owns the source.
    pub owner: String,
    /// The region of the source.
    pub region: String,
    /// The source.
    pub source: String,
    /// The versions to copy; none given: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub versions: Option<Vec<String>>,
    /// The product that gets the versions. Left out: a new one, whose id is here once it was made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Option<String>,
    /// The name of a new product. Left out: that of the source.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Whether the tags of the source go with it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: bool,
    /// How many looks it has had.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// How far it got.
    pub status: CopyStatus,
    /// Why it failed: `StatusDetail`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detail: Option<String>,
}

/// `CopyProductStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CopyStatus {
    /// Not ended yet.
    InProgress,
    /// Done.
    Succeeded,
    /// Nothing was done.
    Failed,
}

impl CopyStatus {
    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }
}
