//! The Private Marketplace part of the AWS Marketplace Catalog API. Experiences belong to an organization and are owned
//! by its management account, unless the world names another owner.
//! <https://docs.aws.amazon.com/marketplace/latest/APIReference/work-with-private-marketplace.html>

mod apply;
mod change;
mod change_set;
mod checks;
mod common;
mod document;
mod entity;
mod filter;
mod limits;
mod parts;
mod start;

use serde_json::Value;

pub(super) use change_set::advance;

use super::reply::Failure;
use super::request::{Service, unknown};
use super::world::{Organization, PRIVATE_MARKETPLACE, World};

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
    // The Marketplace Catalog answers invalid input with status 422.
    outcome.map_err(|failure| match failure.code.as_str() {
        "ValidationException" => Failure { status: 422, ..failure },
        _ => failure,
    })
}
