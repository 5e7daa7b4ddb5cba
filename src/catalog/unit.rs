//! Organizational units in the catalog's files: an id, or the names from the root down.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::desired::OuRef;
use crate::model::id::{AccountId, OrganizationId, OuId};

use super::code::Code;
use super::read::{Scalar, Value, text};
use super::report::Report;
use super::scalar::scalars;
use super::yaml::Node;

scalars! {
    OuRef: {
        "type": ["string", "number"],
        "pattern": r"^[^/\u0000-\u001f\u007f-\u009f]{1,128}(/[^/\u0000-\u001f\u007f-\u009f]{1,128})*$",
        "not": {"type": "string", "anyOf": [
            {"pattern": r"(^|/)\s+(/|$)"},
            {"pattern": "^[Rr][Oo][Oo][Tt]$"},
            {"pattern": "^r-[a-z0-9]{4,32}$"},
            {"pattern": "^o-[a-z0-9]{10,32}(/|$)"},
            {"pattern": "^arn:"},
            {"pattern": "^ou-[^/]*$", "not": {"pattern": "^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$"}}
        ]}
    };
}

const EVERYONE: &str = "for everyone write `organization: NAME` with the name from settings.yaml";

impl Scalar for OuRef {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = "an organizational unit (names from the root down such as A/B, or ou-…)";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        if let Ok(id) = text.parse::<OuId>() {
            return Ok(Self::Id(id));
        }
        let problem = if let Some(help) = written_otherwise(text) {
            return Err(help);
        } else if text.starts_with("ou-") && !text.contains('/') {
            "an id is `ou-`, 4 to 32 letters or digits, `-` and 8 to 32 more"
        } else if text.parse::<OrganizationId>().is_ok() || is_root_id(text) || text.eq_ignore_ascii_case("root") {
            EVERYONE
        } else if text.starts_with('/') || text.ends_with('/') {
            "take the slash at the end or the beginning away"
        } else if text.split('/').any(|name| name.trim().is_empty()) {
            "there is a name missing between two slashes"
        } else if text.split('/').any(|name| name.chars().count() > 128) || text.chars().any(char::is_control) {
            "a name has at most 128 characters, on one line"
        } else {
            return Ok(Self::Path(text.to_owned()));
        };
        Err(problem.to_owned())
    }
}

/// The help for an ARN of AWS Organizations (`arn:…:ou/ORGANIZATION/UNIT`) or for a path of ids as in IAM conditions
/// (`ORGANIZATION/ROOT/UNIT/…`). `None` for any other text.
fn written_otherwise(text: &str) -> Option<String> {
    let is_arn = text.starts_with("arn:");
    let first = text.split('/').next()?;
    let is_path_of_ids = text.contains('/') && first.parse::<OrganizationId>().is_ok();
    if !is_arn && !is_path_of_ids {
        return None;
    }
    let last = text.trim_end_matches(['/', '*']).rsplit('/').next()?;
    Some(if last.parse::<OuId>().is_ok() {
        format!("write `{last}`, the id alone")
    } else if last.parse::<AccountId>().is_ok() {
        format!("this is an account: write `account: \"{last}\"`")
    } else if last.parse::<OrganizationId>().is_ok() || is_root_id(last) {
        EVERYONE.to_owned()
    } else {
        "write the id alone, such as ou-a1b2-c3d4e5f6, or names from the root down".to_owned()
    })
}

fn is_root_id(text: &str) -> bool {
    text.strip_prefix("r-").is_some_and(|rest| {
        (4..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// The path without its first name, if that is `Root`, which is AWS's name for the node above all units.
pub(super) fn below_root(unit: &OuRef) -> Option<&str> {
    match unit {
        OuRef::Id(_) => None,
        OuRef::Path(path) => {
            path.split_once('/').filter(|(first, _)| first.eq_ignore_ascii_case("root")).map(|(_, rest)| rest)
        }
    }
}
