//! Collects the findings about one file.

use std::collections::BTreeMap;

use crate::model::finding::{Finding, Severity, Source};
use crate::model::spelling::nearest;

use super::code::Code;

/// A place in a file: line and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
    /// The column after the last character if that is on the same line, otherwise 0.
    pub(super) end_column: u32,
}

impl Place {
    /// The first character of a file.
    pub(super) const START: Self = Self { line: 1, column: 1, end_column: 0 };

    /// The place as a [`Source`].
    pub(super) fn in_file(self, file: &str) -> Source {
        let end_column = (self.end_column > 0).then_some(self.end_column);
        Source { file: file.to_owned(), line: self.line, column: self.column, end_column }
    }
}

/// The number of findings that are kept for a file. Further ones are only counted.
const MAX_FINDINGS_PER_FILE: usize = 1_000;

/// The findings about one file.
#[derive(Debug)]
pub(super) struct Report {
    file: String,
    findings: Vec<Finding>,
    untold: usize,
}

impl Report {
    pub(super) fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), findings: Vec::new(), untold: 0 }
    }

    /// Adds a finding, or counts it if there are too many.
    pub(super) fn add(&mut self, code: Code, place: Place, message: impl Into<String>, help: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS_PER_FILE {
            self.findings.push(finding(code, place.in_file(&self.file), message, help));
        } else {
            self.untold += 1;
        }
    }

    /// All findings. If some were only counted, the last finding says how many.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if self.untold > 0 {
            self.findings.push(more(&self.file, self.untold));
        }
        self.findings
    }
}

/// Keeps the first errors of each file up to the limit and replaces the rest by their number. `findings` must be
/// sorted.
pub(super) fn count_flood(findings: &mut Vec<Finding>) {
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    findings.retain(|finding| {
        // Warnings are not counted. Too many of them must not produce an error, since the catalog can still be used.
        if finding.severity != Severity::Error {
            return true;
        }
        let count = errors.entry(finding.source.file.clone()).or_default();
        *count += 1;
        *count <= MAX_FINDINGS_PER_FILE + 1
    });
    let last = findings.iter().rposition(|finding| finding.severity == Severity::Error).map_or(0, |last| last + 1);
    for (file, count) in errors {
        if let Some(untold @ 1..) = count.checked_sub(MAX_FINDINGS_PER_FILE + 1) {
            findings.insert(last, more(&file, untold));
        }
    }
}

fn more(file: &str, untold: usize) -> Finding {
    let message = format!("there are {untold} more findings in this file");
    let help = "mend the ones that are shown, then run it again";
    finding(Code::MoreFindings, Place::START.in_file(file), message, help)
}

/// A finding with the severity of its code.
pub(super) fn finding(code: Code, source: Source, message: impl Into<String>, help: impl Into<String>) -> Finding {
    Finding { severity: code.severity(), code: code.as_str(), message: message.into(), help: help.into(), source }
}

/// A value for use in a message: in backticks, on one line, and shortened.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 80;
    if value.is_empty() {
        return "an empty text".to_owned();
    }
    let mut text = String::new();
    for character in value.chars().take(LONGEST) {
        if character.is_control() || character == '\u{feff}' {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    let more = if value.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{text}{more}`")
}

/// "did you mean …?" for a name among many. After very many findings there are no suggestions: they would not be
/// read, and their time grows with names times candidates.
pub(super) fn suggestion<'c>(
    findings: &[Finding],
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    const FLOOD: usize = 1_000;
    const MOST: usize = 5_000;
    if findings.len() > FLOOD {
        return None;
    }
    nearest(word, candidates.into_iter().take(MOST)).map(|meant| format!("did you mean `{meant}`?"))
}

/// The words as "`a`, `b` or `c`".
pub(super) fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line_and_not_too_long() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "`a\\nb\\u{1b}[31m`");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 83);
    }

    #[test]
    fn a_flood_is_counted() {
        let mut report = Report::new("a.yaml");
        for _ in 0..MAX_FINDINGS_PER_FILE + 5 {
            report.add(Code::Tag, Place::START, "x", "y");
        }
        let findings = report.into_findings();
        assert_eq!(findings.len(), MAX_FINDINGS_PER_FILE + 1);
        assert_eq!(findings.last().unwrap().message, "there are 5 more findings in this file");
    }
}
