//! The schedule: one issue, as long as it lasts.

use serde_json::Value;

use super::bench::Bench;

fn issue(bench: &Bench) -> Value {
    let state = bench.github.state();
    assert_eq!(state.issues.len(), 1, "{:?}", state.issues);
    state.issues.values().next().cloned().expect("one")
}

fn since(issue: &Value) -> String {
    let body = issue["body"].as_str().expect("a text");
    let (_, rest) = body.split_once("\"since\":\"").expect("a marker");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_lives_as_long_as_the_drift() {
    let bench = Bench::new().await;
    let ran = bench.drift(&["--drift-issue-labels", "drift,catalog"]).await.exits(0);
    let opened = issue(&bench);
    assert_eq!(ran.outputs["issue-url"], opened["html_url"].as_str().unwrap());
    assert_eq!(opened["labels"], serde_json::json!(["drift", "catalog"]));
    assert!(opened["body"].as_str().unwrap().starts_with("<!-- catalog-sync:drift {\"v\":1"), "{opened}");
    assert_eq!((&*ran.outputs["has-changes"], &*ran.outputs["drift"]), ("true", "12"));

    // It lasts: the same issue, and the same beginning.
    bench.drift(&["--fail-on-drift", "true"]).await.exits(3);
    assert_eq!(since(&issue(&bench)), since(&opened));
    assert!(issue(&bench)["body"].as_str().unwrap().contains("run 102"));
    let number = opened["number"].as_u64().unwrap();
    assert!(bench.github.state().bodies(number).is_empty(), "nobody is told each time");

    bench.in_step_again().await;
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().bodies(number).len(), 1, "it is closed once");

    // It comes back.
    bench.edit_world(|_| catalog_sync::sandbox::World::example().to_yaml());
    bench.drift(&[]).await.exits(0);
    let back = issue(&bench);
    assert_eq!((&back["state"], &back["number"]), (&Value::from("open"), &opened["number"]));
    assert_ne!(since(&back), since(&opened));
    assert_eq!(bench.github.state().bodies(number).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_closes_nothing() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    let opened = issue(&bench);
    bench.in_step_again().await;
    let fault = "\nfaults:\n  - {operation: ListPortfolios, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    bench.drift(&[]).await.exits(1);
    let left = issue(&bench);
    assert_eq!((&left["state"], since(&left)), (&Value::from("open"), since(&opened)));
    assert!(left["body"].as_str().unwrap().contains("could not be read"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_of_somebody_else_is_left_alone() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    for issue in bench.github.state().issues.values_mut() {
        issue["user"]["login"] = "mallory".into();
    }
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().issues.len(), 2);
    bench.drift(&["--drift-issue=false"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_what_the_issue_shows_is_applied() {
    let bench = Bench::new().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    let event = serde_json::json!({"repository": {"default_branch": "main"}});
    bench.ci("workflow_dispatch", &event, &head, &[]).await.exits(2);
    // What nobody has seen is left as it is, and put into the issue; from then on somebody has.
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("Drift is left as it is: 12 differences"), "{}", ran.summary);
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("### Applied: "), "{}", ran.summary);
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
}
