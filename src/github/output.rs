//! The outputs of a step, and its part of the job's summary.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// A random heredoc delimiter, so that a value can't end the block early.
pub fn delimiter() -> String {
    format!("catalog-sync-{:032x}", fastrand::u128(..))
}

/// Adds an output. `value` may have several lines, since the block ends at a delimiter that is not in it.
pub fn set(file: &Path, name: &str, value: &str) -> io::Result<()> {
    let mut end = delimiter();
    while value.contains(&end) {
        end = delimiter();
    }
    append(file, &format!("{name}<<{end}\n{value}\n{end}\n"))
}

/// The size limit of a step's summary in bytes. GitHub drops the whole summary if it is larger.
const SUMMARY: u64 = 1_048_576;

/// Adds `text` to the summary. If there is no room for it, adds a sentence that says so.
pub fn summarize(file: &Path, text: &str) -> io::Result<()> {
    let used = file.metadata().map(|file| file.len()).unwrap_or_default();
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if used.saturating_add(length) < SUMMARY {
        return append(file, &format!("{text}\n"));
    }
    append(file, "The rest is too long for a summary: it is in the log, and in the file that the step leaves.\n")
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).open(file)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_not_end_itself_nor_set_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("output");
        set(&file, "digest", "a\nEOF\nevil=1").unwrap();
        set(&file, "drift", "0").unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let end = lines[0].strip_prefix("digest<<").unwrap();
        assert_eq!(&lines[1..5], ["a", "EOF", "evil=1", end]);
        assert!(lines[5].starts_with("drift<<") && !lines[5].ends_with(end), "{text}");
    }

    #[test]
    fn a_summary_stays_within_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary");
        let text = "x".repeat(600_000);
        summarize(&file, &text).unwrap();
        summarize(&file, &text).unwrap();
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(written.len() < 600_200 && written.ends_with("leaves.\n"));
    }
}
