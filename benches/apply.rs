//! Measures an apply against the time that AWS itself needs, with the pauses and rates that the tool keeps with AWS:
//! `cargo bench --bench apply`. docs/performance.md explains the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, Timing, read};
use catalog_sync::model::change::CatalogVersion;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

const SETTINGS: &str = r#"version: 1
organizations:
  acme:
    id: o-acme000001
    service_catalog_account: "111111111111"
    marketplace_account: "111111111112"
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1]
"#;

const ORGANIZATION: &str = r#"rates: published
latency_ms: 50
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111110"
    delegated_administrators:
      servicecatalog.amazonaws.com: ["111111111111"]
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts: {"111111111110": management, "111111111111": hub, "111111111112": market}
"#;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let slow: usize = runtime.block_on(async {
        println!("| changes | time | least | ratio | one after another | calls | refused |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        let mut slow = 0;
        let sets: &[(u64, f64)] =
            if std::env::args().any(|it| it == "short") { &[(2, 1.15)] } else { &[(2, 1.15), (60, 1.05)] };
        for &(seconds, most) in sets {
            for experiences in [1, 10] {
                let work = Work::products(experiences, 120, 70, Duration::from_secs(seconds))?;
                slow += usize::from(work.measure().await? > most);
            }
        }
        slow += usize::from(Work::products(1, 500, 500, Duration::from_secs(2))?.measure().await? > 1.15);
        for &(seconds, most) in sets {
            let work = Work::products(10, 500, 300, Duration::from_secs(seconds))?;
            slow += usize::from(work.measure().await? > most);
        }
        slow += usize::from(Work::shares(4, Duration::from_secs(5))?.measure().await? > 1.15);
        anyhow::Ok(slow)
    })?;
    ensure!(slow == 0, "{slow} took longer than is meant: 1.15 times the least, and 1.05 at 60 s");
    Ok(())
}

/// When a script that polls every 5 s sees the end of an operation that takes this long.
fn seen(takes: Duration) -> Duration {
    const POLL: Duration = Duration::from_secs(5);
    POLL * u32::try_from(takes.as_millis().div_ceil(POLL.as_millis())).unwrap_or(u32::MAX)
}

/// A catalog to apply, and the world to apply it to.
struct Work {
    title: String,
    /// The catalog's files, without the settings.
    files: BTreeMap<String, String>,
    world: String,
    changes: usize,
    /// The time that AWS needs for the changes.
    least: Duration,
    /// The time of a script that makes one change after the other and polls every 5 s for its end, as the published
    /// samples do. It changes one experience at a time, and approves and denies in separate change sets.
    one_by_one: Duration,
}

impl Work {
    /// Experiences that each approve and deny these numbers of products, all of them side by side. A running change
    /// set locks its experience and holds at most 50 ids of either kind, so the sets of one experience follow each
    /// other. AWS accepts a burst of five calls that start a set, then five a second.
    fn products(experiences: usize, approved: usize, denied: usize, set: Duration) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut world = ORGANIZATION.to_owned();
        writeln!(world, "    marketplace:\n      experiences:")?;
        for number in 0..experiences {
            let mut list = format!("experiences:\n  - id: exp-{number:012}\n    organization: acme\n");
            for (name, range) in [("approved", 0..approved), ("rejected", approved..approved + denied)] {
                writeln!(list, "{name}:")?;
                range.into_iter().try_for_each(|product| writeln!(list, "  - prod-{product:013}"))?;
            }
            files.insert(format!("marketplace/list{number}.yaml"), list);
            writeln!(
                world,
                "        exp-{number:012}: {{name: Experience {number}, policy: {{id: procpolicy-{number}, name: P}}}}"
            )?;
        }
        writeln!(world, "pending: {{share: 1, change_set: 1, change_set_ms: {}}}", set.as_millis())?;
        let sets = u32::try_from(approved.div_ceil(50).max(denied.div_ceil(50)))?;
        let all = u32::try_from(experiences * (approved.div_ceil(50) + denied.div_ceil(50)))?;
        Ok(Self {
            title: format!(
                "{experiences} × {approved} approvals and {denied} denials, change sets of {} s",
                set.as_secs()
            ),
            files,
            world,
            changes: experiences * (approved + denied),
            least: set * sets + Duration::from_secs(1) * u32::try_from(experiences.saturating_sub(5))? / 5,
            one_by_one: seen(set) * all,
        })
    }

    /// New shares with OUs. Service Catalog carries out one at a time, and the tool pauses after each.
    fn shares(units: usize, share: Duration) -> Result<Self> {
        let mut list = "id: port-data00000001\nshares:\n".to_owned();
        let mut world = ORGANIZATION.to_owned();
        writeln!(world, "    ous:")?;
        for number in 0..units {
            writeln!(list, "  - ou: ou-acme-unit{number:04}")?;
            writeln!(world, "      - {{name: Unit {number}, id: ou-acme-unit{number:04}}}")?;
        }
        world.push_str("accounts:\n  \"111111111111\":\n    regions:\n      us-east-1:\n        portfolios:\n");
        writeln!(world, "          port-data00000001: {{name: Data}}")?;
        let pause = Timing::default().node_pause;
        writeln!(world, "pending: {{share: 1, change_set: 1, share_ms: {}}}", share.as_millis())?;
        writeln!(world, "share_pause_ms: {}", pause.as_millis())?;
        let number = u32::try_from(units)?;
        Ok(Self {
            title: format!("{units} new shares with units, {} s each, and the pauses", share.as_secs()),
            files: BTreeMap::from([("portfolios/data.yaml".to_owned(), list)]),
            world,
            changes: units,
            least: share * number + pause * number.saturating_sub(1),
            one_by_one: seen(share) * number,
        })
    }

    /// Applies the catalog, prints a row and returns the time as a multiple of the least.
    async fn measure(self) -> Result<f64> {
        let Self { title, files, world, changes, least, one_by_one } = self;
        let files = files.into_iter().chain([("settings.yaml".to_owned(), SETTINGS.to_owned())]);
        let files = files.map(|(name, text)| (name, text.into_bytes())).collect();
        let loaded = catalog::load(&CatalogFiles { files, ..CatalogFiles::default() }, jiff::civil::date(2030, 1, 1));
        let desired = loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?;
        let sandbox = Sandbox::start(World::parse(&world, "world")?).await?;
        let endpoint = Endpoint {
            url: sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let options = Options { timing: Timing::default(), ..Options::loopback(endpoint) };
        let cloud = Cloud::new(&desired.settings, Mode::Apply, options);
        let goal = Goal { wanted: &|_| true };
        let mut live = Live::default();
        read::read(&cloud, &mut live, |live| plan::wants(goal, &desired, None, live)).await;
        let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
        let made = plan::diff(&desired, &live, None, version);
        let limits = Limits { max_removals: MaxRemovals::default(), allow_removals: None, shown: Removals::default() };
        let approved = plan::approve(made, limits, None).ok().context("everything is allowed")?;
        let writer = cloud.writer().context("a cloud that applies has a writer")?;

        let before = sandbox.calls().len();
        let began = Instant::now();
        let report = apply(approved, &writer, futures_util::stream::pending(), &mut ()).await;
        let took = began.elapsed();
        let tally = report.tally();
        ensure!((tally.applied, tally.failed, tally.skipped) == (changes, 0, 0), "{tally:?}");
        let calls = sandbox.calls();
        let refused = calls.iter().skip(before).filter(|call| call.outcome.is_err()).count();
        let calls = calls.len() - before;
        let ratio = took.as_secs_f64() / least.as_secs_f64();
        println!("| {title} | {took:.1?} | {least:.1?} | {ratio:.2} | {one_by_one:.0?} | {calls} | {refused} |");
        Ok(ratio)
    }
}
