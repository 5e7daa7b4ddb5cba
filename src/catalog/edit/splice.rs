//! Turns edits into splices: ranges of bytes and their replacements.

use std::collections::BTreeSet;

use super::refused::{NotEdited, not};
use super::step::Group;
use crate::catalog::item::{Item, Word};
use crate::catalog::tree::{Content, Node, Style};

/// A range of bytes and its replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

impl Splice {
    fn insert(at: usize, text: String) -> Self {
        Self { start: at, end: at, text }
    }
}

/// The text after the splices. `None` if two of them overlap.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| (splice.start, splice.end));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for Splice { start, end, text: new } in &splices {
        // Returns `None` if this splice begins before the end of the last one.
        out.push_str(text.get(at..*start)?);
        out.push_str(new);
        at = *end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The splices for a group of edits at a path.
pub(super) fn splices(text: &str, root: &Node, path: &[usize], group: &Group<'_>) -> Result<Vec<Splice>, NotEdited> {
    let (key, node) = at(root, path).ok_or_else(|| not(1, "where its values stand can't be told"))?;
    match group {
        Group::List { dropped, added } => list(text, key, node, dropped, added),
        Group::Begin { key, added } => begin(text, root, node, key, added).map(|splice| vec![splice]),
        Group::Set { key, value } => set(text, node, key, *value).map(|splice| splice.into_iter().collect()),
    }
}

/// The value at a path, and the key that it belongs to.
fn at<'n>(root: &'n Node, path: &[usize]) -> Option<(Option<&'n Node>, &'n Node)> {
    let (mut key, mut node) = (None, root);
    for step in path {
        (key, node) = match &node.content {
            Content::Sequence { flow: _, items } => (None, items.get(*step)?),
            Content::Mapping { flow: _, entries } => entries.get(*step).map(|(key, value)| (Some(key), value))?,
            Content::Scalar { .. } | Content::Alias => return None,
        };
    }
    Some((key, node))
}

fn list(
    text: &str,
    key: Option<&Node>,
    list: &Node,
    dropped: &BTreeSet<usize>,
    added: &[&Item],
) -> Result<Vec<Splice>, NotEdited> {
    let line = list.line + 1;
    match &list.content {
        Content::Sequence { flow: false, items } => {
            let last_one = items.last().ok_or_else(|| not(line, "the list's end can't be told"))?;
            let blanks =
                |item| indent(text, item).ok_or_else(|| not(item.line + 1, "where its dash stands can't be told"));
            let mut splices = Vec::new();
            for (_, item) in items.iter().enumerate().filter(|(at, _)| dropped.contains(at)) {
                let indent = blanks(item)?;
                let start = line_start(text, item.start);
                let end = behind_comments(text, end_of_line(text, last(item)), indent.len());
                splices.push(Splice { start, end, text: String::new() });
            }
            if dropped.len() == items.len() && added.is_empty() {
                let key = key.ok_or_else(|| not(line, "this would be an empty list"))?;
                let colon = colon(text, key).ok_or_else(|| not(line, "where its key ends can't be told"))?;
                splices.push(Splice::insert(colon, " []".to_owned()));
            }
            if !added.is_empty() {
                let indent = blanks(last_one)?;
                let lines: Vec<String> = added.iter().flat_map(|item| item.lines(indent)).collect();
                let at = behind_comments(text, end_of_line(text, last(last_one)), indent.len());
                let gone = splices.last_mut().filter(|splice| splice.end == at);
                match gone {
                    Some(gone) => gone.text = whole_lines(text, gone.start, &lines),
                    None => splices.push(Splice::insert(at, whole_lines(text, at, &lines))),
                }
            }
            Ok(splices)
        }
        Content::Sequence { flow: true, items } => {
            let inner = inside(text, list, ('[', ']'))
                .ok_or_else(|| not(line, "the list is written in brackets over several lines"))?;
            let new = added.iter().map(|item| item.inline());
            if dropped.is_empty() {
                let comma = if items.is_empty() { "" } else { ", " };
                let new = format!("{comma}{}", new.collect::<Vec<_>>().join(", "));
                return Ok(vec![Splice::insert(list.start + 1 + inner.trim_end().len(), new)]);
            }
            let kept = items.iter().enumerate().filter(|(at, _)| !dropped.contains(at));
            let kept = kept.filter_map(|(_, item)| Some(text.get(item.start..item.end)?.trim_end().to_owned()));
            let new: Vec<String> = kept.chain(new).collect();
            let (Some(first), Some(last)) = (items.first(), items.last()) else {
                return Err(not(line, "the list's end can't be told"));
            };
            Ok(vec![Splice { start: first.start, end: last.end, text: new.join(", ") }])
        }
        // A key without a value, such as `approved:`.
        Content::Scalar { .. } if list.is_nothing() && dropped.is_empty() => {
            let key = key.ok_or_else(|| not(line, "this is no list"))?;
            let indent = " ".repeat(key.column + 2);
            let lines: Vec<String> = added.iter().flat_map(|item| item.lines(&indent)).collect();
            let at = end_of_line(text, key.end);
            Ok(vec![Splice::insert(at, whole_lines(text, at, &lines))])
        }
        Content::Alias => {
            Err(not(line, "the list is an alias: what is changed where its anchor stands is changed there too"))
        }
        Content::Scalar { .. } | Content::Mapping { .. } => Err(not(line, "this is no list")),
    }
}

/// Creates a list. In the file itself it goes behind `include`, or else to the end. In an entry it goes to the end.
fn begin(text: &str, root: &Node, mapping: &Node, key: &str, added: &[&Item]) -> Result<Splice, NotEdited> {
    let items = |indent: &str| added.iter().flat_map(|item| item.lines(indent)).collect::<Vec<_>>();
    if std::ptr::eq(root, mapping) {
        let Content::Mapping { flow: false, entries } = &root.content else {
            return Err(not(1, "the file is written in braces: only what stands in lines of its own can be added to"));
        };
        let include = entries.iter().find(|(name, _)| name.text() == "include").map(|(_, value)| value);
        let at = include.map_or(text.len(), |include| end_of_line(text, last(include)));
        let lines = [vec![String::new(), format!("{key}:")], items("  ")].concat();
        return Ok(Splice::insert(at, whole_lines(text, at, &lines)));
    }
    if let Content::Mapping { flow: true, .. } = &mapping.content {
        let items: Vec<String> = added.iter().map(|item| item.inline()).collect();
        return in_braces(text, mapping, &format!("{key}: [{}]", items.join(", ")));
    }
    let blanks = " ".repeat(mapping.column);
    let lines = [vec![format!("{blanks}{key}:")], items(&format!("{blanks}  "))].concat();
    Ok(at_the_end(text, mapping, &lines))
}

fn set(text: &str, mapping: &Node, key: &str, value: Option<&Word>) -> Result<Option<Splice>, NotEdited> {
    let Content::Mapping { flow, entries } = &mapping.content else {
        return Err(not(mapping.line + 1, "no keys stand here"));
    };
    let there = entries.iter().enumerate().find(|(_, (name, _))| name.text() == key);
    let line = there.map_or(mapping.line, |(_, (key, _))| key.line) + 1;
    match (there, value) {
        (None, None) => Ok(None),
        (None, Some(value)) if *flow => in_braces(text, mapping, &format!("{key}: {}", value.written)).map(Some),
        (None, Some(value)) => {
            let line = format!("{}{key}: {}", " ".repeat(mapping.column), value.written);
            Ok(Some(at_the_end(text, mapping, &[line])))
        }
        (Some((_, (key, there))), Some(value)) => match &there.content {
            Content::Scalar { .. } if there.is_nothing() => {
                let colon = colon(text, key).ok_or_else(|| not(line, "where its key ends can't be told"))?;
                Ok(Some(Splice::insert(colon, format!(" {}", value.written))))
            }
            // The value includes the line of its `|` and the line breaks at its end.
            Content::Scalar { text: _, style: Style::Block } => {
                let start = colon(text, key).ok_or_else(|| not(line, "where its key ends can't be told"))?;
                let end = text.get(..there.end).map_or(there.end, |it| it.trim_end().len());
                Ok(Some(Splice { start, end, text: format!(" {}", value.written) }))
            }
            Content::Scalar { .. } => {
                Ok(Some(Splice { start: there.start, end: there.end, text: value.written.clone() }))
            }
            Content::Alias => Err(not(line, "the value is an alias: it stands where its anchor is")),
            Content::Sequence { .. } | Content::Mapping { .. } => Err(not(line, "this is no single value")),
        },
        (Some((at, (key, there))), None) => {
            let start = line_start(text, key.start);
            if *flow || at == 0 || text.get(start..key.start).is_none_or(|before| !before.trim().is_empty()) {
                return Err(not(line, "the key stands on a line with others"));
            }
            let end = if there.is_nothing() { key.end } else { last(there) };
            Ok(Some(Splice { start, end: end_of_line(text, end), text: String::new() }))
        }
    }
}

/// Adds lines at the end of an entry in block style.
fn at_the_end(text: &str, mapping: &Node, lines: &[String]) -> Splice {
    let at = behind_comments(text, end_of_line(text, last(mapping)), mapping.column.saturating_sub(1));
    Splice::insert(at, whole_lines(text, at, lines))
}

fn in_braces(text: &str, mapping: &Node, pair: &str) -> Result<Splice, NotEdited> {
    let line = mapping.line + 1;
    let inner = inside(text, mapping, ('{', '}'))
        .ok_or_else(|| not(line, "the entry is written in braces over several lines"))?;
    let comma = if inner.trim().is_empty() { "" } else { ", " };
    Ok(Splice::insert(mapping.start + 1 + inner.trim_end().len(), format!("{comma}{pair}")))
}

/// The text between the brackets. `None` if it spans several lines.
fn inside<'t>(text: &'t str, node: &Node, (open, close): (char, char)) -> Option<&'t str> {
    let written = text.get(node.start..node.end)?;
    let inner = written.strip_prefix(open)?.strip_suffix(close)?;
    (!inner.contains(['\n', '\r'])).then_some(inner)
}

/// The byte offset after the end of a value.
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

/// The byte offset after a key's colon.
fn colon(text: &str, key: &Node) -> Option<usize> {
    let rest = text.get(key.end..)?;
    let at = rest.find(':')?;
    rest.get(..at)?.trim().is_empty().then_some(key.end + at + 1)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The start of the next line. A block scalar's end includes line breaks, so they are trimmed first.
fn end_of_line(text: &str, end: usize) -> usize {
    let end = text.get(..end).map_or(end, |before| before.trim_end().len());
    text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| end + newline + 1)
}

/// Skips the comment lines that belong to an entry: those that are indented deeper than its dash.
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

/// The indentation before an entry's dash. `None` if the dash is on another line than the entry.
fn indent<'t>(text: &'t str, item: &Node) -> Option<&'t str> {
    let line = text.get(line_start(text, item.start)..item.start)?;
    let (blanks, rest) = line.split_once('-')?;
    let is_blank = |text: &str| text.bytes().all(|byte| byte == b' ');
    (is_blank(blanks) && is_blank(rest)).then_some(blanks)
}

/// The line ending of a text.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// The lines as text for insertion at a byte offset. If the file does not end with a line break, the lines don't
/// either.
fn whole_lines(text: &str, at: usize, lines: &[String]) -> String {
    let eol = line_end(text);
    let lines = lines.join(eol);
    if at == 0 || text.get(..at).is_some_and(|before| before.ends_with('\n')) {
        format!("{lines}{eol}")
    } else {
        format!("{eol}{lines}")
    }
}
