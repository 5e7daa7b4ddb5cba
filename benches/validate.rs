//! Measures `validate` on a very large catalog, 1,000 files with 100,000 products: `cargo bench --bench validate`.
//! docs/performance.md explains the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::catalog;
use catalog_sync::catalog::source::read_dir;

/// A thousand files, the settings included.
const PORTFOLIOS: usize = 199;
const LISTS: usize = 800;
/// Products of each list; 100,000 in all.
const PRODUCTS: usize = 125;
/// Shares of each portfolio.
const SHARES: usize = 50;

const GOAL: Duration = Duration::from_secs(1);
const GOAL_MEGABYTES: u64 = 200;

/// The shortest of several runs is the least disturbed by other processes.
const RUNS: usize = 5;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bytes = write_catalog(folder.path(), false)?;
    println!("1,000 files, {} products, {:.1} MB\n", LISTS * PRODUCTS, megabytes(bytes));
    println!("| catalog | findings | wall time | processor time | peak memory |\n| --- | ---: | ---: | ---: | ---: |");
    measure("without a mistake", folder.path(), 0)?;
    write_catalog(folder.path(), true)?;
    measure("a mistake in every list", folder.path(), LISTS)?;
    println!("\nThe goal is less than {GOAL:?} and {GOAL_MEGABYTES} MB.");
    Ok(())
}

fn measure(name: &str, folder: &Path, mistakes: usize) -> Result<()> {
    let (mut wall, mut processor, mut findings) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..RUNS {
        let (began, spent) = (Instant::now(), processor_time()?);
        let loaded = catalog::load(&read_dir(folder)?, jiff::civil::date(2030, 1, 1));
        wall = wall.min(began.elapsed());
        processor = processor.min(processor_time()?.saturating_sub(spent));
        findings = loaded.findings.len();
        ensure!(loaded.errors() == mistakes, "{:?}", loaded.findings.first());
        ensure!(loaded.desired.is_some() == (mistakes == 0), "a catalog with errors is none");
    }
    let peak = megabytes(peak_memory()?);
    println!("| {name} | {findings} | {wall:.2?} | {processor:.2?} | {peak:.0} MB |");
    Ok(())
}

/// Writes the catalog and returns its size in bytes.
fn write_catalog(folder: &Path, mistakes: bool) -> Result<u64> {
    for inside in ["portfolios", "marketplace"] {
        fs::create_dir_all(folder.join(inside))?;
    }
    let mut bytes = 0;
    let mut write = |name: &str, text: &str| -> Result<()> {
        bytes += u64::try_from(text.len())?;
        fs::write(folder.join(name), text).with_context(|| format!("can't write {name}"))
    };
    write(
        "settings.yaml",
        "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \"111111111111\"\n    \
         marketplace_account: \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\n\
         regions: [us-east-1]\n",
    )?;
    for portfolio in 0..PORTFOLIOS {
        let mut text = format!("portfolio: Portfolio {portfolio}\nshares:\n");
        for share in 0..SHARES {
            match share % 3 {
                0 => writeln!(text, "  - account: \"{:012}\"", 200_000_000_000_u64 + u64::try_from(share)?)?,
                1 => writeln!(text, "  - ou: Workloads/Team {share}\n    tag_options: true")?,
                _ => writeln!(
                    text,
                    "  - account: {:012}\n    through_organization: true",
                    300_000_000_000_u64 + u64::try_from(share)?
                )?,
            }
        }
        write(&format!("portfolios/portfolio-{portfolio}.yaml"), &text)?;
    }
    for list in 0..LISTS {
        let mut text = "# What this team may buy.\napproved:\n".to_owned();
        for product in 0..PRODUCTS {
            if product == PRODUCTS - PRODUCTS / 10 {
                text.push_str("rejected:\n");
            }
            let number = list * PRODUCTS + product;
            match product % 3 {
                0 => writeln!(text, "  - prod-{number:013x}")?,
                1 => writeln!(text, "  - id: prod-{number:013x}\n    name: Product {number}")?,
                _ => writeln!(
                    text,
                    "  - id: prod-{number:013x}\n    name: Product {number}\n    notes: SEC-{number}, reviewed"
                )?,
            }
        }
        let id = if mistakes { "idd" } else { "id" };
        writeln!(text, "experiences:\n  - organization: acme\n    {id}: exp-{list:09}")?;
        write(&format!("marketplace/list-{list}.yaml"), &text)?;
    }
    Ok(bytes)
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
fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("this measures on Linux alone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "it is for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
