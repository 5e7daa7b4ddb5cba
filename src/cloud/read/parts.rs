//! The parts of an organization's experiences: audiences and branding.

use std::collections::{BTreeMap, BTreeSet};

use super::entities::{Marketplace, entities, listed, parse};
use super::entity;
use super::organization::Heads;
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::audience::Audiences;
use crate::model::branding::Branding;
use crate::model::id::{AccountId, BrandingId, ExperienceId};
use crate::model::live::{Found, Reading};
use crate::model::market_wants::PartWants;

/// The result of one read.
pub(super) struct Parts {
    pub(super) account: AccountId,
    pub(super) audiences: Option<Reading<Audiences>>,
    pub(super) brandings: BTreeMap<BrandingId, Found<Branding>>,
}

/// Reads the parts that are wanted of one account.
pub(super) async fn parts(cloud: &Cloud, heads: &Heads<'_>, account: AccountId, wants: PartWants) -> Parts {
    let PartWants { organization, audiences, brandings } = wants;
    let seat = match cloud.marketplace(&organization, &account).await {
        Ok(seat) => seat,
        Err(error) => return unreadable(account, audiences, brandings, &error.to_string()),
    };
    // If the account of the settings is in another organization, its answers are somebody else's.
    let head = heads.describe(&organization).await;
    if let Some(reason) = heads.mismatch(&organization) {
        return unreadable(account, audiences, brandings, &reason);
    }
    let manages = head.is_ok_and(|head| head.management_account == account);
    let (audiences, brandings) = futures_util::future::join(
        async { if audiences { Some(reading(governed(&seat, !manages).await.map(|it| it.audiences))) } else { None } },
        looks(&seat, brandings),
    )
    .await;
    Parts { account, audiences, brandings }
}

fn unreadable(account: AccountId, audiences: bool, brandings: BTreeSet<BrandingId>, reason: &str) -> Parts {
    let audiences = audiences.then(|| Reading::Unreadable(reason.to_owned()));
    let brandings = brandings.into_iter().map(|id| (id, Found::Unreadable(reason.to_owned())));
    Parts { account, audiences, brandings: brandings.collect() }
}

fn reading<T>(result: Result<T, CloudError>) -> Reading<T> {
    result.map_or_else(|error| Reading::Unreadable(error.to_string()), Reading::Complete)
}

/// The audiences of the experiences, with their revisions.
#[derive(Debug, Default)]
pub(super) struct Governed {
    pub(super) audiences: Audiences,
    /// The audiences of each experience, `aud-1234@5`.
    pub(super) revisions: BTreeMap<ExperienceId, Vec<String>>,
}

/// How often audiences are listed. A second list is needed when an audience is gone by the time that it is described:
/// somebody has just removed its last principal.
const LISTED: u32 = 3;

/// The audiences of all experiences. An audience names its experience, but an experience does not name its audiences,
/// so all of them are read. An empty list is asked for again with the other scope, as for experiences.
pub(super) async fn governed(seat: &Marketplace, shared: bool) -> Result<Governed, CloudError> {
    let mut tries = 1;
    loop {
        match governed_once(seat, shared).await {
            Err(error) if error.meaning == Meaning::NotFound && tries < LISTED => tries += 1,
            result => return result,
        }
    }
}

async fn governed_once(seat: &Marketplace, shared: bool) -> Result<Governed, CloudError> {
    let mut summaries = listed(seat, "Audience", shared).await?;
    if summaries.is_empty() {
        summaries = listed(seat, "Audience", !shared).await?;
    }
    let ids = summaries.iter().filter_map(|summary| summary.entity_id.as_deref());
    let ids: BTreeSet<&str> = ids.map(entity::without_revision).collect();
    if ids.len() != summaries.len() {
        let message = format!("{} audiences were listed, and {} have an id of their own", summaries.len(), ids.len());
        return Err(CloudError::own("ListEntities", &seat.place, "NotUnderstood", Meaning::Other, message));
    }
    let found = entities(seat, ids.iter().copied()).await;
    let mut governed = Governed::default();
    for id in ids {
        let (experience, principals) = parse(seat, &found, id, entity::audience)?;
        let revision = found.get(id).and_then(|it| it.as_ref().ok()).map(|it| it.identifier.clone());
        governed.revisions.entry(experience.clone()).or_default().extend(revision);
        governed.audiences.entry(experience).or_default().extend(principals);
    }
    Ok(governed)
}

/// The branding of experiences.
async fn looks(seat: &Marketplace, ids: BTreeSet<BrandingId>) -> BTreeMap<BrandingId, Found<Branding>> {
    let found = entities(seat, ids.iter().map(BrandingId::as_str)).await;
    let look = |id: BrandingId| {
        let look = match parse(seat, &found, id.as_str(), entity::branding) {
            Ok(branding) => Found::There(branding),
            Err(error) if error.meaning == Meaning::NotFound => Found::NotThere,
            Err(error) => Found::Unreadable(error.to_string()),
        };
        (id, look)
    };
    ids.into_iter().map(look).collect()
}
