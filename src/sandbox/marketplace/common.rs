//! Ownership rules and usual refusals, shared by the calls of the private marketplace.

use crate::sandbox::reply::Failure;
use crate::sandbox::request::{Service, required};
use crate::sandbox::world::{Experience, Organization, PRIVATE_MARKETPLACE, World};

/// The only catalog that exists.
const CATALOG: &str = "AWSMarketplace";

/// The caller's organization. Whether the caller may act for it was checked before.
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

/// The account that owns an experience or a change set. `None` stands for the management account.
pub(super) fn owner<'o>(organization: &'o Organization, owner: Option<&'o String>) -> &'o str {
    owner.unwrap_or(&organization.management_account)
}

/// Whether an account sees and may change an experience. It may if it owns the experience, or if the organization owns
/// it and the account administers the private marketplace.
pub(super) fn acts_on(organization: &Organization, account: &str, experience: &Experience) -> bool {
    match &experience.owner {
        Some(owner) => owner == account,
        None => organization.administers(account, PRIVATE_MARKETPLACE),
    }
}

/// The ARN of an entity or a change set. It names the owner's account.
pub(super) fn arn(owner: &str, kind: &str, id: &str) -> String {
    format!("arn:aws:aws-marketplace:us-east-1:{owner}:{CATALOG}/{kind}/{id}")
}
