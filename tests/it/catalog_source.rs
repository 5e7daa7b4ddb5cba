//! Reading a catalog's files from a folder and from a Git revision.

#![allow(clippy::unwrap_used, reason = "a test may stop in the middle")]

use std::fs;
use std::path::Path;
use std::process::Command;

use catalog_sync::catalog::source::{
    CatalogFiles, contains, ensure_commit, head_revision, read_dir, read_revision, resolve_revision,
};
use tempfile::TempDir;

const SETTINGS: &str = "version: 1\norganizations: {acme: {id: o-acme000001}}\n";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(root: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(root: &Path, message: &str) -> String {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "--allow-empty", "-m", message]);
    git(root, &["rev-parse", "HEAD"])
}

fn repository() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    git(root.path(), &["init", "-q", "-b", "main"]);
    root
}

/// The files by path from the catalog folder, each with its size, and the findings.
fn seen(catalog: &CatalogFiles) -> Vec<String> {
    let inside = |path: &str| path.strip_prefix(&catalog.dir).unwrap().trim_start_matches('/').to_owned();
    let files = catalog.files.iter().map(|(path, bytes)| format!("{} {}", inside(path), bytes.len()));
    let findings = catalog.findings.iter().map(|f| format!("{} {}: {}", inside(&f.source.file), f.code, f.message));
    let mut seen: Vec<String> = files.chain(findings).collect();
    seen.sort();
    seen
}

fn odd_catalog(root: &Path) {
    write(root, "catalog/settings.yaml", SETTINGS);
    write(root, "catalog/portfolios/data-platform.yaml", "portfolio: X\nshares: []\n");
    write(root, "catalog/portfolios/README.md", "read me");
    write(root, "catalog/portfolios/deep/er/x.yaml", "x");
    write(root, "catalog/marketplace/base.yml", "approved: []\n");
    write(root, "catalog/marketplace/naïve name.yaml", "approved: []\n");
    write(root, "catalog/marketplace/large.yaml", &"#".repeat(4 * 1024 * 1024 + 1));
    write(root, "catalog/marketplace/just-right.yaml", &"#".repeat(4 * 1024 * 1024));
    write(root, "catalog/.hidden/x.yaml", "x");
    write(root, "elsewhere/secret.yaml", "secret");
    std::os::unix::fs::symlink("../../elsewhere/secret.yaml", root.join("catalog/marketplace/link.yaml")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", root.join("catalog/harmless")).unwrap();
}

#[test]
fn a_folder_and_a_revision_read_the_same() {
    let root = repository();
    odd_catalog(root.path());
    commit(root.path(), "odd");
    let dir = root.path().join("catalog");
    let from_dir = read_dir(&dir).unwrap();
    insta::assert_snapshot!(seen(&from_dir).join("\n"), @r#"
    marketplace/base.yml 13
    marketplace/just-right.yaml 4194304
    marketplace/large.yaml too_large: this file has 4194305 bytes, and more than 4 MiB are not read
    marketplace/link.yaml not_a_file: this is a symbolic link, which is not followed
    marketplace/naïve name.yaml 13
    portfolios/data-platform.yaml 24
    portfolios/deep/er/x.yaml 1
    settings.yaml 53
    "#);
    let from_revision = read_revision(&dir, "HEAD").unwrap();
    assert_eq!(seen(&from_dir), seen(&from_revision));
    assert_eq!(from_dir.files, from_revision.files);
    assert_eq!(from_dir.dir, from_revision.dir);
}

#[test]
fn a_revision_is_read_from_the_objects_and_not_from_the_folder() {
    let root = repository();
    write(root.path(), "infra/catalog/settings.yaml", SETTINGS);
    let first = commit(root.path(), "first");
    write(root.path(), "infra/catalog/portfolios/x.yaml", "new");
    let second = commit(root.path(), "second");
    fs::remove_dir_all(root.path().join("infra")).unwrap();
    let dir = root.path().join("infra/catalog");
    assert_eq!(seen(&read_revision(&dir, &first).unwrap()), ["settings.yaml 53"]);
    assert_eq!(seen(&read_revision(&dir, "main").unwrap()), ["portfolios/x.yaml 3", "settings.yaml 53"]);
    assert_eq!(seen(&read_revision(&dir, "HEAD~1").unwrap()).len(), 1);
    assert_eq!(resolve_revision(&dir, "HEAD").unwrap(), second);
    assert_eq!(head_revision(&dir).unwrap().unwrap(), second);
    assert!(read_dir(&dir).unwrap_err().to_string().contains("can't read the folder"));
}

#[test]
fn a_catalog_that_was_not_there_yet_is_empty() {
    let root = repository();
    let before = commit(root.path(), "before");
    write(root.path(), "catalog/settings.yaml", SETTINGS);
    write(root.path(), "catalog-of-others/settings.yaml", SETTINGS);
    commit(root.path(), "after");
    let dir = root.path().join("catalog");
    assert!(read_revision(&dir, &before).unwrap().is_empty());
    assert!(read_revision(&root.path().join("missing"), "HEAD").unwrap().is_empty());
    assert_eq!(read_revision(&dir, "HEAD").unwrap().files.len(), 1);
}

#[test]
fn the_top_of_a_repository_can_be_a_catalog() {
    let root = repository();
    write(root.path(), "settings.yaml", SETTINGS);
    write(root.path(), ".github/workflows/ci.yml", "on: push");
    commit(root.path(), "top");
    assert_eq!(seen(&read_dir(root.path()).unwrap()), ["settings.yaml 53"]);
    assert_eq!(seen(&read_revision(root.path(), "HEAD").unwrap()), ["settings.yaml 53"]);
}

#[test]
fn what_is_no_revision_is_told_so() {
    let root = repository();
    let dir = root.path().join("catalog");
    assert!(head_revision(&dir).unwrap().is_none(), "no commit yet");
    write(root.path(), "catalog/settings.yaml", SETTINGS);
    commit(root.path(), "first");
    for rev in ["nowhere", "", "-h", "--help", "HEAD..HEAD", "HEAD^{tree}", "a\nb", "main:catalog", "0123456789"] {
        let error = read_revision(&dir, rev).unwrap_err().to_string();
        assert!(error.contains("there is no revision") && error.contains("fetch-depth: 0"), "{rev:?}: {error}");
    }
}

#[test]
fn what_is_no_repository_is_told_so() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "catalog/settings.yaml", SETTINGS);
    let dir = root.path().join("catalog");
    let error = read_revision(&dir, "HEAD").unwrap_err().to_string();
    assert!(error.contains("is not in a Git repository"), "{error}");
    assert!(head_revision(&dir).unwrap().is_none());
    assert_eq!(read_dir(&dir).unwrap().files.len(), 1, "which needs no repository");
}

#[test]
fn many_files_come_through_one_process() {
    let root = repository();
    for number in 0..3_000 {
        write(root.path(), &format!("catalog/portfolios/p{number}.yaml"), &format!("portfolio: P{number}\n"));
    }
    commit(root.path(), "many");
    let dir = root.path().join("catalog");
    assert_eq!(read_revision(&dir, "HEAD").unwrap().files, read_dir(&dir).unwrap().files);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("portfolios")).unwrap();
    let pipe = root.path().join("portfolios/x.yaml");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        assert_eq!(
            seen(&read_dir(root.path()).unwrap()),
            ["portfolios/x.yaml not_a_file: this is no plain file, which is not followed"]
        );
    }
}

#[test]
fn a_missing_commit_is_fetched_and_what_git_said_is_told_where_that_fails() {
    let origin = repository();
    write(origin.path(), "catalog/settings.yaml", SETTINGS);
    let first = commit(origin.path(), "first");
    let second = commit(origin.path(), "second");
    let root = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(root.path(), &["clone", "-q", "--depth=1", &url, "clone"]);
    let dir = root.path().join("clone/catalog");
    assert!(resolve_revision(&dir, &first).is_err());
    ensure_commit(&dir, &second).unwrap();
    ensure_commit(&dir, &first).unwrap();
    assert_eq!(read_revision(&dir, &first).unwrap().files.len(), 1);
    let error = format!("{:#}", ensure_commit(&dir, &"0123456789".repeat(4)).unwrap_err());
    assert!(error.contains("could not be fetched") && error.contains("not our ref"), "{error}");
    let error = ensure_commit(&dir, "--upload-pack=touch").unwrap_err().to_string();
    assert!(error.contains("there is no revision"), "{error}");
}

#[test]
fn ancestry_is_unknown_in_a_shallow_clone_and_in_its_worktrees() {
    let root = repository();
    write(root.path(), "catalog/settings.yaml", SETTINGS);
    let old = commit(root.path(), "one");
    commit(root.path(), "between");
    let new = commit(root.path(), "two");
    let url = format!("file://{}", root.path().display());
    git(root.path(), &["clone", "-q", "--depth=1", &url, "clone"]);
    let clone = root.path().join("clone");
    git(&clone, &["worktree", "add", "-q", "--detach", "../worktree"]);
    for folder in ["clone", "worktree"] {
        let catalog = root.path().join(folder).join("catalog");
        ensure_commit(&catalog, &old).unwrap();
        assert_eq!(contains(&catalog, &new, &old).unwrap(), None, "{folder}");
    }
    assert_eq!(contains(&root.path().join("catalog"), &new, &old).unwrap(), Some(true));
    assert_eq!(contains(&root.path().join("catalog"), &old, &new).unwrap(), Some(false));
}

#[test]
fn a_clone_without_contents_is_told_so() {
    let origin = repository();
    write(origin.path(), "catalog/settings.yaml", SETTINGS);
    commit(origin.path(), "first");
    git(origin.path(), &["config", "uploadpack.allowFilter", "true"]);
    let root = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(root.path(), &["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "clone"]);
    let error = read_revision(&root.path().join("clone/catalog"), "HEAD").unwrap_err().to_string();
    assert!(error.contains("leaves file contents out") && error.contains("no `filter`"), "{error}");
}

#[test]
fn a_repository_that_git_can_not_read_is_no_missing_revision() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    let error = read_revision(&root.path().join("catalog"), "HEAD").unwrap_err().to_string();
    assert!(error.contains("not a git repository") && !error.contains("revision"), "{error}");
    assert!(head_revision(&root.path().join("catalog")).is_err(), "which is no repository without a commit");
}

#[test]
fn a_path_that_is_no_text_is_no_empty_catalog() {
    use std::os::unix::ffi::OsStrExt as _;
    let root = repository();
    let dir = root.path().join(std::ffi::OsStr::from_bytes(b"cat\xffalog"));
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("settings.yaml"), SETTINGS).unwrap();
    commit(root.path(), "first");
    let error = read_revision(&dir, "HEAD").unwrap_err().to_string();
    assert!(error.contains("is not UTF-8"), "{error}");
}
