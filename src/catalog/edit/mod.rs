//! Adds an entry to a product list, and changes nothing else: every byte that was there stays, in its order. What came
//! out is read again, and has to say what the file said before and that entry; where it does not, nothing is changed.

mod check;
mod entry;

#[cfg(test)]
mod tests;

use super::decode::decode;
use super::doubt::Unsafe;
use super::report::Report;
use super::tree::{self, Content, Node};
use super::yaml;
pub use entry::{Entry, words};

/// Which list of a product list's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `approved`.
    Approved,
    /// `rejected`.
    Rejected,
}

impl List {
    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// A file with an entry more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// What it says now.
    pub text: String,
    /// The byte before which something was put in.
    pub at: usize,
    /// What was put in.
    pub inserted: String,
}

/// Why an entry can't be added without a doubt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotEdited {
    /// The line, from 1.
    pub line: usize,
    /// Why not.
    pub reason: &'static str,
}

impl From<Unsafe> for NotEdited {
    fn from(Unsafe { line, reason }: Unsafe) -> Self {
        Self { line, reason }
    }
}

fn not(line: usize, reason: &'static str) -> NotEdited {
    NotEdited { line, reason }
}

/// Adds an entry at the end of a list of a file. A list that is not there is begun.
pub fn add(bytes: &[u8], list: List, entry: &Entry<'_>) -> Result<Edited, NotEdited> {
    let mut report = Report::new("");
    let text = decode(bytes, &mut report);
    let root = text.and_then(|text| yaml::parse(text, &mut report));
    let (Some(text), Some(root), true) = (text, root, report.into_findings().is_empty()) else {
        return Err(not(1, "the file can't be read"));
    };
    let tree = tree::tree(text)?.root;
    let (at, inserted) = insertion(text, &tree, list, entry)?;
    let (before, after) = (text.get(..at), text.get(at..));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(not(1, "where its values stand can't be told"));
    };
    let new = format!("{before}{inserted}{after}");
    let line = before.matches('\n').count() + 1;
    let mut report = Report::new("");
    let sound = yaml::parse(&new, &mut report).filter(|_| report.into_findings().is_empty());
    if !sound.is_some_and(|new| check::adds(&root, &new, list.key(), entry)) {
        return Err(not(line, "with the entry put in here, the file would say something else too"));
    }
    // A mark at the beginning, which some editors put there, is no part of the text and stays.
    let mark = std::str::from_utf8(bytes).ok().and_then(|all| all.strip_suffix(text)).unwrap_or_default();
    Ok(Edited { text: format!("{mark}{new}"), at: mark.len() + at, inserted })
}

/// Before which byte what has to be put in.
fn insertion(text: &str, root: &Node, list: List, entry: &Entry<'_>) -> Result<(usize, String), NotEdited> {
    let Content::Mapping { flow: false, entries } = &root.content else {
        return Err(not(1, "the file is written in braces: only what stands in lines of its own can be added to"));
    };
    let value = |key: &str| entries.iter().find(|(name, _)| name.text() == key).map(|(_, value)| value);
    let Some(there) = value(list.key()) else {
        let at = value("include").map_or(text.len(), |include| end_of_line(text, last(include)));
        let eol = line_end(text);
        let mut lines = vec![String::new(), format!("{}:", list.key())];
        lines.extend(entry.lines("  "));
        return Ok((at, whole_lines(text, at, &lines, eol)));
    };
    let line = there.line + 1;
    match &there.content {
        Content::Sequence { flow: false, items } => {
            let Some(item) = items.last() else { return Err(not(line, "the list's end can't be told")) };
            let indent = indent(text, item).ok_or_else(|| not(item.line + 1, "where its dash stands can't be told"))?;
            let at = behind_comments(text, end_of_line(text, last(item)), indent.len());
            Ok((at, whole_lines(text, at, &entry.lines(indent), line_end(text))))
        }
        Content::Sequence { flow: true, items } => {
            let written = text.get(there.start..there.end).unwrap_or_default();
            let inner = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let Some(inner) = inner.filter(|inner| !inner.contains(['\n', '\r'])) else {
                return Err(not(line, "the list is written in brackets over several lines"));
            };
            let comma = if items.is_empty() { "" } else { ", " };
            Ok((there.start + 1 + inner.trim_end().len(), format!("{comma}{}", entry.inline())))
        }
        Content::Alias => {
            Err(not(line, "the list is an alias: what is added where its anchor stands is added there too"))
        }
        Content::Scalar { .. } | Content::Mapping { .. } => Err(not(line, "this is no list")),
    }
}

/// The byte behind the last one that a value takes.
fn last(node: &Node) -> usize {
    match &node.content {
        Content::Sequence { flow: false, items } => items.last().map_or(node.start, last),
        Content::Mapping { flow: false, entries } => match entries.last() {
            Some((key, value)) if value.is_nothing() => key.end,
            Some((_, value)) => last(value),
            None => node.start,
        },
        Content::Scalar { .. } | Content::Alias | Content::Sequence { .. } | Content::Mapping { .. } => node.end,
    }
}

/// The beginning of the next line. What a block scalar ends with are line ends.
fn end_of_line(text: &str, end: usize) -> usize {
    let end = text.get(..end).map_or(end, |before| before.trim_end().len());
    text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| end + newline + 1)
}

/// Behind the comments on lines of their own that belong to an entry: they stand further in than its dash.
fn behind_comments(text: &str, mut at: usize, indent: usize) -> usize {
    while let Some(line) = text.get(at..).and_then(|rest| rest.split_inclusive('\n').next()) {
        let inside = line.trim_start_matches(' ');
        if !inside.starts_with('#') || line.len() - inside.len() <= indent {
            break;
        }
        at += line.len();
    }
    at
}

/// The blanks before the dash of an entry, which has to stand on the line that the entry begins on.
fn indent<'t>(text: &'t str, item: &Node) -> Option<&'t str> {
    let before = text.get(..item.start)?;
    let line = before.get(before.rfind('\n').map_or(0, |newline| newline + 1)..)?;
    let (blanks, rest) = line.split_once('-')?;
    let is_blank = |text: &str| text.bytes().all(|byte| byte == b' ');
    (is_blank(blanks) && is_blank(rest)).then_some(blanks)
}

/// How the lines of a text end.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// Lines as they are put in before a byte. Where the text's last line has no end, theirs has none.
fn whole_lines(text: &str, at: usize, lines: &[String], eol: &str) -> String {
    let lines = lines.join(eol);
    if text.get(..at).is_some_and(|before| before.ends_with('\n')) {
        format!("{lines}{eol}")
    } else {
        format!("{eol}{lines}")
    }
}
