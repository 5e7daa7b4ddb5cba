//! Runs of `ci` with a GitHub failure in each of their calls. AWS ends in the right state, the run reports what it
//! could not write, and a second run leaves what a run without failures leaves.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_sync::sandbox::World;

use super::super::campaign::case::{Case, Verdict, check, fight, fight_some, processors};
use super::super::campaign::facts::facts;
use super::super::campaign::{seed, wanted};
use super::adopt::{adopt, share};
use super::bench::{Bench, Ran};
use super::drift::unshare;
use super::due::{due, ended};
use super::plan::propose;
use super::request::asked;
use super::review::reviewed;
use super::stand_in::{How, State, Trouble};

/// A job to run, and its preparation.
struct Job {
    name: &'static str,
    /// Makes a bench ready for the job, and the function that runs it.
    prepare: fn() -> Ready,
}

type Ready = std::pin::Pin<Box<dyn Future<Output = (Bench, Run)>>>;

/// Runs the job on a bench.
type Run = Box<dyn Fn(&Bench) -> std::pin::Pin<Box<dyn Future<Output = Ran> + '_>>>;

const JOBS: [Job; 7] = [
    Job { name: "plan", prepare: || Box::pin(plan()) },
    Job { name: "apply", prepare: || Box::pin(apply()) },
    Job { name: "drift", prepare: || Box::pin(drift()) },
    Job { name: "due", prepare: || Box::pin(falls_due()) },
    Job { name: "adopt", prepare: || Box::pin(adopts()) },
    Job { name: "request", prepare: || Box::pin(requests()) },
    Job { name: "review", prepare: || Box::pin(review()) },
];

/// An answer that comes after the time limit of one answer.
const LATE: &str = "its answer is late";
/// The `--timeout` of the runs that wait for such an answer. The time limit of one answer is a quarter of it.
const SHORT: &str = "20s";

/// The failures of a call to GitHub.
const TROUBLES: [(&str, How); 8] = [
    ("500 once", How::Once(500)),
    ("500 for good", How::ForGood(500)),
    ("403 for good", How::ForGood(403)),
    ("404 for good", How::ForGood(404)),
    ("422 once", How::Once(422)),
    ("its answer is lost", How::Lost),
    ("its connection is cut", How::Cut),
    (LATE, How::Late),
];

async fn plan() -> (Bench, Run) {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    let run: Run = Box::new(move |bench| {
        let (base, head) = (base.clone(), head.clone());
        Box::pin(async move { bench.plan(&base, &head, &[]).await })
    });
    (bench, run)
}

async fn apply() -> (Bench, Run) {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    let run: Run = Box::new(move |bench| {
        let (base, head) = (base.clone(), head.clone());
        Box::pin(async move { bench.merge(&base, &head, &[]).await })
    });
    (bench, run)
}

async fn drift() -> (Bench, Run) {
    let bench = Bench::in_step().await;
    unshare(&bench);
    (bench, Box::new(|bench| Box::pin(bench.drift(&[]))))
}

async fn falls_due() -> (Bench, Run) {
    (ended().await, Box::new(|bench| Box::pin(due(bench, &[]))))
}

async fn adopts() -> (Bench, Run) {
    let bench = Bench::in_step().await;
    share(&bench, "333333333331");
    (bench, Box::new(|bench| Box::pin(adopt(bench))))
}

async fn requests() -> (Bench, Run) {
    (Bench::new().await, Box::new(|bench| Box::pin(asked(bench))))
}

async fn review() -> (Bench, Run) {
    let bench = Bench::in_step().await;
    let (base, head) = propose(&bench);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().review(7, "reviewer", "APPROVED");
    let run: Run = Box::new(move |bench| {
        let (base, head) = (base.clone(), head.clone());
        Box::pin(async move { reviewed(bench, &base, &head, "submitted").await })
    });
    (bench, run)
}

/// The world that is saved in a bench.
fn world(bench: &Bench) -> World {
    let path = bench.path("world.yaml");
    if path.exists() { World::read(&path).unwrap() } else { World::example() }
}

/// The world as facts. A thing that the example does not have is named by its name, since its id differs from bench to
/// bench.
fn facts_of(world: &World) -> BTreeSet<String> {
    facts(&World::example(), world)
}

/// What GitHub shows: titles and states, without the numbers, times and run addresses that differ from run to run.
fn seen(state: &State) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let kind = |body: &str| body.lines().next().unwrap_or_default().split(" {").next().unwrap_or_default().to_owned();
    let title = |body: &str| {
        let line = body.lines().find(|line| line.starts_with('#')).unwrap_or_default();
        line.to_owned()
    };
    for (number, comments) in &state.comments {
        let bodies: Vec<&str> = comments.iter().filter_map(|comment| comment["body"].as_str()).collect();
        seen.extend(bodies.iter().enumerate().map(|(at, it)| format!("#{number} {at}: {} {}", kind(it), title(it))));
    }
    for issue in state.issues.values() {
        seen.insert(format!("issue {} {}", issue["title"], issue["state"]));
    }
    seen.insert(format!("{} issues", state.issues.len()));
    for organization in ["acme", "subsidiary"] {
        seen.insert(format!("{organization} {:?}", state.deployment_states(organization).last()));
    }
    // A second run makes a new check run, and GitHub shows the last one of each name.
    for check in &state.checks {
        let last =
            state.checks.iter().rev().find(|it| it["name"] == check["name"] && it["head_sha"] == check["head_sha"]);
        let last = last.expect("itself at least");
        seen.insert(format!("check {} {} {}", last["name"], last["status"], last["conclusion"]));
    }
    seen.insert(format!("branches {:?}", state.git.branches.keys().collect::<Vec<_>>()));
    seen.extend(state.git.proposals.values().map(|it| format!("proposal {} {}", it["title"], it["state"])));
    seen
}

/// What a second run has to restore. The comment about an apply is left out: only the run that made the changes can
/// write it. If it could not, it said so, and the second run has no changes to report.
fn lasting(seen: BTreeSet<String>) -> BTreeSet<String> {
    seen.into_iter().filter(|it| !it.contains("catalog-sync:apply")).collect()
}

/// The results of a job without failures.
struct Truth {
    job: &'static Job,
    code: i32,
    seen: BTreeSet<String>,
    before: BTreeSet<String>,
    after: BTreeSet<String>,
    calls: usize,
    /// The errors and warnings that the job annotates without failures.
    annotations: usize,
}

fn annotations(ran: &Ran) -> usize {
    ran.stdout.lines().filter(|line| line.starts_with("::error") || line.starts_with("::warning")).count()
}

fn told(ran: &Ran, what: &str) -> String {
    let Ran { code, stdout, stderr, summary, outputs: _ } = ran;
    format!("{what}\n--- exit status {code}\n{stdout}\n{stderr}\n--- summary\n{summary}")
}

impl Truth {
    async fn of(job: &'static Job) -> Self {
        let (bench, run) = (job.prepare)().await;
        let (start, first) = (world(&bench), bench.github.state().calls.len());
        let ran = run(&bench).await;
        assert!([0, 3].contains(&ran.code), "{}: {}", job.name, told(&ran, "it failed"));
        let state = bench.github.state();
        let calls = state.calls.len() - first;
        let end = world(&bench);
        let (before, after, annotations) = (facts_of(&start), facts_of(&end), annotations(&ran));
        Self { job, code: ran.code, seen: seen(&state), before, after, calls, annotations }
    }

    async fn hold(&self, at: usize, how: How) -> Verdict {
        let (bench, run) = (self.job.prepare)().await;
        {
            let mut state = bench.github.state();
            let at = state.calls.len() + at;
            state.trouble = Some(Trouble { at, how, call: None });
        }
        if matches!(how, How::Late) {
            bench.timeout.set(Some(SHORT));
        }
        let ran = run(&bench).await;
        bench.timeout.set(None);
        let call = bench.github.state().trouble.take().and_then(|it| it.call).unwrap_or_default();
        let first = |what: &str| told(&ran, &format!("{what}; the call was {call}"));
        let now = facts_of(&world(&bench));
        check(!ran.stderr.contains("panicked"), || first("a panic"))?;
        check([0, 1, 3, 4, 5].contains(&ran.code), || first("an exit status that there is not"))?;
        let lost: Vec<_> = self.before.intersection(&self.after).filter(|it| !now.contains(*it)).collect();
        check(lost.is_empty(), || first(&format!("taken away, and nobody wanted that: {lost:#?}")))?;
        let strange: Vec<_> = now.iter().filter(|it| !self.before.contains(*it) && !self.after.contains(*it)).collect();
        check(strange.is_empty(), || first(&format!("made, and nobody asked for it: {strange:#?}")))?;
        check(ran.code != self.code || now == self.after, || first("it says that all is done, and it is not"))?;
        let silent = seen(&bench.github.state()) != self.seen && ran.code == self.code;
        let reason = ran.outputs.get("reason").is_some_and(|reason| !reason.is_empty());
        let says = reason || annotations(&ran) > self.annotations;
        check(!silent || says, || first("something is missing at GitHub, and it does not say so"))?;
        let again = run(&bench).await;
        let second = |what: &str| told(&again, &format!("{what}\n{}", first("the run before")));
        check(again.code == self.code, || second("run again it ends otherwise"))?;
        check(facts_of(&world(&bench)) == self.after, || second("run again it leaves another AWS"))?;
        let (end, wanted) = (lasting(seen(&bench.github.state())), lasting(self.seen.clone()));
        check(end == wanted, || {
            let missing: Vec<_> = wanted.difference(&end).collect();
            let more: Vec<_> = end.difference(&wanted).collect();
            second(&format!("run again it leaves another GitHub: {missing:#?} missing, {more:#?} too much"))
        })
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for job in &JOBS {
        let truth = Arc::new(runtime().block_on(Truth::of(job)));
        for (at, (name, how)) in (0..truth.calls).flat_map(|at| TROUBLES.map(|trouble| (at, trouble))) {
            let truth = Arc::clone(&truth);
            let kind = format!("ci {}/{name}", job.name);
            cases.push(Case::new(kind, format!("call {}", at + 1), move || runtime().block_on(truth.hold(at, how))));
        }
    }
    cases
}

#[test]
fn sample_of_jobs_with_github_in_trouble() {
    let mut cases = cases();
    // These cases wait for GitHub to recover or to answer, so they take long.
    cases.retain(|case| !case.kind.ends_with("500 for good") && !case.kind.ends_with(LATE));
    fight_some("jobs with GitHub in trouble", cases, seed(), 12);
}

#[test]
#[ignore = "the whole campaign takes long: it has a job of its own"]
fn every_job_with_github_in_trouble() {
    fight("jobs with GitHub in trouble", &wanted(cases()), 4 * processors());
}
