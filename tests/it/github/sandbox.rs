//! The sandbox in Actions: every output says so, nothing is recorded, and no environment variable turns an apply into
//! a sandbox run.

use super::bench::Bench;
use super::plan::propose;

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_run_says_so_everywhere_headline_first() {
    let bench = Bench::new().await;
    let (base, head) = propose(&bench);
    let ran = bench.plan(&base, &head, &["--sandbox"]).await.exits(0);
    assert_eq!(ran.outputs["sandbox"], "true");
    assert!(ran.summary.starts_with("### Sandbox, not AWS: Catalog plan: "), "{}", ran.summary);
    assert!(ran.stdout.contains("::notice title=Sandbox::This ran against the built-in sandbox"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\nSandbox, not AWS. This ran against the built-in sandbox"), "{}", ran.stdout);
    let plan = std::fs::read_to_string(&ran.outputs["plan-file"]).unwrap();
    assert!(plan.contains("\"sandbox\": true"), "{plan}");
    let body = bench.github.state().bodies(7).remove(0);
    let mut lines = body.lines().skip(1);
    assert!(lines.next().unwrap().starts_with("### Sandbox, not AWS: Catalog plan: "), "{body}");
    assert!(body.contains("merging applies it in the sandbox alone"), "{body}");

    let ran = bench.merge(&base, &head, &["--sandbox"]).await.exits(0);
    assert!(ran.summary.starts_with("### Sandbox, not AWS: Applied: "), "{}", ran.summary);
    let bodies = bench.github.state().bodies(7);
    assert!(bodies.iter().any(|body| body.contains("\n### Sandbox, not AWS: Applied: ")), "{bodies:?}");
    assert!(bodies.iter().any(|body| body.contains("<b>applied</b> in the sandbox by")), "{bodies:?}");
    let report = std::fs::read_to_string(&ran.outputs["report-file"]).unwrap();
    assert!(report.contains("\"sandbox\": true"), "{report}");
    assert!(bench.github.state().deployments.is_empty(), "nothing was deployed");
    let ran = bench.plan(&base, &head, &["--comment=false"]).await.exits(0);
    assert!(!ran.summary.contains("Sandbox, not") && ran.outputs["sandbox"] == "false", "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_in_the_sandbox_opens_no_issue() {
    let bench = Bench::new().await;
    let ran = bench.drift(&["--sandbox"]).await.exits(0);
    assert!(ran.summary.starts_with("### Sandbox, not AWS: Drift: "), "{}", ran.summary);
    assert!(bench.github.state().issues.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sandbox_showed_is_not_reviewed_where_aws_is_meant() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let world = format!("--sandbox={}", bench.path("world.yaml").display());
    bench.plan(&base, &head, &[&world]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(4);
    // Undo the merge.
    bench.github.state().pulls.clear();
    bench.github.state().deployments.clear();
    // The comment about AWS appears beside the one about the sandbox.
    bench.plan(&base, &head, &[]).await.exits(0);
    let bodies = bench.github.state().bodies(7);
    assert_eq!(bodies.iter().filter(|body| body.contains("Catalog plan: ")).count(), 2, "{bodies:?}");
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_for_no_are_no_sandbox() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    std::fs::write(bench.path("event.json"), bench.pull_request(&base, &head, "acme/catalog").to_string()).unwrap();
    for no in ["false", "0", "no", "off", "OFF", ""] {
        let variables = [("GITHUB_EVENT_NAME", "pull_request"), ("CATALOG_SYNC_SANDBOX", no)];
        let ran = bench.raw(&["ci"], &variables).await.exits(1);
        assert!(ran.stderr.contains("there are no credentials for AWS"), "{no}: {}", ran.stderr);
        assert!(!bench.path("repository").join(no).is_file(), "{no}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_takes_no_sandbox_from_a_variable() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &["--sandbox"]).await.exits(0);
    bench.merged(&base, &head);
    let push = serde_json::json!({"ref": "refs/heads/main", "before": base, "after": head,
        "repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), push.to_string()).unwrap();
    let world = bench.path("world.yaml").display().to_string();
    let variables = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_SHA", &*head), ("CATALOG_SYNC_SANDBOX", &*world)];
    let ran = bench.raw(&["ci"], &variables).await.exits(2);
    assert!(ran.stderr.contains("CATALOG_SYNC_SANDBOX is set"), "{}", ran.stderr);
    assert_eq!(bench.github.state().bodies(7).len(), 1, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn gathered_files_keep_saying_that_they_are_about_the_sandbox() {
    let bench = Bench::new().await;
    let (base, head) = propose(&bench);
    let mut files = Vec::new();
    for (name, target) in [("p.json", "portfolio/*,recipient/*"), ("m.json", "marketplace/*")] {
        let file = bench.path(name).to_str().unwrap().to_owned();
        let args = ["--sandbox", "--comment=false", "--target", target, "--plan-file", &file];
        bench.plan(&base, &head, &args).await.exits(0);
        files.push(file);
    }
    let ran = bench.plan(&base, &head, &["report", &files[0], &files[1]]).await.exits(0);
    assert!(ran.summary.starts_with("### Sandbox, not AWS: "), "{}", ran.summary);
    bench
        .plan(&base, &head, &["--comment=false", "--target", "marketplace/*", "--plan-file", &files[1]])
        .await
        .exits(0);
    let ran = bench.plan(&base, &head, &["report", &files[0], &files[1]]).await.exits(1);
    assert!(ran.stderr.contains("some about the sandbox"), "{}", ran.stderr);
}
