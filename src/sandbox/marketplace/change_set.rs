//! Change sets: how they progress, and the calls that list, describe and cancel them.

use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use super::apply;
use super::common::{arn, check_catalog, not_found, organization, owner};
use super::filter::{Filter, Filters, Paging, TIMES};
use crate::sandbox::codec::{form, moment};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{
    ChangeError, ChangeRecord, ChangeSet, ChangeSetFate, ChangeSetStatus, Organization, PRIVATE_MARKETPLACE, World,
};

/// The number of ended change sets that an organization keeps.
const REMEMBERED: usize = 300;

/// Adds a change set. It ends at once if the world lets no change set take time.
pub(super) fn add(world: &mut World, account: &str, id: &str, mut set: ChangeSet) {
    set.begun = Some(Instant::now());
    let at_once = world.pending.change_set_is_over(0, set.begun);
    let (serial, unproven) = (world.serial, world.unproven.clone());
    let Some(organization) = world.organization_of_mut(account) else { return };
    if at_once {
        apply::finish(organization, &mut set, serial, &unproven);
    }
    let sets = &mut organization.marketplace.change_sets;
    sets.insert(id.to_owned(), set);
    let ended: Vec<String> = sets.iter().filter(|(_, set)| !set.is_open()).map(|(id, _)| id.clone()).collect();
    for id in ended.iter().take(ended.len().saturating_sub(REMEMBERED)) {
        sets.remove(id);
    }
}

/// Moves all that is pending in the caller's organization on by one step.
pub(in crate::sandbox) fn advance(world: &mut World, account: &str) {
    let (pending, serial, unproven) = (world.pending.clone(), world.serial, world.unproven.clone());
    let Some(organization) = world.organization_of_mut(account) else { return };
    for experience in organization.marketplace.experiences.values_mut() {
        experience.unseen = experience.unseen.saturating_sub(1);
    }
    let sets = organization.marketplace.change_sets.iter();
    let open: Vec<String> = sets.filter(|(_, set)| set.is_open()).map(|(id, _)| id.clone()).collect();
    for id in open {
        let Some(mut set) = organization.marketplace.change_sets.remove(&id) else { continue };
        set.looks = set.looks.saturating_add(1);
        set.status = ChangeSetStatus::Applying;
        if pending.change_set_is_over(set.looks, set.begun) {
            apply::finish(organization, &mut set, serial, &unproven);
        }
        organization.marketplace.change_sets.insert(id, set);
    }
}

/// Finds the change set that the query parameters `catalog` and `changeSetId` name.
fn find<'w>(
    world: &'w World,
    account: &str,
    query: &str,
) -> Result<(&'w Organization, &'w String, &'w ChangeSet), Failure> {
    let query = form(query);
    check_catalog(query.get("catalog").map(String::as_str))?;
    let id = required(query.get("changeSetId"), "changeSetId")?;
    let organization = organization(world, account)?;
    let administers = organization.administers(account, PRIVATE_MARKETPLACE);
    let sees = |set: &ChangeSet| set.owner.as_ref().map_or(administers, |owner| owner == account);
    let found = organization.marketplace.change_sets.get_key_value(id).filter(|(_, set)| sees(set));
    let (id, set) = found.ok_or_else(|| not_found(&format!("change set {id}")))?;
    Ok((organization, id, set))
}

/// `DescribeChangeSet`. The world can keep a set hidden for its first descriptions (`change_set_unseen`).
pub(super) fn describe(world: &mut World, account: &str, query: &str) -> Result<Value, Failure> {
    let id = find(world, account, query)?.1.clone();
    let unseen = world.unproven.change_set_unseen;
    let sets = world.organization_of_mut(account).map(|it| &mut it.marketplace.change_sets);
    if let Some(set) = sets.and_then(|sets| sets.get_mut(&id)) {
        set.described = set.described.saturating_add(1);
        if set.described <= unseen {
            return Err(not_found(&format!("change set {id}")));
        }
    }
    let (organization, id, set) = find(world, account, query)?;
    let failure = failure_code(set);
    let description = failure.map(|code| match code {
        SERVER_FAULT => "An internal error occurred. Retry your request.",
        _ => "Change set preparation has failed. For details see 'ErrorDetailList'.",
    });
    Ok(object([
        ("ChangeSetId", json!(id)),
        ("ChangeSetArn", json!(arn(owner(organization, set.owner.as_ref()), "ChangeSet", id))),
        ("ChangeSetName", json!(set.name)),
        ("Intent", json!("APPLY")),
        ("StartTime", json!(moment(set.started))),
        ("EndTime", json!(set.ended.map(moment))),
        ("Status", json!(set.status.word())),
        ("FailureCode", json!(failure)),
        ("FailureDescription", json!(description)),
        ("ChangeSet", set.changes.iter().map(|record| change(organization, set, record)).collect()),
    ]))
}

const SERVER_FAULT: &str = "SERVER_FAULT";

/// The `FailureCode` of a set. `None` unless it failed.
fn failure_code(set: &ChangeSet) -> Option<&'static str> {
    match (set.status, set.fate) {
        (ChangeSetStatus::Failed, Some(ChangeSetFate::ServerFault)) => Some(SERVER_FAULT),
        (ChangeSetStatus::Failed, Some(ChangeSetFate::Cancelled) | None) => Some("CLIENT_ERROR"),
        (
            ChangeSetStatus::Preparing
            | ChangeSetStatus::Applying
            | ChangeSetStatus::Succeeded
            | ChangeSetStatus::Cancelled,
            _,
        ) => None,
    }
}

/// `ChangeSummary`. The identifier is the one that was sent. After success it is the entity's id and revision.
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

/// `ListChangeSets`, latest first.
pub(super) fn list(world: &World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let ListChangeSets { catalog, filter_list, max_results, next_token } = input(body)?;
    check_catalog(catalog.as_deref())?;
    let known = ["Scope", "EntityId", "Status", "ChangeSetName"].into_iter().chain(TIMES).collect::<Vec<_>>();
    let filters = Filters::read(filter_list, &known)?;
    let organization = organization(world, account)?;
    let wanted = organization.marketplace.change_sets.iter().rev().filter(|(_, set)| {
        !(set.is_open() && set.looks < world.unproven.change_set_unlisted)
            && filters.sees(organization, account, set.owner.as_ref())
            && filters.pass("Status", set.status.word())
            && filters.pass("ChangeSetName", set.name.as_deref().unwrap_or_default())
            && filters.pass_times("StartTime", Some(set.started))
            && filters.pass_times("EndTime", set.ended)
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
    object([
        ("ChangeSetId", json!(id)),
        ("ChangeSetArn", json!(arn(owner(organization, set.owner.as_ref()), "ChangeSet", id))),
        ("ChangeSetName", json!(set.name)),
        ("StartTime", json!(moment(set.started))),
        ("EndTime", json!(set.ended.map(moment))),
        ("Status", json!(set.status.word())),
        ("EntityIdList", json!(entities)),
        ("FailureCode", json!(failure_code(set))),
    ])
}

/// `CancelChangeSet`. Allowed only while the set is `PREPARING`.
pub(super) fn cancel(world: &mut World, account: &str, query: &str) -> Result<Value, Failure> {
    let (organization, id, set) = find(world, account, query)?;
    let (id, arn) = (id.clone(), arn(owner(organization, set.owner.as_ref()), "ChangeSet", id));
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
