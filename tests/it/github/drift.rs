//! The scheduled drift check: one issue for as long as there is drift.

use catalog_sync::sandbox::{AccountStatus, ShareTarget, World};
use serde_json::Value;

use super::bench::Bench;
use super::stand_in::Fault;

fn issue(bench: &Bench) -> Value {
    let state = bench.github.state();
    assert_eq!(state.issues.len(), 1, "{:?}", state.issues);
    state.issues.values().next().cloned().expect("one")
}

/// Removes a share, as in the console.
pub(super) fn unshare(bench: &Bench) {
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        let shares = &mut hub.portfolios.get_mut("port-dataplatform1").unwrap().shares;
        shares.retain(|share| share.to.id() != "999999999992");
        world.to_yaml()
    });
}

/// Enables the example's disabled experience, so that there is no warning left.
fn enable(bench: &Bench) {
    bench.edit_world(|world| {
        let enabled = world.replacen("status: Disabled", "status: Enabled", 1);
        assert_ne!(enabled, world);
        enabled
    });
}

fn since(issue: &Value) -> String {
    let body = issue["body"].as_str().expect("a text");
    let (_, rest) = body.split_once("\"since\":\"").expect("a marker");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_whose_making_was_not_answered_is_not_made_twice() {
    let bench = Bench::new().await;
    bench.github.state().lose = vec!["POST /repos/acme/catalog/issues"];
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(ran.outputs["issue-url"], issue(&bench)["html_url"].as_str().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_lives_as_long_as_the_drift() {
    let bench = Bench::new().await;
    let ran = bench.drift(&["--drift-issue-labels", "drift,catalog"]).await.exits(0);
    let opened = issue(&bench);
    assert_eq!(ran.outputs["issue-url"], opened["html_url"].as_str().unwrap());
    assert_eq!(opened["labels"], serde_json::json!(["drift", "catalog"]));
    assert!(opened["body"].as_str().unwrap().starts_with("<!-- catalog-sync:drift {\"v\":1"), "{opened}");
    assert_eq!((&*ran.outputs["has-changes"], &*ran.outputs["drift"]), ("true", "18"));

    // The drift goes on: the issue and its start time stay the same.
    bench.drift(&["--fail-on-drift", "true"]).await.exits(3);
    assert_eq!(since(&issue(&bench)), since(&opened));
    assert!(issue(&bench)["body"].as_str().unwrap().contains("run 102"));
    let number = opened["number"].as_u64().unwrap();
    assert!(bench.github.state().bodies(number).is_empty(), "nobody is told each time");

    bench.in_step_again().await;
    enable(&bench);
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().bodies(number).len(), 1, "it is closed once");

    // The drift comes back.
    bench.edit_world(|_| World::example().to_yaml());
    bench.drift(&[]).await.exits(0);
    let back = issue(&bench);
    assert_eq!((&back["state"], &back["number"]), (&Value::from("open"), &opened["number"]));
    assert_ne!(since(&back), since(&opened));
    assert_eq!(bench.github.state().bodies(number).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_closes_nothing() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    let opened = issue(&bench);
    bench.in_step_again().await;
    let fault = "\nfaults:\n  - {operation: ListPortfolios, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    bench.drift(&[]).await.exits(1);
    let left = issue(&bench);
    assert_eq!((&left["state"], since(&left)), (&Value::from("open"), since(&opened)));
    assert!(left["body"].as_str().unwrap().contains("could not be read"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_of_somebody_else_is_left_alone() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    for issue in bench.github.state().issues.values_mut() {
        issue["user"]["login"] = "mallory".into();
    }
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().issues.len(), 2);
    bench.drift(&["--drift-issue=false"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_what_the_issue_shows_is_applied() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    let head = bench.git(&["rev-parse", "HEAD"]);
    let event = serde_json::json!({"repository": {"default_branch": "main"}});
    bench.ci("workflow_dispatch", &event, &head, &[]).await.exits(2);
    // The issue has not shown the drift yet, so the first apply leaves it alone and adds it to the issue. The second
    // apply then undoes it.
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("Drift is left as it is: 1 difference"), "{}", ran.summary);
    let ran = bench.ci("workflow_dispatch", &event, &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("### Applied: "), "{}", ran.summary);
    enable(&bench);
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
}

const NO_PORTFOLIOS: &str =
    "\nfaults:\n  - {operation: DescribePortfolioShares, error: {code: AccessDeniedException, message: no}}\n";

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_read_the_issue_keeps_what_was_known() {
    let bench = Bench::new().await;
    bench.drift(&[]).await.exits(0);
    let opened = issue(&bench);
    let known = "- share  999999999991";
    assert!(opened["body"].as_str().unwrap().contains(known), "{opened}");
    bench.edit_world(|world| world + NO_PORTFOLIOS);
    // Each further run keeps the last known drift in the issue.
    for _ in 0..2 {
        bench.drift(&[]).await.exits(1);
        let body = issue(&bench)["body"].as_str().unwrap().to_owned();
        assert_eq!(body.matches(known).count(), 1, "{body}");
        assert!(body.contains("As last known"), "{body}");
        let marketplace = body.find("Datadog Pro").expect("what can be read is news");
        assert!(marketplace < body.find("As last known").unwrap(), "{body}");
    }
    bench.edit_world(|world| world.replace(NO_PORTFOLIOS.trim(), "").replace("DescribePortfolioShares", "Nothing"));
    bench.drift(&[]).await.exits(0);
    assert!(!issue(&bench)["body"].as_str().unwrap().contains("As last known"));
}

#[tokio::test(flavor = "multi_thread")]
async fn part_of_the_catalog_closes_no_issue_about_the_whole() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    bench.drift(&[]).await.exits(0);
    bench.drift(&["--target", "marketplace/*"]).await.exits(0);
    let left = issue(&bench);
    assert_eq!(left["state"], "open");
    let body = left["body"].as_str().unwrap();
    assert!(
        body.contains("999999999992") && body.contains("none in what was looked at, the rest as last known"),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_open_issues_become_one() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    bench.drift(&[]).await.exits(0);
    let (number, mut twin) = {
        let opened = issue(&bench);
        (opened["number"].as_u64().unwrap(), opened)
    };
    twin["number"] = serde_json::json!(number + 1_000);
    bench.github.state().issues.insert(number + 1_000, twin);
    bench.drift(&[]).await.exits(0);
    let state = bench.github.state();
    let (kept, twin) = (&state.issues[&number], &state.issues[&(number + 1_000)]);
    assert_eq!(
        (&kept["state"], &twin["state"], &twin["state_reason"]),
        (&"open".into(), &"closed".into(), &"duplicate".into())
    );
    assert!(state.bodies(number + 1_000)[0].contains(&format!("#{number}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn not_planned_mutes_exactly_that_drift() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    bench.drift(&[]).await.exits(0);
    let close = || {
        let mut state = bench.github.state();
        let issue = state.issues.values_mut().next().unwrap();
        issue["state"] = "closed".into();
        issue["state_reason"] = "not_planned".into();
    };
    close();
    let ran = bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    assert!(ran.summary.contains("This drift is muted"), "{}", ran.summary);
    // Other drift opens the issue again.
    let removed = "prod-0000000000002";
    bench.edit_world(|world| world.replacen("prod-a1b2c3d4e5f60", removed, 1));
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "open");
    let body = issue(&bench)["body"].as_str().unwrap().to_owned();
    assert!(body.contains(removed) && body.contains("Splunk Cloud by Splunk"), "{body}");
    // The muted drift opens the issue again after it went away and came back.
    close();
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    let drifted = std::fs::read_to_string(bench.path("world.yaml")).unwrap();
    bench.in_step_again().await;
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    bench.edit_world(|_| drifted);
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_issues_there_is_the_summary() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    let off = |call| Fault {
        call,
        status: 410,
        headers: Vec::new(),
        body: r#"{"message": "Issues are disabled for this repo"}"#,
        times: 9,
    };
    for call in ["GET /repos/acme/catalog/issues", "POST /repos/acme/catalog/issues"] {
        bench.github.state().faults = vec![off(call)];
        let ran = bench.drift(&[]).await.exits(0);
        assert!(
            ran.summary.contains("### Drift: ") && ran.stderr.contains("Issues are switched off"),
            "{}",
            ran.stderr
        );
    }
    bench.github.state().faults = vec![Fault { status: 403, ..off("GET /repos/acme/catalog/issues") }];
    let ran = bench.drift(&[]).await.exits(1);
    assert!(ran.summary.contains("### Drift: "), "the summary needs nobody's leave: {}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_drift_is_a_link_to_the_workflow_that_applies() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    let folder = bench.path("repository/.github/workflows");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.yml"), "on: {workflow_dispatch: }\njobs: {}\n").unwrap();
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/workflows/apply.yml");
    std::fs::copy(own, folder.join("catalog apply.yml")).unwrap();
    bench.drift(&[]).await.exits(0);
    let body = issue(&bench)["body"].as_str().unwrap().to_owned();
    let link = "run [catalog apply.yml](https://github.com/acme/catalog/actions/workflows/catalog%20apply.yml)";
    assert!(body.contains(link), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn share_that_missed_an_account_is_named_in_the_issue() {
    let bench = Bench::in_step().await;
    bench.edit_world(|text| {
        let mut world = World::parse(&text, "the world").unwrap();
        let region = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        let shares = region.portfolios.values_mut().flat_map(|portfolio| &mut portfolio.shares);
        for share in shares.filter(|share| matches!(share.to, ShareTarget::Ou(_))) {
            share.missing.insert("333333333331".to_owned());
        }
        world.to_yaml()
    });
    bench.drift(&["--fail-on-drift", "true"]).await.exits(3);
    let issue = issue(&bench);
    assert_eq!(issue["state"], "open");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("did not reach shop 333333333331"), "{body}");
    assert!(body.contains("1 share did not reach every account"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_tells_of_closed_accounts_and_disabled_experiences() {
    let bench = Bench::new().await;
    let (_, _) = super::plan::propose(&bench);
    bench.in_step_again().await;
    unshare(&bench);
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let acme = world.organizations.get_mut("acme").unwrap();
        let data = acme.ous.iter_mut().find(|unit| unit.name == "Data").unwrap();
        data.accounts.get_mut("444444444442").unwrap().status = AccountStatus::Suspended;
        world.to_yaml()
    });
    let ran = bench.drift(&[]).await.exits(0);
    let body = issue(&bench)["body"].as_str().unwrap().to_owned();
    for said in ["account analytics 444444444442 is closed or suspended", "experience Data Science is disabled"] {
        assert!(body.contains(said) && ran.summary.contains(said), "{said}: {body}");
    }
    assert!(ran.stdout.contains("title=closed account::"), "on its line: {}", ran.stdout);

    // The drift is gone, and the warnings stay in the open issue. Warnings alone open none.
    bench.in_step_again().await;
    bench.drift(&["--fail-on-drift", "true"]).await.exits(0);
    let left = issue(&bench);
    let body = left["body"].as_str().unwrap();
    assert_eq!(left["state"], "open");
    assert!(body.contains("No drift in 10 targets, and something is gone or switched off in 4 of them"), "{body}");
    assert!(body.contains("is closed or suspended") && body.contains("Data Science is disabled"), "{body}");
    bench.github.state().issues.clear();
    bench.drift(&[]).await.exits(0);
    assert!(bench.github.state().issues.is_empty());
}
