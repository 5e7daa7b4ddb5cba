//! The policy, branding and audience of an experience, and the changes to each.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{BrandingConfiguration, BrandingDetails, Noted, PolicyDetails};
use crate::sandbox::codec::word;
use crate::sandbox::world::{Branding, ChangeError, Experience, Organization, Permission, Policy};

pub(super) type Experiences = BTreeMap<String, Experience>;

pub(super) fn error(code: &str, message: String) -> ChangeError {
    ChangeError { code: code.to_owned(), message }
}

pub(super) fn no_such(what: &str, experience: &str) -> ChangeError {
    error("ENTITY_NOT_FOUND", format!("There is no {what} for experience {experience}."))
}

/// Checks that each principal is in the organization and in the audience of no other experience.
pub(super) fn check_principals(
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

pub(super) fn disassociate(
    experience: &mut Experience,
    id: &str,
    principals: &BTreeSet<String>,
) -> Result<(), ChangeError> {
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

pub(super) fn update_policy(policy: &mut Policy, details: PolicyDetails) {
    let PolicyDetails { name, description, configuration } = details;
    policy.name = name.unwrap_or_else(|| policy.name.clone());
    policy.description = description.or_else(|| policy.description.take());
    policy.requests = configuration.and_then(|it| it.policy_resource_requests).or(policy.requests);
}

/// Adds products to one list and removes them from the other. The notes that were sent replace those of before.
pub(super) fn list(policy: &mut Policy, products: Noted, on: Permission) {
    let Policy { allowed, denied, notes, .. } = policy;
    let (list, other) = match on {
        Permission::Allow => (allowed, denied),
        Permission::Deny => (denied, allowed),
    };
    for (product, note) in products {
        other.remove(&product);
        match note {
            Some(note) => drop(notes.insert(product.clone(), note)),
            None => drop(notes.remove(&product)),
        }
        list.insert(product);
    }
}

/// A new branding with AWS's default title and colour.
pub(super) fn new_branding() -> Branding {
    let (title, color) = ("Private Marketplace".to_owned(), "#232F3E".to_owned());
    Branding { title, theme_color: Some(color), ..Branding::default() }
}

pub(super) fn update_branding(branding: &mut Branding, details: BrandingDetails) -> Result<(), ChangeError> {
    let BrandingDetails { name, description, configuration } = details;
    let BrandingConfiguration { title, information, theme_color, logo_url } = configuration.unwrap_or_default();
    if let Some(url) = logo_url {
        branding.logo_url = Some(copy_logo(&url)?);
    }
    branding.name = name.unwrap_or_else(|| branding.name.clone());
    branding.description = description.or_else(|| branding.description.take());
    branding.title = title.unwrap_or_else(|| branding.title.clone());
    branding.information = information.or_else(|| branding.information.take());
    branding.theme_color = theme_color.or_else(|| branding.theme_color.take());
    Ok(())
}

/// AWS downloads the logo once and then shows the address of its copy. The sandbox downloads nothing: a host under
/// `.invalid` counts as unreachable, and the file's extension says whether it is an image.
fn copy_logo(url: &str) -> Result<String, ChangeError> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || host.ends_with(".invalid") {
        return Err(error("INVALID_URL", format!("The logo URL {url} is not valid.")));
    }
    let lower = path.to_ascii_lowercase();
    let ending = [".png", ".svg"].into_iter().find(|ending| lower.ends_with(ending));
    let ending = ending.ok_or_else(|| error("INVALID_IMAGE", format!("There is no image at {url}.")))?;
    Ok(format!("https://marketplace-logos.example.com/{}{ending}", word(url, 20)))
}
