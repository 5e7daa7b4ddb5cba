//! What a caller may do: roles of the world, and the habit that a `…-plan` role only reads.

use super::auth::Caller;
use super::codec::matches;
use super::reply::Failure;
use super::request::Service;
use super::world::{Role, World};

/// Whether an operation changes something.
pub(super) fn is_write(service: &str, operation: &str) -> bool {
    let reads = ["List", "Describe", "Get", "BatchDescribe", "Search"];
    service != Service::Sts.name() && !reads.iter().any(|read| operation.starts_with(read))
}

/// What the world says of a role: an entry of its very name, or else the first glob that fits.
pub(super) enum Known<'a> {
    /// The account lists roles, and not this one.
    No,
    /// It exists, and nothing is said about it.
    Unsaid,
    Yes(&'a Role),
}

pub(super) fn role<'a>(world: &'a World, account: &str, name: &str) -> Known<'a> {
    let Some(account) = world.accounts.get(account).filter(|account| !account.roles.is_empty()) else {
        return Known::Unsaid;
    };
    let glob = || account.roles.iter().find(|(pattern, _)| matches(pattern, name)).map(|(_, role)| role);
    account.roles.get(name).or_else(glob).map_or(Known::No, Known::Yes)
}

/// What an operation needs beside the action of its own name, by AWS's Service Authorization Reference.
fn needed(service: Service, operation: &str) -> &'static [&'static str] {
    match (service, operation) {
        (Service::Portfolios, "CreateConstraint" | "UpdateConstraint") => &["iam:PassRole"],
        (Service::Portfolios, "CreatePortfolio") => &["servicecatalog:TagResource"],
        (Service::Portfolios, "UpdatePortfolio" | "UpdateProduct") => {
            &["servicecatalog:TagResource", "servicecatalog:UntagResource"]
        }
        _ => &[],
    }
}

/// Refuses what the caller's role may not do.
pub(super) fn check(world: &World, caller: &Caller, service: Service, operation: &str) -> Result<(), Failure> {
    let role = match role(world, &caller.account, &caller.role) {
        Known::Yes(role) => Some(role),
        Known::No | Known::Unsaid => None,
    };
    let own = format!("{}:{operation}", service.name());
    let may_write = role.and_then(|role| role.writes).unwrap_or(!caller.role_name().ends_with("-plan"));
    let denied = |action: &&str| {
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        role.is_some_and(|role| fits(&role.deny) || !(role.allow.is_empty() || fits(&role.allow)))
    };
    let refused = if is_write(service.name(), operation) && !may_write { Some(own.as_str()) } else { None };
    let all = std::iter::once(own.as_str()).chain(needed(service, operation).iter().copied());
    match refused.or_else(|| all.into_iter().find(denied)) {
        None => Ok(()),
        Some(action) => Err(service.denied(format!(
            "User: {} is not authorized to perform: {action} because no identity-based policy allows the {action} action",
            caller.arn()
        ))),
    }
}
