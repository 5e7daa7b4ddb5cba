//! Files that one command writes and another one reads.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The largest plan or report that is read: enough for some hundred thousand changes.
const MOST: u64 = 256 * 1024 * 1024;

/// Writes a result to a file. Refuses a symbolic link to a file or to nothing: in a checkout, somebody else may have
/// put it there to overwrite another file. A link to a device or a pipe is accepted, since `/dev/stdout` is one.
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

/// Replaces the contents of a file that holds `before`, in one step and with its permissions kept. Refuses a symbolic
/// link, a read-only file, and a file that has changed in the meantime.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<()> {
    let writing = || format!("can't write {}: it is as it was", path.display());
    let is_file = fs::symlink_metadata(path).with_context(writing)?.is_file();
    if !is_file || fs::read(path).with_context(writing)? != before {
        bail!("{}: somebody else has changed it meanwhile. Run it again", writing());
    }
    let rights = fs::metadata(path).with_context(writing)?.permissions();
    if rights.readonly() {
        bail!("{}: it is read-only", writing());
    }
    swap(path, after, Some(rights))
}

/// Creates a file in one step. Refuses a path that exists.
pub(super) fn create(path: &Path, text: &[u8]) -> Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        bail!("can't write {}: somebody else has made it meanwhile. Run it again", path.display());
    }
    swap(path, text, None)
}

/// Writes a temporary file next to `path`, then renames it to `path`.
fn swap(path: &Path, after: &[u8], rights: Option<fs::Permissions>) -> Result<()> {
    let writing = || format!("can't write {}: it is as it was", path.display());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // No catalog file has a name with a leading dot, so a leftover is not read as one.
    let beside = path.with_file_name(format!(".{name}.{:016x}", fastrand::u64(..)));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside).with_context(writing)?;
    let written = file
        .write_all(after)
        .and_then(|()| rights.map_or(Ok(()), |rights| file.set_permissions(rights)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // A failed removal is ignored: the error of the write is the one to report.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(writing)
}

/// Reads a plan or a report.
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

/// Checks that a result can be written to a file. Does not change the file.
pub(super) fn writable(path: &Path) -> Result<()> {
    no_link(path)?;
    let is_new = fs::symlink_metadata(path).is_err();
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened.with_context(|| format!("can't write {}", path.display()))?;
    if is_new { fs::remove_file(path).with_context(|| format!("can't write {}", path.display())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

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

    #[test]
    fn file_is_replaced_with_its_rights_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("x.yaml"), "old").unwrap();
        fs::set_permissions(at("x.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("x.yaml", at("link.yaml")).unwrap();
        for (name, before) in [("x.yaml", "changed meanwhile"), ("link.yaml", "old")] {
            let error = replace(&at(name), before.as_bytes(), b"new").unwrap_err().to_string();
            assert!(error.contains("Run it again"), "{error}");
        }
        assert!(replace(&at("gone.yaml"), b"old", b"new").is_err());
        assert_eq!(read(&at("x.yaml")).unwrap(), "old");
        replace(&at("x.yaml"), b"old", b"new").unwrap();
        assert_eq!(read(&at("x.yaml")).unwrap(), "new");
        assert_eq!(fs::metadata(at("x.yaml")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside it");
    }
}
