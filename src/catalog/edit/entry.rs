//! A product entry in the form that people write. Its texts may be untrusted, so they are reduced to one line of
//! visible characters, and a name that YAML could read as something other than text is quoted.

use crate::catalog::item::{Field, Item, Word, quoted};
use crate::catalog::silence::disarmed;
use crate::model::hidden::is_hidden;
use crate::model::id::ProductId;

/// An entry of a product list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The product.
    pub id: &'a ProductId,
    /// Its name.
    pub name: Option<&'a str>,
    /// A comment behind the id.
    pub remark: Option<&'a str>,
    /// The notes that are sent with the change.
    pub notes: Option<&'a str>,
}

/// The longest name and the longest comment, in characters. People have to read them.
const LONGEST: usize = 200;

impl Entry<'_> {
    fn remark(&self) -> String {
        disarmed(&words(&self.remark.unwrap_or_default().replace('#', " "), LONGEST))
    }

    /// The entry as an item of a list.
    pub(super) fn item(&self) -> Item {
        let cut = |text: Option<&str>| text.map(|text| words(text, LONGEST)).filter(|text| !text.is_empty());
        let id = Word { text: self.id.to_string(), written: id(self.id) };
        let mut fields = vec![Field { key: "id", word: id, comment: self.remark() }];
        for (key, text) in [("name", cut(self.name)), ("notes", cut(self.notes))] {
            let field =
                |text: String| Field { key, word: Word { written: scalar(&text), text }, comment: String::new() };
            fields.extend(text.map(field));
        }
        Item::Fields(fields)
    }

    /// The entry as lines with this indentation, the first with a dash.
    pub fn lines(&self, indent: &str) -> Vec<String> {
        self.item().lines(indent)
    }
}

/// The text on one line, without invisible characters, cut to `longest` characters.
pub fn words(text: &str, longest: usize) -> String {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = words.chars().take(longest).collect();
    if cut.len() < words.len() {
        cut.pop();
        cut.push('…');
    }
    cut
}

/// The id, quoted if YAML could read it as a number or a date, which it can't if the id has a letter and a hyphen.
fn id(id: &ProductId) -> String {
    let id = id.as_str();
    let is_text = id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.contains('-')
        && id.contains(|c: char| c.is_ascii_alphabetic());
    if is_text { id.to_owned() } else { quoted(id) }
}

/// The text, quoted unless every YAML reader takes it for text.
fn scalar(text: &str) -> String {
    const NOT_TEXT: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_text = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " .,&()+/_-'".contains(c))
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_text { text.to_owned() } else { quoted(text) }
}
