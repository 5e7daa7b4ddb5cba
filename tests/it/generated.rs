//! Files of the repository that are made from the code. One that is old is written anew, and the test fails.

#![allow(clippy::expect_used, reason = "a test may stop in the middle")]

use std::fs;
use std::path::Path;

use catalog_sync::catalog::{FileKind, schema};

/// Writes the files that are not as they should be, and fails where there are any.
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

#[test]
fn schemas_in_the_repository_are_those_of_the_code() {
    let file = |kind: &FileKind| {
        let text = serde_json::to_string_pretty(&schema(*kind)).expect("a schema is JSON");
        (format!("schema/{}.json", kind.as_str()), format!("{text}\n"))
    };
    keep(&FileKind::ALL.iter().map(file).collect::<Vec<_>>());
}
