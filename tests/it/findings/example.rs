//! The format of the example files. Each code has `@@ CODE`, prose, then files. `-- PATH` begins a file of the bad
//! example and `++ PATH` one of the good example; `$$` and `++ $` begin shell commands that make the example instead.
//! `also: CODE` names a further finding that the bad example can't avoid.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use catalog_sync::catalog::{load, source};
use catalog_sync::model::finding::Finding;

/// The prose and the examples of a finding.
#[derive(Default)]
pub(super) struct Example {
    pub(super) prose: String,
    pub(super) also: Vec<&'static str>,
    pub(super) bad: Vec<Try>,
    pub(super) good: Vec<Try>,
}

/// A file of a catalog, or shell commands that make one.
pub(super) struct Try {
    /// The file's path inside the catalog; `None` for shell commands.
    path: Option<&'static str>,
    text: String,
}

/// The settings of the catalog that an example is part of.
const SETTINGS: &str = "\
version: 1
organizations:
  acme:
    id: o-acme000001
    service_catalog_account: \"111111111111\"
    marketplace_account: \"111111111112\"
regions: [us-east-1]
";

pub(super) fn parse(text: &'static str) -> Vec<(&'static str, Example)> {
    let mut all: Vec<(&'static str, Example)> = Vec::new();
    let mut into: Option<bool> = None;
    for line in text.lines() {
        if let Some(code) = line.strip_prefix("@@ ") {
            all.push((code, Example::default()));
            into = None;
            continue;
        }
        let Some((_, example)) = all.last_mut() else { continue };
        let begins = match line.split_once(' ') {
            Some(("--", path)) => Some((true, Some(path))),
            Some(("++", "$")) => Some((false, None)),
            Some(("++", path)) => Some((false, Some(path))),
            _ if line == "$$" => Some((true, None)),
            _ => None,
        };
        if let Some((is_bad, path)) = begins {
            let list = if is_bad { &mut example.bad } else { &mut example.good };
            list.push(Try { path, text: String::new() });
            into = Some(is_bad);
            continue;
        }
        match into {
            None => match line.strip_prefix("also: ") {
                Some(code) => example.also.push(code),
                None => example.prose = format!("{}{line}\n", example.prose),
            },
            Some(is_bad) => {
                let list = if is_bad { &mut example.bad } else { &mut example.good };
                let last = list.last_mut().expect("a file was begun");
                last.text = format!("{}{line}\n", last.text);
            }
        }
    }
    for (_, example) in &mut all {
        example.prose = folded(&example.prose);
        for tried in example.bad.iter_mut().chain(&mut example.good) {
            tried.text = format!("{}\n", tried.text.trim_end());
        }
    }
    all
}

/// Wraps prose at 120 characters.
fn folded(prose: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in prose.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 120 {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// The codes of the findings of such a catalog.
pub(super) fn codes(tried: &[Try]) -> BTreeSet<String> {
    findings(tried).into_iter().map(|finding| finding.code.to_owned()).collect()
}

/// The example with a silencing comment on each line that has this finding.
pub(super) fn silenced(tried: &[Try], code: &str) -> Vec<Try> {
    let found = findings(tried);
    let with_comments = |Try { path, text }: &Try| {
        let is_here = |file: &str| path.is_some_and(|path| file.ends_with(path));
        let concerned: BTreeSet<usize> = found
            .iter()
            .filter(|finding| finding.code == code && is_here(&finding.source.file))
            .filter_map(|finding| usize::try_from(finding.source.line).ok())
            .collect();
        let mut silenced = String::new();
        for (nth, line) in text.lines().enumerate() {
            let comment = format!(" # catalog-sync: ignore[{code}] the reason");
            let comment = if concerned.contains(&(nth + 1)) { comment.as_str() } else { "" };
            writeln!(silenced, "{line}{comment}").expect("a text grows");
        }
        Try { path: *path, text: silenced }
    };
    tried.iter().map(with_comments).collect()
}

fn findings(tried: &[Try]) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |path: &str, text: &str| {
        let path = folder.path().join("catalog").join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("its folder can be made");
        fs::write(path, text).expect("it can be written");
    };
    write("settings.yaml", SETTINGS);
    for name in ["portfolios", "marketplace"] {
        fs::create_dir(folder.path().join("catalog").join(name)).expect("a folder can be made");
    }
    for Try { path, text } in tried {
        match path {
            Some(path) => write(path, text),
            None => shell(text, folder.path()),
        }
    }
    let files = source::read_dir(&folder.path().join("catalog")).expect("the catalog can be read");
    let today = jiff::civil::date(2026, 11, 20);
    load(&files, today).findings
}

fn shell(text: &str, folder: &Path) {
    let status = Command::new("sh").args(["-euc", text]).current_dir(folder).status().expect("there is a shell");
    assert!(status.success(), "{text}");
}

/// The example as a page shows it.
pub(super) fn shown(tried: &[Try]) -> String {
    let mut text = String::new();
    for (nth, Try { path, text: lines }) in tried.iter().enumerate() {
        let apart = if nth > 0 { "\n" } else { "" };
        match path {
            Some(path) => writeln!(text, "{apart}`catalog/{path}`:\n\n```yaml\n{lines}```"),
            None => writeln!(text, "{apart}```sh\n{lines}```"),
        }
        .expect("a text grows");
    }
    text
}
