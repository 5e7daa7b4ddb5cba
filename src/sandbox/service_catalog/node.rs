//! The target of a share: an account, or a node of the caller's organization.

use serde::Deserialize;

use super::common::{At, invalid};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::required;
use crate::sandbox::world::{Access, Organization, SERVICE_CATALOG, ShareTarget, World, is_account};

/// `OrganizationNode`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
#[derive(Default)]
pub(super) struct OrganizationNode {
    r#type: Option<String>,
    value: Option<String>,
}

/// Reads the target from `AccountId` and `OrganizationNode`. Exactly one of them must be given, with a bare id.
pub(super) fn target(account: Option<String>, node: Option<OrganizationNode>) -> Result<ShareTarget, Failure> {
    match (account, node) {
        (Some(id), None) if is_account(&id) => Ok(ShareTarget::Account(id)),
        (Some(id), None) => {
            let rule = "Member must satisfy regular expression pattern: ^[0-9]{12}$";
            Err(Failure::constraint(&id, "accountId", rule))
        }
        (None, Some(OrganizationNode { r#type, value })) => {
            let value = required(value, "organizationNode.value")?;
            let kind = required(r#type, "organizationNode.type")?;
            match kind.as_str() {
                "ORGANIZATION" if value.starts_with("o-") => Ok(ShareTarget::Organization(value)),
                "ORGANIZATIONAL_UNIT" if value.starts_with("ou-") => Ok(ShareTarget::Ou(value)),
                "ACCOUNT" if is_account(&value) => Ok(ShareTarget::Member(value)),
                "ORGANIZATION" | "ORGANIZATIONAL_UNIT" | "ACCOUNT" => {
                    Err(invalid(format!("Invalid organization node: {value} is not the bare id of an {kind}.")))
                }
                other => {
                    let rule = "Member must satisfy enum value set: [ORGANIZATION, ACCOUNT, ORGANIZATIONAL_UNIT]";
                    Err(Failure::constraint(other, "organizationNode.type", rule))
                }
            }
        }
        (Some(_), Some(_)) | (None, None) => {
            Err(invalid("Exactly one of AccountId and OrganizationNode must be specified."))
        }
    }
}

/// The organization whose nodes the caller may share with. Only the management account and delegated administrators
/// may.
pub(super) fn organization<'w>(world: &'w World, at: At<'_>) -> Result<&'w Organization, Failure> {
    let unsupported = |message: &str| Failure::new("OperationNotSupportedException", message);
    let organization = world.organization_of(at.account).filter(|it| it.administers(at.account, SERVICE_CATALOG));
    organization.ok_or_else(|| {
        unsupported("Only the management account or a delegated administrator of the organization may do this.")
    })
}

/// Checks that the caller may share with this target, and that the target exists.
pub(super) fn check(world: &World, at: At<'_>, target: &ShareTarget) -> Result<(), Failure> {
    if let ShareTarget::Account(id) = target {
        let own = id == at.account;
        return if own { Err(invalid("A portfolio cannot be shared with its own account.")) } else { Ok(()) };
    }
    let organization = organization(world, at)?;
    if organization.service_catalog_access != Access::Enabled {
        let message = "AWS Organizations access is not enabled for AWS Service Catalog.";
        return Err(Failure::new("OperationNotSupportedException", message));
    }
    let exists = match target {
        ShareTarget::Organization(id) => organization.id == *id,
        ShareTarget::Ou(id) => organization.has_unit(id),
        ShareTarget::Member(id) => organization.member(id).is_some(),
        ShareTarget::Account(_) => true,
    };
    let message = || format!("{} does not exist in the organization.", target.id());
    if exists { Ok(()) } else { Err(invalid(message())) }
}
