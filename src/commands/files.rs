//! Files that a command leaves behind, and reads again.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The largest plan or report that is read: some hundred thousand changes.
const MOST: u64 = 256 * 1024 * 1024;

/// Writes a result to a file. A symbolic link to a file, or to nothing, is refused: in a checkout somebody else may have
/// put it there, to have another file written. One to a device or a pipe is what `/dev/stdout` is, and is fine.
pub(super) fn save(path: &Path, text: &str) -> Result<()> {
    no_link(path)?;
    fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
}

fn no_link(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        let leads_to = fs::metadata(path);
        if leads_to.map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |found| found.is_file()) {
            bail!("can't write {}: it is a symbolic link to a file. Remove it, or name another file", path.display());
        }
    }
    Ok(())
}

/// Reads a file that a command left behind.
pub(super) fn read(path: &Path) -> Result<String> {
    let reading = || format!("can't read {}", path.display());
    let file = fs::File::open(path).with_context(reading)?;
    let mut text = String::new();
    file.take(MOST + 1).read_to_string(&mut text).with_context(reading)?;
    if text.len() as u64 > MOST {
        bail!("can't read {}: it has more than {} MiB", path.display(), MOST / 1024 / 1024);
    }
    Ok(text)
}

/// Finds out whether a result can be written to a file, and leaves the file as it was.
pub(super) fn writable(path: &Path) -> Result<()> {
    no_link(path)?;
    let is_new = fs::symlink_metadata(path).is_err();
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened.with_context(|| format!("can't write {}", path.display()))?;
    if is_new { fs::remove_file(path).with_context(|| format!("can't write {}", path.display())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_result_is_not_written_through_a_link_to_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("precious"), "as it was").unwrap();
        symlink("precious", at("plan.json")).unwrap();
        symlink("not-there", at("report.json")).unwrap();
        for name in ["plan.json", "report.json"] {
            let error = save(&at(name), "{}").unwrap_err().to_string();
            assert!(error.contains("symbolic link"), "{error}");
        }
        assert_eq!(read(&at("precious")).unwrap(), "as it was");
        assert!(!at("not-there").exists());
        save(&at("new.json"), "{}").unwrap();
        save(&at("new.json"), "{} ").unwrap();
        assert_eq!(read(&at("new.json")).unwrap(), "{} ");
        symlink("/dev/null", at("null")).unwrap();
        save(&at("null"), "{}").unwrap();
    }
}
