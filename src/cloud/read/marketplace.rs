//! Private Marketplace experiences with their product lists.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_marketplacecatalog::types::{EntitySummary, Filter};
use futures_util::future::join;

pub(crate) use super::entities::{CATALOG, Marketplace};
use super::entities::{Entities, entities, parse};
use super::entity::{self, ExperienceHead};
use super::organization::Heads;
use super::several::{pages, reading, unreachable};
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::experience::Experience;
use crate::model::id::{AccountId, ExperienceId, ProcurementPolicyId};
use crate::model::live::{Found, Named, Reading, Shelf};
use crate::model::wants::ShelfWants;

/// The largest page of `ListEntities`.
const PAGE: i32 = 50;

/// One account.
pub(super) async fn shelf(
    cloud: &Cloud,
    heads: &Heads<'_>,
    account: &AccountId,
    listed: Option<Reading<Vec<Named<ExperienceId>>>>,
    wants: ShelfWants<ExperienceId>,
) -> Shelf<ExperienceId, Experience> {
    // An experience is never read without its name.
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
        // What was listed a moment ago exists, whatever AWS says of it now.
        let ids: BTreeSet<&ExperienceId> = listed.iter().map(|named| &named.id).collect();
        for (id, found) in found.iter_mut().filter(|(id, found)| **found == Found::NotThere && ids.contains(id)) {
            *found = Found::Unreadable(format!("{id} was listed, but AWS says that there is none"));
        }
    }
    Shelf { listed, read: found }
}

/// The experiences of the organization. They belong to the management account and are shared with the delegated
/// administrator: the one sees none with the filter, the other none without it. Experiences that were made before
/// Private Marketplace knew organizations may belong to any account, so an empty list is asked for the other way, too.
/// `shared` is the way to begin with.
pub(crate) async fn list(seat: &Marketplace, shared: bool) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    match list_in(seat, shared).await? {
        none if none.is_empty() => list_in(seat, !shared).await,
        found => Ok(found),
    }
}

async fn list_in(seat: &Marketplace, shared: bool) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    let filter = &shared.then(|| vec![Filter::builder().name("Scope").value_list("SharedWithMe").build()]);
    let listed = pages(&seat.place, "ListEntities", |token| async move {
        let list = seat.client.list_entities().catalog(CATALOG).entity_type("Experience");
        let call = list.set_filter_list(filter.clone()).max_results(PAGE).set_next_token(token);
        let page = seat.call(call).await?;
        Ok((page.entity_summary_list, page.next_token))
    })
    .await?;
    let named = |summary: EntitySummary| {
        let id = seat.parse("ListEntities", summary.entity_id.as_deref().map(entity::without_revision))?;
        Ok(Named { id, name: summary.name.unwrap_or_default() })
    };
    listed.into_iter().map(named).collect()
}

/// Experiences with their product lists: first they themselves, then their policies.
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

/// An experience just before it is written to.
pub(crate) struct Current {
    pub(crate) experience: Experience,
    /// The experience with the revision that was read, `exp-1234@5`.
    pub(crate) identifier: String,
    /// The revisions of all that was read: another one for every change.
    pub(crate) revisions: String,
}

/// Reads one experience again; in a single call where its policy is still the one that was known.
pub(crate) async fn current(
    seat: &Marketplace,
    id: &ExperienceId,
    known: Option<&ProcurementPolicyId>,
) -> Result<Current, CloudError> {
    let mut found = entities(seat, known.map(ProcurementPolicyId::as_str).into_iter().chain([id.as_str()])).await;
    let head = parse(seat, &found, id.as_str(), entity::experience)?;
    if let Some(policy) = head.policy.as_ref().filter(|policy| Some(*policy) != known) {
        found.extend(entities(seat, std::iter::once(policy.as_str())).await);
    }
    let revisions = found.values().flatten().map(|entity| entity.identifier.as_str());
    let revisions = revisions.collect::<Vec<_>>().join(" ");
    let identifier = match found.get(id.as_str()) {
        Some(Ok(entity)) => entity.identifier.clone(),
        Some(Err(_)) | None => id.to_string(),
    };
    Ok(Current { experience: with_policy(seat, id.clone(), head, &found)?, identifier, revisions })
}

fn with_policy(
    seat: &Marketplace,
    id: ExperienceId,
    head: ExperienceHead,
    found: &Entities,
) -> Result<Experience, CloudError> {
    let ExperienceHead { name, status, policy } = head;
    let read = |id: ProcurementPolicyId| parse(seat, found, id.as_str(), |document| entity::policy(&id, document));
    Ok(Experience { id, name, status, policy: policy.map(read).transpose()? })
}
