//! Principals in the catalog's files: `role/NAME` and similar, a pattern of such names, or a permission set.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::code::Code;
use super::read::{At, Scalar, Value, text};
use super::record::{Field as _, Given, record};
use super::report::Report;
use super::scalar::scalars;
use super::yaml::{Content, Node};
use crate::model::recipient::PrincipalRef;

/// `role/NAME`, `user/NAME` or `group/NAME`, including the path.
#[derive(Debug, Clone)]
pub(super) struct PrincipalName(pub(super) String);

/// The same form with wildcards.
#[derive(Debug, Clone)]
pub(super) struct PrincipalPattern(pub(super) String);

/// The name of a permission set of IAM Identity Center.
#[derive(Debug, Clone)]
pub(super) struct PermissionSet(pub(super) String);

scalars! {
    PrincipalName: {"type": "string", "pattern": r"^(role|user|group)/([\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]+/)*[A-Za-z0-9_+=,.@-]{1,128}$"};
    PrincipalPattern: {"type": "string", "pattern": r"^(role|user|group)/[A-Za-z0-9_+=,.@*?/-]{1,900}$"};
    PermissionSet: {"type": ["string", "number"], "pattern": r"^[A-Za-z0-9_+=,.@-]{1,32}$"};
}

/// Whether IAM accepts the text as the name of a user, group or role (IAM user guide, "IAM and AWS STS quotas").
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}

/// The part after `role/`, `user/` or `group/`.
fn after_kind(text: &str) -> Option<&str> {
    ["role/", "user/", "group/"].iter().find_map(|kind| text.strip_prefix(kind))
}

/// The short form of an ARN: `role/NAME` for `arn:aws:iam::123456789012:role/NAME`.
fn without_account(text: &str) -> Option<&str> {
    text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)).filter(|rest| after_kind(rest).is_some())
}

const KINDS: &str = "write `role/NAME`, `user/NAME` or `group/NAME`; it becomes the ARN in each account";

impl Scalar for PrincipalName {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = "a principal (role/…, user/… or group/…)";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        if let Some(short) = without_account(text) {
            return Err(format!("write `{short}`: the account is put in for each recipient"));
        }
        let Some(name) = after_kind(text) else { return Err(KINDS.to_owned()) };
        if name.contains(['*', '?']) {
            return Err(format!("write `pattern: {text}` where a pattern is meant"));
        }
        // The path of a role may contain any printable ASCII character (IAM API reference, `CreateRole`).
        let (path, name) = name.rsplit_once('/').map_or((None, name), |(path, name)| (Some(path), name));
        let is_path =
            |path: &str| path.split('/').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic()));
        if path.is_some_and(|path| !is_path(path)) || !is_name(name) || name.len() > 128 {
            return Err("a name has letters, digits and `_+=,.@-`, and no more of them than IAM accepts".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for PrincipalPattern {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = "a pattern of principals (role/… with `*` and `?`)";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        if let Some(short) = without_account(text) {
            return Err(format!("write `{short}`: a pattern has no account"));
        }
        let Some(name) = after_kind(text) else {
            return Err("begin with `role/`, `user/` or `group/`: AWS takes no wildcard there".to_owned());
        };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@*?/-".contains(&byte);
        if name.is_empty() || name.len() > 900 || !name.bytes().all(fits) {
            return Err("a pattern has letters, digits, `_+=,.@-`, `/`, and `*` and `?` as wildcards".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for PermissionSet {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = "the name of a permission set";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        if text.contains(['*', '?']) {
            return Err("write the whole name: a wildcard would let other permission sets in".to_owned());
        }
        if !is_name(text) || text.len() > 32 {
            return Err("a permission set's name has 1 to 32 letters, digits and `_+=,.@-`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

record! {
    /// A principal in long form.
    #[schemars(extend("oneOf" = [{"required": ["pattern"]}, {"required": ["permission_set"]}]))]
    PrincipalEntry: "a principal" {
        /// Whoever has a name that matches: `role/…`, `user/…` or `group/…` with `*` and `?`. At most 10 in an entry,
        /// permission sets included.
        pattern: Option<Given<PrincipalPattern>>,
        /// The role that IAM Identity Center made for this permission set, in whatever region.
        permission_set: Option<Given<PermissionSet>>,
    }
}

/// A principal, in short or long form.
#[derive(Debug)]
pub(super) enum Principal {
    /// The short form.
    Name(PrincipalName),
    /// The long form.
    Entry(PrincipalEntry),
}

impl Principal {
    /// The principal. `None` if it does not have exactly one of the forms, which was reported already.
    pub(super) fn who(&self) -> Option<PrincipalRef> {
        match self {
            Self::Name(PrincipalName(name)) => Some(PrincipalRef::Named(name.clone())),
            Self::Entry(PrincipalEntry { pattern, permission_set }) => match (pattern.get(), permission_set.get()) {
                (Some(At { value: PrincipalPattern(pattern), place: _ }), None) => {
                    Some(PrincipalRef::Pattern(pattern.clone()))
                }
                (None, Some(At { value: PermissionSet(set), place: _ })) => {
                    Some(PrincipalRef::PermissionSet(set.clone()))
                }
                _ => None,
            },
        }
    }
}

impl Value for Principal {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        match node.content {
            Content::Scalar { text: _, plain: _ } => text(node, name, report).map(Self::Name),
            Content::Mapping(_) | Content::Sequence(_) | Content::Lost => {
                PrincipalEntry::read(node, name, report).map(Self::Entry)
            }
        }
    }
}

impl JsonSchema for Principal {
    fn schema_name() -> Cow<'static, str> {
        "Principal".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [PrincipalName::json_schema(generator), generator.subschema_for::<PrincipalEntry>()]})
    }
}
