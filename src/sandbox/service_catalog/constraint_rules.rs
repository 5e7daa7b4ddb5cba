//! The rules for constraints, by their type.

use serde_json::{Map, Value};

use super::common::{At, invalid};
use super::identity::Arn;
use crate::sandbox::codec::matches;
use crate::sandbox::reply::Failure;
use crate::sandbox::world::{MissingRole, Portfolio, World};

/// The role that a product is launched with.
#[derive(Debug, PartialEq)]
pub(super) enum Launch {
    /// A role by its ARN. Products are launched in the account that owns the role.
    RoleArn(String),
    /// A role by its name. Products are launched in the account of the user who launches them.
    LocalRoleName(String),
}

/// Reads the parameters of a constraint. `None` for types other than `LAUNCH`, of which only the JSON syntax is
/// checked.
pub(super) fn read(kind: &str, parameters: &str) -> Result<Option<Launch>, Failure> {
    if !["LAUNCH", "NOTIFICATION", "RESOURCE_UPDATE", "STACKSET", "TEMPLATE"].contains(&kind) {
        return Err(invalid(format!("Invalid constraint type: {kind}")));
    }
    let read: Result<Map<String, Value>, _> = serde_json::from_str(parameters);
    let members = read.map_err(|_| invalid(format!("Invalid parameters: {parameters} is no JSON object.")))?;
    if kind != "LAUNCH" {
        return Ok(None);
    }
    let wrong = || {
        let rule = "exactly one of RoleArn, the ARN of a role, and LocalRoleName, the name of a role";
        invalid(format!("Invalid parameters: a LAUNCH constraint has {rule}."))
    };
    let mut members = members.into_iter();
    let (Some((name, Value::String(value))), None) = (members.next(), members.next()) else { return Err(wrong()) };
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        (1..=64).contains(&name.len()) && name.chars().all(fits)
    };
    let is_role = |arn: &str| Arn::read(arn).is_some_and(|it| it.is_role() && it.account.len() == 12);
    match name.as_str() {
        "RoleArn" if is_role(&value) => Ok(Some(Launch::RoleArn(value))),
        "LocalRoleName" if is_name(&value) => Ok(Some(Launch::LocalRoleName(value))),
        _ => Err(wrong()),
    }
}

impl Launch {
    /// Checks that the role exists, if it is in the caller's account. Returns whether the constraint will fail because
    /// the role is missing.
    pub(super) fn check(&self, world: &World, at: At<'_>) -> Result<bool, Failure> {
        let exists = match self {
            Self::RoleArn(arn) => Arn::read(arn).is_none_or(|read| read.account != at.account || read.exists(world)),
            Self::LocalRoleName(name) => has_role(world, at.account, name),
        };
        match world.unproven.missing_role {
            MissingRole::Refused if !exists => {
                Err(invalid(format!("The role of the launch constraint does not exist: {self:?}")))
            }
            MissingRole::Fails => Ok(!exists),
            MissingRole::Refused | MissingRole::Taken => Ok(false),
        }
    }
}

/// Whether an account has a role of this name under any path. An account that lists no roles has every role.
fn has_role(world: &World, account: &str, name: &str) -> bool {
    let Some(account) = world.accounts.get(account).filter(|account| !account.roles.is_empty()) else { return true };
    account.roles.keys().any(|role| matches(role.rsplit('/').next().unwrap_or(role), name))
}

/// Checks the product's other constraints. AWS allows one `LAUNCH` or one `STACKSET` constraint, and not both.
pub(super) fn check_others(portfolio: &Portfolio, id: &str, product: &str, kind: &str) -> Result<(), Failure> {
    let has = |kind: &str| portfolio.constraints.values().any(|it| it.product == product && it.kind == kind);
    match kind {
        "LAUNCH" | "STACKSET" if has(kind) => {
            let message = format!("A {kind} constraint for {id}|{product} already exists.");
            Err(Failure::new("DuplicateResourceException", message))
        }
        "LAUNCH" if has("STACKSET") => Err(invalid("There is a STACKSET constraint on this product already.")),
        "STACKSET" if has("LAUNCH") => Err(invalid("There is a LAUNCH constraint on this product already.")),
        _ => Ok(()),
    }
}
