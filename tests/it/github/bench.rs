//! A repository with a catalog, a sandbox world and a GitHub stand-in, in which tests run the real binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use serde_json::{Value, json};

use tokio::runtime::Handle;

use super::stand_in::StandIn;

pub(super) struct Bench {
    pub(super) github: StandIn,
    folder: tempfile::TempDir,
    runs: std::cell::Cell<u32>,
    /// The sandbox of a running command.
    aws: Mutex<Option<Sandbox>>,
    /// `--timeout` of each run of `ci`, if it is not the default.
    pub(super) timeout: std::cell::Cell<Option<&'static str>>,
    /// The number of the pull request that the methods are about.
    pub(super) number: std::cell::Cell<u64>,
}

/// The results of a run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) summary: String,
    pub(super) outputs: BTreeMap<String, String>,
}

impl Ran {
    #[track_caller]
    pub(super) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.outputs.get("exit-code"), Some(&code.to_string()));
        self
    }
}

impl Bench {
    /// A bench with the repository's own catalog and the built-in world, which differ.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bench = Self {
            github: StandIn::start().await,
            folder,
            runs: std::cell::Cell::new(0),
            aws: Mutex::new(None),
            timeout: std::cell::Cell::new(None),
            number: std::cell::Cell::new(7),
        };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog"), &bench.path("repository/catalog"));
        bench.git(&["init", "--quiet", "--initial-branch=main"]);
        bench.commit("begin");
        bench
    }

    /// A bench whose world is in step with the catalog.
    pub(super) async fn in_step() -> Self {
        let bench = Self::new().await;
        bench.in_step_again().await;
        bench
    }

    pub(super) async fn in_step_again(&self) {
        self.in_step_with(&["--allow-removals", "99"]).await;
    }

    pub(super) async fn in_step_with(&self, args: &[&str]) {
        let ran = self.raw(&[&["apply", "--auto-approve", "--quiet"], args].concat(), &[]).await;
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn git(&self, args: &[&str]) -> String {
        let ran = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(self.path("repository"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("git is there");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    pub(super) fn commit(&self, what: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", what]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Replaces a text in a file of the catalog, commits it and returns the commit.
    #[track_caller]
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) -> String {
        let path = self.path("repository/catalog").join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(path, text.replacen(from, to, 1)).expect("the file can be written");
        self.commit(&format!("edit {file}"))
    }

    /// Edits the text of the world file.
    #[track_caller]
    pub(super) fn edit_world(&self, edit: impl FnOnce(String) -> String) {
        let path = self.path("world.yaml");
        let text = fs::read_to_string(&path).expect("a world was kept");
        fs::write(path, edit(text)).expect("the world can be written");
    }

    pub(super) fn pull_request(&self, base: &str, head: &str, from: &str) -> Value {
        json!({
            "action": "synchronize",
            "pull_request": {
                "number": self.number.get(), "labels": [],
                "head": {"sha": head, "ref": "topic", "repo": {"full_name": from}},
                "base": {"sha": base, "ref": "main", "repo": {"full_name": "acme/catalog"}},
            },
            "merge_group": {"head_sha": head, "base_sha": base, "base_ref": "refs/heads/main"},
            "repository": {"default_branch": "main"},
        })
    }

    /// Runs `ci` for a pull request from a branch of this repository.
    pub(super) async fn plan(&self, base: &str, head: &str, args: &[&str]) -> Ran {
        self.github.state().heads.insert(self.number.get(), head.to_owned());
        self.ci("pull_request", &self.pull_request(base, head, "acme/catalog"), head, args).await
    }

    /// Squash-merges the pull request and runs `ci` for the push.
    pub(super) async fn merge(&self, before: &str, after: &str, args: &[&str]) -> Ran {
        self.merged(before, after);
        self.push(before, after, args).await
    }

    /// Merges the pull request without running anything.
    pub(super) fn merged(&self, before: &str, after: &str) {
        let number = self.number.get();
        let mut state = self.github.state();
        let merged_at = state.tick();
        state.heads.remove(&number);
        // A repeated merge of the same commit keeps its time.
        let merged_at = match state.pulls.get(after).and_then(|pulls| pulls.first()) {
            Some(pull) => pull["merged_at"].clone(),
            None => merged_at.into(),
        };
        let pull = json!({
            "number": number, "state": "closed", "merged_at": merged_at, "merge_commit_sha": after,
            "html_url": format!("https://github.com/acme/catalog/pull/{number}"),
            "base": {"sha": before, "ref": "main"}, "head": {"sha": after, "ref": "topic"},
            "user": {"login": "author", "type": "User"},
        });
        state.pulls.insert(after.to_owned(), vec![pull]);
        state.comes_onto_main(after);
    }

    pub(super) async fn push(&self, before: &str, after: &str, args: &[&str]) -> Ran {
        self.github.state().comes_onto_main(after);
        let event = json!({"ref": "refs/heads/main", "before": before, "after": after, "repository": {"default_branch": "main"}});
        self.ci("push", &event, after, args).await
    }

    pub(super) async fn drift(&self, args: &[&str]) -> Ran {
        let head = self.git(&["rev-parse", "HEAD"]);
        self.ci("schedule", &json!({"repository": {"default_branch": "main"}}), &head, args).await
    }

    pub(super) async fn ci(&self, name: &str, event: &Value, sha: &str, args: &[&str]) -> Ran {
        fs::write(self.path("event.json"), event.to_string()).expect("the event can be written");
        self.runs.set(self.runs.get() + 1);
        let run = (100 + self.runs.get()).to_string();
        let args: Vec<&str> = ["ci"].into_iter().chain(args.iter().copied()).collect();
        self.raw(&args, &[("GITHUB_EVENT_NAME", name), ("GITHUB_SHA", sha), ("GITHUB_RUN_ID", &run)]).await
    }

    /// Runs the binary in the repository. Its environment holds the GitHub stand-in's variables and the given ones.
    pub(super) async fn raw(&self, args: &[&str], variables: &[(&str, &str)]) -> Ran {
        self.raw_in("repository", args, variables).await
    }

    /// Like `raw`, in another folder of the bench.
    pub(super) async fn raw_in(&self, folder: &str, args: &[&str], variables: &[(&str, &str)]) -> Ran {
        let ran = self.command(folder, args, variables).output().await.expect("the binary runs");
        self.ran(ran)
    }

    /// A command that is not started yet. `ci` sees the world as AWS, behind an endpoint address. Other commands, and
    /// `ci` with a sandbox in `variables` or `args`, use it as a sandbox.
    pub(super) fn command(&self, folder: &str, args: &[&str], variables: &[(&str, &str)]) -> tokio::process::Command {
        let (output, summary) = (self.path("output"), self.path("summary"));
        let _ = (fs::remove_file(&output), fs::remove_file(&summary));
        let text = |path: &Path| path.to_str().expect("a path of UTF-8").to_owned();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
        command
            .args(args)
            .current_dir(self.path(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(crate::calls())
            // Actions sets the variable of an omitted input to an empty string.
            .env("CATALOG_SYNC_ALLOW_REMOVALS", "")
            .env("GITHUB_API_URL", &self.github.url)
            .env("GITHUB_TOKEN", "ghs_test")
            .env("GITHUB_REPOSITORY", "acme/catalog")
            .env("GITHUB_REF", "refs/heads/main")
            .env("GITHUB_RUN_ATTEMPT", "1")
            .env("GITHUB_EVENT_PATH", text(&self.path("event.json")))
            .env("GITHUB_OUTPUT", text(&output))
            .env("GITHUB_STEP_SUMMARY", text(&summary))
            .env("GITHUB_WORKSPACE", text(&self.path("repository")))
            .env("RUNNER_TEMP", text(self.folder.path()))
            .stdin(Stdio::null());
        let names_sandbox = args.iter().any(|arg| arg.starts_with("--sandbox"))
            || variables.iter().any(|(name, _)| *name == "CATALOG_SYNC_SANDBOX");
        if args.first() != Some(&"ci") {
            command.env("CATALOG_SYNC_SANDBOX", text(&self.path("world.yaml")));
        } else if !names_sandbox {
            command
                .env("CATALOG_SYNC_SHARE_PAUSE", "0s")
                .env("AWS_ENDPOINT_URL", self.aws())
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ACCESS_KEY_ID", START_ACCESS_KEY)
                .env("AWS_SECRET_ACCESS_KEY", START_SECRET);
        }
        if let Some(timeout) = self.timeout.get() {
            command.env("CATALOG_SYNC_TIMEOUT", timeout);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        command
    }

    /// Starts a sandbox with the saved world and returns its URL.
    pub(super) fn aws(&self) -> String {
        let path = self.path("world.yaml");
        let world = if path.exists() { World::read(&path).expect("a world") } else { World::example() };
        let start = Sandbox::start(world);
        let sandbox = tokio::task::block_in_place(|| Handle::current().block_on(start)).expect("a sandbox");
        let url = sandbox.url();
        *self.aws.lock().expect("nobody panicked with it") = Some(sandbox);
        url
    }

    /// Saves the world and returns the results of a run.
    pub(super) fn ran(&self, ran: std::process::Output) -> Ran {
        if let Some(sandbox) = self.aws.lock().expect("nobody panicked with it").take() {
            sandbox.world().write(&self.path("world.yaml")).expect("the world can be kept");
        }
        let (output, summary) = (self.path("output"), self.path("summary"));
        Ran {
            code: ran.status.code().expect("an exit status"),
            stdout: String::from_utf8(ran.stdout).expect("UTF-8"),
            stderr: String::from_utf8(ran.stderr).expect("UTF-8"),
            summary: fs::read_to_string(summary).unwrap_or_default(),
            outputs: outputs(&fs::read_to_string(output).unwrap_or_default()),
        }
    }
}

/// The step outputs, parsed as the runner parses them.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, end) = line.split_once("<<").expect("a heredoc");
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        outputs.insert(name.to_owned(), value.join("\n"));
    }
    outputs
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).map(drop).expect("a copy");
        }
    }
}
