//! Parses text into a tree of values with their places. This module knows YAML and nothing about the catalog.
//!
//! It uses the parser's events instead of serde. serde would stop at its first error and would already have guessed
//! the types of scalars. Here a scalar keeps its text, and is converted when a value of a certain type is needed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use serde_yaml::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span};

use super::code::Code;
use super::report::{Place, Report, shown};

/// The nesting limit: deeper than any catalog file, and safe for recursion.
const MAX_DEPTH: usize = 32;
/// The limit for values in a file. Each alias counts with all values that it stands for.
const MAX_NODES: usize = 1_000_000;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node<'t> {
    pub(super) place: Place,
    pub(super) content: Content<'t>,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Content<'t> {
    Scalar {
        text: Cow<'t, str>,
        /// Whether it has no quotes and is not a block scalar, so that it may be read as something other than text.
        plain: bool,
    },
    Sequence(Vec<Node<'t>>),
    /// In the order of the file. Keys are unique.
    Mapping(Vec<Entry<'t>>),
    /// A value that could not be read, which was reported already.
    Lost,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    pub(super) key: Cow<'t, str>,
    pub(super) place: Place,
    pub(super) value: Node<'t>,
}

impl Node<'_> {
    /// Whether it is null in YAML: nothing, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar { text, plain } => *plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL"),
            Content::Sequence(_) | Content::Mapping(_) | Content::Lost => false,
        }
    }

    /// The cost of copying it, in values.
    fn size(&self) -> usize {
        match &self.content {
            Content::Scalar { text, plain: _ } => 1 + owned(text),
            Content::Lost => 1,
            Content::Sequence(items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            Content::Mapping(entries) => {
                1 + entries.iter().map(|entry| 1 + owned(&entry.key) + entry.value.size()).sum::<usize>()
            }
        }
    }
}

/// The additional cost of a text. Most texts are borrowed from the file. A text with escapes or of several lines is a
/// copy of all its bytes.
#[expect(clippy::ptr_arg, reason = "whether it is borrowed is what counts")]
fn owned(text: &Cow<'_, str>) -> usize {
    const BYTES: usize = 16;
    match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.len() / BYTES,
    }
}

/// The tree of a file. `None` if the file can't be read, with the reason in `report`.
pub(super) fn parse<'t>(text: &'t str, report: &mut Report) -> Option<Node<'t>> {
    let mut options = serde_yaml::granit_parser::Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(false);
    let mut builder = Builder::new(report);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, &span)?,
            Err(error) => {
                syntax_error(&error, builder.report);
                return None;
            }
        }
    }
    builder.finish()
}

pub(super) fn place_of(span: &Span) -> Place {
    let (start, end) = (span.start, span.end);
    let same_line = start.line() == end.line() && end.col() > start.col();
    Place {
        line: clamp(start.line().max(1)),
        column: clamp(start.col() + 1),
        end_column: if same_line { clamp(end.col() + 1) } else { 0 },
    }
}

pub(super) fn clamp(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn syntax_error(error: &ScanError, report: &mut Report) {
    let marker = error.marker();
    let place = Place { line: clamp(marker.line().max(1)), column: clamp(marker.col() + 1), end_column: 0 };
    report.add(Code::Syntax, place, format!("this is not YAML: {}", error.info()), syntax_help(error.kind()));
}

fn syntax_help(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => "YAML is indented with spaces: put spaces in place of the tab",
        ErrorKind::RecursionLimitExceeded => "no catalog file is nested that deep",
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            "look for a quotation mark above that is not closed"
        }
        ErrorKind::UnclosedFlowCollection { open: _ }
        | ErrorKind::MismatchedFlowCollectionEnd { open: _, close: _ }
        | ErrorKind::MisplacedFlowCollectionEnd => "look for the other bracket, or put the text in quotes",
        ErrorKind::MappingValueNotAllowed => {
            "put text that holds `: ` in quotes, or give the keys of a mapping the same indentation"
        }
        ErrorKind::InvalidIndentation => "give the keys of one mapping and the `-` of one list the same indentation",
        _ => "mend the line or the one above it; until then nothing else in this file is checked",
    }
}

/// A collection that is still open.
enum Open<'t> {
    Sequence {
        place: Place,
        anchor: usize,
        items: Vec<Node<'t>>,
    },
    Mapping {
        place: Place,
        anchor: usize,
        entries: Vec<Entry<'t>>,
        key: Option<Key<'t>>,
        seen: BTreeMap<Cow<'t, str>, u32>,
    },
}

/// A key whose value has not been read yet.
enum Key<'t> {
    Good(Cow<'t, str>, Place),
    /// An invalid key, which was reported already. Its value is dropped.
    Bad,
}

struct Builder<'t, 'r> {
    report: &'r mut Report,
    open: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    documents: usize,
    nodes: usize,
    anchors: BTreeMap<usize, Node<'t>>,
}

impl<'t, 'r> Builder<'t, 'r> {
    fn new(report: &'r mut Report) -> Self {
        Self { report, open: Vec::new(), root: None, documents: 0, nodes: 0, anchors: BTreeMap::new() }
    }

    /// Handles an event. `None` if the rest of the file can't be read.
    fn event(&mut self, event: Event<'t>, span: &Span) -> Option<()> {
        let place = place_of(span);
        if event.tag().is_some() {
            let tag = span.tag_span().map_or(place, |tag| place_of(&tag));
            let help = "leave the tag out: a value is read as what its key wants";
            self.report.add(Code::Tag, tag, "YAML tags (`!…`) are not used in a catalog", help);
        }
        match event {
            Event::DocumentStart(..) => self.document(place),
            Event::Scalar(text, style, anchor, _) => {
                let content = Content::Scalar { text, plain: matches!(style, ScalarStyle::Plain) };
                self.complete(Node { place, content }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.start(Open::Sequence { place, anchor, items: Vec::new() }, place)
            }
            Event::MappingStart(_, anchor, _) => {
                let (entries, key, seen) = (Vec::new(), None, BTreeMap::new());
                self.start(Open::Mapping { place, anchor, entries, key, seen }, place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::UnresolvedAlias(name) => {
                let message = format!("the alias {} has no anchor before it", shown(&format!("*{name}")));
                self.report.add(Code::Alias, place, message, format!("put `&{name}` at the value that is meant"));
                self.complete(Node { place, content: Content::Lost }, 0)
            }
            _ => Some(()),
        }
    }

    fn document(&mut self, place: Place) -> Option<()> {
        self.documents += 1;
        if self.documents == 1 {
            return Some(());
        }
        let help = "put what follows into a file of its own";
        self.report.add(Code::SeveralDocuments, place, "a second YAML document begins here", help);
        None
    }

    fn start(&mut self, open: Open<'t>, place: Place) -> Option<()> {
        self.open.push(open);
        if self.open.len() > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            self.report.add(Code::TooComplex, place, message, "no catalog file is nested that deep");
            return None;
        }
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        match self.open.pop()? {
            Open::Sequence { place, anchor, items } => {
                self.complete(Node { place, content: Content::Sequence(items) }, anchor)
            }
            Open::Mapping { place, anchor, entries, key: _, seen: _ } => {
                self.complete(Node { place, content: Content::Mapping(entries) }, anchor)
            }
        }
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Option<()> {
        let Some(target) = self.anchors.get(&anchor).cloned() else {
            let help = "an alias can't stand for the value it is part of";
            self.report.add(Code::Alias, place, "this alias is inside its own anchor", help);
            return self.complete(Node { place, content: Content::Lost }, 0);
        };
        self.spend(target.size(), place)?;
        self.complete(Node { place, content: target.content }, 0)
    }

    /// Adds a complete value to its collection.
    fn complete(&mut self, node: Node<'t>, anchor: usize) -> Option<()> {
        self.spend(1, node.place)?;
        if anchor != 0 {
            // Anchored values are copied. The copies count too, since nested anchors would multiply the memory that a
            // file takes.
            self.spend(node.size(), node.place)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence { place: _, anchor: _, items }) => items.push(node),
            Some(Open::Mapping { place: _, anchor: _, entries, key, seen }) => match key.take() {
                None => *key = Some(take_key(node, seen, self.report)),
                Some(Key::Good(key, place)) => entries.push(Entry { key, place, value: node }),
                Some(Key::Bad) => {}
            },
        }
        Some(())
    }

    fn spend(&mut self, nodes: usize, place: Place) -> Option<()> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values in one file, with each alias counted in full");
            self.report.add(Code::TooComplex, place, message, "use fewer aliases, or several files");
            return None;
        }
        Some(())
    }

    fn finish(self) -> Option<Node<'t>> {
        let root = self.root.filter(|root| !root.is_null());
        if root.is_none() {
            let help = "write what it should say, or delete the file";
            self.report.add(Code::EmptyFile, Place::START, "this file says nothing", help);
        }
        root
    }
}

/// The key of a node, if the node can be one. `seen` holds the earlier keys with their lines.
fn take_key<'t>(node: Node<'t>, seen: &mut BTreeMap<Cow<'t, str>, u32>, report: &mut Report) -> Key<'t> {
    let Content::Scalar { text, plain } = node.content else {
        let help = "write a word, a colon and then the value";
        report.add(Code::KeyNotText, node.place, "a key has to be text", help);
        return Key::Bad;
    };
    if plain && text == "<<" {
        let help = "write the keys out, or use an alias for a whole value";
        report.add(Code::MergeKey, node.place, "merge keys (`<<`) are not part of YAML 1.2", help);
        return Key::Bad;
    }
    match seen.entry(text) {
        Slot::Vacant(slot) => {
            let key = slot.key().clone();
            slot.insert(node.place.line);
            Key::Good(key, node.place)
        }
        Slot::Occupied(first) => {
            let message = format!("{} is here a second time", shown(first.key()));
            let help = format!("the first is on line {}: keep one of them", first.get());
            report.add(Code::DuplicateKey, node.place, message, help);
            Key::Bad
        }
    }
}
