//! Measures the calls of a plan and an apply against the least possible, and the time of a plan against the longest
//! chain of calls: `cargo bench --bench plan`. docs/performance.md explains the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod estate;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, write};
use catalog_sync::cloud::{Cloud, Endpoint, Options, Timing, read};
use catalog_sync::model::change::{CatalogVersion, Plan, Summary};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::id::Name;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Products, Removals, Taken, What};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox};

use estate::{Calls, Estate, Phase};

const LATENCY: Duration = Duration::from_millis(50);

/// The shortest of several runs is the least disturbed by other processes.
const RUNS: usize = 3;

const ESTATE: Estate =
    Estate { organizations: 20, experiences: 5, products: 500, portfolios: 50, shares: 100, one_hub: false };

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        measure("20 organizations that own 50 portfolios between them", ESTATE).await?;
        measure("The same, all portfolios in one account", Estate { one_hub: true, ..ESTATE }).await
    })
}

async fn measure(title: &str, estate: Estate) -> Result<()> {
    println!("\n# {title}\n");
    let loaded = catalog::load(&estate.files()?, jiff::civil::date(2030, 1, 1));
    let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
    let bench = Bench { estate, desired, sandbox: Sandbox::start(estate.world()).await? };

    bench.import().await?;
    bench.plan("A plan in step", false).await?;
    bench.sandbox.change(|world| estate.disturb(world));
    bench.plan("A plan of many changes", true).await?;
    bench.apply().await
}

struct Bench {
    estate: Estate,
    desired: Desired,
    sandbox: Sandbox,
}

impl Bench {
    fn options(&self, timing: Timing) -> Options {
        let endpoint = Endpoint {
            url: self.sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        Options { timing, ..Options::loopback(endpoint) }
    }

    /// The calls since `from`, by operation. The sandbox counts them, so the SDK's own retries are included.
    fn calls(&self, from: usize) -> Calls {
        let mut calls = Calls::new();
        for call in self.sandbox.calls().into_iter().skip(from) {
            *calls.entry(call.operation).or_default() += 1;
        }
        calls
    }

    /// Imports all that is live, with a network's latency and at the rates that the tool keeps with AWS. A plan of the
    /// imported files has no changes.
    async fn import(&self) -> Result<()> {
        self.sandbox.change(|world| world.latency_ms = u64::try_from(LATENCY.as_millis()).unwrap_or_default());
        let empty = Desired { settings: self.desired.settings.clone(), ..Desired::default() };
        let (what, mut live) = (What::default(), Live::default());
        let from = self.sandbox.calls().len();
        let cloud = Cloud::new(&empty.settings, Mode::Plan, self.options(Timing::default()));
        let began = Instant::now();
        read::read(&cloud, &mut live, |live| plan::import_wants(&what, &empty, live)).await;
        let drawn = plan::draft(&what, &empty, &Taken::default(), &live);
        let took = began.elapsed();
        ensure!(drawn.unread.is_empty(), "{:?}", drawn.unread);
        let calls = self.calls(from);

        let mut files = self.estate.files()?;
        files.files.retain(|path, _| path.ends_with("settings.yaml"));
        let dir = files.dir.clone();
        let path = |folder: &str, name: &Name| format!("{dir}/{folder}/{name}.yaml");
        let portfolios = drawn.portfolios.iter().map(|(name, it)| (path("portfolios", name), write::portfolio(it)));
        let lists = drawn.lists.iter().map(|(name, it)| (path("marketplace", name), write::list(it)));
        files.files.extend(portfolios.chain(lists).map(|(path, text)| (path, text.into_bytes())));
        let loaded = catalog::load(&files, jiff::civil::date(2030, 1, 1));
        let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
        let (written, summary) = (files.files.len() - 1, make(&cloud, &desired).await.summary());
        ensure!(summary.changes() + summary.unreadable == 0, "{summary:?}");

        println!("## An import: {written} files, and a plan from them has nothing to change\n");
        let phase = self.estate.importing();
        table(&calls, [&phase.calls]);
        let least = phase.least_time(LATENCY, Options::CONCURRENCY);
        println!(
            "\n{took:.2?} where {least:.2?} is the least: {:.2} times\n",
            took.as_secs_f64() / least.as_secs_f64()
        );
        Ok(())
    }

    /// Plans with a network's latency and at the rates that the tool keeps with AWS.
    async fn plan(&self, title: &str, changes: bool) -> Result<()> {
        self.sandbox.change(|world| world.latency_ms = u64::try_from(LATENCY.as_millis()).unwrap_or_default());
        let (mut took, mut calls, mut summary) = (Duration::MAX, Calls::new(), Summary::default());
        for _ in 0..RUNS {
            let from = self.sandbox.calls().len();
            let cloud = Cloud::new(&self.desired.settings, Mode::Plan, self.options(Timing::default()));
            let began = Instant::now();
            let made = make(&cloud, &self.desired).await;
            took = took.min(began.elapsed());
            calls = self.calls(from);
            summary = made.summary();
            ensure!(summary.unreadable == 0, "{} targets are unreadable", summary.unreadable);
            ensure!((summary.changes() > 0) == changes, "{} changes", summary.changes());
        }

        let phases: Vec<Phase> =
            if changes { vec![self.estate.reading(), self.estate.naming()] } else { vec![self.estate.reading()] };
        println!("## {title}: {} targets, {} changes\n", summary.targets, summary.changes());
        table(&calls, phases.iter().map(|phase| &phase.calls));
        let least: Duration = phases.iter().map(|phase| phase.least_time(LATENCY, Options::CONCURRENCY)).sum();
        println!(
            "\n{took:.2?} where {least:.2?} is the least: {:.2} times\n",
            took.as_secs_f64() / least.as_secs_f64()
        );
        Ok(())
    }

    /// Applies everything without latency and pauses, then checks that a plan is empty.
    async fn apply(&self) -> Result<()> {
        self.sandbox.change(|world| world.latency_ms = 0);
        let cloud = Cloud::new(&self.desired.settings, Mode::Apply, self.options(Timing::loopback()));
        let made = make(&cloud, &self.desired).await;
        let changes = made.summary().changes();
        let limits = Limits { max_removals: MaxRemovals::default(), allow_removals: None, shown: Removals::default() };
        let approved = plan::approve(made, limits, None).ok().context("nothing is too much here")?;
        let from = self.sandbox.calls().len();
        let writer = cloud.writer().context("it is in the mode of apply")?;
        let tally = apply(approved, &writer, futures_util::stream::pending(), &mut ()).await.tally();
        ensure!(tally.applied == changes, "{tally:?}");
        println!("## An apply: {changes} changes\n");
        table(&self.calls(from), [&self.estate.applying()]);
        let again = make(&cloud, &self.desired).await.summary();
        ensure!(again.changes() + again.unreadable == 0, "{again:?}");
        println!("\nThe plan after it is empty.\n");
        Ok(())
    }
}

/// Plans as the commands do: read in rounds, compare, look up the names of what changes, compare again.
async fn make(cloud: &Cloud, desired: &Desired) -> Plan {
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
    let goal = Goal { wanted: &|_| true };
    let mut live = Live::default();
    read::read(cloud, &mut live, |live| plan::wants(goal, desired, None, live)).await;
    let first = plan::diff(desired, &live, None, version.clone());
    let names = plan::names(&first).and(plan::products(&first, desired, Products::SpokenOf).wants);
    if names.is_empty() {
        return first;
    }
    read::read(cloud, &mut live, |_| names.clone()).await;
    for trouble in &live.troubles {
        println!("{trouble}");
    }
    plan::titled(plan::diff(desired, &live, None, version), desired, &live, Products::SpokenOf)
}

/// Prints the calls that were made beside the least possible.
fn table<'a>(made: &Calls, least: impl IntoIterator<Item = &'a Calls>) {
    let mut possible = Calls::new();
    for (operation, count) in least.into_iter().flatten() {
        *possible.entry(operation.clone()).or_default() += count;
    }
    let count = |calls: &Calls, operation: &str| calls.get(operation).copied().unwrap_or_default();
    println!("| operation | made | least |\n| --- | ---: | ---: |");
    let operations: BTreeSet<&String> = made.keys().chain(possible.keys()).collect();
    for operation in operations {
        println!("| `{operation}` | {} | {} |", count(made, operation), count(&possible, operation));
    }
    println!("| all | {} | {} |", made.values().sum::<usize>(), possible.values().sum::<usize>());
}
