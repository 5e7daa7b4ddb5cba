//! Measures a plan over 50 organizations, with their experiences under lists and under a mirror of 1,000 products, and
//! with the pauses and rates that the tool keeps with AWS: `cargo bench --bench organizations`. docs/performance.md
//! explains the figures.

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

const LATENCY: Duration = Duration::from_millis(50);
const ORGANIZATIONS: usize = 50;
/// The shortest of several runs is the least disturbed by other processes.
const RUNS: usize = 3;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        println!("| plan in step | calls | least | time against the least |");
        println!("| --- | ---: | ---: | ---: |");
        for organizations in [1, ORGANIZATIONS] {
            Work::lists(organizations, 5, 500)?.measure().await?;
        }
        for organizations in [1, ORGANIZATIONS] {
            Work::mirror(organizations, 1_000)?.measure().await?;
        }
        anyhow::Ok(())
    })
}

/// A catalog to plan, and the world to plan it against.
struct Work {
    title: String,
    files: BTreeMap<String, String>,
    world: String,
    /// The least calls of a plan.
    least: usize,
    /// The number of calls in the longest chain, sessions included.
    chain: usize,
}

fn account(organization: usize) -> String {
    format!("1{organization:011}")
}

/// The settings, and a world of `number` organizations. Each has this many experiences, which approve this many
/// products.
fn organizations(number: usize, experiences: usize, products: usize) -> Result<(String, String)> {
    let mut settings = "version: 1\norganizations:\n".to_owned();
    let mut world = format!("rates: published\nlatency_ms: {}\norganizations:\n", LATENCY.as_millis());
    let approved: Vec<String> = (0..products).map(product).collect();
    let approved = approved.join(", ");
    for organization in 0..number {
        let (account, id) = (account(organization), format!("o-{organization:04}000000"));
        writeln!(settings, "  org{organization}: {{id: {id}, marketplace_account: \"{account}\"}}")?;
        writeln!(
            world,
            "  org{organization}:
    id: {id}
    management_account: \"2{organization:011}\"
    delegated_administrators: {{private-marketplace.marketplace.amazonaws.com: [\"{account}\"]}}
    accounts: {{\"2{organization:011}\": management, \"{account}\": market}}
    marketplace:
      experiences:"
        )?;
        for experience in 0..experiences {
            writeln!(
                world,
                "        exp-{organization:04}{experience:05}: {{name: Experience {experience}, policy: {{id: \
                 procpolicy-{organization:04}{experience:05}, name: P, allowed: [{approved}]}}}}"
            )?;
        }
    }
    settings.push_str("access: {role: \"arn:aws:iam::{account}:role/catalog-sync-{mode}\"}\nregions: [us-east-1]\n");
    Ok((settings, world))
}

fn product(number: usize) -> String {
    format!("prod-{number:013}")
}

impl Work {
    /// One list that governs all experiences. Each organization takes a session, `DescribeOrganization`, the list of
    /// its experiences, then the experiences, then their policies.
    fn lists(number: usize, experiences: usize, products: usize) -> Result<Self> {
        let (settings, world) = organizations(number, experiences, products)?;
        let mut list = "approved:\n".to_owned();
        (0..products).try_for_each(|it| writeln!(list, "  - {}", product(it)))?;
        list.push_str("experiences:\n");
        (0..number).try_for_each(|it| writeln!(list, "  - {{organization: org{it}, all_live: true}}"))?;
        let files =
            BTreeMap::from([("settings.yaml".to_owned(), settings), ("marketplace/baseline.yaml".to_owned(), list)]);
        Ok(Self {
            title: format!("{number} × {experiences} experiences of {products} products"),
            files,
            world,
            least: number * 5,
            chain: 5,
        })
    }

    /// All other organizations follow the experience of the first one. The catalog gives that experience's id, so the
    /// first organization's experiences are not listed.
    fn mirror(number: usize, products: usize) -> Result<Self> {
        let (settings, world) = organizations(number + 1, 1, products)?;
        let mut list = "mirror: {organization: org0, id: exp-000000000}\nexperiences:\n".to_owned();
        (1..=number).try_for_each(|it| writeln!(list, "  - {{organization: org{it}, all_live: true}}"))?;
        let files =
            BTreeMap::from([("settings.yaml".to_owned(), settings), ("marketplace/followers.yaml".to_owned(), list)]);
        Ok(Self {
            title: format!("{number} organizations that mirror an experience of {products} products"),
            files,
            world,
            least: number * 5 + 4,
            chain: 5,
        })
    }

    async fn measure(self) -> Result<()> {
        let Self { title, files, world, least, chain } = self;
        let files = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        let loaded = catalog::load(&CatalogFiles { files, ..CatalogFiles::default() }, jiff::civil::date(2030, 1, 1));
        let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
        let sandbox = Sandbox::start(World::parse(&world, "world")?).await?;
        let (mut took, mut made) = (Duration::MAX, usize::MAX);
        for _ in 0..RUNS {
            let before = sandbox.calls().len();
            let began = Instant::now();
            plan(&sandbox, &desired).await?;
            took = took.min(began.elapsed());
            made = made.min(sandbox.calls().len() - before);
        }
        let shortest = LATENCY * u32::try_from(chain.max(least.div_ceil(Options::CONCURRENCY)))?;
        println!("| {title} | {made} | {least} | {:.2} |", took.as_secs_f64() / shortest.as_secs_f64());
        Ok(())
    }
}

/// Plans, and fails if anything is not in step.
async fn plan(sandbox: &Sandbox, desired: &Desired) -> Result<()> {
    let endpoint = Endpoint {
        url: sandbox.url(),
        access_key_id: START_ACCESS_KEY.to_owned(),
        secret_access_key: START_SECRET.to_owned(),
    };
    let options = Options { timing: Timing::default(), ..Options::loopback(endpoint) };
    let cloud = Cloud::new(&desired.settings, Mode::Plan, options);
    let goal = Goal { wanted: &|_| true };
    let mut live = Live::default();
    read::read(&cloud, &mut live, |live| plan::wants(goal, desired, None, live)).await;
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
    let summary = plan::diff(desired, &live, None, version).summary();
    ensure!(summary.targets > 0 && summary.changes() + summary.unreadable == 0, "{summary:?}");
    Ok(())
}
