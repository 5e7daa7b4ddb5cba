//! The notice that a text is about the sandbox.

use std::io::{self, Write};

use super::super::sandbox::MEANING;
use super::style::WARNING;

/// Writes a notice that the text is about the sandbox. Nothing for AWS.
pub fn sandbox(is_sandbox: bool, sink: &mut impl Write) -> io::Result<()> {
    if is_sandbox { writeln!(sink, "{WARNING}Sandbox, not AWS.{WARNING:#} {MEANING}\n") } else { Ok(()) }
}
