//! Files that a command leaves behind.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a result to a file.
pub(super) fn save(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
}

/// Reads a file that a command left behind.
pub(super) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))
}

/// Finds out whether a result can be written to a file, and leaves the file as it was.
pub(super) fn writable(path: &Path) -> Result<()> {
    let is_new = fs::symlink_metadata(path).is_err();
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened.with_context(|| format!("can't write {}", path.display()))?;
    if is_new { fs::remove_file(path).with_context(|| format!("can't write {}", path.display())) } else { Ok(()) }
}
