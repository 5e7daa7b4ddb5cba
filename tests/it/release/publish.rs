//! `publish.sh`: the state of GitHub after it succeeds and after it stops in the middle.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{run, said, script};

/// GitHub's side of a release: the draft, its files, and whether it is published. `fails` names a command that fails.
const GH: &str = r#"#!/usr/bin/env bash
set -e
echo "$1 $2" >>"$HUB/log"
[[ "$1 $2" != "$(cat "$HUB/fails" 2>/dev/null)" ]] || { echo "gh failed" >&2; exit 1; }
case "$1 $2" in
  "attestation verify") [[ $* == *"--cert-identity https://github.com/acme/sync/.github/workflows/build.yml@refs/heads/main"* ]] ;;
  "release list") cat "$HUB/state" 2>/dev/null || true ;;
  "release create") [[ $* == *--draft* ]] && echo true >"$HUB/state" && cp "${@: -1}" "$HUB/notes" ;;
  "release upload") [[ $(cat "$HUB/state") == true ]] && mkdir -p "$HUB/files" && cp "${@:7}" "$HUB/files/" ;;
  "release edit") echo false >"$HUB/state"; echo "$*" >"$HUB/published" ;;
  "api repos/acme/sync/releases/tags/"*) cat "$HUB/immutable" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
"#;

/// A repository with one commit on main, and its remote.
struct Hub(TempDir);

impl Hub {
    fn new() -> Self {
        let hub = Self(tempfile::tempdir().unwrap());
        for folder in ["bin", "work/action"] {
            fs::create_dir_all(hub.path(folder)).unwrap();
        }
        hub.write("bin/gh", GH);
        fs::set_permissions(hub.path("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
        hub.write("immutable", "true\n");
        run(hub.0.path(), "git", &["init", "--quiet", "--bare", "--initial-branch=main", "origin.git"]);
        hub.git(&["init", "--quiet", "--initial-branch=main"]);
        hub.git(&["remote", "add", "origin", hub.path("origin.git").to_str().unwrap()]);
        hub.write("work/action/manifest", "# A note.\n");
        hub.write("work/CHANGELOG.md", "## 1.1.0 - 2026-11-20\n\n- Second.\n\n## 1.0.0 - 2026-11-01\n\n- First ([page](docs/a.md#b), [web](https://example.com/a.md)).\n");
        hub.commit("Begin");
        hub
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside)
    }

    fn write(&self, inside: &str, text: &str) {
        fs::write(self.path(inside), text).unwrap();
    }

    fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap_or_default()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
        run(&self.path("work"), "git", &[&who, arguments].concat())
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(&["push", "--quiet", "origin", "main"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes the files that a build of a version makes. The binaries differ from build to build.
    fn built(&self, version: &str, build: &str) {
        let _ = fs::remove_dir_all(self.path("release"));
        fs::create_dir_all(self.path("release")).unwrap();
        for platform in ["linux-x64", "macos-arm64"] {
            let file = format!("release/catalog-sync-{version}-{platform}");
            self.write(&file, &format!("{platform} of {build}"));
            self.write(&format!("{file}.intoto.jsonl"), "its bundle");
        }
    }

    /// Publishes the build of `HEAD`. Returns whether that succeeded, and the output.
    fn publish(&self, version: &str) -> (bool, String) {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let commit = self.git(&["rev-parse", "HEAD"]);
        let output = Command::new("bash")
            .arg(script("publish.sh"))
            .args([version, &commit, "acme/sync"])
            .arg(self.path("release"))
            .args(["linux-x64", "macos-arm64"])
            .current_dir(self.path("work"))
            .env("PATH", path)
            .env("HUB", self.0.path())
            .output()
            .unwrap();
        (output.status.success(), said(&output))
    }

    /// The commit of a tag on GitHub; empty if there is no such tag.
    fn tag(&self, version: &str) -> String {
        let found = run(&self.path("work"), "git", &["ls-remote", "origin", &format!("refs/tags/v{version}")]);
        found.split_whitespace().next().unwrap_or_default().to_owned()
    }

    fn fails_at(&self, command: &str) {
        self.write("fails", command);
    }
}

fn digest(file: &Path) -> String {
    run(file.parent().unwrap(), "sha256sum", &[file.to_str().unwrap()])[..64].to_owned()
}

#[test]
fn tag_is_what_was_built_and_its_manifest() {
    let hub = Hub::new();
    let commit = hub.git(&["rev-parse", "HEAD"]);
    hub.built("1.0.0", "a");
    let (ends, said) = hub.publish("1.0.0");
    assert!(ends, "{said}");

    let tag = hub.tag("1.0.0");
    hub.git(&["fetch", "--quiet", "origin", "tag", "v1.0.0"]);
    assert_eq!(hub.git(&["diff", "--name-only", &commit, &tag]), "action/manifest");
    assert_eq!(hub.git(&["rev-parse", &format!("{tag}^")]), commit);
    let line = |platform| {
        let name = format!("catalog-sync-1.0.0-{platform}");
        let digest = digest(&hub.path("release").join(&name));
        format!("1.0.0 {platform} {digest} https://github.com/acme/sync/releases/download/v1.0.0/{name}")
    };
    let manifest = format!("# A note.\n{}\n{}", line("linux-x64"), line("macos-arm64"));
    assert_eq!(hub.git(&["show", &format!("{tag}:action/manifest")]), manifest);

    assert_eq!(hub.read("state"), "false\n");
    let page = "https://github.com/acme/sync/blob/v1.0.0/docs/a.md#b";
    assert_eq!(hub.read("notes"), format!("- First ([page]({page}), [web](https://example.com/a.md)).\n"));
    let entries = fs::read_dir(hub.path("files")).unwrap();
    let files: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    run(&hub.path("files"), "sha256sum", &["--check", "--status", "SHA256SUMS"]);
    // The main branch has not changed.
    assert_eq!(run(&hub.path("work"), "git", &["ls-remote", "origin", "refs/heads/main"])[..40], commit);
}

#[test]
fn later_release_keeps_the_lines_of_earlier_ones_below_its_own() {
    let hub = Hub::new();
    hub.built("1.0.0", "a");
    assert!(hub.publish("1.0.0").0);
    hub.write("state", "");
    hub.commit("More");
    hub.built("1.1.0", "b");
    let (ends, said) = hub.publish("1.1.0");
    assert!(ends, "{said}");
    hub.git(&["fetch", "--quiet", "origin", "tag", "v1.1.0"]);
    let manifest = hub.git(&["show", "v1.1.0:action/manifest"]);
    let of: Vec<&str> = manifest.lines().filter_map(|line| line.split_once(' ')).map(|(first, _)| first).collect();
    assert_eq!(of, ["#", "1.1.0", "1.1.0", "1.0.0", "1.0.0"]);
    assert!(hub.read("published").contains("--latest=true"));
    // A fix of an older version does not become the latest release.
    hub.write("state", "");
    hub.write("work/CHANGELOG.md", "## 1.0.1 - 2026-11-21\n\n- Mend.\n");
    hub.commit("Mend");
    hub.built("1.0.1", "c");
    assert!(hub.publish("1.0.1").0);
    assert!(hub.read("published").contains("--latest=false"), "{}", hub.read("published"));
}

#[test]
fn run_that_stopped_goes_on_where_it_was() {
    for (stops_at, tagged) in [
        ("attestation verify", false),
        ("release list", false),
        ("release create", false),
        ("release upload", false),
        ("release edit", true),
    ] {
        let hub = Hub::new();
        hub.built("1.0.0", "a");
        hub.fails_at(stops_at);
        let (ends, said) = hub.publish("1.0.0");
        assert!(!ends, "{stops_at}: {said}");
        assert_eq!((hub.tag("1.0.0").is_empty(), hub.read("published").as_str()), (!tagged, ""), "{stops_at}");
        let stopped = hub.tag("1.0.0");
        hub.fails_at("");
        let (ends, said) = hub.publish("1.0.0");
        assert!(ends, "{stops_at}: {said}");
        assert!(!tagged || hub.tag("1.0.0") == stopped, "{stops_at}: the tag moved");
        assert_eq!((hub.read("state").as_str(), fs::read_dir(hub.path("files")).unwrap().count()), ("false\n", 5));
    }
}

#[test]
fn published_release_is_left_alone() {
    let hub = Hub::new();
    hub.built("1.0.0", "a");
    assert!(hub.publish("1.0.0").0);
    let tag = hub.tag("1.0.0");
    hub.write("log", "");
    let (ends, said) = hub.publish("1.0.0");
    assert!(ends && said.contains("v1.0.0 is published already"), "{said}");
    assert_eq!(
        hub.read("log"),
        "attestation verify\nattestation verify\nrelease list\napi repos/acme/sync/releases/tags/v1.0.0\n"
    );

    // Another build of the same version gives other binaries.
    hub.built("1.0.0", "b");
    let (ends, said) = hub.publish("1.0.0");
    assert!(!ends && said.contains("it was made of other binaries. A release is never replaced"), "{said}");
    assert_eq!(hub.tag("1.0.0"), tag);
}

#[test]
fn tag_of_other_binaries_is_not_moved() {
    let hub = Hub::new();
    hub.built("1.0.0", "a");
    hub.fails_at("release edit");
    assert!(!hub.publish("1.0.0").0);
    let tag = hub.tag("1.0.0");
    hub.fails_at("");
    hub.built("1.0.0", "b");
    let (ends, said) = hub.publish("1.0.0");
    assert!(!ends && said.contains("in a run that did not come to its end. Nothing is published"), "{said}");
    assert_eq!((hub.tag("1.0.0"), hub.read("published").as_str()), (tag, ""));
}

#[test]
fn commit_that_is_not_on_main_is_not_released() {
    let hub = Hub::new();
    hub.git(&["checkout", "--quiet", "-b", "other"]);
    hub.git(&["commit", "--quiet", "--allow-empty", "--message", "Not reviewed"]);
    hub.built("1.0.0", "a");
    let (ends, said) = hub.publish("1.0.0");
    assert!(!ends && said.contains("is not on main: nothing else is released"), "{said}");
    assert_eq!((hub.tag("1.0.0").as_str(), hub.read("state").as_str()), ("", ""));
}

#[test]
fn file_that_is_missing_stops_a_release_before_anything_is_seen() {
    let hub = Hub::new();
    hub.built("1.0.0", "a");
    fs::remove_file(hub.path("release/catalog-sync-1.0.0-macos-arm64")).unwrap();
    let (ends, said) = hub.publish("1.0.0");
    assert!(!ends && said.contains("catalog-sync-1.0.0-macos-arm64, or it is empty"), "{said}");
    assert_eq!((hub.tag("1.0.0").as_str(), hub.read("state").as_str()), ("", ""));
}

#[test]
fn release_that_can_still_be_changed_is_an_error() {
    let hub = Hub::new();
    hub.built("1.0.0", "a");
    hub.write("immutable", "false\n");
    let (ends, said) = hub.publish("1.0.0");
    assert!(!ends && said.contains("v1.0.0 is published and can still be changed"), "{said}");
    // A second try fails as well.
    assert!(!hub.publish("1.0.0").0);
}
