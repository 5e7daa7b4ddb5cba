//! Several jobs of one pull request, each for some of the targets, without a last job that gathers their files.

use super::bench::Bench;
use super::plan::propose;

const PORTFOLIOS: [&str; 2] = ["--target", "portfolio/*"];
const LISTS: [&str; 2] = ["--target", "marketplace/*"];
const PRODUCT: &str = "  - id: prod-a1b2c3d4e5f60";

/// A pull request that changes a portfolio and a list.
fn propose_both(bench: &Bench) -> (String, String) {
    let (base, _) = propose(bench);
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n{PRODUCT}");
    (base, bench.edit("marketplace/baseline.yaml", PRODUCT, &more))
}

/// The state of each plan, read from its comment.
fn states(bench: &Bench) -> Vec<String> {
    let state = |body: String| {
        let (_, rest) = body.split_once("<!-- state -->")?;
        Some(rest.split_once("<!-- /state -->")?.0.to_owned())
    };
    bench.github.state().bodies(7).into_iter().filter_map(state).collect()
}

fn conclusions(bench: &Bench) -> Vec<String> {
    let state = bench.github.state();
    state.checks.iter().map(|check| check["conclusion"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_stand_side_by_side_and_an_apply_takes_what_both_have_shown() {
    let bench = Bench::in_step().await;
    let (base, head) = propose_both(&bench);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    bench.plan(&base, &head, &LISTS).await.exits(0);
    // A repeated job edits its own comment.
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    let bodies = bench.github.state().bodies(7);
    assert_eq!((bodies.len(), bench.github.state().checks.len()), (2, 2), "{bodies:?}");
    assert!(bodies[0].contains("narrowed to portfolio/") && bodies[1].contains("narrowed to marketplace/"));
    for body in &bodies {
        assert!(body.contains("see [the comment of another job](") || body == &bodies[1], "{body}");
    }
    bench.merge(&base, &head, &[]).await.exits(0);
    assert!(states(&bench).iter().all(|state| state.starts_with("<b>applied</b>")), "{:?}", states(&bench));
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false", "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_job_has_shown_is_refused() {
    let bench = Bench::in_step().await;
    let (base, head) = propose_both(&bench);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    let ran = bench.merge(&base, &head, &[]).await.exits(5);
    assert_eq!(ran.outputs["reason"], "unreviewed");
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_of_all_targets_takes_the_place_of_those_of_some() {
    let bench = Bench::in_step().await;
    let (base, head) = propose_both(&bench);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    bench.plan(&base, &head, &LISTS).await.exits(0);
    bench.plan(&base, &head, &[]).await.exits(0);
    let states = states(&bench);
    assert!(states[0].starts_with("<b>out of date</b>") && states[1].starts_with("<b>out of date</b>"), "{states:?}");
    assert_eq!(states[2], "merge to apply");
    // The records of the narrowed plans no longer count. Without the last plan's record no change counts as seen.
    let is_of_all = |check: &serde_json::Value| check["external_id"] == "catalog-sync:plan:7:catalog";
    for check in bench.github.state().checks.iter_mut().filter(|check| is_of_all(check)) {
        let kept = check["output"]["text"].as_str().unwrap();
        let (before, _) = kept.split_once("\"changes\":").unwrap();
        check["output"]["text"] = format!("{before}\"changes\":[]}} -->").into();
    }
    bench.merge(&base, &head, &[]).await.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_of_each_job_waits_for_what_stands_in_the_way_of_any() {
    let bench = Bench::in_step().await;
    let (base, head) = propose_both(&bench);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    bench.github.state().review(7, "reviewer", "APPROVED");
    bench.plan(&base, &head, &LISTS).await.exits(0);
    assert_eq!(conclusions(&bench), ["action_required", "action_required"]);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    assert_eq!(conclusions(&bench), ["action_required", "action_required"]);
    bench.github.state().review(7, "reviewer", "APPROVED");
    let event = bench.pull_request(&base, &head, "acme/catalog");
    bench.ci("pull_request_review", &event, &head, &[]).await.exits(0);
    assert_eq!(conclusions(&bench), ["success", "success"]);
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn record_of_some_targets_by_another_app_counts_for_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose_both(&bench);
    bench.plan(&base, &head, &PORTFOLIOS).await.exits(0);
    bench.plan(&base, &head, &LISTS).await.exits(0);
    for check in &mut bench.github.state().checks {
        check["app"]["slug"] = "another-app".into();
    }
    bench.merge(&base, &head, &[]).await.exits(4);
}
