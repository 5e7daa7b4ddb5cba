//! `image.sh`: what it builds and pushes, with a stand-in for `docker`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::{said, script};

/// A registry in a folder. The file `there` exists once the version is pushed. A build keeps its context's folder.
const DOCKER: &str = r#"#!/usr/bin/env bash
set -e
echo "$1 $2 $3" >>"$YARD/log"
case "$1 $2 $3" in
  "login ghcr.io --username") [[ $(cat) == secret ]] ;;
  "buildx imagetools inspect")
    [[ -e $YARD/there ]]
    [[ $* != *--format* ]] || printf '{"digest":"sha256:%064d"}\n' 7
    ;;
  "buildx build --platform") ls "${@: -1}/$(cut -d / -f 1,2 <<<"${4//\//-}")" >>"$YARD/built"; cp -r "${@: -1}" "$YARD/context${4##*/}" ;;
  "run --rm --platform") cat "$YARD/version" ;;
  "push --quiet "*) ;;
  "buildx imagetools create") echo "$*" >"$YARD/made"; touch "$YARD/there" ;;
  *) exit 1 ;;
esac
"#;

struct Yard(TempDir);

impl Yard {
    fn new() -> Self {
        let yard = Self(tempfile::tempdir().unwrap());
        for folder in ["bin", "attested/attested-linux-x64/files", "attested/attested-linux-arm64/files"] {
            fs::create_dir_all(yard.path(folder)).unwrap();
        }
        fs::write(yard.path("bin/docker"), DOCKER).unwrap();
        fs::set_permissions(yard.path("bin/docker"), fs::Permissions::from_mode(0o755)).unwrap();
        for platform in ["linux-x64", "linux-arm64"] {
            let file = format!("attested/attested-{platform}/files/catalog-sync-1.0.0-{platform}");
            fs::write(yard.path(&file), platform).unwrap();
        }
        fs::write(yard.path("version"), "catalog-sync 1.0.0\n").unwrap();
        yard
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside)
    }

    fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap_or_default()
    }

    /// Returns `None` if `jq` or the machine's CA certificates are missing.
    fn push(&self) -> Option<(bool, String)> {
        Command::new("jq").arg("--version").output().ok()?;
        fs::metadata("/etc/ssl/certs/ca-certificates.crt").ok()?;
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .arg(script("image.sh"))
            .args(["1.0.0", "ghcr.io/acme/sync"])
            .arg(self.path("attested"))
            .envs([("PATH", path.as_str()), ("TOKEN", "secret"), ("GITHUB_ACTOR", "someone"), ("GITHUB_SHA", "abc")])
            .envs([("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "acme/sync")])
            .envs([("YARD", self.0.path()), ("GITHUB_OUTPUT", &self.path("output"))])
            .output()
            .unwrap();
        Some((output.status.success(), said(&output)))
    }
}

#[test]
fn image_is_made_once_of_the_binary_of_each_processor() {
    let yard = Yard::new();
    let Some((ends, said)) = yard.push() else { return };
    assert!(ends, "{said}");
    for (processor, platform) in [("amd64", "linux-x64"), ("arm64", "linux-arm64")] {
        let binary = format!("context{processor}/linux-{processor}/catalog-sync");
        assert_eq!(yard.read(&binary), platform);
        assert_eq!(fs::metadata(yard.path(&binary)).unwrap().permissions().mode() & 0o111, 0o111);
    }
    let tags = "--tag ghcr.io/acme/sync:1.0.0 --tag ghcr.io/acme/sync:latest";
    let parts = "ghcr.io/acme/sync:1.0.0-amd64 ghcr.io/acme/sync:1.0.0-arm64";
    assert_eq!(yard.read("made"), format!("buildx imagetools create {tags} {parts}\n"));
    let outputs = format!("name=ghcr.io/acme/sync\ndigest=sha256:{:064}\n", 7);
    assert_eq!(yard.read("output"), outputs);

    // An image that exists is attested and not built again.
    fs::write(yard.path("log"), "").unwrap();
    fs::write(yard.path("output"), "").unwrap();
    assert!(yard.push().unwrap().0);
    assert!(
        !yard.read("log").contains("build --platform") && !yard.read("log").contains("push"),
        "{}",
        yard.read("log")
    );
    assert_eq!(yard.read("output"), outputs);
}

#[test]
fn image_of_another_version_is_not_pushed() {
    let yard = Yard::new();
    fs::write(yard.path("version"), "catalog-sync 0.9.0\n").unwrap();
    let Some((ends, said)) = yard.push() else { return };
    assert!(!ends && said.contains("the image says \"catalog-sync 0.9.0\""), "{said}");
    assert!(!yard.read("log").contains("push"), "{}", yard.read("log"));
}
