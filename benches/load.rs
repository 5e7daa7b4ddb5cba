//! Measures catalogs at the largest size that AWS's quotas allow and at half of it, to see whether twice the size
//! takes twice the time: `cargo bench --bench load`. A text after `--` chooses the catalogs whose title contains it:
//! `cargo bench --bench load -- recipients`. docs/performance.md explains the figures.
//!
//! This process serves AWS, and the tool runs in a child process, so that its memory is measured alone. Only Linux
//! reports that memory.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, source};
use catalog_sync::cloud::{Cloud, Endpoint, Options, Timing, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals, wire};
use catalog_sync::render::markdown::{self, Context, Limit, State};
use catalog_sync::render::text;
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

/// Holds AWS's address for the child process. The process that has this variable runs as the tool.
const URL: &str = "CATALOG_SYNC_LOAD_URL";
const HUB: &str = "111111111112";

/// A title, the largest size, and a function that makes a catalog of a size.
type Case = (&'static str, usize, fn(usize) -> Result<Files>);

const CASES: [Case; 4] = [
    ("shares of one portfolio", 5_000, shares),
    ("products in one list", 20_000, products),
    ("recipients of one portfolio", 1_000, recipients),
    ("organizations of 500 products and 20 shares", 100, organizations),
];

/// A catalog's files, and the world that it is applied to.
struct Files {
    catalog: BTreeMap<String, String>,
    world: String,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match env::var(URL) {
        Ok(url) => runtime.block_on(tool(url)),
        Err(_) => runtime.block_on(measure()),
    }
}

async fn measure() -> Result<()> {
    println!("| | first plan: calls | processor | apply: calls | processor | in step: calls | processor | memory |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    // cargo itself gives `--bench`.
    let chosen = env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for (name, most, make) in CASES.into_iter().filter(|(name, _, _)| name.contains(&chosen)) {
        for size in [most / 2, most] {
            let folder = env::temp_dir().join(format!("catalog-sync-load-{}", std::process::id()));
            let Files { catalog, world } = make(size)?;
            for (path, text) in catalog {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().context("a folder")?)?;
                fs::write(path, text)?;
            }
            let row = run(&folder, World::parse(&world, "world")?).await;
            fs::remove_dir_all(&folder)?;
            println!("| {size} {name} | {} |", row?);
        }
    }
    Ok(())
}

/// Runs the tool against a world and returns what it printed.
async fn run(folder: &Path, world: World) -> Result<String> {
    let sandbox = Sandbox::start(world).await?;
    let mut command = tokio::process::Command::new(env::current_exe()?);
    let output = command.env(URL, sandbox.url()).current_dir(folder).output().await?;
    ensure!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The child process: a first plan with all its outputs, the apply, and a plan that is empty.
async fn tool(url: String) -> Result<()> {
    let loaded = catalog::load(&source::read_dir(Path::new("."))?, jiff::civil::date(2030, 1, 1));
    let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
    let mut work = Work { desired, url, calls: 0, processor: Duration::ZERO };
    let (_, plan) = work.plan().await;
    ensure!(plan.summary().unreadable == 0 && plan.summary().changes() > 0, "{:?}", plan.summary());
    told(&plan)?;
    let first = work.since();
    let (cloud, again) = work.plan().await;
    // This is the first plan once more. Its calls are subtracted, so that the next figures are those of the apply
    // alone.
    let planned = work.calls;
    work.since();
    let limits = Limits { max_removals: MaxRemovals::all(0), allow_removals: None, shown: Removals::default() };
    let approved = plan::approve(again, limits, None).ok().context("nothing is taken away")?;
    let writer = cloud.writer().context("a cloud that applies has a writer")?;
    let report = apply(approved, &writer, futures_util::stream::pending(), &mut ()).await;
    let tally = report.tally();
    ensure!((tally.failed, tally.skipped) == (0, 0), "{tally:?}");
    ensure!(markdown::report(&report, &context()).len() <= 65_536, "a comment that GitHub does not take");
    work.calls = cloud.calls().total() - planned;
    let applied = work.since();
    let (_, plan) = work.plan().await;
    ensure!(plan.summary().changes() + plan.summary().unreadable == 0, "{:?}", plan.summary());
    let in_step = work.since();
    println!("{first} | {applied} | {in_step} | {} MB", memory()? / 1_000_000);
    Ok(())
}

/// The catalog, and the calls and processor time so far.
struct Work {
    desired: Desired,
    url: String,
    calls: u64,
    processor: Duration,
}

impl Work {
    async fn plan(&mut self) -> (Cloud, Plan) {
        let endpoint = Endpoint {
            url: self.url.clone(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let options = Options { timing: Timing { paced: false, ..Timing::loopback() }, ..Options::loopback(endpoint) };
        let cloud = Cloud::new(&self.desired.settings, Mode::Apply, options);
        let goal = Goal { wanted: &|_| true };
        let mut live = Live::default();
        read::read(&cloud, &mut live, |live| plan::wants(goal, &self.desired, None, live)).await;
        let digest = self.desired.digest.clone();
        let version = CatalogVersion { digest, revision: None, base: None, sandbox: false };
        let plan = plan::diff(&self.desired, &live, None, version);
        self.calls = cloud.calls().total();
        (cloud, plan)
    }

    /// The calls of the last step, and the processor time since the last call of this function.
    fn since(&mut self) -> String {
        let now = processor_time().unwrap_or_default();
        let took = now.saturating_sub(self.processor);
        self.processor = now;
        format!("{} | {:.1} s", self.calls, took.as_secs_f64())
    }
}

/// Renders the plan in every format and checks its comment against GitHub's limit.
fn told(plan: &Plan) -> Result<()> {
    let json = wire::plan_to_json(plan);
    ensure!(wire::plan_to_json(&wire::plan_from_json(&json)?) == json, "a plan survives the way to JSON and back");
    let options = text::Options { all: true, verbose: true, applying: false, width: None };
    text::plan(plan, None, &options, &mut Vec::new())?;
    let comment = markdown::plan(plan, None, &context());
    ensure!(comment.len() <= 65_536, "a comment of {} bytes, and GitHub takes 65,536", comment.len());
    Ok(())
}

fn context() -> Context<'static> {
    Context {
        marker: "",
        sandbox: false,
        notice: "",
        files: Some("https://github.com/acme/catalog/blob/4be1c02/"),
        base_files: None,
        head: None,
        base: None,
        base_branch: None,
        run: None,
        whole: None,
        gathered: false,
        state: State::Planned,
        tool: "bench",
        limit: Limit::COMMENT,
    }
}

fn account(number: usize) -> String {
    format!("2{number:011}")
}

fn product(number: usize) -> String {
    format!("prod-{number:013}")
}

const SETTINGS: &str = "version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: '111111111112', marketplace_account: '111111111112'}
access: {role: 'arn:aws:iam::{account}:role/catalog-sync-{mode}'}
regions: [us-east-1]
";

/// An organization with this many accounts in one OU, a portfolio without shares and an experience without products.
fn world(accounts: usize) -> Result<String> {
    let mut text = format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators:
      servicecatalog.amazonaws.com: [\"{HUB}\"]
      private-marketplace.marketplace.amazonaws.com: [\"{HUB}\"]
    accounts: {{\"111111111111\": management, \"{HUB}\": hub}}
    marketplace: {{experiences: {{exp-acme00000001: {{name: Baseline, policy: {{name: Baseline}}}}}}}}
    ous:
      - name: Shops
        id: ou-acme-shops001
        accounts: {{"
    );
    (0..accounts).try_for_each(|number| write!(text, "\"{}\": shop-{number}, ", account(number)))?;
    writeln!(
        text,
        "}}\naccounts:\n  \"{HUB}\": {{regions: {{us-east-1: {{portfolios: {{port-data: {{name: Data}}}}}}}}}}"
    )?;
    Ok(text)
}

fn files<const N: usize>(files: [(&str, String); N]) -> BTreeMap<String, String> {
    files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect()
}

fn shares(number: usize) -> Result<Files> {
    let mut portfolio = "portfolio: Data\nshares:\n".to_owned();
    (0..number).try_for_each(|it| writeln!(portfolio, "  - account: \"{}\"", account(it)))?;
    let catalog = files([("settings.yaml", SETTINGS.to_owned()), ("portfolios/data.yaml", portfolio)]);
    Ok(Files { catalog, world: world(number)? })
}

fn products(number: usize) -> Result<Files> {
    let mut list = "approved:\n".to_owned();
    (0..number)
        .try_for_each(|it| writeln!(list, "  - {{id: {}, name: Product {it}, notes: SEC-{it}}}", product(it)))?;
    list.push_str("experiences: [{organization: acme, name: Baseline}]\n");
    let catalog = files([("settings.yaml", SETTINGS.to_owned()), ("marketplace/list.yaml", list)]);
    Ok(Files { catalog, world: world(1)? })
}

fn recipients(number: usize) -> Result<Files> {
    let portfolio = "portfolio: Data\nshares: [{ou: Shops}]\nrecipients:\n  - ou: Shops\n    principals: [role/Engineer, \
                     role/Analyst]\n";
    let catalog = files([("settings.yaml", SETTINGS.to_owned()), ("portfolios/data.yaml", portfolio.to_owned())]);
    Ok(Files { catalog, world: world(number)? })
}

fn organizations(number: usize) -> Result<Files> {
    const PRODUCTS: usize = 500;
    const SHARES: usize = 20;
    let (mut settings, mut list) = ("version: 1\norganizations:\n".to_owned(), "approved:\n".to_owned());
    let (mut world, mut accounts) = ("organizations:\n".to_owned(), "accounts:\n".to_owned());
    let mut catalog = BTreeMap::new();
    (0..PRODUCTS).try_for_each(|it| writeln!(list, "  - {}", product(it)))?;
    list.push_str("experiences:\n");
    for organization in 0..number {
        let (id, hub) = (format!("o-{organization:04}000000"), format!("1{organization:011}"));
        writeln!(
            settings,
            "  org{organization}: {{id: {id}, service_catalog_account: \"{hub}\", marketplace_account: \"{hub}\"}}"
        )?;
        writeln!(list, "  - {{organization: org{organization}, all_live: true}}")?;
        writeln!(
            world,
            "  org{organization}:
    id: {id}
    management_account: \"3{organization:011}\"
    delegated_administrators: {{servicecatalog.amazonaws.com: [\"{hub}\"], private-marketplace.marketplace.amazonaws.com: [\"{hub}\"]}}
    accounts: {{\"3{organization:011}\": management, \"{hub}\": hub}}
    marketplace: {{experiences: {{exp-{organization:09}: {{name: Baseline, policy: {{name: Baseline}}}}}}}}"
        )?;
        writeln!(
            accounts,
            "  \"{hub}\": {{regions: {{us-east-1: {{portfolios: {{port-{organization}: {{name: Data}}}}}}}}}}"
        )?;
        let mut portfolio = format!("portfolio: Data\norganization: org{organization}\nshares:\n");
        (0..SHARES)
            .try_for_each(|it| writeln!(portfolio, "  - account: \"{}\"", account(organization * SHARES + it)))?;
        catalog.insert(format!("portfolios/data-{organization}.yaml"), portfolio);
    }
    settings.push_str("access: {role: 'arn:aws:iam::{account}:role/catalog-sync-{mode}'}\nregions: [us-east-1]\n");
    (0..number * SHARES).try_for_each(|it| writeln!(accounts, "  \"{}\": {{}}", account(it)))?;
    catalog.insert("settings.yaml".to_owned(), settings);
    catalog.insert("marketplace/list.yaml".to_owned(), list);
    Ok(Files { catalog, world: world + &accounts })
}

/// The processor time of all threads so far, in Linux's clock ticks of 10 ms.
fn processor_time() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").context("this measures on Linux alone")?;
    // The program's name is in parentheses and may contain spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat has no name")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(10 * ticks))
}

/// The peak memory of this process, in bytes.
fn memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("this measures on Linux alone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}
