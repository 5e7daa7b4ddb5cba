//! Escaping of foreign text, once for each destination.
//!
//! Foreign text is everything that other people can choose: names of accounts, OUs, portfolios and experiences, AWS's
//! messages, all values in YAML, and names of files and branches.

pub mod command;
pub mod markdown;

use std::borrow::Cow;
use std::fmt::Write;

use crate::model::hidden::is_hidden;

/// The most characters of a foreign text that are shown. That is enough for a message of AWS or a list of accounts.
pub const LONGEST: usize = 1000;

/// Foreign text on one line, without hidden characters. Line breaks and tabs become blanks, control characters become
/// their pictures, and characters that reorder or hide text become their code points.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => out.push('␡'),
            c if is_hidden(c) => write_code_point(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Foreign text for a terminal or a log that GitHub reads. It is [`visible`], and it can't be a workflow command,
/// neither at the beginning of a line (`::error::`) nor inside it (`##[error]`).
pub fn terminal(text: &str) -> Cow<'_, str> {
    let text = clip(text);
    if text.trim_start().starts_with("::") || text.contains("##[") {
        return Cow::Owned(visible(&text).replace("##[", "# #[").replace("::", ": :"));
    }
    match text {
        Cow::Borrowed(text) => visible(text),
        Cow::Owned(text) => Cow::Owned(visible(&text).into_owned()),
    }
}

/// The first [`LONGEST`] characters of a text, with an ellipsis if there are more.
pub fn clip(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

fn write_code_point(out: &mut String, c: char) {
    // Writing to a String can't fail.
    let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["", "Workloads/Production", "Süd-Büro 東京 ⚠️", "12:30::x"] {
            assert!(matches!(terminal(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_seen_is_shown() {
        assert_eq!(visible("\x1b[31mred\x1b[0m\x07"), "␛[31mred␛[0m␇");
        assert_eq!(visible("pay\u{202e}gpj.exe"), "pay⟨U+202E⟩gpj.exe");
        assert_eq!(visible("ad\u{200b}min\u{feff}\u{7f}\u{9b}31m"), "ad⟨U+200B⟩min⟨U+FEFF⟩␡⟨U+009B⟩31m");
        assert_eq!(visible("one\r\ntwo\nthree\tfour\u{2028}five"), "one two three four five");
        assert_eq!(visible("a\u{e0041}"), "a⟨U+E0041⟩");
    }

    #[test]
    fn no_text_is_a_workflow_command() {
        assert_eq!(terminal("  ::error::boo"), "  : :error: :boo");
        assert_eq!(terminal("\n::error::boo"), " : :error: :boo");
        assert_eq!(terminal("x ##[add-mask]y"), "x # #[add-mask]y");
    }

    #[test]
    fn a_long_text_ends() {
        let text = terminal(&"é".repeat(LONGEST + 1)).into_owned();
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with('…'));
    }
}
