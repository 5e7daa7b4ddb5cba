//! A refusal that nobody can leave gets switched off: each one's printed way out, followed to its end.

use serde_json::json;

use super::bench::Bench;
use super::plan::propose;

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_another_event_is_the_event_that_it_names() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let event = bench.pull_request(&base, &head, "acme/catalog");
    let ran = bench.ci("pull_request_target", &event, &head, &["plan"]).await.exits(4);
    assert!(ran.stderr.contains("Use pull_request or merge_group"), "{}", ran.stderr);
    bench.github.state().heads.insert(7, head.clone());
    bench.ci("pull_request", &event, &head, &["plan"]).await.exits(0);
    bench.ci("merge_group", &event, &head, &["plan"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_another_base_branch_is_the_default_one() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let mut event = bench.pull_request(&base, &head, "acme/catalog");
    event["pull_request"]["base"]["ref"] = "topic/base".into();
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(4);
    assert!(ran.stderr.contains("Point it to the default branch and push again"), "{}", ran.stderr);
    bench.plan(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_another_branch_is_the_default_one() {
    let bench = Bench::in_step().await;
    let event = json!({"repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let head = bench.git(&["rev-parse", "HEAD"]);
    for command in ["plan", "drift", "apply"] {
        let on =
            |git_ref| [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_REF", git_ref), ("GITHUB_SHA", &*head)];
        let ran = bench.raw(&["ci", command], &on("refs/heads/topic")).await.exits(4);
        assert!(ran.stderr.contains("from another branch than the default one"), "{}", ran.stderr);
        bench.raw(&["ci", command], &on("refs/heads/main")).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_a_sandbox_by_variable_is_to_say_it_or_to_take_it_away() {
    let bench = Bench::in_step().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    let event = json!({"repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let world = bench.path("world.yaml").display().to_string();
    let here = [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_SHA", &*head)];
    let by_variable = [here[0], here[1], ("CATALOG_SYNC_SANDBOX", &*world)];
    let ran = bench.raw(&["ci", "apply"], &by_variable).await.exits(2);
    assert!(ran.stderr.contains("remove the variable, or say it there"), "{}", ran.stderr);
    let said = format!("--sandbox={world}");
    bench.raw(&["ci", "apply", &said], &by_variable).await.exits(0);
    bench.raw(&["ci", "apply"], &here).await.exits(0);
}
