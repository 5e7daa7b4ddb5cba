//! The repository's own workflow files, started by the events they are for, against the sandbox and a GitHub on
//! loopback.

use std::fs;

use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use serde_json::{Value, json};

use super::bed::{Bed, Ran};
use super::stand_in::StandIn;

const PORTFOLIO: &str = "repository/catalog/portfolios/data-platform.yaml";
const ENTRY: &str = "  - account: \"999999999992\"";

/// A repository with a pull request that shares a portfolio with one more account.
struct Scene {
    bed: Bed,
    github: StandIn,
    aws: Sandbox,
    base: String,
    head: String,
}

impl Scene {
    /// Returns `None` if `act` is not installed.
    async fn new() -> Option<Self> {
        let bed = Bed::new()?;
        let base = bed.git(&["rev-parse", "HEAD"]);
        let text = fs::read_to_string(bed.path(PORTFOLIO)).unwrap();
        assert!(text.contains(ENTRY));
        let more = format!("  - account: \"444444444442\"\n    through_organization: true\n{ENTRY}");
        bed.write(PORTFOLIO, &text.replacen(ENTRY, &more, 1));
        let head = bed.commit("Share with one more");
        let aws = Sandbox::start(World::example()).await.unwrap();
        Some(Self { bed, github: StandIn::start().await, aws, base, head })
    }

    /// Runs a workflow with an AWS: the repository's variable `CATALOG_SYNC_AWS` is set.
    fn act(&self, workflow: &str, event: &str, payload: &Value, token: Option<&str>) -> Ran {
        let url = self.aws.url();
        let aws = [
            ("var CATALOG_SYNC_AWS", "there"),
            ("AWS_ENDPOINT_URL", &*url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", START_ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", START_SECRET),
        ];
        self.act_with(workflow, event, payload, token, &aws)
    }

    fn act_with(
        &self,
        workflow: &str,
        event: &str,
        payload: &Value,
        token: Option<&str>,
        more: &[(&str, &str)],
    ) -> Ran {
        let mut variables =
            vec![("CATALOG_SYNC_BINARY", env!("CARGO_BIN_EXE_catalog-sync")), ("GITHUB_API_URL", &*self.github.url)];
        variables.extend(token.map(|token| ("GITHUB_TOKEN", token)));
        variables.extend(more);
        self.bed.act(workflow, event, payload, &variables)
    }

    fn pull_request(&self, from: &str) -> Value {
        json!({
            "action": "synchronize", "number": 7,
            "pull_request": {
                "number": 7, "labels": [],
                "head": {"sha": self.head, "ref": "topic", "repo": {"full_name": from}},
                "base": {"sha": self.base, "ref": "main", "repo": {"full_name": "acme/catalog"}},
            },
            "repository": {"full_name": "acme/catalog", "default_branch": "main"},
        })
    }

    fn plan(&self) -> Ran {
        self.github.state().heads.insert(7, self.head.clone());
        self.act("plan", "pull_request", &self.pull_request("acme/catalog"), Some("ghs_test"))
    }

    /// Runs `apply` for the push that merges the pull request.
    fn merge(&self) -> Ran {
        self.act("apply", "push", &self.merged(), Some("ghs_test"))
    }

    /// Merges the pull request and returns the push event's payload.
    fn merged(&self) -> Value {
        let merged_at = self.github.state().tick();
        let pull = json!({
            "number": 7, "state": "closed", "merged_at": merged_at, "merge_commit_sha": self.head,
            "user": {"login": "author", "type": "User"},
            "html_url": "https://github.com/acme/catalog/pull/7",
            "base": {"sha": self.base, "ref": "main"}, "head": {"sha": self.head, "ref": "topic"},
        });
        self.github.state().heads.clear();
        self.github.state().comes_onto_main(&self.head);
        self.github.state().pulls.insert(self.head.clone(), vec![pull]);
        json!({
            "ref": "refs/heads/main", "before": self.base, "after": self.head,
            "repository": {"full_name": "acme/catalog", "default_branch": "main"},
        })
    }

    /// The JSON file that a job uploaded.
    fn artifact(&self, path: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.bed.path("artifacts").join(path)).unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_gets_one_comment() {
    let Some(scene) = Scene::new().await else { return };
    let ran = scene.plan().ends(true);
    let bodies = scene.github.state().bodies(7);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(bodies[0].starts_with("<!-- catalog-sync:plan {"), "{}", bodies[0]);
    assert!(bodies[0].contains("444444444442"), "{}", bodies[0]);

    let output = |name| ran.output("catalog-sync", name);
    assert_eq!((output("exit-code"), output("has-changes")), ("0", "true"));
    assert!(output("comment-url").contains("/acme/catalog/pull/7#issuecomment-"), "{}", output("comment-url"));
    assert!(ran.summary.contains("444444444442"), "{}", ran.summary);
    let plan = scene.artifact("catalog-sync-plan/plan.json");
    assert_eq!(plan["digest"], output("digest"));
    assert_eq!(plan["summary"]["creates"].to_string(), output("creates"));

    scene.plan().ends(true);
    assert_eq!(scene.github.state().bodies(7).len(), 1, "edited, not written again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_validated_without_a_token() {
    let Some(scene) = Scene::new().await else { return };
    let event = scene.pull_request("mallory/catalog");
    let ran = scene.act("plan", "pull_request", &event, None).ends(true);
    assert!(ran.summary.contains("<b>not made</b>"), "{}", ran.summary);

    scene.bed.write(PORTFOLIO, "portfolio: [");
    scene.bed.commit("Break it");
    let ran = scene.act("plan", "pull_request", &event, None).ends(false);
    assert!(ran.summary.contains("catalog/portfolios/data-platform.yaml"), "{}", ran.summary);
    assert_eq!(scene.github.state().calls, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_applies_what_was_reviewed() {
    let Some(scene) = Scene::new().await else { return };
    scene.plan().ends(true);
    let ran = scene.merge().ends(true);
    assert_eq!(ran.output("catalog-sync", "exit-code"), "0");

    let state = scene.github.state();
    let bodies = state.bodies(7);
    assert!(bodies.iter().any(|body| body.to_lowercase().contains("applied")), "{bodies:?}");
    let environments: Vec<&Value> = state.deployments.iter().map(|it| &it["environment"]).collect();
    // The merge changes nothing in the other organization, so the drift there is left alone.
    assert_eq!(environments, ["catalog-sync/acme"]);
    for deployment in &state.deployments {
        assert_eq!(deployment["ref"], scene.head.as_str());
        assert_eq!(state.statuses[&deployment["id"].as_u64().unwrap()][0]["state"], "success");
    }
    let report = scene.artifact("catalog-sync-report/report.json");
    assert_eq!((&report["summary"]["failed"], &report["summary"]["skipped"]), (&json!(0), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_nobody_reviewed_applies_nothing() {
    let Some(scene) = Scene::new().await else { return };
    let ran = scene.merge().ends(false);
    assert_eq!(ran.output("catalog-sync", "exit-code"), "4", "{}", ran.log);
    let report = scene.artifact("catalog-sync-report/report.json");
    assert_eq!((&report["summary"]["applied"], &report["summary"]["failed"]), (&json!(0), &json!(0)));
    let bodies = scene.github.state().bodies(7);
    assert!(bodies.iter().any(|body| body.contains("444444444442")), "what is new is named: {bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_applies_nothing_whatever_its_workflow_says() {
    let Some(scene) = Scene::new().await else { return };
    let file = scene.bed.path("repository/.github/workflows/apply.yml");
    let workflow = fs::read_to_string(&file).unwrap().replace("  push:\n    branches: [main]\n", "  pull_request:\n");
    assert!(workflow.contains("  pull_request:\n"));
    fs::write(file, workflow).unwrap();
    let ran = scene.act("apply", "pull_request", &scene.pull_request("acme/catalog"), Some("ghs_test")).ends(false);
    assert_eq!(ran.output("catalog-sync", "exit-code"), "4", "{}", ran.log);
    assert!(scene.github.state().deployments.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_keeps_one_issue() {
    let Some(scene) = Scene::new().await else { return };
    let event = json!({"repository": {"full_name": "acme/catalog", "default_branch": "main"}});
    for start in ["schedule", "repository_dispatch", "workflow_dispatch"] {
        let mut event = event.clone();
        event["action"] = json!("catalog-sync-drift");
        scene.act("drift", start, &event, Some("ghs_test")).ends(true);
    }
    let state = scene.github.state();
    assert_eq!(state.issues.len(), 1, "{:?}", state.issues);
    let issue = state.issues.values().next().unwrap();
    assert!(issue["body"].as_str().unwrap().starts_with("<!-- catalog-sync:drift {"), "{issue}");
    assert_eq!((&issue["state"], &issue["labels"]), (&json!("open"), &json!(["catalog-drift"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_aws_our_workflows_say_that_they_were_a_try() {
    let Some(scene) = Scene::new().await else { return };
    scene.github.state().heads.insert(7, scene.head.clone());
    let ran =
        scene.act_with("plan", "pull_request", &scene.pull_request("acme/catalog"), Some("ghs_test"), &[]).ends(true);
    assert!(ran.summary.starts_with("### Sandbox, not AWS: "), "{}", ran.summary);
    let body = scene.github.state().bodies(7).remove(0);
    assert!(body.contains("\n### Sandbox, not AWS: Catalog plan: "), "{body}");
    let event = scene.merged();
    let ran = scene.act_with("apply", "push", &event, Some("ghs_test"), &[]).ends(true);
    assert!(ran.summary.starts_with("### Sandbox, not AWS: Applied: "), "{}", ran.summary);
    scene.act_with("drift", "schedule", &event, Some("ghs_test"), &[]).ends(true);
    let state = scene.github.state();
    assert!(state.deployments.is_empty() && state.issues.is_empty());
    assert!(scene.aws.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_queue_is_checked_and_planned_and_told_nothing_else() {
    let Some(scene) = Scene::new().await else { return };
    let group = json!({
        "action": "checks_requested",
        "merge_group": {"head_sha": scene.head, "base_sha": scene.base, "base_ref": "refs/heads/main",
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-77d01aa9e3"},
        "repository": {"full_name": "acme/catalog", "default_branch": "main"},
    });
    let ran = scene.act("plan", "merge_group", &group, Some("ghs_test")).ends(true);
    assert!(ran.summary.contains("444444444442"), "{}", ran.summary);
    assert_eq!(scene.artifact("catalog-sync-plan/plan.json")["catalog"]["base"], scene.base.as_str());
    scene.bed.write(PORTFOLIO, "portfolio: [");
    scene.bed.commit("Break it");
    let ran = scene.act("plan", "merge_group", &group, Some("ghs_test")).ends(false);
    assert!(ran.summary.contains("catalog/portfolios/data-platform.yaml"), "{}", ran.summary);
    assert!(scene.github.state().comments.is_empty());
}
