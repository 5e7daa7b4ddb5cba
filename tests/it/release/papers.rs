//! `papers.sh`: what it accepts, and what it reports.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::{said, script};

const CARGO: &str = "[package]\nname = \"catalog-sync\"\nversion = \"1.2.0\"\n\n[dependencies.x]\nversion = \"9\"\n";
const LOCK: &str =
    "[[package]]\nname = \"aaa\"\nversion = \"3.0.0\"\n\n[[package]]\nname = \"catalog-sync\"\nversion = \"1.2.0\"\n";
const CHANGES: &str =
    "# Changes\n\n## 1.2.0 - 2026-11-20\n\n- New.\n\n### Fixed\n\n- Old.\n\n## 1.1.0 - 2026-10-01\n\n- First.\n";

/// A folder with documents that are ready for release 1.2.0.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::create_dir(desk.0.path().join("action")).unwrap();
        for (name, text) in
            [("Cargo.toml", CARGO), ("Cargo.lock", LOCK), ("CHANGELOG.md", CHANGES), ("action/manifest", "# none\n")]
        {
            desk.write(name, text);
        }
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    /// The folder with a part of a file replaced.
    fn but(name: &str, part: &str, other: &str) -> Self {
        let desk = Self::new();
        let text = fs::read_to_string(desk.0.path().join(name)).unwrap();
        assert!(text.contains(part), "{name} has no {part:?}");
        desk.write(name, &text.replace(part, other));
        desk
    }

    /// Whether the script succeeded, and its output.
    fn papers(&self, arguments: &[&str]) -> (bool, String) {
        let output =
            Command::new("bash").arg(script("papers.sh")).args(arguments).current_dir(self.0.path()).output().unwrap();
        (output.status.success(), said(&output))
    }
}

#[test]
fn papers_that_agree_pass() {
    let desk = Desk::new();
    assert_eq!(desk.papers(&[]), (true, String::new()));
    assert_eq!(desk.papers(&["check", "1.2.0"]), (true, String::new()));
    assert_eq!(desk.papers(&["version"]), (true, "1.2.0\n".to_owned()));
    assert_eq!(desk.papers(&["notes", "1.2.0"]), (true, "- New.\n\n### Fixed\n\n- Old.\n".to_owned()));
}

#[test]
fn papers_between_releases_pass_but_for_a_release() {
    let desk = Desk::but("CHANGELOG.md", "## 1.2.0 - 2026-11-20", "## Unreleased");
    assert_eq!(desk.papers(&[]), (true, String::new()));
    let (passes, said) = desk.papers(&["check", "1.2.0"]);
    assert!(!passes && said.contains("the first section of CHANGELOG.md is \"Unreleased\", not \"1.2.0\""), "{said}");
}

#[test]
fn every_complaint_about_the_papers() {
    let line = format!("1.2.0 linux-x64 {} https://example.com/a\n", "a".repeat(64));
    for (name, part, other, complaint) in [
        ("Cargo.toml", "1.2.0", "1.3.0", "Cargo.toml has version 1.3.0, not 1.2.0"),
        ("Cargo.lock", "1.2.0", "1.1.9", "Cargo.lock has 1.1.9 of catalog-sync"),
        ("CHANGELOG.md", "## 1.2.0 - 2026-11-20", "## 1.2.0", "\"## 1.2.0\" is neither"),
        ("CHANGELOG.md", "2026-11-20", "2999-01-01", "is a day to come"),
        ("CHANGELOG.md", "1.1.0", "1.10.0", "1.10.0 stands below 1.2.0"),
        ("CHANGELOG.md", "1.1.0", "1.2.0", "1.2.0 stands below 1.2.0"),
        ("CHANGELOG.md", "1.2.0 -", "1.3.0 -", "1.3.0 is released, and Cargo.toml still has 1.2.0"),
        ("CHANGELOG.md", "## 1.1.0 - 2026-10-01", "## Unreleased", "\"## Unreleased\" stands below a release"),
        ("CHANGELOG.md", "# Changes", "## Unreleased\n\n- Forgotten.", "is \"Unreleased\", not \"1.2.0\""),
        ("CHANGELOG.md", "- New.\n\n### Fixed\n\n- Old.\n", "", "says nothing of 1.2.0"),
        ("action/manifest", "# none\n", &line, "knows 1.2.0 already"),
        (
            "action/manifest",
            "# none\n",
            "1.1.0 linux-x64 abc https://example.com/a\n",
            "not VERSION PLATFORM SHA-256 URL",
        ),
    ] {
        let (passes, said) = Desk::but(name, part, other).papers(&["check", "1.2.0"]);
        assert!(!passes && said.contains(complaint), "{name}: {part:?} → {other:?}: {passes} {said}");
    }
}

#[test]
fn a_version_with_a_tag_is_not_released_again() {
    let desk = Desk::new();
    let git = |arguments: &[&str]| super::run(desk.0.path(), "git", arguments);
    git(&["init", "--quiet"]);
    git(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "--allow-empty",
        "--message",
        "a",
    ]);
    git(&["tag", "v1.1.0"]);
    assert_eq!(desk.papers(&["check", "1.2.0"]), (true, String::new()));
    git(&["tag", "v1.2.0"]);
    let (passes, said) = desk.papers(&["check", "1.2.0"]);
    assert!(!passes && said.contains("the tag v1.2.0 is there already"), "{said}");
}

#[test]
fn a_version_that_is_none_is_wrong_usage() {
    let desk = Desk::new();
    for arguments in [&["check", "v1.2.0"][..], &["check"], &["check", "1.2"], &["release"]] {
        assert!(!desk.papers(arguments).0, "{arguments:?}");
    }
    assert!(!desk.papers(&["notes", "1.0.0"]).0);
}
