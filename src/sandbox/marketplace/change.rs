//! Changes, read and checked: what is wrong with the details of a change is said at once, when
//! its change set is started.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::world::{ExperienceStatus, Permission};

/// The most product ids in one change.
const MOST_PRODUCTS: usize = 50;

/// A change to an experience.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    CreateExperience(Naming),
    UpdateExperience { naming: Naming, status: Option<ExperienceStatus> },
    CreatePolicy(PolicyDetails),
    UpdatePolicy(PolicyDetails),
    Allow(BTreeSet<String>),
    Deny(BTreeSet<String>),
    CreateBranding(BrandingDetails),
    UpdateBranding(BrandingDetails),
    Associate(AudienceDetails),
    Disassociate(AudienceDetails),
    Restrict,
    Revive,
}

/// Name and description.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Naming {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ExperienceDetails {
    name: Option<String>,
    description: Option<String>,
    status: Option<ExperienceStatus>,
}

/// The details of a policy change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct PolicyDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) configuration: Option<PolicyConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct PolicyConfiguration {
    pub(super) policy_resource_requests: Option<Permission>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ProductDetails {
    products: Option<Vec<Product>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Product {
    ids: Option<Vec<String>>,
    notes: Option<String>,
}

/// The details of a branding change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct BrandingDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) configuration: Option<BrandingConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct BrandingConfiguration {
    pub(super) title: Option<String>,
    pub(super) information: Option<String>,
    pub(super) theme_color: Option<String>,
    pub(super) logo_url: Option<String>,
}

/// The details of an audience change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct AudienceDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) principals: BTreeSet<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

impl Change {
    /// Reads a change; the error is for the caller.
    pub(super) fn read(kind: &str, details: &Value) -> Result<Self, String> {
        if !details.is_object() {
            return Err("Details are invalid: they are no object.".to_owned());
        }
        match kind {
            "CreateExperience" => named(read(details)?, |it: &Naming| &it.name).map(Self::CreateExperience),
            "UpdateExperience" => {
                let ExperienceDetails { name, description, status } = read(details)?;
                Ok(Self::UpdateExperience { naming: Naming { name, description }, status })
            }
            "CreateProcurementPolicy" => named(read(details)?, |it: &PolicyDetails| &it.name).map(Self::CreatePolicy),
            "UpdateProcurementPolicy" => named(read(details)?, |it: &PolicyDetails| &it.name).map(Self::UpdatePolicy),
            "AllowProductProcurement" => products(details).map(Self::Allow),
            "DenyProductProcurement" => products(details).map(Self::Deny),
            "CreateBrandingSettings" => branding(details).map(Self::CreateBranding),
            "UpdateBrandingSettings" => branding(details).map(Self::UpdateBranding),
            "AssociateAudience" => audience(details).map(Self::Associate),
            "DisassociateAudience" => audience(details).map(Self::Disassociate),
            "RestrictExperience" => read(details).map(|Nothing {}| Self::Restrict),
            "ReviveExperience" => read(details).map(|Nothing {}| Self::Revive),
            other => Err(format!("ChangeType {other} is not supported for Experience@1.0.")),
        }
    }

    /// Whether it touches an audience.
    pub(super) fn is_about_audience(&self) -> bool {
        matches!(self, Self::Associate(_) | Self::Disassociate(_))
    }
}

fn read<'de, T: Deserialize<'de>>(details: &'de Value) -> Result<T, String> {
    T::deserialize(details).map_err(|error| format!("Details are invalid: {error}."))
}

/// Refuses details without a name.
fn named<T>(details: T, name: impl FnOnce(&T) -> &Option<String>) -> Result<T, String> {
    match name(&details) {
        Some(name) if !name.is_empty() => Ok(details),
        _ => Err("Details are invalid: Name is required.".to_owned()),
    }
}

fn products(details: &Value) -> Result<BTreeSet<String>, String> {
    let ProductDetails { products } = read(details)?;
    let products =
        products.filter(|products| !products.is_empty()).ok_or("Details are invalid: Products is required.")?;
    let mut ids = BTreeSet::new();
    for Product { ids: some, notes } in products {
        if notes.is_some_and(|notes| notes.is_empty() || notes.len() > 1000) {
            return Err("Details are invalid: Notes must have 1 to 1000 characters.".to_owned());
        }
        for id in some.filter(|ids| !ids.is_empty()).ok_or("Details are invalid: Ids is required.")? {
            if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                return Err(format!("Details are invalid: {id} is not a product id."));
            }
            if !ids.insert(id.clone()) {
                return Err(format!("Details are invalid: product id {id} is there twice."));
            }
        }
    }
    if ids.len() > MOST_PRODUCTS {
        return Err(format!("Details are invalid: {} product ids, and not at most {MOST_PRODUCTS}.", ids.len()));
    }
    Ok(ids)
}

fn branding(details: &Value) -> Result<BrandingDetails, String> {
    let details = named(read(details)?, |it: &BrandingDetails| &it.name)?;
    let color = details.configuration.as_ref().and_then(|it| it.theme_color.as_deref());
    let is_color = |color: &str| {
        color.strip_prefix('#').is_some_and(|it| it.len() == 6 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    match color {
        Some(color) if !is_color(color) => Err(format!("Details are invalid: ThemeColor {color} is not #rrggbb.")),
        _ => Ok(details),
    }
}

fn audience(details: &Value) -> Result<AudienceDetails, String> {
    let details: AudienceDetails = read(details)?;
    if details.principals.is_empty() {
        return Err("Details are invalid: Principals is required.".to_owned());
    }
    Ok(details)
}
