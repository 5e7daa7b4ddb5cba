//! Entities, and the calls that show them: `ListEntities`, `DescribeEntity` and `BatchDescribeEntities`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::common::{acts_on, arn, check_catalog, invalid, not_found, organization, owner};
use super::document::{
    audience_details, audience_id, branding_details, branding_id, experience_details, policy_details, policy_id,
};
use super::filter::{Filter, Filters, Paging};
use super::start::LONGEST_DETAILS;
use crate::sandbox::codec::{form, matches, moment};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{Audience, BatchDescribe, Branding, Experience, Organization, Policy, World};

/// An experience, or a part of one.
struct Entity<'o> {
    kind: &'static str,
    id: String,
    name: &'o str,
    /// The number of changes so far. Its revision is one more.
    changes: u64,
    experience: &'o Experience,
    document: Document<'o>,
}

/// The source of an entity's document. Documents of policies are long, so they are made only when shown.
enum Document<'o> {
    Experience(&'o str),
    Policy(&'o Policy),
    Branding(&'o Branding),
    Audience(&'o str, &'o Audience),
}

impl Entity<'_> {
    fn summary(&self, organization: &Organization) -> Value {
        object([
            ("Name", json!(Some(self.name).filter(|name| !name.is_empty()))),
            ("EntityType", json!(self.kind)),
            ("EntityId", json!(self.id)),
            ("EntityArn", json!(self.arn(organization))),
            ("LastModifiedDate", json!(moment(self.changes))),
        ])
    }

    fn arn(&self, organization: &Organization) -> String {
        arn(owner(organization, self.experience.owner.as_ref()), self.kind, &self.id)
    }

    fn details(&self) -> Value {
        match self.document {
            Document::Experience(id) => experience_details(id, self.experience),
            Document::Policy(policy) => policy_details(policy),
            Document::Branding(branding) => branding_details(branding),
            Document::Audience(experience, audience) => audience_details(experience, audience),
        }
    }

    fn detail(&self, organization: &Organization) -> Map<String, Value> {
        let members = [
            ("EntityType", json!(format!("{}@1.0", self.kind))),
            ("EntityIdentifier", json!(format!("{}@{}", self.id, self.changes.saturating_add(1)))),
            ("EntityArn", json!(self.arn(organization))),
            ("LastModifiedDate", json!(moment(self.changes))),
            ("DetailsDocument", self.details()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// All entities of an organization, without those of experiences that are not visible yet (`unseen`).
fn entities(organization: &Organization) -> Vec<Entity<'_>> {
    let mut found = Vec::new();
    for (id, experience) in organization.marketplace.experiences.iter().filter(|(_, it)| it.unseen == 0) {
        let Experience { name, changes, policy, branding, audience, .. } = experience;
        let mut add = |kind, id, name, changes, document| {
            found.push(Entity { kind, id, name, changes, experience, document });
        };
        add("Experience", id.clone(), name.as_str(), *changes, Document::Experience(id));
        if let Some(policy) = policy {
            let Policy { name, changes, .. } = policy;
            add("ProcurementPolicy", policy_id(id, policy), name, *changes, Document::Policy(policy));
        }
        if let Some(branding) = branding {
            let Branding { name, changes, .. } = branding;
            add("BrandingSettings", branding_id(id, branding), name, *changes, Document::Branding(branding));
        }
        if let Some(audience) = audience {
            let name = audience.name.as_deref().unwrap_or_default();
            add("Audience", audience_id(id, audience), name, audience.changes, Document::Audience(id, audience));
        }
    }
    found
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
    let wanted = entities(organization).into_iter().filter(|it| {
        it.kind == kind
            && filters.sees(organization, account, it.experience.owner.as_ref())
            && filters.pass("EntityId", &it.id)
            && filters.pass("Name", it.name)
    });
    let items = wanted.map(|entity| entity.summary(organization)).collect();
    let paging = Paging { size: max_results, most: 50, token: next_token };
    paging.cut(world, "EntitySummaryList", &format!("{account} {kind}"), &filters, items)
}

/// Finds an entity by its id, with or without `@revision`.
fn find<'o>(organization: &'o Organization, account: &str, id: &str) -> Option<Entity<'o>> {
    let bare = id.split('@').next().unwrap_or(id);
    let mut seen = entities(organization).into_iter().filter(|it| acts_on(organization, account, it.experience));
    seen.find(|entity| entity.id == bare)
}

pub(super) fn describe(world: &World, account: &str, query: &str) -> Result<Value, Failure> {
    let query = form(query);
    check_catalog(query.get("catalog").map(String::as_str))?;
    let id = required(query.get("entityId"), "entityId")?;
    let organization = organization(world, account)?;
    let entity = find(organization, account, id).ok_or_else(|| not_found(&format!("entity {id}")))?;
    let mut detail = entity.detail(organization);
    // AWS's model limits the text, and not the document. How AWS shows a longer one is not published.
    let text = entity.details().to_string();
    if text.chars().count() <= LONGEST_DETAILS {
        detail.insert("Details".to_owned(), json!(text));
    }
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

/// `BatchDescribeEntities`. Takes 1 to 20 entities. An entity that can't be described is an error beside the others.
pub(super) fn batch_describe(world: &World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let BatchDescribeEntities { entity_request_list } = input(body)?;
    let requests = required(entity_request_list, "entityRequestList")?;
    if !(1..=20).contains(&requests.len()) {
        return Err(invalid("EntityRequestList must have 1 to 20 entries."));
    }
    let organization = organization(world, account)?;
    let BatchDescribe { refuses, leaves_out, errors: failing } = &world.unproven.batch_describe;
    let (mut details, mut errors) = (Map::new(), Map::new());
    for EntityRequest { catalog, entity_id } in requests {
        check_catalog(catalog.as_deref())?;
        let id = required(entity_id, "entityRequestList.member.entityId")?;
        let entity = find(organization, account, &id);
        if let Some(Entity { kind, .. }) = &entity
            && refuses.iter().any(|pattern| matches(pattern, kind))
        {
            return Err(invalid(format!("BatchDescribeEntities does not support the entity type {kind}.")));
        }
        let failing = failing.iter().find(|(pattern, _)| matches(pattern, &id));
        if leaves_out.iter().any(|pattern| matches(pattern, &id)) {
            continue;
        }
        match (failing, entity) {
            (Some((_, code)), _) => {
                let message = format!("Entity {id} could not be described.");
                errors.insert(id, json!({"ErrorCode": code, "ErrorMessage": message}));
            }
            (None, Some(entity)) => drop(details.insert(id, Value::Object(entity.detail(organization)))),
            (None, None) => {
                let message = format!("Requested entity {id} not found.");
                errors.insert(id, json!({"ErrorCode": "ResourceNotFoundException", "ErrorMessage": message}));
            }
        }
    }
    Ok(json!({"EntityDetails": details, "Errors": errors}))
}
