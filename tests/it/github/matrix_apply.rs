//! The applies of a matrix: what the jobs record, and what only the last job records.

use serde_json::{Value, json};

use super::bench::{Bench, Ran};
use super::drift::unshare;
use super::plan::propose;
use super::stand_in::Fault;

const PORTFOLIOS: &str = "portfolio/*,recipient/*";
const LISTS: &str = "marketplace/*";

fn by_hand() -> Value {
    json!({"repository": {"default_branch": "main"}})
}

/// Runs one job of the matrix of a merge. It writes its file and no comment.
async fn job(bench: &Bench, base: &str, head: &str, target: &str) -> (String, Ran) {
    let name: String = target.chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
    let file = bench.path(&format!("{name}.json")).to_str().unwrap().to_owned();
    let args = ["--comment=false", "--target", target, "--report-file", &file];
    let ran = bench.merge(base, head, &args).await;
    (file, ran)
}

async fn report(bench: &Bench, base: &str, head: &str, files: &[String]) -> Ran {
    let args: Vec<&str> = ["report"].into_iter().chain(files.iter().map(String::as_str)).collect();
    bench.merge(base, head, &args).await
}

/// The payloads of an organization's deployments, oldest first.
fn payloads(bench: &Bench, organization: &str) -> Vec<Value> {
    let environment = format!("catalog-sync/{organization}");
    let state = bench.github.state();
    let of_it = state.deployments.iter().filter(|it| it["environment"] == environment.as_str());
    of_it.map(|it| it["payload"].clone()).collect()
}

/// Removes a portfolio from the catalog and commits.
fn without_a_portfolio(bench: &Bench) -> (String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&["rm", "--quiet", "catalog/portfolios/data-platform.yaml"]);
    (base, bench.commit("without a portfolio"))
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_matrix_record_once_that_they_began_and_the_report_ends_it() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    // Jobs with the same run id know that they belong together.
    let run = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_SHA", head.as_str()), ("GITHUB_RUN_ID", "900")];
    bench.merged(&base, &head);
    let event =
        json!({"ref": "refs/heads/main", "before": base, "after": head, "repository": {"default_branch": "main"}});
    std::fs::write(bench.path("event.json"), event.to_string()).unwrap();
    let mut files = Vec::new();
    for (name, target) in [("p.json", PORTFOLIOS), ("m.json", LISTS)] {
        let file = bench.path(name).to_str().unwrap().to_owned();
        bench.raw(&["ci", "--comment=false", "--target", target, "--report-file", &file], &run).await.exits(0);
        files.push(file);
    }
    assert_eq!(payloads(&bench, "acme").len(), 1);
    assert_eq!(bench.github.state().deployment_states("acme"), ["in_progress"]);
    let args: Vec<&str> = ["ci", "report"].into_iter().chain(files.iter().map(String::as_str)).collect();
    // A rerun of the last job is another attempt of the same run.
    let again = [run.as_slice(), &[("GITHUB_RUN_ATTEMPT", "2")]].concat();
    bench.raw(&args, &again).await.exits(0);
    assert_eq!(bench.github.state().deployment_states("acme"), ["inactive", "success"]);
    let ran = bench.drift(&[]).await.exits(0);
    assert!(!ran.summary.contains("not applied yet"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn matrix_that_died_has_overtaken_and_moves_no_base() {
    let bench = Bench::in_step().await;
    let (base, first) = propose(&bench);
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merged(&base, &first);
    bench.number.set(8);
    let (_, later) = without_a_portfolio(&bench);
    bench.plan(&first, &later, &[]).await.exits(0);
    // One job of the matrix ran, and the last job never did.
    job(&bench, &first, &later, LISTS).await.1.exits(0);
    bench.git(&["checkout", "--quiet", &first]);
    let ran = bench.push(&base, &first, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "overtaken");
    bench.git(&["checkout", "--quiet", "main"]);
    // The next apply still carries out the clean-up.
    let ran = bench.push(&first, &later, &[]).await.exits(0);
    assert_eq!(ran.outputs["removes"], "8", "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn job_without_the_right_to_record_says_so_and_applies() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let call = "POST /repos/acme/catalog/deployments";
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    let (_, ran) = job(&bench, &base, &head, PORTFOLIOS).await;
    let ran = ran.exits(0);
    assert_eq!(ran.outputs["reason"], "reporting");
    assert!(ran.stderr.contains("`deployments: write`"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_up_that_no_job_answered_for_is_noticed_and_not_lost() {
    let bench = Bench::in_step().await;
    let (base, head) = without_a_portfolio(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let mut files = Vec::new();
    for target in [LISTS, "*/developer-sandbox/*", "portfolio/network-basics/*"] {
        let (file, ran) = job(&bench, &base, &head, target).await;
        ran.exits(0);
        files.push(file);
    }
    let ran = report(&bench, &base, &head, &files).await.exits(1);
    assert!(ran.summary.contains("which an earlier catalog names and this one does not"), "{}", ran.summary);
    let failed = payloads(&bench, "acme").pop().unwrap()["failed"].clone();
    let names = ["portfolio/data-platform/acme/eu-west-1", "portfolio/data-platform/acme/us-east-1"];
    assert_eq!(failed, json!(names));
    // The next merge carries out the clean-up.
    bench.number.set(8);
    let later = bench.commit("nothing");
    bench.plan(&head, &later, &[]).await.exits(0);
    let ran = bench.merge(&head, &later, &[]).await.exits(0);
    assert_eq!(ran.outputs["removes"], "8", "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn job_with_nothing_to_clean_up_has_answered() {
    let bench = Bench::in_step().await;
    let (base, head) = without_a_portfolio(&bench);
    bench.edit_world(|world| {
        let mut world = catalog_sync::sandbox::World::parse(&world, "world").unwrap();
        for region in world.accounts.get_mut("111111111112").unwrap().regions.values_mut() {
            for (_, portfolio) in region.portfolios.iter_mut().filter(|(id, _)| id.contains("dataplatform")) {
                portfolio.shares.clear();
            }
        }
        world.to_yaml()
    });
    let mut files = Vec::new();
    for target in [LISTS, PORTFOLIOS] {
        let (file, ran) = job(&bench, &base, &head, target).await;
        ran.exits(0);
        files.push(file);
    }
    report(&bench, &base, &head, &files).await.exits(0);
    assert_eq!(bench.github.state().deployment_states("acme").last().unwrap(), "success");
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_that_jobs_left_out_goes_into_the_issue_by_the_report() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    unshare(&bench);
    let mut files = Vec::new();
    for target in [PORTFOLIOS, LISTS] {
        let (file, ran) = job(&bench, &base, &head, target).await;
        ran.exits(0);
        files.push(file);
    }
    assert!(bench.github.state().issues.is_empty(), "the jobs leave it to the last one");
    let ran = report(&bench, &base, &head, &files).await.exits(0);
    assert!(ran.summary.contains("Drift is left as it is: 1 difference"), "{}", ran.summary);
    let body = bench.github.state().issues.values().next().unwrap()["body"].as_str().unwrap().to_owned();
    assert!(body.contains("999999999992"), "{body}");
    // The issue has shown the drift, so an apply by hand undoes it.
    let ran = bench.ci("workflow_dispatch", &by_hand(), &head, &["apply"]).await.exits(0);
    assert!(ran.summary.contains("### Applied: "), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_of_some_targets_adds_what_it_left_out_to_the_issue() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let odd = "prod-0000000000002";
    bench.edit_world(|world| world.replacen("prod-a1b2c3d4e5f60", odd, 1));
    bench.drift(&[]).await.exits(0);
    unshare(&bench);
    bench.merge(&base, &head, &["--target", PORTFOLIOS]).await.exits(0);
    let issue = |bench: &Bench| bench.github.state().issues.values().next().unwrap().clone();
    let body = issue(&bench)["body"].as_str().unwrap().to_owned();
    assert!(body.contains("999999999992") && body.contains(odd), "{body}");

    // Muted drift stays muted when a run leaves out a part of it.
    bench.drift(&[]).await.exits(0);
    for issue in bench.github.state().issues.values_mut() {
        issue["state"] = "closed".into();
        issue["state_reason"] = "not_planned".into();
    }
    bench.drift(&["--target", PORTFOLIOS]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
    bench.drift(&[]).await.exits(0);
    assert_eq!(issue(&bench)["state"], "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn second_try_of_a_matrix_counts_what_was_approved_and_nothing_that_was_refused() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let later = bench.edit(
        "marketplace/baseline.yaml",
        "  - id: prod-a1b2c3d4e5f60",
        "  - id: prod-1a2b3c4d5e6f7\n    name: Later\n  - id: prod-a1b2c3d4e5f60",
    );
    // The list's change was not shown, so it is refused. One region of the portfolio fails.
    bench.github.state().checks[0]["head_sha"] = later.as_str().into();
    for check in &mut bench.github.state().checks {
        let kept = check["output"]["text"].as_str().unwrap().replace(&head, &later);
        check["output"]["text"] = kept.into();
    }
    let fault = "\nfaults:\n  - {operation: CreatePortfolioShare, region: eu-west-1, error: {code: \
                 InvalidParametersException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    let mut files = Vec::new();
    for (target, code) in [(PORTFOLIOS, 5), (LISTS, 4)] {
        let (file, ran) = job(&bench, &base, &later, target).await;
        ran.exits(code);
        files.push(file);
    }
    report(&bench, &base, &later, &files).await.exits(5);
    let payload = payloads(&bench, "acme").pop().unwrap();
    assert_eq!(payload["failed"], json!(["portfolio/data-platform/acme/eu-west-1"]));
    assert_eq!(payload["left"].as_array().unwrap().len(), 1, "{payload}");
    assert!(payload["refused"].as_array().unwrap().iter().all(|it| it.as_str().unwrap().starts_with("marketplace/")));
    // A second try is refused as well.
    let (_, ran) = job(&bench, &base, &later, LISTS).await;
    ran.exits(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn report_by_hand_where_nothing_is_recorded_starts_from_its_own_commit() {
    let bench = Bench::in_step().await;
    unshare(&bench);
    let head = bench.commit("nothing");
    bench.github.state().comes_onto_main(&head);
    bench.drift(&[]).await.exits(0);
    let file = bench.path("all.json").to_str().unwrap().to_owned();
    let args = ["apply", "--comment=false", "--target", "*", "--report-file", &file];
    bench.ci("workflow_dispatch", &by_hand(), &head, &args).await.exits(0);
    bench.ci("workflow_dispatch", &by_hand(), &head, &["report", &file]).await.exits(0);
    assert_eq!(payloads(&bench, "acme").pop().unwrap()["base"], head.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_name_what_an_earlier_merge_left_to_clean_up() {
    let bench = Bench::in_step().await;
    let (start, applied) = propose(&bench);
    bench.plan(&start, &applied, &[]).await.exits(0);
    bench.merge(&start, &applied, &[]).await.exits(0);
    bench.number.set(8);
    let (_, gone) = without_a_portfolio(&bench);
    let planned = bench.pull_request(&applied, &gone, "acme/catalog");
    let of_pull = bench.ci("pull_request", &planned, &gone, &["targets"]).await.exits(0).outputs["targets"].clone();
    // The first merge was never applied, so the targets of the next one include its clean-up.
    bench.merged(&applied, &gone);
    let later = bench.commit("nothing");
    let of_push = bench.push(&gone, &later, &["targets"]).await.exits(0).outputs["targets"].clone();
    for targets in [of_pull, of_push] {
        let targets: Vec<String> = serde_json::from_str(&targets).unwrap();
        assert!(targets.iter().any(|it| it == "portfolio/data-platform/acme/us-east-1"), "{targets:?}");
    }
    let ran = bench.push(&gone, &later, &["targets", "--bundles", "2"]).await.exits(0);
    let bundles: Vec<Vec<String>> = serde_json::from_str(&ran.outputs["targets"]).unwrap();
    assert_eq!(bundles.len(), 2);
    // Without the right to read deployments a message says so, and the catalog's own targets are still listed.
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    let call = "GET /repos/acme/catalog/deployments";
    bench.github.state().faults = vec![Fault { call, status: 403, headers: Vec::new(), body, times: 9 }];
    let ran = bench.push(&gone, &later, &["targets"]).await.exits(0);
    assert!(ran.stderr.contains("`deployments: read`") && !ran.outputs["targets"].contains("data-platform"));
}
