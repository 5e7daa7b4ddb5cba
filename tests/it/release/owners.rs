//! The `CODEOWNERS` file of docs/adopt.md: the reviewers that each file of a catalog repository needs.

use std::fs;
use std::path::Path;

/// Whether a pattern matches a path. Supports the patterns of the page: everything, a folder from the root, a file
/// with one `*`.
fn matches(pattern: &str, path: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let anchored = pattern.strip_prefix('/').unwrap_or_else(|| panic!("{pattern} matches in every folder"));
    if anchored.ends_with('/') {
        return path.starts_with(anchored);
    }
    match anchored.split_once('*') {
        Some((before, after)) => {
            path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|rest| !rest.contains('/'))
        }
        None => path == anchored,
    }
}

#[test]
fn every_part_of_a_catalog_has_its_owner() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adopt.md")).unwrap();
    let text = page.split("```text\n# .github/CODEOWNERS\n").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [pattern, owner] = words[..] else { panic!("not a pattern and an owner: {line}") };
            (pattern, owner.strip_prefix("@OWNER/").unwrap_or_else(|| panic!("{owner} is no team")))
        })
        .collect();
    for (path, owner) in [
        ("catalog/marketplace/baseline.yaml", "procurement"),
        ("catalog/portfolios/data-platform.yaml", "platform"),
        ("catalog/settings.yaml", "security"),
        (".github/workflows/catalog-apply.yml", "security"),
        (".github/actions/x/action.yml", "security"),
        (".github/CODEOWNERS", "security"),
        ("roles.yaml", "security"),
        ("roles-hub.yaml", "security"),
        ("README.md", "platform"),
    ] {
        let found = lines.iter().rev().find(|(pattern, _)| matches(pattern, path)).map(|(_, owner)| *owner);
        assert_eq!(found, Some(owner), "{path}");
    }
}
