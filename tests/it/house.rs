//! The invariants of ARCHITECTURE.md, checked in the sources: allowed imports between layers, input and output, use of
//! the AWS SDK, and the length of files. Of test code only the length is checked.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop in the middle")]

mod circles;
mod code;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use code::read;

/// The most lines a source file may have.
const LONGEST: usize = 400;

/// The layers that each layer may import. A layer without a row fails the test; a new layer also needs a description
/// in ARCHITECTURE.md.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("yaml", &[]),
    ("access", &["model"]),
    ("catalog", &["model"]),
    ("foreign", &["model", "yaml"]),
    ("plan", &["model"]),
    ("cloud", &["model"]),
    ("render", &["model"]),
    // `github` uses `render` for escaping only.
    ("github", &["model", "render"]),
    ("sandbox", &["yaml"]),
    ("cli", &[]),
    ("apply", &["model", "plan", "cloud"]),
    (
        "commands",
        &["model", "access", "catalog", "foreign", "plan", "cloud", "render", "github", "sandbox", "cli", "apply"],
    ),
    ("lib", &[]),
    // `main` uses `render`'s `escape` for an error that occurs outside of any command.
    ("main", &["cli", "commands", "render"]),
];

/// The layers that may do no input or output.
const PURE: &[&str] = &["model", "yaml", "access", "catalog", "foreign", "plan", "render"];

/// The only part of a pure layer that reads files and runs Git.
const READER: &str = "catalog/source/";

/// Paths, or beginnings of paths, that no pure layer may use. Anything that ends in `::now` reads a clock and is
/// refused, too.
const IMPURE: &[&str] =
    &["async", "await", "tokio", "octocrab", "std::env", "std::fs", "std::process", "std::net", "std::thread"];

/// The findings in a file.
fn findings(path: &str, text: &str, test_code: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST {
        found.push(format!("{path}: {lines} lines, and {LONGEST} are too many: split it"));
    }
    let code = read(path, text);
    if test_code.iter().any(|module| code.is_in(module)) {
        return found;
    }
    let layer = code.layer();
    let Some((_, may)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        found.push(format!("{path}: layer `{layer}` has no row in tests/it/house.rs"));
        return found;
    };
    for path_in_code in &code.paths {
        if let Some(other) = code.layer_of(path_in_code)
            && other != layer
            && LAYERS.iter().any(|(name, _)| *name == other)
            && !may.contains(&other)
        {
            found.push(format!("{path}: `{layer}` imports `{other}`: {}", path_in_code.join("::")));
        }
        if layer != "cloud" && path_in_code.iter().any(|name| name.starts_with("aws_")) {
            found.push(format!("{path}: only `cloud` names AWS: {}", path_in_code.join("::")));
        }
        if PURE.contains(&layer) && !path.starts_with(READER) && impure(path_in_code) {
            found.push(format!("{path}: `{layer}` does no input or output: {}", path_in_code.join("::")));
        }
    }
    found
}

fn impure(path: &[String]) -> bool {
    let whole = path.join("::");
    let begins = |word: &&str| whole.strip_prefix(*word).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    IMPURE.iter().any(begins) || whole.ends_with("::now")
}

/// All findings in a set of files, and the number of files of each layer.
fn inspect(files: &BTreeMap<String, String>) -> (Vec<String>, BTreeMap<String, usize>) {
    let codes: Vec<code::Code> = files.iter().map(|(path, text)| read(path, text)).collect();
    let test_code: BTreeSet<String> = codes.iter().flat_map(|code| code.test_modules.clone()).collect();
    let mut layers = BTreeMap::new();
    for code in &codes {
        *layers.entry(code.layer().to_owned()).or_default() += 1;
    }
    let found = files.iter().flat_map(|(path, text)| findings(path, text, &test_code)).collect();
    (found, layers)
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(name, fs::read_to_string(&path).expect("it can be read"));
        }
    }
}

/// Every source file, by its path below `src/`.
fn sources() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    files
}

#[test]
fn the_house_is_in_order() {
    let files = sources();
    let (found, layers) = inspect(&files);
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
    // A layer whose files are not found would have no findings.
    for layer in ["model", "catalog", "foreign", "plan", "cloud", "render", "sandbox", "commands"] {
        assert!(layers.get(layer).is_some_and(|files| *files > 3), "{layer} was not looked at: {layers:?}");
    }
    assert!(files.keys().any(|path| path.starts_with(READER)), "{READER} is where the catalog's files are read");
}

/// The findings in one made-up file.
fn found(path: &str, text: &str) -> Vec<String> {
    inspect(&BTreeMap::from([(path.to_owned(), text.to_owned())])).0
}

#[track_caller]
fn assert_found(path: &str, text: &str, what: &str) {
    let found = found(path, text);
    assert!(matches!(found.as_slice(), [one] if one.contains(what)), "{path}: {text}\ngives {found:?}");
}

#[track_caller]
fn assert_fine(path: &str, text: &str) {
    assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
}

#[test]
fn siblings_are_seen_however_they_are_imported() {
    assert_found("plan/diff.rs", "use crate::cloud::Writer;", "`plan` imports `cloud`");
    assert_found("plan/diff.rs", "use crate::{model::id, render::text};", "`plan` imports `render`");
    assert_found("plan/wire/read.rs", "fn f() { super::super::super::cloud::open() }", "`plan` imports `cloud`");
    assert_found("plan/mod.rs", "use super::catalog as c;", "`plan` imports `catalog`");
    assert_found("model/id.rs", "type T = crate::plan::Limits;", "`model` imports `plan`");
    assert_found("sandbox/world/mod.rs", "use crate::model::id::Name;", "`sandbox` imports `model`");
    assert_found("apply.rs", "use crate::render::text;", "`apply` imports `render`");
    assert_found("cloud/mod.rs", "use crate::commands::Exit;", "`cloud` imports `commands`");
    assert_found("main.rs", "use catalog_sync::model::id::Name;", "`main` imports `model`");
}

#[test]
fn what_is_allowed_is_fine() {
    assert_fine("plan/wire/read.rs", "use super::super::diff; use crate::plan::wire; use crate::model::{change, id};");
    assert_fine("commands/plan.rs", "use crate::{cloud, model, plan, render}; async fn f() { std::env::var(x) }");
    assert_fine("cloud/client.rs", "use aws_sdk_sts::{Client, config::Builder}; async fn f() { g().await }");
    assert_fine("catalog/source/git.rs", "use std::fs; use std::process::Command;");
}

#[test]
fn input_and_output_are_seen_where_there_should_be_none() {
    assert_found("plan/diff.rs", "pub async fn diff() {}", "no input or output: async");
    assert_found("render/text.rs", "use std::{fmt, fs::File};", "std::fs::File");
    assert_found("model/id.rs", "fn f() { std::env::var(\"HOME\") }", "std::env::var");
    assert_found("catalog/check.rs", "use tokio::sync::Mutex;", "tokio::sync::Mutex");
    assert_found("catalog/check.rs", "let today = jiff::Timestamp::now();", "jiff::Timestamp::now");
    assert_found("commands/plan.rs", "use aws_sdk_sts::Client;", "only `cloud` names AWS");
}

#[test]
fn words_are_not_code_and_tests_may_be_laxer() {
    assert_fine(
        "plan/diff.rs",
        "// std::fs\n/* async /* tokio */ await */ const S: &str = \"crate::cloud \\\" async\";",
    );
    assert_fine(
        "plan/diff.rs",
        "const R: &str = r#\"use \"std::fs\"\"#; const Q: char = '\"'; fn f<'a>(_: &'a str) {}",
    );
    assert_fine("plan/diff.rs", "#[cfg(test)] mod tests { use crate::render::text; fn f() { { std::fs::read(x) } } }");
    assert_found("plan/diff.rs", "#[cfg(test)] mod tests { } use std::fs;", "std::fs");
    let files = [("plan/mod.rs", "#[cfg(test)]\nmod tests;"), ("plan/tests/deep.rs", "use crate::cloud::Cloud;")];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    assert!(inspect(&files).0.is_empty());
}

#[test]
fn long_files_and_new_layers_are_seen() {
    assert_found("model/id.rs", &"\n".repeat(LONGEST + 1), "401 lines");
    assert_fine("model/id.rs", &"\n".repeat(LONGEST));
    assert_found("daemon/mod.rs", "", "layer `daemon` has no row");
}
