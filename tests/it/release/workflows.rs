//! Rules for the workflows of checks and releases. Permissions matter most: all code in a job, that of dependencies
//! included, has the job's permissions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// A workflow of the repository, parsed.
fn workflow(name: &str) -> Value {
    serde_yaml::from_str(&text(&format!(".github/workflows/{name}.yml"))).unwrap()
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter()
}

/// The commands of a job's steps.
fn commands(job: &Value) -> String {
    let steps = job["steps"].as_array().into_iter().flatten();
    steps.filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn ci_runs_every_part_of_the_checks() {
    let run = text(".ci/run");
    let all = run.lines().find_map(|line| line.strip_prefix("all=(")?.strip_suffix(')')).unwrap();
    let parts: BTreeSet<&str> = all.split(' ').collect();
    let ci = workflow("ci");
    let checks = &ci["jobs"]["checks"];
    assert_eq!(strings(&checks["strategy"]["matrix"]["part"]).into_iter().collect::<BTreeSet<_>>(), parts);
    assert_eq!(checks["strategy"]["fail-fast"], false);
    // The comment at the top names each part, and each part has steps.
    let comment = run.split("set -euo").next().unwrap();
    for part in parts {
        assert!(comment.contains(part), "the comment of .ci/run does not name {part}");
        let steps = run.lines().filter(|line| line.starts_with("if wanted ") && line.contains(part));
        assert!(steps.count() > 0, ".ci/run does nothing for {part}");
    }
}

/// GitHub counts a skipped check as successful, and waits without end for a required check that never starts.
#[test]
fn one_check_stands_for_all_and_always_comes() {
    let ci = workflow("ci");
    let summary = &ci["jobs"]["ci"];
    let others: BTreeSet<&str> = jobs(&ci).map(|(name, _)| name.as_str()).filter(|name| *name != "ci").collect();
    assert_eq!(strings(&summary["needs"]).into_iter().collect::<BTreeSet<_>>(), others);
    assert_eq!(summary["if"], "always()");
    assert_eq!(summary["name"], "ci");
    for event in ["pull_request", "merge_group", "push"] {
        assert!(ci["on"].as_object().unwrap().contains_key(event), "ci does not run on {event}");
    }

    let command = commands(summary);
    let judge = |results: &str| {
        let run = std::process::Command::new("bash").args(["-ec", &command]).env("NEEDS", results).output();
        run.unwrap().status.success()
    };
    if std::process::Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    assert!(judge(r#"{"a": {"result": "success"}, "b": {"result": "success"}}"#));
    for other in ["failure", "cancelled", "skipped"] {
        assert!(!judge(&format!(r#"{{"a": {{"result": "success"}}, "b": {{"result": "{other}"}}}}"#)), "{other}");
    }
}

/// Permissions with which foreign code could do harm.
const STRONG: &[&str] = &["attestations", "contents", "id-token", "packages"];

#[test]
fn code_of_dependencies_runs_without_rights() {
    let mut builds = 0;
    for name in ["build", "ci", "codeql", "image", "release", "scorecard"] {
        let workflow = workflow(name);
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (job, content) in jobs(&workflow) {
            let commands = commands(content);
            let builds_here = commands.lines().any(|line| {
                line.contains("cargo ") && !line.contains("--no-verify")
                    || line.contains("wheel.sh")
                    || line.contains("sbom.sh")
                    || line.contains(".ci/run")
            });
            let rights: BTreeMap<String, String> = serde_json::from_value(content["permissions"].clone()).unwrap();
            let strong = rights.iter().filter(|(right, how)| STRONG.contains(&right.as_str()) && *how == "write");
            builds += usize::from(builds_here);
            assert!(!builds_here || strong.count() == 0, "{name}: {job} builds and may write: {rights:?}");
        }
    }
    assert!(builds >= 4, "{builds} jobs were looked at");
}

/// Users verify the workflow's name, so the attestation has to be made in that workflow. No job that builds may make
/// it.
#[test]
fn provenance_is_made_by_the_workflow_that_is_asked_for() {
    let identity = "/.github/workflows/build.yml@refs/heads/main";
    for script in ["action/install.sh", ".ci/release/publish.sh", "docs/releasing.md"] {
        assert!(text(script).contains(identity), "{script} asks for another workflow");
    }
    let build = workflow("build");
    let attest = &build["jobs"]["attest"];
    assert_eq!(attest["needs"], "build");
    let uses: Vec<&str> = attest["steps"].as_array().unwrap().iter().filter_map(|step| step["uses"].as_str()).collect();
    assert_eq!(uses.iter().filter(|uses| uses.starts_with("actions/attest@")).count(), 2, "provenance and SBOM");
    assert!(!uses.iter().any(|uses| uses.starts_with("actions/checkout@")), "nothing of the tree runs there");
    let release = workflow("release");
    assert_eq!(release["jobs"]["build"]["uses"], "./.github/workflows/build.yml");
    assert_eq!(release["jobs"]["image"]["uses"], "./.github/workflows/image.yml");
    // A called workflow gets at most the permissions of its caller.
    for (caller, called) in [("build", "build"), ("image", "image")] {
        let given: BTreeMap<String, String> =
            serde_json::from_value(release["jobs"][caller]["permissions"].clone()).unwrap();
        for (job, content) in jobs(&workflow(called)) {
            let wanted: BTreeMap<String, String> = serde_json::from_value(content["permissions"].clone()).unwrap();
            for (right, how) in wanted {
                assert_eq!(given.get(&right), Some(&how), "{called}: {job} needs {right}");
            }
        }
    }
}

#[test]
fn platforms_are_the_same_everywhere() {
    let build = workflow("build");
    let include = build["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    let built: Vec<&str> = include.iter().map(|one| one["platform"].as_str().unwrap()).collect();
    assert_eq!(strings(&build["jobs"]["attest"]["strategy"]["matrix"]["platform"]), built);
    let install = text("action/install.sh");
    for platform in &built {
        assert!(install.contains(&format!(" echo {platform} ;;")), "install.sh does not know {platform}");
    }
    let publish = commands(&workflow("release")["jobs"]["publish"]);
    assert!(publish.contains(&format!("release {}", built.join(" "))), "{publish}");
    assert!(text("action/manifest").contains(&built.join(", ")), "the manifest's note names other platforms");
}

/// Nothing is published before the approval, and nothing reaches a registry before the release is published.
#[test]
fn everything_of_a_release_waits_for_its_turn() {
    let release = workflow("release");
    let jobs = &release["jobs"];
    assert_eq!(jobs["build"]["needs"], "papers");
    assert_eq!(strings(&jobs["publish"]["needs"]), ["papers", "build"]);
    assert_eq!(jobs["publish"]["environment"], "release");
    for (job, environment) in [("crate", "crates-io"), ("wheels", "pypi")] {
        assert_eq!(strings(&jobs[job]["needs"]), ["papers", "publish"], "{job}");
        assert_eq!(jobs[job]["environment"], environment);
    }
    assert_eq!(strings(&jobs["image"]["needs"]), ["papers", "publish"]);
    assert_eq!(release["concurrency"]["cancel-in-progress"], false);
    let events: Vec<&String> = release["on"].as_object().unwrap().keys().collect();
    assert_eq!(events, ["workflow_dispatch"], "started by hand alone");
}

/// Every third-party action is pinned to a commit with its version beside it, and to the same commit everywhere.
#[test]
fn actions_are_pinned_alike() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, uses)) = line.split_once("uses: ") else { continue };
            if uses.starts_with("./") || uses.starts_with("$/") {
                continue;
            }
            let (action, pin) = uses.split_once('@').unwrap();
            let (commit, version) = pin.split_once(" # v").unwrap_or_else(|| panic!("{}: {line}", path.display()));
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{line}");
            // All actions of one repository are pinned to the same release.
            let repository = action.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
            let known = seen.entry(repository).or_insert_with(|| pin.to_owned());
            assert_eq!(known, pin, "{}: {action}", path.display());
        }
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

/// The schema that checks the workflows does not know the permission `attestations`. `.ci/run` hides the permission
/// from it, which works for `write` only.
#[test]
fn attestations_are_only_ever_written() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| line.trim().starts_with("attestations:")) {
            assert!(line.starts_with("      attestations: write #"), "{line}");
        }
    }
}

/// The image has no base image that could become outdated, and does not run as root.
#[test]
fn image_is_of_the_binary_alone() {
    let dockerfile = text("Dockerfile");
    let orders = |order: &str| dockerfile.lines().filter_map(|line| line.strip_prefix(order)).collect::<Vec<_>>();
    assert_eq!(orders("FROM "), ["scratch"]);
    assert_eq!(orders("USER "), ["65532:65532"]);
    assert!(orders("RUN ").is_empty() && orders("ADD ").is_empty());
    assert_eq!(orders("ENTRYPOINT "), ["[\"/usr/local/bin/catalog-sync\"]"]);
}
