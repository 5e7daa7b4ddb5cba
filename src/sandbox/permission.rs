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

/// Refuses what the caller's role may not do.
pub(super) fn check(world: &World, caller: &Caller, service: Service, operation: &str) -> Result<(), Failure> {
    let (deny, writes) = match role(world, &caller.account, &caller.role) {
        Known::Yes(role) => (role.deny.as_slice(), role.writes),
        Known::No | Known::Unsaid => (&[][..], None),
    };
    let action = format!("{}:{operation}", service.name());
    let may_write = writes.unwrap_or(!caller.role_name().ends_with("-plan"));
    let is_denied = deny.iter().any(|pattern| matches(pattern, &action));
    if is_denied || (is_write(service.name(), operation) && !may_write) {
        return Err(service.denied(format!(
            "User: {} is not authorized to perform: {action} because no identity-based policy allows the {action} action",
            caller.arn()
        )));
    }
    Ok(())
}
