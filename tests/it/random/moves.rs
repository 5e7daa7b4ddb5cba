//! Principals that move between experiences of the sandbox, one of which may not exist yet. Calls are lost, change
//! sets fail and runs are killed. Later runs end in step, and nothing is made twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::pin::pin;

use catalog_sync::apply::apply;
use catalog_sync::catalog::{self, source::CatalogFiles};
use catalog_sync::cloud::{Cloud, Endpoint, Options, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{MaxRemovals, Mode};
use catalog_sync::plan::{self, Goal, Limits, Removals};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use futures_util::future::{Either, select};
use proptest::prelude::*;

const MARKET: &str = "111111111112";
const NAMES: [&str; 3] = ["One", "Two", "New"];
const PRINCIPALS: [&str; 4] = ["333333333331", "333333333332", "ou-acme-shops001", "o-acme000001"];
const OPERATIONS: [&str; 4] = ["StartChangeSet", "DescribeChangeSet", "ListEntities", "BatchDescribeEntities"];
const FAULTS: [&str; 4] = [
    "drop: before",
    "drop: after",
    "error: {code: InternalServiceException, status: 500}",
    "error: {code: AccessDeniedException, message: no}",
];

#[derive(Debug, Clone)]
struct Case {
    /// The live place and the wanted place of each principal.
    now: Vec<Option<usize>>,
    wanted: Vec<Option<usize>>,
    enabled: Vec<bool>,
    products: Vec<BTreeSet<usize>>,
    lag: u32,
    /// A call that fails.
    fault: Option<(usize, u32, usize)>,
    /// A change set that fails, and how.
    fails: Option<(u32, bool)>,
    /// The number of calls after which the run is killed.
    killed: Option<usize>,
}

fn case() -> impl Strategy<Value = Case> {
    let places = |most| proptest::collection::vec(proptest::option::weighted(0.8, 0..most), PRINCIPALS.len());
    (
        places(2_usize),
        places(3_usize),
        proptest::collection::vec(any::<bool>(), 3),
        proptest::collection::vec(proptest::collection::btree_set(0..2_usize, 0..=2), 3),
        0..3_u32,
        proptest::option::weighted(0.6, (0..OPERATIONS.len(), 0..4_u32, 0..FAULTS.len())),
        proptest::option::weighted(0.4, (0..4_u32, any::<bool>())),
        proptest::option::weighted(0.4, 5..60_usize),
    )
        .prop_map(|(now, wanted, enabled, products, lag, fault, fails, killed)| Case {
            now,
            wanted,
            enabled,
            products,
            lag,
            fault,
            fails,
            killed,
        })
}

fn those(places: &[Option<usize>], at: usize) -> Vec<&'static str> {
    places.iter().zip(PRINCIPALS).filter(|(place, _)| **place == Some(at)).map(|(_, principal)| principal).collect()
}

fn world(case: &Case) -> World {
    let mut text = format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111110\"
    delegated_administrators: {{private-marketplace.marketplace.amazonaws.com: [\"{MARKET}\"]}}
    accounts: {{\"111111111110\": management, \"{MARKET}\": market}}
    ous:
      - {{name: Shops, id: ou-acme-shops001, accounts: {{\"333333333331\": one, \"333333333332\": two}}}}
    marketplace:
      experiences:
"
    );
    for (at, name) in NAMES[..2].iter().enumerate() {
        let quoted: Vec<String> = those(&case.now, at).iter().map(|it| format!("\"{it}\"")).collect();
        let audience = format!("audience: {{principals: [{}]}}, ", quoted.join(", "));
        let audience = if quoted.is_empty() { "" } else { &audience };
        writeln!(
            text,
            "        exp-{at}: {{name: {name}, {audience}policy: {{id: procpolicy-{at}, name: P, allowed: [prod-a]}}}}"
        )
        .unwrap();
    }
    writeln!(text, "pending: {{change_set: {}}}", case.lag).unwrap();
    World::parse(&text, "world").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    marketplace_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";

fn desired(case: &Case) -> Desired {
    let mut files = BTreeMap::from([("settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())]);
    for (at, name) in NAMES.iter().enumerate() {
        let products: Vec<&str> = case.products[at].iter().map(|it| ["prod-a", "prod-b"][*it]).collect();
        let mut text = format!("approved: [{}]\nexperiences:\n  - organization: acme\n", products.join(", "));
        writeln!(text, "    name: {name}\n    create: {}", at == 2).unwrap();
        writeln!(text, "    status: {}", if case.enabled[at] { "enabled" } else { "disabled" }).unwrap();
        let entry = |it: &str| match it {
            "o-acme000001" => "{organization: acme}".to_owned(),
            "ou-acme-shops001" => "{ou: Shops}".to_owned(),
            account => format!("{{account: \"{account}\"}}"),
        };
        let audience: Vec<String> = those(&case.wanted, at).into_iter().map(entry).collect();
        writeln!(text, "    audience: [{}]", audience.join(", ")).unwrap();
        files.insert(format!("marketplace/{}.yaml", name.to_lowercase()), text.into_bytes());
    }
    let files = CatalogFiles { files, ..CatalogFiles::default() };
    let loaded = catalog::load(&files, jiff::civil::date(2030, 1, 1));
    loaded.desired.unwrap_or_else(|| panic!("{:?}", loaded.findings))
}

async fn planned(sandbox: &Sandbox, desired: &Desired) -> (Plan, Cloud) {
    let endpoint = Endpoint {
        url: sandbox.url(),
        access_key_id: START_ACCESS_KEY.to_owned(),
        secret_access_key: START_SECRET.to_owned(),
    };
    let cloud = Cloud::new(&desired.settings, Mode::Apply, Options::loopback(endpoint));
    let mut live = Live::default();
    read::read(&cloud, &mut live, |live| plan::wants(Goal { wanted: &|_| true }, desired, None, live)).await;
    let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: true };
    (plan::diff(desired, &live, None, version), cloud)
}

async fn run(sandbox: &Sandbox, desired: &Desired) {
    let (made, cloud) = planned(sandbox, desired).await;
    let limits =
        Limits { max_removals: MaxRemovals::default(), allow_removals: Some(1000), shown: Removals::default() };
    let approved = plan::approve(made, limits, None).unwrap_or_else(|_| panic!("everything is allowed"));
    let writer = cloud.writer().expect("it applies");
    apply(approved, &writer, futures_util::stream::pending(), &mut ()).await;
}

/// Checks that no two experiences have the same name and no principal is in two audiences.
fn nothing_twice(world: &World) {
    let experiences = &world.organizations["acme"].marketplace.experiences;
    let names: BTreeSet<&str> = experiences.values().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), experiences.len(), "{experiences:#?}");
    let mut seen = BTreeSet::new();
    for principal in experiences.values().flat_map(|it| &it.audience).flat_map(|it| &it.principals) {
        assert!(seen.insert(principal), "{experiences:#?}");
    }
}

async fn holds(case: Case) {
    let sandbox = Sandbox::start(world(&case)).await.expect("it starts");
    let desired = desired(&case);
    let mut text = String::new();
    if let Some((operation, skip, fault)) = case.fault {
        let (operation, fault) = (OPERATIONS[operation], FAULTS[fault]);
        writeln!(text, "faults: [{{operation: '{operation}', skip: {skip}, times: 1, {fault}}}]").unwrap();
    }
    if let Some((skip, cancelled)) = case.fails {
        let fate = if cancelled { "cancelled" } else { "server_fault" };
        writeln!(text, "change_set_faults: [{{fate: {fate}, skip: {skip}, times: 1}}]").unwrap();
    }
    let with = World::parse(if text.is_empty() { "{}" } else { &text }, "faults").unwrap_or_else(|it| panic!("{it}"));
    sandbox.change(|world| {
        world.faults.extend(with.faults);
        world.change_set_faults.extend(with.change_set_faults);
    });
    let most = case.killed.unwrap_or(usize::MAX);
    let is_killed = async {
        while sandbox.calls().len() < most {
            tokio::task::yield_now().await;
        }
    };
    match select(pin!(run(&sandbox, &desired)), pin!(is_killed)).await {
        Either::Left(_) | Either::Right(_) => nothing_twice(&sandbox.world()),
    }
    sandbox.change(|world| {
        world.faults.clear();
        world.change_set_faults.clear();
    });
    for _ in 0..2 {
        run(&sandbox, &desired).await;
        nothing_twice(&sandbox.world());
    }
    let (plan, _) = planned(&sandbox, &desired).await;
    assert!(!plan.has_changes(), "{plan:#?}");
    let world = sandbox.world();
    for experience in world.organizations["acme"].marketplace.experiences.values() {
        let at = NAMES.iter().position(|name| *name == experience.name).expect("it is one of ours");
        let governed: BTreeSet<&str> =
            experience.audience.iter().flat_map(|it| it.principals.iter().map(String::as_str)).collect();
        assert_eq!(governed, those(&case.wanted, at).into_iter().collect(), "{}", experience.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn moves_end_in_step_through_every_fault(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(holds(case));
    }
}
