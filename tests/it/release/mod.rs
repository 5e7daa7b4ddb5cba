//! The scripts that make a release (`.ci/release`): the checks before it, and what is published where. GitHub is a
//! bare repository and a stand-in for `gh`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop in the middle")]

mod image;
mod owners;
mod papers;
mod publish;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A script of `.ci/release`.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/release").join(name)
}

/// Everything that a run printed.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
