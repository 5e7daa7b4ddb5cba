//! An experience just before it is written to, and the experiences that bear a name.

use std::collections::BTreeSet;

use futures_util::future::join;

use super::entities::{Entities, Marketplace, entities, parse};
use super::entity;
use super::marketplace::{list, with_policy};
use super::parts::{Governed, governed};
use crate::cloud::CloudError;
use crate::model::audience::Audiences;
use crate::model::branding::Branding;
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::id::{BrandingId, ExperienceId, ProcurementPolicyId};

/// What is read of an experience beside itself and its policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// How it looks.
    pub(crate) branding: bool,
    /// Whom this and every other experience governs.
    pub(crate) audiences: bool,
}

/// The parts of an experience that are known by their ids: they are read in the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) policy: Option<ProcurementPolicyId>,
    pub(crate) branding: Option<BrandingId>,
}

/// An experience just before it is written to.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) experience: Experience,
    /// The experience with the revision that was read, `exp-1234@5`.
    pub(crate) identifier: String,
    /// The revisions of all that was read: another one for every change.
    pub(crate) revisions: String,
    /// How it looks. `None` where it has no branding settings, and where that was not asked for.
    pub(crate) branding: Option<Branding>,
    /// Whom each experience governs; nobody where that was not asked for.
    pub(crate) audiences: Audiences,
}

/// Reads one experience again; in a single call where its policy is still the one that was known, but for audiences, which
/// can be read all together alone.
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

/// The experience, its policy, and its branding settings where they are wanted.
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

/// The experiences that bear a name: those that can be used, and those that are archived. Names are not unique, and an
/// experience is never deleted.
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
            // A list may be older than a new name.
            ExperienceStatus::Enabled | ExperienceStatus::Disabled if head.name != name => {}
            ExperienceStatus::Enabled | ExperienceStatus::Disabled => drop(namesakes.usable.insert(id)),
            ExperienceStatus::Archived => drop(namesakes.archived.insert(id)),
        }
    }
    Ok(namesakes)
}
