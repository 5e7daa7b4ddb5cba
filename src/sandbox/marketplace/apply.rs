//! What a change set does when it ends: all of it, or nothing and an error for each change that
//! could not be.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{AudienceDetails, BrandingDetails, Change, Naming, PolicyDetails};
use crate::sandbox::world::{
    Audience, Branding, ChangeError, ChangeSet, ChangeSetStatus, Experience, ExperienceStatus, Organization, Policy,
};

type Experiences = BTreeMap<String, Experience>;

/// `AdminStatus` of an archived experience.
const ARCHIVED: &str = "Restricted";

/// The change set ends.
pub(super) fn finish(organization: &mut Organization, set: &mut ChangeSet, serial: u64) {
    let mut experiences = organization.marketplace.experiences.clone();
    let mut touched = BTreeSet::new();
    for record in &mut set.changes {
        let outcome = match Change::read(&record.change_type, &record.details) {
            Ok(change) if change.is_about_audience() && set.contends_with.is_some() => {
                Err(error("ENTITY_IN_USE", "Another audience change is in progress.".to_owned()))
            }
            Ok(change) => carry_out(organization, &mut experiences, &record.entity, change),
            Err(message) => Err(error("INVALID_INPUT", message)),
        };
        record.errors = outcome.err().into_iter().collect();
        touched.insert(record.entity.clone());
    }
    set.ended = Some(serial);
    if set.changes.iter().any(|record| !record.errors.is_empty()) {
        set.status = ChangeSetStatus::Failed;
        return;
    }
    set.status = ChangeSetStatus::Succeeded;
    for id in touched {
        if let Some(experience) = experiences.get_mut(&id) {
            experience.changes = experience.changes.saturating_add(1);
        }
    }
    organization.marketplace.experiences = experiences;
}

fn error(code: &str, message: String) -> ChangeError {
    ChangeError { code: code.to_owned(), message }
}

fn no_such(what: &str, experience: &str) -> ChangeError {
    error("ENTITY_NOT_FOUND", format!("There is no {what} for experience {experience}."))
}

fn carry_out(
    organization: &Organization,
    experiences: &mut Experiences,
    id: &str,
    change: Change,
) -> Result<(), ChangeError> {
    if let Change::CreateExperience(Naming { name, description }) = change {
        let (name, status) = (name.unwrap_or_default(), ExperienceStatus::Disabled);
        let experience = Experience { name, description, status, ..Experience::default() };
        experiences.insert(id.to_owned(), experience);
        return Ok(());
    }
    if let Change::Associate(details) = &change {
        check_principals(organization, experiences, id, &details.principals)?;
    }
    let experience = experiences.get_mut(id).ok_or_else(|| no_such("entity", id))?;
    let is_archived = experience.admin_status.as_deref().is_some_and(|it| !it.is_empty() && it != "Editable");
    if is_archived && change != Change::Revive {
        return Err(error("INVALID_INPUT", format!("Experience {id} is archived.")));
    }
    let already = |what: &str| error("ENTITY_ALREADY_EXISTS", format!("There is {what} for experience {id} already."));
    match change {
        Change::CreateExperience(_) => {}
        Change::UpdateExperience { naming: Naming { name, description }, status } => {
            experience.name = name.unwrap_or_else(|| experience.name.clone());
            experience.description = description.or_else(|| experience.description.take());
            experience.status = status.unwrap_or(experience.status);
        }
        Change::CreatePolicy(details) => match &mut experience.policy {
            Some(_) => return Err(already("a procurement policy")),
            policy @ None => update_policy(policy.insert(Policy::default()), details),
        },
        Change::UpdatePolicy(details) => {
            update_policy(experience.policy.as_mut().ok_or_else(|| no_such("procurement policy", id))?, details);
        }
        Change::Allow(ids) => {
            let policy = experience.policy.as_mut().ok_or_else(|| no_such("procurement policy", id))?;
            policy.denied.retain(|product| !ids.contains(product));
            policy.allowed.extend(ids);
        }
        Change::Deny(ids) => {
            let policy = experience.policy.as_mut().ok_or_else(|| no_such("procurement policy", id))?;
            policy.allowed.retain(|product| !ids.contains(product));
            policy.denied.extend(ids);
        }
        Change::CreateBranding(details) => match &mut experience.branding {
            Some(_) => return Err(already("branding")),
            branding @ None => update_branding(branding.insert(Branding::default()), details)?,
        },
        Change::UpdateBranding(details) => {
            update_branding(experience.branding.as_mut().ok_or_else(|| no_such("branding", id))?, details)?;
        }
        Change::Associate(AudienceDetails { name, description: _, principals }) => {
            let audience = experience.audience.get_or_insert_with(Audience::default);
            audience.name = name.or_else(|| audience.name.take());
            audience.principals.extend(principals);
        }
        Change::Disassociate(details) => disassociate(experience, id, &details.principals)?,
        Change::Restrict if experience.status == ExperienceStatus::Enabled => {
            return Err(error("INVALID_INPUT", format!("Experience {id} is enabled: disable it first.")));
        }
        Change::Restrict => experience.admin_status = Some(ARCHIVED.to_owned()),
        Change::Revive => experience.admin_status = None,
    }
    Ok(())
}

/// A principal must be in the organization, and in the audience of no other experience.
fn check_principals(
    organization: &Organization,
    experiences: &Experiences,
    id: &str,
    principals: &BTreeSet<String>,
) -> Result<(), ChangeError> {
    for principal in principals {
        let exists = organization.id == *principal
            || organization.has_unit(principal)
            || organization.member(principal).is_some();
        if !exists {
            return Err(error("CALLER_NOT_AUTHORIZED", format!("Principal {principal} is not in the organization.")));
        }
        let has = |experience: &Experience| {
            experience.audience.as_ref().is_some_and(|audience| audience.principals.contains(principal))
        };
        if experiences.iter().any(|(other, experience)| other != id && has(experience)) {
            let message =
                format!("An audience exists for account {principal}. Disassociate previous audience before updating.");
            return Err(error("ENTITY_ALREADY_EXISTS", message));
        }
    }
    Ok(())
}

fn disassociate(experience: &mut Experience, id: &str, principals: &BTreeSet<String>) -> Result<(), ChangeError> {
    let audience = experience.audience.as_mut().ok_or_else(|| no_such("audience", id))?;
    if let Some(stranger) = principals.iter().find(|principal| !audience.principals.contains(*principal)) {
        return Err(no_such(&format!("audience with principal {stranger}"), id));
    }
    audience.principals.retain(|principal| !principals.contains(principal));
    if audience.principals.is_empty() {
        experience.audience = None;
    }
    Ok(())
}

fn update_policy(policy: &mut Policy, details: PolicyDetails) {
    let PolicyDetails { name, description, configuration } = details;
    policy.name = name.unwrap_or_else(|| policy.name.clone());
    policy.description = description.or_else(|| policy.description.take());
    policy.requests = configuration.and_then(|it| it.policy_resource_requests).or(policy.requests);
}

fn update_branding(branding: &mut Branding, details: BrandingDetails) -> Result<(), ChangeError> {
    let BrandingDetails { name, description, configuration } = details;
    let configuration = configuration.unwrap_or_default();
    if let Some(url) = &configuration.logo_url {
        check_logo(url)?;
    }
    branding.name = name.unwrap_or_else(|| branding.name.clone());
    branding.description = description.or_else(|| branding.description.take());
    branding.title = configuration.title.unwrap_or_else(|| branding.title.clone());
    branding.information = configuration.information.or_else(|| branding.information.take());
    branding.theme_color = configuration.theme_color.or_else(|| branding.theme_color.take());
    branding.logo_url = configuration.logo_url.or_else(|| branding.logo_url.take());
    Ok(())
}

/// AWS fetches the logo; here its address has to do.
fn check_logo(url: &str) -> Result<(), ChangeError> {
    if !url.starts_with("https://") {
        return Err(error("INVALID_URL", format!("The logo URL {url} is not valid.")));
    }
    let lower = url.to_ascii_lowercase();
    if [".png", ".jpg", ".jpeg", ".gif", ".svg"].iter().any(|ending| lower.ends_with(ending)) {
        Ok(())
    } else {
        Err(error("INVALID_IMAGE", format!("There is no image at {url}.")))
    }
}
