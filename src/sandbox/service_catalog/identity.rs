//! ARNs of IAM principals: whether the account has the principal, and its unique id.

use super::common::invalid;
use crate::sandbox::codec::{matches, word};
use crate::sandbox::permission::{self, Known};
use crate::sandbox::reply::Failure;
use crate::sandbox::world::{MissingPrincipal, World};

/// The kind of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    User,
    Group,
}

/// The parts of a principal's ARN.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arn<'a> {
    partition: &'a str,
    pub(super) account: &'a str,
    kind: Kind,
    /// The name with its path.
    pub(super) name: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses `arn:aws:iam::111111111112:role/path/Name`. The account may be empty.
    pub(super) fn read(arn: &'a str) -> Option<Self> {
        let ["arn", partition, "iam", "", account, resource] = *arn.splitn(6, ':').collect::<Vec<_>>() else {
            return None;
        };
        let (kind, name) = resource.split_once('/').filter(|(_, name)| !name.is_empty())?;
        let kind = match kind {
            "role" => Kind::Role,
            "user" => Kind::User,
            "group" => Kind::Group,
            _ => return None,
        };
        Some(Self { partition, account, kind, name })
    }

    /// Whether the account has the principal. An account that lists none of this kind has every one.
    pub(super) fn exists(&self, world: &World) -> bool {
        let Some(account) = world.accounts.get(self.account) else { return true };
        let listed = |names: &[String]| names.is_empty() || names.iter().any(|it| matches(it, self.name));
        match self.kind {
            Kind::Role => !matches!(permission::role(world, self.account, self.name), Known::No),
            Kind::User => listed(&account.users),
            Kind::Group => listed(&account.groups),
        }
    }

    pub(super) fn is_role(&self) -> bool {
        self.kind == Kind::Role
    }

    /// Whether the principal is a role that was created just now (`fresh`).
    pub(super) fn is_fresh(&self, world: &World) -> bool {
        let known = permission::role(world, self.account, self.name);
        self.kind == Kind::Role && matches!(known, Known::Yes(role) if role.fresh > 0)
    }

    /// The unique id of the present principal with this ARN.
    pub(super) fn unique_id(&self) -> String {
        self.id_of("")
    }

    /// The unique id of a deleted principal that had this ARN.
    pub(super) fn former_id(&self) -> String {
        self.id_of(" deleted")
    }

    fn id_of(&self, which: &str) -> String {
        let (kind, prefix) = match self.kind {
            Kind::Role => ("role", "AROA"),
            Kind::User => ("user", "AIDA"),
            Kind::Group => ("group", "AGPA"),
        };
        let Self { partition, account, kind: _, name } = self;
        let seed = format!("arn:{partition}:iam::{account}:{kind}/{name}{which}");
        format!("{prefix}{}", word(&seed, 17).to_uppercase())
    }
}

/// Checks the ARN of a principal of type `IAM`. The principal must exist in the caller's account.
pub(super) fn check_principal(world: &World, account: &str, arn: &str) -> Result<(), Failure> {
    let read = Arn::read(arn).ok_or_else(|| invalid(format!("Invalid principal ARN: {arn}")))?;
    if read.account != account {
        let message = format!("Principal ARN {arn} does not match input account id {account}");
        return Err(Failure::new("ResourceNotFoundException", message));
    }
    if read.name.contains(['*', '?']) {
        return Err(invalid(format!("Invalid principal ARN: {arn} has a wildcard, and its type is IAM.")));
    }
    let code = match world.unproven.missing_principal {
        MissingPrincipal::Invalid => "InvalidParametersException",
        MissingPrincipal::NotFound => "ResourceNotFoundException",
    };
    let missing = || Failure::new(code, format!("Principal {arn} does not exist."));
    if read.exists(world) { Ok(()) } else { Err(missing()) }
}

/// Checks the ARN of a principal of type `IAM_PATTERN`: without an account, and wildcards only in the name.
pub(super) fn check_pattern(pattern: &str) -> Result<(), Failure> {
    let read = Arn::read(pattern).filter(|it| it.account.is_empty() && !it.partition.contains(['*', '?']));
    let message = || format!("Invalid principal pattern {pattern}: it must be arn:partition:iam:::resource-type/name.");
    read.map(drop).ok_or_else(|| invalid(message()))
}
