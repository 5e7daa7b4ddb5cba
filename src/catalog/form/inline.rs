//! Formats within a line: the quotes of ids, and lists and mappings in flow style.

use super::shape::Shape;
use crate::catalog::tree::{Content, Node, Style, Tree};

/// The text with its ids and flow collections formatted. No line is added or removed.
pub(super) fn inline(text: &str, tree: &Tree, shape: Shape) -> String {
    let mut writer = Writer { text, keeps_order: tree.has_anchors, changes: Vec::new() };
    writer.walk(&tree.root, shape);
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (start, end, new) in &writer.changes {
        out.push_str(text.get(from..*start).unwrap_or_default());
        out.push_str(new);
        from = *end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

struct Writer<'t> {
    text: &'t str,
    keeps_order: bool,
    /// Byte ranges and their replacements, in order.
    changes: Vec<(usize, usize, String)>,
}

impl<'t> Writer<'t> {
    fn slice(&self, node: &Node) -> &'t str {
        self.text.get(node.start..node.end).unwrap_or_default()
    }

    fn walk(&mut self, node: &Node, shape: Shape) {
        let is_flow =
            matches!(&node.content, Content::Sequence { flow: true, .. } | Content::Mapping { flow: true, .. });
        if is_flow && !self.slice(node).contains('\n') {
            let new = self.flow(node, shape);
            self.replace(node, new);
            return;
        }
        match &node.content {
            Content::Scalar { .. } => {
                let new = self.scalar(node, shape);
                self.replace(node, new);
            }
            Content::Alias => {}
            Content::Sequence { flow: _, items } => items.iter().for_each(|item| self.walk(item, shape.item())),
            Content::Mapping { flow: _, entries } => {
                for (key, value) in entries {
                    self.walk(value, shape.value(key.text()));
                }
            }
        }
    }

    fn replace(&mut self, node: &Node, new: String) {
        if new != self.slice(node) {
            self.changes.push((node.start, node.end, new));
        }
    }

    fn scalar(&self, node: &Node, shape: Shape) -> String {
        let as_it_is = self.slice(node);
        let Content::Scalar { text, style } = &node.content else { return as_it_is.to_owned() };
        if *style == Style::Block || as_it_is.contains('\n') {
            return as_it_is.to_owned();
        }
        shape.written(text).unwrap_or_else(|| as_it_is.to_owned())
    }

    /// A value on one line.
    fn flow(&self, node: &Node, shape: Shape) -> String {
        let as_it_is = self.slice(node);
        match &node.content {
            Content::Scalar { .. } => self.scalar(node, shape),
            Content::Alias => as_it_is.to_owned(),
            Content::Sequence { flow: _, items } => {
                if !as_it_is.starts_with('[') || self.has_more_than_values(node) {
                    return as_it_is.to_owned();
                }
                let items: Vec<String> = items.iter().map(|item| self.flow(item, shape.item())).collect();
                format!("[{}]", items.join(", "))
            }
            Content::Mapping { flow: _, entries } => {
                let is_odd = entries.iter().any(|(key, value)| key.is_nothing() || value.is_nothing());
                if !as_it_is.starts_with('{') || is_odd || self.has_more_than_values(node) {
                    return as_it_is.to_owned();
                }
                let mut ordered: Vec<&(Node, Node)> = entries.iter().collect();
                if !self.keeps_order {
                    shape.order(&mut ordered, |(key, _)| key.text());
                }
                let one = |(key, value): &&(Node, Node)| {
                    format!("{}: {}", self.slice(key), self.flow(value, shape.value(key.text())))
                };
                format!("{{{}}}", ordered.iter().map(one).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether it contains anchors, aliases or tags. The tree does not hold anchors and tags.
    fn has_more_than_values(&self, node: &Node) -> bool {
        self.slice(node).contains(['&', '!', '?', '*'])
    }
}
