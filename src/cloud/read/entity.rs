//! The documents of experiences and their parts in Marketplace Catalog.
//! AWS Marketplace Catalog API reference, "Working with private marketplace experiences".

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_types::{Document, Number};
use serde::Deserialize;
use serde_json::Value;

use crate::model::audience::AudiencePrincipal;
use crate::model::branding::Branding;
use crate::model::experience::{ExperienceStatus, ProcurementPolicy};
use crate::model::id::{BrandingId, ExperienceId, InvalidId, ProcurementPolicyId, ProductId};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExperienceDocument {
    name: String,
    description: Option<String>,
    status: Option<String>,
    admin_status: Option<String>,
    #[serde(default)]
    procurement_policies: Option<Vec<String>>,
    #[serde(default)]
    branding_settings: Option<Vec<String>>,
}

/// The document of a procurement policy. A missing statement means an empty list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
    #[serde(default)]
    statements: Option<Vec<Statement>>,
    configuration: Option<PolicyConfiguration>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyConfiguration {
    policy_resource_requests: Option<String>,
}

/// The document of branding settings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BrandingDocument {
    configuration: Option<BrandingConfiguration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BrandingConfiguration {
    title: Option<String>,
    information: Option<String>,
    theme_color: Option<String>,
    logo_url: Option<String>,
}

/// The document of an audience.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AudienceDocument {
    experience_id: String,
    #[serde(default)]
    principals: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    #[serde(default)]
    resources: Option<Vec<Resource>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// The notes of all these products.
    #[serde(default)]
    notes: Option<String>,
}

/// The contents of an experience's document. Its products are in the document of its policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExperienceHead {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) status: ExperienceStatus,
    pub(super) policy: Option<ProcurementPolicyId>,
    pub(super) branding: Option<BrandingId>,
}

pub(super) fn experience(document: Value) -> Result<ExperienceHead, String> {
    let document: ExperienceDocument = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let policies: BTreeSet<&str> =
        document.procurement_policies.iter().flatten().map(|id| without_revision(id)).collect();
    let mut policies = policies.into_iter();
    let policy = policies.next().map(str::parse::<ProcurementPolicyId>).transpose();
    if policies.next().is_some() {
        return Err("it has several procurement policies, and AWS allows one".to_owned());
    }
    let branding = document.branding_settings.iter().flatten().next().map(|id| without_revision(id).parse());
    Ok(ExperienceHead {
        name: document.name,
        description: document.description.unwrap_or_default(),
        branding: branding.transpose().map_err(|error: InvalidId| error.to_string())?,
        status: status(document.status.as_deref(), document.admin_status.as_deref()),
        policy: policy.map_err(|error| error.to_string())?,
    })
}

/// Any `AdminStatus` other than missing, empty or `Editable` means archived.
fn status(status: Option<&str>, admin_status: Option<&str>) -> ExperienceStatus {
    match (admin_status.unwrap_or_default(), status) {
        ("" | "Editable", Some("Enabled")) => ExperienceStatus::Enabled,
        ("" | "Editable", _) => ExperienceStatus::Disabled,
        _ => ExperienceStatus::Archived,
    }
}

pub(super) fn policy(id: &ProcurementPolicyId, document: Value) -> Result<ProcurementPolicy, String> {
    let document: PolicyDocument = serde_json::from_value(document).map_err(|error| error.to_string())?;
    // `Allow` is AWS's default.
    let requests = document.configuration.and_then(|it| it.policy_resource_requests);
    let user_requests = requests.as_deref() != Some("Deny");
    let mut policy = ProcurementPolicy {
        id: id.clone(),
        approved: BTreeSet::new(),
        denied: BTreeSet::new(),
        notes: BTreeMap::new(),
        user_requests,
    };
    for statement in document.statements.into_iter().flatten() {
        let list = match statement.effect.as_str() {
            "Allow" => &mut policy.approved,
            "Deny" => &mut policy.denied,
            other => return Err(format!("a statement's effect is `{other}`, neither Allow nor Deny")),
        };
        for Resource { r#type, ids, notes } in statement.resources.into_iter().flatten() {
            if r#type != "Product" {
                let what = "this version of the tool knows products alone, so it can't tell what can be bought";
                return Err(format!("the procurement policy holds resources of the type `{type}`: {what}"));
            }
            for product in ids.into_iter().flatten() {
                let product = product.parse::<ProductId>().map_err(|error| error.to_string())?;
                if let Some(notes) = notes.as_ref().filter(|notes| !notes.is_empty()) {
                    policy.notes.insert(product.clone(), notes.clone());
                }
                list.insert(product);
            }
        }
    }
    Ok(policy)
}

pub(super) fn branding(document: Value) -> Result<Branding, String> {
    let document: BrandingDocument = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let BrandingConfiguration { title, information, theme_color, logo_url } =
        document.configuration.unwrap_or_default();
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Branding {
        information: said(information),
        logo_url: said(logo_url),
        theme_color: said(theme_color),
        title: said(title),
    })
}

/// The experience and the principals of an audience. A principal of an unknown kind is an error, since it might stand
/// for any account.
pub(super) fn audience(document: Value) -> Result<(ExperienceId, BTreeSet<AudiencePrincipal>), String> {
    let document: AudienceDocument = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let experience = without_revision(&document.experience_id).parse::<ExperienceId>();
    let principals = document.principals.iter().flatten().map(|principal| principal.parse::<AudiencePrincipal>());
    let principals = principals.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    Ok((experience.map_err(|error| error.to_string())?, principals))
}

/// An id without the revision that AWS appends (`exp-1234@5`).
pub(super) fn without_revision(id: &str) -> &str {
    id.split('@').next().unwrap_or(id)
}

/// Converts a document to JSON.
pub(super) fn json(document: &Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(*value),
        Document::String(value) => Value::String(value.clone()),
        Document::Number(Number::PosInt(value)) => Value::from(*value),
        Document::Number(Number::NegInt(value)) => Value::from(*value),
        Document::Number(Number::Float(value)) => Value::from(*value),
        Document::Array(values) => values.iter().map(json).collect(),
        Document::Object(values) => values.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json as value;

    use super::*;

    #[test]
    fn no_policy_is_not_an_empty_policy() {
        let without = experience(value!({"Name": "A", "Status": "Enabled", "ProcurementPolicies": null})).unwrap();
        assert_eq!(without.policy, None);
        let with =
            experience(value!({"Name": "A", "Status": "Enabled", "ProcurementPolicies": ["procpolicy-1@3"]})).unwrap();
        assert_eq!(with.policy.unwrap().as_str(), "procpolicy-1");
        let empty = policy(&"procpolicy-1".parse().unwrap(), value!({"Name": "P"})).unwrap();
        assert!(empty.approved.is_empty() && empty.denied.is_empty());
    }

    #[test]
    fn every_resources_entry_counts() {
        let document = value!({"Statements": [
            {"Effect": "Allow", "Resources": [{"Type": "Product", "Ids": ["prod-a"]}, {"Type": "Product", "Ids": ["prod-b"]}]},
            {"Effect": "Allow", "Resources": [{"Type": "Product", "Ids": ["prod-c"]}]},
            {"Effect": "Deny", "Resources": []},
        ]});
        let policy = policy(&"procpolicy-1".parse().unwrap(), document).unwrap();
        assert_eq!(policy.approved.len(), 3);
        assert!(policy.denied.is_empty());
    }

    #[test]
    fn notes_are_those_of_each_resources_entry() {
        let document = value!({"Statements": [
            {"Effect": "Allow", "Resources": [
                {"Type": "Product", "Ids": ["prod-a", "prod-b"], "Notes": "SEC-1"},
                {"Type": "Product", "Ids": ["prod-c"]},
                {"Type": "Product", "Ids": ["prod-d"], "Notes": null},
                {"Type": "Product", "Ids": ["prod-e"], "Notes": ""},
            ]},
            {"Effect": "Deny", "Resources": [{"Type": "Product", "Ids": ["prod-f"], "Notes": "no"}]},
        ]});
        let policy = policy(&"procpolicy-1".parse().unwrap(), document).unwrap();
        let notes: Vec<_> = policy.notes.iter().map(|(id, notes)| (id.as_str(), notes.as_str())).collect();
        assert_eq!(notes, [("prod-a", "SEC-1"), ("prod-b", "SEC-1"), ("prod-f", "no")]);
        assert_eq!((policy.approved.len(), policy.denied.len()), (5, 1));
    }

    #[test]
    fn resources_that_are_no_products_make_a_policy_unreadable() {
        let document = value!({"Statements": [
            {"Effect": "Allow", "Resources": [{"Type": "Product", "Ids": ["prod-a"]}, {"Type": "Seller", "Ids": ["s"]}]},
        ]});
        let error = policy(&"procpolicy-1".parse().unwrap(), document).unwrap_err();
        assert!(error.starts_with("the procurement policy holds resources of the type `Seller`: "), "{error}");
    }

    #[test]
    fn what_is_not_editable_is_archived() {
        assert_eq!(status(Some("Enabled"), None), ExperienceStatus::Enabled);
        assert_eq!(status(Some("Enabled"), Some("Editable")), ExperienceStatus::Enabled);
        assert_eq!(status(Some("Disabled"), Some("")), ExperienceStatus::Disabled);
        assert_eq!(status(Some("Disabled"), Some("Restricted")), ExperienceStatus::Archived);
    }
}
