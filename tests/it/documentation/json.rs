//! `docs/json.md` names every field of the JSON output.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::page::root;
use crate::commands::bed::Bed;

/// The keys of all objects in a value. Keys that are account ids are left out.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                // Some objects have account ids as keys.
                if !key.starts_with(|c: char| c.is_ascii_digit()) {
                    found.insert(key.clone());
                }
                keys(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn page_about_json_names_every_field() {
    let bed = Bed::example();
    let mut found = BTreeSet::new();
    keys(&bed.run(&["validate", "--format=json"]).ends(0).json(), &mut found);
    keys(&bed.sandbox(&["plan", "--format=json"]).ends(0).json(), &mut found);
    keys(&bed.sandbox(&["drift", "--format=json"]).ends(3).json(), &mut found);
    bed.fault("{service: servicecatalog, operation: UpdatePortfolioShare, error: {code: AccessDeniedException, message: no, status: 400}}");
    keys(&bed.sandbox(&["apply", "--auto-approve", "--format=json"]).ends(5).json(), &mut found);
    // Adds every field of the format, since some do not occur in this example.
    let format = fs::read_to_string(root().join("src/plan/wire/format.rs")).unwrap();
    let fields = format.lines().filter_map(|line| line.trim().strip_prefix("pub(super) ")?.split_once(": "));
    found.extend(fields.map(|(field, _)| field.to_owned()).filter(|field| field != "plan"));
    let page = fs::read_to_string(root().join("docs/json.md")).unwrap();
    let missing: Vec<_> = found.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md does not name {missing:?}");
    assert!(found.len() > 40, "{found:?}");
}
