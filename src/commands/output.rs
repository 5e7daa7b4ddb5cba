//! Output of the commands: the result goes to standard output, everything else to standard error.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _, StderrLock, Write};

use anstream::{AutoStream, ColorChoice};
use anyhow::Result;
use terminal_size::{Height, Width};

use crate::cli::{Color, Common};
use crate::model::finding::Pages;
use crate::render::escape;

/// The `TERM` of a terminal that prints escape sequences as text.
const DUMB: &str = "dumb";

fn choice(color: Color) -> ColorChoice {
    match color {
        // `anstream` assumes colours if `CI` is set, even if `TERM` is `dumb`.
        Color::Auto if std::env::var_os("TERM").is_some_and(|term| term == DUMB) => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
}

/// Standard error, for styled text.
pub(super) fn beside(common: &Common) -> AutoStream<StderrLock<'static>> {
    AutoStream::new(io::stderr().lock(), choice(common.color))
}

/// Writes a result that is for a file or another program, byte for byte.
pub(super) fn printed(text: &[u8]) -> Result<()> {
    forgiving(io::stdout().lock().write_all(text))
}

/// Writes a result. Removes its styles unless they can be shown. A closed pipe (`| head`) is no error.
pub(super) fn result(common: &Common, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut sink = AutoStream::new(io::stdout().lock(), choice(common.color));
    forgiving(write(&mut sink).and_then(|()| sink.flush()))
}

fn forgiving(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The columns of the terminal at standard output. `None` if it is not a terminal.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(columns)
}

/// The columns of the terminal at standard error. `None` if it is not a terminal.
pub(super) fn width_beside() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(columns)
}

fn columns((Width(width), _): (Width, Height)) -> usize {
    usize::from(width)
}

/// Where the pages about findings are. The Action says in `ACTION_SOURCE` which repository it came from.
pub(super) fn pages() -> Pages {
    Pages::of_build().or_of_action(&std::env::var("ACTION_SOURCE").unwrap_or_default())
}

/// Prints a line to standard error, unless `--quiet` was given.
pub(super) fn say(common: &Common, text: &str) {
    if !common.quiet {
        tell(text);
    }
}

/// Prints a line to standard error, even with `--quiet`.
pub(super) fn tell(text: &str) {
    // An error is ignored: there is no other place to report it.
    let _ = writeln!(io::stderr(), "{}", escape::terminal(text));
}

/// Whether progress bars are drawn: standard error is a terminal that can show them, and `--quiet` was not given.
pub(super) fn watched(common: &Common) -> bool {
    !common.quiet && io::stderr().is_terminal() && moves_its_cursor(std::env::var_os("TERM").as_deref())
}

/// Whether a terminal with this `TERM` understands escape sequences. `indicatif` checks the same and draws no bar on
/// others, so progress is then printed line by line.
fn moves_its_cursor(term: Option<&OsStr>) -> bool {
    term.map_or(cfg!(windows), |term| term != DUMB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_on_a_dumb_terminal_is_told_in_lines() {
        assert!(!moves_its_cursor(Some(OsStr::new("dumb"))) && moves_its_cursor(Some(OsStr::new("xterm"))));
        assert_eq!(moves_its_cursor(None), cfg!(windows));
    }
}
