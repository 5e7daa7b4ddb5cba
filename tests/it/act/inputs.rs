//! How the Action passes its inputs to the program, and which outputs of the program reach a later step.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::bed::{Bed, Ran};

/// Runs in place of `catalog-sync`: records its arguments and variables, and sets every output.
const PROGRAM: &str = r##"#!/usr/bin/env bash
{
  echo "folder ${PWD##*/}"
  for word in "$@"; do echo "word $word"; done
  for name in $(compgen -e -- CATALOG_SYNC_); do echo "$name=${!name}"; done
  echo "token $GITHUB_TOKEN"
} >"$ARTIFACTS"
for name in has-changes creates updates removes drift warnings digest plan-file report-file comment-url issue-url pull-request-url; do
  echo "$name=the $name" >>"$GITHUB_OUTPUT"
done
echo "# Something to read" >>"$GITHUB_STEP_SUMMARY"
exit "${TRY_STATUS:-0}"
"##;

/// Runs the Action with these inputs (lines of YAML). Returns the run and what the program recorded.
fn try_inputs(bed: &Bed, inputs: &str, variables: &[(&str, &str)]) -> (Ran, String) {
    let inputs: Vec<String> = inputs.lines().map(|line| format!("          {line}")).collect();
    let workflow = format!(
        "on: push\njobs:\n  try:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v7\n      - id: sync\n        uses: ./\n        with:\n{}\n",
        inputs.join("\n")
    );
    bed.write("repository/.github/workflows/try.yml", &workflow);
    let program = bed.program(PROGRAM);
    let mut all = vec![("CATALOG_SYNC_BINARY", program.as_str()), ("GITHUB_TOKEN", "ghs_secret")];
    all.extend(variables);
    let head = bed.git(&["rev-parse", "HEAD"]);
    // The push is not to the default branch, so GitHub's API is not called.
    let event = json!({"ref": "refs/heads/topic", "after": head, "repository": {"default_branch": "main"}});
    let ran = bed.act("try", "push", &event, &all);
    let seen = fs::read_to_string(bed.path("artifacts")).unwrap_or_default();
    // Not an input of the Action: the variable comes from the environment of the tests, where it records the sandbox's
    // calls.
    let lines = seen.lines().filter(|line| !line.starts_with("CATALOG_SYNC_SANDBOX_CALLS="));
    (ran, lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn an_input_that_is_left_out_is_no_variable() {
    let Some(bed) = Bed::new() else { return };
    let (ran, seen) = try_inputs(&bed, "catalog: catalog", &[]);
    let ran = ran.ends(true);
    let lines: Vec<&str> = seen.lines().filter(|line| !line.contains("_FILE=")).collect();
    assert_eq!(
        lines,
        [
            "folder hostexecutor",
            "word ci",
            "CATALOG_SYNC_CATALOG=catalog",
            "CATALOG_SYNC_COMMENT=true",
            "CATALOG_SYNC_DRIFT_ISSUE=true",
            "CATALOG_SYNC_DRIFT_ISSUE_LABELS=catalog-drift",
            "CATALOG_SYNC_FAIL_ON_DRIFT=false",
            "CATALOG_SYNC_MAP=false",
            "CATALOG_SYNC_REQUIRE_REVIEWED_PLAN=true",
            "CATALOG_SYNC_USAGE=false",
            "token ghs_secret",
        ]
    );
    assert!(!ran.log.contains("ghs_secret"), "{}", ran.log);
}

#[test]
fn an_input_is_never_a_command() {
    let Some(bed) = Bed::new() else { return };
    let marker = bed.path("made-by-an-input");
    let touch = format!("touch {}", marker.display());
    let inputs = format!(
        "command: plan\nworking-directory: catalog\nsandbox: \"false\"\nallow-removals: \"3\"\nusage: \"true\"\n\
         catalog: '$({touch})`{touch}`\"; {touch}; \"'\n\
         args: '--quiet  --base=$({touch}) * ; {touch}'\n\
         targets: |\n  portfolio/*\n  marketplace/*, recipient/a b\n"
    );
    let (ran, seen) = try_inputs(&bed, &inputs, &[]);
    ran.ends(true);
    assert!(!marker.exists(), "{seen}");
    let has = |line: &str| assert!(seen.lines().any(|seen| seen == line), "{line} is not in\n{seen}");
    has("folder catalog");
    has("word plan");
    has("word --quiet");
    has("word *");
    has("word ;");
    has("CATALOG_SYNC_TARGET=portfolio/*");
    has("marketplace/*, recipient/a b");
    has("CATALOG_SYNC_ALLOW_REMOVALS=3");
    has("CATALOG_SYNC_USAGE=true");
    has(&format!("CATALOG_SYNC_CATALOG=$({touch})`{touch}`\"; {touch}; \""));
    has("word --sandbox=false");
    assert!(!seen.contains("CATALOG_SYNC_SANDBOX") && !seen.contains("CATALOG_SYNC_INPUT"), "{seen}");
}

#[test]
fn only_known_commands_run() {
    let Some(bed) = Bed::new() else { return };
    for command in ["import", "--help", "plan apply", "; exit 0"] {
        let (ran, seen) = try_inputs(&bed, &format!("command: '{command}'"), &[]);
        let ran = ran.ends(false);
        assert_eq!(seen, "", "{command}");
        assert_eq!(ran.output("sync", "exit-code"), "2");
    }
}

/// Runs the script without `act`, which may drop the last lines of a step that fails.
#[test]
fn an_unknown_command_is_told_what_there_is() {
    let output = tempfile::NamedTempFile::new().unwrap();
    let ran = Command::new("bash")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/action/run.sh"))
        .envs([("CATALOG_SYNC_BINARY", "true"), ("CATALOG_SYNC_COMMAND", "import")])
        .env("GITHUB_OUTPUT", output.path())
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(said.contains("::error title=catalog-sync::the input command is one of"), "{said}");
}

/// Runs the script without `act`.
#[test]
fn doctor_is_run_by_itself_and_not_by_ci() {
    let output = tempfile::NamedTempFile::new().unwrap();
    let ran = Command::new("bash")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/action/run.sh"))
        .envs([
            ("CATALOG_SYNC_BINARY", "echo"),
            ("CATALOG_SYNC_COMMAND", "doctor"),
            ("CATALOG_SYNC_ARGS", "--mode apply"),
        ])
        .env("GITHUB_OUTPUT", output.path())
        .env("RUNNER_TEMP", std::env::temp_dir())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), "doctor --mode apply\n");
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn targets_are_for_a_matrix() {
    let Some(bed) = Bed::new() else { return };
    let inputs = "command: targets\ntargets: portfolio/*";
    let real = [("CATALOG_SYNC_BINARY", env!("CARGO_BIN_EXE_catalog-sync"))];
    let (ran, _) = try_inputs(&bed, inputs, &real);
    let targets: Vec<String> = serde_json::from_str(ran.ends(true).output("sync", "targets")).unwrap();
    assert!(targets.len() > 1 && targets.iter().all(|target| target.starts_with("portfolio/")), "{targets:?}");

    bed.write("repository/catalog/settings.yaml", "version: [");
    let ran = try_inputs(&bed, inputs, &real).0.ends(false);
    assert_eq!((ran.output("sync", "exit-code"), ran.output("sync", "targets")), ("1", ""));
}

#[test]
fn outputs_arrive_and_so_does_a_failure() {
    let Some(bed) = Bed::new() else { return };
    let (ran, _) = try_inputs(&bed, "command: drift", &[("TRY_STATUS", "3")]);
    let ran = ran.ends(false);
    assert_eq!(ran.output("sync", "exit-code"), "3");
    assert!(ran.summary.contains("# Something to read"));
    // `act` passes on more outputs than the action declares, so the declarations are checked in `action.yml` as well.
    let action = fs::read_to_string(bed.path("repository/action.yml")).unwrap();
    for name in [
        "has-changes",
        "creates",
        "updates",
        "removes",
        "drift",
        "warnings",
        "digest",
        "comment-url",
        "issue-url",
        "pull-request-url",
    ] {
        assert_eq!(ran.output("sync", name), format!("the {name}"));
        assert!(action.contains(&format!("\n    value: ${{{{ steps.run.outputs.{name} }}}}\n")), "{name}");
    }
}
