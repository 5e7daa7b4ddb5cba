//! A matrix: every job writes a file, and one last job reports them all.

use super::bench::Bench;
use super::plan::propose;

/// Runs a job for each target except those in `dead`. Each job writes its file into a folder of its own. Returns the
/// folder.
async fn jobs(bench: &Bench, base: &str, head: &str, dead: &[&str]) -> String {
    let listed = bench.raw(&["targets", "--base", base], &[]).await;
    let targets: Vec<String> = serde_json::from_str(&listed.stdout).expect("JSON");
    let folder = bench.path("artifacts");
    let before = bench.github.state().calls.len();
    for (number, target) in targets.iter().enumerate() {
        if dead.contains(&target.as_str()) {
            continue;
        }
        let folder = folder.join(number.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("plan.json");
        let args = ["--comment=false", "--target", target, "--plan-file", file.to_str().unwrap()];
        bench.plan(base, head, &args).await.exits(0);
    }
    assert_eq!(bench.github.state().calls.len(), before, "the jobs themselves say nothing");
    folder.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_files_together_are_the_whole_plan() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let whole = bench.plan(&base, &head, &["--comment=false"]).await.exits(0);
    let files = jobs(&bench, &base, &head, &[]).await;
    let ran = bench.plan(&base, &head, &["report", &files]).await.exits(0);
    assert_eq!(ran.outputs["digest"], whole.outputs["digest"]);
    assert_eq!(bench.github.state().bodies(7).len(), 1);
    let ran = bench.raw(&["report", &files, "--format", "markdown"], &[]).await;
    assert_eq!((ran.code, ran.stdout.contains("Catalog plan: 2 to create")), (0, true), "{}", ran.stdout);
    let ran = bench.raw(&["report", &files, "--format", "json"], &[]).await;
    assert!(ran.stdout.contains(&whole.outputs["digest"]));

    // The last job makes the map of all targets from the jobs' files.
    let map = bench.path("map.html");
    let option = format!("--map-file={}", map.display());
    let ran = bench.plan(&base, &head, &["report", &files, "--map", &option]).await.exits(0);
    assert_eq!(ran.outputs["map-file"], map.display().to_string());
    assert_eq!(std::fs::read_to_string(&map).unwrap().matches("\"change\":\"gives\"").count(), 2);

    // The apply makes the changes that the gathered comment showed.
    bench.merge(&base, &head, &[]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_died_is_no_answer() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let files =
        jobs(&bench, &base, &head, &["portfolio/data-platform/acme/eu-west-1", "marketplace/baseline/subsidiary/*"])
            .await;
    let ran = bench.plan(&base, &head, &["report", &files]).await.exits(1);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(
        body.contains("2 targets could not be read") && body.contains("no plan file speaks of this target"),
        "{body}"
    );
    assert_eq!(ran.outputs["creates"], "1");
    let ran = bench.raw(&["report", &files], &[]).await;
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let ran = bench.plan(&base, &head, &["report"]).await.exits(2);
    assert!(ran.stderr.contains("report needs the files"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn job_that_died_is_noticed_where_only_the_base_names_its_target() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    bench.git(&["rm", "--quiet", "catalog/portfolios/data-platform.yaml"]);
    let head = bench.commit("without a portfolio");
    let gone = "portfolio/data-platform/acme/us-east-1";
    let files = jobs(&bench, &base, &head, &[gone]).await;
    let ran = bench.plan(&base, &head, &["report", &files]).await.exits(1);
    assert!(ran.summary.contains("which an earlier catalog names and this one does not"), "{}", ran.summary);
    let ran = bench.raw(&["report", &files, "--base", &base], &[]).await;
    assert!(ran.code == 1 && ran.stdout.contains("no plan file speaks of this target"), "{}", ran.stdout);
    let files = jobs(&bench, &base, &head, &[]).await;
    let ran = bench.plan(&base, &head, &["report", &files]).await.exits(0);
    assert_eq!(ran.outputs["removes"], "8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_results_of_an_apply_are_gathered_too() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let mut files = Vec::new();
    for (name, glob) in [("p.json", "portfolio/*,recipient/*"), ("m.json", "marketplace/*")] {
        let file = bench.path(name).to_str().unwrap().to_owned();
        bench.merge(&base, &head, &["--comment=false", "--target", glob, "--report-file", &file]).await.exits(0);
        files.push(file);
    }
    let args: Vec<&str> = ["report"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let ran = bench.merge(&base, &head, &args).await.exits(0);
    assert!(ran.summary.contains("### Applied: 2 created"), "{}", ran.summary);
    let state = bench.github.state();
    assert_eq!((state.bodies(7).len(), state.deployment_states("subsidiary").len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn comment_of_some_targets_says_that_it_is_narrowed() {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &["--target", "portfolio/*"]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("This plan is narrowed to portfolio/") && body.contains("run `report` after them"), "{body}");
}
