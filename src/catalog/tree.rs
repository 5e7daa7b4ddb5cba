//! Parses text into a tree that knows the place of each value. Comments are collected separately.

use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StructureStyle};

use super::doubt::Unsafe;

/// A value and its byte range.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The line on which it begins, from 0.
    pub(super) line: usize,
    /// The column in which it begins, in characters from 0.
    pub(super) column: usize,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Scalar {
        text: String,
        style: Style,
    },
    /// An alias, `*name`.
    Alias,
    Sequence {
        flow: bool,
        items: Vec<Node>,
    },
    Mapping {
        flow: bool,
        entries: Vec<(Node, Node)>,
    },
}

/// The style of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// A block scalar, `|` or `>`.
    Block,
}

impl Node {
    /// Whether nothing is written where a value could be.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, style: Style::Plain } if text.is_empty() || self.start == self.end)
    }

    /// Whether it is a list or mapping in block style, with its entries on lines of their own.
    pub(super) fn is_block(&self) -> bool {
        matches!(&self.content, Content::Sequence { flow: false, .. } | Content::Mapping { flow: false, .. })
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> &str {
        match &self.content {
            Content::Scalar { text, style: _ } => text,
            Content::Alias | Content::Sequence { .. } | Content::Mapping { .. } => "",
        }
    }
}

/// The tree of a file, its comments, and whether it has anchors.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Node,
    /// The texts of the comments, in order.
    pub(super) comments: Vec<String>,
    /// Whether there are anchors or aliases. Then the order is kept, since an alias must come after its anchor.
    pub(super) has_anchors: bool,
}

/// A collection that is still open.
struct Open {
    node: Node,
    key: Option<Node>,
}

/// The tree of a text. The text was parsed successfully before, so an error here is unexpected.
pub(super) fn tree(text: &str) -> Result<Tree, Unsafe> {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.set_emit_comments(true);
    let (mut open, mut root, mut comments, mut has_anchors): (Vec<Open>, _, _, _) =
        (Vec::new(), None, Vec::new(), false);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| Unsafe::at(error.marker().line(), "it can't be read to the end"))?;
        let whole = match event {
            Event::Comment(text, _) => {
                comments.push(text.trim().to_owned());
                None
            }
            Event::Scalar(text, style, anchor, _) => {
                has_anchors |= anchor != 0;
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                Some(node(&span, Content::Scalar { text: text.into_owned(), style })?)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                has_anchors = true;
                Some(node(&span, Content::Alias)?)
            }
            Event::SequenceStart(style, anchor, _) => {
                has_anchors |= anchor != 0;
                let content = Content::Sequence { flow: style == StructureStyle::Flow, items: Vec::new() };
                open.push(Open { node: node(&span, content)?, key: None });
                None
            }
            Event::MappingStart(style, anchor, _) => {
                has_anchors |= anchor != 0;
                let content = Content::Mapping { flow: style == StructureStyle::Flow, entries: Vec::new() };
                open.push(Open { node: node(&span, content)?, key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|Open { mut node, key: _ }| {
                node.end = span.end.byte_offset().unwrap_or(node.end);
                node
            }),
            _ => None,
        };
        let Some(whole) = whole else { continue };
        match open.last_mut() {
            None => root = Some(whole),
            Some(Open { node, key }) => match (&mut node.content, key.take()) {
                (Content::Sequence { flow: _, items }, _) => items.push(whole),
                (Content::Mapping { flow: _, entries }, Some(key)) => entries.push((key, whole)),
                (_, _) => *key = Some(whole),
            },
        }
    }
    let root = root.ok_or_else(|| Unsafe::at(1, "it says nothing"))?;
    Ok(Tree { root, comments, has_anchors })
}

fn node(span: &Span, content: Content) -> Result<Node, Unsafe> {
    let (line, column) = (span.start.line(), span.start.col());
    let lost = || Unsafe::at(line, "where it stands can't be told");
    let start = span.start.byte_offset().ok_or_else(lost)?;
    let end = span.end.byte_offset().ok_or_else(lost)?;
    Ok(Node { start, end, line: line.saturating_sub(1), column, content })
}
