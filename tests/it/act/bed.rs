//! A copy of the repository in which the runner `act` works, and the results of a run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;

use serde_json::Value;
use tempfile::TempDir;

/// The parts of the repository that the Action needs, in a Git repository of their own.
pub(crate) struct Bed {
    folder: TempDir,
}

/// The results of a run.
pub(crate) struct Ran {
    /// Whether every job succeeded.
    pub(crate) success: bool,
    /// What the steps printed.
    pub(crate) log: String,
    /// The outputs of the workflow's own steps, by step and name.
    pub(crate) outputs: BTreeMap<(String, String), String>,
    /// The job summaries that the steps wrote.
    pub(crate) summary: String,
}

/// A local stand-in for the actions that upload and download artifacts. It keeps the given files under the artifact's
/// name. With a pattern it gives matching files back.
const UPLOAD: &str = r#"
name: upload
description: keeps files
inputs:
  name: {description: what they are called}
  path: {description: which}
  pattern: {description: which to give back, default: ""}
  if-no-files-found: {description: ""}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", FILES: "${{ inputs.path }}", PATTERN: "${{ inputs.pattern }}"}
      run: |
        if [[ -n $PATTERN ]]; then
          mkdir -p "$FILES" && cp -r "$ARTIFACTS"/$PATTERN "$FILES/"
        elif [[ -e $FILES ]]; then
          # The runner calls each job of a matrix the first.
          number=
          mkdir -p "$ARTIFACTS"
          while ! mkdir "$ARTIFACTS/$NAME$number" 2>/dev/null; do number=$((number + 1)); done
          cp "$FILES" "$ARTIFACTS/$NAME$number/"
        fi
"#;

impl Bed {
    /// Returns `None` if `act` is not installed, and prints that once.
    pub(crate) fn new() -> Option<Self> {
        static SAID: Once = Once::new();
        let there = Command::new("act").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            let required = std::env::var_os("CATALOG_SYNC_REQUIRE_ACT").is_some_and(|value| value == "1");
            assert!(!required, "CATALOG_SYNC_REQUIRE_ACT=1, and there is no act on the PATH");
            // Written to standard error directly: the test harness captures what `print!` and `eprintln!` write in a
            // test that passes.
            SAID.call_once(|| {
                drop(writeln!(stderr(), "left out for want of `act`: the tests that run the Action (it::act)"));
            });
            return None;
        }
        let bed = Self { folder: tempfile::tempdir().unwrap() };
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in ["action.yml", "action", ".github/workflows", "catalog"] {
            copy(&own.join(part), &bed.path("repository").join(part));
        }
        bed.write("upload/action.yml", UPLOAD);
        fs::create_dir(bed.path("home")).unwrap();
        bed.git(&["init", "--quiet"]);
        bed.git(&["remote", "add", "origin", "https://github.com/acme/catalog.git"]);
        bed.commit("Begin");
        Some(bed)
    }

    /// A path in the bed. `repository` holds the copy, `artifacts` the uploaded files.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    pub(crate) fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a script that runs in place of `catalog-sync`, and returns its path.
    pub(crate) fn program(&self, script: &str) -> String {
        let path = self.path("program");
        fs::write(&path, script).unwrap();
        let status = Command::new("chmod").arg("755").arg(&path).status().unwrap();
        assert!(status.success());
        path.to_str().unwrap().to_owned()
    }

    /// Commits everything and returns the commit's SHA.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com", "-c", "init.defaultBranch=main"];
        let output =
            Command::new("git").args(who).args(arguments).current_dir(self.path("repository")).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs a workflow for an event. Of this process's environment only `PATH` is passed on.
    pub(crate) fn act(&self, workflow: &str, event: &str, payload: &Value, variables: &[(&str, &str)]) -> Ran {
        let file = format!(".github/workflows/{workflow}.yml");
        // `act` does not know the key `queue` of `concurrency`, which GitHub has had since May 2026.
        let path = self.path("repository").join(&file);
        let whole = fs::read_to_string(&path).unwrap();
        let known = whole.lines().filter(|line| !line.starts_with("  queue: max"));
        let text: String = known.flat_map(|line| [line, "\n"]).collect();
        fs::write(&path, &text).unwrap();
        self.write("event.json", &payload.to_string());

        let mut command = Command::new("act");
        command.arg(event).args(["--json", "--no-cache-server", "--platform", "ubuntu-latest=-self-hosted"]);
        command.arg("--workflows").arg(&file).arg("--eventpath").arg(self.path("event.json"));
        for action in foreign_actions(&text) {
            let here = self.path("upload");
            command.arg("--local-repository").arg(format!("https://github.com/{action}={}", here.display()));
        }
        let artifacts = self.path("artifacts");
        command.arg("--env").arg(format!("ARTIFACTS={}", artifacts.display()));
        if let Some((name, folder)) = crate::calls() {
            command.arg("--env").arg(format!("{name}={}", folder.display()));
        }
        for (name, value) in variables {
            // The prefix `var ` marks a variable of the repository.
            let (kind, name) = match name.strip_prefix("var ") {
                Some(name) => ("--var", name),
                None if *name == "GITHUB_TOKEN" => ("--secret", *name),
                None => ("--env", *name),
            };
            command.arg(kind).arg(format!("{name}={value}"));
        }
        command.env_clear().env("HOME", self.path("home")).current_dir(self.path("repository")).stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let output = command.output().unwrap();
        Ran::read(output.status.success(), &String::from_utf8(output.stdout).unwrap())
    }
}

impl Ran {
    fn read(success: bool, lines: &str) -> Self {
        let mut ran = Self { success, log: String::new(), outputs: BTreeMap::new(), summary: String::new() };
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("act said {line}"));
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            match line["stepID"].as_array().map(Vec::as_slice) {
                // Steps inside an action have a longer id. The step that uses the action sets their outputs again.
                Some([step]) if text("command") == "set-output" => {
                    let key = (step.as_str().unwrap_or_default().to_owned(), text("name").to_owned());
                    ran.outputs.insert(key, text("arg").to_owned());
                }
                Some([_]) if text("command") == "summary" => ran.summary.push_str(text("content")),
                _ => {
                    ran.log.push_str(text("msg").trim_end());
                    ran.log.push('\n');
                }
            }
        }
        ran
    }

    /// Asserts whether the run succeeded, and shows the log and the summary if not.
    pub(crate) fn ends(self, success: bool) -> Self {
        assert_eq!(self.success, success, "\n--- log\n{}\n--- summary\n{}", self.log, self.summary);
        self
    }

    /// An output of a step; empty if it was not set.
    pub(crate) fn output(&self, step: &str, name: &str) -> &str {
        self.outputs.get(&(step.to_owned(), name.to_owned())).map_or("", String::as_str)
    }
}

/// The third-party actions that a workflow uses. `act` itself provides `actions/checkout`.
fn foreign_actions(workflow: &str) -> Vec<&str> {
    workflow
        .lines()
        .filter_map(|line| line.split_once("uses: "))
        .filter_map(|(_, action)| action.split_whitespace().next())
        .filter(|action| !action.starts_with('.') && !action.starts_with("actions/checkout@"))
        .collect()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}
