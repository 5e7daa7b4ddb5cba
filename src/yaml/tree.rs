//! Parses YAML, and JSON as a part of it, into a tree of values with their places.
//!
//! Other tools' files contain tags that the tool resolves, and placeholders. So only bad syntax is an error. A value that
//! can't be understood becomes [`Content::Odd`] with the reason, which matters only if somebody asks for the value.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_yaml::granit_parser::{Event, Marker, Options, Parser, ScalarStyle, Span, Tag};

use super::{Broken, Place};

/// Deeper than any of these files, and shallow enough for recursion.
const MAX_DEPTH: usize = 100;
/// The most values in a file. Aliases and merge keys count with everything that they stand for.
const MAX_NODES: usize = 2_000_000;

fn place_of(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t> {
    pub(crate) place: Place,
    pub(crate) content: Content<'t>,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Content<'t> {
    Text {
        text: Cow<'t, str>,
        /// Neither quoted nor a block scalar, so it may stand for another type.
        plain: bool,
    },
    List(Vec<Node<'t>>),
    /// In the order of the file, each key once.
    Map(Vec<Entry<'t>>),
    /// A value that can't be used. The text says what it is.
    Odd(String),
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) place: Place,
    pub(crate) value: Node<'t>,
}

impl<'t> Node<'t> {
    /// Whether it is YAML's null: nothing, `~` or `null`.
    pub(crate) fn is_null(&self) -> bool {
        match &self.content {
            Content::Text { text, plain } => *plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL"),
            Content::List(_) | Content::Map(_) | Content::Odd(_) => false,
        }
    }

    /// The value of a key. `None` if there is none, or if this is no mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a mapping. Empty for anything else.
    pub(crate) fn entries(&self) -> &[Entry<'t>] {
        match &self.content {
            Content::Map(entries) => entries,
            Content::Text { .. } | Content::List(_) | Content::Odd(_) => &[],
        }
    }

    /// The items of a list. Empty for anything else.
    pub(crate) fn items(&self) -> &[Node<'t>] {
        match &self.content {
            Content::List(items) => items,
            Content::Text { .. } | Content::Map(_) | Content::Odd(_) => &[],
        }
    }

    /// A text unchanged. `None` for null and for anything but a text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text { text, plain: _ } if !self.is_null() => Some(text),
            Content::Text { .. } | Content::List(_) | Content::Map(_) | Content::Odd(_) => None,
        }
    }

    /// The cost of a copy, and the depth.
    fn measure(&self) -> (usize, usize) {
        let join = |(size, depth): (usize, usize), node: &Self| {
            let (more, deep) = node.measure();
            (size + more, depth.max(deep + 1))
        };
        match &self.content {
            // Borrowed text costs nothing more. Owned text is copied, so its bytes count.
            Content::Text { text: Cow::Owned(text), plain: _ } | Content::Odd(text) => (1 + text.len() / 16, 1),
            Content::Text { text: Cow::Borrowed(_), plain: _ } => (1, 1),
            Content::List(items) => items.iter().fold((1, 1), join),
            Content::Map(entries) => entries.iter().fold((1, 1), |sum, entry| {
                let (size, depth) = join(sum, &entry.value);
                let key = if let Cow::Owned(key) = &entry.key { key.len() / 16 } else { 0 };
                (size + 1 + key, depth)
            }),
        }
    }
}

/// Parses a file into a tree.
///
/// # Errors
///
/// If it is not YAML, is empty, or exceeds the limits.
pub(crate) fn parse(text: &str) -> Result<Node<'_>, Broken> {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(false);
    let mut builder = Builder { open: Vec::new(), root: None, documents: 0, nodes: 0, anchors: BTreeMap::new() };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.event(event, &span)?,
            Err(error) => {
                let place = place_of(error.marker());
                let mut what = format!("this is neither YAML nor JSON: {}", error.info());
                if line_of(text, place).is_some_and(|line| line.contains("{%") || line.contains("{{")) {
                    what.push_str(". Templates (`{% … %}`, `{{ … }}`) have to be filled in first");
                }
                return Err(Broken::at(place, &what));
            }
        }
    }
    let root = builder.root.filter(|root| !root.is_null());
    root.ok_or_else(|| Broken::at(Place { line: 1, column: 1 }, "this file says nothing"))
}

fn line_of(text: &str, place: Place) -> Option<&str> {
    text.lines().nth(place.line - 1)
}

/// A collection that is still open.
struct Open<'t> {
    place: Place,
    anchor: usize,
    /// A tag that only the tool resolves.
    tag: Option<String>,
    kind: Kind<'t>,
}

enum Kind<'t> {
    List(Vec<Node<'t>>),
    Map(Map<'t>),
}

#[derive(Default)]
struct Map<'t> {
    entries: Vec<Entry<'t>>,
    key: Option<Key<'t>>,
    /// The index of each key in `entries`.
    seen: BTreeMap<Cow<'t, str>, usize>,
    /// The values of `<<`.
    merged: Vec<Node<'t>>,
    /// Whether a key is no text. `{{ … }}` parses as such a key.
    is_odd: bool,
}

/// A key that still lacks its value.
enum Key<'t> {
    Text(Cow<'t, str>, Place),
    Merge,
    Odd,
}

struct Builder<'t> {
    open: Vec<Open<'t>>,
    root: Option<Node<'t>>,
    documents: usize,
    nodes: usize,
    anchors: BTreeMap<usize, (Node<'t>, usize, usize)>,
}

impl<'t> Builder<'t> {
    fn event(&mut self, event: Event<'t>, span: &Span) -> Result<(), Broken> {
        let place = place_of(&span.start);
        let tag = event.tag().and_then(foreign_tag);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Broken::at(place, "a second YAML document begins here: give one at a time"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, _) => {
                let content = match tag {
                    Some(tag) => Content::Odd(tagged(&tag)),
                    None => Content::Text { text, plain: matches!(style, ScalarStyle::Plain) },
                };
                self.complete(Node { place, content }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.start(Open { place, anchor, tag, kind: Kind::List(Vec::new()) }),
            Event::MappingStart(_, anchor, _) => {
                self.start(Open { place, anchor, tag, kind: Kind::Map(Map::default()) })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::UnresolvedAlias(name) => {
                let content = Content::Odd(format!("the alias `*{name}`, which has no anchor before it"));
                self.complete(Node { place, content }, 0)
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, open: Open<'t>) -> Result<(), Broken> {
        let place = open.place;
        self.open.push(open);
        if self.open.len() > MAX_DEPTH {
            return Err(Broken::at(place, &format!("nested more than {MAX_DEPTH} deep")));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Broken> {
        let Some(Open { place, anchor, tag, kind }) = self.open.pop() else { return Ok(()) };
        let content = match (tag, kind) {
            (Some(tag), _) => Content::Odd(tagged(&tag)),
            (None, Kind::List(items)) => Content::List(items),
            (None, Kind::Map(Map { is_odd: true, .. })) => {
                Content::Odd("`{{ … }}`, or another mapping whose key is no text".to_owned())
            }
            (None, Kind::Map(map)) => Content::Map(self.merge(map)?),
        };
        self.complete(Node { place, content }, anchor)
    }

    /// The entries of a mapping, with those from `<<`. Entries of the mapping itself win, then those of the first
    /// merged mapping.
    fn merge(&mut self, map: Map<'t>) -> Result<Vec<Entry<'t>>, Broken> {
        let Map { mut entries, key: _, mut seen, merged, is_odd: _ } = map;
        for node in merged {
            let place = node.place;
            let sources = match node.content {
                Content::List(items) => items,
                content => vec![Node { place, content }],
            };
            for source in sources {
                let Content::Map(more) = source.content else { continue };
                for entry in more {
                    self.spend(1, place)?;
                    if !seen.contains_key(&entry.key) {
                        seen.insert(entry.key.clone(), entries.len());
                        entries.push(entry);
                    }
                }
            }
        }
        Ok(entries)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Broken> {
        let Some((size, depth)) = self.anchors.get(&anchor).map(|(_, size, depth)| (*size, *depth)) else {
            let content = Content::Odd("an alias inside its own anchor".to_owned());
            return self.complete(Node { place, content }, 0);
        };
        self.spend(size, place)?;
        if self.open.len() + depth > MAX_DEPTH {
            return Err(Broken::at(place, &format!("nested more than {MAX_DEPTH} deep, by an alias")));
        }
        let Some((target, _, _)) = self.anchors.get(&anchor).cloned() else { return Ok(()) };
        self.complete(Node { place, content: target.content }, 0)
    }

    /// Puts a finished value where it belongs.
    fn complete(&mut self, node: Node<'t>, anchor: usize) -> Result<(), Broken> {
        self.spend(1, node.place)?;
        if anchor != 0 {
            // The stored copy counts, too. Otherwise nested anchors would multiply the memory that a file takes.
            let (size, depth) = node.measure();
            self.spend(size, node.place)?;
            self.anchors.insert(anchor, (node.clone(), size, depth));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(map) => map.take(node),
        }
        Ok(())
    }

    fn spend(&mut self, nodes: usize, place: Place) -> Result<(), Broken> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            let what =
                format!("more than {MAX_NODES} values in one file, with each alias counted in full: nothing was read");
            return Err(Broken::at(place, &what));
        }
        Ok(())
    }
}

impl<'t> Map<'t> {
    /// Takes a key, or the value of the last key.
    fn take(&mut self, node: Node<'t>) {
        match self.key.take() {
            None => {
                self.key = Some(match node.content {
                    Content::Text { text, plain: true } if text == "<<" => Key::Merge,
                    Content::Text { text, plain: _ } => Key::Text(text, node.place),
                    Content::List(_) | Content::Map(_) | Content::Odd(_) => Key::Odd,
                });
            }
            Some(Key::Merge) => self.merged.push(node),
            Some(Key::Odd) => self.is_odd = true,
            Some(Key::Text(key, place)) => {
                if let Some(first) = self.seen.get(&key).and_then(|at| self.entries.get_mut(*at)) {
                    let (one, other) = (first.place.line, place.line);
                    first.value.content = Content::Odd(format!("a key that stands twice, in lines {one} and {other}"));
                } else {
                    self.seen.insert(key.clone(), self.entries.len());
                    self.entries.push(Entry { key, place, value: node });
                }
            }
        }
    }
}

/// A tag that only the tool understands. YAML's own tags are ignored.
fn foreign_tag(tag: &Tag) -> Option<String> {
    (tag.core_suffix().is_none() && tag.suffix() != "").then(|| tag.to_string())
}

fn tagged(tag: &str) -> String {
    let shown: String = tag.chars().take(60).collect();
    format!("`{shown} …`, a tag that is not understood here")
}
