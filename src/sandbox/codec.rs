//! The encodings that the protocols need. Every function accepts any input.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Escapes text for an XML element.
pub(super) fn xml_escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Parses a query string or a form. For a repeated name the last value counts.
pub(super) fn form(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect()
}

/// Undoes percent encoding, and `+` for a space.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.and_then(|it| char::from(it).to_digit(16)));
                if let [Some(high), Some(low)] = digits {
                    bytes.extend(u8::try_from(high * 16 + low));
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decodes base64url without padding (RFC 4648, section 5): the parts of a JWT.
pub(super) fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from(bits >> held & 0xff));
        }
    }
    Some(bytes)
}

/// An id-like word of lower-case letters and digits, derived from the seed.
pub(super) fn word(seed: &str, length: usize) -> String {
    let digits = |byte: &u8| char::from_digit(u32::from(*byte) % 36, 36);
    Sha256::digest(seed).iter().filter_map(digits).cycle().take(length).collect()
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn hex(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether a text matches a glob. A broken glob matches nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(text))
}

/// The time of a serial number. The world's calendar starts at 2026-01-01 and moves on by one second with each object
/// that is made, so answers don't depend on the real time.
pub(super) fn moment(serial: u64) -> String {
    let start = 1_767_225_600_i64;
    let seconds = start.saturating_add(i64::try_from(serial).unwrap_or_default());
    jiff::Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{base64url, form, matches, moment};

    #[test]
    fn broken_input_is_no_trouble() {
        assert_eq!(form("a=%4&%zz=1&b").len(), 3);
        assert_eq!(base64url("*"), None);
        assert!(!matches("[", "["));
    }

    #[test]
    fn encodings_are_undone() {
        assert_eq!(form("Action=Assume%52ole&x=a+b")["Action"], "AssumeRole");
        assert_eq!(base64url("eyJhIjoxfQ").as_deref(), Some(br#"{"a":1}"#.as_slice()));
        assert_eq!(moment(1), "2026-01-01T00:00:01Z");
    }
}
