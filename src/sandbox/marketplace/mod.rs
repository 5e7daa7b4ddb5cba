//! The AWS Marketplace Catalog API, as far as Private Marketplace goes. All of it is the
//! organization's, and owned by its management account.
//! <https://docs.aws.amazon.com/marketplace/latest/APIReference/work-with-private-marketplace.html>

mod apply;
mod change;
mod change_set;
mod checks;
mod document;
mod entity;
mod filter;
mod limits;
mod parts;
mod start;

use serde_json::Value;

pub(super) use change_set::advance;

use super::reply::Failure;
use super::request::{Service, required, unknown};
use super::world::{Experience, Organization, PRIVATE_MARKETPLACE, World};

/// The only catalog there is.
const CATALOG: &str = "AWSMarketplace";

pub(super) fn call(
    world: &mut World,
    account: &str,
    operation: &str,
    query: &str,
    body: &[u8],
) -> Result<Value, Failure> {
    let owns = |it: &Organization| it.marketplace.experiences.values().any(|it| it.owner.as_deref() == Some(account));
    let may_call = |it: &Organization| it.administers(account, PRIVATE_MARKETPLACE) || owns(it);
    if !world.organization_of(account).is_some_and(may_call) {
        let message = "Only the management account or a delegated administrator for Private Marketplace \
                       may manage the organization's private marketplace.";
        return Err(Service::Marketplace.denied(message));
    }
    let outcome = match operation {
        "ListEntities" => entity::list(world, account, body),
        "DescribeEntity" => entity::describe(world, account, query),
        "BatchDescribeEntities" => entity::batch_describe(world, account, body),
        "StartChangeSet" => start::start(world, account, body),
        "DescribeChangeSet" => change_set::describe(world, account, query),
        "ListChangeSets" => change_set::list(world, account, body),
        "CancelChangeSet" => change_set::cancel(world, account, query),
        other => Err(unknown(other)),
    };
    // This service gives invalid input a status of its own.
    outcome.map_err(|failure| match failure.code.as_str() {
        "ValidationException" => Failure { status: 422, ..failure },
        _ => failure,
    })
}

/// The organization of the caller; that it may act for it was checked before.
fn organization<'w>(world: &'w World, account: &str) -> Result<&'w Organization, Failure> {
    world.organization_of(account).ok_or_else(|| Service::Marketplace.denied("There is no organization."))
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::with_status("ValidationException", 422, message)
}

fn not_found(what: &str) -> Failure {
    let message = format!("Requested {what} not found.");
    Failure::with_status("ResourceNotFoundException", 404, message)
}

fn check_catalog(catalog: Option<&str>) -> Result<(), Failure> {
    match required(catalog, "catalog")? {
        CATALOG => Ok(()),
        other => Err(invalid(format!("Catalog {other} does not exist."))),
    }
}

/// The account that owns an experience or a change set.
fn owner<'o>(organization: &'o Organization, owner: Option<&'o String>) -> &'o str {
    owner.unwrap_or(&organization.management_account)
}

/// Whether an account sees an experience and may change it: it owns it, or administers what the organization owns.
fn acts_on(organization: &Organization, account: &str, experience: &Experience) -> bool {
    match &experience.owner {
        Some(owner) => owner == account,
        None => organization.administers(account, PRIVATE_MARKETPLACE),
    }
}

/// The ARN of an entity or a change set, in the name of the owner.
fn arn(owner: &str, kind: &str, id: &str) -> String {
    format!("arn:aws:aws-marketplace:us-east-1:{owner}:{CATALOG}/{kind}/{id}")
}
