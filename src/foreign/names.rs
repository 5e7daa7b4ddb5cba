//! Converts other tools' names to those of a catalog. Names that a catalog would refuse are refused here, with the
//! reason.

use crate::model::id::{AccountId, OrganizationId, OuId, ProductId};
use crate::model::local::LaunchRole;
use crate::model::recipient::PrincipalRef;
use crate::model::unit_ref::OuRef;

use super::reader::shown;

/// The parts of an ARN that are used here.
pub(super) struct Arn<'a> {
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `None` if the text is no ARN of the service.
    pub(super) fn of(text: &'a str, service: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some(service);
        match (is_arn, parts.next(), parts.next(), parts.next()) {
            (true, Some(region), Some(account), Some(resource)) => Some(Self { region, account, resource }),
            _ => None,
        }
    }
}

/// The prefix of a permission set's role.
const PERMISSION_SET: &str = "AWSReservedSSO_";

/// A principal from `role/NAME`, `user/NAME` or `group/NAME`, with its path. With wildcards it becomes a pattern.
pub(super) fn principal(resource: &str) -> Result<PrincipalRef, String> {
    let Some((_, name)) = resource.split_once('/').filter(|(kind, _)| matches!(*kind, "role" | "user" | "group"))
    else {
        return Err(format!("{} is no role, user or group", shown(resource)));
    };
    if name.contains(['*', '?']) {
        let last = name.rsplit('/').next().unwrap_or(name);
        let set = last.strip_prefix(PERMISSION_SET).and_then(|rest| rest.rsplit_once('_'));
        if let Some((set, "*" | "????????????????")) = set
            && resource.starts_with("role/")
        {
            return permission_set(set);
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@*?/-".contains(&byte);
        return if name.len() <= 900 && name.bytes().all(fits) {
            Ok(PrincipalRef::Pattern(resource.to_owned()))
        } else {
            Err(format!("{} holds what no pattern of AWS can hold", shown(resource)))
        };
    }
    let (path, last) = name.rsplit_once('/').map_or((None, name), |(path, last)| (Some(path), last));
    let is_path = |path: &str| path.split('/').all(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_graphic()));
    if path.is_some_and(|path| !is_path(path)) || !is_name(last, 128) {
        return Err(format!("{} is no name that IAM takes", shown(resource)));
    }
    Ok(PrincipalRef::Named(resource.to_owned()))
}

/// A permission set of IAM Identity Center.
pub(super) fn permission_set(set: &str) -> Result<PrincipalRef, String> {
    if is_name(set, 32) {
        Ok(PrincipalRef::PermissionSet(set.to_owned()))
    } else {
        Err(format!("{} is no name of a permission set", shown(set)))
    }
}

/// A launch role by its name, so that each account uses its own role.
pub(super) fn launch_role(name: &str) -> Result<LaunchRole, String> {
    let last = name.rsplit('/').next().unwrap_or(name);
    if is_name(last, 64) {
        Ok(LaunchRole::Name(last.to_owned()))
    } else {
        Err(format!("{} is no role's name that IAM takes", shown(name)))
    }
}

/// Whether IAM accepts a text as the name of a user, group or role.
fn is_name(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

/// A node of an organization's tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Account(AccountId),
    Ou(OuRef),
    /// All of the organization.
    Everyone,
}

/// An OU by its id, or by the names from the root down, with or without a leading slash.
pub(super) fn unit(text: &str) -> Result<Node, String> {
    let path = text.trim_matches('/');
    if path.is_empty() || path == "Root" || is_root_id(path) {
        return Ok(Node::Everyone);
    }
    if let Ok(id) = path.parse::<OuId>() {
        return Ok(Node::Ou(OuRef::Id(id)));
    }
    let first = path.split('/').next().unwrap_or(path);
    let is_odd = first.eq_ignore_ascii_case("root")
        || first.starts_with("arn:")
        || (first.starts_with("ou-") && first == path)
        || first.parse::<OrganizationId>().is_ok();
    let is_name = |name: &str| {
        !name.trim().is_empty()
            && name.trim() == name
            && name.chars().count() <= 128
            && !name.chars().any(char::is_control)
    };
    if is_odd || !path.split('/').all(is_name) {
        return Err(format!("{} is no id of a unit, and no names from the root down", shown(text)));
    }
    Ok(Node::Ou(OuRef::Path(path.to_owned())))
}

fn is_root_id(text: &str) -> bool {
    text.strip_prefix("r-").is_some_and(|rest| {
        (4..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// A text for people, if a catalog accepts it unchanged.
pub(super) fn words(text: &str, longest: usize) -> Result<String, String> {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.trim().is_empty() {
        Err("it is empty".to_owned())
    } else if text.chars().count() > longest {
        Err(format!("{} has more than {longest} characters", shown(text)))
    } else if text.chars().any(is_odd) {
        Err(format!("{} holds control characters", shown(text)))
    } else {
        Ok(text.to_owned())
    }
}

/// A portfolio's display name, if a file can select the portfolio by it.
pub(super) fn portfolio(name: &str) -> Result<String, String> {
    if name.starts_with("port-") {
        return Err(format!("{} looks like an id", shown(name)));
    }
    words(name, 100)
}

/// A product id of AWS Marketplace.
pub(super) fn product(text: &str) -> Result<ProductId, String> {
    let is_listing = text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("prodview-"));
    if is_listing {
        return Err(format!(
            "{} is a listing's id, and a product's is wanted: `catalog-sync products show` tells it",
            shown(text)
        ));
    }
    text.parse().map_err(|_| format!("{} is no product id (prod-… or a UUID)", shown(text)))
}

/// A launch role by its ARN.
pub(super) fn role_arn(text: &str) -> Result<LaunchRole, String> {
    let wrong = || format!("{} is no ARN of a role", shown(text));
    let arn = Arn::of(text, "iam").ok_or_else(wrong)?;
    let role =
        arn.resource.strip_prefix("role/").filter(|_| arn.account.parse::<AccountId>().is_ok()).ok_or_else(wrong)?;
    let is_path = !role.starts_with('/') && !role.contains("//") && role.bytes().all(|byte| byte.is_ascii_graphic());
    let last = role.rsplit('/').next().unwrap_or(role);
    if is_path && is_name(last, 64) { Ok(LaunchRole::Arn(text.to_owned())) } else { Err(wrong()) }
}
