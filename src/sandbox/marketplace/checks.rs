//! The checks of a change set as a whole, before it is accepted.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::common::{acts_on, invalid, not_found};
use crate::sandbox::codec::word;
use crate::sandbox::reply::Failure;
use crate::sandbox::world::{ChangeRecord, ChangeSet, Configuration, Marketplace, Organization};

/// The most open change sets.
const MOST_OPEN: usize = 250;

/// Reads a change of an accepted set again. `Configuration` is optional here: whether it is required was checked at the
/// start.
pub(super) fn accepted(record: &ChangeRecord) -> Option<Change> {
    Change::read(&record.change_type, &record.details, Configuration::Optional).ok()
}

/// The change set that was started with the same token. The same token with another request is an error.
pub(super) fn repeated<'m>(
    marketplace: &'m Marketplace,
    token: Option<&str>,
    name: Option<&str>,
    records: &[ChangeRecord],
) -> Result<Option<(&'m String, &'m ChangeSet)>, Failure> {
    let mut sets = marketplace.change_sets.iter();
    let Some((id, set)) = sets.find(|(_, set)| token.is_some() && set.token.as_deref() == token) else {
        return Ok(None);
    };
    let asked = |record: &ChangeRecord| {
        let ChangeRecord { change_type, name, identifier, details, .. } = record.clone();
        (change_type, name, identifier, details)
    };
    if set.name.as_deref() == name && set.changes.iter().map(asked).eq(records.iter().map(asked)) {
        Ok(Some((id, set)))
    } else {
        Err(invalid("ClientRequestToken was used before with another request."))
    }
}

/// Finds the experience of each change by its id or by a reference to an earlier change (`$Name.Entity.Identifier`). A
/// new experience gets its id here.
pub(super) fn resolve(
    organization: &Organization,
    account: &str,
    records: Vec<ChangeRecord>,
    seed: &str,
) -> Result<Vec<ChangeRecord>, Failure> {
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
                let found = organization.marketplace.experiences.get(bare);
                found
                    .filter(|experience| acts_on(organization, account, experience))
                    .ok_or_else(|| not_found(&format!("entity {id}")))?;
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

/// The first product that AWS refuses, and the change that has it.
pub(super) fn refused<'c>(
    changes: &'c [ChangeRecord],
    products: &BTreeSet<String>,
) -> Option<(&'c ChangeRecord, String)> {
    changes.iter().find_map(|record| {
        let (Change::Allow(noted) | Change::Deny(noted)) = accepted(record)? else { return None };
        noted.into_keys().find(|id| products.contains(id)).map(|id| (record, id))
    })
}

/// Refuses changes to an entity that an open change set locks.
pub(super) fn check_locks(marketplace: &Marketplace, changes: &[ChangeRecord]) -> Result<(), Failure> {
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

/// Refuses a change that names a revision (`exp-…@5`) other than the latest.
pub(super) fn check_revisions(marketplace: &Marketplace, changes: &[ChangeRecord]) -> Result<(), Failure> {
    for record in changes {
        let Some((id, revision)) = record.identifier.as_deref().and_then(|it| it.split_once('@')) else { continue };
        let Some(experience) = marketplace.experiences.get(id) else { continue };
        let latest = experience.changes.saturating_add(1);
        if revision.parse() != Ok(latest) {
            return Err(invalid(format!(
                "Requested revision '{id}@{revision}' is not the latest revision of the entity. \
                 The latest revision is '{id}@{latest}'."
            )));
        }
    }
    Ok(())
}

pub(super) fn check_quota(marketplace: &Marketplace) -> Result<(), Failure> {
    if marketplace.change_sets.values().filter(|set| set.is_open()).count() < MOST_OPEN {
        return Ok(());
    }
    let message = format!("Account has reached the quota of {MOST_OPEN} open change sets.");
    Err(Failure::with_status("ServiceQuotaExceededException", 402, message))
}

/// The open change set that also changes an audience. AWS changes one audience at a time in an organization. The later
/// set is accepted, and fails when it ends.
pub(super) fn contention(marketplace: &Marketplace, changes: &[ChangeRecord]) -> Option<String> {
    let about = |changes: &[ChangeRecord]| changes.iter().filter_map(accepted).any(|change| change.is_about_audience());
    let mut open = marketplace.change_sets.iter().filter(|(_, set)| set.is_open());
    if about(changes) { open.find(|(_, set)| about(&set.changes)).map(|(id, _)| id.clone()) } else { None }
}
