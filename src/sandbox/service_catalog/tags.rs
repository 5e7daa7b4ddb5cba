//! Tags of portfolios and products.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{check_length, invalid, limit};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::required;

/// The most tags in a call, and on a resource.
const MOST: (usize, usize) = (20, 50);

/// `Tag`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Tag {
    key: Option<String>,
    value: Option<String>,
}

/// Reads the tags of an input.
pub(super) fn read(tags: Option<Vec<Tag>>, field: &str) -> Result<BTreeMap<String, String>, Failure> {
    let tags = tags.unwrap_or_default();
    if tags.len() > MOST.0 {
        let rule = format!("Member must have length less than or equal to {}", MOST.0);
        return Err(Failure::constraint("[…]", field, &rule));
    }
    let mut read = BTreeMap::new();
    for Tag { key, value } in tags {
        let key = key_of(required(key, &format!("{field}.member.key"))?, field)?;
        let value = required(value, &format!("{field}.member.value"))?;
        check_length(&value, &format!("{field}.member.value"), 1, 256)?;
        check_pattern(&value, field)?;
        if read.insert(key.clone(), value).is_some() {
            return Err(invalid(format!("Duplicate tag key: {key}.")));
        }
    }
    Ok(read)
}

/// Reads the keys of the tags to remove.
pub(super) fn keys(keys: Option<Vec<String>>) -> Result<Vec<String>, Failure> {
    keys.unwrap_or_default().into_iter().map(|key| key_of(key, "removeTags")).collect()
}

fn key_of(key: String, field: &str) -> Result<String, Failure> {
    check_length(&key, &format!("{field}.member.key"), 1, 128)?;
    check_pattern(&key, field)?;
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(invalid(format!("Tag key {key} begins with aws:, which is reserved.")));
    }
    Ok(key)
}

/// Checks a text against AWS's pattern `^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`.
fn check_pattern(text: &str, field: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let rule = "Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$";
    if text.chars().all(fits) { Ok(()) } else { Err(Failure::constraint(text, field, rule)) }
}

/// Removes tags, then adds others.
pub(super) fn change(
    tags: &BTreeMap<String, String>,
    add: BTreeMap<String, String>,
    remove: &[String],
) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = tags.clone();
    tags.retain(|key, _| !remove.contains(key));
    tags.extend(add);
    if tags.len() > MOST.1 { Err(limit(format!("A resource can have at most {} tags.", MOST.1))) } else { Ok(tags) }
}

/// The `Tags` member of an answer.
pub(super) fn shown(tags: &BTreeMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}
