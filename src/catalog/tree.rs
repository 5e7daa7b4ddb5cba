//! Text → a tree that knows where everything stands in it, its comments left aside.

use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StructureStyle};

use super::doubt::Unsafe;

/// A value and the bytes that it takes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The line that it begins on, from 0.
    pub(super) line: usize,
    /// The column that it begins in, in characters from 0.
    pub(super) column: usize,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Scalar {
        text: String,
        style: Style,
    },
    /// `*name`.
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

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// `|` or `>`.
    Block,
}

impl Node {
    /// Nothing at all, where a value could be.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, style: Style::Plain } if text.is_empty() || self.start == self.end)
    }

    /// A list or a mapping whose entries stand on lines of their own.
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

/// A file's tree, with its comments and whether it has anchors.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Node,
    /// The texts of the comments, in their order.
    pub(super) comments: Vec<String>,
    /// An alias has to stay behind its anchor.
    pub(super) has_anchors: bool,
}

/// A collection that is open.
struct Open {
    node: Node,
    key: Option<Node>,
}

/// The tree of a text. It was read before, so what can't be read is a fault here.
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
