//! What a pull request can't get: an apply role, a higher limit, or a run with credentials on another event.

use serde_json::json;

use super::bench::Bench;
use super::plan::propose;
use super::stand_in::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn events_that_carry_what_strangers_wrote_are_refused() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let event = bench.pull_request(&base, &head, "acme/catalog");
    for name in ["pull_request_target", "issue_comment", "workflow_run", "issues"] {
        for command in ["plan", "drift", "report"] {
            let ran = bench.ci(name, &event, &head, &[command]).await.exits(4);
            assert!(ran.stderr.contains(&format!("on the event {name}")), "{}", ran.stderr);
            assert!(ran.stdout.contains("::error::Refused: nothing is"), "{}", ran.stdout);
            assert!(!ran.outputs.contains_key("plan-file"), "{:?}", ran.outputs);
        }
    }
    let ran = bench.ci("pull_request", &event, &head, &["drift"]).await.exits(4);
    assert!(ran.summary.contains("drift is about the default branch"), "{}", ran.summary);
    assert!(bench.github.state().calls.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_by_hand_on_another_branch_is_refused_and_closes_no_issue() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    bench.in_step_again().await;
    let event = json!({"repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    for name in ["workflow_dispatch", "push", "schedule"] {
        for command in ["plan", "drift", "apply", "report"] {
            let variables = [("GITHUB_EVENT_NAME", name), ("GITHUB_REF", "refs/heads/topic"), ("GITHUB_SHA", "4be1")];
            let event = json!({"ref": "refs/heads/topic", "after": "4be1", "repository": {"default_branch": "main"}});
            std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
            let ran = bench.raw(&["ci", command], &variables).await.exits(4);
            assert!(
                ran.stderr.contains("from another branch than the default one"),
                "{name} {command}: {}",
                ran.stderr
            );
        }
    }
    let state = bench.github.state();
    assert_eq!(state.issues.values().next().unwrap()["state"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_the_default_branchs_name_is_not_the_branch() {
    let bench = Bench::in_step().await;
    let event = json!({"repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    for git_ref in ["refs/tags/main", "refs/heads/feature/main", "main", ""] {
        let variables = [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_REF", git_ref), ("GITHUB_SHA", "4be1")];
        bench.raw(&["ci", "plan"], &variables).await.exits(4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_branch_and_a_merge_queue_are_planned() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let ran = bench.ci("workflow_dispatch", &json!({"repository": {"default_branch": "main"}}), &head, &["plan"]).await;
    assert_eq!(ran.exits(0).outputs["creates"], "2");
    let event = bench.pull_request(&base, &head, "acme/catalog");
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let queue = "refs/heads/gh-readonly-queue/main/pr-7-77d01aa9e3";
    let variables = [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", queue), ("GITHUB_SHA", head.as_str())];
    let ran = bench.raw(&["ci"], &variables).await.exits(0);
    assert_eq!((&*ran.outputs["creates"], &*ran.outputs["drift"]), ("2", "0"));
    let saved = std::fs::read_to_string(&ran.outputs["plan-file"]).unwrap();
    assert!(saved.contains(&base), "it is compared with the queue's base");
    let (title, conclusion, kept) = bench.github.state().check(&head);
    assert_eq!(
        (&*title, &*conclusion, &*kept),
        ("2 to create", "success", ""),
        "a check that is required is not waited for"
    );
    assert!(bench.github.state().bodies(7).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_to_another_branch_has_a_base_that_guards_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let mut event = bench.pull_request(&base, &head, "acme/catalog");
    event["pull_request"]["base"]["ref"] = "topic/base".into();
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(4);
    assert!(ran.stderr.contains("goes to topic/base, which is not the default branch"), "{}", ran.stderr);
    event["merge_group"]["base_ref"] = "refs/heads/topic".into();
    bench.ci("merge_group", &event, &head, &["plan"]).await.exits(4);
    assert!(bench.github.state().calls.iter().all(|call| call.starts_with("GET ")), "nothing is written");
}

const ROLE: &str = "role: arn:aws:iam::{account}:role/catalog-sync-{mode}";

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_requests_plan_enters_no_apply_role() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let apply = "role: arn:aws:iam::{account}:role/catalog-sync-apply";
    let head = bench.edit("settings.yaml", ROLE, apply);
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    assert!(
        ran.stdout.contains("::error file=catalog/settings.yaml") && ran.stdout.contains("one role for plan and apply")
    );
    // `shared_role` has no effect while only the pull request itself sets it.
    let head = bench.edit("settings.yaml", apply, &format!("{apply}\n  shared_role: true"));
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    let body = bench.github.state().bodies(7).remove(0);
    // The reason is the same for all accounts, so it appears once; the accounts are listed with their targets.
    assert!(body.contains("a plan does not enter arn:aws:iam::{account}:role/catalog-sync-apply"), "{body}");
    assert!(body.contains("<code>organizations.acme.access.shared&#95;role</code> | <code>false</code>"), "{body}");
    let saved = std::fs::read_to_string(&ran.outputs["plan-file"]).unwrap();
    assert!(!saved.contains("\"complete\""), "nothing was read: {saved}");
    // `shared_role` counts once the base has it.
    let next = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 21");
    let ran = bench.plan(&head, &next, &[]).await.exits(0);
    assert!(!ran.summary.contains("does not enter"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_catalog_says_that_its_word_alone_counts() {
    let bench = Bench::in_step().await;
    bench.git(&["mv", "catalog", "later"]);
    let base = bench.commit("no catalog yet");
    bench.git(&["mv", "later", "catalog"]);
    let head =
        bench.edit("settings.yaml", ROLE, "role: arn:aws:iam::{account}:role/catalog-sync-apply\n  shared_role: true");
    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("Only this catalog allows that"), "{body}");
    assert!(ran.stderr.contains("warning: This plan uses a role that can write"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_whose_settings_have_errors_shares_no_role() {
    let bench = Bench::in_step().await;
    let shared = "role: arn:aws:iam::{account}:role/catalog-sync-apply";
    let base = bench.edit("settings.yaml", ROLE, shared);
    let head = bench.edit("settings.yaml", shared, &format!("{shared}\n  shared_role: true"));
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    assert!(ran.summary.contains("The base's settings.yaml has errors"), "{}", ran.summary);
    assert!(ran.summary.contains("a plan does not enter"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_can_not_raise_its_own_limit() {
    let bench = Bench::in_step().await;
    let base = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    bench.edit("settings.yaml", "max_removals: 0", "max_removals: 5000");
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    bench.plan(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    let rows: Vec<&str> = body.lines().collect();
    assert!(rows[1].starts_with("### Catalog plan: ") && rows[3] == "> [!WARNING]", "at the top: {body}");
    assert!(body.contains("| <code>safety.max&#95;removals</code> | <code>0</code> | <code>5000</code> |"), "{body}");
    assert!(body.contains("at most 0 are allowed"), "{body}");
    // The apply uses the same limit, from the base that the push replaced.
    bench.merge(&base, &head, &[]).await.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_tells_what_changes_in_the_settings() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 5000");
    let file = bench.path("plans/plan.json");
    std::fs::create_dir_all(bench.path("plans")).unwrap();
    bench.plan(&base, &head, &["--comment=false", "--plan-file", file.to_str().unwrap()]).await.exits(0);
    bench.plan(&base, &head, &["report", bench.path("plans").to_str().unwrap()]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("This pull request changes the settings"), "{body}");
    let gone = "0123456789".repeat(4);
    let ran = bench.plan(&gone, &head, &["report", bench.path("plans").to_str().unwrap()]).await.exits(0);
    assert!(ran.summary.contains("be told: give actions/checkout"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_not_follow_a_redirect() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let thief = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    thief.set_nonblocking(true).unwrap();
    let location = format!("http://{}/stolen", thief.local_addr().unwrap());
    for call in ["GET /repos/acme/catalog/issues/7/comments", "POST /repos/acme/catalog/issues/7/comments"] {
        let headers = vec![("location", location.clone())];
        bench.github.state().faults = vec![Fault { call, status: 307, headers, body: "{}", times: 9 }];
        let ran = bench.plan(&base, &head, &[]).await.exits(1);
        assert!(ran.stderr.contains("307"), "{}", ran.stderr);
        assert_eq!(thief.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "the token went elsewhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_where_nobody_names_the_default_branch() {
    let bench = Bench::in_step().await;
    std::fs::write(bench.path("event.json"), r#"{"schedule": "23 4 * * *"}"#).unwrap();
    let variables = [("GITHUB_EVENT_NAME", "schedule"), ("GITHUB_SHA", "4be1"), ("GITHUB_TOKEN", "")];
    bench.raw(&["ci"], &variables).await.exits(0);
    let variables = [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_SHA", "4be1"), ("GITHUB_TOKEN", "")];
    bench.raw(&["ci", "drift"], &variables).await.exits(4);
}
