//! Changes that fall due without a pull request: the schedule carries out entries that were reviewed and applied, and
//! nothing else.

use catalog_sync::sandbox::World;
use serde_json::{Value, json};

use super::bench::{Bench, Ran};
use super::stand_in::Fault;

const AUDITORS: &str = "999999999992";
const STAGING: &str = "333333333341";

/// Gives the share with the auditors an `until` that has passed.
fn end_the_share(bench: &Bench) -> (String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    let (from, to) =
        (format!("- account: \"{AUDITORS}\""), format!("- until: 2020-01-01\n    account: \"{AUDITORS}\""));
    (base, bench.edit("portfolios/data-platform.yaml", &from, &to))
}

/// A catalog in which the share with the auditors has ended, reviewed and applied. The share is then live again, as if
/// its last day had only now passed, and another share was removed in the console.
pub(super) async fn ended() -> Bench {
    let bench = Bench::in_step().await;
    let mut before = String::new();
    bench.edit_world(|world| {
        before.clone_from(&world);
        world
    });
    let (base, head) = end_the_share(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(0);
    assert_eq!(shares(&bench), [STAGING], "the merge itself removes what has ended already");
    bench.edit_world(|_| before);
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        hub.portfolios.get_mut("port-dataplatform1").unwrap().shares.retain(|share| share.to.id() != STAGING);
        world.to_yaml()
    });
    assert_eq!(shares(&bench), [AUDITORS]);
    bench
}

/// The accounts that the portfolio is shared with in us-east-1.
pub(super) fn shares(bench: &Bench) -> Vec<String> {
    let mut found = Vec::new();
    bench.edit_world(|text| {
        let world = World::parse(&text, "world").unwrap();
        let portfolio = &world.accounts["111111111112"].regions["us-east-1"].portfolios["port-dataplatform1"];
        let ids = portfolio.shares.iter().map(|share| share.to.id().to_owned());
        found = ids.filter(|id| [AUDITORS, STAGING].contains(&id.as_str())).collect();
        text
    });
    found.sort();
    found
}

pub(super) async fn due(bench: &Bench, args: &[&str]) -> Ran {
    let head = bench.git(&["rev-parse", "HEAD"]);
    let event = json!({"repository": {"default_branch": "main"}});
    bench.ci("schedule", &event, &head, &[&["due"], args].concat()).await
}

fn of_due(bench: &Bench) -> Vec<Value> {
    let state = bench.github.state();
    state.deployments.iter().filter(|it| it["environment"] == "catalog-sync-due/acme").cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn schedule_removes_what_has_ended_and_nothing_else() {
    let bench = ended().await;
    let applied = bench.github.state().deployment_states("acme");
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.stdout.contains("listed until 2020-01-01"), "{}", ran.stdout);
    assert_eq!((&*ran.outputs["removes"], &*ran.outputs["creates"]), ("2", "0"));
    assert!(shares(&bench).is_empty(), "other drift is left as it is");
    assert_eq!(bench.github.state().deployment_states("acme"), applied, "the base does not move");
    assert_eq!(of_due(&bench).len(), 1);
    // A second run has nothing left to do.
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("Nothing is due"), "{}", ran.summary);
    assert_eq!(of_due(&bench).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn end_whose_merge_was_not_applied_waits() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let first = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 19");
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merge(&base, &first, &[]).await.exits(0);
    bench.number.set(8);
    let (base, head) = end_the_share(&bench);
    bench.merged(&base, &head);
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("2 entries have ended and are not carried out"), "{}", ran.summary);
    assert_eq!(shares(&bench), [STAGING, AUDITORS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_due_where_no_apply_was_ever_recorded() {
    let bench = Bench::in_step().await;
    let (base, head) = end_the_share(&bench);
    bench.merged(&base, &head);
    due(&bench, &[]).await.exits(0);
    assert_eq!(shares(&bench), [STAGING, AUDITORS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn limit_stops_what_is_due_and_opens_the_issue() {
    let bench = ended().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 1");
    bench.merged(&base, &head);
    let ran = due(&bench, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "removals");
    assert_eq!(shares(&bench), [AUDITORS]);
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("What is due is not carried out: it takes away 2"), "{body}");
    due(&bench, &["--allow-removals", "2"]).await.exits(0);
    assert!(shares(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_that_is_not_applied_does_not_raise_the_limit_of_what_is_due() {
    let bench = ended().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let low = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 1");
    bench.number.set(8);
    bench.plan(&base, &low, &[]).await.exits(0);
    bench.merge(&base, &low, &[]).await.exits(0);
    let high = bench.edit("settings.yaml", "max_removals: 1", "max_removals: 5000");
    bench.merged(&low, &high);
    due(&bench, &[]).await.exits(4);
    assert_eq!(shares(&bench), [AUDITORS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_commit_carries_out_no_end_that_a_later_one_put_off() {
    let bench = ended().await;
    let old = bench.git(&["rev-parse", "HEAD"]);
    let later = bench.edit("portfolios/data-platform.yaml", "until: 2020-01-01", "until: 2999-01-01");
    bench.merged(&old, &later);
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("Nothing is due"), "{}", ran.summary);
    // The scheduled run of the older commit is started again.
    bench.git(&["checkout", "--quiet", &old]);
    let ran = due(&bench, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "overtaken");
    assert_eq!(shares(&bench), [AUDITORS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_carried_out_from_elsewhere() {
    let bench = ended().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.ci("pull_request", &bench.pull_request(&head, &head, "acme/catalog"), &head, &["due"]).await.exits(4);
    let event = json!({"repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let branch = [
        ("GITHUB_EVENT_NAME", "workflow_dispatch"),
        ("GITHUB_SHA", head.as_str()),
        ("GITHUB_RUN_ID", "1"),
        ("GITHUB_REF", "refs/heads/topic"),
    ];
    bench.raw(&["ci", "due"], &branch).await.exits(4);
    due(&bench, &["--target", "portfolio/*"]).await.exits(2);
    let by_variable = [
        ("GITHUB_EVENT_NAME", "schedule"),
        ("GITHUB_SHA", head.as_str()),
        ("GITHUB_RUN_ID", "1"),
        ("CATALOG_SYNC_SANDBOX", "true"),
    ];
    bench.raw(&["ci", "due"], &by_variable).await.exits(2);
    assert_eq!(shares(&bench), [AUDITORS]);
    assert!(of_due(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_said() {
    let bench = ended().await;
    let fault =
        "\nfaults:\n  - {operation: DescribePortfolioShares, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    let ran = due(&bench, &[]).await.exits(1);
    assert!(ran.summary.contains("could not be read") || ran.stdout.contains("could not be read"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_can_be_tried_and_records_nothing() {
    let bench = ended().await;
    let world = format!("--sandbox={}", bench.path("world.yaml").display());
    let ran = due(&bench, &[&world]).await.exits(0);
    assert_eq!(ran.outputs["sandbox"], "true");
    assert!(shares(&bench).is_empty(), "{}", ran.stdout);
    assert!(of_due(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn record_that_can_not_be_written_stops_nothing_and_is_said() {
    let bench = ended().await;
    let call = "POST /repos/acme/catalog/deployments";
    let body = "{\"message\": \"Resource not accessible by integration\"}";
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    let ran = due(&bench, &[]).await.exits(0);
    assert_eq!(ran.outputs["reason"], "reporting");
    assert!(shares(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_shows_what_is_due_and_what_is_about_to_end() {
    let bench = ended().await;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let near = today.checked_add(jiff::Span::new().days(5)).unwrap();
    let (base, head) = {
        let base = bench.git(&["rev-parse", "HEAD"]);
        (
            base,
            bench.edit(
                "portfolios/data-platform.yaml",
                "  - ou: Data\n",
                &format!("  - ou: Data\n    until: {near}\n"),
            ),
        )
    };
    bench.merged(&base, &head);
    bench.drift(&[]).await.exits(0);
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("listed until 2020-01-01"), "{body}");
    assert!(body.contains("that end within 30 days") && body.contains(&near.to_string()), "{body}");
}
