//! Decodes the bytes of a file into text that the YAML parser can handle.

use super::code::Code;
use super::report::{Place, Report};
use super::yaml::clamp;

/// A file's bytes as text. `None` if they are not valid text, with the reason in `report`.
pub(super) fn decode<'b>(bytes: &'b [u8], report: &mut Report) -> Option<&'b str> {
    let text = match std::str::from_utf8(bytes) {
        // Some editors on Windows write a byte order mark. It has no meaning in UTF-8.
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            not_utf8(bytes, error.valid_up_to(), report);
            return None;
        }
    };
    if let Some((at, character)) = text.char_indices().find(|(_, character)| !printable(*character)) {
        let message = format!("the character U+{:04X} can't stand in a YAML file", u32::from(character));
        report.add(Code::ControlCharacter, place_at(text, at), message, "take it out; an editor may not show it");
        return None;
    }
    Some(text)
}

fn not_utf8(bytes: &[u8], valid: usize, report: &mut Report) {
    let good = bytes.get(..valid).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default();
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16: save it as UTF-8",
        _ => "save it as UTF-8; the character here is not",
    };
    report.add(Code::NotUtf8, place_at(good, good.len()), "this file is not UTF-8 text", help);
}

/// The characters that YAML allows. The parser would take some others for the end of the file and read only half of
/// it.
fn printable(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => !character.is_control(),
    }
}

/// The place of a byte offset.
fn place_at(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Place { line: clamp(line), column: clamp(column), end_column: 0 }
}
