//! What counts as reviewed: changes that were shown in time to the people who approved, and recorded where people
//! can't write.

use serde_json::json;

use super::bench::{Bench, Ran};
use super::plan::propose;
use super::stand_in::Fault;

const LABEL: &str = "catalog-sync:allow-removals";
const PRODUCT: &str = "  - id: prod-a1b2c3d4e5f60";

/// Makes the plan show one more change on the same head, by an edit in the console.
pub(super) async fn shows_more(bench: &Bench, base: &str, head: &str) {
    bench.edit_world(|world| {
        let edited = world.replacen("- prod-a1b2c3d4e5f60", "- prod-b1b2c3d4e5f60", 1);
        assert_ne!(edited, world);
        edited
    });
    bench.plan(base, head, &[]).await.exits(0);
}

pub(super) async fn reviewed(bench: &Bench, base: &str, head: &str, action: &str) -> Ran {
    let mut event = bench.pull_request(base, head, "acme/catalog");
    event["action"] = action.into();
    bench.ci("pull_request_review", &event, head, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_comment_changes_nothing_of_what_was_reviewed() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    // The next commit's change was never shown. A person edits the bot's comment to claim that it was.
    let later = bench.edit(
        "marketplace/baseline.yaml",
        PRODUCT,
        &format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n{PRODUCT}"),
    );
    bench.plan(&base, &later, &["--plan-file", bench.path("p.json").to_str().unwrap()]).await.exits(0);
    let (_, _, kept) = bench.github.state().check(&later);
    bench.github.state().checks.retain(|check| check["head_sha"] != later.as_str());
    for comment in bench.github.state().comments.values_mut().flatten() {
        let forged = kept.replace("catalog-sync:record", "catalog-sync:plan");
        let (_, people) = comment["body"].as_str().unwrap().split_once('\n').unwrap();
        comment["body"] = format!("{forged}\n{people}").into();
    }
    let ran = bench.merge(&base, &later, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "unreviewed");
}

#[tokio::test(flavor = "multi_thread")]
async fn record_of_another_pull_request_does_not_count() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.number.set(8);
    bench.merge(&base, &head, &[]).await.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_what_is_planned_in_the_list_of_checks() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let (title, conclusion, _) = bench.github.state().check(&head);
    assert_eq!((&*title, &*conclusion), ("2 to create", "success"));
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(bench.github.state().checks.len(), 1, "it is kept in one place");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permission_for_checks_fails_the_plan_and_names_it() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let call = "POST /repos/acme/catalog/check-runs";
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 1 }];
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    assert!(ran.stderr.contains("`checks: write`"), "{}", ran.stderr);
    bench.plan(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answer_makes_no_second_record() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.github.state().lose =
        vec!["POST /repos/acme/catalog/check-runs", "POST /repos/acme/catalog/issues/7/comments"];
    bench.plan(&base, &head, &[]).await.exits(0);
    let state = bench.github.state();
    assert_eq!((state.checks.len(), state.bodies(7).len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_request_that_changes_a_workflow_needs_somebody_elses_approval() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().files.insert(7, vec!["README.md", ".github/workflows/plan.yml"]);
    bench.github.state().review(7, "author", "APPROVED");
    bench.github.state().review(7, "github-actions[bot]", "APPROVED");
    bench.github.state().review(7, "passer-by", "APPROVED");
    bench.github.state().may_not_write = vec!["passer-by"];
    let ran = bench.merge(&base, &head, &[]).await.exits(4);
    assert!(ran.summary.contains("changes .github/workflows/plan.yml"), "{}", ran.summary);
    // The printed fix: another person approves, and the apply runs again.
    bench.github.state().review(7, "reviewer", "APPROVED");
    let ran = bench.push(&base, &head, &[]).await.exits(0);
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn approval_does_not_count_for_what_was_shown_after_it() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().review(7, "reviewer", "APPROVED");
    let ran = reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert!(ran.stderr.contains("everything that was shown is approved"), "{}", ran.stderr);
    assert_eq!(bench.github.state().check(&head).1, "success");
    // The plan runs again on the same head and shows more.
    shows_more(&bench, &base, &head).await;
    let (title, conclusion, _) = bench.github.state().check(&head);
    assert!(
        title.ends_with("shown since the last approval") && conclusion == "action_required",
        "{title} {conclusion}"
    );
    let body = bench.github.state().bodies(7).remove(0);
    assert!(
        body.contains("<b>New since the last approval.</b>") && body.contains("prod-a1b2c3d4e5f60 in marketplace/"),
        "{body}"
    );
    let calls = bench.github.state().calls.len();
    // A review that only comments does not count as an approval.
    bench.github.state().review(7, "reviewer", "COMMENTED");
    reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert_eq!(bench.github.state().check(&head).1, "action_required");
    bench.github.state().review(7, "reviewer", "APPROVED");
    let ran = reviewed(&bench, &base, &head, "submitted").await.exits(0);
    assert_eq!(bench.github.state().check(&head).1, "success");
    assert!(!ran.stderr.contains("AWS calls"), "AWS is not asked: {}", ran.stderr);
    assert!(bench.github.state().calls.len() > calls);
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_after_the_merge_counts_for_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.merged(&base, &head);
    // The plan's job is late: the pull request is closed by now.
    let event = bench.pull_request(&base, &head, "acme/catalog");
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert!(ran.stderr.contains("closed or has another head"), "{}", ran.stderr);
    {
        let state = bench.github.state();
        assert!(state.checks.is_empty() && state.bodies(7).is_empty());
    }
    // A record that is written after the merge does not count either.
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().heads.clear();
    bench.push(&base, &head, &[]).await.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn run_of_an_old_head_writes_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let before = bench.github.state().bodies(7);
    let later = bench.commit("more");
    bench.github.state().heads.insert(7, later);
    let event = bench.pull_request(&base, &head, "acme/catalog");
    bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert_eq!(bench.github.state().bodies(7), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn label_of_somebody_who_may_not_write_does_not_count() {
    let bench = Bench::in_step().await;
    let base = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(bench.github.state().check(&head).1, "action_required");
    bench.github.state().may_not_write = vec!["triager"];
    for (login, named) in [("triager", "triager"), ("github-actions[bot]", "github-actions&#91;bot&#93;")] {
        bench.github.state().label_by(7, LABEL, login);
        bench.plan(&base, &head, &[]).await.exits(0);
        let body = bench.github.state().bodies(7).remove(0);
        assert!(body.contains(&format!("by {named}. It counts only from a person who may write")), "{body}");
        bench.merge(&base, &head, &[]).await.exits(4);
    }
    bench.github.state().label(7, LABEL);
    bench.plan(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("allows what this takes away"), "{body}");
    assert_eq!(bench.github.state().check(&head).1, "success");
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_is_held_to_the_whole_plan_that_was_shown() {
    let bench = Bench::in_step().await;
    let base = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 1");
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    // Each region has one removal. The limit applies to both together.
    let job = |region: &str| format!("portfolio/data-platform/acme/{region}");
    let (one, two) = (job("us-east-1"), job("eu-west-1"));
    for target in [&one, &two] {
        let ran = bench.merge(&base, &head, &["--comment=false", "--target", target]).await.exits(4);
        assert!(ran.summary.contains("it takes away 2"), "{}", ran.summary);
        // The limit also applies when no review is required.
        let args = ["--comment=false", "--require-reviewed-plan=false", "--target", target];
        bench.merge(&base, &head, &args).await.exits(4);
    }
    bench.github.state().label(7, LABEL);
    for target in [&one, &two] {
        bench.merge(&base, &head, &["--comment=false", "--target", target]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_by_hand_takes_the_issues_record_and_not_its_text() {
    let bench = Bench::new().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.drift(&[]).await.exits(0);
    let record = std::mem::take(&mut bench.github.state().checks);
    let event = json!({"repository": {"default_branch": "main"}});
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply", "--drift-issue=false"]).await.exits(0);
    assert!(ran.summary.contains("Drift is left as it is"), "{}", ran.summary);
    bench.github.state().checks = record;
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("### Applied: "), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_that_github_does_not_show_of_a_step_are_in_the_check() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let units: Vec<String> = (0..70).map(|unit| format!("  - ou: Nowhere/{unit}\n    principals: true\n")).collect();
    let entry = "  - account: \"999999999992\"";
    let head = bench.edit("portfolios/data-platform.yaml", entry, &format!("{}{entry}", units.concat()));
    bench.plan(&base, &head, &[]).await.exits(1);
    let state = bench.github.state();
    let check = state.checks.iter().find(|check| check["head_sha"] == head.as_str()).unwrap();
    assert_eq!(check["conclusion"], "failure");
    let sent: usize = state.annotations.values().sum();
    assert_eq!(sent, 72 - 10, "the first ten are shown already");
}
