//! Reads the files of a catalog from the work tree or from a Git revision. No other part of this layer reads files.
//!
//! Both give the same result for the same commit. Neither follows symbolic links, be they in the catalog or on the
//! way to it, and both know the size of a file before they read it.

mod git;
mod objects;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path};

use anyhow::{Context as _, Result, bail};

use git::{Entry, Repository};
use place::Folder;

use crate::model::finding::Finding;

use super::code::Code;
use super::layout::{Layout, classify, gits_own};
use super::report::{Place, finding};

/// The size limit of a file. Catalog files are written by hand.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;
/// The size limit of all files together.
const MAX_TOTAL_BYTES: u64 = 64 * 1024 * 1024;
/// The number of files and folders that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// The YAML files of a catalog, as bytes.
#[derive(Debug, Clone, Default)]
pub struct CatalogFiles {
    /// The catalog's folder for messages, with `/` between its parts and none at the end. Empty for the current
    /// folder.
    pub dir: String,
    /// The files, by the path that messages show: `dir` and the path inside it.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Findings about files that were not read.
    pub findings: Vec<Finding>,
}

impl CatalogFiles {
    /// Whether there is no catalog at all, as before its first commit.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.findings.is_empty()
    }

    /// The part of a shown path inside the catalog's folder.
    pub fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.dir.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
    }

    /// An empty catalog in a folder.
    pub fn new(dir: &Path) -> Self {
        let mut parts = Vec::new();
        for part in dir.components() {
            match part {
                Component::CurDir => {}
                Component::RootDir => parts.push(String::new()),
                other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
            }
        }
        Self { dir: parts.join("/"), files: BTreeMap::new(), findings: Vec::new() }
    }

    /// The path that messages and the other functions use. `inside` is the path inside the catalog's folder.
    pub fn shown(&self, inside: &str) -> String {
        if self.dir.is_empty() { inside.to_owned() } else { format!("{}/{inside}", self.dir) }
    }

    fn found(&mut self, code: Code, inside: &str, message: String, help: &str) {
        let source = Place::START.in_file(&self.shown(inside));
        self.findings.push(finding(code, source, message, help));
    }

    /// Whether a file of this size is read. If not, adds a finding.
    fn fits(&mut self, inside: &str, size: u64, total: &mut u64) -> bool {
        let mebibytes = |bytes: u64| bytes / 1024 / 1024;
        if size > MAX_FILE_BYTES {
            let message =
                format!("this file has {size} bytes, and more than {} MiB are not read", mebibytes(MAX_FILE_BYTES));
            self.found(Code::TooLarge, inside, message, "split it; lists can `include` each other");
            return false;
        }
        *total += size;
        if *total > MAX_TOTAL_BYTES {
            let message = format!("with this file the catalog has more than {} MiB", mebibytes(MAX_TOTAL_BYTES));
            self.found(Code::TooLarge, inside, message, "split the catalog");
            return false;
        }
        true
    }

    /// Refuses the catalog's folder, since a part of its path is not a folder.
    fn no_way_in(&mut self, path: &str, what: &str) {
        let source = Place::START.in_file(if self.dir.is_empty() { path } else { &self.dir });
        let message = format!("`{path}` is {what}, and a catalog is in a folder: it was not read");
        let help = "put the folder itself there: a link could lead anywhere on the machine that reads it";
        self.findings.push(finding(Code::NotAFile, source, message, help));
    }

    fn looks_like_git(&mut self, inside: &str) {
        let message = "this has the name of one of Git's own files: a folder with `HEAD`, `config`, `objects` and \
                       `refs` is a repository, whose configuration can name programs to run";
        self.found(Code::LooksLikeGit, inside, message.to_owned(), "rename it, or move it out of the catalog");
    }

    fn not_a_file(&mut self, inside: &str, what: &str) {
        let help = "put the file itself here: a catalog is read the same way from every revision";
        self.found(Code::NotAFile, inside, format!("this is {what}, which is not followed"), help);
    }
}

/// Whether the path belongs to a catalog, as a file or as one of its folders.
fn concerns_us(inside: &str) -> bool {
    matches!(inside, "portfolios" | "marketplace") || classify(inside) != Layout::Foreign
}

/// Reads the catalog in the folder `dir`.
pub fn read_dir(dir: &Path) -> Result<CatalogFiles> {
    let mut catalog = CatalogFiles::new(dir);
    let place = Folder::of(dir)?;
    if let Some(link) = place.link()? {
        catalog.no_way_in(&link, "a symbolic link");
        return Ok(catalog);
    }
    let is_top = place.top.as_ref() == Some(&place.path);
    let (mut total, mut looked_at) = (0, 0);
    let mut folders = vec![(place.path, String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let reading = || format!("can't read the folder `{}` of the catalog", dir.join(&prefix).display());
        for entry in fs::read_dir(&folder).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inside = format!("{prefix}{name}");
            looked_at += 1;
            if looked_at > MAX_ENTRIES {
                bail!("`{}` has more than {MAX_ENTRIES} files: is it a catalog's folder?", dir.display());
            }
            let kind = entry.file_type().with_context(reading)?;
            // If the catalog is the top of the repository, its `.git` is the repository's own.
            if gits_own(&inside).is_some() && !(is_top && inside == ".git") {
                catalog.looks_like_git(&inside);
            } else if kind.is_dir() && !name.starts_with('.') {
                folders.push((entry.path(), format!("{inside}/")));
            } else if kind.is_symlink() && concerns_us(&inside) {
                catalog.not_a_file(&inside, "a symbolic link");
            } else if !kind.is_dir() && classify(&inside) != Layout::Foreign {
                if kind.is_file() {
                    read_file(&entry.path(), &inside, &mut catalog, &mut total)?;
                } else {
                    catalog.not_a_file(&inside, "no plain file");
                }
            }
        }
    }
    Ok(catalog)
}

fn read_file(path: &Path, inside: &str, catalog: &mut CatalogFiles, total: &mut u64) -> Result<()> {
    let shown = catalog.shown(inside);
    let reading = || format!("can't read `{shown}`");
    let file = fs::File::open(path).with_context(reading)?;
    let size = file.metadata().with_context(reading)?.len();
    if catalog.fits(inside, size, total) {
        let mut bytes = Vec::new();
        // A file that has grown in the meantime is cut off here, which mostly makes it invalid YAML.
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).with_context(reading)?;
        catalog.files.insert(shown, bytes);
    }
    Ok(())
}

/// Reads the catalog in the folder `dir` at a revision, from the repository's objects. A folder that does not exist
/// in the revision is an empty catalog.
pub fn read_revision(dir: &Path, rev: &str) -> Result<CatalogFiles> {
    let (repository, parts) = around(dir)?;
    let commit = repository.resolve(rev)?;
    let mut catalog = CatalogFiles::new(dir);
    let mut path = String::new();
    for part in parts {
        path = if path.is_empty() { part } else { format!("{path}/{part}") };
        match repository.entry(&commit, &path)? {
            None => return Ok(catalog),
            Some(Entry { mode, object: _, size: _, path: _ }) if mode == FOLDER => {}
            Some(Entry { mode, object: _, size: _, path: _ }) => {
                catalog.no_way_in(&path, what_is(&mode));
                return Ok(catalog);
            }
        }
    }
    let (mut total, mut wanted, mut git) = (0, Vec::new(), BTreeSet::new());
    for Entry { mode, object, size, path: full } in repository.list(&commit, &path)? {
        let inside = full.strip_prefix(&path).map(|inside| inside.trim_start_matches('/'));
        let inside = inside.with_context(|| format!("git ls-tree gave `{full}`, which is not below `{path}`"))?;
        if let Some(found) = gits_own(inside) {
            git.insert(found.to_owned());
        } else if !mode.starts_with("100") && concerns_us(inside) {
            catalog.not_a_file(inside, what_is(&mode));
        } else if mode.starts_with("100")
            && classify(inside) != Layout::Foreign
            && catalog.fits(inside, size, &mut total)
        {
            wanted.push((inside.to_owned(), object));
        }
    }
    for inside in &git {
        catalog.looks_like_git(inside);
    }
    let objects: Vec<&str> = wanted.iter().map(|(_, object)| object.as_str()).collect();
    let contents = repository.contents(&objects, MAX_FILE_BYTES)?;
    for ((inside, _), bytes) in wanted.into_iter().zip(contents) {
        catalog.files.insert(catalog.shown(&inside), bytes);
    }
    Ok(catalog)
}

/// The mode of a folder in a Git tree.
const FOLDER: &str = "040000";

fn what_is(mode: &str) -> &'static str {
    match mode {
        "120000" => "a symbolic link",
        "160000" => "a submodule",
        FOLDER => "a folder",
        _ => "a file",
    }
}

/// Resolves a revision to a commit.
pub fn resolve_revision(dir: &Path, rev: &str) -> Result<String> {
    around(dir)?.0.resolve(rev)
}

/// The commit that is checked out. `None` outside of a repository, and in a repository without commits.
pub fn head_revision(dir: &Path) -> Result<Option<String>> {
    match Folder::of(dir)?.top {
        Some(top) => Repository::at(&top).find("HEAD"),
        None => Ok(None),
    }
}

/// The path of a catalog file from the top of the repository.
pub fn in_repository(dir: &Path, files: &CatalogFiles, path: &str) -> Result<String> {
    let (_, mut parts) = around(dir)?;
    parts.push(files.inside(path).to_owned());
    Ok(parts.join("/"))
}

/// The commit that is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub commit: String,
    /// Its parents, in order.
    pub parents: Vec<String>,
}

/// The commit that is checked out. `None` outside of a repository, and in a repository without commits.
pub fn head(dir: &Path) -> Result<Option<Head>> {
    let Some(commit) = head_revision(dir)? else { return Ok(None) };
    let parents = around(dir)?.0.parents(&commit)?;
    Ok(Some(Head { commit, parents }))
}

/// Whether `commit` contains `other`. `None` if that is unknown.
pub fn contains(dir: &Path, commit: &str, other: &str) -> Result<Option<bool>> {
    let (repository, _) = around(dir)?;
    match (repository.find(commit)?, repository.find(other)?) {
        (Some(commit), Some(other)) => repository.contains(&commit, &other),
        _ => Ok(None),
    }
}

/// Makes sure that the repository has a commit. A shallow clone lacks most commits, so a missing one is fetched from
/// `origin`.
pub fn ensure_commit(dir: &Path, commit: &str) -> Result<()> {
    let (repository, _) = around(dir)?;
    if repository.find(commit)?.is_some() {
        return Ok(());
    }
    if git::is_object_id(commit) {
        repository.fetch(commit).context("it could not be fetched")?;
    }
    repository.resolve(commit).map(drop)
}

/// The repository that contains the catalog's folder, and the folder's path from the top of it.
fn around(dir: &Path) -> Result<(Repository, Vec<String>)> {
    let folder = Folder::of(dir)?;
    if folder.path.to_str().is_none() {
        // A lossy conversion would give Git another name. It would find nothing there, which would look like an empty
        // catalog.
        bail!("the path `{}` is not UTF-8: rename it", dir.display());
    }
    let (Some(top), Some(parts)) = (&folder.top, folder.parts()) else {
        bail!("`{}` is not in a Git repository: no folder around it holds `.git`", dir.display());
    };
    Ok((Repository::at(top), parts))
}
