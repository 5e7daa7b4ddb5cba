//! A job that is cancelled during an apply: changes that were made are reported as made, and no others.

use std::process::{Output, Stdio};
use std::time::Duration;

use catalog_sync::sandbox::{Call, START_ACCESS_KEY, START_SECRET, Sandbox, World};
use serde_json::json;

use super::bench::{Bench, Ran};
use super::plan::propose;

/// Merges a proposal in a changed world, and cancels the job once `operation` was called.
async fn cancelled(bench: &Bench, change: impl FnOnce(&mut World), operation: &str) -> (Ran, Sandbox) {
    let (ran, sandbox) = signalled(bench, change, operation, "INT").await;
    (bench.ran(ran), sandbox)
}

/// The same with another signal.
async fn signalled(bench: &Bench, change: impl FnOnce(&mut World), operation: &str, signal: &str) -> (Output, Sandbox) {
    let (base, head) = propose(bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merged(&base, &head);
    let event =
        json!({"ref": "refs/heads/main", "before": base, "after": head, "repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let mut world = World::read(&bench.path("world.yaml")).unwrap();
    change(&mut world);
    let sandbox = Sandbox::start(world).await.unwrap();

    let variables = [
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_SHA", &*head),
        ("GITHUB_RUN_ID", "900"),
        ("AWS_ENDPOINT_URL", &*sandbox.url()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", START_ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", START_SECRET),
    ];
    let mut command = bench.command("repository", &["ci"], &variables);
    command.env_remove("CATALOG_SYNC_SANDBOX").stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = command.spawn().unwrap();
    let called = sandbox.until_called(operation);
    tokio::time::timeout(Duration::from_mins(1), called).await.expect(operation);
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    (child.wait_with_output().await.unwrap(), sandbox)
}

fn comment(bench: &Bench, tag: &str) -> Option<String> {
    let bodies = bench.github.state().bodies(7);
    bodies.iter().find(|body| body.starts_with(&format!("<!-- {tag} "))).map(|body| (*body).clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_job_leaves_report_summary_and_comment() {
    let bench = Bench::in_step().await;
    let never_ends = |world: &mut World| world.pending.share = 1_000_000;
    let (ran, _sandbox) = cancelled(&bench, never_ends, "DescribePortfolioShareStatus").await;
    let ran = ran.exits(1);
    let report = std::fs::read_to_string(&ran.outputs["report-file"]).unwrap();
    assert!(report.contains("\"Interrupted\""), "{report}");
    assert!(ran.summary.contains("Interrupted"), "{}", ran.summary);
    let result = comment(&bench, "catalog-sync:apply").unwrap();
    assert!(result.contains("the change was begun (share share-"), "{result}");
    assert_eq!(ran.outputs["reason"], "cancelled");
    let plan = comment(&bench, "catalog-sync:plan").unwrap();
    assert!(plan.contains("<b>not applied</b> by [run 900]("), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_is_in_the_log_before_it_is_carried_out() {
    let bench = Bench::in_step().await;
    let never_ends = |world: &mut World| world.pending.share = 1_000_000;
    let (ran, _sandbox) = signalled(&bench, never_ends, "DescribePortfolioShareStatus", "KILL").await;
    assert_eq!(ran.status.code(), None, "nothing could be written after the kill");
    let log = String::from_utf8(ran.stdout).unwrap();
    assert!(log.contains("::group::To apply") && log.contains("  + share  analytics"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn job_that_is_cancelled_while_it_plans_changes_nothing_and_says_so() {
    let bench = Bench::in_step().await;
    let slow = |world: &mut World| world.latency_ms = 1_000;
    let (ran, sandbox) = cancelled(&bench, slow, "DescribePortfolioShares").await;
    let ran = ran.exits(1);
    assert!(ran.stdout.contains("the run was stopped by SIGINT before anything was changed"), "{}", ran.stdout);
    assert_eq!(ran.outputs["reason"], "cancelled");
    assert!(!sandbox.calls().iter().any(Call::is_write));
    let plan = comment(&bench, "catalog-sync:plan").unwrap();
    assert!(plan.contains("<b>not applied</b> by [run 900]("), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn report_that_can_not_be_written_is_found_out_before_anything_is_changed() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let ran = bench.merge(&base, &head, &["--report-file", "nowhere/report.json"]).await.exits(1);
    assert!(ran.stdout.contains("nowhere/report.json"), "{}", ran.stdout);
    assert_eq!(bench.raw(&["plan", "--detailed-exitcode"], &[]).await.code, 3);
}
