//! Entities of Marketplace Catalog, by id.
//!
//! `BatchDescribeEntities` gives twenty entities per call, but no public program is known to use it for the entities of
//! a private marketplace. If AWS refuses it or leaves out an entity, `DescribeEntity` is called.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_marketplacecatalog::types::{EntityRequest, EntitySummary, Filter};
use aws_smithy_types::Document;
use serde_json::Value;

use super::entity;
use super::several::{pages, side_by_side};
use crate::cloud::client::Seat;
use crate::cloud::{CloudError, Meaning, Operation};

/// The only catalog (Marketplace Catalog API reference).
pub(crate) const CATALOG: &str = "AWSMarketplace";

/// The largest page of `ListEntities`.
const PAGE: i32 = 50;

/// The most entities in one `BatchDescribeEntities` call.
const BATCH: usize = 20;

pub(crate) type Marketplace = Seat<aws_sdk_marketplacecatalog::Client>;

/// Entities by id, or the error of each.
pub(super) type Entities = BTreeMap<String, Result<Entity, CloudError>>;

/// An entity and its current revision.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// Its id with its revision, `exp-1234@5`.
    pub(super) identifier: String,
    document: Value,
}

/// The entities of a type. `shared`: those that other accounts share, with the scope `SharedWithMe`.
pub(super) async fn listed(
    seat: &Marketplace,
    entity_type: &str,
    shared: bool,
) -> Result<Vec<EntitySummary>, CloudError> {
    let filter = &shared.then(|| vec![Filter::builder().name("Scope").value_list("SharedWithMe").build()]);
    pages(&seat.place, "ListEntities", |token| async move {
        let list = seat.client.list_entities().catalog(CATALOG).entity_type(entity_type);
        let call = list.set_filter_list(filter.clone()).max_results(PAGE).set_next_token(token);
        let page = seat.call(call).await?;
        Ok((page.entity_summary_list, page.next_token))
    })
    .await
}

/// Parses the document of one of the entities that were read.
pub(super) fn parse<T>(
    seat: &Marketplace,
    found: &Entities,
    id: &str,
    read: impl FnOnce(Value) -> Result<T, String>,
) -> Result<T, CloudError> {
    let entity = found.get(id).cloned().unwrap_or_else(|| Err(unanswered(seat, id)))?;
    read(entity.document).map_err(|reason| unclear(seat, "NotUnderstood", format!("{id}: {reason}")))
}

/// The error about an entity that AWS left out of its answers.
pub(super) fn unanswered(seat: &Marketplace, id: &str) -> CloudError {
    unclear(seat, "NoAnswer", format!("{id}: AWS gave no answer about it"))
}

fn unclear(seat: &Marketplace, code: &str, message: String) -> CloudError {
    CloudError::own("DescribeEntity", &seat.place, code, Meaning::Other, message)
}

/// Entities by their ids, in batches. An error about one entity is recorded for that entity. An error of a call is
/// recorded for every entity in it.
pub(super) async fn entities<'a>(seat: &Marketplace, ids: impl Iterator<Item = &'a str>) -> Entities {
    let ids: BTreeSet<&str> = ids.collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    side_by_side(ids.chunks(BATCH).map(|batch| together(seat, batch))).await.into_iter().flatten().collect()
}

/// A batch of entities. Those that the batch call does not give are read one by one.
async fn together(seat: &Marketplace, ids: &[&str]) -> Entities {
    let refusals = &seat.conduct.refusals;
    let mut found = Entities::new();
    if !refusals.has(&seat.place, Operation::BatchDescribeEntities) {
        match batch(seat, ids).await {
            Ok(told) => found = told,
            Err(error) if is_refusal(error.meaning) => {
                refusals.remember(&seat.place, Operation::BatchDescribeEntities);
            }
            Err(error) => return ids.iter().map(|id| ((*id).to_owned(), Err(error.clone()))).collect(),
        }
    }
    let open = |id: &&str| match found.get(*id) {
        None => true,
        Some(Ok(_)) => false,
        // An error is taken from the batch only if it says that the entity does not exist: AWS does not document the
        // other codes.
        Some(Err(error)) => error.meaning != Meaning::NotFound,
    };
    let mut open = ids.iter().copied().filter(open).collect::<Vec<_>>().into_iter();
    let Some(first) = open.next() else { return found };
    let outcome = one(seat, first).await;
    // If access to the first is denied, the others would be denied as well.
    let refused = outcome.as_ref().err().filter(|error| error.meaning == Meaning::Denied).cloned();
    found.insert(first.to_owned(), outcome);
    match refused {
        Some(error) => found.extend(open.map(|id| (id.to_owned(), Err(error.clone())))),
        None => found.extend(side_by_side(open.map(|id| async move { (id.to_owned(), one(seat, id).await) })).await),
    }
    found
}

/// Whether AWS rejects the batch call as such, so that `DescribeEntity` is to be used from then on.
fn is_refusal(meaning: Meaning) -> bool {
    match meaning {
        Meaning::Denied | Meaning::NotFound | Meaning::Invalid | Meaning::Other => true,
        Meaning::Throttled
        | Meaning::Locked
        | Meaning::Busy
        | Meaning::Conflict
        | Meaning::Quota
        | Meaning::Expired
        | Meaning::Passing
        | Meaning::Unreachable => false,
    }
}

async fn batch(seat: &Marketplace, ids: &[&str]) -> Result<Entities, CloudError> {
    let request = |id: &&str| EntityRequest::builder().catalog(CATALOG).entity_id(*id).build().ok();
    let requests = ids.iter().filter_map(request).collect();
    let answer = seat.call(seat.client.batch_describe_entities().set_entity_request_list(Some(requests))).await?;
    let details = answer.entity_details.unwrap_or_default().into_iter().map(|(id, detail)| {
        let entity = known(seat, &id, detail.entity_identifier, detail.details_document.as_ref(), None);
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

async fn one(seat: &Marketplace, id: &str) -> Result<Entity, CloudError> {
    let answer = seat.call(seat.client.describe_entity().catalog(CATALOG).entity_id(id)).await?;
    known(seat, id, answer.entity_identifier, answer.details_document.as_ref(), answer.details.as_deref())
}

fn known(
    seat: &Marketplace,
    id: &str,
    identifier: Option<String>,
    document: Option<&Document>,
    text: Option<&str>,
) -> Result<Entity, CloudError> {
    let document = document.map(entity::json).or_else(|| serde_json::from_str(text?).ok());
    let document = document.ok_or_else(|| unclear(seat, "NoDetails", format!("{id}: AWS sent no details")))?;
    Ok(Entity { identifier: identifier.unwrap_or_else(|| id.to_owned()), document })
}
