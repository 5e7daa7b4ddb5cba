//! Drift becomes one pull request that keeps it.

use std::fs;

use catalog_sync::sandbox::{Share, ShareTarget, World};
use serde_json::{Value, json};

use super::bench::{Bench, Ran};
use super::drift::unshare;
use super::stand_in::Fault;
use super::ways_out::event;

const BRANCH: &str = "catalog-sync/adopt/catalog";
const SANDBOX: &str = "catalog/portfolios/developer-sandbox.yaml";

/// Shares a portfolio, as in the console.
pub(super) fn share(bench: &Bench, account: &str) {
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        let shares = &mut hub.portfolios.get_mut("port-sandboxtools1").unwrap().shares;
        shares.push(Share::new(ShareTarget::Account(account.to_owned())));
        world.to_yaml()
    });
}

/// Removes the share again.
fn take_back(bench: &Bench, account: &str) {
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        let shares = &mut hub.portfolios.get_mut("port-sandboxtools1").unwrap().shares;
        shares.retain(|share| share.to.id() != account);
        world.to_yaml()
    });
}

/// Removes a product from the approved ones of an experience.
fn unlist(bench: &Bench) {
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        let policy = experiences.get_mut("exp-acmedata0001").unwrap().policy.as_mut().unwrap();
        assert!(policy.allowed.remove("prod-1122334455667"));
        policy.denied.insert("prod-1122334455667".to_owned());
        world.to_yaml()
    });
}

pub(super) async fn adopt(bench: &Bench) -> Ran {
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&head);
    bench.ci("schedule", &event(), &head, &["adopt"]).await
}

fn body(pull: &Value) -> &str {
    pull["body"].as_str().expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_request_lives_as_long_as_there_is_something_to_keep() {
    let bench = Bench::in_step().await;
    let ran = adopt(&bench).await.exits(0);
    assert!(ran.summary.contains("Nothing was done in the console"), "{}", ran.summary);
    assert!(bench.github.state().git.branches.is_empty());

    share(&bench, "333333333331");
    let ran = adopt(&bench).await.exits(0);
    let pull = bench.github.state().git.proposal();
    assert_eq!(ran.outputs["pull-request-url"], pull["html_url"].as_str().unwrap());
    assert_eq!((&pull["head"]["ref"], &pull["base"]["ref"]), (&json!(BRANCH), &json!("main")));
    insta::assert_snapshot!(body(&pull));
    let before = fs::read_to_string(bench.path("repository").join(SANDBOX)).unwrap();
    let new = bench.github.state().git.file(BRANCH, SANDBOX);
    let line = "  - account: \"333333333331\" # shop\n";
    assert!(new.contains(line) && new.replacen(line, "", 1) == before, "{new}");

    // The same drift again writes only the blob of the file, and the plan that GitHub does not start for the
    // workflow's own token.
    let tip = bench.github.state().git.branches[BRANCH].clone();
    adopt(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.branches[BRANCH], tip);
    // There is more drift.
    share(&bench, "333333333332");
    adopt(&bench).await.exits(0);
    let pull = bench.github.state().git.proposal();
    assert!(body(&pull).contains("333333333332") && body(&pull).contains("2 differences"), "{pull}");
    assert!(bench.github.state().git.file(BRANCH, SANDBOX).contains("333333333332"));
    // All drift is undone.
    take_back(&bench, "333333333331");
    take_back(&bench, "333333333332");
    adopt(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.proposal()["state"], "closed");
    let ran = adopt(&bench).await.exits(0);
    assert!(!ran.outputs.contains_key("pull-request-url"), "{:?}", ran.outputs);
    // The drift is back and no pull request with it was declined, so there is a new one.
    share(&bench, "333333333331");
    share(&bench, "333333333332");
    adopt(&bench).await.exits(0);
    let open = bench.github.state().git.proposals.values().filter(|pull| pull["state"] == "open").count();
    assert_eq!(open, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_commit_moves_and_closes_nothing() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    let (tip, pull) = {
        let state = bench.github.state();
        (state.git.branches[BRANCH].clone(), state.git.proposal())
    };
    let old = bench.git(&["rev-parse", "HEAD"]);
    let new = bench.commit("later");
    bench.github.state().comes_onto_main(&new);
    bench.git(&["checkout", "--quiet", &old]);
    for change in [share as fn(&Bench, &str), take_back] {
        change(&bench, "333333333331");
        change(&bench, "333333333332");
        let ran = bench.ci("schedule", &event(), &old, &["adopt"]).await.exits(0);
        assert!(ran.summary.contains("has newer commits"), "{}", ran.summary);
        let state = bench.github.state();
        assert_eq!((&state.git.branches[BRANCH], state.git.proposal()), (&tip, pull.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_stays_in_an_open_one() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    unlist(&bench);
    adopt(&bench).await.exits(0);
    let (tip, pull) = {
        let state = bench.github.state();
        (state.git.branches[BRANCH].clone(), state.git.proposal())
    };
    assert!(body(&pull).contains("2 differences"), "{pull}");
    let fault =
        "\nfaults:\n  - {operation: DescribePortfolioShares, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| format!("{world}{fault}"));
    let ran = adopt(&bench).await.exits(1);
    assert!(ran.stderr.contains("stays as it is"), "{}", ran.stderr);
    let state = bench.github.state();
    assert_eq!((&state.git.branches[BRANCH], state.git.proposal()), (&tip, pull));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_token_starts_no_workflow_so_the_plan_is_made_here() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    let (pull, tip) = {
        let state = bench.github.state();
        (state.git.proposal(), state.git.branches[BRANCH].clone())
    };
    let number = pull["number"].as_u64().unwrap();
    let bodies = bench.github.state().bodies(number);
    assert!(matches!(bodies.as_slice(), [one] if one.starts_with("<!-- catalog-sync:plan ")), "{bodies:?}");
    let checks: Vec<String> = {
        let state = bench.github.state();
        state.checks.iter().map(|it| format!("{} {}", it["head_sha"], it["conclusion"])).collect()
    };
    assert!(checks.contains(&format!("\"{tip}\" \"success\"")), "{checks:?} {tip}");
    // Once the pull request is merged, an apply changes nothing in AWS and no drift is left.
    let new = bench.github.state().git.file(BRANCH, SANDBOX);
    fs::write(bench.path("repository").join(SANDBOX), new).unwrap();
    let before = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.commit("merge");
    let ran = bench.push(&before, &head, &[]).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    bench.drift(&[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_and_waits_is_not_taken_back() {
    let bench = Bench::in_step().await;
    // One commit was applied. Then another was merged that was not applied.
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.push(&head, &head, &["--require-reviewed-plan", "false"]).await.exits(0);
    bench.edit("portfolios/developer-sandbox.yaml", "shares:\n", "shares:\n  - account: \"333333333332\"\n");
    unshare(&bench);
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    let new = bench.github.state().git.file(BRANCH, SANDBOX);
    assert!(new.contains("333333333332") && new.contains("333333333331"), "{new}");
    let pull = bench.github.state().git.proposal();
    assert!(!body(&pull).contains("333333333332"), "{pull}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_by_somebody_it_stays_closed_until_something_else_differs() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    let number = bench.github.state().git.proposal()["number"].as_u64().unwrap();
    bench.github.state().git.proposals.get_mut(&number).unwrap()["state"] = json!("closed");
    let ran = adopt(&bench).await.exits(0);
    assert!(ran.stderr.contains("no other one is opened"), "{}", ran.stderr);
    share(&bench, "333333333332");
    adopt(&bench).await.exits(0);
    let open = bench.github.state().git.proposals.values().filter(|pull| pull["state"] == "open").count();
    assert_eq!(open, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_told_opens_and_closes_nothing() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    // AWS can't be read, so the pull request stays as it is.
    let fault =
        "\nfaults:\n  - {operation: DescribePortfolioShares, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| format!("{world}{fault}"));
    let ran = adopt(&bench).await.exits(1);
    assert_eq!(ran.outputs["reason"], "aws");
    assert_eq!(bench.github.state().git.proposal()["state"], "open");
    // If GitHub does not say what was applied, drift can't be told from changes that wait for an apply.
    let fault =
        Fault { call: "GET /repos/acme/catalog/deployments", status: 500, headers: vec![], body: "{}", times: 100 };
    bench.github.state().faults.push(fault);
    let ran = adopt(&bench).await.exits(1);
    assert!(ran.stderr.contains("can't be told from what was done in the console"), "{}", ran.stderr);
    assert_eq!(bench.github.state().git.proposal()["state"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_people_are_left_to_them() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    adopt(&bench).await.exits(0);
    bench.github.state().git.push(BRANCH, "somebody");
    let tip = bench.github.state().git.branches[BRANCH].clone();
    share(&bench, "333333333332");
    adopt(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.branches[BRANCH], tip);
    assert!(body(&bench.github.state().git.proposal()).contains("This branch has commits by others"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_make_no_second_one_and_a_missing_right_is_named() {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    bench.github.state().git.may_not_propose = true;
    let ran = adopt(&bench).await.exits(1);
    assert!(ran.stdout.contains("Allow GitHub Actions to create and approve pull requests"), "{}", ran.stdout);
    bench.github.state().git.may_not_propose = false;
    bench.github.state().lose = vec!["POST /repos/acme/catalog/git/blobs", "POST /repos/acme/catalog/pulls"];
    adopt(&bench).await.exits(0);
    bench.github.state().git.proposal();
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_links_to_the_way_to_keep_it() {
    let bench = Bench::in_step().await;
    let workflow = bench.path("repository/.github/workflows/keep.yml");
    fs::create_dir_all(workflow.parent().unwrap()).unwrap();
    let text = "on:\n  workflow_dispatch:\njobs:\n  a:\n    steps:\n      - with:\n          command: adopt\n";
    fs::write(&workflow, text).unwrap();
    bench.commit("workflow");
    share(&bench, "333333333331");
    let issue = |bench: &Bench| {
        let state = bench.github.state();
        state.issues.values().find(|issue| issue["pull_request"].is_null()).unwrap()["body"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    bench.drift(&[]).await.exits(0);
    let link = "run [keep.yml](https://github.com/acme/catalog/actions/workflows/keep.yml), which opens";
    assert!(issue(&bench).contains(link), "{}", issue(&bench));
    adopt(&bench).await.exits(0);
    let url = bench.github.state().git.proposal()["html_url"].as_str().unwrap().to_owned();
    bench.drift(&[]).await.exits(0);
    assert!(issue(&bench).contains(&format!("]({url}), which has what is live")), "{}", issue(&bench));
}
