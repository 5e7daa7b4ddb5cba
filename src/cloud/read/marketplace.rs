//! Private Marketplace experiences with their product lists.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_marketplacecatalog::types::{EntityRequest, EntitySummary, Filter};
use serde_json::Value;

use super::entity::{self, ExperienceHead};
use super::organization::Heads;
use super::{pages, reading, side_by_side};
use crate::cloud::client::Seat;
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::desired::{Desired, ExperienceSelector, Selector};
use crate::model::experience::Experience;
use crate::model::id::{AccountId, ExperienceId, Name, ProcurementPolicyId};
use crate::model::live::{Named, Reading, Shelf};

/// The only catalog there is (Marketplace Catalog API reference).
pub(crate) const CATALOG: &str = "AWSMarketplace";

/// The largest page of `ListEntities`.
const PAGE: i32 = 50;

/// How many entities `BatchDescribeEntities` takes at most.
const BATCH: usize = 20;

pub(crate) type Marketplace = Seat<aws_sdk_marketplacecatalog::Client>;

/// The experiences by marketplace account.
pub(super) type Shelves = BTreeMap<AccountId, Reading<Shelf<ExperienceId, Experience>>>;

/// What is wanted of one account.
struct Wanted<'a> {
    organization: &'a Name,
    selectors: Vec<&'a ExperienceSelector>,
}

pub(super) async fn read(cloud: &Cloud, heads: &Heads<'_>, desired: &Desired) -> Shelves {
    let mut wanted: BTreeMap<&AccountId, Wanted<'_>> = BTreeMap::new();
    for experience in &desired.experiences {
        let organization = &experience.organization;
        let wanted =
            wanted.entry(&experience.account).or_insert_with(|| Wanted { organization, selectors: Vec::new() });
        wanted.selectors.push(&experience.selector);
    }
    let shelves = wanted.into_iter().map(|(account, wanted)| async move {
        (account.clone(), reading(shelf(cloud, heads, account, &wanted).await))
    });
    side_by_side(shelves).await.into_iter().collect()
}

/// One account. The list is needed only where an experience is named by name, or all of them are wanted.
async fn shelf(
    cloud: &Cloud,
    heads: &Heads<'_>,
    account: &AccountId,
    wanted: &Wanted<'_>,
) -> Result<Shelf<ExperienceId, Experience>, CloudError> {
    let seat = cloud.marketplace(wanted.organization, account).await?;
    let by_id = |selector: &&ExperienceSelector| matches!(selector, ExperienceSelector::One(Selector::Id(_)));
    let listed =
        if wanted.selectors.iter().all(by_id) { None } else { Some(list(&seat, heads, wanted.organization).await?) };
    let mut chosen: BTreeSet<ExperienceId> = BTreeSet::new();
    for selector in &wanted.selectors {
        let listed = listed.iter().flatten();
        match selector {
            ExperienceSelector::One(Selector::Id(id)) => drop(chosen.insert(id.clone())),
            // All that bear the name: an archived one may have left it to another.
            ExperienceSelector::One(Selector::Name(name)) => {
                chosen.extend(listed.filter(|named| named.name == *name).map(|named| named.id.clone()));
            }
            ExperienceSelector::AllLive { except } => {
                chosen.extend(listed.filter(|named| !except.contains(&named.id)).map(|named| named.id.clone()));
            }
        }
    }
    let mut read = experiences(&seat, chosen).await;
    // One that nobody listed and AWS does not know is not there. What was listed a moment ago is, whatever AWS says.
    let is_listed = |id: &ExperienceId| listed.iter().flatten().any(|named| named.id == *id);
    read.retain(|id, found| found.is_some() || is_listed(id));
    let gone = |id: &ExperienceId| Reading::Unreadable(format!("{id} was listed, but AWS says that there is none"));
    let read = read.into_iter().map(|(id, found)| {
        let found = found.unwrap_or_else(|| gone(&id));
        (id, found)
    });
    Ok(Shelf { read: read.collect(), listed })
}

/// The experiences of the organization. They belong to the management account and are shared with the delegated
/// administrator: the one sees none with the filter, the other none without it.
async fn list(
    seat: &Marketplace,
    heads: &Heads<'_>,
    organization: &Name,
) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    match heads.describe(organization).await {
        Ok(described) => list_in(seat, described.management_account != seat.place.account).await,
        // Nobody knows which of the two it is.
        Err(_) => match list_in(seat, true).await? {
            none if none.is_empty() => list_in(seat, false).await,
            found => Ok(found),
        },
    }
}

async fn list_in(seat: &Marketplace, shared: bool) -> Result<Vec<Named<ExperienceId>>, CloudError> {
    let filter = &shared.then(|| vec![Filter::builder().name("Scope").value_list("SharedWithMe").build()]);
    let listed = pages(|token| async move {
        let list = seat.client.list_entities().catalog(CATALOG).entity_type("Experience");
        let call = list.set_filter_list(filter.clone()).max_results(PAGE).set_next_token(token);
        let page = seat.call("ListEntities", call.send()).await?;
        Ok((page.entity_summary_list, page.next_token))
    })
    .await?;
    let named = |summary: EntitySummary| {
        let id = seat.parse("ListEntities", summary.entity_id.as_deref().map(entity::without_revision))?;
        Ok(Named { id, name: summary.name.unwrap_or_default() })
    };
    listed.into_iter().map(named).collect()
}

/// Experiences with their product lists: first they themselves, then their policies. None where AWS says that there is
/// no such experience.
async fn experiences(
    seat: &Marketplace,
    ids: BTreeSet<ExperienceId>,
) -> BTreeMap<ExperienceId, Option<Reading<Experience>>> {
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
            return (id, None);
        }
        let experience = head.and_then(|head| with_policy(seat, id.clone(), head, &policies));
        (id, Some(reading(experience)))
    };
    heads.into_iter().map(complete).collect()
}

/// An experience just before it is written to.
pub(crate) struct Current {
    pub(crate) experience: Experience,
    /// The revisions of what was read: another one for every change.
    pub(crate) revision: String,
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
    let revision = revisions.collect::<Vec<_>>().join(" ");
    Ok(Current { experience: with_policy(seat, id.clone(), head, &found)?, revision })
}

fn with_policy(
    seat: &Marketplace,
    id: ExperienceId,
    head: ExperienceHead,
    found: &Found,
) -> Result<Experience, CloudError> {
    let ExperienceHead { name, status, policy } = head;
    let read = |id: ProcurementPolicyId| parse(seat, found, id.as_str(), |document| entity::policy(&id, document));
    Ok(Experience { id, name, status, policy: policy.map(read).transpose()? })
}

/// What a document of those that were found says.
fn parse<T>(
    seat: &Marketplace,
    found: &Found,
    id: &str,
    read: impl FnOnce(Value) -> Result<T, String>,
) -> Result<T, CloudError> {
    let nothing = || Err(unclear(seat, "NoAnswer", format!("{id}: AWS said nothing of it")));
    let entity = found.get(id).cloned().unwrap_or_else(nothing)?;
    read(entity.document).map_err(|reason| unclear(seat, "NotUnderstood", format!("{id}: {reason}")))
}

fn unclear(seat: &Marketplace, code: &str, message: String) -> CloudError {
    CloudError::own("BatchDescribeEntities", &seat.place, code, Meaning::Other, message)
}

/// Entities by id, or why one could not be had.
type Found = BTreeMap<String, Result<Entity, CloudError>>;

/// An entity as it is now.
#[derive(Debug, Clone)]
struct Entity {
    /// Its id with its revision, `exp-1234@5`.
    identifier: String,
    document: Value,
}

/// Entities by their ids, as many in one call as it takes. What went wrong with one is its own; a call that fails is
/// the failure of each in it.
async fn entities<'a>(seat: &Marketplace, ids: impl Iterator<Item = &'a str>) -> Found {
    let ids: BTreeSet<&str> = ids.collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let described = ids.chunks(BATCH).map(|batch| async move {
        match describe(seat, batch).await {
            Ok(found) => found,
            Err(error) => batch.iter().map(|id| ((*id).to_owned(), Err(error.clone()))).collect(),
        }
    });
    side_by_side(described).await.into_iter().flatten().collect()
}

async fn describe(seat: &Marketplace, ids: &[&str]) -> Result<Vec<(String, Result<Entity, CloudError>)>, CloudError> {
    let request = |id: &&str| EntityRequest::builder().catalog(CATALOG).entity_id(*id).build().ok();
    let requests = ids.iter().filter_map(request).collect();
    let call = seat.client.batch_describe_entities().set_entity_request_list(Some(requests));
    let answer = seat.call("BatchDescribeEntities", call.send()).await?;
    let details = answer.entity_details.unwrap_or_default().into_iter().map(|(id, detail)| {
        let document = detail.details_document.as_ref().map(entity::json);
        let entity = document
            .map(|document| Entity { identifier: detail.entity_identifier.unwrap_or_else(|| id.clone()), document });
        let entity = entity.ok_or_else(|| unclear(seat, "NoDetails", format!("{id}: AWS sent no details")));
        (id, entity)
    });
    let errors = answer.errors.unwrap_or_default().into_iter().map(|(id, error)| {
        let code = error.error_code.unwrap_or_default();
        let message = format!("{id}: {}", error.error_message.unwrap_or_default());
        let error = CloudError { meaning: Meaning::of_code(&code), ..unclear(seat, &code, message) };
        (id, Err(error))
    });
    let named = |(id, entity): (String, _)| (entity::without_revision(&id).to_owned(), entity);
    Ok(details.chain(errors).map(named).collect())
}
