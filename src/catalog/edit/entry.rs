//! An entry as people write it. Its texts may be anybody's: they are cut to one line of what can be seen, and a name
//! that YAML could take for something else is quoted.

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
    /// The name as the file has it.
    pub(super) fn name(&self) -> Option<String> {
        self.name.map(|name| words(name, LONGEST)).filter(|name| !name.is_empty())
    }

    /// The notes as the file has them.
    pub(super) fn notes(&self) -> Option<String> {
        self.notes.map(|notes| words(notes, LONGEST)).filter(|notes| !notes.is_empty())
    }

    fn remark(&self) -> String {
        // Behind a `#` this mark would silence findings.
        let remark = words(&self.remark.unwrap_or_default().replace('#', " "), LONGEST).replace(MARK, "catalog-sync");
        if remark.is_empty() { String::new() } else { format!(" # {remark}") }
    }

    /// As lines behind these blanks, the first with a dash.
    pub fn lines(&self, indent: &str) -> Vec<String> {
        let mut lines = vec![format!("{indent}- id: {}{}", id(self.id), self.remark())];
        lines.extend(self.name().map(|name| format!("{indent}  name: {}", scalar(&name))));
        lines.extend(self.notes().map(|notes| format!("{indent}  notes: {}", scalar(&notes))));
        lines
    }

    /// Between brackets, where there is no place for a comment.
    pub(super) fn inline(&self) -> String {
        let id = id(self.id);
        let pairs = [("name", self.name()), ("notes", self.notes())];
        let pairs: Vec<String> =
            pairs.into_iter().filter_map(|(key, text)| Some(format!(", {key}: {}", quoted(&text?)))).collect();
        if pairs.is_empty() { id } else { format!("{{id: {id}{}}}", pairs.concat()) }
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

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
