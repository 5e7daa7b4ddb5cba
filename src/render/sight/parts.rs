//! Parts that the outputs of `explain` share.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::finding::Source;
use crate::render::escape;

/// Writes lines for a terminal.
pub(super) struct Lines<'a> {
    pub(super) sink: &'a mut dyn Write,
}

impl Lines<'_> {
    pub(super) fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        writeln!(self.sink, "{:indent$}{}", "", escape::terminal(text))
    }
}

/// A place in the catalog as text.
pub(super) fn at(source: &Source) -> String {
    format!("{}:{}", source.file, source.line)
}

/// A place in the catalog as JSON.
pub(super) fn source(source: &Source) -> Value {
    json!({"file": source.file, "line": source.line})
}
