//! An entry as people write it. Its texts may be anybody's: they are cut to one line of what can be seen, and a name
//! that YAML could take for something else is quoted.

use crate::catalog::item::{Field, Item, Word, quoted};
use crate::model::id::ProductId;

/// An entry of a product list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The product.
    pub id: &'a ProductId,
    /// Its name, for people.
    pub name: Option<&'a str>,
    /// What stands in a comment behind the id.
    pub remark: Option<&'a str>,
    /// What is sent with the change.
    pub notes: Option<&'a str>,
}

/// What begins a comment that this program reads.
const MARK: &str = "catalog-sync:";

/// The longest name and the longest comment, in characters: what is written has to be read by people.
const LONGEST: usize = 200;

impl Entry<'_> {
    fn remark(&self) -> String {
        // Behind a `#` this mark would silence findings.
        words(&self.remark.unwrap_or_default().replace('#', " "), LONGEST).replace(MARK, "catalog-sync")
    }

    /// As an entry of a list.
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

    /// As lines behind these blanks, the first with a dash.
    pub fn lines(&self, indent: &str) -> Vec<String> {
        self.item().lines(indent)
    }
}

/// A text on one line, without what can't be seen, of at most so many characters.
pub fn words(text: &str, longest: usize) -> String {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| is_seen(*c)).collect();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = words.chars().take(longest).collect();
    if cut.len() < words.len() {
        cut.pop();
        cut.push('…');
    }
    cut
}

/// Whether a character is no mark that only turns or hides others.
fn is_seen(c: char) -> bool {
    !matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// An id. One without a letter and a hyphen could be read as a number or a date.
fn id(id: &ProductId) -> String {
    let id = id.as_str();
    let is_text = id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.contains('-')
        && id.contains(|c: char| c.is_ascii_alphabetic());
    if is_text { id.to_owned() } else { quoted(id) }
}

/// A text without quotes, where no reader of YAML can take it for anything else.
fn scalar(text: &str) -> String {
    const NOT_TEXT: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_text = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " .,&()+/_-'".contains(c))
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_text { text.to_owned() } else { quoted(text) }
}
