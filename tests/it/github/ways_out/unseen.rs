//! A merge has changes that no reviewer has seen.

use catalog_sync::commands::obstacle::{Doubt, Obstacle, Unseen};

use super::super::bench::{Bench, Ran};
use super::super::plan::propose;
use super::{by_hand, told};

/// The fixes that all of these refusals print.
#[derive(Clone, Copy)]
enum Way {
    /// Open a pull request whose plan shows the changes.
    PullRequest,
    /// Apply by hand, once the drift issue shows the changes.
    ByHand,
    /// Apply without a review.
    Unreviewed,
}

const WAYS: [Way; 3] = [Way::PullRequest, Way::ByHand, Way::Unreviewed];

/// Follows a fix. Everything is applied afterwards.
async fn follow(bench: &Bench, way: Way, base: &str, head: &str) {
    match way {
        Way::PullRequest => {
            bench.number.set(9);
            let later = bench.commit("nothing, but a plan");
            bench.plan(head, &later, &[]).await.exits(0);
            bench.merge(head, &later, &[]).await.exits(0);
        }
        Way::ByHand => {
            bench.drift(&[]).await.exits(0);
            by_hand(bench, &["apply"]).await.exits(0);
        }
        Way::Unreviewed => drop(bench.push(base, head, &["--require-reviewed-plan=false"]).await.exits(0)),
    }
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
}

#[track_caller]
fn unseen(ran: &Ran, changes: usize, because: Unseen, test: &str) {
    assert_eq!(ran.outputs["reason"], "unreviewed");
    told(ran, &Obstacle::Unseen { changes, because }, test);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn merge_that_was_not_shown() {
    for way in WAYS {
        let bench = Bench::in_step().await;
        let (base, shown) = propose(&bench);
        bench.plan(&base, &shown, &[]).await.exits(0);
        let product = "  - id: prod-a1b2c3d4e5f60";
        let head = bench.edit("marketplace/baseline.yaml", product, &format!("  - prod-1a2b3c4d5e6f7\n{product}"));
        let ran = bench.merge(&base, &head, &[]).await.exits(5);
        unseen(&ran, 4, Unseen::NotShown, "merge_that_was_not_shown");
        follow(&bench, way, &base, &head).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn merge_without_a_plan() {
    for way in WAYS {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        let ran = bench.merge(&base, &head, &[]).await.exits(4);
        unseen(&ran, 2, Unseen::NoPlan, "merge_without_a_plan");
        follow(&bench, way, &base, &head).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn push_without_a_pull_request() {
    for way in WAYS {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        let ran = bench.push(&base, &head, &[]).await.exits(4);
        unseen(&ran, 2, Unseen::NoPullRequest, "push_without_a_pull_request");
        follow(&bench, way, &base, &head).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn workflow_that_nobody_else_approved() {
    for way in [None, Some(Way::PullRequest), Some(Way::ByHand), Some(Way::Unreviewed)] {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        bench.plan(&base, &head, &[]).await.exits(0);
        let file = ".github/workflows/plan.yml";
        bench.github.state().files.insert(7, vec![file]);
        let ran = bench.merge(&base, &head, &[]).await.exits(4);
        let doubt = Doubt::Workflow { number: 7, file: file.to_owned() };
        unseen(&ran, 2, Unseen::Doubts(vec![doubt]), "workflow_that_nobody_else_approved");
        if let Some(way) = way {
            follow(&bench, way, &base, &head).await;
        } else {
            bench.github.state().review(7, "reviewer", "APPROVED");
            bench.push(&base, &head, &[]).await.exits(0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn change_shown_after_the_approval() {
    for way in [None, Some(Way::PullRequest), Some(Way::ByHand), Some(Way::Unreviewed)] {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        // The shares exist when the plan is first made, so it shows no change. They are removed after the approval.
        let before = std::fs::read_to_string(bench.path("world.yaml")).unwrap();
        bench.in_step_again().await;
        bench.plan(&base, &head, &[]).await.exits(0);
        bench.github.state().review(7, "reviewer", "APPROVED");
        bench.edit_world(|_| before);
        bench.plan(&base, &head, &[]).await.exits(0);
        let ran = bench.merge(&base, &head, &[]).await.exits(4);
        let doubt = Doubt::AfterApproval { number: 7 };
        unseen(&ran, 2, Unseen::Doubts(vec![doubt]), "change_shown_after_the_approval");
        if let Some(way) = way {
            follow(&bench, way, &base, &head).await;
        } else {
            bench.github.state().review(7, "reviewer", "APPROVED");
            bench.push(&base, &head, &[]).await.exits(0);
        }
    }
}

const WORKFLOW: &str = "github-actions[bot]";

/// An app that some jobs act as. Its token does not reveal the app's login.
const PLANNER: &str = "planner[bot]";

const AS_PLANNER: [&str; 2] = ["--github-login", PLANNER];

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn plan_that_another_app_kept() {
    let runs: [(&str, &[&str], &[&str]); 2] = [(WORKFLOW, &[], &AS_PLANNER), (PLANNER, &AS_PLANNER, &[])];
    for (login, of_plan, of_apply) in runs {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        bench.github.state().login = login.to_owned();
        bench.plan(&base, &head, of_plan).await.exits(0);
        let ran = bench.merge(&base, &head, of_apply).await.exits(4);
        let me = if login == WORKFLOW { PLANNER } else { WORKFLOW };
        let app = login.trim_end_matches("[bot]").to_owned();
        let doubt = Doubt::AnotherApp { number: 7, app, me: me.to_owned() };
        unseen(&ran, 2, Unseen::Doubts(vec![doubt]), "plan_that_another_app_kept");
        assert!(ran.summary.contains("Records by another app do not count"), "{}", ran.summary);
        bench.push(&base, &head, of_plan).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn issue_of_somebody_else() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.push(&base, &head, &[]).await.exits(4);
    bench.github.state().login = PLANNER.to_owned();
    bench.drift(&AS_PLANNER).await.exits(0);
    let number = *bench.github.state().issues.keys().next().expect("an issue");
    let doubt = Doubt::IssueOfAnother { number, login: PLANNER.to_owned(), me: WORKFLOW.to_owned() };
    let ran = by_hand(&bench, &["apply"]).await.exits(4);
    unseen(&ran, 2, Unseen::Doubts(vec![doubt]), "issue_of_somebody_else");
    by_hand(&bench, &["apply", AS_PLANNER[0], AS_PLANNER[1]]).await.exits(0);

    // If there is drift alone, it is left as it is and the same reason is given.
    let bench = Bench::new().await;
    bench.github.state().login = PLANNER.to_owned();
    bench.drift(&AS_PLANNER).await.exits(0);
    let ran = by_hand(&bench, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("Drift is left as it is"), "{}", ran.summary);
    assert!(ran.summary.contains("is by planner&#91;bot&#93;"), "{}", ran.summary);
    by_hand(&bench, &["apply", AS_PLANNER[0], AS_PLANNER[1]]).await.exits(0);
    assert_eq!(bench.drift(&AS_PLANNER).await.exits(0).outputs["has-changes"], "false");
}
