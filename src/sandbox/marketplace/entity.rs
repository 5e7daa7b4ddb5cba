//! Entities: what `ListEntities`, `DescribeEntity` and `BatchDescribeEntities` show.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::filter::{Filter, Filters, Paging};
use super::{arn, check_catalog, invalid, not_found, organization};
use crate::sandbox::codec::{form, moment};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{
    Audience, Branding, Experience, ExperienceStatus, Marketplace, Organization, Permission, Policy, World,
};

/// How many ids one `Resources` entry of a statement holds here. Several entries are normal at
/// AWS; a small number makes sure that nobody reads only the first.
const IDS_PER_RESOURCE: usize = 5;

/// An entity as the API shows it.
struct Entity {
    kind: &'static str,
    id: String,
    name: String,
    /// How often it was changed.
    changes: u64,
    details: Value,
}

impl Entity {
    fn summary(&self, organization: &Organization) -> Value {
        json!({
            "Name": self.name,
            "EntityType": self.kind,
            "EntityId": self.id,
            "EntityArn": arn(organization, self.kind, &self.id),
            "LastModifiedDate": moment(self.changes),
        })
    }

    fn detail(&self, organization: &Organization) -> Map<String, Value> {
        let members = [
            ("EntityType", json!(format!("{}@1.0", self.kind))),
            ("EntityIdentifier", json!(format!("{}@{}", self.id, self.changes.saturating_add(1)))),
            ("EntityArn", json!(arn(organization, self.kind, &self.id))),
            ("LastModifiedDate", json!(moment(self.changes))),
            ("DetailsDocument", self.details.clone()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Every entity there is.
fn entities(marketplace: &Marketplace) -> Vec<Entity> {
    let mut found = Vec::new();
    for (id, experience) in &marketplace.experiences {
        let Experience { name, changes, policy, branding, audience, .. } = experience;
        let entity =
            |kind, id, name: &str, details| Entity { kind, id, name: name.to_owned(), changes: *changes, details };
        found.push(entity("Experience", id.clone(), name, experience_details(id, experience)));
        if let Some(policy) = policy {
            let details = policy_details(policy);
            found.push(entity("ProcurementPolicy", policy_id(id, policy), &policy.name, details));
        }
        if let Some(branding) = branding {
            let details = branding_details(branding);
            found.push(entity("BrandingSettings", branding_id(id, branding), &branding.name, details));
        }
        if let Some(audience) = audience {
            let name = audience.name.as_deref().unwrap_or_default();
            let details = json!({"ExperienceId": id, "Principals": audience.principals});
            found.push(entity("Audience", audience_id(id, audience), name, details));
        }
    }
    found
}

/// An id for what belongs to an experience: `procpolicy-abc` for `exp-abc`.
fn id_for(kind: &str, experience: &str) -> String {
    format!("{kind}-{}", experience.strip_prefix("exp-").unwrap_or(experience))
}

fn policy_id(experience: &str, policy: &Policy) -> String {
    policy.id.clone().unwrap_or_else(|| id_for("procpolicy", experience))
}

fn branding_id(experience: &str, branding: &Branding) -> String {
    branding.id.clone().unwrap_or_else(|| id_for("brandsettings", experience))
}

fn audience_id(experience: &str, audience: &Audience) -> String {
    audience.id.clone().unwrap_or_else(|| id_for("aud", experience))
}

fn experience_details(id: &str, experience: &Experience) -> Value {
    let Experience { name, description, status, admin_status, policy, branding, audience: _, changes: _ } = experience;
    let status = match status {
        ExperienceStatus::Enabled => "Enabled",
        ExperienceStatus::Disabled => "Disabled",
    };
    let policies: Vec<String> = policy.iter().map(|policy| policy_id(id, policy)).collect();
    let brandings: Vec<String> = branding.iter().map(|branding| branding_id(id, branding)).collect();
    object([
        ("Name", json!(name)),
        ("Description", json!(description)),
        ("Status", json!(status)),
        ("AdminStatus", json!(admin_status)),
        ("ProcurementPolicies", json!(policies)),
        ("BrandingSettings", json!(brandings)),
    ])
}

/// A policy; a list that is empty has no statement.
fn policy_details(policy: &Policy) -> Value {
    let Policy { id: _, name, description, requests, allowed, denied } = policy;
    let lists = [("Allow", allowed), ("Deny", denied)];
    let statements = lists.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(effect, ids)| {
        let ids: Vec<&String> = ids.iter().collect();
        let resources = ids.chunks(IDS_PER_RESOURCE).map(|ids| json!({"Type": "Product", "Ids": ids}));
        json!({"Effect": effect, "Resources": resources.collect::<Value>()})
    });
    let requests = requests.map(|requests| match requests {
        Permission::Allow => json!({"PolicyResourceRequests": "Allow"}),
        Permission::Deny => json!({"PolicyResourceRequests": "Deny"}),
    });
    object([
        ("Name", json!(name)),
        ("Description", json!(description)),
        ("Statements", statements.collect()),
        ("Configuration", json!(requests)),
    ])
}

fn branding_details(branding: &Branding) -> Value {
    let Branding { id: _, name, description, title, information, theme_color, logo_url } = branding;
    let configuration = object([
        ("Title", json!(title)),
        ("Information", json!(information)),
        ("ThemeColor", json!(theme_color)),
        ("LogoUrl", json!(logo_url)),
    ]);
    object([("Name", json!(name)), ("Description", json!(description)), ("Configuration", configuration)])
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ListEntities {
    catalog: Option<String>,
    entity_type: Option<String>,
    filter_list: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

pub(super) fn list(world: &World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let ListEntities { catalog, entity_type, filter_list, max_results, next_token } = input(body)?;
    check_catalog(catalog.as_deref())?;
    let kind = required(entity_type, "entityType")?;
    if !["Experience", "ProcurementPolicy", "BrandingSettings", "Audience"].contains(&kind.as_str()) {
        return Err(invalid(format!("EntityType {kind} is not supported.")));
    }
    let filters = Filters::read(filter_list, &["Scope", "EntityId", "Name"])?;
    let organization = organization(world, account)?;
    let all = if filters.sees(organization, account) { entities(&organization.marketplace) } else { Vec::new() };
    let wanted = all
        .into_iter()
        .filter(|it| it.kind == kind && filters.pass("EntityId", &it.id) && filters.pass("Name", &it.name));
    let items = wanted.map(|entity| entity.summary(organization)).collect();
    let paging = Paging { size: max_results, most: 50, token: next_token };
    paging.cut(world, "EntitySummaryList", &format!("{account} {kind}"), &filters, items)
}

/// Finds an entity by its id, with or without `@revision`.
fn find(marketplace: &Marketplace, id: &str) -> Option<Entity> {
    let bare = id.split('@').next().unwrap_or(id);
    entities(marketplace).into_iter().find(|entity| entity.id == bare)
}

pub(super) fn describe(world: &World, account: &str, query: &str) -> Result<Value, Failure> {
    let query = form(query);
    check_catalog(query.get("catalog").map(String::as_str))?;
    let id = required(query.get("entityId"), "entityId")?;
    let organization = organization(world, account)?;
    let entity = find(&organization.marketplace, id).ok_or_else(|| not_found(&format!("entity {id}")))?;
    let mut detail = entity.detail(organization);
    detail.insert("Details".to_owned(), json!(entity.details.to_string()));
    Ok(Value::Object(detail))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct BatchDescribeEntities {
    entity_request_list: Option<Vec<EntityRequest>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct EntityRequest {
    catalog: Option<String>,
    entity_id: Option<String>,
}

/// Up to twenty entities; those that cannot be had are errors beside the others.
pub(super) fn batch_describe(world: &World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let BatchDescribeEntities { entity_request_list } = input(body)?;
    let requests = required(entity_request_list, "entityRequestList")?;
    if !(1..=20).contains(&requests.len()) {
        return Err(invalid("EntityRequestList must have 1 to 20 entries."));
    }
    let organization = organization(world, account)?;
    let (mut details, mut errors) = (Map::new(), Map::new());
    for EntityRequest { catalog, entity_id } in requests {
        check_catalog(catalog.as_deref())?;
        let id = required(entity_id, "entityRequestList.member.entityId")?;
        if let Some(entity) = find(&organization.marketplace, &id) {
            details.insert(id, Value::Object(entity.detail(organization)));
        } else {
            let message = format!("Requested entity {id} not found.");
            errors.insert(id, json!({"ErrorCode": "ResourceNotFoundException", "ErrorMessage": message}));
        }
    }
    Ok(json!({"EntityDetails": details, "Errors": errors}))
}
