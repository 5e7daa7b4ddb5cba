//! `StartChangeSet`: all that is checked before a change set is accepted.
//! <https://docs.aws.amazon.com/marketplace-catalog/latest/api-reference/API_StartChangeSet.html>

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::change::Change;
use super::{arn, change_set, check_catalog, invalid, not_found, organization};
use crate::sandbox::codec::word;
use crate::sandbox::reply::Failure;
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{ChangeRecord, ChangeSet, ChangeSetStatus, Marketplace, World};

/// The most change sets that may be under way.
const MOST_OPEN: usize = 250;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct StartChangeSet {
    catalog: Option<String>,
    change_set: Option<Vec<ChangeInput>>,
    change_set_name: Option<String>,
    client_request_token: Option<String>,
    intent: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ChangeInput {
    change_type: Option<String>,
    change_name: Option<String>,
    entity: Option<EntityInput>,
    details: Option<String>,
    details_document: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct EntityInput {
    r#type: Option<String>,
    identifier: Option<String>,
}

pub(super) fn start(world: &mut World, account: &str, body: &[u8]) -> Result<Value, Failure> {
    let StartChangeSet { catalog, change_set, change_set_name: name, client_request_token: token, intent } =
        input(body)?;
    check_catalog(catalog.as_deref())?;
    if intent.is_some_and(|intent| intent != "APPLY") {
        return Err(invalid("The sandbox emulates the intent APPLY only."));
    }
    let inputs = required(change_set, "changeSet")?;
    if !(1..=20).contains(&inputs.len()) {
        return Err(invalid("ChangeSet must have 1 to 20 changes."));
    }
    let records = inputs.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let organization = organization(world, account)?;
    let marketplace = &organization.marketplace;
    if let Some(id) = repeated(marketplace, token.as_deref(), &records)? {
        return Ok(json!({"ChangeSetId": id, "ChangeSetArn": arn(organization, "ChangeSet", &id)}));
    }
    let serial = world.serial.saturating_add(1);
    let changes = resolve(marketplace, records, &format!("{} {serial}", organization.id))?;
    check_locks(marketplace, &changes)?;
    if marketplace.change_sets.values().filter(|set| set.is_open()).count() >= MOST_OPEN {
        let message = format!("Account has reached the quota of {MOST_OPEN} open change sets.");
        return Err(Failure::with_status("ServiceQuotaExceededException", 402, message));
    }
    // Ids of a later moment come later, so that the oldest are easily told.
    let id = format!("{serial:06}{}", word(&format!("change set {} {serial}", organization.id), 19));
    let arn = arn(organization, "ChangeSet", &id);
    let contends_with = contention(marketplace, &changes);
    let status = ChangeSetStatus::Preparing;
    let set = ChangeSet { name, token, status, looks: 0, started: serial, ended: None, contends_with, changes };
    world.next_serial();
    change_set::add(world, account, &id, set);
    Ok(json!({"ChangeSetId": id, "ChangeSetArn": arn}))
}

/// Reads a change on its own. Which entity it is about comes out later.
fn read(change: ChangeInput) -> Result<ChangeRecord, Failure> {
    let ChangeInput { change_type, change_name, entity, details, details_document } = change;
    let change_type = required(change_type, "changeSet.member.changeType")?;
    let EntityInput { r#type, identifier } = required(entity, "changeSet.member.entity")?;
    let entity_type = required(r#type, "changeSet.member.entity.type")?;
    if entity_type != "Experience@1.0" {
        return Err(invalid(format!("The sandbox emulates changes to Experience@1.0 only, and not to {entity_type}.")));
    }
    if let Some(name) = &change_name
        && (name.is_empty() || name.len() > 72 || !name.bytes().all(|byte| byte.is_ascii_alphabetic()))
    {
        return Err(invalid(format!("ChangeName '{name}' must have 1 to 72 letters and nothing else.")));
    }
    let details = match (details, details_document) {
        (Some(text), None) => serde_json::from_str(&text).map_err(|_| invalid("Details is not JSON."))?,
        (None, Some(document)) => document,
        _ => return Err(invalid("Exactly one of Details and DetailsDocument is required.")),
    };
    let change = Change::read(&change_type, &details).map_err(invalid)?;
    match (&change, &identifier) {
        (Change::CreateExperience(_), Some(_)) => return Err(invalid("CreateExperience takes no Identifier.")),
        (Change::CreateExperience(_), None) | (_, Some(_)) => {}
        (_, None) => return Err(invalid(format!("{change_type} requires an Identifier."))),
    }
    let (name, errors) = (change_name, Vec::new());
    Ok(ChangeRecord { change_type, name, entity_type, identifier, entity: String::new(), details, errors })
}

/// The change set that was started with the same token: the same changes give the same set.
fn repeated(
    marketplace: &Marketplace,
    token: Option<&str>,
    records: &[ChangeRecord],
) -> Result<Option<String>, Failure> {
    let mut sets = marketplace.change_sets.iter();
    let Some((id, set)) = sets.find(|(_, set)| token.is_some() && set.token.as_deref() == token) else {
        return Ok(None);
    };
    let asked = |record: &ChangeRecord| {
        let ChangeRecord { change_type, name, identifier, details, .. } = record.clone();
        (change_type, name, identifier, details)
    };
    if set.changes.iter().map(asked).eq(records.iter().map(asked)) {
        Ok(Some(id.clone()))
    } else {
        Err(invalid("ClientRequestToken was used before with another request."))
    }
}

/// Finds the experience of each change: an id, or a reference to what an earlier change creates.
fn resolve(marketplace: &Marketplace, records: Vec<ChangeRecord>, seed: &str) -> Result<Vec<ChangeRecord>, Failure> {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut resolved = Vec::with_capacity(records.len());
    for (index, mut record) in records.into_iter().enumerate() {
        record.entity = match &record.identifier {
            None => format!("exp-{}", word(&format!("experience {seed} {index}"), 13)),
            Some(reference) if reference.starts_with('$') => {
                let name = reference.strip_prefix('$').and_then(|it| it.strip_suffix(".Entity.Identifier"));
                let entity = name.and_then(|name| named.get(name)).cloned();
                entity.ok_or_else(|| invalid(format!("{reference} names no earlier change of this change set.")))?
            }
            Some(id) => {
                let bare = id.split('@').next().unwrap_or(id);
                if !marketplace.experiences.contains_key(bare) {
                    return Err(not_found(&format!("entity {id}")));
                }
                bare.to_owned()
            }
        };
        if !seen.insert((record.entity.clone(), record.change_type.clone())) {
            let ChangeRecord { entity, change_type, .. } = &record;
            return Err(invalid(format!(
                "Change set has more than one change of type {change_type} on entity {entity}."
            )));
        }
        if let Some(name) = &record.name
            && named.insert(name.clone(), record.entity.clone()).is_some()
        {
            return Err(invalid(format!("ChangeName {name} is there twice.")));
        }
        resolved.push(record);
    }
    Ok(resolved)
}

/// An entity is locked while a change set about it is under way.
fn check_locks(marketplace: &Marketplace, changes: &[ChangeRecord]) -> Result<(), Failure> {
    for (id, set) in marketplace.change_sets.iter().filter(|(_, set)| set.is_open()) {
        let locked = |record: &&ChangeRecord| set.changes.iter().any(|held| held.entity == record.entity);
        if let Some(record) = changes.iter().find(locked) {
            let message = format!(
                "Requested change set has entities locked by change sets - entity: '{}' change sets: {id}.",
                record.entity
            );
            return Err(Failure::with_status("ResourceInUseException", 423, message));
        }
    }
    Ok(())
}

/// Audiences are changed one at a time in an organization: the later change set fails, once it
/// gets there.
fn contention(marketplace: &Marketplace, changes: &[ChangeRecord]) -> Option<String> {
    let about = |changes: &[ChangeRecord]| {
        let mut read = changes.iter().map(|record| Change::read(&record.change_type, &record.details));
        read.any(|change| change.is_ok_and(|change| change.is_about_audience()))
    };
    let mut open = marketplace.change_sets.iter().filter(|(_, set)| set.is_open());
    if about(changes) { open.find(|(_, set)| about(&set.changes)).map(|(id, _)| id.clone()) } else { None }
}
