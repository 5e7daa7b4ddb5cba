//! Merges: an apply makes the changes that the plan showed, and no others.

use super::bench::Bench;
use super::plan::propose;

const LABEL: &str = "catalog-sync:allow-removals";

/// The plan's comment and the apply's comment.
fn comments(bench: &Bench) -> (String, String) {
    let bodies = bench.github.state().bodies(7);
    let of = |tag: &str| {
        let found: Vec<&String> = bodies.iter().filter(|body| body.starts_with(&format!("<!-- {tag} "))).collect();
        assert!(found.len() < 2, "{found:?}");
        found.first().map(|body| (*body).clone()).unwrap_or_default()
    };
    (of("catalog-sync:plan"), of("catalog-sync:apply"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_applied_and_recorded() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert!(ran.outputs["report-file"].ends_with("report.json"));
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
    let (plan, result) = comments(&bench);
    assert!(plan.contains("<b>applied</b> by [run 102]("), "{plan}");
    assert!(result.contains("### Applied: 2 created"), "{result}");
    assert_eq!(bench.github.state().deployments.len(), 2, "one for each organization");
    {
        let state = bench.github.state();
        let deployment = &state.deployments[0];
        assert_eq!(deployment["environment"], "catalog-sync/acme");
        assert_eq!(deployment["ref"], head.as_str());
        assert_eq!(deployment["required_contexts"], serde_json::json!([]));
        let id = deployment["id"].as_u64().expect("a number");
        assert_eq!(state.statuses[&id][0]["state"], "success");
    }
    // A second run finds nothing left to do and succeeds.
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["has-changes"], "false");
    assert_eq!(bench.github.state().bodies(7).len(), 2);

    let status = bench.raw(&["status", "--format", "json"], &[]).await;
    let read: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert_eq!(read["organizations"]["acme"]["in_step"]["commit"], head.as_str(), "{read}");
    assert_eq!(read["organizations"]["subsidiary"]["failed"], serde_json::Value::Null);
    let status = bench.raw(&["status"], &[]).await;
    assert!(status.stdout.contains("acme        in step 20 November 2026"), "{}", status.stdout);
    let status = bench.raw(&["status", "--format", "markdown"], &[]).await;
    assert!(status.stdout.contains("| subsidiary | ["), "{}", status.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_saw_is_refused_by_name() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let more = "  - id: prod-1a2b3c4d5e6f7\n    name: Added \"later\"\n  - id: prod-a1b2c3d4e5f60";
    let later = bench.edit("marketplace/baseline.yaml", "  - id: prod-a1b2c3d4e5f60", more);
    let ran = bench.merge(&base, &later, &[]).await.exits(5);
    let (plan, result) = comments(&bench);
    assert!(plan.contains("<b>not applied</b> by [run 102](") && plan.contains("it was applied in part"), "{plan}");
    assert!(result.contains("<b>Refused: 4 changes that nobody has seen.</b>"), "{result}");
    assert!(ran.stdout.contains("::error::Not all was applied: 4 changes"), "{}", ran.stdout);
    assert_eq!(bench.github.state().deployment_states("acme"), ["failure", "failure"]);
    assert_eq!(ran.outputs["reason"], "unreviewed");
    // The report file says which changes were not made, for a job that gathers reports.
    let report = std::fs::read_to_string(&ran.outputs["report-file"]).unwrap();
    assert!(report.contains("refused with its target: ") && report.contains("prod-1a2b3c4d5e6f7"), "{report}");
    let ran = bench.raw(&["plan", "--detailed-exitcode"], &[]).await;
    assert_eq!(ran.code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_merge_covers_one_that_was_never_applied() {
    let bench = Bench::in_step().await;
    let (start, applied) = propose(&bench);
    bench.plan(&start, &applied, &[]).await.exits(0);
    bench.merge(&start, &applied, &[]).await.exits(0);
    let product = |id: &str| format!("  - id: {id}\n    name: Later\n  - id: prod-a1b2c3d4e5f60");
    let mut before = applied;
    for (number, id) in [(8, "prod-1a2b3c4d5e6f7"), (9, "prod-2a2b3c4d5e6f7")] {
        bench.number.set(number);
        let head = bench.edit("marketplace/baseline.yaml", "  - id: prod-a1b2c3d4e5f60", &product(id));
        // Pull request 9 plans before 8 is merged, so its plan shows the change of its own file only.
        let plan = bench.plan(&before, &head, &["--target", "marketplace/*"]).await.exits(0);
        assert_eq!(plan.outputs["removes"], "0");
        if number == 8 {
            bench.merged(&before, &head);
            before = head;
        } else {
            // The plan of 9 is made from the bench's only history, in which 8 is merged. Its record must not contain
            // what 8 showed.
            let (_, _, kept) = bench.github.state().check(&before);
            let shown: Vec<&str> = kept.split("\"shown\":\"").skip(1).filter_map(|it| it.split('"').next()).collect();
            for check in bench.github.state().checks.iter_mut().filter(|check| check["head_sha"] == head.as_str()) {
                let text = check["output"]["text"].as_str().unwrap().to_owned();
                let words = shown.iter().flat_map(|words| words.split(' '));
                check["output"]["text"] = words.fold(text, |text, word| text.replace(word, "")).into();
            }
            bench.merge(&before, &head, &[]).await.exits(0);
        }
    }
    assert!(bench.github.state().calls.iter().any(|call| call.contains("/compare/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_gone_is_fine() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.in_step_again().await;
    bench.merge(&base, &head, &[]).await.exits(0);
    assert!(comments(&bench).0.contains("<b>applied</b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_never_applied() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    for name in ["pull_request", "pull_request_target", "issue_comment", "merge_group", "workflow_run"] {
        let event = bench.pull_request(&base, &head, "acme/catalog");
        let ran = bench.ci(name, &event, &head, &["apply", "--require-reviewed-plan=false"]).await.exits(4);
        assert!(ran.stderr.contains(&format!("nothing is applied on the event {name}")), "{}", ran.stderr);
    }
    assert!(bench.github.state().calls.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_is_not_applied() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let event = serde_json::json!({"ref": "refs/heads/topic", "before": base, "after": head});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let variables = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/heads/topic"), ("GITHUB_SHA", head.as_str())];
    // A bare `ci` on another branch succeeds, since a workflow may run on all branches. `ci apply` does not.
    bench.raw(&["ci"], &variables).await.exits(0);
    bench.raw(&["ci", "apply"], &variables).await.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_without_a_pull_request_needs_leave() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let ran = bench.push(&base, &head, &[]).await.exits(4);
    assert!(ran.summary.contains("came without a pull request"), "{}", ran.summary);
    bench.push(&base, &head, &["--require-reviewed-plan", "false"]).await.exits(0);
    bench.push(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_somebody_else_counts_for_nothing() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    for check in &mut bench.github.state().checks {
        check["app"]["slug"] = "mallory".into();
    }
    let ran = bench.merge(&base, &head, &[]).await.exits(4);
    assert!(ran.summary.contains("is by the app mallory"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_label_counts_for_the_plan_that_it_was_put_on() {
    let bench = Bench::in_step().await;
    bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    bench.github.state().label(7, LABEL);
    bench.plan(&base, &head, &[]).await.exits(0);
    let (plan, _) = comments(&bench);
    assert!(plan.contains(&format!("<code>{LABEL}</code>")), "{plan}");
    // The label was put on before the plan was shown, so it does not count.
    bench.merge(&base, &head, &[]).await.exits(4);
    assert!(comments(&bench).1.contains("it takes away"), "{}", comments(&bench).1);
    bench.github.state().label(7, LABEL);
    bench.merge(&base, &head, &[]).await.exits(0);
    let (plan, result) = comments(&bench);
    assert!(plan.contains("<b>applied</b>") && result.contains("### Applied: "), "{plan}\n{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_in_part_is_said_in_part() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.edit_world(|world| {
        format!(
            "{world}\nfaults:\n  - {{operation: CreatePortfolioShare, region: eu-west-1, error: {{code: \
             InvalidParametersException, message: 'no @everyone | <b>'}}}}\n"
        )
    });
    let ran = bench.merge(&base, &head, &[]).await.exits(5);
    let (plan, result) = comments(&bench);
    assert!(plan.contains("<b>not applied</b>") && plan.contains("in part"), "{plan}");
    assert!(result.contains("Applied in part") && !result.contains("@everyone"), "{result}");
    assert!(ran.stdout.contains("::error file=catalog/portfolios/data-platform.yaml,line="), "{}", ran.stdout);
    let state = bench.github.state();
    // The deployment that was started has failed. A second deployment records the target that is not in step.
    assert_eq!(state.deployment_states("acme"), ["failure", "failure"]);
    let last = state.deployments.iter().rfind(|it| it["environment"] == "catalog-sync/acme").unwrap();
    assert_eq!(last["payload"]["failed"], serde_json::json!(["portfolio/data-platform/acme/eu-west-1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_governed_no_longer_is_told_and_blocks_nothing() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&["rm", "--quiet", "catalog/marketplace/data-science.yaml"]);
    let head = bench.commit("without a list");
    let planned = bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(planned.outputs["has-changes"], "true");
    let (plan, _) = comments(&bench);
    assert!(plan.contains("1 experience no longer governed"), "{plan}");
    assert!(plan.contains(&format!("/blob/{base}/catalog/marketplace/data-science.yaml#L")), "{plan}");
    bench.merge(&base, &head, &[]).await.exits(0);
    let (_, result) = comments(&bench);
    assert!(result.contains("1 experience no longer governed"), "{result}");
    assert!(!result.contains("not known to have shown"), "{result}");
    // No plan of this merge was shown.
    bench.github.state().checks.clear();
    bench.github.state().deployments.clear();
    bench.merge(&base, &head, &[]).await.exits(0);
    let (_, result) = comments(&bench);
    assert!(result.contains("The review is not known to have shown this."), "{result}");
}

/// The number that follows `words` in a text.
fn number_after(text: &str, words: &str) -> String {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}"));
    rest.trim_start().chars().take_while(char::is_ascii_digit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_pull_request_the_number_that_a_refusal_prints_lets_it_through() {
    let bench = Bench::in_step().await;
    bench.edit("settings.yaml", "max_removals: 20", "max_removals: 0");
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\"", "  #");
    let unreviewed = ["--require-reviewed-plan", "false"];
    let ran = bench.push(&base, &head, &unreviewed).await.exits(4);
    let number = number_after(&ran.summary, "allow-removals: ");
    let allowed = [&unreviewed[..], &["--allow-removals", &number]].concat();
    bench.push(&base, &head, &allowed).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_saw_is_applied_once_a_pull_request_has_shown_it() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let ran = bench.merge(&base, &head, &[]).await.exits(4);
    assert!(ran.summary.contains("open a pull request whose plan shows them"), "{}", ran.summary);
    bench.number.set(8);
    let later = bench.commit("nothing, but a plan");
    bench.plan(&head, &later, &[]).await.exits(0);
    let ran = bench.merge(&head, &later, &[]).await.exits(0);
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pull_requests_about_the_same_targets_are_told_that_their_plan_is_old() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let foot = |number: u64| {
        let body = bench.github.state().bodies(number).remove(0);
        body.split("<!-- state -->").nth(1).unwrap().split("<!-- /state -->").next().unwrap().to_owned()
    };
    // Three open pull requests: 8 is about the same portfolio, 9 about another, and 10 has a copy of the comment by
    // another user.
    bench.number.set(8);
    bench.plan(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(8).remove(0);
    bench.github.state().comment(10, "mallory", &body);
    bench.git(&["checkout", "--quiet", "-b", "other", &base]);
    let other = bench.edit("portfolios/network-basics.yaml", "shares:\n", "shares:\n  - account: \"555555555552\"\n");
    bench.number.set(9);
    bench.plan(&base, &other, &[]).await.exits(0);
    bench.git(&["checkout", "--quiet", "main"]);
    bench.number.set(7);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().open = vec![8, 9, 10];
    bench.merge(&base, &head, &[]).await.exits(0);
    assert!(foot(8).starts_with("<b>out of date</b> since [run 104]("), "{}", foot(8));
    assert_eq!(foot(9), "merge to apply");
    assert_eq!(bench.github.state().comments[&10][0]["body"], body.as_str());
    assert!(foot(7).starts_with("<b>applied</b>"), "{}", foot(7));
}
