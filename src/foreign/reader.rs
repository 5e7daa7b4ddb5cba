//! Takes values of the wanted type out of a tree. A value of another type is left out and reported with its place.

use crate::yaml::{Content, Entry, Node, Place};

/// Reads one file, and collects reports of what was left out or altered.
pub(super) struct Reader<'r> {
    path: &'r str,
    left_out: &'r mut Vec<String>,
    altered: &'r mut Vec<String>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(path: &'r str, left_out: &'r mut Vec<String>, altered: &'r mut Vec<String>) -> Self {
        Self { path, left_out, altered }
    }

    /// The number of reports of left-out parts so far.
    pub(super) fn count(&self) -> usize {
        self.left_out.len()
    }

    /// A place as it is shown to people: `file:line:column`.
    pub(super) fn spot(&self, place: Place) -> String {
        let Place { line, column } = place;
        format!("{}:{line}:{column}", self.path)
    }

    /// Reports that something was left out.
    pub(super) fn leave(&mut self, place: Place, what: &str) {
        let spot = self.spot(place);
        self.leave_at(&spot, what);
    }

    /// Like [`Self::leave`], for a place from [`Self::spot`].
    pub(super) fn leave_at(&mut self, spot: &str, what: &str) {
        self.left_out.push(format!("{spot}: {what}"));
    }

    /// Reports that the catalog file differs from the foreign one.
    pub(super) fn alter_at(&mut self, spot: &str, what: &str) {
        self.altered.push(format!("{spot}: {what}"));
    }

    /// Like [`Self::alter_at`], for a place.
    pub(super) fn alter(&mut self, place: Place, what: &str) {
        let spot = self.spot(place);
        self.alter_at(&spot, what);
    }

    /// The entries of a mapping. `what` names it in reports.
    pub(super) fn map<'n, 't>(&mut self, node: &'n Node<'t>, what: &str) -> &'n [Entry<'t>] {
        if !node.is_null() && !matches!(node.content, Content::Map(_)) {
            self.wrong(node, what, "a mapping");
        }
        node.entries()
    }

    /// The items of a list. `what` names it in reports.
    pub(super) fn list<'n, 't>(&mut self, node: Option<&'n Node<'t>>, what: &str) -> &'n [Node<'t>] {
        let Some(node) = node else { return &[] };
        if !node.is_null() && !matches!(node.content, Content::List(_)) {
            self.wrong(node, what, "a list");
        }
        node.items()
    }

    /// A text without placeholders that its tool would fill in.
    pub(super) fn text<'n>(&mut self, node: Option<&'n Node<'_>>, what: &str) -> Option<&'n str> {
        let node = node?;
        let text = self.template(node, what)?;
        if text.contains("${") || text.contains("{{") {
            let shown = shown(text);
            self.leave(node.place, &format!("{what}: {shown} is filled in by its own tool, and is not known here"));
            return None;
        }
        Some(text)
    }

    /// A text unchanged, placeholders included.
    pub(super) fn template<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.wrong(node, what, "a text");
        }
        text
    }

    /// A boolean of YAML 1.1, which these tools read. `None` if there is no value.
    pub(super) fn flag(&mut self, node: Option<&Node<'_>>, what: &str) -> Option<bool> {
        let node = node.filter(|node| !node.is_null())?;
        match node.text().map(str::to_ascii_lowercase).as_deref() {
            Some("true" | "yes" | "on") => Some(true),
            Some("false" | "no" | "off") => Some(false),
            _ => {
                self.wrong(node, what, "true or false");
                None
            }
        }
    }

    /// A parsed identifier.
    pub(super) fn id<T: std::str::FromStr<Err = crate::model::id::InvalidId>>(
        &mut self,
        node: Option<&Node<'_>>,
        what: &str,
    ) -> Option<T> {
        let node = node?;
        let text = self.text(Some(node), what)?;
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.leave(node.place, &format!("{what}: {} is not {}", shown(text), error.expected));
                None
            }
        }
    }

    fn wrong(&mut self, node: &Node<'_>, what: &str, wanted: &str) {
        let found = match &node.content {
            _ if node.is_null() => "nothing",
            Content::Text { .. } => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
            Content::Odd(why) => why,
        };
        let sentence = format!("{what}: here is {found}, and {wanted} is wanted");
        self.leave(node.place, &sentence);
    }

    /// Reports every key that is not among the `known` ones as without a counterpart. `of` names the mapping.
    pub(super) fn others(&mut self, entries: &[Entry<'_>], known: &[&str], of: &str) {
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_ref())) {
            self.leave(entry.place, &format!("{of}: {} has no counterpart in a catalog", shown(&entry.key)));
        }
    }
}

/// The value of a key.
pub(super) fn get<'n, 't>(entries: &'n [Entry<'t>], key: &str) -> Option<&'n Node<'t>> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// A text of the file for a sentence: in backticks, on one line, and shortened.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
