//! A comment that no longer holds says so, whatever happened to its plan.

use super::bench::Bench;
use super::plan::{ENTRY, propose};
use super::review::{reviewed, shows_more};
use super::stand_in::Fault;

/// The state that the comment's footer gives.
fn state(bench: &Bench) -> String {
    state_of(bench, 7)
}

fn state_of(bench: &Bench, number: u64) -> String {
    let body = bench.github.state().bodies(number).remove(0);
    let (_, rest) = body.split_once("<!-- state -->").expect("a foot");
    rest.split_once("<!-- /state -->").expect("its end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_whose_plan_is_not_the_case_any_more_says_so() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), "merge to apply");

    let broken = bench.edit("settings.yaml", "max_removals", "max_removal");
    bench.plan(&base, &broken, &[]).await.exits(1);
    assert!(state(&bench).starts_with("<b>out of date</b> since [run 102]("), "{}", state(&bench));
    assert!(state(&bench).contains("catalog has errors"), "{}", state(&bench));
    let mended = bench.edit("settings.yaml", "max_removal", "max_removals");
    bench.plan(&base, &mended, &[]).await.exits(0);
    assert_eq!(state(&bench), "merge to apply");

    // No credentials for AWS.
    let event = bench.pull_request(&base, &mended, "acme/catalog");
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let variables = [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_RUN_ID", "900"), ("CATALOG_SYNC_SANDBOX", "")];
    bench.raw(&["ci"], &variables).await.exits(1);
    assert!(state(&bench).contains("no credentials for AWS"), "{}", state(&bench));

    // The plan fails: the base does not exist.
    let gone = "0123456789".repeat(4);
    bench.plan(&gone, &mended, &[]).await.exits(1);
    assert!(state(&bench).contains("a newer plan failed"), "{}", state(&bench));

    // The pull request now targets another branch.
    let mut event = bench.pull_request(&base, &mended, "acme/catalog");
    event["pull_request"]["base"]["ref"] = "topic/base".into();
    bench.ci("pull_request", &event, &mended, &[]).await.exits(4);
    assert!(state(&bench).contains("another branch than the default one"), "{}", state(&bench));
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_says_what_keeps_a_merge_from_applying_it() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let mut event = bench.pull_request(&base, &head, "acme/catalog");
    event["pull_request"]["draft"] = true.into();
    bench.github.state().heads.insert(7, head.clone());
    bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), "a draft: once it is ready, merge to apply");

    let base = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    let head = bench.edit("portfolios/data-platform.yaml", ENTRY, "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), "merging alone does not apply it: see above");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_catalog_on_the_default_branch_tells_its_pull_request() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let broken = bench.edit("settings.yaml", "max_removals", "max_removal");
    bench.merge(&base, &broken, &[]).await.exits(1);
    assert!(state(&bench).starts_with("<b>not applied</b> by [run 102]("), "{}", state(&bench));
    assert!(state(&bench).contains("the catalog has errors on the default branch"), "{}", state(&bench));
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_that_could_not_be_kept_leaves_no_older_one_to_merge() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let later = bench.commit("a new head");
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let call = "POST /repos/acme/catalog/check-runs";
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    bench.plan(&base, &later, &[]).await.exits(1);
    assert!(state(&bench).contains("a newer plan could not be kept or shown"), "{}", state(&bench));
    let file = bench.path("plan.json").display().to_string();
    bench.plan(&base, &later, &["--comment=false", "--plan-file", &file]).await.exits(0);
    bench.github.state().faults.clear();
    bench.plan(&base, &later, &[]).await.exits(0);
    assert_eq!(state(&bench), "merge to apply");
    // A last job that reports the plans of other jobs behaves the same.
    bench.github.state().checks.clear();
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    bench.plan(&base, &later, &["report", &file]).await.exits(1);
    assert!(state(&bench).contains("a newer plan could not be kept or shown"), "{}", state(&bench));
}

const SEE_ABOVE: &str = "merging alone does not apply it: see above";

#[tokio::test(flavor = "multi_thread")]
async fn comment_says_whether_an_approval_is_missing() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("portfolios/data-platform.yaml", ENTRY, "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().review(7, "reviewer", "APPROVED");
    reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert_eq!(state(&bench), "merge to apply");
    shows_more(&bench, &base, &head).await;
    assert_eq!(state(&bench), SEE_ABOVE);
    bench.github.state().review(7, "reviewer", "APPROVED");
    reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert_eq!(state(&bench), "merge to apply");
    // An approval does not bring an outdated plan up to date.
    let broken = bench.edit("settings.yaml", "max_removals", "max_removal");
    bench.plan(&base, &broken, &[]).await.exits(1);
    bench.github.state().heads.insert(7, head.clone());
    reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert!(state(&bench).starts_with("<b>out of date</b>"), "{}", state(&bench));
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_says_whether_the_label_is_missing() {
    let bench = Bench::in_step().await;
    let base = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    let head = bench.edit("portfolios/data-platform.yaml", ENTRY, "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), SEE_ABOVE);
    bench.github.state().label(7, "catalog-sync:allow-removals");
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), "merge to apply");
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_of_a_changed_workflow_says_that_somebody_else_has_to_approve() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.github.state().files.insert(7, vec![".github/workflows/plan.yml"]);
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(state(&bench), SEE_ABOVE);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("changes <code>.github/workflows/plan.yml</code>"), "{body}");
    let (title, conclusion, _) = bench.github.state().check(&head);
    assert_eq!((&*title, &*conclusion), ("2 to create: changes a workflow, needs an approval", "action_required"));
    bench.github.state().review(7, "author", "APPROVED");
    let ran = reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert!(ran.stderr.contains("nobody else has approved it"), "{}", ran.stderr);
    assert_eq!((state(&bench), bench.github.state().check(&head).1), (SEE_ABOVE.into(), "action_required".into()));
    bench.github.state().review(7, "reviewer", "APPROVED");
    reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert_eq!((state(&bench), bench.github.state().check(&head).1), ("merge to apply".into(), "success".into()));
    bench.merge(&base, &head, &[]).await.exits(0);
}

/// One pull request is merged and not applied. Many without changes follow, and then a last one.
async fn many_merges(bench: &Bench) -> (String, String) {
    let (mut last, head) = propose(bench);
    bench.plan(&last, &head, &[]).await.exits(0);
    bench.merged(&last, &head);
    last = head;
    for number in 100..125 {
        bench.number.set(number);
        let next = bench.commit("something else");
        bench.merged(&last, &next);
        last = next;
    }
    bench.number.set(8);
    let head = bench.commit("the last");
    bench.plan(&last, &head, &[]).await.exits(0);
    assert_eq!(state(bench), "merge to apply");
    (last, head)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_merges_is_told_with_few_calls() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&base);
    bench.github.state().deployed("acme", &base, &serde_json::json!({"catalog": "catalog", "ended": true}), "success");
    let (before, head) = many_merges(&bench).await;
    bench.github.state().calls.clear();
    let ran = bench.merge(&before, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["creates"], "2");
    assert!(state(&bench).starts_with("<b>applied</b> by [run"), "{}", state(&bench));
    assert!(state_of(&bench, 8).starts_with("<b>applied</b>"), "{}", state_of(&bench, 8));
    let state = bench.github.state();
    let lookups = state.calls.iter().filter(|call| call.contains("/commits/") && call.ends_with("/pulls")).count();
    assert_eq!(lookups, 1, "of the last commit alone: {:?}", state.calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_merges_is_told_that_nothing_of_it_was_applied() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&base);
    bench.github.state().deployed("acme", &base, &serde_json::json!({"catalog": "catalog", "ended": true}), "success");
    let (before, head) = many_merges(&bench).await;
    let fault = "\nfaults:\n  - {operation: CreatePortfolioShare, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    bench.merge(&before, &head, &[]).await.exits(1);
    assert!(state(&bench).starts_with("<b>not applied</b> by [run"), "{}", state(&bench));
}

#[tokio::test(flavor = "multi_thread")]
async fn last_job_of_a_matrix_tells_earlier_merges_too() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&base);
    bench.github.state().deployed("acme", &base, &serde_json::json!({"catalog": "catalog", "ended": true}), "success");
    let (start, first) = propose(&bench);
    bench.plan(&start, &first, &[]).await.exits(0);
    bench.merged(&start, &first);
    bench.number.set(8);
    let head = bench.commit("something else");
    bench.plan(&first, &head, &[]).await.exits(0);
    let file = bench.path("report.json").display().to_string();
    bench.merge(&first, &head, &["--comment=false", "--target", "*", "--report-file", &file]).await.exits(0);
    assert_eq!(state(&bench), "merge to apply");
    bench.merge(&first, &head, &["report", &file]).await.exits(0);
    assert!(state(&bench).starts_with("<b>applied</b> by [run"), "{}", state(&bench));
}
