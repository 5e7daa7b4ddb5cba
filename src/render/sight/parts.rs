//! What everything that is said of an account or a product is put together from.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::finding::Source;
use crate::render::escape;

/// Lines for a terminal.
pub(super) struct Lines<'a> {
    pub(super) sink: &'a mut dyn Write,
}

impl Lines<'_> {
    pub(super) fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        writeln!(self.sink, "{:indent$}{}", "", escape::terminal(text))
    }
}

/// A place in the catalog, for people.
pub(super) fn at(source: &Source) -> String {
    format!("{}:{}", source.file, source.line)
}

/// A place in the catalog, for machines.
pub(super) fn source(source: &Source) -> Value {
    json!({"file": source.file, "line": source.line})
}
