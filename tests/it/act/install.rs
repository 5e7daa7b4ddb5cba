//! `action/install.sh` by itself: which program it finds, and that it takes none whose hash is another one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::bed::copy;

/// An action with a manifest of a test's own, and a `curl` that gives what a test wants.
struct Shop {
    folder: TempDir,
}

/// Of `the program`.
const DIGEST: &str = "50fda23bf0a5115d4f893dc10d122c10a4705f47688f5620e80611c092d4053e";

impl Shop {
    fn new(manifest: &str) -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("action"), &shop.path("action/action"));
        fs::write(shop.path("action/action/manifest"), manifest).unwrap();
        for folder in ["bin", "workspace", "tools"] {
            fs::create_dir(shop.path(folder)).unwrap();
        }
        shop.program(
            "curl",
            "while [[ $1 != --output ]]; do shift; done\nprintf '%s' \"$GIVES\" >\"$2\"; echo x >>\"$LOG\"",
        );
        shop.program("cargo", "echo \"cargo $*\" >>\"$LOG\"\nmkdir -p target/release");
        shop
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\nset -e\n{script}\n")).unwrap();
        assert!(Command::new("chmod").arg("755").arg(path).status().unwrap().success());
    }

    /// Runs the script; answers what it says is the program, or the error.
    fn install(&self, variables: &[(&str, &str)]) -> Result<String, String> {
        fs::write(self.path("output"), "").unwrap();
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .arg(self.path("action/action/install.sh"))
            .env_clear()
            .envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("PATH", &path)])
            .envs([("GITHUB_WORKSPACE", self.path("workspace")), ("GITHUB_OUTPUT", self.path("output"))])
            .envs([("RUNNER_TOOL_CACHE", self.path("tools")), ("LOG", self.path("log"))])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let found = fs::read_to_string(self.path("output")).unwrap();
        match found.trim().strip_prefix("binary=") {
            Some(binary) if output.status.success() => Ok(binary.to_owned()),
            _ => Err(said),
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

fn released() -> Shop {
    let line = |version, digest| format!("{version} linux-x64 {digest} https://example.com/{version}\n");
    Shop::new(&format!("# comment\n{}{}", line("1.2.0", DIGEST), line("1.1.0", &"0".repeat(64))))
}

#[test]
fn a_release_is_taken_by_its_hash_and_kept() {
    let shop = released();
    let binary = shop.install(&[("GIVES", "the program")]).unwrap();
    assert_eq!(Path::new(&binary), shop.path("tools/catalog-sync/1.2.0/linux-x64/catalog-sync"));
    assert_eq!(fs::read_to_string(&binary).unwrap(), "the program");
    assert_eq!(shop.install(&[("CATALOG_SYNC_VERSION", "1.2.0")]).unwrap(), binary);
    assert_eq!(shop.log(), "x\n", "downloaded once");
}

#[test]
fn what_someone_put_into_the_cache_is_not_run() {
    let shop = released();
    let binary = shop.install(&[("GIVES", "the program")]).unwrap();
    fs::write(&binary, "another program").unwrap();
    assert_eq!(shop.install(&[("GIVES", "the program")]).unwrap(), binary);
    assert_eq!(fs::read_to_string(&binary).unwrap(), "the program");
}

#[test]
fn another_download_is_refused_and_not_kept() {
    let shop = released();
    let said = shop.install(&[("GIVES", "another program")]).unwrap_err();
    assert!(said.contains("is not catalog-sync 1.2.0: its SHA-256 is another one"), "{said}");
    assert_eq!(fs::read_dir(shop.path("tools/catalog-sync/1.2.0/linux-x64")).unwrap().count(), 0);
}

#[test]
fn an_unknown_version_or_platform_fails() {
    let shop = released();
    for (variables, expected) in [
        ([("CATALOG_SYNC_VERSION", "1.3.0"), ("RUNNER_ARCH", "X64")], "knows no catalog-sync 1.3.0 for linux-x64"),
        ([("CATALOG_SYNC_VERSION", "1.2.0"), ("RUNNER_ARCH", "ARM64")], "knows no catalog-sync 1.2.0 for linux-arm64"),
        ([("CATALOG_SYNC_VERSION", "1.2.0"), ("RUNNER_ARCH", "ARM")], "there is no release for Linux on ARM"),
        ([("CATALOG_SYNC_VERSION", "latest"), ("RUNNER_ARCH", "X64")], "version is not like 1.2.3, nor source: latest"),
        ([("CATALOG_SYNC_VERSION", "1\n::x::"), ("RUNNER_ARCH", "X64")], "nor source: 1%0A::x::"),
    ] {
        let said = shop.install(&variables).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(shop.log(), "", "nothing was downloaded or built");
}

#[test]
fn it_is_built_where_asked_for_where_it_is_the_workspace_and_before_the_first_release() {
    let built = "cargo build --locked --release\n";
    let shop = released();
    let binary = shop.install(&[("CATALOG_SYNC_VERSION", "source")]).unwrap();
    assert_eq!((Path::new(&binary), shop.log().as_str()), (&*shop.path("action/target/release/catalog-sync"), built));

    let shop = released();
    shop.install(&[("GITHUB_WORKSPACE", shop.path("action").to_str().unwrap())]).unwrap();
    assert_eq!(shop.log(), built);

    let shop = Shop::new("# none yet\n");
    shop.install(&[]).unwrap();
    assert_eq!(shop.log(), built);
}

#[test]
fn a_program_that_is_there_already_is_run() {
    let shop = released();
    let curl = shop.path("bin/curl");
    let curl = curl.to_str().unwrap();
    assert_eq!(shop.install(&[("CATALOG_SYNC_BINARY", curl)]).as_deref(), Ok(curl));
    assert!(shop.install(&[("CATALOG_SYNC_BINARY", "/nowhere")]).unwrap_err().contains("is no program: /nowhere"));
}
