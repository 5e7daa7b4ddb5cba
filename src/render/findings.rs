//! Findings of `validate` for a terminal, and as JSON.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::model::finding::{Finding, Pages, Severity, Source};

use super::escape::terminal;
use super::words::count;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = AnsiColor::Blue.on_default();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// The most characters of a line that are shown before and after the finding.
const BEFORE: usize = 60;
const BEHIND: usize = 60;
/// The most bytes of a line that is shown. A longer one was not written by a person.
const LONGEST: usize = 20_000;

/// Writes each finding with its line of YAML, a caret under the place and the page about its kind, and then their
/// number. `contents` returns the text of a file, if it can be read.
pub fn text(
    findings: &[Finding],
    pages: &Pages,
    contents: impl Fn(&str) -> Option<String>,
    sink: &mut impl Write,
) -> io::Result<()> {
    let mut open: Option<(&str, Option<Content>)> = None;
    let mut explained = BTreeSet::new();
    for finding in findings {
        let file = finding.source.file.as_str();
        if open.as_ref().is_none_or(|(name, _)| *name != file) {
            open = Some((file, contents(file).map(Content::new)));
        }
        let content = open.as_ref().and_then(|(_, content)| content.as_ref());
        // The page of a kind is named only at the first finding of that kind.
        let page = explained.insert(finding.code).then(|| pages.page_for_people(finding.code));
        one(finding, content, page.as_deref(), sink)?;
    }
    numbers(findings, sink)
}

/// The text of a file, with the offsets of its lines. The offsets are computed once, as a file can have many findings.
struct Content {
    text: String,
    starts: Vec<usize>,
}

impl Content {
    fn new(text: String) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// A line to show. `None` if it is blank or too long to find the place in it.
    fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let text = self.text.get(*self.starts.get(index)?..end)?.trim_end_matches('\r');
        (text.len() <= LONGEST && !text.trim().is_empty()).then_some(text)
    }
}

fn one(finding: &Finding, content: Option<&Content>, page: Option<&str>, sink: &mut impl Write) -> io::Result<()> {
    let Finding { severity, code, message, help, source } = finding;
    let (style, word) = match severity {
        Severity::Error => (ERROR, "error"),
        Severity::Warning => (WARNING, "warning"),
    };
    let Source { file, line, column, end_column: _ } = source;
    let place = format!("{file}:{line}:{column}");
    writeln!(sink, "{}: {style}{word}[{code}]{style:#}: {}", terminal(&place), terminal(message))?;
    let margin = line.to_string().len();
    if let Some(text) = content.and_then(|content| content.line(*line)) {
        excerpt(source, text, style, sink)?;
    }
    if !help.is_empty() {
        writeln!(sink, " {:margin$} {DIM}={DIM:#} help: {}", "", terminal(help))?;
    }
    if let Some(page) = page {
        writeln!(sink, " {:margin$} {DIM}={DIM:#} page: {}", "", terminal(page))?;
    }
    writeln!(sink)
}

/// Writes the line, with carets under the place.
fn excerpt(source: &Source, text: &str, style: Style, sink: &mut impl Write) -> io::Result<()> {
    let column = usize::try_from(source.column).unwrap_or(1).saturating_sub(1);
    let end =
        source.end_column.and_then(|end| usize::try_from(end).ok()).map_or(column + 1, |end| end.saturating_sub(1));
    let part = |from: usize, to: usize| text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>();
    let from = column.saturating_sub(BEFORE);
    let length = text.chars().count();
    let to = length.min(end.max(column + 1) + BEHIND);
    let cut = |yes| if yes { "…" } else { "" };
    let before = format!("{}{}", cut(from > 0), terminal(&part(from, column)));
    let marked = part(column, end.max(column + 1).min(to));
    let marked = terminal(&marked);
    let behind = part(end.max(column + 1), to);
    let line = source.line;
    let margin = line.to_string().len();
    writeln!(sink, " {DIM}{line} |{DIM:#} {before}{marked}{}{}", terminal(&behind), cut(to < length))?;
    let carets = "^".repeat(marked.width().max(1));
    writeln!(sink, " {:margin$} {DIM}|{DIM:#} {:indent$}{style}{carets}{style:#}", "", "", indent = before.width())
}

fn numbers(findings: &[Finding], sink: &mut impl Write) -> io::Result<()> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => writeln!(sink, "{GOOD}No findings{GOOD:#}: the catalog is sound."),
        (0, _) => writeln!(sink, "{WARNING}{}{WARNING:#}.", count(warnings, "warning")),
        (_, 0) => writeln!(sink, "{ERROR}{}{ERROR:#}.", count(errors, "error")),
        _ => writeln!(sink, "{ERROR}{}{ERROR:#}, {}.", count(errors, "error"), count(warnings, "warning")),
    }
}

/// The findings as JSON.
pub fn json(findings: &[Finding], pages: &Pages) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        format_version: u32,
        findings: Vec<Explained<'a>>,
    }
    #[derive(Serialize)]
    struct Explained<'a> {
        #[serde(flatten)]
        finding: &'a Finding,
        page: String,
    }
    let findings = findings.iter().map(|finding| Explained { finding, page: pages.page(finding.code) }).collect();
    let document = Document { format_version: 1, findings };
    // The document can't fail to serialize: it has no maps and no floating-point numbers.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::sample::{self, NASTY};
    use super::*;

    const FILE: &str = "catalog/portfolios/data-platform.yaml";

    fn finding(severity: Severity, line: u32, column: u32, end_column: u32, message: &str, help: &str) -> Finding {
        let source = Source { file: FILE.to_owned(), line, column, end_column: Some(end_column) };
        Finding { severity, code: "unknown_key", message: message.to_owned(), help: help.to_owned(), source }
    }

    fn written(findings: &[Finding], content: &str) -> String {
        let mut sink = anstream::StripStream::new(Vec::new());
        text(findings, &Pages::default(), |file| (file == FILE).then(|| content.to_owned()), &mut sink).unwrap();
        String::from_utf8(sink.into_inner()).unwrap()
    }

    #[test]
    fn a_finding_points_at_its_place() {
        let findings = [
            finding(Severity::Error, 2, 5, 11, "unknown key `accout`", "did you mean `account`?"),
            finding(Severity::Warning, 1, 12, 14, "name in two scripts", ""),
            finding(Severity::Error, 9, 1, 2, "the line is not there", "look elsewhere"),
        ];
        assert_snapshot!(written(&findings, "portfolio: 東京\n  - accout: \"333\"\n"), @r#"
        catalog/portfolios/data-platform.yaml:2:5: error[unknown_key]: unknown key `accout`
         2 |   - accout: "333"
           |     ^^^^^^
           = help: did you mean `account`?
           = page: docs/findings/unknown_key.md in the repository of catalog-sync

        catalog/portfolios/data-platform.yaml:1:12: warning[unknown_key]: name in two scripts
         1 | portfolio: 東京
           |            ^^^^

        catalog/portfolios/data-platform.yaml:9:1: error[unknown_key]: the line is not there
           = help: look elsewhere

        2 errors, 1 warning.
        "#);
    }

    #[test]
    fn nothing_found() {
        assert_snapshot!(written(&[], ""), @"No findings: the catalog is sound.");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let text = written(&[finding(Severity::Error, 1, 501, 505, "long", "")], &line);
        assert_snapshot!(text, @"
        catalog/portfolios/data-platform.yaml:1:501: error[unknown_key]: long
         1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaHEREbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
           |                                                              ^^^^
           = page: docs/findings/unknown_key.md in the repository of catalog-sync

        1 error.
        ");
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_raw() {
        for &evil in NASTY {
            let mut found = finding(Severity::Error, 1, 3, 9, evil, evil);
            found.source.column = 3;
            let text = written(&[found], evil);
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{text}");
        }
        let found =
            Finding { source: sample::source("::error::x.yaml", 1), ..finding(Severity::Error, 1, 1, 2, "x", "") };
        assert!(!written(&[found], "").starts_with("::"));
    }

    #[test]
    fn machines_get_json() {
        let mut findings = [finding(Severity::Error, 2, 5, 11, "unknown key", "did you mean `account`?")];
        findings[0].source.end_column = None;
        assert_snapshot!(json(&findings, &Pages::default()), @r#"
        {
          "format_version": 1,
          "findings": [
            {
              "severity": "error",
              "code": "unknown_key",
              "message": "unknown key",
              "help": "did you mean `account`?",
              "source": {
                "file": "catalog/portfolios/data-platform.yaml",
                "line": 2,
                "column": 5
              },
              "page": "docs/findings/unknown_key.md"
            }
          ]
        }
        "#);
    }
}
