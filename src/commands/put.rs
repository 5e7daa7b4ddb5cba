//! Writes new files into a folder: all or none, never over an existing file, never through a symbolic link.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

/// A file to write.
#[derive(Debug)]
pub(super) struct NewFile {
    /// Relative to the folder that is written into.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Everything that exists in place of a file, or in place of a folder above it, in words.
pub(super) fn in_the_way(root: &Path, files: &[NewFile]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for NewFile { path, text: _ } in files {
        let ways = path.ancestors().skip(1).filter(|way| !way.as_os_str().is_empty());
        for way in ways.collect::<Vec<_>>().into_iter().rev() {
            let line = match there(&root.join(way))? {
                Some(kind) if kind.is_dir() => continue,
                Some(kind) if kind.is_symlink() => format!("{}, a symbolic link in place of a folder", way.display()),
                Some(_) => format!("{}, in place of a folder", way.display()),
                None => break,
            };
            if !found.contains(&line) {
                found.push(line);
            }
            break;
        }
        if there(&root.join(path))?.is_some() {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}

fn there(path: &Path) -> Result<Option<fs::FileType>> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.file_type())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("can't tell whether {} is there", path.display())),
    }
}

/// Writes the files. If one can't be written, removes those written before it.
pub(super) fn put(root: &Path, files: &[NewFile]) -> Result<()> {
    let mut made = Vec::new();
    let written = files.iter().try_for_each(|file| put_one(root, file, &mut made));
    let Err(error) = written else { return Ok(()) };
    let left: Vec<String> = made
        .iter()
        .rev()
        .filter(|path| if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) }.is_err())
        .map(|path| path.display().to_string())
        .collect();
    Err(if left.is_empty() {
        error.context("nothing was written")
    } else {
        anyhow!("{error:#}. These were written before, and can't be removed again: {}", left.join(", "))
    })
}

/// Writes a file. Adds each folder and file to `made` as soon as it exists, so that it can be removed again.
fn put_one(root: &Path, NewFile { path, text }: &NewFile, made: &mut Vec<PathBuf>) -> Result<()> {
    let ways = path.ancestors().skip(1).filter(|way| !way.as_os_str().is_empty());
    for way in ways.collect::<Vec<_>>().into_iter().rev() {
        let folder = root.join(way);
        match fs::create_dir(&folder) {
            Ok(()) => made.push(folder),
            // A symbolic link to a folder is refused, too: `there` does not follow it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !there(&folder)?.is_some_and(|kind| kind.is_dir()) {
                    return Err(anyhow!("{} is not a folder", way.display()));
                }
            }
            Err(error) => return Err(error).with_context(|| format!("can't make {}", way.display())),
        }
    }
    let writing = || format!("can't write {}", path.display());
    let file = root.join(path);
    // `create_new` fails on a file or a link that appeared in the meantime.
    let mut open = OpenOptions::new().write(true).create_new(true).open(&file).with_context(writing)?;
    made.push(file);
    open.write_all(text.as_bytes()).and_then(|()| open.sync_all()).with_context(writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(path: &str) -> NewFile {
        NewFile { path: PathBuf::from(path), text: format!("{path}\n") }
    }

    #[test]
    fn everything_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("there/deep")).unwrap();
        fs::write(root.join("there/file"), "").unwrap();
        fs::write(root.join("there/one.yaml"), "").unwrap();
        std::os::unix::fs::symlink("there", root.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("dangling.yaml")).unwrap();
        let drafts =
            ["new/a", "there/deep/b", "there/one.yaml", "there/file/c", "link/d", "link/e", "dangling.yaml"].map(draft);
        assert_eq!(
            in_the_way(root, &drafts).unwrap(),
            [
                "there/one.yaml",
                "there/file, in place of a folder",
                "link, a symbolic link in place of a folder",
                "dangling.yaml"
            ]
        );
    }

    #[test]
    fn file_that_cannot_be_written_takes_the_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("mine")).unwrap();
        // As if each had appeared after `in_the_way` looked.
        fs::write(root.join("mine/there"), "as it was").unwrap();
        std::os::unix::fs::symlink("mine", root.join("link")).unwrap();
        for last in ["mine/there", "link/new"] {
            let drafts = [draft("a"), draft("b/c/d"), draft("mine/e"), draft(last)];
            let error = format!("{:#}", put(root, &drafts).unwrap_err());
            assert!(error.starts_with("nothing was written: "), "{error}");
            let left: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(left.len(), 2, "{left:?}");
            assert_eq!(fs::read_dir(root.join("mine")).unwrap().count(), 1);
            assert_eq!(fs::read_to_string(root.join("mine/there")).unwrap(), "as it was");
        }
    }
}
