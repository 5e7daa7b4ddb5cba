//! Counts the calls that find OUs and the accounts below them, at the rates that Organizations publishes: `cargo bench
//! --bench tree`. docs/performance.md explains the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::catalog::{self, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, Timing, read};
use catalog_sync::model::change::CatalogVersion;
use catalog_sync::model::desired::Desired;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::Mode;
use catalog_sync::plan::{self, Goal};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

const SETTINGS: &str = r#"version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: "111111111111"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1]
"#;

/// An organization of groups with units in them. The catalog shares a portfolio with every unit.
#[derive(Clone, Copy)]
struct Tree {
    groups: usize,
    units: usize,
    accounts: usize,
    /// Whether the catalog names OUs by path. Otherwise it gives their ids.
    by_path: bool,
    /// Whether the shares are live.
    in_step: bool,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let paths = Tree { groups: 3, units: 20, accounts: 10, by_path: true, in_step: true };
    let scattered = Tree { groups: 60, units: 1, ..paths };
    let shares = Tree { groups: 25, units: 20, accounts: 6, by_path: false, in_step: false };
    runtime.block_on(async {
        println!("| catalog | calls of Organizations | least | ratio | time | least | failures |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        measure("60 paths in 3 units, in step", paths).await?;
        measure("60 paths in 3 units, all of them new", Tree { in_step: false, ..paths }).await?;
        measure("60 paths, each in a unit of its own, in step", scattered).await?;
        measure("500 new shares with units by their ids", shares).await
    })
}

async fn measure(title: &str, tree: Tree) -> Result<()> {
    let files = CatalogFiles {
        files: BTreeMap::from([
            ("settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec()),
            ("portfolios/data.yaml".to_owned(), tree.portfolio()?.into_bytes()),
        ]),
        ..CatalogFiles::default()
    };
    let loaded = catalog::load(&files, jiff::civil::date(2030, 1, 1));
    let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
    let sandbox = Sandbox::start(World::parse(&tree.world()?, "world")?).await?;
    let endpoint = Endpoint {
        url: sandbox.url(),
        access_key_id: START_ACCESS_KEY.to_owned(),
        secret_access_key: START_SECRET.to_owned(),
    };
    let options = Options { timing: Timing::default(), ..Options::loopback(endpoint) };
    let cloud = Cloud::new(&desired.settings, Mode::Plan, options);
    let began = Instant::now();
    planned(&cloud, &desired, tree).await?;
    let took = began.elapsed();
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = 0;
    for call in sandbox.calls().into_iter().filter(|call| call.service == "organizations") {
        failures += usize::from(call.outcome.is_err());
        *calls.entry(call.operation).or_default() += 1;
    }
    let (made, least) = (calls.values().sum::<usize>(), tree.least());
    let ratio = number(made) / number(least);
    let time = tree.least_time();
    println!("| {title} | {made} | {least} | {ratio:.2} | {took:.1?} | {time:.1?} | {failures} |");
    ensure!(ratio <= 1.1, "{calls:?}");
    Ok(())
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Plans as the commands do: compare, then look up the names and audiences of what changes.
async fn planned(cloud: &Cloud, desired: &Desired, tree: Tree) -> Result<()> {
    let goal = Goal { wanted: &|_| true };
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
    let mut live = Live::default();
    read::read(cloud, &mut live, |live| plan::wants(goal, desired, None, live)).await;
    let first = plan::diff(desired, &live, None, version.clone());
    let names = plan::names(&first);
    read::read(cloud, &mut live, |_| names.clone()).await;
    ensure!(live.troubles.is_empty(), "{:?}", live.troubles);
    let plan = plan::diff(desired, &live, None, version);
    let summary = plan.summary();
    let changes = if tree.in_step { 0 } else { tree.groups * tree.units };
    ensure!((summary.changes(), summary.unreadable) == (changes, 0), "{summary:?}");
    let reached = plan.changes().filter(|(_, change)| change.about.notes.iter().any(|note| note.contains("reaches")));
    ensure!(reached.count() == changes, "every share says whom it reaches");
    Ok(())
}

impl Tree {
    fn id(group: usize, unit: usize) -> String {
        format!("ou-acme-unit{group:04}{unit:04}")
    }

    fn all(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.groups).flat_map(move |group| (0..self.units).map(move |unit| (group, unit)))
    }

    fn portfolio(self) -> Result<String> {
        let mut text = "id: port-data00000001\nshares:\n".to_owned();
        for (group, unit) in self.all() {
            if self.by_path {
                writeln!(text, "  - ou: Group {group}/Unit {unit}")?;
            } else {
                writeln!(text, "  - ou: {}", Self::id(group, unit))?;
            }
        }
        Ok(text)
    }

    fn world(self) -> Result<String> {
        let mut text = "rates: published
latency_ms: 50
organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111110\"
    delegated_administrators: {servicecatalog.amazonaws.com: [\"111111111111\"]}
    accounts: {\"111111111110\": management, \"111111111111\": hub}
    ous:
"
        .to_owned();
        for group in 0..self.groups {
            writeln!(text, "    - name: Group {group}\n      id: ou-acme-group{group:04}\n      ous:")?;
            for unit in 0..self.units {
                writeln!(text, "      - name: Unit {unit}\n        id: {}\n        accounts:", Self::id(group, unit))?;
                for account in 0..self.accounts {
                    let number = (group * self.units + unit) * self.accounts + account;
                    writeln!(text, "          \"7{number:011}\": resident {number}")?;
                }
            }
        }
        text.push_str("accounts:\n  \"111111111111\":\n    regions:\n      us-east-1:\n        portfolios:\n");
        text.push_str("          port-data00000001:\n            name: Data\n");
        if self.in_step {
            text.push_str("            shares:\n");
            for (group, unit) in self.all() {
                writeln!(text, "            - ou: {}", Self::id(group, unit))?;
            }
        }
        Ok(text)
    }

    /// The least calls of Organizations by operation, from the limits that AWS publishes: pages of 20, nothing asked
    /// twice. Paths are found from the root down. The accounts below the units come from the list of all accounts:
    /// asking unit by unit takes two calls each, which is more in all these trees.
    fn least_calls(self) -> [(usize, f64, f64); 4] {
        let levels = self.groups.div_ceil(20) + self.groups * self.units.div_ceil(20);
        let roots = usize::from(self.by_path);
        let pages = if self.in_step { 0 } else { (2 + self.groups * self.units * self.accounts).div_ceil(20) };
        [(1, 1.0, 2.0), (roots, 1.0, 2.0), (levels, 5.0, 8.0), (pages, 8.0, 12.0)]
    }

    fn least(self) -> usize {
        self.least_calls().into_iter().map(|(calls, ..)| calls).sum()
    }

    /// The least time for these calls at the published rates: a burst, then a fixed number a second.
    fn least_time(self) -> Duration {
        let times = self.least_calls().map(|(calls, per_second, burst)| (number(calls) - burst).max(0.0) / per_second);
        Duration::from_secs_f64(times.into_iter().fold(0.0, f64::max))
    }
}
