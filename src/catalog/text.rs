//! Free text, and text in a fixed form, such as roles and external ids.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::id::AccountId;

use super::code::Code;
use super::read::{Scalar, Value, text};
use super::report::{Report, shown};
use super::scalar::scalars;
use super::yaml::Node;

/// Text of at most `MAX` characters.
#[derive(Debug, Clone)]
pub(super) struct Text<const MAX: usize>(pub(super) String);

impl<const MAX: usize> Scalar for Text<MAX> {
    const CODE: Code = Code::InvalidText;
    const EXPECTED: &'static str = "a text that can be used here";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if text.trim().is_empty() {
            Err("write something, or take the line out".to_owned())
        } else if text.chars().count() > MAX {
            Err(format!("shorten it to {MAX} characters"))
        } else if text.chars().any(control) {
            Err("take the control characters out".to_owned())
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl<const MAX: usize> Value for Text<MAX> {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        text(node, name, report)
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number"], "pattern": VISIBLE, "maxLength": MAX})
    }
}

/// At least one visible character, and no control characters except line breaks and tabs.
const VISIBLE: &str = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$";

/// The ARN of a role, in which `{account}` and `{mode}` are replaced later.
#[derive(Debug, Clone)]
pub(super) struct RoleTemplate(pub(super) String);

impl RoleTemplate {
    /// The account id in the ARN, if it has one instead of `{account}`.
    pub(super) fn fixed_account(&self) -> Option<AccountId> {
        self.0.split(':').nth(4)?.parse().ok()
    }
}

impl Scalar for RoleTemplate {
    const CODE: Code = Code::InvalidRole;
    const EXPECTED: &'static str = "the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        // With the placeholders replaced by valid values, the text has to be the ARN of a role.
        let filled = text.replace("{account}", "111111111111").replace("{mode}", "plan");
        if let Some((_, rest)) = filled.split_once('{') {
            let name = rest.split('}').next().unwrap_or_default();
            let unknown = shown(&format!("{{{name}}}"));
            return Err(format!("{unknown} means nothing here: only `{{account}}` and `{{mode}}` are put in"));
        }
        if is_role_arn(&filled) {
            Ok(Self(text.to_owned()))
        } else {
            Err("write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`".to_owned())
        }
    }
}

fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else { return false };
    let name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    partition.starts_with("aws")
        && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        && account.parse::<AccountId>().is_ok()
        && resource.strip_prefix("role/").is_some_and(|path| {
            !path.is_empty()
                && !path.starts_with('/')
                && path.len() <= 576
                && path.chars().all(name)
                && !path.ends_with('/')
                && !path.contains("//")
        })
}

/// An external id that AWS STS accepts.
#[derive(Debug, Clone)]
pub(super) struct ExternalId(pub(super) String);

impl Scalar for ExternalId {
    const CODE: Code = Code::InvalidText;
    const EXPECTED: &'static str = "an external id";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
        if (2..=1224).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err("AWS takes 2 to 1224 letters, digits and `_+=,.@:/-`".to_owned())
        }
    }
}

/// A colour.
#[derive(Debug, Clone)]
pub(super) struct Color(pub(super) String);

impl Scalar for Color {
    const CODE: Code = Code::InvalidText;
    const EXPECTED: &'static str = "a colour";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6 && it.bytes().all(|b| b.is_ascii_hexdigit()));
        let help = || "write `#` and six digits from 0 to f in quotes, such as `\"#0e7f74\"`".to_owned();
        digits.map(|digits| Self(format!("#{}", digits.to_ascii_lowercase()))).ok_or_else(help)
    }
}

/// A web address.
#[derive(Debug, Clone)]
pub(super) struct WebAddress(pub(super) String);

impl Scalar for WebAddress {
    const CODE: Code = Code::InvalidText;
    const EXPECTED: &'static str = "an address on the web";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_one = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        if text.len() > 2048 {
            Err("shorten it to 2048 characters: AWS takes no more".to_owned())
        } else if is_one && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("write it as in `https://example.com/logo.png`".to_owned())
        }
    }
}

scalars! {
    Color: {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"};
    WebAddress: {"type": "string", "pattern": r"^https?://[A-Za-z0-9][!-~]*$", "maxLength": 2048};
    RoleTemplate: {
        "type": "string",
        "pattern": r"^arn:aws[a-z-]*:iam::([0-9]{12}|\{account\}):role/(([A-Za-z0-9_+=,.@-]|\{account\}|\{mode\})+/)*([A-Za-z0-9_+=,.@-]|\{account\}|\{mode\})+$"
    };
    // A number with one digit is shorter than the two characters that AWS requires.
    ExternalId: {
        "type": ["string", "number"],
        "pattern": r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$",
        "not": {"enum": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
    };
}
