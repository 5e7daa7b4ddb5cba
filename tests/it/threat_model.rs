//! Every test that docs/threat-model.md names exists. A guard without a test may be broken unnoticed.

#![allow(clippy::unwrap_used, reason = "a test may stop in the middle")]

use std::fs;
use std::path::Path;

const MODEL: &str = include_str!("../../docs/threat-model.md");

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The test names on the page, such as `github::gate::a_tag_is_no_branch`, or `…::a_tag_is_no_branch` after one in the
/// same module.
fn named() -> Vec<&'static str> {
    let code = MODEL.split('`').skip(1).step_by(2);
    code.filter(|code| code.contains("::") && code.chars().all(|c| c.is_alphanumeric() || "_:…".contains(c))).collect()
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    sources(&root.join("tests"), &mut text);
    let names = named();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        let last = name.rsplit("::").next().unwrap();
        let is_there = text.contains(&format!("fn {last}(")) || text.contains(&format!("mod {last}"));
        assert!(is_there, "docs/threat-model.md names `{name}`, and there is no such test");
    }
}
