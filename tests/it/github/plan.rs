//! Pull requests: one plan comment, whatever other comments there are.

use catalog_sync::sandbox::World;

use super::bench::Bench;
use super::stand_in::Fault;

pub(super) const ENTRY: &str = "  - account: \"999999999992\"";

/// A pull request that shares one portfolio with one more account, in both regions.
pub(super) fn propose(bench: &Bench) -> (String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    let more = format!("  - account: \"444444444442\"\n    through_organization: true\n{ENTRY}");
    (base, bench.edit("portfolios/data-platform.yaml", ENTRY, &more))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_edited_and_never_written_twice() {
    let bench = Bench::in_step().await;
    {
        let mut state = bench.github.state();
        state.page = 2;
        for number in 0..5 {
            state.comment(7, "someone", &format!("comment {number}"));
        }
        // One comment quotes the marker, and two other users imitate it.
        state.comment(7, "github-actions[bot]", "> <!-- catalog-sync:plan {} -->");
        let fake = "<!-- catalog-sync:plan {\"v\":1,\"catalog\":\"catalog\",\"digest\":\"x\",\"head\":null,\
                    \"shown_at\":\"2026-01-01T00:00:00Z\",\"changes\":\"\"} -->";
        state.comment(7, "mallory", fake);
        state.comment(7, "mallory[bot]", fake);
    }
    let (base, head) = propose(&bench);
    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(ran.outputs["creates"], "2");
    assert_eq!((&*ran.outputs["drift"], &*ran.outputs["has-changes"]), ("0", "true"));
    assert!(ran.outputs["comment-url"].contains("#issuecomment-"), "{:?}", ran.outputs);
    assert!(ran.summary.starts_with("### Catalog plan: 2 to create"), "{}", ran.summary);
    // Only the summary has the graph of what changes in the organization tree.
    assert!(
        ran.summary.contains("\n\n```mermaid\nflowchart LR\n") && ran.summary.contains(" ==>|share| "),
        "{}",
        ran.summary
    );
    let first = bench.github.state().bodies(7);
    assert_eq!(first.len(), 2, "{first:?}");
    assert!(!first[1].contains("mermaid"), "{}", first[1]);
    assert!(
        first[1].starts_with("<!-- catalog-sync:plan {") && first[1].contains("/actions/runs/101)"),
        "{}",
        first[1]
    );
    assert!(first[1].contains(&format!("/blob/{head}/catalog/portfolios/data-platform.yaml#L")), "{}", first[1]);

    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    let second = bench.github.state().bodies(7);
    assert_eq!(second.len(), 2, "{second:?}");
    assert!(second[1].contains("/actions/runs/102)"), "{}", second[1]);
    let marker = |body: &str| body.lines().next().unwrap_or_default().to_owned();
    assert_eq!(marker(&first[1]), marker(&second[1]), "the same plan was shown since then");
    assert!(ran.stdout.contains("::group::Plan\n::stop-commands::catalog-sync-"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_from_before_is_told_apart() {
    let bench = Bench::new().await;
    let (base, head) = propose(&bench);
    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!((&*ran.outputs["creates"], &*ran.outputs["drift"]), ("16", "18"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_gets_its_findings_and_nothing_else() {
    let bench = Bench::new().await;
    let (base, head) = propose(&bench);
    let event = bench.pull_request(&base, &head, "mallory/catalog");
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert!(
        ran.summary.contains("The live plan was <b>not made</b>: this pull request comes from a fork"),
        "{}",
        ran.summary
    );
    assert!(ran.stdout.contains("::warning file=catalog/portfolios/data-platform.yaml,line="), "{}", ran.stdout);
    let head = bench.edit("settings.yaml", "max_removals", "max_removal");
    let event = bench.pull_request(&base, &head, "mallory/catalog");
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(1);
    assert!(ran.stdout.contains("::error file=catalog/settings.yaml,line="), "{}", ran.stdout);
    assert!(ran.summary.starts_with("### The catalog has"), "{}", ran.summary);
    assert_eq!(bench.github.state().calls, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_of_ours_without_a_way_into_aws_is_an_error() {
    let bench = Bench::new().await;
    let (base, head) = propose(&bench);
    std::fs::write(bench.path("event.json"), bench.pull_request(&base, &head, "acme/catalog").to_string()).unwrap();
    let variables = [("GITHUB_EVENT_NAME", "pull_request"), ("CATALOG_SYNC_SANDBOX", "")];
    let ran = bench.raw(&["ci"], &variables).await.exits(1);
    assert!(ran.summary.contains("id-token: write"), "{}", ran.summary);
    assert!(ran.stdout.contains("::error::the live plan was not made"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_are_waited_for() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let limited = |call, header: (&'static str, String), times| Fault {
        call,
        status: 403,
        headers: vec![header],
        body: r#"{"message": "You have exceeded a secondary rate limit."}"#,
        times,
    };
    bench.github.state().faults = vec![
        limited("POST /repos/acme/catalog/issues/7/comments", ("retry-after", "1".to_owned()), 2),
        Fault { call: "GET /repos", status: 502, headers: Vec::new(), body: "<html>", times: 1 },
    ];
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(bench.github.state().bodies(7).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.github.state().faults = vec![Fault {
        call: "POST /repos/acme/catalog/issues/7/comments",
        status: 403,
        headers: Vec::new(),
        body: r#"{"message": "Resource not accessible by integration"}"#,
        times: 9,
    }];
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    for part in ["comment on #7 in acme/catalog", "Resource not accessible by integration", "`pull-requests: write`"] {
        assert!(ran.stderr.contains(part) && ran.stdout.contains("::error::"), "{part}: {}", ran.stderr);
    }
    assert!(ran.summary.contains("Catalog plan") && ran.outputs.contains_key("plan-file"), "what was made is kept");
    assert_eq!(
        bench.github.state().calls.iter().filter(|call| call.starts_with("POST") && call.ends_with("comments")).count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_token_can_keep_no_record_and_is_told_so() {
    let bench = Bench::in_step().await;
    bench.github.state().login = "Catalog-Keeper".to_owned();
    let (base, head) = propose(&bench);
    let ran = bench.plan(&base, &head, &[]).await.exits(1);
    assert!(ran.stderr.contains("keep what was shown") && ran.stderr.contains("`checks: write`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("where `github-token` is a person's token, leave that input out"), "{}", ran.stderr);
    assert_eq!(ran.outputs["reason"], "access");
    assert!(bench.github.state().bodies(7).is_empty(), "nothing says that merging applies it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_a_folder_names_files_from_the_top() {
    let bench = Bench::in_step().await;
    bench.git(&["mv", "catalog", "moved"]);
    std::fs::create_dir(bench.path("repository/platform")).unwrap();
    bench.git(&["mv", "moved", "platform/catalog"]);
    let head = bench.commit("move");
    std::fs::write(bench.path("event.json"), bench.pull_request(&head, &head, "acme/catalog").to_string()).unwrap();
    bench.github.state().heads.insert(7, head.clone());
    let variables = [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_SHA", head.as_str())];
    let workspace = bench.path("repository");
    let ran = bench.raw_in("repository/platform", &["ci"], &variables).await.exits(0);
    assert!(ran.stdout.contains("file=platform/catalog/portfolios/"), "{} {}", workspace.display(), ran.stdout);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.starts_with("<!-- catalog-sync:plan {\"v\":1,\"catalog\":\"platform/catalog\""), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_only_is_quiet_where_there_is_nothing() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("settings.yaml", "version: 1", "# a comment\nversion: 1");
    let ran = bench.plan(&base, &head, &["--comment", "changes-only"]).await.exits(0);
    assert!(bench.github.state().comments.is_empty(), "{}", ran.stderr);
    assert!(ran.summary.contains("in step, nothing to change"), "{}", ran.summary);
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &["--comment", "changes-only"]).await.exits(0);
    assert_eq!(bench.github.state().bodies(7).len(), 1);
    // A comment that exists is kept up to date.
    bench.git(&["revert", "--no-edit", &head]);
    let undone = bench.git(&["rev-parse", "HEAD"]);
    bench.plan(&base, &undone, &["--comment", "changes-only"]).await.exits(0);
    let bodies = bench.github.state().bodies(7);
    assert!(bodies.len() == 1 && bodies[0].contains("in step, nothing to change"), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn further_comments_hold_what_the_first_can_not_and_say_when_they_are_needed_no_more() {
    let bench = Bench::in_step().await;
    // 4,000 approvals that the list does not have.
    bench.edit_world(|world| {
        let mut world = World::parse(&world, "world").unwrap();
        let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
        let policy = marketplace.experiences.get_mut("exp-acmebase0001").unwrap().policy.as_mut().unwrap();
        policy.allowed.extend((0..4_000).map(|n| format!("prod-gone{n:04}x")));
        world.to_yaml()
    });
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let bodies = bench.github.state().bodies(7);
    assert!(bodies.len() > 1, "{}", bodies.len());
    assert!(bodies[1].starts_with("<!-- catalog-sync:more {\"v\":1,\"catalog\":\"catalog\",\"part\":2} -->"));
    let all = bodies.concat();
    assert!((0..4_000).all(|n| all.contains(&format!("prod-gone{n:04}x"))), "each is named");
    bench.plan(&base, &head, &[]).await.exits(0);
    assert_eq!(bench.github.state().bodies(7).len(), bodies.len(), "edited, not written again");
    bench.in_step_with(&["--allow-removals", "5000"]).await;
    bench.plan(&base, &head, &[]).await.exits(0);
    let bodies = bench.github.state().bodies(7);
    assert!(bodies[1].contains("fits into fewer comments"), "{}", bodies[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn enterprise_server_has_its_api_and_its_pages_elsewhere() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    std::fs::write(bench.path("event.json"), bench.pull_request(&base, &head, "acme/catalog").to_string()).unwrap();
    bench.github.state().heads.insert(7, head.clone());
    let api = format!("{}/api/v3", bench.github.url);
    let variables = [
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_SHA", &*head),
        ("GITHUB_RUN_ID", "101"),
        ("GITHUB_API_URL", &*api),
        ("GITHUB_SERVER_URL", "https://github.acme.example"),
    ];
    bench.raw(&["ci"], &variables).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("(https://github.acme.example/acme/catalog/actions/runs/101)"), "{body}");
    assert!(body.contains(&format!("(https://github.acme.example/acme/catalog/blob/{head}/catalog/")), "{body}");
    assert!(!body.contains("https://github.com"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_of_other_people_do_not_show_as_this_pull_requests() {
    let bench = Bench::in_step().await;
    let old = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&["checkout", "--quiet", "-b", "topic"]);
    let (_, head) = propose(&bench);
    bench.git(&["checkout", "--quiet", "main"]);
    let theirs = "  - account: \"555555555552\"\n";
    let main = bench.edit("portfolios/network-basics.yaml", "shares:\n", &format!("shares:\n{theirs}"));
    bench.git(&["merge", "--quiet", "--no-ff", "-m", "as GitHub would merge it", "topic"]);
    let merge = bench.git(&["rev-parse", "HEAD"]);

    bench.github.state().heads.insert(7, head.clone());
    // The event still names the older base.
    let event = bench.pull_request(&old, &head, "acme/catalog");
    let ran = bench.ci("pull_request", &event, &merge, &[]).await.exits(0);
    assert_eq!((&*ran.outputs["creates"], &*ran.outputs["drift"]), ("3", "1"), "theirs is merged, and not applied yet");
    let saved = std::fs::read_to_string(&ran.outputs["plan-file"]).unwrap();
    assert!(saved.contains(&format!("\"base\": \"{main}\"")), "{saved}");

    // The branch alone lacks the other merge, so its plan would remove that share. The summary says why.
    bench.in_step_again().await;
    bench.git(&["checkout", "--quiet", "topic"]);
    let event = bench.pull_request(&main, &head, "acme/catalog");
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert!(ran.summary.contains("This plan is of the branch alone"), "{}", ran.summary);
    bench.git(&["merge", "--quiet", "--no-edit", "main"]);
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().heads.insert(7, head.clone());
    let event = bench.pull_request(&main, &head, "acme/catalog");
    let ran = bench.ci("pull_request", &event, &head, &[]).await.exits(0);
    assert!(!ran.summary.contains("This plan is of the branch alone"), "{}", ran.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn map_is_made_beside_the_plan_where_it_is_asked_for() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    assert!(!ran.outputs.contains_key("map-file"));
    let file = bench.path("maps.html");
    let name = format!("--map-file={}", file.display());
    let ran = bench.plan(&base, &head, &["--map", &name]).await.exits(0);
    assert_eq!(ran.outputs["map-file"], file.display().to_string());
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("\"change\":\"gives\""), "{page}");
    // If the map can't be written, the summary says so and the plan succeeds.
    let ran = bench.plan(&base, &head, &["--map", "--map-file=/nowhere/map.html"]).await.exits(0);
    assert!(ran.summary.contains("the map was not made") && ran.outputs["reason"] == "reporting", "{}", ran.summary);
    // `drift` makes a map, too. A job for some of the targets makes none: that is for the job that gathers the files.
    super::drift::unshare(&bench);
    let ran = bench.drift(&["--map", &name]).await.exits(0);
    assert_eq!(ran.outputs["map-file"], file.display().to_string());
    let ran = bench.plan(&base, &head, &["--map", &name, "--comment=false", "--target=portfolio/*"]).await.exits(0);
    assert!(!ran.outputs.contains_key("map-file"));
}
