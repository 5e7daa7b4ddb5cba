//! The permissions of roles, as the world lists them. Unless it says otherwise, a role named `…-plan` only reads.

use super::auth::Caller;
use super::codec::matches;
use super::reply::Failure;
use super::request::Service;
use super::world::{Role, World};

/// Whether an operation writes. Calls to STS don't.
pub(super) fn is_write(service: &str, operation: &str) -> bool {
    let reads = ["List", "Describe", "Get", "BatchDescribe", "Search", "Simulate"];
    service != Service::Sts.name() && !reads.iter().any(|read| operation.starts_with(read))
}

/// What the world says about a role. An entry with its exact name comes before globs.
pub(super) enum Known<'a> {
    /// The account lists roles, and this one is not among them: it does not exist.
    No,
    /// The account lists no roles: every role exists, with the default permissions.
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

/// The actions that an operation needs beside its own, by AWS's Service Authorization Reference.
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

/// The decisions of `SimulatePrincipalPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
}

impl Decision {
    /// The value of `EvalDecision`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
        }
    }
}

/// Decides whether a role may take an action (`service:Operation`).
fn decide(known: &Known<'_>, name: &str, action: &str) -> Decision {
    let role = match known {
        Known::Yes(role) => Some(*role),
        Known::No | Known::Unsaid => None,
    };
    let may_write = role.and_then(|role| role.writes).unwrap_or(!name.ends_with("-plan"));
    let fits = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
    let (service, operation) = action.split_once(':').unwrap_or(("", action));
    if role.is_some_and(|role| fits(&role.deny)) {
        Decision::ExplicitDeny
    } else if role.is_some_and(|role| !(role.allow.is_empty() || fits(&role.allow)))
        || is_write(service, operation) && !may_write
    {
        Decision::ImplicitDeny
    } else {
        Decision::Allowed
    }
}

/// The decision that a simulation gives for an action. Where a condition decides and its key has no value, also returns
/// the missing key. `told` says whether the caller gave a value for a key. Any given value satisfies the condition.
pub(super) fn simulate(
    world: &World,
    account: &str,
    name: &str,
    action: &str,
    told: impl Fn(&str) -> bool,
) -> (Decision, Option<String>) {
    let known = role(world, account, name);
    let condition = match &known {
        Known::Yes(role) => role.conditions.iter().find(|(pattern, _)| matches(pattern, action)),
        Known::No | Known::Unsaid => None,
    };
    match condition {
        Some((_, key)) if !told(key) => (Decision::ImplicitDeny, Some(key.clone())),
        _ => (decide(&known, name.rsplit('/').next().unwrap_or(name), action), None),
    }
}

/// Refuses a call that the caller's role may not make.
pub(super) fn check(world: &World, caller: &Caller, service: Service, operation: &str) -> Result<(), Failure> {
    let known = role(world, &caller.account, &caller.role);
    let own = format!("{}:{operation}", service.name());
    let mut all = std::iter::once(own.as_str()).chain(needed(service, operation).iter().copied());
    let refused = all.find_map(|action| match decide(&known, caller.role_name(), action) {
        Decision::Allowed => None,
        Decision::ExplicitDeny => Some((action, "with an explicit deny in an identity-based policy".to_owned())),
        Decision::ImplicitDeny => {
            Some((action, format!("because no identity-based policy allows the {action} action")))
        }
    });
    match refused {
        None => Ok(()),
        Some((action, why)) => {
            Err(service.denied(format!("User: {} is not authorized to perform: {action} {why}", caller.arn())))
        }
    }
}
