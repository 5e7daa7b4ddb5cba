//! A folder that holds a catalog and a world, in which tests run the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, io};

use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use tempfile::TempDir;

/// A folder to run the binary in.
pub(crate) struct Bed {
    folder: TempDir,
}

/// Exit status and output of a run.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bed {
    /// A bed with the repository's own catalog and the built-in world.
    pub(crate) fn example() -> Self {
        let bed = Self::empty();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
        copy(&own, &bed.path("catalog")).unwrap();
        bed
    }

    /// A bed with the given world and catalog.
    pub(crate) fn new(world: &str, files: &[(&str, &str)]) -> Self {
        let bed = Self::empty();
        bed.world(world);
        for (path, text) in files {
            bed.write(path, text);
        }
        bed
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A bed with the repository's own catalog, committed in a new Git repository.
    pub(crate) fn committed() -> Self {
        let bed = Self::example();
        bed.git(&["init", "-q"]);
        bed.git(&["add", "catalog"]);
        bed.git(&["commit", "-q", "-m", "The catalog"]);
        bed
    }

    /// The same as `committed`, with a world that is in step with the catalog.
    pub(crate) fn in_step() -> Self {
        let bed = Self::committed();
        bed.sandbox(&["apply", "--auto-approve"]).ends(0);
        bed
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    pub(crate) fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap()
    }

    pub(crate) fn edit(&self, inside: &str, from: &str, to: &str) {
        let text = self.read(inside);
        assert!(text.contains(from), "{inside} does not hold {from:?}");
        self.write(inside, &text.replacen(from, to, 1));
    }

    /// Writes the world that `sandbox` uses.
    pub(crate) fn world(&self, yaml: &str) {
        self.write("world.yaml", yaml);
    }

    /// Changes the world as somebody in the console would. Starts from the built-in world if none was written.
    pub(crate) fn change_world(&self, change: impl FnOnce(&mut World)) {
        let path = self.path("world.yaml");
        let mut world = if path.exists() { World::read(&path).unwrap() } else { World::example() };
        change(&mut world);
        world.write(&path).unwrap();
    }

    /// Adds a fault to the world. Starts from the built-in world if none was written.
    pub(crate) fn fault(&self, yaml: &str) {
        let with = World::parse(&format!("faults: [{yaml}]"), "faults").unwrap();
        self.change_world(|world| world.faults.extend(with.faults));
    }

    /// Runs the binary against the world in the folder.
    pub(crate) fn sandbox(&self, arguments: &[&str]) -> Ran {
        let mut all = arguments.to_vec();
        all.push("--sandbox=world.yaml");
        self.run(&all)
    }

    /// Runs the binary in the folder. Of this process's environment only `PATH` and the variable for recorded calls
    /// are passed on.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    /// Like `run`, with these variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.env("HOME", self.folder.path()).envs(crate::calls()).envs(variables.iter().copied());
        Ran::of(&command.output().unwrap())
    }

    /// Runs `git` in the folder, with a made-up author.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").args(who).args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Ran {
    pub(super) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: output.status.code().unwrap(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Asserts the exit status, and shows all output if it differs.
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Asserts that standard error contains these words.
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "no {words:?} in\n{}", self.stderr);
        self
    }

    /// Asserts that standard output contains these words.
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "no {words:?} in\n{}", self.stdout);
        self
    }

    /// Asserts that standard output does not contain these words.
    pub(crate) fn lacks(self, words: &str) -> Self {
        assert!(!self.stdout.contains(words), "{words:?} in\n{}", self.stdout);
        self
    }
}

/// The binary in a folder, against a sandbox of this process that it takes for AWS: it keeps AWS's pauses, and its
/// output does not mention the sandbox.
pub(crate) fn against(sandbox: &Sandbox, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("AWS_ENDPOINT_URL", sandbox.url())
        .env("AWS_ACCESS_KEY_ID", START_ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", START_SECRET)
        .env("AWS_REGION", "us-east-1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() { copy(&entry.path(), &to)? } else { fs::copy(entry.path(), to).map(drop)? }
    }
    Ok(())
}
