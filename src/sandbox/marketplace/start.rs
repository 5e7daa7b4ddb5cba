//! `StartChangeSet`: checks the request and makes the change set.
//! <https://docs.aws.amazon.com/marketplace-catalog/latest/api-reference/API_StartChangeSet.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::change::Change;
use super::change_set;
use super::checks::{check_locks, check_quota, check_revisions, contention, refused, repeated, resolve};
use super::common::{arn, check_catalog, invalid, organization, owner};
use super::limits::Problem;
use crate::sandbox::codec::{matches, word};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{
    ChangeRecord, ChangeSet, ChangeSetFate, ChangeSetStatus, PRIVATE_MARKETPLACE, RefusedProduct, Unproven, World,
};

/// The most characters in the details of a change.
pub(super) const LONGEST_DETAILS: usize = 16_384;

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
    check_word("ChangeSetName", name.as_deref(), 100, |c| c.is_ascii_alphanumeric() || " _+=.:@-".contains(c))?;
    check_word("ClientRequestToken", token.as_deref(), 64, |c| c.is_ascii_graphic())?;
    let inputs = required(change_set, "changeSet")?;
    if !(1..=20).contains(&inputs.len()) {
        return Err(invalid(format!("ChangeSet must have 1 to 20 changes and has {}.", inputs.len())));
    }
    let unproven = world.unproven.clone();
    let records = inputs.into_iter().map(|change| read(change, &unproven)).collect::<Result<Vec<_>, _>>()?;
    let organization = organization(world, account)?;
    let marketplace = &organization.marketplace;
    if let Some((id, set)) = repeated(marketplace, token.as_deref(), name.as_deref(), &records)? {
        let owner = set.owner.as_deref().unwrap_or(&organization.management_account);
        return Ok(json!({"ChangeSetId": id, "ChangeSetArn": arn(owner, "ChangeSet", id)}));
    }
    let serial = world.serial.saturating_add(1);
    let changes = resolve(organization, account, records, &format!("{} {serial}", organization.id))?;
    if unproven.refused_product == RefusedProduct::RefusedAtStart
        && let Some((record, product)) = refused(&changes, &marketplace.refused_products)
    {
        let problem = Problem::new("Details.Products", format!("product {product} is not available"));
        return Err(wrong(&record.change_type, Some(&record.entity), vec![problem]));
    }
    check_locks(marketplace, &changes)?;
    check_revisions(marketplace, &changes)?;
    check_quota(marketplace)?;
    // Ids begin with the serial number, so that sorting by id is sorting by age.
    let id = format!("{serial:06}{}", word(&format!("change set {} {serial}", organization.id), 19));
    let first = changes.first().and_then(|record| marketplace.experiences.get(&record.entity));
    let own = (!organization.administers(account, PRIVATE_MARKETPLACE)).then(|| account.to_owned());
    let owner_of_new = first.map_or(own, |experience| experience.owner.clone());
    let arn = arn(owner(organization, owner_of_new.as_ref()), "ChangeSet", &id);
    let contends_with = contention(marketplace, &changes);
    let fate = fate(world, &changes);
    let set = ChangeSet {
        name,
        token,
        owner: owner_of_new,
        started: serial,
        contends_with,
        fate,
        changes,
        status: ChangeSetStatus::Preparing,
        ..ChangeSet::default()
    };
    world.next_serial();
    change_set::add(world, account, &id, set);
    Ok(json!({"ChangeSetId": id, "ChangeSetArn": arn}))
}

/// Checks the length and the characters of a name or a token.
fn check_word(field: &str, text: Option<&str>, most: usize, fits: impl Fn(char) -> bool) -> Result<(), Failure> {
    let Some(text) = text else { return Ok(()) };
    if text.is_empty() || text.chars().count() > most || !text.chars().all(fits) {
        return Err(invalid(format!("{field} '{text}' has a character that is not allowed, or not 1 to {most}.")));
    }
    Ok(())
}

/// Reads and checks a change by itself. `resolve` fills in the experience later.
fn read(change: ChangeInput, unproven: &Unproven) -> Result<ChangeRecord, Failure> {
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
    let refuse = |problems| wrong(&change_type, identifier.as_deref(), problems);
    let details = match (details, details_document) {
        (Some(text), None) => serde_json::from_str(&text).map_err(|_| invalid("Details is not JSON."))?,
        (None, Some(document)) => document,
        _ => return Err(invalid("Exactly one of Details and DetailsDocument is required.")),
    };
    let length = details.to_string().chars().count();
    if length > LONGEST_DETAILS {
        let message = format!("must have 2 to {LONGEST_DETAILS} characters and has {length}");
        return Err(refuse(vec![Problem::new("Details", message)]));
    }
    let change = Change::read(&change_type, &details, unproven.configuration).map_err(refuse)?;
    match (&change, &identifier) {
        (Change::CreateExperience(_), Some(_)) => return Err(invalid("CreateExperience takes no Identifier.")),
        (Change::CreateExperience(_), None) | (_, Some(_)) => {}
        (_, None) => return Err(invalid(format!("{change_type} requires an Identifier."))),
    }
    let (name, errors) = (change_name, Vec::new());
    Ok(ChangeRecord { change_type, name, entity_type, identifier, entity: String::new(), details, errors })
}

/// A `ValidationException` with its `ValidationExceptionFieldList`.
fn wrong(change_type: &str, entity: Option<&str>, problems: Vec<Problem>) -> Failure {
    // `EntityId` is left out for a reference to another change, whose entity has no id yet. It never has a revision.
    let entity = entity.filter(|id| !id.starts_with('$')).and_then(|id| id.split('@').next());
    let said: Vec<String> = problems.iter().map(|Problem { field, message }| format!("{field} {message}")).collect();
    let fields = problems.into_iter().map(|Problem { field, message }| {
        object([
            ("Reason", json!("FieldValidationFailed")),
            ("EntityType", json!("Experience@1.0")),
            ("EntityId", json!(entity)),
            ("ChangeType", json!(change_type)),
            ("Field", json!(field)),
            ("Message", json!(message)),
        ])
    });
    Failure { fields: fields.collect(), ..invalid(format!("{change_type} is invalid: {}.", said.join("; "))) }
}

/// How the set will end, if a fault of the world matches. Counts the fault.
fn fate(world: &mut World, changes: &[ChangeRecord]) -> Option<ChangeSetFate> {
    let about = |pattern: &String| changes.iter().any(|record| matches(pattern, &record.entity));
    let mut fate = None;
    for fault in world.change_set_faults.iter_mut().filter(|fault| fault.experience.as_ref().is_none_or(about)) {
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        fault.times = fault.times.map(|times| times.saturating_sub(1));
        fate = Some(fault.fate);
        break;
    }
    world.change_set_faults.retain(|fault| fault.times != Some(0));
    fate
}
