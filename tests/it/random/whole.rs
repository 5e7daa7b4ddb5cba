//! Random catalogs and worlds, planned and applied against the sandbox with the real clients and writers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use catalog_sync::apply::apply;
use catalog_sync::catalog::{load, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals, diff, wire};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::super::campaign::facts::facts;

const HUB: &str = "111111111112";
const ACCOUNTS: [&str; 4] = ["333333333331", "333333333332", "444444444441", "999999999991"];
/// The OUs, each with the positions of its accounts in the list above.
const UNITS: [(&str, &str, &[usize]); 2] = [("Shops", "ou-acme-shops001", &[0, 1]), ("Labs", "ou-acme-labs0001", &[2])];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const PRODUCTS: usize = 6;

/// The position of a share in the pool, and its flags: tag options and principals.
type Picked = (usize, bool, bool);

/// The number of possible shares: four account to account, three through the organization, two with OUs, one with the
/// organization.
const POOL: usize = 4 + 3 + 2 + 1;

/// A portfolio: its entries in the catalog, and its live shares in each region.
#[derive(Debug, Clone)]
struct Shared {
    wanted: Vec<Picked>,
    keep: bool,
    live: [Vec<Picked>; 2],
    /// The principals that the shops' entry lists, and those that the two shops have in the first region.
    principals: BTreeSet<usize>,
    there: [BTreeSet<usize>; 2],
}

/// An experience: approved and rejected products in the catalog, approved and denied products in the live policy.
#[derive(Debug, Clone)]
struct Listed {
    wanted: [BTreeSet<usize>; 2],
    keep: bool,
    live: [BTreeSet<usize>; 2],
}

fn picked() -> impl Strategy<Value = Vec<Picked>> {
    let some = subsequence((0..POOL).collect::<Vec<_>>(), 0..5);
    (some, proptest::collection::vec(any::<(bool, bool)>(), POOL))
        .prop_map(|(some, flags)| some.into_iter().map(|it| (it, flags[it].0, flags[it].1)).collect())
}

fn some(of: usize) -> impl Strategy<Value = BTreeSet<usize>> {
    subsequence((0..of).collect::<Vec<_>>(), 0..=of).prop_map(BTreeSet::from_iter)
}

fn shared() -> impl Strategy<Value = Shared> {
    (picked(), any::<bool>(), [picked(), picked()], some(3), [some(3), some(3)])
        .prop_map(|(wanted, keep, live, principals, there)| Shared { wanted, keep, live, principals, there })
}

fn listed() -> impl Strategy<Value = Listed> {
    let parted = || (some(PRODUCTS), some(PRODUCTS)).prop_map(|(one, other)| [&one - &other, other]);
    (parted(), any::<bool>(), parted()).prop_map(|(wanted, keep, live)| Listed { wanted, keep, live })
}

/// A share as YAML of a world.
fn live_share((at, tags, principals): Picked) -> String {
    let flags = format!("tag_options: {tags}");
    match at {
        0..4 => format!("{{account: \"{}\", {flags}, accepted: true}}", ACCOUNTS[at]),
        4..7 => format!("{{member: \"{}\", {flags}}}", ACCOUNTS[at - 4]),
        7..9 => format!("{{ou: {}, {flags}, principals: {principals}}}", UNITS[at - 7].1),
        _ => format!("{{organization: o-acme000001, {flags}, principals: {principals}}}"),
    }
}

/// A share as YAML of a catalog.
fn entry((at, tags, principals): Picked) -> String {
    let flags = format!("tag_options: {tags}");
    match at {
        0..4 => format!("{{account: \"{}\", {flags}}}", ACCOUNTS[at]),
        4..7 => format!("{{account: \"{}\", through_organization: true, {flags}}}", ACCOUNTS[at - 4]),
        7..9 => format!("{{ou: {}, {flags}, principals: {principals}}}", UNITS[at - 7].0),
        _ => format!("{{organization: acme, {flags}, principals: {principals}}}"),
    }
}

fn in_brackets(parts: impl Iterator<Item = String>) -> String {
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}

fn products(of: &BTreeSet<usize>) -> String {
    in_brackets(of.iter().map(|it| format!("prod-000000000000{it}")))
}

fn world(portfolios: &[Shared], experiences: &[Listed]) -> World {
    let mut text = format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators: {{servicecatalog.amazonaws.com: [\"{HUB}\"], private-marketplace.marketplace.amazonaws.com: [\"{HUB}\"]}}
    accounts: {{\"111111111111\": management, \"{HUB}\": hub}}
    ous:
"
    );
    for (name, id, accounts) in UNITS {
        let accounts: Vec<String> = accounts.iter().map(|it| format!("\"{}\": {name}-{it}", ACCOUNTS[*it])).collect();
        writeln!(text, "      - {{name: {name}, id: {id}, accounts: {{{}}}}}", accounts.join(", ")).unwrap();
    }
    text.push_str("    marketplace:\n      experiences:\n");
    for (at, Listed { live: [allowed, denied], .. }) in experiences.iter().enumerate() {
        let lists = format!("allowed: {}, denied: {}", products(allowed), products(denied));
        writeln!(text, "        exp-000{at}: {{name: Experience {at}, policy: {{name: P, {lists}}}}}").unwrap();
    }
    writeln!(text, "        exp-others: {{name: Others, policy: {{name: P, allowed: [prod-0000000000001]}}}}").unwrap();
    writeln!(text, "accounts:\n  \"999999999991\": {{}}\n  \"{HUB}\":\n    regions:").unwrap();
    for (in_region, region) in REGIONS.iter().enumerate() {
        writeln!(text, "      {region}:\n        portfolios:").unwrap();
        for (at, Shared { live, .. }) in portfolios.iter().enumerate() {
            let shares = in_brackets(live[in_region].iter().map(|it| live_share(*it)));
            writeln!(text, "          port-{in_region}{at}: {{name: Portfolio {at}, shares: {shares}}}").unwrap();
        }
        let shares = live_share((0, true, false));
        writeln!(text, "          port-{in_region}9: {{name: Others, shares: [{shares}]}}").unwrap();
    }
    for (number, account) in ACCOUNTS[..2].iter().enumerate() {
        writeln!(text, "  \"{account}\":\n    regions:\n      us-east-1:\n        imports:\n          port-none: {{}}")
            .unwrap();
        // Only an account that has a share can have principals on the portfolio.
        let has = |(at, ..): &Picked| [number, number + 4, 7, 9].contains(at);
        let having = portfolios.iter().enumerate().filter(|(_, it)| it.live[0].iter().any(has));
        for (at, Shared { there, .. }) in having {
            let arn = |it: &usize| format!("\"arn:aws:iam::{account}:role/Role{it}\"");
            let principals = in_brackets(there[number].iter().map(arn));
            writeln!(text, "          port-0{at}: {{principals: {principals}}}").unwrap();
        }
    }
    World::parse(&text, "world").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn desired(portfolios: &[Shared], experiences: &[Listed]) -> Desired {
    let settings = format!(
        "version: 1\norganizations:\n  acme: {{id: o-acme000001, service_catalog_account: \"{HUB}\", marketplace_account: \
         \"{HUB}\"}}\naccess: {{role: \"arn:aws:iam::{{account}}:role/catalog-sync-{{mode}}\"}}\nregions: [us-east-1, \
         eu-west-1]\n"
    );
    let mut files = BTreeMap::from([("catalog/settings.yaml".to_owned(), settings.into_bytes())]);
    for (at, Shared { wanted, keep, principals, .. }) in portfolios.iter().enumerate() {
        let mut wanted = wanted.clone();
        let mut text =
            format!("portfolio: Portfolio {at}\nunlisted_shares: {}\n", if *keep { "keep" } else { "remove" });
        // An account with principals has to receive the portfolio.
        if !wanted.iter().any(|(it, ..)| *it == 7) && !principals.is_empty() {
            wanted.push((7, false, false));
        }
        writeln!(text, "organization: acme\nshares: {}", in_brackets(wanted.iter().map(|it| entry(*it)))).unwrap();
        if !principals.is_empty() {
            let principals = in_brackets(principals.iter().map(|it| format!("role/Role{it}")));
            writeln!(text, "recipients: [{{ou: Shops, principals: {principals}}}]").unwrap();
        }
        files.insert(format!("catalog/portfolios/p{at}.yaml"), text.into_bytes());
    }
    for (at, Listed { wanted: [approved, rejected], keep, .. }) in experiences.iter().enumerate() {
        let text = format!(
            "approved: {}\nrejected: {}\nunlisted: {}\nexperiences: [{{organization: acme, name: Experience {at}}}]\n",
            products(approved),
            products(rejected),
            if *keep { "keep" } else { "deny" },
        );
        files.insert(format!("catalog/marketplace/l{at}.yaml"), text.into_bytes());
    }
    let loaded =
        load(&CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() }, jiff::civil::date(2026, 11, 27));
    let errors = format!("{:#?}", loaded.findings);
    loaded.desired.unwrap_or_else(|| panic!("{errors}"))
}

fn cloud(sandbox: &Sandbox, desired: &Desired) -> Cloud {
    let (access_key_id, secret_access_key) = (START_ACCESS_KEY.to_owned(), START_SECRET.to_owned());
    let endpoint = Endpoint { url: sandbox.url(), access_key_id, secret_access_key };
    Cloud::new(&desired.settings, Mode::Apply, Options::loopback(endpoint))
}

async fn planned(cloud: &Cloud, desired: &Desired) -> Plan {
    let goal = Goal { wanted: &|_| true };
    let mut live = Live::default();
    read::read(cloud, &mut live, |live| plan::wants(goal, desired, None, live)).await;
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
    diff(desired, &live, None, version)
}

/// The facts that no file of the catalog is about.
fn others(facts: BTreeSet<String>) -> BTreeSet<String> {
    facts
        .into_iter()
        .filter(|it| it.contains("exp-others") || it.contains("port-09") || it.contains("port-19"))
        .collect()
}

async fn hold(portfolios: &[Shared], experiences: &[Listed]) {
    let (start, desired) = (world(portfolios, experiences), desired(portfolios, experiences));
    let sandbox = Sandbox::start(start.clone()).await.unwrap();
    let cloud = cloud(&sandbox, &desired);
    let plan = planned(&cloud, &desired).await;
    assert_eq!(wire::plan_to_json(&plan), wire::plan_to_json(&planned(&cloud, &desired).await), "the same plan twice");
    assert_eq!(plan.summary().unreadable, 0, "{plan:#?}");
    assert!(!sandbox.calls().iter().any(catalog_sync::sandbox::Call::is_write), "a plan changes nothing");
    let removals = plan.summary().removes;
    let limits =
        |most| Limits { max_removals: MaxRemovals::all(most), allow_removals: None, shown: Removals::default() };
    if let Some(fewer) = removals.checked_sub(1) {
        assert!(plan::approve(plan.clone(), limits(fewer), None).is_err(), "more is taken away than is allowed");
    }
    let approved = plan::approve(plan.clone(), limits(removals), None).unwrap_or_else(|_| panic!("so much is allowed"));
    let report = apply(approved, &cloud.writer().unwrap(), futures_util::stream::pending(), &mut ()).await;
    let tally = report.tally();
    assert_eq!((tally.failed, tally.skipped), (0, 0), "{report:#?}");
    let (before, after) = (facts(&start, &start), facts(&start, &sandbox.world()));
    assert_eq!(others(before), others(after), "something that no file is about was changed");
    let again = planned(&cloud, &desired).await;
    assert_eq!(again.summary().changes() + again.summary().unreadable, 0, "{again:#?}\n{plan:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_planned_is_carried_out_and_nothing_else(
        portfolios in proptest::collection::vec(shared(), 2),
        experiences in proptest::collection::vec(listed(), 2),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(hold(&portfolios, &experiences));
    }
}
