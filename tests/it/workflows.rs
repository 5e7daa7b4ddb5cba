//! The permissions of every job that runs the Action, in this repository's workflows and in those of the
//! documentation. A missing permission would show only when a run makes the call that needs it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may stop in the middle")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use catalog_sync::cli::CiCommand;
use clap::ValueEnum;
use serde::Deserialize;

#[derive(Deserialize)]
struct Workflow {
    on: serde_json::Value,
    #[serde(default)]
    concurrency: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    /// If missing, the job has the workflow's permissions.
    permissions: Option<BTreeMap<String, String>>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    uses: Option<String>,
    #[serde(default)]
    with: BTreeMap<String, serde_json::Value>,
}

impl Step {
    fn is_the_action(&self) -> bool {
        self.uses.as_deref().is_some_and(|uses| uses == "./" || uses.starts_with("ACTION@"))
    }

    fn says_no(&self, input: &str) -> bool {
        self.with.get(input).is_some_and(|value| value == "false" || *value == serde_json::Value::Bool(false))
    }

    /// The permissions that GitHub has to grant for the command's calls.
    fn needs(&self, on: &serde_json::Value) -> Vec<(&'static str, &'static str)> {
        // A review changes the check run and the comment's footer. AWS is not called.
        if on.get("pull_request_review").is_some() {
            return vec![("checks", "write"), ("pull-requests", "write")];
        }
        let command = self.with.get("command").and_then(serde_json::Value::as_str).unwrap_or("plan");
        let mut needs = vec![("contents", "read")];
        let speaks = if self.says_no("comment") { "read" } else { "write" };
        match command {
            "plan" if speaks == "read" => needs.push(("id-token", "write")),
            "plan" => needs.extend([("checks", "write"), ("id-token", "write"), ("pull-requests", "write")]),
            "apply" => needs.extend([
                ("checks", "read"),
                ("id-token", "write"),
                // Jobs that leave the report to `report` record that the run has begun.
                ("deployments", "write"),
                // Drift that is left as it is goes into the issue. An apply by hand reads what the issue has shown.
                ("issues", speaks),
                ("pull-requests", speaks),
            ]),
            "drift" if self.says_no("drift-issue") => needs.push(("id-token", "write")),
            "drift" => needs.extend([
                ("checks", "write"),
                ("deployments", "read"),
                ("id-token", "write"),
                ("issues", "write"),
                ("pull-requests", "read"),
            ]),
            "due" => needs.extend([
                ("checks", "write"),
                ("deployments", "write"),
                ("id-token", "write"),
                ("issues", "write"),
            ]),
            // Drift that the jobs of an apply left as it is goes into the issue.
            "report" if on.get("push").is_some() => needs.extend([
                ("checks", "write"),
                ("deployments", "write"),
                ("issues", "write"),
                ("pull-requests", "write"),
            ]),
            "report" => needs.extend([("checks", "write"), ("pull-requests", "write")]),
            // The targets of earlier applies, which may need a clean-up.
            "targets" if on.get("push").is_some() => needs.push(("deployments", "read")),
            "targets" => {}
            // The lists' experiences are looked up in AWS if the lists name them by name or select all live ones.
            "request" => needs.extend([("contents", "write"), ("id-token", "write"), ("pull-requests", "write")]),
            // GitHub starts no plan for a pull request of the workflow's own token, so `adopt` writes its comment and
            // record.
            "adopt" => needs.extend([
                ("checks", "write"),
                ("contents", "write"),
                ("deployments", "read"),
                ("id-token", "write"),
                ("pull-requests", "write"),
            ]),
            "doctor" => needs.push(("id-token", "write")),
            other => panic!("the command {other} is not known here"),
        }
        needs
    }
}

/// The workflows of the repository and of its documentation, by their place.
fn workflows() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = BTreeMap::new();
    let files = |folder: &str| fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    for path in files(".github/workflows") {
        all.insert(path.display().to_string(), fs::read_to_string(path).unwrap());
    }
    for path in
        files("docs").filter(|path| path.extension().is_some_and(|it| it == "md")).chain([root.join("README.md")])
    {
        let text = fs::read_to_string(&path).unwrap();
        for (at, block) in text.split("```yaml\n").skip(1).enumerate() {
            let block = block.split("```").next().unwrap();
            if block.starts_with("# .github/workflows/") {
                all.insert(format!("{} block {at}", path.display()), block.to_owned());
            }
        }
    }
    all
}

#[test]
fn every_job_has_the_rights_that_its_command_needs() {
    let mut seen = 0;
    for (place, text) in workflows() {
        let workflow: Workflow = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
        for (name, job) in workflow.jobs {
            let rights = job.permissions.as_ref().unwrap_or(&workflow.permissions);
            for step in job.steps.iter().filter(|step| step.is_the_action()) {
                seen += 1;
                for (right, wanted) in step.needs(&workflow.on) {
                    let given = rights.get(right).map(String::as_str);
                    let is_enough = given == Some(wanted) || given == Some("write");
                    assert!(is_enough, "{place}: job {name} needs `{right}: {wanted}` and has {given:?}");
                }
            }
        }
    }
    assert!(seen > 8, "{seen} steps were looked at");
}

/// Refusals say "by hand with `allow-removals`", so a workflow that applies by hand has to take that input.
#[test]
fn every_workflow_that_applies_by_hand_takes_a_higher_limit() {
    let mut seen = 0;
    for (place, text) in workflows() {
        let workflow: Workflow = serde_yaml::from_str(&text).unwrap();
        let Some(by_hand) = workflow.on.get("workflow_dispatch") else { continue };
        for step in workflow.jobs.values().flat_map(|job| &job.steps).filter(|step| step.is_the_action()) {
            let command = step.with.get("command").and_then(serde_json::Value::as_str);
            if matches!(command, Some("apply" | "due")) {
                seen += 1;
                assert!(by_hand["inputs"]["allow-removals"].is_object(), "{place} takes no allow-removals");
                assert_eq!(step.with["allow-removals"], "${{ inputs.allow-removals }}", "{place}");
            }
        }
    }
    assert!(seen >= 4, "{seen} steps were looked at");
}

/// A merge queue waits without end for a required check that does not run in it. Queued groups that share a
/// concurrency group cancel each other.
#[test]
fn every_plan_of_a_pull_request_runs_in_a_merge_queue_too() {
    let mut seen = 0;
    for (place, text) in workflows().into_iter().filter(|(_, text)| text.contains("catalog-sync-plan-")) {
        let workflow: Workflow = serde_yaml::from_str(&text).unwrap();
        seen += 1;
        let events: Vec<&String> = workflow.on.as_object().unwrap().keys().collect();
        assert!(events.contains(&&"merge_group".to_owned()), "{place} runs on {events:?}");
        let group = workflow.concurrency.get("group").and_then(serde_json::Value::as_str).unwrap_or_default();
        assert!(group.contains("|| github.ref"), "{place}: {group}");
    }
    assert!(seen >= 3, "{seen} workflows were looked at");
}

/// GitHub accepts `queue: single` and `queue: max`, and `max` not together with `cancel-in-progress: true`. The schema
/// that checks the workflows does not know the key yet.
#[test]
fn applies_wait_for_their_turn_and_none_is_dropped() {
    let mut waiting = 0;
    for (place, text) in workflows() {
        let workflow: Workflow = serde_yaml::from_str(&text).unwrap();
        let of = |key: &str| workflow.concurrency.get(key);
        let is_apply = of("group").is_some_and(|group| group == "catalog-sync-apply");
        match of("queue").and_then(serde_json::Value::as_str) {
            None => assert!(of("queue").is_none() && !is_apply, "{place}: an apply that waits can be dropped"),
            Some("max") => assert_eq!(of("cancel-in-progress"), Some(&false.into()), "{place}"),
            Some(other) => panic!("{place}: queue: {other}"),
        }
        waiting += usize::from(is_apply);
    }
    assert!(waiting >= 3, "{waiting} workflows were looked at");
}

/// The Action's script accepts every command of `ci`, and the input's description names every one.
#[test]
fn action_takes_every_command_of_ci() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = fs::read_to_string(root.join("action/run.sh")).unwrap();
    let taken = script.lines().find_map(|line| line.trim().strip_prefix("\"\" | ")?.strip_suffix(") ;;")).unwrap();
    let taken: BTreeSet<&str> = taken.split(" | ").collect();
    let commands = CiCommand::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let commands: BTreeSet<String> = commands.map(|value| value.get_name().to_owned()).collect();
    assert_eq!(taken, commands.iter().map(String::as_str).collect());
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let described = action.split("default: \"\"").next().unwrap();
    assert!(commands.iter().all(|command| described.contains(command.as_str())), "{described}");
}
