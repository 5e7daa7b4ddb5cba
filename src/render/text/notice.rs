//! The first line of a text about the sandbox.

use std::io::{self, Write};

use super::super::sandbox::MEANING;
use super::style::WARNING;

/// Says that what follows is about the sandbox; nothing where it is about AWS.
pub fn sandbox(is_sandbox: bool, sink: &mut impl Write) -> io::Result<()> {
    if is_sandbox { writeln!(sink, "{WARNING}Sandbox, not AWS.{WARNING:#} {MEANING}\n") } else { Ok(()) }
}
