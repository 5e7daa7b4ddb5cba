//! Wraps lines at blanks, where a terminal would break them in the middle of an id.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

/// The additional indentation of wrapped lines.
const HANG: usize = 2;

/// A sink that wraps lines at a width. Without a width, it passes everything through.
pub(super) struct Wrap<'s, S> {
    sink: &'s mut S,
    width: Option<usize>,
    /// The current line, until it ends.
    line: Vec<u8>,
}

impl<'s, S: Write> Wrap<'s, S> {
    /// Makes a sink. `width` is in columns of the terminal.
    pub(super) fn new(sink: &'s mut S, width: Option<usize>) -> Self {
        Self { sink, width, line: Vec::new() }
    }

    /// Runs `write` with a wrapping sink. A last line without a line break is not wrapped.
    pub(super) fn lines(
        sink: &'s mut S,
        width: Option<usize>,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut wrap = Self::new(sink, width);
        write(&mut wrap)?;
        let Self { sink, width: _, line } = wrap;
        sink.write_all(&line)
    }
}

impl<S: Write> Write for Wrap<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(width) = self.width else { return self.sink.write(bytes) };
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&self.line);
                let line = line.trim_end_matches('\n');
                let indent = line.len() - line.trim_start_matches(' ').len();
                writeln!(self.sink, "{}", broken(line, width, indent + HANG))?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Wraps a line that is wider than `width` columns. Further lines are indented by `hang` columns. Words are never
/// broken: one that is too wide gets a line of its own.
pub(super) fn broken(line: &str, width: usize, hang: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    // A very narrow terminal has no room for a deep indentation.
    let hang = hang.min(width / 2);
    let indent = line.len() - line.trim_start_matches(' ').len();
    let (mut out, text) = line.split_at_checked(indent).map_or((String::new(), line), |(at, of)| (at.to_owned(), of));
    let mut used = indent;
    let mut is_first = true;
    for word in text.split_inclusive(' ') {
        // Blanks after a word count only if another word follows on the same line.
        let wide = columns(word.trim_end_matches(' '));
        if wide > 0 && !is_first && used + wide > width {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            used = hang;
        }
        is_first &= wide == 0;
        out.push_str(word);
        used += columns(word);
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// The width of a text in columns, without styles. Foreign text was escaped before, so an escape character always
/// starts a style.
pub(super) fn columns(text: &str) -> usize {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().width();
    parts.fold(first, |columns, styled| columns + styled.split_once('m').map_or(0, |(_, text)| text.width()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: Option<usize>) -> String {
        let mut sink = Vec::new();
        Wrap::lines(&mut sink, width, |sink| text.bytes().try_for_each(|byte| sink.write_all(&[byte]))).unwrap();
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn line_is_broken_at_blanks_and_hangs() {
        let text = "  - one two prod-4xk6p2ab3cdef three\nshort\n";
        assert_eq!(wrapped(text, Some(20)), "  - one two\n    prod-4xk6p2ab3cdef\n    three\nshort\n");
        assert_eq!(wrapped(text, None), text);
        assert_eq!(wrapped(text, Some(8)), "  - one\n    two\n    prod-4xk6p2ab3cdef\n    three\nshort\n");
    }

    #[test]
    fn styles_take_no_room_and_wide_characters_take_two() {
        let text = "\u{1b}[1mab\u{1b}[0m \u{1b}[31m東京\u{1b}[0m cd\n";
        assert_eq!(wrapped(text, Some(10)), text);
        assert_eq!(wrapped(text, Some(8)), "\u{1b}[1mab\u{1b}[0m \u{1b}[31m東京\u{1b}[0m\n  cd\n");
        assert_eq!(wrapped(text, Some(6)), "\u{1b}[1mab\u{1b}[0m\n  \u{1b}[31m東京\u{1b}[0m\n  cd\n");
    }

    #[test]
    fn blanks_between_columns_are_kept_on_a_line_and_dropped_at_its_end() {
        assert_eq!(broken("  + share    Name     id     x", 26, 11), "  + share    Name     id\n           x");
        assert_eq!(broken("  + share    Name     id     x", 30, 11), "  + share    Name     id     x");
    }
}
