//! Runs that come late, out of order or never: no later change is taken back, and no clean-up is forgotten.

use serde_json::json;

use super::bench::Bench;
use super::plan::propose;
use super::stand_in::Fault;

/// A second merge after the first. It adds a product to a list.
fn second(bench: &Bench) -> String {
    bench.number.set(8);
    bench.edit(
        "marketplace/baseline.yaml",
        "  - id: prod-a1b2c3d4e5f60",
        "  - id: prod-1a2b3c4d5e6f7\n    name: Later\n  - id: prod-a1b2c3d4e5f60",
    )
}

fn checkout(bench: &Bench, sha: &str) {
    bench.git(&["checkout", "--quiet", sha]);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_run_takes_back_nothing_that_a_newer_merge_brought() {
    let bench = Bench::in_step().await;
    let (base, first) = propose(&bench);
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merge(&base, &first, &[]).await.exits(0);
    let later = second(&bench);
    bench.plan(&first, &later, &[]).await.exits(0);
    bench.merge(&first, &later, &[]).await.exits(0);

    checkout(&bench, &first);
    let ran = bench.push(&base, &first, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "overtaken");
    assert!(ran.summary.contains(&later) && ran.summary.contains("/actions/runs/104"), "{}", ran.summary);
    // An apply by hand on the old commit is refused, too.
    let event = json!({"repository": {"default_branch": "main"}});
    bench.ci("workflow_dispatch", &event, &first, &["apply"]).await.exits(4);
    checkout(&bench, &later);
    let ran = bench.push(&first, &later, &[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false", "it was not taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_run_that_died_has_overtaken_too() {
    let bench = Bench::in_step().await;
    let (base, first) = propose(&bench);
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merged(&base, &first);
    let later = second(&bench);
    bench.plan(&first, &later, &[]).await.exits(0);
    // The later run has started, and GitHub never learned its result.
    bench.merged(&first, &later);
    let payload = json!({"catalog": "catalog", "run": "https://github.com/acme/catalog/actions/runs/99"});
    bench.github.state().deployed("acme", &later, &payload, "in_progress");
    checkout(&bench, &first);
    let ran = bench.push(&base, &first, &[]).await.exits(4);
    assert!(ran.summary.contains("/actions/runs/99"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_of_a_commit_on_another_branch_overtakes_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().elsewhere.push("4be1".to_owned());
    bench.github.state().deployed("acme", "4be1", &json!({"catalog": "catalog"}), "in_progress");
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_of_somebody_else_counts_for_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merged(&base, &head);
    bench.github.state().comes_onto_main("4be1");
    bench.github.state().deployed("acme", "4be1", &json!({"catalog": "catalog"}), "success");
    bench.github.state().deployments[0]["creator"] = json!({"login": "mallory", "type": "User"});
    bench.push(&base, &head, &[]).await.exits(0);
}

/// One merge was applied. The next one removes a portfolio's file, so only the base knows what to remove.
async fn portfolio_leaves(bench: &Bench) -> (String, String) {
    let (start, applied) = propose(bench);
    bench.plan(&start, &applied, &[]).await.exits(0);
    bench.merge(&start, &applied, &[]).await.exits(0);
    bench.number.set(8);
    bench.git(&["rm", "--quiet", "catalog/portfolios/data-platform.yaml"]);
    let gone = bench.commit("without a portfolio");
    let planned = bench.plan(&applied, &gone, &[]).await.exits(0);
    assert_eq!(planned.outputs["removes"], "10");
    (applied, gone)
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_up_of_a_merge_whose_run_was_superseded_is_made_by_the_next() {
    let bench = Bench::in_step().await;
    let (applied, gone) = portfolio_leaves(&bench).await;
    bench.merged(&applied, &gone);
    // The apply of this merge never runs. `drift` shows its changes as pending.
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!((&*ran.outputs["removes"], &*ran.outputs["drift"]), ("10", "0"));
    assert!(ran.summary.contains("Merged and not applied yet: [pull request 8]("), "{}", ran.summary);
    // The next merge changes nothing itself and carries out the clean-up.
    bench.number.set(9);
    let later = bench.commit("nothing");
    bench.plan(&gone, &later, &[]).await.exits(0);
    let ran = bench.merge(&gone, &later, &[]).await.exits(0);
    assert_eq!(ran.outputs["removes"], "10", "{}", ran.summary);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
    assert!(!ran.summary.contains("not applied yet"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn target_that_failed_is_compared_with_what_it_was_brought_to_last() {
    let bench = Bench::in_step().await;
    let (applied, gone) = portfolio_leaves(&bench).await;
    let fault = "\nfaults:\n  - {operation: DeletePortfolioShare, region: eu-west-1, error: {code: \
                 InvalidParametersException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    bench.merge(&applied, &gone, &[]).await.exits(5);
    bench.edit_world(|world| world.split("\nfaults:").next().unwrap_or_default().to_owned());
    // A later merge that does not mention the portfolio removes what is left in the failed region.
    bench.number.set(9);
    let readme = bench.commit("nothing");
    bench.plan(&gone, &readme, &[]).await.exits(0);
    let ran = bench.merge(&gone, &readme, &[]).await.exits(0);
    assert_eq!(ran.outputs["removes"], "5", "{}", ran.summary);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
}

#[tokio::test(flavor = "multi_thread")]
async fn rewritten_history_is_told_and_cleans_nothing_up() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().elsewhere.push("4be1".to_owned());
    bench.github.state().deployed("acme", "4be1", &json!({"catalog": "catalog"}), "success");
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert!(ran.stderr.contains("the default branch does not hold it any more"), "{}", ran.stderr);
    assert!(ran.summary.contains("not cleaned up"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_records_end_the_run_before_anything_is_done() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let call = "GET /repos/acme/catalog/deployments";
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    let ran = bench.merge(&base, &head, &[]).await.exits(1);
    assert_eq!(ran.outputs["reason"], "access");
    assert!(ran.stderr.contains("`deployments: read`"), "{}", ran.stderr);
    bench.github.state().faults.clear();
    let ran = bench.push(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["creates"], "2", "nothing was done before");
}
