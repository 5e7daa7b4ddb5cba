//! Random entries with local portfolios, in random worlds with every sandbox switch and with faults. Plans and applies
//! end in step, and nothing of other people is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::edit::{Edit, On, RecipientEdit};
use catalog_sync::model::live::Live;
use catalog_sync::model::local::LaunchRole;
use catalog_sync::model::recipient::PrincipalType;
use catalog_sync::model::report::{Outcome, Report, TargetReport};
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals};
use catalog_sync::sandbox::{Portfolio, START_ACCESS_KEY, START_SECRET, Sandbox, World};
use proptest::prelude::*;

const HUB: &str = "111111111112";
const SHOP: &str = "333333333331";
const PRODUCTS: [&str; 4] = ["prod-a", "prod-b", "prod-c", "prod-d"];

/// A random recipient entry.
#[derive(Debug, Clone)]
struct Entry {
    /// `None`: no local portfolio, so principals are granted the imported one.
    local: Option<Local>,
    principals: BTreeSet<usize>,
}

#[derive(Debug, Clone)]
struct Local {
    name: usize,
    /// `None` for all products.
    products: Option<BTreeSet<usize>>,
    removes: bool,
    adopts: bool,
    copies: bool,
    role: Option<usize>,
}

#[derive(Debug, Clone)]
struct Case {
    directly: bool,
    first: Option<Entry>,
    second: Option<Entry>,
    /// The products of the hub's portfolio, before and after.
    hub: (BTreeSet<usize>, BTreeSet<usize>),
    /// Edits by other people between the two applies, of the tool's own portfolio.
    mischief: BTreeSet<usize>,
    switches: u32,
    lag: u32,
    fault: Option<(usize, u32, usize)>,
}

fn local() -> impl Strategy<Value = Local> {
    let some = proptest::collection::btree_set(0..2_usize, 1..=2);
    (
        0..2_usize,
        proptest::option::of(some),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        proptest::option::of(0..2_usize),
    )
        .prop_map(|(name, products, removes, adopts, copies, role)| Local {
            name,
            products,
            removes,
            adopts,
            copies,
            role,
        })
}

fn entry() -> impl Strategy<Value = Option<Entry>> {
    let principals = proptest::collection::btree_set(0..3_usize, 0..=2);
    let entry = (proptest::option::weighted(0.8, local()), principals);
    proptest::option::weighted(0.85, entry.prop_map(|(local, principals)| Entry { local, principals }))
}

fn case() -> impl Strategy<Value = Case> {
    // The first two products always exist, since entries name them.
    let hub =
        || proptest::collection::btree_set(2..4_usize, 0..=2).prop_map(|more| more.into_iter().chain([0, 1]).collect());
    let fault = proptest::option::weighted(0.7, (0..OPERATIONS.len(), 0..2_u32, 0..4_usize));
    let mischief = proptest::collection::btree_set(0..6_usize, 0..=3);
    (any::<bool>(), entry(), entry(), (hub(), hub()), mischief, any::<u32>(), 0..3_u32, fault).prop_map(
        |(directly, first, second, hub, mischief, switches, lag, fault)| Case {
            directly,
            first,
            second,
            hub,
            mischief,
            switches,
            lag,
            fault,
        },
    )
}

const OPERATIONS: [&str; 16] = [
    "AcceptPortfolioShare",
    "CreatePortfolio",
    "UpdatePortfolio",
    "DeletePortfolio",
    "AssociateProductWithPortfolio",
    "DisassociateProductFromPortfolio",
    "CreateConstraint",
    "UpdateConstraint",
    "DeleteConstraint",
    "CopyProduct",
    "UpdateProduct",
    "DeleteProduct",
    "AssociatePrincipalWithPortfolio",
    "DisassociatePrincipalFromPortfolio",
    "SearchProductsAsAdmin",
    "Describe*",
];

const FAULTS: [&str; 4] = [
    "drop: before",
    "drop: after",
    "error: {code: InternalServerErrorException, status: 500}",
    "error: {code: AccessDeniedException, message: no}",
];

fn world(case: &Case) -> World {
    let products = |which: &BTreeSet<usize>| {
        which.iter().map(|n| format!("{}: {{}}", PRODUCTS[*n])).collect::<Vec<_>>().join(", ")
    };
    let all: Vec<String> = PRODUCTS
        .iter()
        .map(|id| format!("{id}: {{name: Product {id}, versions: {{pa-{id}-1: {{name: v1}}}}}}"))
        .collect();
    let bit = |at: u32| (case.switches >> at) & 1 == 1;
    let choose = |at: u32, words: [&'static str; 2]| words[usize::from(bit(at))];
    let lag = case.lag;
    let text = format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators: {{servicecatalog.amazonaws.com: [\"{HUB}\"]}}
    accounts: {{\"111111111111\": management}}
    ous:
      - {{name: Shared, id: ou-acme-shared01, accounts: {{\"{HUB}\": hub}}}}
      - {{name: Shops, id: ou-acme-shops001, accounts: {{\"{SHOP}\": shop}}}}
accounts:
  \"{HUB}\":
    regions:
      us-east-1:
        portfolios:
          port-data:
            name: Data
            products: {{{}}}
            constraints: {{cons-hub: {{product: prod-a, parameters: '{{\"LocalRoleName\": \"HubRole\"}}'}}}}
            principals: ['arn:aws:iam:::role/Hub*']
        products: {{{}}}
  \"{SHOP}\":
    roles: {{catalog-sync-*: {{}}, Role0: {{}}, One: {{}}, Theirs: {{}}}}
    regions:
      us-east-1:
        portfolios:
          port-foreign: {{name: Foreign, provider: They, products: {{prod-theirs: {{}}}}, principals: ['arn:aws:iam::{SHOP}:role/Theirs']}}
          port-twin: {{name: Name 1, provider: They, tags: {{team: theirs}}}}
        products: {{prod-theirs: {{name: Theirs, versions: {{pa-theirs: {{name: v1}}}}}}}}
pending: {{share: 1, principal: {lag}, product: {lag}, product_flickers: {}, constraint: {lag}, copy: {lag}}}
unproven:
  tokens_kept: {}
  missing_role: {}
  import_patterns: {}
  accept_again: {}
  missing_principal: {}
  products_of_share: {}
  import_principals: {}
  inherited_constraints: {}
  copy_carries: {}
  tag_options: {}
  shared_patterns: {}
",
        products(&case.hub.0),
        all.join(", "),
        bit(0),
        if bit(10) { 3 } else { 300 },
        ["refused", "fails", "taken", "taken"][(case.switches >> 11) as usize & 3],
        choose(13, ["allowed", "refused"]),
        choose(1, ["works", "refused"]),
        choose(2, ["invalid", "not_found"]),
        choose(3, ["stay", "leave"]),
        choose(4, ["dropped", "kept"]),
        ["hidden", "with_source", "with_local", "hidden"][(case.switches >> 5) as usize & 3],
        choose(7, ["both", "neither"]),
        choose(8, ["block", "go"]),
        choose(9, ["count", "dont_count"]),
    );
    World::parse(&text, "world").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";

fn catalog(directly: bool, entry: Option<&Entry>) -> Desired {
    let share = if directly { format!("account: \"{SHOP}\"") } else { "ou: Shops".to_owned() };
    let mut text = format!("portfolio: Data\nshares:\n  - {share}\n");
    if let Some(Entry { local, principals }) = entry {
        writeln!(text, "recipients:\n  - account: \"{SHOP}\"").unwrap();
        if let Some(Local { name, products, removes, adopts, copies, role }) = local {
            writeln!(text, "    local_portfolio:\n      name: Name {name}\n      provider: Us").unwrap();
            if let Some(products) = products {
                let names: Vec<String> = products.iter().map(|n| format!("Product {}", PRODUCTS[*n])).collect();
                writeln!(text, "      products: [{}]", names.join(", ")).unwrap();
            }
            writeln!(text, "      unlisted_products: {}", if *removes { "remove" } else { "keep" }).unwrap();
            writeln!(text, "      adopt: {adopts}\n      mode: {}", if *copies { "copy" } else { "reference" })
                .unwrap();
            if let Some(role) = role {
                writeln!(text, "      launch_role: Role{role}").unwrap();
            }
        }
        let names = ["role/One", "user/two", "{pattern: role/Three*}"];
        let listed: Vec<&str> = principals.iter().map(|n| names[*n]).collect();
        writeln!(text, "    principals: [{}]", listed.join(", ")).unwrap();
    }
    let files = [("settings.yaml", SETTINGS), ("portfolios/data.yaml", text.as_str())];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let files = CatalogFiles { files: files.into(), ..CatalogFiles::default() };
    let loaded = catalog::load(&files, jiff::civil::date(2030, 1, 1));
    loaded.desired.unwrap_or_else(|| panic!("{:?}\n{text}", loaded.findings))
}

async fn planned(sandbox: &Sandbox, desired: &Desired, base: Option<&Desired>) -> (Plan, Cloud) {
    let endpoint = Endpoint {
        url: sandbox.url(),
        access_key_id: START_ACCESS_KEY.to_owned(),
        secret_access_key: START_SECRET.to_owned(),
    };
    let cloud = Cloud::new(&desired.settings, Mode::Apply, Options::loopback(endpoint));
    let mut live = Live::default();
    let goal = Goal { wanted: &|_| true };
    read::read(&cloud, &mut live, |live| plan::wants(goal, desired, base, live)).await;
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: true };
    (plan::diff(desired, &live, base, version), cloud)
}

async fn applied(sandbox: &Sandbox, desired: &Desired, base: Option<&Desired>) -> Report {
    let (made, cloud) = planned(sandbox, desired, base).await;
    let limits =
        Limits { max_removals: MaxRemovals::default(), allow_removals: Some(1000), shown: Removals::default() };
    let approved = plan::approve(made, limits, None).unwrap_or_else(|_| panic!("everything is allowed"));
    let writer = cloud.writer().expect("it applies");
    apply(approved, &writer, futures_util::stream::pending(), &mut ()).await
}

/// Whether AWS may refuse a change permanently: a launch role that the account lacks, or a pattern on the imported
/// portfolio.
fn may_fail(edit: Edit<'_>) -> bool {
    match edit {
        Edit::Recipient(RecipientEdit::Launch { product: _, constraint: _, role }) => {
            role.after() == Some(&LaunchRole::Name("Role1".to_owned()))
        }
        Edit::Recipient(RecipientEdit::Grant(On::Imported, principal)) => principal.kind == PrincipalType::Pattern,
        Edit::Hub(_) | Edit::Recipient(_) | Edit::Experience(_) => false,
    }
}

/// Plans and applies until only refused changes are left. Blocked targets stay blocked.
async fn settle(sandbox: &Sandbox, desired: &Desired, base: Option<&Desired>) {
    for _ in 0..4 {
        let (plan, _) = planned(sandbox, desired, base).await;
        if !plan.has_changes() {
            return;
        }
        let report = applied(sandbox, desired, base).await;
        let (mut moved, mut failed) = (false, false);
        for (change, outcome) in report.targets.iter().flat_map(TargetReport::results) {
            match outcome {
                Outcome::Applied => moved = true,
                Outcome::Failed(_) => {
                    assert!(may_fail(change.edit), "{report:#?}");
                    failed = true;
                }
                // The change waits for one that failed.
                Outcome::Skipped(_) => {}
            }
        }
        if !moved {
            assert!(failed, "nothing is done, and nothing says why: {report:#?}");
            return;
        }
    }
    let (plan, _) = planned(sandbox, desired, base).await;
    panic!("it never ends: {plan:#?}");
}

/// Edits the account's portfolio as another user would.
fn mischief(world: &mut World, what: &BTreeSet<usize>) {
    let region = world.region_mut(SHOP, "us-east-1");
    let products: Vec<String> = region.products.keys().cloned().collect();
    let is_ours = |portfolio: &Portfolio| portfolio.tags.contains_key("catalog-sync");
    for portfolio in region.portfolios.values_mut().filter(|portfolio| is_ours(portfolio)) {
        for what in what {
            match what {
                0 => drop(
                    portfolio.products.insert("prod-theirs".to_owned(), catalog_sync::sandbox::Association::default()),
                ),
                1 => portfolio.principals.clear(),
                2 => portfolio.constraints.clear(),
                3 => portfolio.provider = "Somebody".to_owned(),
                4 => {
                    if let Some(product) = portfolio.products.keys().find(|id| !products.contains(id)).cloned() {
                        portfolio.products.remove(&product);
                        portfolio.constraints.retain(|_, constraint| constraint.product != product);
                    }
                }
                _ => portfolio.name = "Renamed".to_owned(),
            }
        }
    }
}

/// The things that the tool must not change.
fn foreign(world: &World) -> (Option<Portfolio>, BTreeMap<String, String>, Option<Portfolio>) {
    let shop = world.accounts[SHOP].regions["us-east-1"].clone();
    let theirs = shop.products.iter().filter(|(id, _)| *id == "prod-theirs");
    let theirs = theirs.map(|(id, product)| (id.clone(), format!("{product:?}"))).collect();
    let hub = &world.accounts[HUB].regions["us-east-1"];
    let mut data = hub.portfolios.get("port-data").cloned();
    if let Some(data) = &mut data {
        data.shares.clear();
        data.products.clear();
    }
    (shop.portfolios.get("port-foreign").cloned(), theirs, data)
}

/// Checks that the tool made no second portfolio and no second copy of a product.
fn nothing_twice(world: &World) {
    let shop = &world.accounts[SHOP].regions["us-east-1"];
    let ours = shop.portfolios.values().filter(|portfolio| portfolio.tags.contains_key("catalog-sync"));
    assert!(ours.count() <= 1, "{:#?}", shop.portfolios);
    let mut copies = BTreeSet::new();
    for product in shop.products.values() {
        let source = product.source.clone();
        assert!(source.is_none() || copies.insert(source), "{:#?}", shop.products);
    }
}

async fn holds(case: Case) {
    let sandbox = Sandbox::start(world(&case)).await.expect("it starts");
    let first = catalog(case.directly, case.first.as_ref());
    let before = foreign(&sandbox.world());
    settle(&sandbox, &first, None).await;
    sandbox.change(|world| {
        mischief(world, &case.mischief);
        let hub = world.region_mut(HUB, "us-east-1").portfolios.get_mut("port-data").expect("it is there");
        let now: BTreeSet<&str> = case.hub.1.iter().map(|n| PRODUCTS[*n]).collect();
        hub.products.retain(|id, _| now.contains(id.as_str()));
        for id in now {
            hub.products.entry(id.to_owned()).or_default();
        }
    });
    let second = catalog(case.directly, case.second.as_ref());
    if let Some((operation, skip, fault)) = case.fault {
        let (operation, fault) = (OPERATIONS[operation], FAULTS[fault]);
        let text =
            format!("faults: [{{operation: '{operation}', account: '{SHOP}', skip: {skip}, times: 1, {fault}}}]");
        let with = World::parse(&text, "faults").expect("a fault");
        sandbox.change(|world| world.faults.extend(with.faults));
    }
    applied(&sandbox, &second, Some(&first)).await;
    nothing_twice(&sandbox.world());
    sandbox.change(|world| world.faults.clear());
    settle(&sandbox, &second, Some(&first)).await;
    let after = sandbox.world();
    nothing_twice(&after);
    assert_eq!(foreign(&after), before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn local_portfolios_end_in_step_from_everywhere_and_through_every_fault(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(holds(case));
    }
}
