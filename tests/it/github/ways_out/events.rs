//! The event or branch is the wrong one, or the run comes too late.

use catalog_sync::commands::obstacle::Obstacle;
use serde_json::json;

use super::super::bench::Bench;
use super::super::plan::propose;
use super::{by_hand, event, told};

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn apply_of_what_is_not_merged() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    for name in ["pull_request", "pull_request_review", "merge_group", "pull_request_target", "issue_comment"] {
        let ran = bench.ci(name, &bench.pull_request(&base, &head, "acme/catalog"), &head, &["apply"]).await.exits(4);
        told(&ran, &Obstacle::ApplyOnEvent { event: name.to_owned() }, "apply_of_what_is_not_merged");
    }
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["creates"], "2");
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn due_on_a_pull_request() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    for name in ["pull_request", "pull_request_review", "merge_group", "pull_request_target"] {
        let ran = bench.ci(name, &bench.pull_request(&base, &head, "acme/catalog"), &head, &["due"]).await.exits(4);
        told(&ran, &Obstacle::DueOnEvent { event: name.to_owned() }, "due_on_a_pull_request");
    }
    by_hand(&bench, &["due"]).await.exits(0);
    bench.ci("schedule", &event(), &head, &["due"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn adopt_on_a_pull_request() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    for name in ["pull_request", "pull_request_review", "merge_group", "pull_request_target"] {
        let ran = bench.ci(name, &bench.pull_request(&base, &head, "acme/catalog"), &head, &["adopt"]).await.exits(4);
        told(&ran, &Obstacle::AdoptOnEvent { event: name.to_owned() }, "adopt_on_a_pull_request");
    }
    by_hand(&bench, &["adopt"]).await.exits(0);
    bench.ci("schedule", &event(), &head, &["adopt"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn drift_on_a_pull_request() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    for name in ["pull_request", "merge_group"] {
        let ran = bench.ci(name, &bench.pull_request(&base, &head, "acme/catalog"), &head, &["drift"]).await.exits(4);
        told(&ran, &Obstacle::DriftOnEvent { event: name.to_owned() }, "drift_on_a_pull_request");
    }
    by_hand(&bench, &["drift"]).await.exits(0);
    bench.drift(&[]).await.exits(0);
    bench.plan(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn another_command_after_a_review() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let event = bench.pull_request(&base, &head, "acme/catalog");
    for (command, done) in [("drift", "compared"), ("report", "reported")] {
        let ran = bench.ci("pull_request_review", &event, &head, &[command]).await.exits(4);
        let obstacle = Obstacle::ReviewSetsCheck { event: "pull_request_review".to_owned(), done };
        told(&ran, &obstacle, "another_command_after_a_review");
    }
    for args in [&["plan"][..], &[]] {
        let ran = bench.ci("pull_request_review", &event, &head, args).await.exits(0);
        assert!(ran.stderr.contains("The check was set"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn event_of_strangers() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let event = bench.pull_request(&base, &head, "acme/catalog");
    let ran = bench.ci("pull_request_target", &event, &head, &["plan"]).await.exits(4);
    let obstacle = Obstacle::EventOfStrangers { event: "pull_request_target".to_owned(), done: "planned" };
    told(&ran, &obstacle, "event_of_strangers");
    bench.github.state().heads.insert(7, head.clone());
    for named in ["pull_request", "merge_group"] {
        bench.ci(named, &event, &head, &["plan"]).await.exits(0);
    }
    for named in ["schedule", "workflow_dispatch", "repository_dispatch"] {
        bench.ci(named, &super::event(), &head, &["plan"]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn another_branch() {
    let bench = Bench::in_step().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    std::fs::write(bench.path("event.json"), event().to_string()).unwrap();
    for (command, done) in [("plan", "planned"), ("drift", "compared"), ("apply", "applied"), ("due", "carried out")] {
        let on =
            |git_ref| [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_REF", git_ref), ("GITHUB_SHA", &*head)];
        let ran = bench.raw(&["ci", command], &on("refs/heads/topic")).await.exits(4);
        told(&ran, &Obstacle::OtherBranch { branch: "main".to_owned(), done }, "another_branch");
        by_hand(&bench, &[command]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn default_branch_that_nobody_names() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let write = |event: &serde_json::Value| std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let on = |name, token| [("GITHUB_EVENT_NAME", name), ("GITHUB_SHA", &*head), ("GITHUB_TOKEN", token)];
    bench.github.state().comes_onto_main(&head);
    write(&json!({}));
    let ran = bench.raw(&["ci", "drift"], &on("workflow_dispatch", "")).await.exits(4);
    told(&ran, &Obstacle::NoDefaultBranch { done: "compared" }, "default_branch_that_nobody_names");
    bench.raw(&["ci", "drift"], &on("workflow_dispatch", "ghs_test")).await.exits(0);
    // The default branch is unknown, so the push is refused: it must not pass as a push to another branch.
    write(&json!({"ref": "refs/heads/main", "before": base, "after": head}));
    let ran = bench.raw(&["ci"], &on("push", "")).await.exits(4);
    told(&ran, &Obstacle::NoDefaultBranch { done: "applied" }, "default_branch_that_nobody_names");
    let args = ["ci", "--require-reviewed-plan=false"];
    bench.raw(&args, &on("push", "ghs_test")).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn pull_request_to_another_branch() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let mut event = bench.pull_request(&base, &head, "acme/catalog");
    event["pull_request"]["base"]["ref"] = "topic/base".into();
    for name in ["pull_request", "pull_request_review"] {
        let ran = bench.ci(name, &event, &head, &[]).await.exits(4);
        told(&ran, &Obstacle::OtherBase { branch: "topic/base".to_owned() }, "pull_request_to_another_branch");
    }
    bench.plan(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn overtaken_apply() {
    let bench = Bench::in_step().await;
    let (base, first) = propose(&bench);
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merged(&base, &first);
    bench.number.set(8);
    let product = "  - id: prod-a1b2c3d4e5f60";
    let later = bench.edit("marketplace/baseline.yaml", product, &format!("  - prod-1a2b3c4d5e6f7\n{product}"));
    bench.plan(&first, &later, &[]).await.exits(0);
    bench.merged(&first, &later);
    // The later apply was started and its result is unknown.
    let url = "https://github.com/acme/catalog/actions/runs/99";
    bench.github.state().deployed("acme", &later, &json!({"catalog": "catalog", "run": url}), "in_progress");
    let refused = || async {
        bench.git(&["checkout", "--quiet", &first]);
        let ran = bench.push(&base, &first, &[]).await.exits(4);
        bench.git(&["checkout", "--quiet", "main"]);
        let run = Some(url.to_owned());
        told(&ran, &Obstacle::Overtaken { sha: first.clone(), later: later.clone(), run }, "overtaken_apply");
    };
    let world = std::fs::read_to_string(bench.path("world.yaml")).unwrap();
    let deployments = bench.github.state().deployments.clone();
    refused().await;
    let ran = bench.push(&first, &later, &[]).await.exits(0);
    assert_ne!(ran.outputs["creates"], "0", "that run is started again");
    // An apply by hand is the other fix.
    bench.edit_world(|_| world);
    bench.github.state().deployments = deployments;
    refused().await;
    let ran = by_hand(&bench, &["apply"]).await.exits(0);
    assert_ne!(ran.outputs["creates"], "0", "{}", ran.summary);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false", "both merges are applied");
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn due_of_an_older_commit() {
    let bench = Bench::in_step().await;
    let old = bench.git(&["rev-parse", "HEAD"]);
    let later = bench.commit("something else");
    bench.github.state().comes_onto_main(&old);
    bench.github.state().comes_onto_main(&later);
    bench.git(&["checkout", "--quiet", &old]);
    let ran = bench.ci("schedule", &event(), &old, &["due"]).await.exits(4);
    told(&ran, &Obstacle::DueOvertaken { sha: old, branch: "main".to_owned() }, "due_of_an_older_commit");
    assert_eq!(ran.outputs["reason"], "overtaken");
    bench.git(&["checkout", "--quiet", "main"]);
    by_hand(&bench, &["due"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_a_sandbox_by_variable_is_to_say_it_or_to_take_it_away() {
    let bench = Bench::in_step().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    std::fs::write(bench.path("event.json"), event().to_string()).unwrap();
    let world = bench.path("world.yaml").display().to_string();
    let here = [("GITHUB_EVENT_NAME", "workflow_dispatch"), ("GITHUB_SHA", &*head)];
    let by_variable = [here[0], here[1], ("CATALOG_SYNC_SANDBOX", &*world)];
    let ran = bench.raw(&["ci", "apply"], &by_variable).await.exits(2);
    assert!(ran.stderr.contains("remove the variable, or say it there"), "{}", ran.stderr);
    let said = format!("--sandbox={world}");
    bench.raw(&["ci", "apply", &said], &by_variable).await.exits(0);
    bench.raw(&["ci", "apply"], &here).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn way_out_of_wrong_use_is_what_it_says() {
    let bench = Bench::in_step().await;
    let ran = by_hand(&bench, &[]).await.exits(2);
    assert!(
        ran.stderr.contains("give `command` as plan, apply, drift, due, adopt, targets or report"),
        "{}",
        ran.stderr
    );
    for command in ["plan", "apply", "drift", "due", "adopt"] {
        by_hand(&bench, &[command]).await.exits(0);
    }
    let ran = by_hand(&bench, &["due", "--target", "portfolio/*"]).await.exits(2);
    assert!(ran.stderr.contains("leave `targets` out"), "{}", ran.stderr);
}
