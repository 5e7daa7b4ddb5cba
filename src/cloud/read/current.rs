//! An experience just before a change, and the experiences with a given name.

use std::collections::BTreeSet;

use futures_util::future::join;

use super::entities::{Entities, Marketplace, entities, parse, unanswered};
use super::entity;
use super::marketplace::{list, with_policy};
use super::parts::{Governed, governed};
use crate::cloud::CloudError;
use crate::model::audience::Audiences;
use crate::model::branding::Branding;
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::id::{BrandingId, ExperienceId, ProcurementPolicyId};

/// What is read together with an experience and its policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// The branding settings.
    pub(crate) branding: bool,
    /// The audiences of all experiences.
    pub(crate) audiences: bool,
}

/// The ids of an experience's parts, as they were read last. Known parts are read in the same call as the experience.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) policy: Option<ProcurementPolicyId>,
    pub(crate) branding: Option<BrandingId>,
}

/// An experience just before a change.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) experience: Experience,
    /// The id of the experience with its revision, `exp-1234@5`.
    pub(crate) identifier: String,
    /// The revisions of everything that was read. Any change makes this text different.
    pub(crate) revisions: String,
    /// The branding. `None` if the experience has none, or if it was not asked for.
    pub(crate) branding: Option<Branding>,
    /// The audience of each experience. Empty if audiences were not asked for.
    pub(crate) audiences: Audiences,
}

/// Reads one experience again. It takes a single call if the policy and branding have not been replaced. Audiences take
/// further calls, because all of them have to be read.
pub(crate) async fn current(
    seat: &Marketplace,
    id: &ExperienceId,
    known: &Known,
    beside: Beside,
) -> Result<Current, CloudError> {
    let audiences = async { if beside.audiences { governed(seat, true).await } else { Ok(Governed::default()) } };
    let (read, governed) = join(itself(seat, id, known, beside), audiences).await;
    let ((found, head), Governed { audiences, mut revisions }) = (read?, governed?);
    let mut revisions = revisions.remove(id).unwrap_or_default();
    revisions.extend(found.values().flatten().map(|entity| entity.identifier.clone()));
    let identifier = match found.get(id.as_str()) {
        Some(Ok(entity)) => entity.identifier.clone(),
        Some(Err(_)) | None => id.to_string(),
    };
    let look = |id: &BrandingId| parse(seat, &found, id.as_str(), entity::branding);
    let branding = head.branding.as_ref().filter(|_| beside.branding).map(look).transpose()?;
    let experience = with_policy(seat, id.clone(), head, &found)?;
    Ok(Current { experience, identifier, revisions: revisions.join(" "), branding, audiences })
}

/// The id of an experience with its revision, `exp-1234@5`. AWS sends the experience's own document, which is small,
/// and not its product lists.
pub(crate) async fn revision(seat: &Marketplace, id: &ExperienceId) -> Result<String, CloudError> {
    match entities(seat, std::iter::once(id.as_str())).await.remove(id.as_str()) {
        Some(found) => found.map(|entity| entity.identifier),
        None => Err(unanswered(seat, id.as_str())),
    }
}

/// The experience, its policy, and its branding if wanted.
async fn itself(
    seat: &Marketplace,
    id: &ExperienceId,
    known: &Known,
    beside: Beside,
) -> Result<(Entities, entity::ExperienceHead), CloudError> {
    let branding = known.branding.as_ref().filter(|_| beside.branding).map(BrandingId::as_str);
    let policy = known.policy.as_ref().map(ProcurementPolicyId::as_str);
    let mut found = entities(seat, policy.into_iter().chain(branding).chain([id.as_str()])).await;
    let head = parse(seat, &found, id.as_str(), entity::experience)?;
    let branding = head.branding.as_ref().filter(|_| beside.branding).map(BrandingId::as_str);
    let policy = head.policy.as_ref().map(ProcurementPolicyId::as_str);
    let missing: Vec<&str> = policy.into_iter().chain(branding).filter(|id| !found.contains_key(*id)).collect();
    if !missing.is_empty() {
        let more = entities(seat, missing.into_iter()).await;
        found.extend(more);
    }
    Ok((found, head))
}

/// The experiences with a given name. Names are not unique, and an experience is never deleted, only archived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Namesakes {
    pub(crate) usable: BTreeSet<ExperienceId>,
    pub(crate) archived: BTreeSet<ExperienceId>,
}

pub(crate) async fn namesakes(seat: &Marketplace, name: &str) -> Result<Namesakes, CloudError> {
    let listed = list(seat, true).await?;
    let ids: BTreeSet<ExperienceId> = listed.into_iter().filter(|it| it.name == name).map(|it| it.id).collect();
    let found = entities(seat, ids.iter().map(ExperienceId::as_str)).await;
    let mut namesakes = Namesakes::default();
    for id in ids {
        let head = parse(seat, &found, id.as_str(), entity::experience)?;
        match head.status {
            // The list may still show an old name.
            ExperienceStatus::Enabled | ExperienceStatus::Disabled if head.name != name => {}
            ExperienceStatus::Enabled | ExperienceStatus::Disabled => drop(namesakes.usable.insert(id)),
            ExperienceStatus::Archived => drop(namesakes.archived.insert(id)),
        }
    }
    Ok(namesakes)
}
