//! Measures recipients: calls, time and memory of a plan in step, of a first apply, and of one more product in the
//! hub, with the rates that the tool keeps with AWS: `cargo bench --bench recipients`. docs/performance.md explains
//! the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, Timing, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals};
use catalog_sync::sandbox::{Association, START_ACCESS_KEY, START_SECRET, Sandbox, World};

const PORTFOLIOS: usize = 3;
const ACCOUNTS: usize = 300;
const PRODUCTS: usize = 10;
const LATENCY: Duration = Duration::from_millis(50);
const IN_FLIGHT: usize = Options::CONCURRENCY;
const HUB: &str = "111111111111";
/// The page size of `ListAccountsForParent` (Organizations API reference).
const TREE_PAGE: usize = 20;

const SETTINGS: &str = r#"version: 1
organizations: {acme: {id: o-acme000001, service_catalog_account: "111111111111"}}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1]
"#;

fn account(number: usize) -> String {
    format!("2{number:011}")
}

fn world() -> Result<World> {
    let mut text = format!(
        "latency_ms: {}
pending: {{share: 1, principal: 0, product: 0, constraint: 0, copy: 0}}
organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111110\"
    delegated_administrators: {{servicecatalog.amazonaws.com: [\"{HUB}\"]}}
    accounts: {{\"111111111110\": management, \"{HUB}\": hub}}
    ous:
      - name: Shops
        id: ou-acme-shops001
        accounts:
",
        LATENCY.as_millis()
    );
    for number in 0..ACCOUNTS {
        writeln!(text, "          \"{}\": shop-{number}", account(number))?;
    }
    write!(text, "accounts:\n  \"{HUB}\":\n    regions:\n      us-east-1:\n        portfolios:\n")?;
    for portfolio in 0..PORTFOLIOS {
        let products: Vec<String> = (0..PRODUCTS).map(|it| format!("prod-{portfolio}-{it}: {{}}")).collect();
        writeln!(
            text,
            "          port-{portfolio}: {{name: Portfolio {portfolio}, shares: [{{ou: ou-acme-shops001}}], products: {{{}}}}}",
            products.join(", ")
        )?;
    }
    text.push_str("        products:\n");
    for portfolio in 0..PORTFOLIOS {
        for product in 0..=PRODUCTS {
            let version = format!("pa-{portfolio}-{product}");
            writeln!(
                text,
                "          prod-{portfolio}-{product}: {{name: Product {portfolio} {product}, versions: {{{version}: {{name: v1}}}}}}"
            )?;
        }
    }
    World::parse(&text, "world")
}

fn desired() -> Result<Desired> {
    let mut files = BTreeMap::from([("settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())]);
    for portfolio in 0..PORTFOLIOS {
        let text = format!(
            "portfolio: Portfolio {portfolio}\nshares:\n  - ou: Shops\nrecipients:\n  - ou: Shops\n    local_portfolio:\n      \
             name: Local {portfolio}\n      provider: Platform\n      launch_role: Launcher\n    principals: [role/Engineer]\n"
        );
        files.insert(format!("portfolios/p{portfolio}.yaml"), text.into_bytes());
    }
    let loaded = catalog::load(&CatalogFiles { files, ..CatalogFiles::default() }, jiff::civil::date(2030, 1, 1));
    loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))
}

/// Calls by operation.
type Calls = BTreeMap<String, usize>;

fn counted(sandbox: &Sandbox, from: usize) -> Calls {
    let mut calls = Calls::new();
    for call in sandbox.calls().iter().skip(from) {
        *calls.entry(call.operation.clone()).or_default() += 1;
    }
    calls
}

/// The least calls that read everything the catalog names:
///
/// - a session in each account
/// - the OU's place in the tree, and its accounts
/// - of each portfolio, its shares by type and its products, once
/// - of each account, the shares that it has accepted and the portfolios that it owns
/// - of each local portfolio, its tags, principals, products and constraints, and the role of each launch constraint
///
/// `kept` is the number of local portfolios that exist in each account.
fn reading(kept: usize) -> Calls {
    let each = ACCOUNTS * PORTFOLIOS * kept;
    calls([
        ("AssumeRole", 1 + ACCOUNTS),
        ("DescribeOrganization", 1),
        ("ListRoots", 1),
        ("ListOrganizationalUnitsForParent", 2),
        ("ListAccountsForParent", ACCOUNTS.div_ceil(TREE_PAGE)),
        ("ListPortfolios", 1 + ACCOUNTS),
        ("DescribePortfolioShares", 4 * PORTFOLIOS),
        ("ListAcceptedPortfolioShares", 2 * ACCOUNTS),
        ("DescribePortfolio", each),
        ("ListPrincipalsForPortfolio", each),
        ("SearchProductsAsAdmin", PORTFOLIOS + each),
        ("ListConstraintsForPortfolio", each),
        ("DescribeConstraint", each * PRODUCTS),
    ])
}

/// The least calls that make everything: a session in each account, a look before a portfolio is made (a run that was
/// killed may have made it), the calls that make it, and a look at the end of each. Products of a portfolio and launch
/// constraints take two looks, since AWS may show them and take them back for a moment.
fn making() -> Calls {
    let each = ACCOUNTS * PORTFOLIOS;
    calls([
        ("ListPortfolios", each),
        ("CreatePortfolio", each),
        ("DescribePortfolio", each),
        ("AssociateProductWithPortfolio", each * PRODUCTS),
        ("SearchProductsAsAdmin", each * 2),
        ("CreateConstraint", each * PRODUCTS),
        ("DescribeConstraint", each * PRODUCTS * 2),
        ("AssociatePrincipalWithPortfolio", each),
        ("ListPrincipalsForPortfolio", each),
    ])
}

/// The least calls for one more product in each portfolio: a look before the change, the change, and a look at the
/// end.
fn adding() -> Calls {
    let each = ACCOUNTS * PORTFOLIOS;
    calls([
        ("AssociateProductWithPortfolio", each),
        ("SearchProductsAsAdmin", each * 3),
        ("ListConstraintsForPortfolio", each),
        ("DescribeConstraint", each * (PRODUCTS + 2)),
        ("CreateConstraint", each),
    ])
}

fn calls<const N: usize>(counts: [(&str, usize); N]) -> Calls {
    counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count)).collect()
}

struct Bench {
    sandbox: Sandbox,
    desired: Desired,
}

impl Bench {
    fn cloud(&self) -> Cloud {
        let endpoint = Endpoint {
            url: self.sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let options = Options { timing: Timing::default(), ..Options::loopback(endpoint) };
        Cloud::new(&self.desired.settings, Mode::Apply, options)
    }

    async fn plan(&self, cloud: &Cloud) -> Plan {
        let goal = Goal { wanted: &|_| true };
        let mut live = Live::default();
        read::read(cloud, &mut live, |live| plan::wants(goal, &self.desired, None, live)).await;
        let digest = self.desired.digest.clone();
        let version = CatalogVersion { digest, revision: None, base: None, sandbox: false };
        plan::diff(&self.desired, &live, None, version)
    }

    /// Plans, and prints the calls and the time against the least.
    async fn planned(&self, title: &str, least: &Calls, changes: usize) -> Result<(Cloud, Plan)> {
        let (cloud, before, began) = (self.cloud(), self.sandbox.calls().len(), Instant::now());
        let plan = self.plan(&cloud).await;
        let took = began.elapsed();
        let unreadable = plan.targets.iter().find(|target| target.is_unreadable());
        ensure!(unreadable.is_none(), "{unreadable:?}");
        ensure!(plan.summary().changes() == changes, "{:?}", plan.summary());
        self.tell(title, least, before, took);
        Ok((cloud, plan))
    }

    async fn applied(&self, title: &str, least: &Calls, (cloud, plan): (Cloud, Plan)) -> Result<()> {
        let limits = Limits { max_removals: MaxRemovals::default(), allow_removals: None, shown: Removals::default() };
        let approved = plan::approve(plan, limits, None).ok().context("everything is allowed")?;
        let writer = cloud.writer().context("a cloud that applies has a writer")?;
        let (before, began) = (self.sandbox.calls().len(), Instant::now());
        let report = apply(approved, &writer, futures_util::stream::pending(), &mut ()).await;
        let took = began.elapsed();
        let tally = report.tally();
        ensure!((tally.failed, tally.skipped) == (0, 0), "{tally:?}");
        self.tell(title, least, before, took);
        Ok(())
    }

    fn tell(&self, title: &str, least: &Calls, before: usize, took: Duration) {
        let made = counted(&self.sandbox, before);
        let (all, most): (usize, usize) = (made.values().sum(), least.values().sum());
        // Only the number of calls in flight limits the time here.
        let time = LATENCY * u32::try_from(most.div_ceil(IN_FLIGHT)).unwrap_or(u32::MAX);
        #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
        let calls = all as f64 / most as f64;
        let ratio = took.as_secs_f64() / time.as_secs_f64();
        println!("| {title} | {all} | {most} | {calls:.2} | {took:.1?} | {time:.1?} | {ratio:.2} | {} |", memory());
        for (operation, number) in &made {
            let least = least.get(operation).copied().unwrap_or_default();
            if *number != least {
                println!("|   {operation} | {number} | {least} | | | | | |");
            }
        }
    }
}

/// The peak memory of this process, the sandbox included. Only Linux reports it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.map_or_else(|| "unknown".to_owned(), |it| format!("{} MB", it / 1024))
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        println!("{PORTFOLIOS} portfolios × {ACCOUNTS} recipients with local portfolios of {PRODUCTS} products, {LATENCY:?} a call:");
        println!("| | calls | least | ratio | time | least | ratio | memory |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        let bench = Bench { sandbox: Sandbox::start(world()?).await?, desired: desired()? };
        let all = ACCOUNTS * PORTFOLIOS;
        let first = bench.planned("first plan", &reading(0), all * (2 + 2 * PRODUCTS)).await?;
        bench.applied("first apply", &making(), first).await?;
        bench.planned("plan in step", &reading(1), 0).await?;
        bench.sandbox.change(|world| {
            for portfolio in 0..PORTFOLIOS {
                let hub = world.region_mut(HUB, "us-east-1").portfolios.get_mut(&format!("port-{portfolio}"));
                if let Some(hub) = hub {
                    hub.products.insert(format!("prod-{portfolio}-{PRODUCTS}"), Association::default());
                }
            }
        });
        let more = bench.planned("plan with a product more", &reading(1), 2 * all).await?;
        bench.applied("apply of it", &adding(), more).await
    })
}
