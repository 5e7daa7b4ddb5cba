//! The files of a catalog, from the work tree or from a Git revision. The only part of the layer that reads anything.
//!
//! Both ways give the same for the same commit: symbolic links are followed in neither, and what is too large is
//! found out before it is read.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::model::finding::Finding;

use super::code::Code;
use super::layout::{Layout, classify};
use super::report::{Place, finding};

/// A catalog file is written by people; what is larger was not.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;
/// All files together.
const MAX_TOTAL_BYTES: u64 = 64 * 1024 * 1024;
/// Files and folders that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// The YAML files of a catalog, as bytes.
#[derive(Debug, Clone, Default)]
pub struct CatalogFiles {
    /// The catalog's folder as it is shown to people, `/` between its parts and none at the end; empty for the
    /// folder one is in.
    pub dir: String,
    /// The files by the path that is shown to people: `dir` and what is inside.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was found while reading: files that were not read.
    pub findings: Vec<Finding>,
}

impl CatalogFiles {
    /// Whether there is no catalog at all, as before its first commit.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.findings.is_empty()
    }

    /// A shown path from the catalog's folder on.
    pub(super) fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.dir.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
    }

    fn new(dir: &Path) -> Self {
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

    fn shown(&self, inside: &str) -> String {
        if self.dir.is_empty() { inside.to_owned() } else { format!("{}/{inside}", self.dir) }
    }

    fn found(&mut self, code: Code, inside: &str, message: String, help: &str) {
        let source = Place::START.in_file(&self.shown(inside));
        self.findings.push(finding(code, source, message, help));
    }

    /// Whether a file of that size is read; if not, that is found.
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

    fn not_a_file(&mut self, inside: &str, what: &str) {
        let help = "put the file itself here: a catalog is read the same way from every revision";
        self.found(Code::NotAFile, inside, format!("this is {what}, which is not followed"), help);
    }
}

/// Whether anything of a catalog could be at a path, be it a file or one of its folders.
fn concerns_us(inside: &str) -> bool {
    matches!(inside, "portfolios" | "marketplace") || classify(inside) != Layout::Foreign
}

/// Reads the catalog in the folder `dir`.
pub fn read_dir(dir: &Path) -> Result<CatalogFiles> {
    let mut catalog = CatalogFiles::new(dir);
    let (mut total, mut looked_at) = (0, 0);
    let top = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let mut folders = vec![(top.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let reading = || format!("can't read the folder `{}` of the catalog", folder.display());
        for entry in fs::read_dir(&folder).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inside = format!("{prefix}{name}");
            looked_at += 1;
            if looked_at > MAX_ENTRIES {
                bail!("`{}` has more than {MAX_ENTRIES} files: is it a catalog's folder?", dir.display());
            }
            let kind = entry.file_type().with_context(reading)?;
            if kind.is_dir() && !name.starts_with('.') {
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
    let reading = || format!("can't read `{}`", path.display());
    let file = fs::File::open(path).with_context(reading)?;
    let size = file.metadata().with_context(reading)?.len();
    if catalog.fits(inside, size, total) {
        let mut bytes = Vec::new();
        // It may have grown since; what is cut off then is no YAML most likely, and read again anyway.
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).with_context(reading)?;
        catalog.files.insert(catalog.shown(inside), bytes);
    }
    Ok(())
}

/// Reads the catalog as it is in the folder `dir` at a revision, from the repository's objects. A folder that was not
/// there then is an empty catalog.
pub fn read_revision(dir: &Path, rev: &str) -> Result<CatalogFiles> {
    let repository = Repository::around(dir)?;
    let commit = repository.resolve(rev)?;
    let mut catalog = CatalogFiles::new(dir);
    let mut total = 0;
    let mut wanted = Vec::new();
    for Blob { mode, object, size, inside } in repository.list(&commit)? {
        match mode.as_str() {
            _ if inside.is_empty() => bail!("`{}` is not a folder in {rev}", dir.display()),
            "120000" if concerns_us(&inside) => catalog.not_a_file(&inside, "a symbolic link"),
            "160000" if concerns_us(&inside) => catalog.not_a_file(&inside, "a submodule"),
            _ if !mode.starts_with("100") || classify(&inside) == Layout::Foreign => {}
            _ => {
                if catalog.fits(&inside, size, &mut total) {
                    wanted.push((inside, object));
                }
            }
        }
    }
    let contents = repository.contents(wanted.iter().map(|(_, object)| object.as_str()))?;
    for ((inside, _), bytes) in wanted.into_iter().zip(contents) {
        catalog.files.insert(catalog.shown(&inside), bytes);
    }
    Ok(catalog)
}

/// The commit that a revision means.
pub fn resolve_revision(dir: &Path, rev: &str) -> Result<String> {
    Repository::around(dir)?.resolve(rev)
}

/// The commit that is checked out, where there is a repository and a commit.
pub fn head_revision(dir: &Path) -> Option<String> {
    resolve_revision(dir, "HEAD").ok()
}

/// The repository around a catalog's folder, which itself may not be there.
struct Repository {
    /// Where `git` is run.
    folder: PathBuf,
    /// The catalog's folder from the top of the repository on, `/` between its parts.
    path: String,
}

/// A file in a tree.
struct Blob {
    mode: String,
    object: String,
    size: u64,
    /// Its path from the catalog's folder on.
    inside: String,
}

impl Repository {
    fn around(dir: &Path) -> Result<Self> {
        let here = Path::new(".");
        let exists = dir.ancestors().map(|folder| if folder.as_os_str().is_empty() { here } else { folder });
        let folder = exists.into_iter().find(|folder| folder.is_dir()).unwrap_or(here);
        let output = git(folder, ["rev-parse", "--show-prefix"])?;
        if !output.status.success() {
            bail!("`{}` is not in a Git repository: {}", dir.display(), said(&output));
        }
        let prefix = String::from_utf8(output.stdout).context("the path of the catalog is not UTF-8")?;
        let mut path = prefix.trim_end_matches('\n').to_owned();
        for part in dir.strip_prefix(folder).unwrap_or(Path::new("")).components() {
            match part {
                Component::Normal(name) => path = format!("{path}{}/", name.to_string_lossy()),
                Component::CurDir => {}
                _ => bail!("there is no folder `{}`", dir.display()),
            }
        }
        Ok(Self { folder: folder.to_owned(), path: path.trim_end_matches('/').to_owned() })
    }

    fn resolve(&self, rev: &str) -> Result<String> {
        // A revision never begins with a hyphen; what does would be taken for an option by an old git.
        let output = if rev.is_empty() || rev.starts_with('-') || rev.contains(['\0', '\n']) {
            None
        } else {
            let commit = format!("{rev}^{{commit}}");
            Some(git(&self.folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?)
        };
        let found = output.filter(|output| output.status.success());
        let commit = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        match commit {
            Some(commit) if commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(commit),
            _ => bail!(
                "there is no revision `{}` in this repository; a shallow clone lacks most of them: in GitHub Actions \
                 give actions/checkout `fetch-depth: 0`, elsewhere run `git fetch`",
                rev.escape_debug()
            ),
        }
    }

    fn list(&self, commit: &str) -> Result<Vec<Blob>> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
        if !self.path.is_empty() {
            arguments.extend(["--", &self.path]);
        }
        let output = git(&self.folder, arguments)?;
        if !output.status.success() {
            bail!("git can't list {commit}: {}", said(&output));
        }
        let records = output.stdout.split(|byte| *byte == 0).filter(|record| !record.is_empty());
        records.map(|record| self.blob(&String::from_utf8_lossy(record))).collect()
    }

    /// A record is `MODE TYPE OBJECT SIZE`, a tab and the path.
    fn blob(&self, record: &str) -> Result<Blob> {
        let parsed = || {
            let (head, path) = record.split_once('\t')?;
            let mut words = head.split_ascii_whitespace();
            let (mode, _, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
            let inside = path.strip_prefix(&self.path)?.trim_start_matches('/');
            let (mode, object, inside) = (mode.to_owned(), object.to_owned(), inside.to_owned());
            Some(Blob { mode, object, size: size.parse().unwrap_or(0), inside })
        };
        parsed().with_context(|| format!("git ls-tree said what nobody expects: {}", record.escape_debug()))
    }

    /// The contents of objects, in their order, by one process.
    fn contents<'o>(&self, objects: impl Iterator<Item = &'o str>) -> Result<Vec<Vec<u8>>> {
        let objects: Vec<&str> = objects.collect();
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = command(&self.folder, ["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("can't run git")?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (mut input, output) = input.zip(output).context("can't talk to git")?;
        // Both at once, or each would wait for the other to read.
        let contents = std::thread::scope(|scope| {
            let asking = objects.join("\n") + "\n";
            scope.spawn(move || input.write_all(asking.as_bytes()));
            let mut output = BufReader::new(output);
            objects.iter().map(|object| next_object(&mut output, object)).collect::<Result<Vec<_>>>()
        });
        child.wait().context("git did not end well")?;
        contents
    }
}

/// One answer of `git cat-file --batch`: `OBJECT TYPE SIZE`, the content, a line end.
fn next_object(output: &mut impl BufRead, object: &str) -> Result<Vec<u8>> {
    let reading = || format!("can't read the object {object} from git");
    let mut head = String::new();
    output.read_line(&mut head).with_context(reading)?;
    let size: Option<u64> = head.trim_end().strip_prefix(object).and_then(|rest| rest.rsplit(' ').next()?.parse().ok());
    let size = size.filter(|size| *size <= MAX_FILE_BYTES).with_context(reading)?;
    let mut content = Vec::new();
    output.take(size + 1).read_to_end(&mut content).with_context(reading)?;
    // Without the line end it was cut off.
    content.pop().filter(|_| content.len() as u64 == size).with_context(reading)?;
    Ok(content)
}

fn command<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).arg("--no-optional-locks").args(arguments);
    command.env("LC_ALL", "C").env("GIT_LITERAL_PATHSPECS", "1").stdin(Stdio::null());
    command
}

fn git<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Result<Output> {
    command(folder, arguments).output().context("can't run git: is it installed?")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().escape_debug().to_string()
}
