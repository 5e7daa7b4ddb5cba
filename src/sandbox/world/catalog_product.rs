//! A product of Service Catalog, with its versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;

/// A product that an account created or copied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogProduct {
    /// Its name; not unique.
    pub name: String,
    /// The owner's name, as free text.
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
    /// Whether the version can't be launched any more: `Active` is false.
    #[serde(skip_serializing_if = "is_default")]
    pub inactive: bool,
    /// Whether `Guidance` is `DEPRECATED`.
    #[serde(skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// The id of the version that it is a copy of.
    #[serde(skip_serializing_if = "is_default")]
    pub source: Option<String>,
}

/// The state of a copy, which a copy product token identifies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyAction {
    /// The account that owns the source.
    pub owner: String,
    /// The region of the source.
    pub region: String,
    /// The id of the source product.
    pub source: String,
    /// The ids of the versions to copy. If left out, all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub versions: Option<Vec<String>>,
    /// The id of the product that gets the versions. If left out, a new product is made, and its id is stored here
    /// then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Option<String>,
    /// The name of the new product. If left out, the source's name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Whether the source's tags are copied too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: bool,
    /// How many steps it has been pending.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// The status.
    pub status: CopyStatus,
    /// The reason for a failure: `StatusDetail`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detail: Option<String>,
}

/// `CopyProductStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CopyStatus {
    /// Still pending.
    InProgress,
    /// Done.
    Succeeded,
    /// Failed. The target was not changed.
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
