//! Values of the type that is wanted, out of a tree; what is of another type is left out with its place.

use super::place::Place;
use super::tree::{Content, Entry, Node};

/// Reads one file, and keeps what had to be left out.
pub(super) struct Reader<'r> {
    path: &'r str,
    left_out: &'r mut Vec<String>,
    altered: &'r mut Vec<String>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(path: &'r str, left_out: &'r mut Vec<String>, altered: &'r mut Vec<String>) -> Self {
        Self { path, left_out, altered }
    }

    /// How much has been left out so far.
    pub(super) fn count(&self) -> usize {
        self.left_out.len()
    }

    /// A place as it is shown to people: `file:line:column`.
    pub(super) fn spot(&self, place: Place) -> String {
        let Place { line, column } = place;
        format!("{}:{line}:{column}", self.path)
    }

    /// Says that something has no place in a catalog.
    pub(super) fn leave(&mut self, place: Place, what: &str) {
        let spot = self.spot(place);
        self.leave_at(&spot, what);
    }

    /// The same of a place that was kept.
    pub(super) fn leave_at(&mut self, spot: &str, what: &str) {
        self.left_out.push(format!("{spot}: {what}"));
    }

    /// Says that a file says something otherwise.
    pub(super) fn alter_at(&mut self, spot: &str, what: &str) {
        self.altered.push(format!("{spot}: {what}"));
    }

    /// The same of a place.
    pub(super) fn alter(&mut self, place: Place, what: &str) {
        let spot = self.spot(place);
        self.alter_at(&spot, what);
    }

    /// The entries of a mapping. `what` is what it is called.
    pub(super) fn map<'n, 't>(&mut self, node: &'n Node<'t>, what: &str) -> &'n [Entry<'t>] {
        if !node.is_null() && !matches!(node.content, Content::Map(_)) {
            self.wrong(node, what, "a mapping");
        }
        node.entries()
    }

    /// The items of a list.
    pub(super) fn list<'n, 't>(&mut self, node: Option<&'n Node<'t>>, what: &str) -> &'n [Node<'t>] {
        let Some(node) = node else { return &[] };
        if !node.is_null() && !matches!(node.content, Content::List(_)) {
            self.wrong(node, what, "a list");
        }
        node.items()
    }

    /// A text that nothing has to be filled into.
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

    /// A text as it stands there.
    pub(super) fn template<'n>(&mut self, node: &'n Node<'_>, what: &str) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.wrong(node, what, "a text");
        }
        text
    }

    /// A yes or no, as YAML 1.1 has it, which these tools read. `None` where nothing is said.
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

    /// An identifier that is parsed.
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

    /// Says of every key that is none of the `known` ones that it has no counterpart. `of`: of what.
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

/// A text of the file within a sentence: on one line, of a length that can be read.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
