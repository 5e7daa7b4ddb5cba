//! Locates a catalog's folder: the work tree around it, and the symbolic links on the way to it.
//!
//! This uses only the text of the path and the names on disk. Git is never run inside the folder, since the authors
//! of the catalog control its content.

use std::env;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// A catalog's folder. It need not exist.
#[derive(Debug)]
pub(super) struct Folder {
    /// The absolute path of the folder, without `..`.
    pub(super) path: PathBuf,
    /// The top of the work tree around it: the folder that holds `.git`. `None` outside of a work tree.
    pub(super) top: Option<PathBuf>,
    /// The folder below which symbolic links to the catalog are refused: the top of the work tree, otherwise the
    /// current folder.
    trusted: Option<PathBuf>,
}

impl Folder {
    /// Locates `dir`.
    pub(super) fn of(dir: &Path) -> Result<Self> {
        let here = env::current_dir().context("can't tell which folder this is")?;
        let path = absolute(&here, dir)?;
        let top = top_around(&path, &here);
        let trusted = top.clone().or_else(|| path.starts_with(&here).then_some(here));
        Ok(Self { path, top, trusted })
    }

    /// The parts of the folder's path from the top of the work tree. `None` outside of a work tree.
    pub(super) fn parts(&self) -> Option<Vec<String>> {
        let inside = self.path.strip_prefix(self.top.as_ref()?).ok()?;
        Some(inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect())
    }

    /// The first symbolic link below the trusted folder on the way to the catalog's folder, which is included. Links
    /// above are the machine's own and are followed.
    pub(super) fn link(&self) -> Result<Option<String>> {
        let Some(trusted) = &self.trusted else { return Ok(None) };
        let Ok(inside) = self.path.strip_prefix(trusted) else { return Ok(None) };
        let mut path = trusted.clone();
        for part in inside.components() {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => {
                    let shown = path.strip_prefix(trusted).unwrap_or(&path);
                    return Ok(Some(shown.display().to_string()));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error).with_context(|| format!("can't look at `{}`", path.display())),
            }
        }
        Ok(None)
    }
}

/// The absolute path of `dir`, relative to `here`, without `..`.
fn absolute(here: &Path, dir: &Path) -> Result<PathBuf> {
    let mut path = here.to_owned();
    for part in dir.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                // `..` after a symbolic link would mean the parent of the link's target, which the text of the path
                // does not tell.
                if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
                    bail!("`{}` is a symbolic link: write `{}` without `..` behind it", path.display(), dir.display());
                }
                path.pop();
            }
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => path.push(part),
        }
    }
    Ok(path)
}

/// The nearest folder around `path` that holds `.git`. The catalog's own folder comes last, so that a `.git` inside
/// it can't pass for the repository. It comes first if the process runs in it, since then the user chose it.
fn top_around(path: &Path, here: &Path) -> Option<PathBuf> {
    let own = Some(path);
    let first = own.filter(|path| here.starts_with(path));
    let mut around = first.into_iter().chain(path.ancestors().skip(1)).chain(own);
    around.find(|folder| fs::symlink_metadata(folder.join(".git")).is_ok()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_from_where_the_process_runs() {
        let root = tempfile::tempdir().unwrap();
        let here = root.path();
        for (dir, inside) in [("a/b", "a/b"), ("./a", "a"), ("a/../b", "b"), ("", "")] {
            assert_eq!(absolute(here, Path::new(dir)).unwrap(), here.join(inside), "{dir}");
        }
        assert_eq!(absolute(here, Path::new("/x/../y")).unwrap(), Path::new("/y"));
        std::os::unix::fs::symlink("/", here.join("link")).unwrap();
        assert!(absolute(here, Path::new("link/../a")).unwrap_err().to_string().contains("is a symbolic link"));
    }

    #[test]
    fn the_repository_is_looked_for_outside_of_the_catalog_first() {
        let root = tempfile::tempdir().unwrap();
        let (outer, catalog) = (root.path().join("r"), root.path().join("r/catalog"));
        fs::create_dir_all(catalog.join(".git")).unwrap();
        assert_eq!(top_around(&catalog, &outer), Some(catalog.clone()), "there is no other");
        fs::create_dir_all(outer.join(".git")).unwrap();
        assert_eq!(top_around(&catalog, &outer), Some(outer.clone()));
        assert_eq!(top_around(&catalog, &catalog), Some(catalog.clone()), "who runs in it means it");
        assert_eq!(top_around(&outer.join("not/there"), &outer), Some(outer));
    }
}
