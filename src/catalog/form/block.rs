//! Formats lines: the order of keys, indentation and blank lines. A comment stays with the entry that it is above or
//! beside.

use super::shape::Shape;
use crate::catalog::doubt::Unsafe;
use crate::catalog::tree::{Content, Node, Style, Tree};

/// The mark of comments that silence warnings. Such a comment on the first line of an entry covers the whole entry,
/// and elsewhere only its line. So an entry with such a comment keeps the order of its keys.
const MARK: &str = "catalog-sync:";

/// The text with its lines formatted.
pub(super) fn block(text: &str, tree: &Tree, shape: Shape) -> Result<String, Unsafe> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let layout = Layout { text, lines: text.lines().collect(), starts, keeps_order: tree.has_anchors };
    let Content::Mapping { flow: false, entries } = &tree.root.content else {
        return Ok(tidy(text));
    };
    let mut out = Vec::new();
    // Comments above the first key belong to the file. If blank lines separate several, the last one belongs to the
    // key.
    let first = entries.first().map_or(0, |(key, _)| key.line);
    let begins = (0..first).find(|number| !layout.line(*number).trim().is_empty()).unwrap_or(first);
    let blank = (begins..first).rev().find(|number| layout.line(*number).trim().is_empty());
    let from = blank.map_or(first, |number| number + 1);
    out.extend(layout.gap(begins, from, 0)?.into_iter().skip_while(String::is_empty));
    layout.mapping(entries, &Within { indent: 0, shape, from, to: layout.lines.len() }, false, &mut out)?;
    Ok(joined(&out))
}

/// Removes blanks at the ends of lines and blank lines at the end of the file.
fn tidy(text: &str) -> String {
    joined(&text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>())
}

fn joined(lines: &[String]) -> String {
    format!("{}\n", lines.join("\n").trim_end_matches('\n'))
}

struct Layout<'t> {
    text: &'t str,
    lines: Vec<&'t str>,
    /// The byte offset of each line.
    starts: Vec<usize>,
    keeps_order: bool,
}

/// The indentation and the line range of a collection.
struct Within {
    indent: usize,
    shape: Shape,
    from: usize,
    /// The first line after the range.
    to: usize,
}

/// An entry with the comments and blank lines above it.
struct Chunk {
    key: String,
    lead: Vec<String>,
    lines: Vec<String>,
}

impl<'t> Layout<'t> {
    fn line(&self, number: usize) -> &'t str {
        self.lines.get(number).copied().unwrap_or_default()
    }

    /// The comments and blank lines of a range, with repeated blank lines merged.
    fn gap(&self, from: usize, to: usize, indent: usize) -> Result<Vec<String>, Unsafe> {
        let mut out: Vec<String> = Vec::new();
        for number in from..to {
            let line = self.line(number).trim();
            if line.is_empty() {
                if out.last().is_some_and(|last| !last.is_empty()) || out.is_empty() {
                    out.push(String::new());
                }
            } else if line.starts_with('#') {
                out.push(format!("{:indent$}{line}", ""));
            } else if line != "---" && line != "..." {
                return Err(Unsafe::at(number + 1, "what stands here is neither a comment nor an entry"));
            }
        }
        Ok(out)
    }

    /// The last line that a value can have, for a value that begins on line `begins`.
    fn last(&self, node: &Node, begins: usize, parent: usize) -> usize {
        match &node.content {
            _ if node.is_nothing() => begins,
            Content::Scalar { text: _, style: Style::Block } => self.block_end(node.line, parent),
            Content::Sequence { flow: false, items } => {
                items.iter().map(|item| self.last(item, item.line, node.column)).fold(node.line, usize::max)
            }
            Content::Mapping { flow: false, entries } => {
                entries.iter().map(|(key, value)| self.last(value, key.line, key.column)).fold(node.line, usize::max)
            }
            Content::Scalar { .. } | Content::Alias | Content::Sequence { .. } | Content::Mapping { .. } => {
                let text = self.text.get(node.start..node.end).unwrap_or_default().trim_end();
                node.line + text.matches('\n').count()
            }
        }
    }

    /// The last line of a block scalar. `head` is the line of its `|` or `>`.
    fn block_end(&self, head: usize, parent: usize) -> usize {
        let keeps_blanks = self.line(head).contains("|+") || self.line(head).contains(">+");
        let mut last = head;
        for number in head + 1..self.lines.len() {
            let line = self.line(number);
            if line.trim().is_empty() {
                last = if keeps_blanks { number } else { last };
            } else if width(line) > parent {
                last = number;
            } else {
                break;
            }
        }
        last
    }

    /// The line at which comments between two entries are split. Comments that are indented deeper than the entries
    /// belong to the first entry.
    fn parting(&self, value: &Node, from: usize, to: usize, column: usize) -> usize {
        if !value.is_block() {
            return from;
        }
        let is_deeper = |number: &usize| {
            let line = self.line(*number);
            !line.trim().is_empty() && width(line) > column
        };
        (from..to).rev().find(is_deeper).map_or(from, |number| number + 1)
    }

    fn mapping(
        &self,
        entries: &[(Node, Node)],
        within: &Within,
        is_item: bool,
        out: &mut Vec<String>,
    ) -> Result<(), Unsafe> {
        let Within { indent, shape, from, to } = within;
        let mut chunks = Vec::new();
        let mut from = *from;
        for (nth, (key, value)) in entries.iter().enumerate() {
            let lead = self.gap(from, key.line, *indent)?;
            let last = self.last(value, key.line, key.column);
            let next = entries.get(nth + 1).map_or(*to, |(next, _)| next.line);
            if next <= last {
                return Err(Unsafe::at(last + 1, "two entries share a line"));
            }
            from = self.parting(value, last + 1, next, key.column);
            let mut lines = Vec::new();
            let within = Within { indent: *indent, shape: shape.value(key.text()), from: key.line, to: from };
            self.entry(key, value, &within, &mut lines)?;
            chunks.push(Chunk { key: key.text().to_owned(), lead, lines });
        }
        let is_judged = is_item && chunks.iter().flat_map(|chunk| &chunk.lines).any(|line| line.contains(MARK));
        if !self.keeps_order && !is_judged {
            shape.order(&mut chunks, |chunk| &chunk.key);
        }
        for (nth, Chunk { key: _, lead, lines }) in chunks.into_iter().enumerate() {
            let is_top = nth == 0;
            out.extend(lead.into_iter().skip_while(|line| is_top && line.is_empty()));
            out.extend(lines);
        }
        out.extend(without_blanks_at_the_end(self.gap(from, *to, *indent)?));
        Ok(())
    }

    /// Formats a key with its value. `within` begins with the key's line.
    fn entry(&self, key: &Node, value: &Node, within: &Within, out: &mut Vec<String>) -> Result<(), Unsafe> {
        let Within { indent, shape: _, from: _, to: _ } = within;
        let name = self.text.get(key.start..key.end).unwrap_or_default();
        let before = self.line(key.line).strip_suffix(self.behind(key.start, key.line)).unwrap_or_default();
        if before.contains(|c| c != ' ' && c != '-') {
            return Err(Unsafe::at(key.line + 1, "something else stands before the key"));
        }
        let behind = self.behind(key.end, key.line);
        let Some(rest) = behind.trim_start().strip_prefix(':') else {
            return Err(Unsafe::at(key.line + 1, "no colon stands behind the key on its line"));
        };
        self.value(format!("{:indent$}{name}:", ""), rest, key, value, within, out)
    }

    /// The rest of a line after a byte offset.
    fn behind(&self, byte: usize, line: usize) -> &'t str {
        let within = self.starts.get(line).and_then(|start| byte.checked_sub(*start));
        within.and_then(|within| self.line(line).get(within..)).unwrap_or_default()
    }

    /// Formats a value after its key or hyphen (`head`). `rest` is the rest of that line.
    fn value(
        &self,
        head: String,
        rest: &str,
        at: &Node,
        value: &Node,
        within: &Within,
        out: &mut Vec<String>,
    ) -> Result<(), Unsafe> {
        let Within { indent, shape, from, to } = within;
        let first = if rest.trim().is_empty() { head } else { format!("{head} {}", rest.trim()) };
        match &value.content {
            Content::Mapping { flow: false, entries } => {
                out.push(first);
                let within = Within { indent: indent + 2, shape: *shape, from: from + 1, to: *to };
                self.mapping(entries, &within, false, out)
            }
            Content::Sequence { flow: false, items } => {
                out.push(first);
                let within = Within { indent: indent + 2, shape: *shape, from: from + 1, to: *to };
                self.sequence(value, items, &within, out)
            }
            Content::Scalar { .. } | Content::Alias | Content::Sequence { .. } | Content::Mapping { .. } => {
                out.push(first);
                let is_block = matches!(&value.content, Content::Scalar { text: _, style: Style::Block });
                for number in from + 1..=self.last(value, *from, at.column) {
                    out.push(moved(self.line(number), at.column, *indent, is_block));
                }
                Ok(())
            }
        }
    }

    fn sequence(&self, list: &Node, items: &[Node], within: &Within, out: &mut Vec<String>) -> Result<(), Unsafe> {
        let Within { indent, shape, from, to } = within;
        let mut from = *from;
        let mut is_first = true;
        for (nth, item) in items.iter().enumerate() {
            let hyphen = self.hyphen(from, item)?;
            let lead = self.gap(from, hyphen, *indent)?;
            out.extend(lead.into_iter().skip_while(|line| is_first && line.is_empty()));
            is_first = false;
            let last = self.last(item, hyphen, list.column);
            let next = match items.get(nth + 1) {
                Some(next) => self.hyphen(last + 1, next)?,
                None => *to,
            };
            from = self.parting(item, last + 1, next, list.column);
            let within = Within { indent: *indent, shape: shape.item(), from: hyphen, to: from };
            self.item(item, &within, out)?;
        }
        out.extend(without_blanks_at_the_end(self.gap(from, *to, *indent)?));
        Ok(())
    }

    /// The line of an item's hyphen.
    fn hyphen(&self, from: usize, item: &Node) -> Result<usize, Unsafe> {
        let is_hyphen = |number: &usize| {
            let rest = self.line(*number).trim().strip_prefix('-');
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        let lost = || Unsafe::at(item.line + 1, "the hyphen of this entry can't be told");
        (from..self.lines.len()).find(is_hyphen).filter(|line| item.is_nothing() || *line <= item.line).ok_or_else(lost)
    }

    /// Formats an entry of a list. `within` begins with the line of its hyphen.
    fn item(&self, item: &Node, within: &Within, out: &mut Vec<String>) -> Result<(), Unsafe> {
        let Within { indent, shape, from, to } = within;
        let line = self.line(*from);
        let column = width(line);
        let rest = line.trim_start().strip_prefix('-').unwrap_or_default();
        let head = format!("{:indent$}-", "");
        match &item.content {
            Content::Sequence { flow: false, items: _ } => {
                Err(Unsafe::at(from + 1, "a list stands directly in a list, which no catalog file has"))
            }
            Content::Mapping { flow: false, entries } => {
                let is_beside = item.line == *from;
                let mut lines = Vec::new();
                let begins = if is_beside { *from } else { from + 1 };
                let within = Within { indent: indent + 2, shape: *shape, from: begins, to: *to };
                self.mapping(entries, &within, true, &mut lines)?;
                if !is_beside && !rest.trim().is_empty() {
                    out.push(format!("{head} {}", rest.trim()));
                    out.extend(lines);
                    return Ok(());
                }
                // Sorting may move a key with a comment above it to the front. Its comment then goes above the
                // hyphen.
                let is_key = |line: &String| !line.is_empty() && !line.trim_start().starts_with('#');
                let mut lines = lines.into_iter();
                for line in lines.by_ref() {
                    if is_key(&line) {
                        out.push(format!("{head} {}", line.trim_start()));
                        break;
                    }
                    if !line.is_empty() {
                        out.push(format!("{:indent$}{}", "", line.trim_start()));
                    }
                }
                out.extend(lines);
                Ok(())
            }
            Content::Scalar { .. } | Content::Alias | Content::Sequence { .. } | Content::Mapping { .. } => {
                let at = Node { column, ..item.clone() };
                self.value(head, rest, &at, item, within, out)
            }
        }
    }
}

fn without_blanks_at_the_end(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The number of spaces at the beginning of a line.
fn width(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// A line of a value that spans several lines, indented like its key.
fn moved(line: &str, from: usize, to: usize, is_block: bool) -> String {
    let line = if is_block { line } else { line.trim_end() };
    if line.trim().is_empty() && width(line) <= from {
        return String::new();
    }
    let own = width(line).min(from);
    format!("{:to$}{}", "", line.get(own..).unwrap_or_default())
}
