//! Files of the repository that are generated from the code. The test rewrites an outdated file and fails.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may stop in the middle")]

mod action;
mod catalog;
#[cfg(feature = "sandbox")]
mod commands;
mod contents;
mod exits;

use std::fs;
use std::path::Path;

use catalog_sync::catalog::{FileKind, schema};

/// Separates the handwritten part of a page, above, from the generated part, below.
const MARKER: &str = "<!-- Made from the code: write above this line, not below it. -->\n";

/// Rewrites the files that are outdated, and fails if there are any.
pub(crate) fn keep(files: &[(String, String)]) {
    let mut old = Vec::new();
    for (path, text) in files {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if fs::read_to_string(&file).is_ok_and(|there| there == *text) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).expect("its folder can be made");
        }
        fs::write(&file, text).expect("it can be written");
        old.push(path.as_str());
    }
    let old = old.join(" and ");
    assert!(old.is_empty(), "{old} was old and is written anew: read the difference, and commit it");
}

/// A file of the repository.
fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The page with its handwritten part above the marker and `text` below it.
fn below_marker(path: &str, text: &str) -> (String, String) {
    let page = read(path);
    let (above, _) = page.split_once(MARKER).unwrap_or_else(|| panic!("{path} has no line {MARKER}"));
    (path.to_owned(), format!("{above}{MARKER}{text}"))
}

#[test]
fn schemas_in_the_repository_are_those_of_the_code() {
    let file = |kind: &FileKind| {
        let text = serde_json::to_string_pretty(&schema(*kind)).expect("a schema is JSON");
        (format!("schema/{}.json", kind.as_str()), format!("{text}\n"))
    };
    keep(&FileKind::ALL.iter().map(file).collect::<Vec<_>>());
}
