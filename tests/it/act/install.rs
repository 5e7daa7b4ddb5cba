//! `action/install.sh` alone: which program it finds, and that it accepts no program with another SHA-256.

use std::fs;
use std::io::{Read as _, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::bed::copy;

/// An action with its own manifest, and scripts in place of the programs that use the network.
struct Shop {
    folder: TempDir,
}

/// The SHA-256 of the text `the program`.
const DIGEST: &str = "50fda23bf0a5115d4f893dc10d122c10a4705f47688f5620e80611c092d4053e";
/// A download address of a GitHub release.
const RELEASE: &str = "https://github.com/acme/catalog-sync/releases/download/v1.2.0/program";

/// Serves the file of that name from `served`. The first downloads, as many as `failures` says, are cut off. With HOLD
/// it serves one half, reports that through one pipe and waits for another.
const CURL: &str = r#"
while [[ $# -gt 0 ]]; do
  case $1 in --output) to=$2 ;; --url) url=$2 ;; esac
  shift
done
echo "curl ${url##*/}" >>"$SHOP/log"
left=$(cat "$SHOP/failures" 2>/dev/null || echo 0)
if [[ $left -gt 0 ]]; then
  echo $((left - 1)) >"$SHOP/failures"
  printf 'the pro' >"$to"
  echo "curl: (18) transfer closed" >&2
  exit 18
fi
if [[ -n ${HOLD:-} ]]; then
  printf 'the pro' >"$to"
  echo started >"$HOLD/started"
  read -r _ <"$HOLD/go"
  printf 'gram' >>"$to"
else
  cp -- "$SHOP/served/${url##*/}" "$to" 2>/dev/null || { echo "curl: (22) 404" >&2; exit 22; }
fi
"#;

/// A `gh` that verifies only this program with this bundle and these keys. It logs its arguments.
const GH: &str = r#"
echo "gh $2 host=$GH_HOST token=${GH_TOKEN:-}${GITHUB_TOKEN:-}" >>"$SHOP/log"
[[ $1 == attestation ]]
if [[ $2 == trusted-root ]]; then
  cat -- "$SHOP/served/root"
else
  echo "$*" >"$SHOP/verified"
  file=$3
  while [[ $# -gt 0 ]]; do
    case $1 in --bundle) bundle=$2 ;; --custom-trusted-root) root=$2 ;; esac
    shift
  done
  [[ $(cat "$file" "$bundle" "$root") == "the programits bundlethe keys" ]] || { echo "✗ Verification failed"; exit 1; }
fi
"#;

impl Shop {
    fn new(manifest: &str) -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("action"), &shop.path("action/action"));
        fs::write(shop.path("action/action/manifest"), manifest).unwrap();
        for folder in ["bin", "workspace", "tools", "served"] {
            fs::create_dir(shop.path(folder)).unwrap();
        }
        shop.program("curl", CURL);
        shop.program("sleep", "echo \"sleep $1\" >>\"$SHOP/log\"");
        shop.program("cargo", "echo \"cargo $*\" >>\"$SHOP/log\"\nmkdir -p target/release");
        shop.serve("program", "the program");
        shop
    }

    /// An action with a `gh`, a bundle and keys.
    fn with_gh() -> Self {
        let shop = Self::new(&format!("1.2.0 linux-x64 {DIGEST} {RELEASE}\n"));
        shop.program("gh", GH);
        shop.serve("program.intoto.jsonl", "its bundle");
        shop.serve("root", "the keys");
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

    fn serve(&self, name: &str, text: &str) {
        fs::write(self.path("served").join(name), text).unwrap();
    }

    fn command(&self, output: &str, variables: &[(&str, &str)]) -> Command {
        fs::write(self.path(output), "").unwrap();
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.arg(self.path("action/action/install.sh")).env_clear();
        command.envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("PATH", &path)]);
        command.envs([("GITHUB_WORKSPACE", self.path("workspace")), ("GITHUB_OUTPUT", self.path(output))]);
        command.envs([("RUNNER_TOOL_CACHE", self.path("tools")), ("SHOP", self.path(""))]);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the script and returns the path of the program, or the error.
    fn install(&self, variables: &[(&str, &str)]) -> Result<String, String> {
        let output = self.command("output", variables).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        fs::write(self.path("said"), &said).unwrap();
        fs::write(self.path("told"), output.stdout).unwrap();
        let found = fs::read_to_string(self.path("output")).unwrap();
        match found.trim().strip_prefix("binary=") {
            Some(binary) if output.status.success() => Ok(binary.to_owned()),
            _ => Err(said),
        }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The files in the cache of the version.
    fn kept(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("tools/catalog-sync/1.2.0/linux-x64")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn released() -> Shop {
    let line = |version, digest| format!("{version} linux-x64 {digest} https://example.com/{version}/program\n");
    Shop::new(&format!("# comment\n{}{}", line("1.2.0", DIGEST), line("1.1.0", &"0".repeat(64))))
}

#[test]
fn a_release_is_taken_by_its_hash_and_kept() {
    let shop = released();
    let binary = shop.install(&[]).unwrap();
    assert_eq!(Path::new(&binary), shop.path("tools/catalog-sync/1.2.0/linux-x64/catalog-sync"));
    assert_eq!(fs::read_to_string(&binary).unwrap(), "the program");
    assert!(Command::new("test").args(["-x", &binary]).status().unwrap().success());
    assert_eq!(shop.install(&[("CATALOG_SYNC_VERSION", "1.2.0")]).unwrap(), binary);
    assert_eq!((shop.read("log").as_str(), shop.kept()), ("curl program\n", vec!["catalog-sync".to_owned()]));
}

#[test]
fn what_someone_put_into_the_cache_is_not_run() {
    let shop = released();
    let binary = shop.install(&[]).unwrap();
    fs::write(&binary, "another program").unwrap();
    assert_eq!(shop.install(&[]).unwrap(), binary);
    assert_eq!(fs::read_to_string(&binary).unwrap(), "the program");
}

/// Another program, an empty answer, and a cut-off file are all refused.
#[test]
fn another_download_is_refused_and_not_kept() {
    for (given, bytes) in [("another program", 15), ("", 0), ("the pro", 7)] {
        let shop = released();
        shop.serve("program", given);
        let said = shop.install(&[]).unwrap_err();
        assert!(said.starts_with("::error title=catalog-sync::"), "{said}");
        assert!(said.contains(&format!("is not catalog-sync 1.2.0 and is not run: {bytes} bytes")), "{said}");
        assert_eq!((shop.kept().len(), shop.read("log").as_str()), (0, "curl program\n"));
    }
}

#[test]
fn a_download_that_is_cut_off_is_tried_again() {
    let shop = released();
    fs::write(shop.path("failures"), "2").unwrap();
    let binary = shop.install(&[]).unwrap();
    assert_eq!(fs::read_to_string(binary).unwrap(), "the program");
    assert_eq!(shop.read("log"), "curl program\nsleep 2\ncurl program\nsleep 3\ncurl program\n");
    assert_eq!(shop.kept(), ["catalog-sync"]);
}

#[test]
fn a_host_out_of_reach_fails_and_says_what_to_do() {
    if !Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        drop(writeln!(stderr(), "left out for want of `curl`: a host out of reach"));
        return;
    }
    let (_socket, host) = crate::refusing();
    let shop = Shop::new(&format!("1.2.0 linux-x64 {DIGEST} https://{host}/program\n"));
    fs::remove_file(shop.path("bin/curl")).unwrap();
    let said = shop.install(&[]).unwrap_err();
    let binary = shop.path("tools/catalog-sync/1.2.0/linux-x64/catalog-sync");
    for expected in [
        format!("could not be downloaded from https://{host}/program (curl's status is 7)"),
        format!("put the file with the SHA-256 {DIGEST} at {}", binary.display()),
        "https_proxy".to_owned(),
        "CATALOG_SYNC_BINARY".to_owned(),
    ] {
        assert!(said.contains(&expected), "{said}");
    }
    assert_eq!((shop.kept().len(), shop.read("log").as_str()), (0, "sleep 2\nsleep 3\n"));
    // The instruction in the error works: a file at that path is used.
    fs::write(&binary, "the program").unwrap();
    assert_eq!(Path::new(&shop.install(&[]).unwrap()), binary);
    assert!(Command::new("test").arg("-x").arg(&binary).status().unwrap().success());
}

#[test]
fn two_jobs_at_once_on_a_runner_do_not_disturb_each_other() {
    let shop = released();
    let hold = shop.path("hold");
    fs::create_dir(&hold).unwrap();
    for pipe in ["started", "go"] {
        assert!(Command::new("mkfifo").arg(hold.join(pipe)).status().unwrap().success());
    }
    let slow = shop.command("slow-output", &[("HOLD", hold.to_str().unwrap())]).spawn().unwrap();
    let mut started = String::new();
    fs::File::open(hold.join("started")).unwrap().read_to_string(&mut started).unwrap();
    let binary = shop.install(&[]).unwrap();
    assert_eq!(fs::read_to_string(&binary).unwrap(), "the program");
    fs::write(hold.join("go"), "go\n").unwrap();
    let slow = slow.wait_with_output().unwrap();
    assert!(slow.status.success(), "{}", String::from_utf8_lossy(&slow.stderr));
    assert_eq!(shop.read("slow-output"), format!("binary={binary}\n"));
    assert_eq!((fs::read_to_string(&binary).unwrap().as_str(), shop.kept().len()), ("the program", 1));
}

#[test]
fn provenance_is_verified_where_gh_is() {
    let shop = Shop::with_gh();
    let binary = shop.install(&[("GH_TOKEN", "secret"), ("GITHUB_TOKEN", "secret")]).unwrap();
    assert_eq!(
        shop.read("log"),
        "curl program\ncurl program.intoto.jsonl\ngh trusted-root host=github.com token=\ngh verify host=github.com token=\n"
    );
    let asked = shop.read("verified");
    let workflow = "https://github.com/acme/catalog-sync/.github/workflows/build.yml@refs/heads/main";
    for expected in
        ["--repo acme/catalog-sync", "--deny-self-hosted-runners", &format!("--cert-identity {workflow} --bundle")]
    {
        assert!(asked.contains(expected), "{asked}");
    }
    assert_eq!((shop.read("said").as_str(), shop.kept().len()), ("", 1));
    // The cached file has the right SHA-256, so it is used without another verification.
    assert_eq!(shop.install(&[]).unwrap(), binary);
    assert_eq!(shop.read("log").lines().count(), 4);
}

#[test]
fn a_program_of_unknown_provenance_is_not_run() {
    let shop = Shop::with_gh();
    shop.serve("program.intoto.jsonl", "a bundle of another program");
    let said = shop.install(&[]).unwrap_err();
    assert!(said.contains("gh did not verify its provenance, so it is not run"), "{said}");
    assert!(said.contains("gh said: ✗ Verification failed"), "{said}");
    assert_eq!(shop.kept().len(), 0);
}

/// If provenance can't be verified, a notice says so and the SHA-256 decides, as it does without `gh`.
#[test]
fn provenance_that_can_not_be_asked_for_is_told_and_takes_nothing_from_the_hash() {
    let old = "#!/usr/bin/env bash\necho 'unknown command \"attestation\" for \"gh\"' >&2\nexit 1\n";
    for (why, name, text) in [
        ("program.intoto.jsonl could not be downloaded", "served/program.intoto.jsonl", None),
        ("gave no keys to verify with", "served/root", None),
        ("gave no keys to verify with", "served/root", Some("")),
        ("gave no keys to verify with", "bin/gh", Some(old)),
    ] {
        let break_it = |shop: &Shop| match text {
            Some(text) => fs::write(shop.path(name), text).unwrap(),
            None => fs::remove_file(shop.path(name)).unwrap(),
        };
        let shop = Shop::with_gh();
        break_it(&shop);
        shop.install(&[]).unwrap();
        let said = shop.read("said");
        assert!(said.contains("::notice title=catalog-sync::") && said.contains(why), "{said}");

        let shop = Shop::with_gh();
        break_it(&shop);
        shop.serve("program", "another program");
        assert!(shop.install(&[]).unwrap_err().contains("is not run: 15 bytes"));
    }
}

#[test]
fn an_address_that_is_no_release_has_no_provenance() {
    let shop = released();
    shop.program("gh", GH);
    shop.install(&[]).unwrap();
    let told = shop.read("told");
    assert!(told.contains("by its SHA-256 alone") && told.contains("not one of a GitHub release"), "{told}");
    // No annotation: a runner without `gh` does not verify provenance either.
    assert_eq!(shop.read("said"), "");
}

#[test]
fn every_platform_of_a_release_is_known() {
    for (system, processor, name) in [
        ("Linux", "X64", "linux-x64"),
        ("Linux", "ARM64", "linux-arm64"),
        ("macOS", "ARM64", "macos-arm64"),
        ("macOS", "X64", "macos-x64"),
    ] {
        let shop = Shop::new(&format!("1.2.0 {name} {DIGEST} https://example.com/program\n"));
        let binary = shop.install(&[("RUNNER_OS", system), ("RUNNER_ARCH", processor)]).unwrap();
        assert_eq!(Path::new(&binary), shop.path(&format!("tools/catalog-sync/1.2.0/{name}/catalog-sync")));
    }
}

#[test]
fn an_unknown_version_or_platform_fails() {
    let shop = released();
    for (variables, expected) in [
        (
            [("CATALOG_SYNC_VERSION", "1.3.0"), ("RUNNER_ARCH", "X64")],
            "has no catalog-sync 1.3.0 for linux-x64. It has: 1.2.0 1.1.0.",
        ),
        ([("CATALOG_SYNC_VERSION", "1.2.0"), ("RUNNER_ARCH", "ARM64")], "has no catalog-sync 1.2.0 for linux-arm64"),
        ([("CATALOG_SYNC_VERSION", "1.2.0"), ("RUNNER_ARCH", "ARM")], "there is no release for Linux on ARM"),
        (
            [("CATALOG_SYNC_VERSION", "latest"), ("RUNNER_ARCH", "X64")],
            "version is neither like 1.2.3 nor source: latest",
        ),
        ([("CATALOG_SYNC_VERSION", "1\n::x::"), ("RUNNER_ARCH", "X64")], "nor source: 1%0A::x::"),
    ] {
        let said = shop.install(&variables).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(shop.read("log"), "", "nothing was downloaded or built");
}

#[test]
fn it_is_built_where_asked_for_where_it_is_the_workspace_and_before_the_first_release() {
    let built = "cargo build --locked --release\n";
    let shop = released();
    let binary = shop.install(&[("CATALOG_SYNC_VERSION", "source")]).unwrap();
    assert_eq!(
        (Path::new(&binary), shop.read("log").as_str()),
        (&*shop.path("action/target/release/catalog-sync"), built)
    );

    let shop = released();
    shop.install(&[("GITHUB_WORKSPACE", shop.path("action").to_str().unwrap())]).unwrap();
    assert_eq!(shop.read("log"), built);

    let shop = Shop::new("# none yet\n");
    shop.install(&[]).unwrap();
    assert_eq!(shop.read("log"), built);
}

#[test]
fn a_program_that_is_there_already_is_run() {
    let shop = released();
    let curl = shop.path("bin/curl");
    let curl = curl.to_str().unwrap();
    assert_eq!(shop.install(&[("CATALOG_SYNC_BINARY", curl)]).as_deref(), Ok(curl));
    assert!(shop.install(&[("CATALOG_SYNC_BINARY", "/nowhere")]).unwrap_err().contains("an executable file: /nowhere"));
}
