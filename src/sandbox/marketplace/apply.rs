//! The end of a change set. Either all of its changes take effect, or none does and each change that failed gets an
//! error.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{AudienceDetails, Change, Naming, Noted, PolicyDetails};
use super::checks::accepted;
use super::parts::{
    Experiences, check_principals, disassociate, error, list, new_branding, no_such, update_branding, update_policy,
};
use crate::sandbox::codec::word;
use crate::sandbox::world::{
    Audience, ChangeError, ChangeRecord, ChangeSet, ChangeSetFate, ChangeSetStatus, Experience, ExperienceRevision,
    ExperienceStatus, Organization, Permission, Policy, RefusedProduct, RequestsChange, Unproven,
};

/// `AdminStatus` of an archived experience.
const ARCHIVED: &str = "Restricted";

/// An entity of an experience that a change can alter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Experience,
    Policy,
    Branding,
    Audience,
}

/// Ends a change set.
pub(super) fn finish(organization: &mut Organization, set: &mut ChangeSet, serial: u64, unproven: &Unproven) {
    set.ended = Some(serial);
    match set.fate {
        Some(ChangeSetFate::ServerFault) => return set.status = ChangeSetStatus::Failed,
        Some(ChangeSetFate::Cancelled) => return set.status = ChangeSetStatus::Cancelled,
        None => {}
    }
    let mut experiences = organization.marketplace.experiences.clone();
    let mut touched: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
    let mut failed = false;
    for index in order(&set.changes, unproven.change_order) {
        let Some(record) = set.changes.get_mut(index) else { continue };
        let outcome = match accepted(record) {
            Some(change) if change.is_about_audience() && set.contends_with.is_some() => {
                Err(error("ENTITY_IN_USE", "Another audience change is in progress.".to_owned()))
            }
            Some(change) => {
                touched.entry(record.entity.clone()).or_default().extend(parts(&change));
                let ending = Ending { organization, owner: set.owner.as_ref(), unproven };
                ending.carry_out(&mut experiences, &record.entity, change)
            }
            None => Err(error("INVALID_INPUT", "The details are invalid.".to_owned())),
        };
        failed |= outcome.is_err();
        record.errors = outcome.unwrap_or_else(|error| vec![error]);
    }
    if failed {
        set.status = ChangeSetStatus::Failed;
        return;
    }
    set.status = ChangeSetStatus::Succeeded;
    for (id, parts) in touched {
        if let Some(experience) = experiences.get_mut(&id) {
            move_revisions(experience, &parts, unproven.experience_revision);
        }
    }
    organization.marketplace.experiences = experiences;
}

/// The order in which the changes take effect. Changes that create an experience, policy or branding come first. A seed
/// shuffles the rest.
fn order(changes: &[ChangeRecord], seed: Option<u64>) -> Vec<usize> {
    let rank = |record: &ChangeRecord| match record.change_type.as_str() {
        "CreateExperience" => 0,
        "CreateProcurementPolicy" | "CreateBrandingSettings" => 1,
        _ => 2,
    };
    let mut order: Vec<(usize, &ChangeRecord)> = changes.iter().enumerate().collect();
    if let Some(seed) = seed {
        order.sort_by_cached_key(|(index, record)| (rank(record), word(&format!("{seed} {index}"), 12)));
    }
    order.into_iter().map(|(index, _)| index).collect()
}

/// The entities whose documents a change alters.
fn parts(change: &Change) -> Vec<Part> {
    match change {
        Change::CreateExperience(_) | Change::UpdateExperience { .. } | Change::Restrict | Change::Revive => {
            vec![Part::Experience]
        }
        Change::CreatePolicy(_) => vec![Part::Experience, Part::Policy],
        Change::UpdatePolicy(_) | Change::Allow(_) | Change::Deny(_) => vec![Part::Policy],
        Change::CreateBranding(_) => vec![Part::Experience, Part::Branding],
        Change::UpdateBranding(_) => vec![Part::Branding],
        Change::Associate(_) | Change::Disassociate(_) => vec![Part::Audience],
    }
}

fn move_revisions(experience: &mut Experience, parts: &BTreeSet<Part>, moves: ExperienceRevision) {
    let own = match moves {
        ExperienceRevision::MovesWithParts => Some(&mut experience.changes),
        ExperienceRevision::MovesAlone => parts.contains(&Part::Experience).then_some(&mut experience.changes),
    };
    let policy = experience.policy.as_mut().filter(|_| parts.contains(&Part::Policy));
    let branding = experience.branding.as_mut().filter(|_| parts.contains(&Part::Branding));
    let audience = experience.audience.as_mut().filter(|_| parts.contains(&Part::Audience));
    let counts = [own, policy.map(|it| &mut it.changes), branding.map(|it| &mut it.changes)];
    for count in counts.into_iter().chain([audience.map(|it| &mut it.changes)]).flatten() {
        *count = count.saturating_add(1);
    }
}

/// Applies the changes of a set one by one. A change that succeeds can return errors too: the products that AWS
/// skipped.
struct Ending<'a> {
    organization: &'a Organization,
    owner: Option<&'a String>,
    unproven: &'a Unproven,
}

impl Ending<'_> {
    fn carry_out(
        &self,
        experiences: &mut Experiences,
        id: &str,
        change: Change,
    ) -> Result<Vec<ChangeError>, ChangeError> {
        if let Change::CreateExperience(Naming { name, description }) = change {
            let (name, status, owner) = (name.unwrap_or_default(), ExperienceStatus::Disabled, self.owner.cloned());
            let unseen = self.unproven.new_experience_unseen;
            let experience = Experience { owner, name, description, status, unseen, ..Experience::default() };
            experiences.insert(id.to_owned(), experience);
            return Ok(Vec::new());
        }
        if let Change::Associate(details) = &change {
            check_principals(self.organization, experiences, id, &details.principals)?;
        }
        let experience = experiences.get_mut(id).ok_or_else(|| no_such("entity", id))?;
        if experience.is_archived() && change != Change::Revive {
            return Err(error("INVALID_INPUT", format!("Experience {id} is archived.")));
        }
        let is_disabled = experience.status == ExperienceStatus::Disabled;
        match change {
            Change::UpdatePolicy(PolicyDetails { configuration: Some(_), .. })
                if is_disabled && self.unproven.requests_change == RequestsChange::WhileEnabled =>
            {
                Err(error("INVALID_INPUT", format!("Experience {id} is disabled: enable it first.")))
            }
            Change::Allow(products) => self.list(experience, id, products, Permission::Allow),
            Change::Deny(products) => self.list(experience, id, products, Permission::Deny),
            other => alter(experience, id, other).map(|()| Vec::new()),
        }
    }

    /// Adds products to a list, except those that AWS refuses.
    fn list(
        &self,
        experience: &mut Experience,
        id: &str,
        mut products: Noted,
        on: Permission,
    ) -> Result<Vec<ChangeError>, ChangeError> {
        let policy = experience.policy.as_mut().ok_or_else(|| no_such("procurement policy", id))?;
        let refused = &self.organization.marketplace.refused_products;
        let refused: Vec<String> = products.keys().filter(|id| refused.contains(*id)).cloned().collect();
        let named = |id: &String| error("INVALID_INPUT", format!("Product {id} is not available."));
        let remarks = match (refused.first(), self.unproven.refused_product) {
            (None, _) | (_, RefusedProduct::SkipsProductSilently) => Vec::new(),
            (_, RefusedProduct::SkipsProduct) => refused.iter().map(named).collect(),
            (Some(first), RefusedProduct::FailsSet | RefusedProduct::RefusedAtStart) => return Err(named(first)),
            (Some(_), RefusedProduct::FailsSetUnnamed) => {
                return Err(error("INVALID_INPUT", "A product is not available.".to_owned()));
            }
        };
        products.retain(|product, _| !refused.contains(product));
        list(policy, products, on);
        Ok(remarks)
    }
}

/// Applies a change that needs only the experience and its parts.
fn alter(experience: &mut Experience, id: &str, change: Change) -> Result<(), ChangeError> {
    let already = |what: &str| error("ENTITY_ALREADY_EXISTS", format!("There is {what} for experience {id} already."));
    match change {
        Change::CreateExperience(_) | Change::Allow(_) | Change::Deny(_) => {}
        Change::UpdateExperience { naming: Naming { name, description }, status } => {
            experience.name = name.unwrap_or_else(|| experience.name.clone());
            experience.description = description.or_else(|| experience.description.take());
            experience.status = status.unwrap_or(experience.status);
        }
        Change::CreatePolicy(details) => match &mut experience.policy {
            Some(_) => return Err(already("a procurement policy")),
            policy @ None => {
                let new = Policy { requests: Some(Permission::Allow), ..Policy::default() };
                update_policy(policy.insert(new), details);
            }
        },
        Change::UpdatePolicy(details) => {
            update_policy(experience.policy.as_mut().ok_or_else(|| no_such("procurement policy", id))?, details);
        }
        Change::CreateBranding(details) => match &mut experience.branding {
            Some(_) => return Err(already("branding")),
            branding @ None => update_branding(branding.insert(new_branding()), details)?,
        },
        Change::UpdateBranding(details) => {
            update_branding(experience.branding.as_mut().ok_or_else(|| no_such("branding", id))?, details)?;
        }
        Change::Associate(AudienceDetails { name, description: _, principals }) => {
            let audience = experience.audience.get_or_insert_with(Audience::default);
            audience.name = name.or_else(|| audience.name.take());
            audience.principals.extend(principals);
        }
        Change::Disassociate(principals) => disassociate(experience, id, &principals)?,
        Change::Restrict if experience.status == ExperienceStatus::Enabled => {
            return Err(error("INVALID_INPUT", format!("Experience {id} is enabled: disable it first.")));
        }
        Change::Restrict => experience.admin_status = Some(ARCHIVED.to_owned()),
        Change::Revive => experience.admin_status = None,
    }
    Ok(())
}
