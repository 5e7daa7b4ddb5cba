//! Comments that silence a warning: `# catalog-sync: ignore[code] reason`, at the end of a line or of the first line
//! of an entry.

use std::collections::BTreeMap;

use serde_yaml::granit_parser::{Event, Options, Parser};

use crate::model::finding::{Finding, PLAN_WARNINGS, Severity, Silence};
use crate::model::spelling::nearest;

use super::code::Code;
use super::report::{Place, finding, shown};
use super::source::CatalogFiles;
use super::yaml::place_of;

/// Findings about these comments. Comments can't silence them.
const ABOUT_COMMENTS: &[Code] = &[Code::IgnoreWithoutReason, Code::UnknownIgnore, Code::UnusedIgnore];

/// A comment that silences something, with the lines that it covers.
struct Comment {
    silence: Silence,
    place: Place,
}

/// Removes the warnings that comments silence. Reports comments that silence nothing, give no reason, or name a
/// finding that can't be silenced. Returns all valid comments, since a plan's warnings can be silenced as well.
pub(super) fn apply(files: &CatalogFiles, findings: &mut Vec<Finding>) -> Vec<Silence> {
    let mut told = Vec::new();
    let mut comments: Vec<Comment> = Vec::new();
    for (path, bytes) in &files.files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        // Most files have no such comment. Without one, a file is not parsed a second time.
        if text.contains(MARK) {
            comments.extend(read(path, text, &mut told));
        }
    }
    if let Some(first) = comments.get(MOST) {
        let message =
            format!("there are more than {MOST} comments that silence something: from here on they are not read");
        let help = "mend the cause of so many warnings instead of silencing each";
        told.push(finding(Code::UnknownIgnore, first.place.in_file(&first.silence.file), message, help));
        comments.truncate(MOST);
    }
    if comments.is_empty() {
        findings.extend(told);
        return Vec::new();
    }
    let mut used: BTreeMap<usize, bool> = BTreeMap::new();
    findings.retain(|finding| {
        let is_warning = finding.severity == Severity::Warning;
        let by = comments.iter().position(|it| is_warning && it.silence.covers(finding.code, &finding.source));
        by.is_none_or(|at| {
            used.insert(at, true);
            false
        })
    });
    // If there are errors, some checks did not run, so an unused comment may still be needed.
    let is_judged = findings.iter().all(|finding| finding.severity != Severity::Error);
    for (at, Comment { silence, place }) in comments.iter().enumerate() {
        let is_of_a_plan = PLAN_WARNINGS.contains(&silence.code.as_str());
        if is_judged && !is_of_a_plan && !used.contains_key(&at) {
            let message = format!("{} is not found here: the comment silences nothing", shown(&silence.code));
            let help = "take the comment out, or put it at the end of the line, or of the entry's first line, that it is about";
            told.push(finding(Code::UnusedIgnore, place.in_file(&silence.file), message, help));
        }
    }
    findings.extend(told);
    comments.into_iter().map(|comment| comment.silence).collect()
}

const MARK: &str = "catalog-sync:";

/// Untrusted text for a comment, without the mark that would make it a comment which silences a warning. Removing colons
/// goes on until no mark is left: the first round makes a mark of `catalog-sync::`.
pub(super) fn disarmed(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains(MARK) {
        text = text.replace(MARK, "catalog-sync");
    }
    text
}

/// The number of comments that are read, since the time grows with comments times findings.
const MOST: usize = 2_000;

/// The comments of a file, each with the lines that it covers.
fn read(path: &str, text: &str, findings: &mut Vec<Finding>) -> Vec<Comment> {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(true);
    let mut found: Vec<(Place, String)> = Vec::new();
    let mut entries = Entries::default();
    for event in Parser::new_from_str_with_options(text, options) {
        // Invalid YAML was reported when the file was read.
        let Ok((event, span)) = event else { break };
        match event {
            Event::Comment(text, _) => {
                found.extend(marked(&text).into_iter().map(|own| (place_of(&span), own)));
            }
            Event::SequenceStart(..) => entries.open(true, place_of(&span).line),
            Event::MappingStart(..) => entries.open(false, place_of(&span).line),
            Event::SequenceEnd | Event::MappingEnd => entries.close(),
            Event::Scalar(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => {
                entries.value(place_of(&span).line);
            }
            _ => {}
        }
    }
    let parse = |(place, text): (Place, String)| {
        let silence = |code: &str| {
            let line = place.line;
            let last = entries.done.get(&line).copied().unwrap_or(line);
            Silence { file: path.to_owned(), code: code.to_owned(), first: line, last }
        };
        match understood(&text) {
            Ok(code) => Some(Comment { silence: silence(code), place }),
            Err((code, message, help)) => {
                findings.push(finding(code, place.in_file(path), message, help));
                None
            }
        }
    };
    found.into_iter().filter_map(parse).collect()
}

/// The text after each mark in a comment. Other text may come before the mark (`# the second # catalog-sync: …`). The
/// text up to the next mark belongs to it, since a reason may contain a ticket (`#123`).
fn marked(comment: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for part in comment.split('#') {
        match (part.trim_start().strip_prefix(MARK), all.last_mut()) {
            (Some(own), _) => all.push(own.to_owned()),
            (None, Some(own)) => {
                own.push('#');
                own.push_str(part);
            }
            (None, None) => {}
        }
    }
    all.iter().map(|own| own.trim().to_owned()).collect()
}

/// The code that a comment silences, or the finding about an invalid comment.
fn understood(text: &str) -> Result<&str, (Code, String, String)> {
    const FORM: &str = "write `# catalog-sync: ignore[code] reason`";
    let parts = text.strip_prefix("ignore[").and_then(|rest| rest.split_once(']'));
    let Some((code, reason)) = parts else {
        let message = format!("the comment {} has no form that catalog-sync knows", shown(&format!("{MARK} {text}")));
        return Err((Code::UnknownIgnore, message, FORM.to_owned()));
    };
    let code = code.trim();
    let of_validate = Code::ALL.iter().find(|it| it.as_str() == code);
    match of_validate {
        Some(it) if it.severity() == Severity::Error => {
            let message = format!("{} is an error, and errors can't be silenced", shown(code));
            return Err((Code::UnknownIgnore, message, "mend what it is about, and take the comment out".to_owned()));
        }
        Some(it) if ABOUT_COMMENTS.contains(it) => {
            let message = format!("{} is about comments, and can't be silenced by one", shown(code));
            return Err((Code::UnknownIgnore, message, "mend or remove the comment that it is about".to_owned()));
        }
        Some(_) => {}
        None if PLAN_WARNINGS.contains(&code) => {}
        None => {
            let known = Code::ALL.iter().filter(|it| it.severity() == Severity::Warning).map(|it| it.as_str());
            let help = match nearest(code, known.chain(PLAN_WARNINGS.iter().copied())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "the word stands beside the finding, in brackets or before the colon".to_owned(),
            };
            return Err((Code::UnknownIgnore, format!("{} is no warning that can be silenced", shown(code)), help));
        }
    }
    if reason.trim().is_empty() {
        let message = format!("{} is not silenced, because the comment gives no reason", shown(code));
        return Err((Code::IgnoreWithoutReason, message, "write the reason behind the bracket".to_owned()));
    }
    Ok(code)
}

/// The entries of lists, with their first and last lines.
#[derive(Default)]
struct Entries {
    open: Vec<Open>,
    /// The last line of the entries that begin on a line.
    done: BTreeMap<u32, u32>,
}

/// A collection that is still open. For a list, `entry` is the current entry.
struct Open {
    is_list: bool,
    entry: Option<(u32, u32)>,
}

impl Entries {
    fn begin(&mut self, line: u32) {
        if let Some(Open { is_list: true, entry }) = self.open.last_mut() {
            let before = entry.replace((line, line));
            self.end(before);
        }
    }

    fn end(&mut self, entry: Option<(u32, u32)>) {
        if let Some((first, last)) = entry {
            let known = self.done.entry(first).or_insert(last);
            *known = last.max(*known);
        }
    }

    fn open(&mut self, is_list: bool, line: u32) {
        self.begin(line);
        self.open.push(Open { is_list, entry: None });
    }

    /// Extends all open entries to this line. The first line of a value is enough: findings never point into the
    /// middle of a text, and for a block scalar the parser's end is the beginning of the next entry.
    fn value(&mut self, line: u32) {
        self.begin(line);
        for (_, last) in self.open.iter_mut().filter_map(|open| open.entry.as_mut()) {
            *last = (*last).max(line);
        }
    }

    fn close(&mut self) {
        let entry = self.open.pop().and_then(|open| open.entry);
        self.end(entry);
    }
}
