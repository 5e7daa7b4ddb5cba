//! The invariants of ARCHITECTURE.md, kept over the sources themselves: who imports whom, who does input and output,
//! who names AWS, how long a file may be. Test code is left alone but for its length.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop in the middle")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A file longer than this asks to be split.
const LONGEST: usize = 400;

/// What a layer may import beside itself. A layer that is not here fails the test: it needs a row, and ARCHITECTURE.md
/// a word about it.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("catalog", &["model"]),
    ("plan", &["model"]),
    ("cloud", &["model"]),
    ("render", &["model"]),
    // `render` for the escaping, which is written once.
    ("github", &["model", "render"]),
    ("sandbox", &[]),
    ("cli", &[]),
    ("apply", &["model", "plan", "cloud"]),
    ("commands", &["model", "catalog", "plan", "cloud", "render", "github", "sandbox", "cli", "apply"]),
    ("lib", &[]),
    // `escape`, for the one error that no command is left to show.
    ("main", &["cli", "commands", "render"]),
];

/// The layers that are functions of their input.
const PURE: &[&str] = &["model", "catalog", "plan", "render"];

/// The one part of a pure layer that reads files and asks Git.
const READER: &str = "catalog/source/";

/// What no pure layer names, each as a path or the beginning of one. `now` is a clock's.
const IMPURE: &[&str] =
    &["async", "await", "tokio", "octocrab", "std::env", "std::fs", "std::process", "std::net", "std::thread"];

/// Everything that is wrong with a file.
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

/// All findings in a set of files, and how many files there were of each layer.
fn inspect(files: &BTreeMap<String, String>) -> (Vec<String>, BTreeMap<String, usize>) {
    let codes: Vec<Code> = files.iter().map(|(path, text)| read(path, text)).collect();
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

#[test]
fn the_house_is_in_order() {
    let mut files = BTreeMap::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut files);
    let (found, layers) = inspect(&files);
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
    // What is never looked at is always in order.
    for layer in ["model", "catalog", "plan", "cloud", "render", "sandbox", "commands"] {
        assert!(layers.get(layer).is_some_and(|files| *files > 3), "{layer} was not looked at: {layers:?}");
    }
    assert!(files.keys().any(|path| path.starts_with(READER)), "{READER} is where the catalog's files are read");
}

/// What is found in one made-up file.
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

// As much of Rust as it takes to see the paths that a file names: words apart from comments and strings, `use` trees
// unfolded, test modules left out.

/// What a file says.
struct Code {
    /// Its module, from the crate down; empty for `lib.rs` and `main.rs`.
    module: Vec<String>,
    /// The file's stem, for those two.
    stem: String,
    /// Every path outside of tests, names apart: `["std", "fs"]`. A lone word is a path of one name.
    paths: Vec<Vec<String>>,
    /// The modules that are compiled for tests alone and stand in files of their own: `plan::tests`.
    test_modules: BTreeSet<String>,
}

impl Code {
    /// The layer: the first part of the module.
    fn layer(&self) -> &str {
        self.module.first().unwrap_or(&self.stem)
    }

    /// Whether the file is a module, or below it.
    fn is_in(&self, module: &str) -> bool {
        let own = self.module.join("::");
        own.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// The layer that a path leads to, where it starts from the crate or climbs up to it.
    fn layer_of<'p>(&self, path: &'p [String]) -> Option<&'p str> {
        let up = path.iter().take_while(|name| *name == "super").count();
        match path.first()?.as_str() {
            "crate" | "catalog_sync" => path.get(1).map(String::as_str),
            "super" if up >= self.module.len() => path.get(up).map(String::as_str),
            _ => None,
        }
    }
}

/// Reads a file; `path` is from `src/` on.
fn read(path: &str, text: &str) -> Code {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let stem = module.last().cloned().unwrap_or_default();
    if stem == "mod" || (module.len() == 1 && matches!(stem.as_str(), "lib" | "main")) {
        module.pop();
    }
    let mut tokens = tokens(text);
    let test_modules = cut_tests(&mut tokens, &module);
    Code { module, stem, paths: paths(&tokens), test_modules }
}

/// Words, `::` and single signs; comments, strings, characters and lifetimes are gone.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(length) = string(rest) {
            length
        } else if first == '\'' {
            character(rest)
        } else if word > 0 {
            tokens.push(rest[..word].to_owned());
            word
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a comment, others inside it included.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") || rest.starts_with("*/") {
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        depth = if rest.starts_with("/*") { depth + 1 } else { depth - usize::from(rest.starts_with("*/")) };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of the string that a text begins with, if it does.
fn string(text: &str) -> Option<usize> {
    let raw = text.trim_start_matches(['b', 'c']);
    if let Some(rest) = raw.strip_prefix('r').filter(|rest| rest.trim_start_matches('#').starts_with('"')) {
        let hashes = "#".repeat(rest.len() - rest.trim_start_matches('#').len());
        let opened = text.len() - rest.len() + hashes.len() + 1;
        let close = format!("\"{hashes}");
        return Some(text[opened..].find(&close).map_or(text.len(), |at| opened + at + close.len()));
    }
    if text.len() - raw.len() > 1 || !raw.starts_with('"') {
        return None;
    }
    let begin = text.len() - raw.len() + 1;
    let mut escaped = false;
    for (at, c) in text[begin..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(begin + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// The length of a character, or of the tick of a lifetime with its name.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((after, escaped))) => {
            let from = after + escaped.len_utf8();
            text[from..].find('\'').map_or(text.len(), |at| from + at + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => text[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(text.len(), |at| at + 1),
    }
}

/// Takes out what follows `#[cfg(test)]`, and names the modules among it that stand in files of their own.
fn cut_tests(tokens: &mut Vec<String>, module: &[String]) -> BTreeSet<String> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut elsewhere = BTreeSet::new();
    while let Some(start) = tokens.windows(TEST.len()).position(|window| window == TEST) {
        let rest = &tokens[start + TEST.len()..];
        let (mut depth, mut length) = (0_usize, 0);
        for token in rest {
            length += 1;
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(token.as_str(), ";" | "}") {
                break;
            }
        }
        if let [.., keyword, name, end] = &rest[..length]
            && keyword == "mod"
            && end == ";"
        {
            elsewhere.insert(module.iter().chain([name]).cloned().collect::<Vec<_>>().join("::"));
        }
        tokens.drain(start..start + TEST.len() + length);
    }
    elsewhere
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Every path, `use` trees unfolded.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_name(&tokens[at]) {
            at = path(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path at a name and gives where it ends.
fn path(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut names = prefix.to_vec();
    names.push(tokens[at].clone());
    at += 1;
    while tokens.get(at).is_some_and(|token| token == "::") {
        match tokens.get(at + 1) {
            Some(next) if is_name(next) => {
                names.push(next.clone());
                at += 2;
            }
            Some(next) if next == "{" => {
                at += 2;
                while let Some(token) = tokens.get(at).filter(|token| *token != "}") {
                    at = if is_name(token) { path(tokens, at, &names, found) } else { at + 1 };
                }
                return at + 1;
            }
            _ => break,
        }
    }
    found.push(names);
    at
}
