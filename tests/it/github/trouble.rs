//! GitHub fails while a result is reported, merges follow each other quickly, plans are large: what was applied stays
//! applied.

use super::bench::Bench;
use super::plan::propose;
use super::stand_in::{Fault, How, Trouble};

fn fails(call: &'static str, status: u16, times: usize) -> Fault {
    Fault { call, status, headers: Vec::new(), body: r#"{"message": "no"}"#, times }
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_that_can_not_be_written_changes_nothing_of_what_was_done() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    // The pull request's conversation is locked.
    bench.github.state().faults = vec![fails("POST /repos/acme/catalog/issues/7/comments", 403, 9)];
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["reason"], "reporting");
    assert!(ran.stdout.contains("::warning::Not reported: can't comment on #7"), "{}", ran.stdout);
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
    assert!(ran.summary.contains("Not everything could be reported"), "{}", ran.summary);
    let state = bench.github.state();
    assert!(state.bodies(7)[0].contains("<b>applied</b>"), "{}", state.bodies(7)[0]);
    assert_eq!(state.deployment_states("acme"), ["success"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_that_can_not_be_recorded_changes_nothing_of_what_was_done() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().faults = vec![fails("POST /repos/acme/catalog/deployments", 403, 99)];
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["reason"], "reporting");
    assert!(
        ran.summary.contains("`deployments: write`") || ran.summary.contains("deployments: write"),
        "{}",
        ran.summary
    );
    assert!(bench.github.state().bodies(7)[0].contains("<b>applied</b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_without_a_comment_keeps_its_deployments() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merge(&base, &head, &["--comment=false"]).await.exits(0);
    let state = bench.github.state();
    assert_eq!(state.deployment_states("acme"), ["success"]);
    assert_eq!(state.bodies(7).len(), 1, "the plan's comment alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_make_nothing_twice() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().lose =
        vec!["POST /repos/acme/catalog/issues/7/comments", "POST /repos/acme/catalog/deployments"];
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert!(!ran.outputs.contains_key("reason"), "{:?}", ran.outputs);
    let state = bench.github.state();
    assert_eq!((state.bodies(7).len(), state.deployments.len()), (2, 2));
    assert_eq!(state.deployment_states("acme"), ["success"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reason_is_empty_where_all_is_well_and_says_what_kind_of_trouble_there_is() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.edit_world(|world| {
        format!(
            "{world}\nfaults:\n  - {{operation: CreatePortfolioShare, region: eu-west-1, error: {{code: \
                 InvalidParametersException, message: no}}}}\n"
        )
    });
    let ran = bench.merge(&base, &head, &[]).await.exits(5);
    assert_eq!(ran.outputs["reason"], "aws");
    let broken = bench.edit("settings.yaml", "max_removals", "max_removal");
    let ran = bench.push(&head, &broken, &[]).await.exits(1);
    assert_eq!(ran.outputs["reason"], "catalog");
}

const PRODUCT: &str = "  - id: prod-a1b2c3d4e5f60";

/// A pull request that was merged and not applied, and a second one on top of it. Returns the commit before both and
/// the commit of each.
async fn two_pull_requests(bench: &Bench) -> (String, String, String) {
    let (start, first) = propose(bench);
    bench.plan(&start, &first, &[]).await.exits(0);
    bench.merged(&start, &first);
    bench.number.set(8);
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n{PRODUCT}");
    let second = bench.edit("marketplace/baseline.yaml", PRODUCT, &more);
    // The second plan was made before the first merge, so it shows the change of its own file only.
    bench.plan(&first, &second, &["--target", "marketplace/*"]).await.exits(0);
    (start, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn first_apply_ever_after_two_merges_carries_out_both() {
    let bench = Bench::in_step().await;
    let (_, first, second) = two_pull_requests(&bench).await;
    bench.merge(&first, &second, &[]).await.exits(0);
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false", "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn push_of_two_pull_requests_looks_at_both_and_tells_both() {
    let bench = Bench::in_step().await;
    let (start, first, second) = two_pull_requests(&bench).await;
    // A merge queue pushes both at once.
    bench.merged(&first, &second);
    bench.push(&start, &second, &[]).await.exits(0);
    let state = bench.github.state();
    for number in [7, 8] {
        let bodies = state.bodies(number);
        assert_eq!(bodies.len(), 2, "#{number}");
        assert!(bodies[0].contains("<b>applied</b>") && bodies[1].contains("### Applied: "), "{bodies:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_too_large_to_be_kept_change_by_change_is_applied_by_a_matrix_and_in_two_tries() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let product = |number: u32| format!("  - id: prod-{number:013x}\n    name: Product {number}\n");
    let products = (0..900).map(product).collect::<Vec<_>>().concat();
    let head = bench.edit("marketplace/baseline.yaml", PRODUCT, &format!("{products}{PRODUCT}"));
    let planned = bench.plan(&base, &head, &[]).await.exits(0);
    let creates: usize = planned.outputs["creates"].parse().unwrap();
    // More changes than a record holds one by one.
    assert!(creates > 2_500, "{creates}");
    bench.merge(&base, &head, &["--comment=false", "--target", "portfolio/*"]).await.exits(0);
    // A part is applied, and the rest still counts as shown.
    let fault =
        "\nfaults:\n  - {operation: StartChangeSet, skip: 3, error: {code: InternalServiceException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    bench.push(&base, &head, &[]).await.exits(5);
    bench.edit_world(|world| world.split("\nfaults:").next().unwrap_or_default().to_owned());
    let ran = bench.push(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs.get("reason"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_whose_answer_is_cut_or_late_is_made_once() {
    let is_comment = |call: &String| call.starts_with("POST ") && call.ends_with("/issues/7/comments");
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let at = bench.github.state().calls.iter().position(is_comment).expect("the plan is a comment");
    for how in [How::Cut, How::Late] {
        let bench = Bench::in_step().await;
        let (base, head) = propose(&bench);
        bench.github.state().trouble = Some(Trouble { at, how, call: None });
        bench.timeout.set(Some("20s"));
        bench.plan(&base, &head, &[]).await.exits(0);
        let state = bench.github.state();
        let met = state.trouble.as_ref().and_then(|it| it.call.as_ref());
        assert!(met.is_some_and(is_comment), "{how:?}: {met:?}");
        assert_eq!(state.comments[&7].len(), 1, "{how:?}");
    }
}
