//! The log of a step. The runner reads every line and executes workflow commands in it.

use std::io::{self, Write};

use super::output::delimiter;

/// Writes a folded part of the log. Workflow commands inside it are not executed. `title` must be trusted text.
pub fn group(
    sink: &mut dyn Write,
    title: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let token = delimiter();
    writeln!(sink, "::group::{title}\n::stop-commands::{token}")?;
    let mut text = Vec::new();
    write(&mut text)?;
    sink.write_all(&text)?;
    if !text.ends_with(b"\n") {
        writeln!(sink)?;
    }
    writeln!(sink, "::{token}::\n::endgroup::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_off_inside_and_on_behind() {
        let mut sink = Vec::new();
        group(&mut sink, "Plan", |sink| write!(sink, "::error::no")).unwrap();
        let text = String::from_utf8(sink).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let token = lines[1].strip_prefix("::stop-commands::").unwrap();
        assert_eq!(lines, ["::group::Plan", lines[1], "::error::no", &format!("::{token}::"), "::endgroup::"]);
        assert!(token.len() > 40);
    }
}
