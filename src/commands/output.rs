//! Where results and talk go: standard output is the result, standard error everything else.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _, StderrLock, Write};

use anstream::{AutoStream, ColorChoice};
use anyhow::Result;
use terminal_size::{Height, Width};

use crate::cli::{Color, Common};
use crate::model::finding::Pages;
use crate::render::escape;

/// The `TERM` of a terminal that shows escape sequences as they are.
const DUMB: &str = "dumb";

fn choice(color: Color) -> ColorChoice {
    match color {
        // `anstream` takes a run under `CI=true` for one that understands colours, whatever its terminal says.
        Color::Auto if std::env::var_os("TERM").is_some_and(|term| term == DUMB) => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
}

/// Standard error for what has styles.
pub(super) fn beside(common: &Common) -> AutoStream<StderrLock<'static>> {
    AutoStream::new(io::stderr().lock(), choice(common.color))
}

/// Writes a result that is for a file or another program.
pub(super) fn printed(text: &[u8]) -> Result<()> {
    forgiving(io::stdout().lock().write_all(text))
}

/// Writes a result, its styles stripped where nobody sees them. A reader that went away (`| head`) is no error.
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

/// How many columns the terminal has that standard output is; `None` where it is none.
pub(super) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(columns)
}

/// The same of standard error.
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

/// Says something beside the result, unless asked to be quiet.
pub(super) fn say(common: &Common, text: &str) {
    if !common.quiet {
        tell(text);
    }
}

/// Says something beside the result, quiet or not.
pub(super) fn tell(text: &str) {
    // Nobody is left to hear that standard error is closed.
    let _ = writeln!(io::stderr(), "{}", escape::terminal(text));
}

/// Whether someone watches standard error and wants to see progress, on a terminal that a bar can be drawn on.
pub(super) fn watched(common: &Common) -> bool {
    !common.quiet && io::stderr().is_terminal() && moves_its_cursor(std::env::var_os("TERM").as_deref())
}

/// Whether a terminal of that kind understands escape sequences. On another one no bar is drawn (`indicatif` looks at
/// the same), so progress has to be told in lines.
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
