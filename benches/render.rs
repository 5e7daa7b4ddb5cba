//! Measures the work on a plan of many changes apart from its calls to AWS, and whether twice the changes take twice
//! the time: `cargo bench --bench render`. docs/performance.md explains the figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use catalog_sync::catalog;
use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use catalog_sync::model::live::{Found, Live, Named, Reading, Received, Shelf};
use catalog_sync::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use catalog_sync::model::portfolio::{LiveShare, Portfolio, Share};
use catalog_sync::model::recipient::{Principal, PrincipalType};
use catalog_sync::model::report::{Failure, Outcome, Report, TargetReport};
use catalog_sync::model::settings::MaxRemovals;
use catalog_sync::plan::{self, Limits, Removals, Reviewed, wire};
use catalog_sync::render::markdown::{self, Context, Limit, State};
use catalog_sync::render::{annotations, text};

/// The numbers of changes: a size and twice that size.
const SIZES: [usize; 2] = [10_000, 20_000];

/// The shortest of several runs is the least disturbed by other processes.
const RUNS: usize = 3;

const SETTINGS: &str = "version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: '111111111112', marketplace_account: '111111111112'}
regions: [us-east-1]
";

type Case = (&'static str, fn(usize) -> Result<(CatalogFiles, Live)>);

const CASES: [Case; 6] = [
    ("new shares with accounts, one portfolio", new_accounts),
    ("new shares with units, principals by name", new_units),
    ("shares with accounts that units take the place of", replaced),
    ("products approved and denied", products),
    ("one new share in each portfolio", targets),
    ("four in each account that receives a portfolio", recipients),
];

/// Changes in each account that receives a portfolio.
const INSIDE: usize = 4;
/// Enough accounts to see how long a comment gets.
const RECIPIENTS: usize = 500;

fn main() -> Result<()> {
    println!("| {} changes of {}: | plan | JSON | text | comment | refusal | report |", SIZES[0], SIZES[1]);
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (name, make) in CASES {
        let [once, twice] = [measured(make, SIZES[0])?, measured(make, SIZES[1])?];
        print!("| {name} |");
        for (once, twice) in once.iter().zip(&twice) {
            print!(" {once:.0?}, ×{:.1} |", twice.as_secs_f64() / once.as_secs_f64());
        }
        println!();
    }
    let (desired, live) = read(recipients, RECIPIENTS * INSIDE)?;
    let plan = plan::diff(&desired, &live, Some(&desired), version());
    let comment = markdown::plan(&plan, None, &context(Limit::COMMENT));
    println!("\nThe comment on {INSIDE} changes in each of {RECIPIENTS} accounts: {} bytes", comment.len());
    Ok(())
}

fn read(make: fn(usize) -> Result<(CatalogFiles, Live)>, size: usize) -> Result<(Desired, Live)> {
    let (files, live) = make(size)?;
    let loaded = catalog::load(&files, jiff::civil::date(2030, 1, 1));
    Ok((loaded.desired.with_context(|| format!("{:?}", loaded.findings.first()))?, live))
}

fn version() -> CatalogVersion {
    CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false }
}

fn measured(make: fn(usize) -> Result<(CatalogFiles, Live)>, size: usize) -> Result<[Duration; 6]> {
    let (desired, live) = read(make, size)?;
    let mut shortest = [Duration::MAX; 6];
    for _ in 0..RUNS {
        let times = run(&desired, &live, size)?;
        shortest.iter_mut().zip(times).for_each(|(shortest, time)| *shortest = (*shortest).min(time));
    }
    Ok(shortest)
}

fn run(desired: &Desired, live: &Live, size: usize) -> Result<[Duration; 6]> {
    let (plan, planned) = timed(|| {
        let plan = plan::diff(desired, live, Some(desired), version());
        drop(plan::names(&plan));
        plan
    });
    ensure!(plan.summary().changes() >= size && plan.summary().unreadable == 0, "{:?}", plan.summary());
    let (json, written) = timed(|| wire::plan_from_json(&wire::plan_to_json(&plan)));
    ensure!(json? == plan, "a plan survives the way to JSON and back");
    let options = text::Options { all: true, verbose: true, applying: false, width: None };
    let mut sink = Vec::new();
    let (told, shown) = timed(|| text::plan(&plan, None, &options, &mut sink));
    told?;
    let (_, commented) = timed(|| (markdown::plan(&plan, None, &context(Limit::COMMENT)), annotations::plan(&plan)));
    let limits = Limits { max_removals: MaxRemovals::all(0), allow_removals: None, shown: Removals::default() };
    let ((), refused) = timed(|| drop(plan::approve(plan.clone(), limits, Some(&Reviewed::of(&plan)))));
    let report = failed(&plan)?;
    let (_, reported) = timed(|| {
        let mut sink = Vec::new();
        drop(text::report(&report, &options, &mut sink));
        (markdown::report(&report, &context(Limit::COMMENT)), annotations::report(&report))
    });
    Ok([planned, written, shown, commented, refused, reported])
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let made = work();
    (made, began.elapsed())
}

fn context(limit: Limit) -> Context<'static> {
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
        limit,
    }
}

/// The report of an apply in which every change failed.
fn failed(plan: &Plan) -> Result<Report> {
    let failure = Failure {
        operation: "CreatePortfolioShare".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: "not authorized".to_owned(),
        account: "111111111112".parse()?,
        region: "us-east-1".parse()?,
    };
    let Plan { digest, catalog, targets, released } = plan.clone();
    let targets = targets.into_iter().map(|target| {
        let outcomes = target.changes().map(|_| Outcome::Failed(failure.clone())).collect();
        TargetReport { target, outcomes }
    });
    Ok(Report { digest, catalog, targets: targets.collect(), released })
}

fn files(others: &[(&str, String)]) -> CatalogFiles {
    let mut files = CatalogFiles::default();
    files.files.insert("settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec());
    for (path, text) in others {
        files.files.insert((*path).to_owned(), text.clone().into_bytes());
    }
    files
}

fn account(number: usize) -> String {
    format!("3{number:011}")
}

fn unit(number: usize) -> String {
    format!("ou-acme-{number:08}")
}

/// Accounts in each OU.
const MEMBERS: usize = 10;

/// An organization of `accounts` accounts, `MEMBERS` in each OU.
fn organization(accounts: usize) -> Result<Organization> {
    let mut organization = Organization::new("o-acme000001".parse()?, "111111111111".parse()?);
    organization.walk = Walk::Complete;
    for number in 0..accounts {
        let name = format!("team-{number}");
        organization.accounts.insert(
            account(number).parse()?,
            Account { name, email: None, status: AccountStatus::Active, joined: None, above: None },
        );
        let members = organization.members.entry(unit(number / MEMBERS).parse()?).or_default();
        members.insert(account(number).parse()?);
    }
    for number in 0..accounts.div_ceil(MEMBERS) {
        organization.units.insert(unit(number).parse()?, Unit { name: format!("Unit {number}"), parent: None });
    }
    Ok(organization)
}

fn world(accounts: usize, portfolios: usize, shares: Vec<Share>) -> Result<Live> {
    let (account, region) = ("111111111112".parse()?, "us-east-1".parse()?);
    let mut shelf = Shelf { listed: None, read: BTreeMap::new() };
    let shares: BTreeMap<_, _> =
        shares.into_iter().map(|share| (share.receiver(), LiveShare { share, accepted: true })).collect();
    for number in 0..portfolios {
        let id: catalog_sync::model::id::PortfolioId = format!("port-{number:013}").parse()?;
        let portfolio = Portfolio { id: id.clone(), name: Some(format!("Portfolio {number}")), shares: shares.clone() };
        shelf.read.insert(id, Found::There(portfolio));
    }
    Ok(Live {
        organizations: BTreeMap::from([("acme".parse()?, Reading::Complete(organization(accounts)?))]),
        portfolios: BTreeMap::from([((account, region), shelf)]),
        ..Live::default()
    })
}

fn listed(entries: impl Iterator<Item = String>) -> Result<CatalogFiles> {
    let mut text = "id: port-0000000000000\nshares:\n".to_owned();
    for entry in entries {
        writeln!(text, "  - {entry}")?;
    }
    Ok(files(&[("portfolios/one.yaml", text)]))
}

fn new_accounts(size: usize) -> Result<(CatalogFiles, Live)> {
    let entries = (0..size).map(|number| format!("{{account: \"{}\", through_organization: true}}", account(number)));
    Ok((listed(entries)?, world(size, 1, Vec::new())?))
}

fn new_units(size: usize) -> Result<(CatalogFiles, Live)> {
    let entries = (0..size).map(|number| format!("{{ou: {}, principals: true}}", unit(number)));
    Ok((listed(entries)?, world(size * MEMBERS, 1, Vec::new())?))
}

fn replaced(size: usize) -> Result<(CatalogFiles, Live)> {
    let entries = (0..size / MEMBERS).map(|number| format!("{{ou: {}}}", unit(number)));
    let share = |number| Ok(Share::Member { account: account(number).parse()?, tag_options: false });
    let shares = (0..size).map(share).collect::<Result<Vec<_>>>()?;
    Ok((listed(entries)?, world(size, 1, shares)?))
}

fn products(size: usize) -> Result<(CatalogFiles, Live)> {
    let mut text = "approved:\n".to_owned();
    for number in 0..size / 2 {
        writeln!(text, "  - {{id: prod-{number:013}, name: Product {number}}}")?;
    }
    text.push_str("experiences:\n  - {organization: acme, id: exp-one}\n");
    let approved = (size..size + size / 2).map(|number| format!("prod-{number:013}").parse());
    let approved = approved.collect::<Result<BTreeSet<_>, _>>()?;
    let policy = ProcurementPolicy {
        id: "procpolicy-one".parse()?,
        approved,
        denied: BTreeSet::new(),
        notes: BTreeMap::new(),
        user_requests: true,
    };
    let id: catalog_sync::model::id::ExperienceId = "exp-one".parse()?;
    let (name, status) = ("One".to_owned(), ExperienceStatus::Enabled);
    let named = Named { id: id.clone(), name: name.clone() };
    let (description, policy) = (String::new(), Some(policy));
    let experience = Experience { id: id.clone(), name, description, status, policy, branding: None };
    let read = BTreeMap::from([(id, Found::There(experience))]);
    let mut live = world(0, 0, Vec::new())?;
    let shelf = Shelf { listed: Some(Reading::Complete(vec![named])), read };
    live.experiences.insert("111111111112".parse()?, shelf);
    Ok((files(&[("marketplace/list.yaml", text)]), live))
}

fn targets(size: usize) -> Result<(CatalogFiles, Live)> {
    let mut files = files(&[]);
    for number in 0..size {
        let text = format!("id: port-{number:013}\nshares:\n  - account: \"{}\"\n", account(number));
        files.files.insert(format!("portfolios/file-{number}.yaml"), text.into_bytes());
    }
    Ok((files, world(size, size, Vec::new())?))
}

/// A portfolio for all accounts. Each account has two principals to grant and two to revoke.
fn recipients(size: usize) -> Result<(CatalogFiles, Live)> {
    let text = "id: port-0000000000000\nshares:\n  - organization: acme\nrecipients:\n  - organization: acme\n    \
                principals: [role/Engineer, role/Operator]\n";
    let accounts = size / INSIDE;
    let everybody =
        Share::Organization { organization: "o-acme000001".parse()?, tag_options: false, principals: false };
    let mut live = world(accounts, 1, vec![everybody])?;
    let id: catalog_sync::model::id::PortfolioId = "port-0000000000000".parse()?;
    for number in 0..accounts {
        let account = account(number);
        let arn = |role: &str| format!("arn:aws:iam::{account}:role/{role}");
        let principals = ["Analyst", "Former"].map(|role| Principal { arn: arn(role), kind: PrincipalType::Iam });
        let received = Received {
            accepted: Some(Reading::Complete(BTreeSet::from([id.clone()]))),
            principals: BTreeMap::from([(id.clone(), Found::There(principals.into_iter().collect()))]),
            ..Received::default()
        };
        live.received.insert((account.parse()?, "us-east-1".parse()?), received);
    }
    Ok((files(&[("portfolios/one.yaml", text.to_owned())]), live))
}
