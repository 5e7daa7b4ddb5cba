//! Private Marketplace experiences with their product lists.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_marketplacecatalog::types::EntitySummary;
use futures_util::future::join;

use super::entities::{Entities, Marketplace, entities, listed, parse};
use super::entity::{self, ExperienceHead};
use super::organization::Heads;
use super::several::{reading, unreachable};
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::experience::Experience;
use crate::model::id::{AccountId, ExperienceId, ProcurementPolicyId};
use crate::model::live::{Found, Named, Reading, Shelf};
use crate::model::wants::ShelfWants;

/// The experiences of one account.
pub(super) async fn shelf(
    cloud: &Cloud,
    heads: &Heads<'_>,
    account: &AccountId,
    listed: Option<Reading<Vec<Named<ExperienceId>>>>,
    wants: ShelfWants<ExperienceId>,
) -> Shelf<ExperienceId, Experience> {
    // An experience always comes with its name, so no extra names are read.
    let ShelfWants { organization, list: is_listed, read, names: _ } = wants;
    let seat = match cloud.marketplace(&organization, account).await {
        Ok(seat) => seat,
        Err(error) => return unreachable(&error, is_listed, read),
    };
    let new_list = async {
        if !is_listed {
            return listed;
        }
        let manages = heads.describe(&organization).await.is_ok_and(|it| it.management_account == *account);
        Some(reading(list(&seat, !manages).await))
    };
    let (listed, mut found) = join(new_list, experiences(&seat, read)).await;
    if let Some(Reading::Complete(listed)) = &listed {
        // An experience that was just listed exists, so it is not recorded as absent.
        let ids: BTreeSet<&ExperienceId> = listed.iter().map(|named| &named.id).collect();
        for (id, found) in found.iter_mut().filter(|(id, found)| **found == Found::NotThere && ids.contains(id)) {
            *found = Found::Unreadable(format!("{id} was listed, but AWS says that there is none"));
        }
    }
    Shelf { listed, read: found }
}

/// The experiences of the organization. They belong to the management account and are shared with the delegated
/// administrator: the management account sees none with the filter, the delegated administrator none without it.
/// Experiences from before Private Marketplace supported organizations may belong to any account, so an empty list is
/// asked for again the other way. `shared` is the first way to try.
pub(crate) async fn list(seat: &Marketplace, shared: bool) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    match list_in(seat, shared).await? {
        none if none.is_empty() => list_in(seat, !shared).await,
        found => Ok(found),
    }
}

async fn list_in(seat: &Marketplace, shared: bool) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    let named = |summary: EntitySummary| {
        let id = seat.parse("ListEntities", summary.entity_id.as_deref().map(entity::without_revision))?;
        Ok(Named { id, name: summary.name.unwrap_or_default() })
    };
    listed(seat, "Experience", shared).await?.into_iter().map(named).collect()
}

/// Experiences with their product lists. The experiences are read first, then their policies.
async fn experiences(seat: &Marketplace, ids: BTreeSet<ExperienceId>) -> BTreeMap<ExperienceId, Found<Experience>> {
    let found = entities(seat, ids.iter().map(ExperienceId::as_str)).await;
    let heads: BTreeMap<ExperienceId, Result<ExperienceHead, CloudError>> = ids
        .into_iter()
        .map(|id| {
            let head = parse(seat, &found, id.as_str(), entity::experience);
            (id, head)
        })
        .collect();
    let policies = heads.values().flatten().filter_map(|head| Some(head.policy.as_ref()?.as_str()));
    let policies = entities(seat, policies).await;
    let complete = |(id, head): (ExperienceId, Result<ExperienceHead, CloudError>)| {
        if head.as_ref().is_err_and(|error| error.meaning == Meaning::NotFound) {
            return (id, Found::NotThere);
        }
        match head.and_then(|head| with_policy(seat, id.clone(), head, &policies)) {
            Ok(experience) => (id, Found::There(experience)),
            Err(error) => (id, Found::Unreadable(error.to_string())),
        }
    };
    heads.into_iter().map(complete).collect()
}

pub(super) fn with_policy(
    seat: &Marketplace,
    id: ExperienceId,
    head: ExperienceHead,
    found: &Entities,
) -> Result<Experience, CloudError> {
    let ExperienceHead { name, description, status, policy, branding } = head;
    let read = |id: ProcurementPolicyId| parse(seat, found, id.as_str(), |document| entity::policy(&id, document));
    Ok(Experience { id, name, description, status, policy: policy.map(read).transpose()?, branding })
}
