//! What a merge does not carry out: drift that no plan has shown, and drift that its changes have nothing to do with.

use serde_json::json;

use super::bench::Bench;
use super::plan::propose;

/// Replaces an approved product with another one, as in the console.
fn somebody_clicks(bench: &Bench) {
    bench.edit_world(|world| {
        let edited = world.replacen("- prod-a1b2c3d4e5f60", "- prod-b1b2c3d4e5f60", 1);
        assert_ne!(edited, world);
        edited
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_that_nobody_has_seen_is_left_out_and_told() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    somebody_clicks(&bench);
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
    assert!(ran.summary.contains("<b>Drift is left as it is: 2 differences</b>"), "{}", ran.summary);
    assert!(ran.stdout.contains("::warning::Drift is left as it is (2)"), "{}", ran.stdout);
    let bodies = bench.github.state().bodies(7);
    assert!(bodies[1].contains("prod-b1b2c3d4e5f60 in marketplace/"), "{}", bodies[1]);
    // The issue shows the drift at once, so an apply by hand may undo it.
    {
        let state = bench.github.state();
        let issue = state.issues.values().next().expect("an issue");
        assert!(issue["body"].as_str().unwrap().contains("prod-b1b2c3d4e5f60"), "{issue}");
    }
    let event = json!({"repository": {"default_branch": "main"}});
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("### Applied: "), "{}", ran.summary);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_that_changes_nothing_in_the_catalog_undoes_no_drift() {
    let bench = Bench::in_step().await;
    somebody_clicks(&bench);
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.commit("a typo in the README");
    let planned = bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(planned.outputs["drift"], "2");
    assert!(planned.summary.contains("merging leaves it as it is"), "{}", planned.summary);
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert!(ran.summary.contains("In step: ") && ran.summary.contains("Drift is left as it is"), "{}", ran.summary);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["drift"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_that_the_plan_has_shown_goes_with_a_change_of_the_catalog() {
    let bench = Bench::in_step().await;
    somebody_clicks(&bench);
    let base = bench.git(&["rev-parse", "HEAD"]);
    let product = "  - id: prod-a1b2c3d4e5f60";
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n{product}");
    let head = bench.edit("marketplace/baseline.yaml", product, &more);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(0);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
}

#[tokio::test(flavor = "multi_thread")]
async fn target_that_would_change_as_nobody_has_seen_is_refused_and_the_others_are_applied() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    propose(&bench);
    // The product is already approved by hand in the live experience, so the plan shows no change for it.
    let product = "  - id: prod-a1b2c3d4e5f60";
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n{product}");
    let head = bench.edit("marketplace/baseline.yaml", product, &more);
    let world = std::fs::read_to_string(bench.path("world.yaml")).unwrap();
    let approved = |line: &str| match line.strip_suffix("- prod-a1b2c3d4e5f60") {
        Some(indent) => format!("{line}\n{indent}- prod-1a2b3c4d5e6f7\n"),
        None => format!("{line}\n"),
    };
    bench.edit_world(|world| world.lines().map(approved).collect());
    let planned = bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(planned.outputs["creates"], "2", "{}", planned.summary);
    // The manual approval is undone before the merge.
    bench.edit_world(|_| world);
    let ran = bench.merge(&base, &head, &[]).await.exits(5);
    assert_eq!(ran.outputs["reason"], "unreviewed");
    assert!(ran.summary.contains("<b>Refused: "), "{}", ran.summary);
    assert!(ran.summary.contains("Applied in part: 2 created"), "{}", ran.summary);
    assert!(!ran.summary.contains("finishes what was left"), "{}", ran.summary);
    assert!(ran.summary.contains("refused. Another run does not help"), "{}", ran.summary);
    // The printed fix: a pull request whose plan shows the change.
    bench.number.set(8);
    let later = bench.commit("nothing, but a plan");
    let planned = bench.plan(&head, &later, &[]).await.exits(0);
    assert!(planned.summary.contains("What an earlier merge asked for"), "{}", planned.summary);
    bench.merge(&head, &later, &[]).await.exits(0);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
}
