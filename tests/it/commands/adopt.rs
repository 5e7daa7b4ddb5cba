//! `import --adopt`: the files are changed to match what is live, and nothing else in them changes.

use catalog_sync::sandbox::{Experience, ExperienceStatus, Portfolio, Principal, Role, Share, ShareTarget, World};

use proptest::prelude::*;

use super::bed::Bed;

const HUB: &str = "111111111112";

fn portfolio<'w>(world: &'w mut World, id: &str) -> &'w mut Portfolio {
    world.region_mut(HUB, "us-east-1").portfolios.get_mut(id).unwrap()
}

fn experience<'w>(world: &'w mut World, id: &str) -> &'w mut Experience {
    world.organizations.get_mut("acme").unwrap().marketplace.experiences.get_mut(id).unwrap()
}

#[test]
fn nothing_is_adopted_where_nothing_differs() {
    let bed = Bed::in_step();
    let ran = bed.sandbox(&["import", "--adopt"]).ends(0).says("Nothing to adopt");
    assert_eq!(ran.stdout, "");
    bed.git(&["diff", "--exit-code"]);
}

#[test]
fn what_somebody_did_in_the_console_comes_into_the_files() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        let shares = &mut portfolio(world, "port-sandboxtools1").shares;
        shares.push(Share::new(ShareTarget::Account("333333333331".to_owned())));
        shares.push(Share { tag_options: true, ..Share::new(ShareTarget::Ou("ou-acme-data0001".to_owned())) });
        let data = experience(world, "exp-acmedata0001");
        data.status = ExperienceStatus::Enabled;
        let policy = data.policy.as_mut().unwrap();
        policy.allowed.insert("prod-0000000000002".to_owned());
        policy.notes.insert("prod-0000000000002".to_owned(), "SEC-9".to_owned());
        policy.allowed.remove("prod-1122334455667");
        policy.denied.insert("prod-1122334455667".to_owned());
    });
    let shown = bed.sandbox(&["import", "--adopt", "--dry-run"]).ends(0).says("nothing was written").stdout;
    bed.git(&["diff", "--exit-code"]);
    insta::assert_snapshot!(shown);
    let ran = bed.sandbox(&["import", "--adopt"]).ends(0).says("adopted in 2 files");
    assert_eq!(ran.stdout, "catalog/marketplace/data-science.yaml\ncatalog/portfolios/developer-sandbox.yaml\n");
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    bed.run(&["fmt", "--check"]).ends(0);
}

#[test]
fn page_about_import_shows_what_adopting_comes_to() {
    let page = include_str!("../../../docs/import.md");
    let block = page.split("```console\n").find(|block| block.starts_with("$ catalog-sync import --adopt")).unwrap();
    let (command, picture) = block.split("```").next().unwrap().split_once('\n').unwrap();
    let bed = Bed::in_step();
    bed.change_world(|world| {
        let shares = &mut portfolio(world, "port-sandboxtools1").shares;
        shares.push(Share::new(ShareTarget::Account("333333333331".to_owned())));
    });
    let arguments: Vec<&str> = command.split(' ').skip(2).collect();
    let shown = bed.run(&arguments).ends(0).stdout;
    let mut rest = shown.lines();
    for line in picture.lines().filter(|line| *line != "…") {
        assert!(rest.any(|shown| shown == line), "not so, or not here: {line}\n{shown}");
    }
}

#[test]
fn what_a_file_can_not_say_is_left_with_the_lines_to_write() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        // The file has two regions, and the share is gone from one of them only.
        portfolio(world, "port-dataplatform1").shares.retain(|share| share.to.id() != "ou-acme-prod0001");
        // One list governs two experiences, and only this one has the product.
        let policy = experience(world, "exp-acmebase0001").policy.as_mut().unwrap();
        policy.allowed.insert("prod-0000000000005".to_owned());
        // This difference can be adopted.
        portfolio(world, "port-network000001").shares.retain(|share| share.to.id() != "o-acme000001");
    });
    let ran = bed.sandbox(&["import", "--adopt"]).ends(3);
    assert_eq!(ran.stdout, "catalog/portfolios/network-basics.yaml\n");
    let ran = ran.says("portfolio/data-platform/acme/eu-west-1 would change as well").says("below `approved`");
    ran.says("    - prod-0000000000005").says("1 difference adopted in 1 file").says("2 differences left");
    assert!(bed.read("catalog/portfolios/network-basics.yaml").contains("shares: []"));
    bed.sandbox(&["plan", "--target", "*/network-basics/**"]).ends(0).shows("nothing to change");
}

#[test]
fn only_what_was_asked_for_is_adopted_and_only_drift_with_a_base() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        portfolio(world, "port-network000001").shares.retain(|share| share.to.id() != "o-acme000001");
        experience(world, "exp-acmedata0001").policy.as_mut().unwrap().allowed.insert("prod-0000000000002".to_owned());
    });
    let ran = bed.sandbox(&["import", "--adopt", "--target", "portfolio/network-basics/**"]).ends(0);
    assert_eq!(ran.stdout, "catalog/portfolios/network-basics.yaml\n");
    bed.sandbox(&["import", "--adopt", "--target", "portfolio/nothing/**"]).ends(2);
    bed.git(&["checkout", "-q", "--", "catalog"]);
    // A share was added in Git and is not applied yet: it stays.
    bed.edit("catalog/portfolios/developer-sandbox.yaml", "shares:\n", "shares:\n  - ou: Data\n");
    let ran = bed.sandbox(&["import", "--adopt", "--base", "HEAD"]).ends(0);
    assert_eq!(ran.stdout, "catalog/marketplace/data-science.yaml\ncatalog/portfolios/network-basics.yaml\n");
    assert!(bed.read("catalog/portfolios/developer-sandbox.yaml").contains("  - ou: Data\n"));
    // Without a base the same entry counts as a difference, and is removed.
    bed.sandbox(&["import", "--adopt"]).ends(0);
    assert!(!bed.read("catalog/portfolios/developer-sandbox.yaml").contains("  - ou: Data\n"));
    bed.sandbox(&["import", "--adopt", "--force"]).ends(2);
}

#[test]
fn what_can_not_be_read_is_adopted_by_nothing() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        world.region_mut(HUB, "eu-west-1").portfolios.get_mut("port-dataplatform2").unwrap().shares.clear();
        experience(world, "exp-acmedata0001").policy.as_mut().unwrap().allowed.insert("prod-0000000000002".to_owned());
    });
    bed.fault(
        "{operation: DescribePortfolioShares, region: eu-west-1, error: {code: AccessDeniedException, message: 'no'}}",
    );
    let ran = bed.sandbox(&["import", "--adopt"]).ends(1).says("DescribePortfolioShares");
    assert_eq!(ran.stdout, "catalog/marketplace/data-science.yaml\n");
}

#[test]
fn who_may_launch_is_adopted_where_it_is_so_in_all_accounts_of_the_entry() {
    let bed = Bed::in_step();
    let path = "catalog/portfolios/developer-sandbox.yaml";
    bed.change_world(|world| {
        let account = world.accounts.get_mut("444444444442").unwrap();
        account.roles.insert("Analyst2".to_owned(), Role::default());
        let import = world.region_mut("444444444442", "us-east-1").imports.get_mut("port-sandboxtools1").unwrap();
        import.principals.push(Principal::new("arn:aws:iam::444444444442:role/Analyst2".to_owned()));
    });
    bed.sandbox(&["import", "--adopt"]).ends(0);
    assert!(bed.read(path).contains("Analyst2"), "{}", bed.read(path));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

/// A change made in the console.
#[derive(Debug, Clone)]
enum Deed {
    Share(usize, ShareTarget, bool),
    Unshare(usize, usize),
    Toggle(usize, usize),
    Approve(usize, usize),
    Deny(usize, usize),
    Forget(usize, usize),
    Describe(usize, String),
    Switch(usize),
    Requests(usize),
}

const OWNED: [(&str, &str); 4] = [
    ("us-east-1", "port-dataplatform1"),
    ("eu-west-1", "port-dataplatform2"),
    ("us-east-1", "port-sandboxtools1"),
    ("us-east-1", "port-network000001"),
];
const EXPERIENCES: [&str; 2] = ["exp-acmebase0001", "exp-acmedata0001"];
const PRODUCTS: [&str; 5] =
    ["prod-0000000000002", "prod-0000000000005", "prod-1122334455667", "prod-4xk6p2ab3cdef", "prod-e5f6a7b8c9d04"];

fn deed() -> impl Strategy<Value = Deed> {
    let to = prop::sample::select(vec![
        ShareTarget::Account("333333333331".to_owned()),
        ShareTarget::Member("333333333332".to_owned()),
        ShareTarget::Ou("ou-acme-data0001".to_owned()),
        ShareTarget::Organization("o-acme000001".to_owned()),
    ]);
    let (of, one, product, experience) = (0..OWNED.len(), 0..4_usize, 0..PRODUCTS.len(), 0..EXPERIENCES.len());
    prop_oneof![
        (of.clone(), to, any::<bool>()).prop_map(|(of, to, tags)| Deed::Share(of, to, tags)),
        (of.clone(), one.clone()).prop_map(|(of, one)| Deed::Unshare(of, one)),
        (of, one).prop_map(|(of, one)| Deed::Toggle(of, one)),
        (experience.clone(), product.clone()).prop_map(|(of, product)| Deed::Approve(of, product)),
        (experience.clone(), product.clone()).prop_map(|(of, product)| Deed::Deny(of, product)),
        (experience.clone(), product).prop_map(|(of, product)| Deed::Forget(of, product)),
        (experience.clone(), "[a-z:# ]{1,20}").prop_map(|(of, text)| Deed::Describe(of, text)),
        experience.clone().prop_map(Deed::Switch),
        experience.prop_map(Deed::Requests),
    ]
}

fn do_it(world: &mut World, deed: &Deed) {
    let owned = |world: &mut World, at: usize| {
        let (region, id) = OWNED[at];
        std::mem::take(&mut world.region_mut(HUB, region).portfolios.get_mut(id).unwrap().shares)
    };
    let put = |world: &mut World, at: usize, shares: Vec<Share>| {
        let (region, id) = OWNED[at];
        world.region_mut(HUB, region).portfolios.get_mut(id).unwrap().shares = shares;
    };
    let policy =
        |world: &mut World, at: usize, product: usize, change: &dyn Fn(&mut catalog_sync::sandbox::Policy, &str)| {
            change(experience(world, EXPERIENCES[at]).policy.as_mut().unwrap(), PRODUCTS[product]);
        };
    match deed {
        Deed::Share(at, to, tag_options) => {
            let mut shares = owned(world, *at);
            if shares.iter().all(|share| share.to != *to) {
                shares.push(Share { tag_options: *tag_options, ..Share::new(to.clone()) });
            }
            put(world, *at, shares);
        }
        Deed::Unshare(at, one) => {
            let mut shares = owned(world, *at);
            if *one < shares.len() {
                shares.remove(*one);
            }
            put(world, *at, shares);
        }
        Deed::Toggle(at, one) => {
            let mut shares = owned(world, *at);
            if let Some(share) = shares.get_mut(*one) {
                share.tag_options = !share.tag_options;
            }
            put(world, *at, shares);
        }
        Deed::Approve(at, product) => policy(world, *at, *product, &|policy, product| {
            policy.denied.remove(product);
            policy.allowed.insert(product.to_owned());
        }),
        Deed::Deny(at, product) => policy(world, *at, *product, &|policy, product| {
            policy.allowed.remove(product);
            policy.denied.insert(product.to_owned());
        }),
        Deed::Forget(at, product) => policy(world, *at, *product, &|policy, product| {
            policy.allowed.remove(product);
            policy.denied.remove(product);
        }),
        Deed::Describe(at, text) => experience(world, EXPERIENCES[*at]).description = Some(text.clone()),
        Deed::Switch(at) => {
            let experience = experience(world, EXPERIENCES[*at]);
            experience.status = match experience.status {
                ExperienceStatus::Enabled => ExperienceStatus::Disabled,
                ExperienceStatus::Disabled => ExperienceStatus::Enabled,
            };
        }
        Deed::Requests(at) => policy(world, *at, 0, &|policy, _| policy.requests = None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// After any changes in the console: an adopted change is no longer a difference, a change that is left still is,
    /// no new difference appears, and every comment stays.
    #[test]
    fn files_say_what_was_done_or_it_is_left(deeds in prop::collection::vec(deed(), 1..8)) {
        let bed = Bed::in_step();
        bed.change_world(|world| deeds.iter().for_each(|deed| do_it(world, deed)));
        let differences = |bed: &Bed| {
            let plan = bed.sandbox(&["plan", "--format", "json"]);
            prop_assert_eq!(plan.status, 0, "{}", plan.stderr);
            let summary = plan.json()["summary"].clone();
            let count = |key: &str| summary[key].as_u64().unwrap();
            Ok(count("creates") + count("updates") + count("removes"))
        };
        let before = differences(&bed)?;
        let ran = bed.sandbox(&["import", "--adopt"]);
        let left = u64::try_from(ran.stderr.lines().filter(|line| line.starts_with("left: ")).count()).unwrap();
        prop_assert_eq!(ran.status, if left == 0 { 0 } else { 3 }, "{}", ran.stderr);
        prop_assert_eq!(differences(&bed)?, left, "of {}: {}", before, ran.stderr);
        prop_assert_eq!(bed.sandbox(&["import", "--adopt"]).stdout, "");
        bed.run(&["fmt", "--check"]).ends(0);
        let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
        for path in ["portfolios/data-platform", "portfolios/network-basics", "marketplace/baseline", "marketplace/data-science"] {
            let path = format!("catalog/{path}.yaml");
            let own = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
            prop_assert_eq!(comments(&own), comments(&bed.read(&path)));
        }
    }
}
