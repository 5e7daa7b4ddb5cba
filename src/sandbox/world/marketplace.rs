//! A private marketplace: its experiences and change sets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};

use super::{ChangeSet, is_default};

/// The private marketplace of an organization.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Marketplace {
    /// Experiences by id, `exp-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub experiences: BTreeMap<String, Experience>,
    /// Product ids that AWS refuses, such as withdrawn ones. `unproven.refused_product` decides how.
    #[serde(skip_serializing_if = "is_default")]
    pub refused_products: BTreeSet<String>,
    /// Change sets by id. Only pending ones are written to a file.
    #[serde(skip_serializing_if = "none_open", serialize_with = "only_open")]
    pub change_sets: BTreeMap<String, ChangeSet>,
}

fn none_open(sets: &BTreeMap<String, ChangeSet>) -> bool {
    sets.values().all(|set| !set.is_open())
}

fn only_open<S: Serializer>(sets: &BTreeMap<String, ChangeSet>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sets.iter().filter(|(_, set)| set.is_open()))
}

/// An experience. In the API its policy, branding and audience are entities of their own, whose ids derive from the
/// experience's id unless the world gives them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Experience {
    /// The account that owns it. If left out, the management account. Customers from before the Organizations
    /// integration own experiences in other accounts, which list them without the filter `Scope`.
    #[serde(skip_serializing_if = "is_default")]
    pub owner: Option<String>,
    /// The name, not unique.
    pub name: String,
    /// The description.
    #[serde(skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// Whether it governs its audience.
    #[serde(skip_serializing_if = "is_default")]
    pub status: ExperienceStatus,
    /// `AdminStatus`. Missing, empty or `Editable` means in use, any other value archived.
    #[serde(skip_serializing_if = "is_default")]
    pub admin_status: Option<String>,
    /// The procurement policy. Without one, every product may be bought.
    #[serde(skip_serializing_if = "is_default")]
    pub policy: Option<Policy>,
    /// The title, text, colour and logo that users see.
    #[serde(skip_serializing_if = "is_default")]
    pub branding: Option<Branding>,
    /// The accounts and units that it governs.
    #[serde(skip_serializing_if = "is_default")]
    pub audience: Option<Audience>,
    /// The number of changes so far. The revision in `EntityIdentifier` is one more.
    #[serde(skip_serializing_if = "is_default")]
    pub changes: u64,
    /// For how many more requests it is neither listed nor described.
    #[serde(skip_serializing_if = "is_default")]
    pub unseen: u32,
}

impl Experience {
    /// Whether it is archived: `AdminStatus` is neither missing, empty nor `Editable`.
    pub(in crate::sandbox) fn is_archived(&self) -> bool {
        self.admin_status.as_deref().is_some_and(|it| !it.is_empty() && it != "Editable")
    }
}

/// `Status` of an experience.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExperienceStatus {
    /// Live.
    #[default]
    Enabled,
    /// Not live, as while it is being prepared.
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
    /// Products that may not be bought.
    #[serde(skip_serializing_if = "is_default")]
    pub denied: BTreeSet<String>,
    /// The notes of products, by product id.
    #[serde(skip_serializing_if = "is_default")]
    pub notes: BTreeMap<String, String>,
    /// Resources of another type than `Product`.
    #[serde(skip_serializing_if = "is_default")]
    pub other_resources: Vec<OtherResource>,
    /// The number of changes so far. The revision is one more.
    #[serde(skip_serializing_if = "is_default")]
    pub changes: u64,
}

/// A resource of a policy that is not a product. AWS's documents allow other types, but none is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherResource {
    /// `Effect` of its statement.
    pub effect: Permission,
    /// `Type`, anything but `Product`.
    pub r#type: String,
    /// `Ids`
    #[serde(default, skip_serializing_if = "is_default")]
    pub ids: BTreeSet<String>,
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
    /// `LogoUrl`: the address of AWS's copy, which is not the address that was sent.
    #[serde(skip_serializing_if = "is_default")]
    pub logo_url: Option<String>,
    /// The number of changes so far. The revision is one more.
    #[serde(skip_serializing_if = "is_default")]
    pub changes: u64,
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
    /// Account ids, OU ids (`ou-…`) and organization ids (`o-…`).
    pub principals: BTreeSet<String>,
    /// The number of changes so far. The revision is one more.
    #[serde(skip_serializing_if = "is_default")]
    pub changes: u64,
}
