//! Change sets: how they go on, and how they are looked at.

use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::{Filter, Filters, Paging};
use super::{apply, arn, check_catalog, not_found, organization};
use crate::sandbox::codec::{form, moment};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{ChangeError, ChangeRecord, ChangeSet, ChangeSetStatus, Organization, World};

/// How many ended change sets an organization remembers.
const REMEMBERED: usize = 300;

/// A change set begins.
pub(super) fn add(world: &mut World, account: &str, id: &str, mut set: ChangeSet) {
    let (at_once, serial) = (world.pending.change_set == 0, world.serial);
    let Some(organization) = world.organization_of_mut(account) else { return };
    if at_once {
        apply::finish(organization, &mut set, serial);
    }
    let sets = &mut organization.marketplace.change_sets;
    sets.insert(id.to_owned(), set);
    let ended: Vec<String> = sets.iter().filter(|(_, set)| !set.is_open()).map(|(id, _)| id.clone()).collect();
    for id in ended.iter().take(ended.len().saturating_sub(REMEMBERED)) {
        sets.remove(id);
    }
}

/// A look: what is under way in the caller's organization moves on.
pub(in crate::sandbox) fn advance(world: &mut World, account: &str) {
    let (steps, serial) = (world.pending.change_set, world.serial);
    let Some(organization) = world.organization_of_mut(account) else { return };
    let sets = organization.marketplace.change_sets.iter();
    let open: Vec<String> = sets.filter(|(_, set)| set.is_open()).map(|(id, _)| id.clone()).collect();
    for id in open {
        let Some(mut set) = organization.marketplace.change_sets.remove(&id) else { continue };
        set.looks = set.looks.saturating_add(1);
        set.status = ChangeSetStatus::Applying;
        if set.looks >= steps {
            apply::finish(organization, &mut set, serial);
        }
        organization.marketplace.change_sets.insert(id, set);
    }
}

/// Reads the two parameters that name a change set.
fn find<'w>(
    world: &'w World,
    account: &str,
    query: &str,
) -> Result<(&'w Organization, &'w String, &'w ChangeSet), Failure> {
    let query = form(query);
    check_catalog(query.get("catalog").map(String::as_str))?;
    let id = required(query.get("changeSetId"), "changeSetId")?;
    let organization = organization(world, account)?;
    let found = organization.marketplace.change_sets.get_key_value(id);
    let (id, set) = found.ok_or_else(|| not_found(&format!("change set {id}")))?;
    Ok((organization, id, set))
}

pub(super) fn describe(world: &World, account: &str, query: &str) -> Result<Value, Failure> {
    let (organization, id, set) = find(world, account, query)?;
    let failed = set.status == ChangeSetStatus::Failed;
    let description = "Change set preparation has failed. For details see 'ErrorDetailList'.";
    Ok(object([
        ("ChangeSetId", json!(id)),
        ("ChangeSetArn", json!(arn(organization, "ChangeSet", id))),
        ("ChangeSetName", json!(set.name)),
        ("Intent", json!("APPLY")),
        ("StartTime", json!(moment(set.started))),
        ("EndTime", json!(set.ended.map(moment))),
        ("Status", json!(set.status.word())),
        ("FailureCode", json!(failed.then_some("CLIENT_ERROR"))),
        ("FailureDescription", json!(failed.then_some(description))),
        ("ChangeSet", set.changes.iter().map(|record| change(organization, set, record)).collect()),
    ]))
}

/// `ChangeSummary`: the identifier is as it was sent until it is done, and then the entity's.
fn change(organization: &Organization, set: &ChangeSet, record: &ChangeRecord) -> Value {
    let ChangeRecord { change_type, name, entity_type, identifier, entity, details, errors } = record;
    let revision = organization.marketplace.experiences.get(entity).map(|it| it.changes.saturating_add(1));
    let identifier = match (set.status, revision) {
        (ChangeSetStatus::Succeeded, Some(revision)) => Some(format!("{entity}@{revision}")),
        _ => identifier.clone(),
    };
    let errors = errors.iter().map(|ChangeError { code, message }| json!({"ErrorCode": code, "ErrorMessage": message}));
    object([
        ("ChangeType", json!(change_type)),
        ("ChangeName", json!(name)),
        ("Entity", object([("Type", json!(entity_type)), ("Identifier", json!(identifier))])),
        ("Details", json!(details.to_string())),
        ("DetailsDocument", details.clone()),
        ("ErrorDetailList", errors.collect()),
    ])
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ListChangeSets {
    catalog: Option<String>,
    filter_list: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// The change sets, the latest first.
pub(super) fn list(world: &World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let ListChangeSets { catalog, filter_list, max_results, next_token } = input(body)?;
    check_catalog(catalog.as_deref())?;
    let filters = Filters::read(filter_list, &["Scope", "EntityId", "Status", "ChangeSetName"])?;
    let organization = organization(world, account)?;
    let seen = filters.sees(organization, account);
    let wanted = organization.marketplace.change_sets.iter().rev().filter(|(_, set)| {
        seen && filters.pass("Status", set.status.word())
            && filters.pass("ChangeSetName", set.name.as_deref().unwrap_or_default())
            && set.changes.iter().any(|record| filters.pass("EntityId", &record.entity))
    });
    let items = wanted.map(|(id, set)| summary(organization, id, set)).collect();
    let paging = Paging { size: max_results, most: 20, token: next_token };
    paging.cut(world, "ChangeSetSummaryList", account, &filters, items)
}

fn summary(organization: &Organization, id: &str, set: &ChangeSet) -> Value {
    let mut entities: Vec<&String> = set.changes.iter().map(|record| &record.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    let failed = set.status == ChangeSetStatus::Failed;
    object([
        ("ChangeSetId", json!(id)),
        ("ChangeSetArn", json!(arn(organization, "ChangeSet", id))),
        ("ChangeSetName", json!(set.name)),
        ("StartTime", json!(moment(set.started))),
        ("EndTime", json!(set.ended.map(moment))),
        ("Status", json!(set.status.word())),
        ("EntityIdList", json!(entities)),
        ("FailureCode", json!(failed.then_some("CLIENT_ERROR"))),
    ])
}

/// Takes a change set back, as long as it is being prepared.
pub(super) fn cancel(world: &mut World, account: &str, query: &str) -> Result<Value, Failure> {
    let (organization, id, set) = find(world, account, query)?;
    let (id, arn) = (id.clone(), arn(organization, "ChangeSet", id));
    if set.status != ChangeSetStatus::Preparing {
        let message = format!("Change set {id} is {} and cannot be cancelled.", set.status.word());
        return Err(Failure::with_status("ResourceInUseException", 423, message));
    }
    let serial = world.serial;
    let sets = world.organization_of_mut(account).map(|it| &mut it.marketplace.change_sets);
    if let Some(set) = sets.and_then(|sets| sets.get_mut(&id)) {
        set.status = ChangeSetStatus::Cancelled;
        set.ended = Some(serial);
    }
    Ok(json!({"ChangeSetId": id, "ChangeSetArn": arn}))
}
