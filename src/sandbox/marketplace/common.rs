//! What the calls of the private marketplace have in common: whose things there are, and the usual refusals.

use crate::sandbox::reply::Failure;
use crate::sandbox::request::{Service, required};
use crate::sandbox::world::{Experience, Organization, PRIVATE_MARKETPLACE, World};

/// The only catalog there is.
const CATALOG: &str = "AWSMarketplace";

/// The organization of the caller; that it may act for it was checked before.
pub(super) fn organization<'w>(world: &'w World, account: &str) -> Result<&'w Organization, Failure> {
    world.organization_of(account).ok_or_else(|| Service::Marketplace.denied("There is no organization."))
}

pub(super) fn invalid(message: impl Into<String>) -> Failure {
    Failure::with_status("ValidationException", 422, message)
}

pub(super) fn not_found(what: &str) -> Failure {
    let message = format!("Requested {what} not found.");
    Failure::with_status("ResourceNotFoundException", 404, message)
}

pub(super) fn check_catalog(catalog: Option<&str>) -> Result<(), Failure> {
    match required(catalog, "catalog")? {
        CATALOG => Ok(()),
        other => Err(invalid(format!("Catalog {other} does not exist."))),
    }
}

/// The account that owns an experience or a change set.
pub(super) fn owner<'o>(organization: &'o Organization, owner: Option<&'o String>) -> &'o str {
    owner.unwrap_or(&organization.management_account)
}

/// Whether an account sees an experience and may change it: it owns it, or administers what the organization owns.
pub(super) fn acts_on(organization: &Organization, account: &str, experience: &Experience) -> bool {
    match &experience.owner {
        Some(owner) => owner == account,
        None => organization.administers(account, PRIVATE_MARKETPLACE),
    }
}

/// The ARN of an entity or a change set, in the name of the owner.
pub(super) fn arn(owner: &str, kind: &str, id: &str) -> String {
    format!("arn:aws:aws-marketplace:us-east-1:{owner}:{CATALOG}/{kind}/{id}")
}
