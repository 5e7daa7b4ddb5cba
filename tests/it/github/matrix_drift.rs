//! A matrix that checks for drift: its last job keeps the issue.

use serde_json::json;

use super::bench::{Bench, Ran};
use super::drift::unshare;
use super::plan::propose;

/// Runs the jobs of such a matrix for an event, and then the last job.
async fn run(bench: &Bench, event: &str) -> Ran {
    let head = bench.git(&["rev-parse", "HEAD"]);
    let payload = json!({"repository": {"default_branch": "main"}});
    let mut args = vec!["report".to_owned()];
    for (name, target) in [("p.json", "portfolio/*,recipient/*"), ("m.json", "marketplace/*")] {
        let file = bench.path(name).to_str().unwrap().to_owned();
        let job = ["drift", "--drift-issue=false", "--target", target, "--plan-file", &file];
        bench.ci(event, &payload, &head, &job).await.exits(0);
        args.push(file);
    }
    assert!(bench.github.state().issues.values().all(|issue| issue["state"] == "closed"));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    bench.ci(event, &payload, &head, &args).await
}

fn body(bench: &Bench) -> String {
    bench.github.state().issues.values().next().expect("an issue")["body"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn comparison_that_a_person_started_reaches_the_issue() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    run(&bench, "workflow_dispatch").await.exits(0);
    assert!(body(&bench).contains("999999999992"), "{}", body(&bench));
    // Plans that a person started don't change the issue.
    let bench = Bench::in_step().await;
    unshare(&bench);
    let head = bench.git(&["rev-parse", "HEAD"]);
    let payload = json!({"repository": {"default_branch": "main"}});
    let file = bench.path("plan.json").to_str().unwrap().to_owned();
    let args = ["plan", "--comment=false", "--plan-file", &file];
    bench.ci("workflow_dispatch", &payload, &head, &args).await.exits(0);
    bench.ci("workflow_dispatch", &payload, &head, &["report", &file]).await.exits(0);
    assert!(bench.github.state().issues.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_merged_and_not_applied_yet_is_told_from_drift() {
    let bench = Bench::in_step().await;
    let start = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&start);
    bench.github.state().deployed("acme", &start, &json!({"catalog": "catalog"}), "success");
    bench.github.state().deployed("subsidiary", &start, &json!({"catalog": "catalog"}), "success");
    let (base, head) = propose(&bench);
    bench.merged(&base, &head);
    let ran = run(&bench, "schedule").await.exits(0);
    assert!(ran.summary.contains("Merged and not applied yet: [pull request 7]("), "{}", ran.summary);
    assert!(body(&bench).contains("Merged and not applied yet"), "{}", body(&bench));
}
