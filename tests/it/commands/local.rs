//! Local portfolios in accounts that receive a portfolio: made, filled, kept up to date, and removed.

use catalog_sync::sandbox::{Association, CatalogProduct, Portfolio, World};

use super::bed::{Bed, Ran};

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";
const FILE: &str = "catalog/portfolios/data.yaml";
const HUB: &str = "111111111112";
const SHOP: &str = "333333333331";
const BILLING: &str = "333333333332";
const ENGINEER: &str = "arn:aws:iam::333333333331:role/DataEngineer";

/// A hub that shares a portfolio of two products with an OU of two accounts.
fn world(accounts: &str) -> String {
    format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators: {{servicecatalog.amazonaws.com: [\"{HUB}\"]}}
    accounts: {{\"111111111111\": management}}
    ous:
      - {{name: Shared, id: ou-acme-shared01, accounts: {{\"{HUB}\": hub}}}}
      - {{name: Shops, id: ou-acme-shops001, accounts: {{\"{SHOP}\": shop, \"{BILLING}\": billing}}}}
accounts:
  \"{HUB}\":
    regions:
      us-east-1:
        portfolios:
          port-data: {{name: Data, shares: [{{ou: ou-acme-shops001}}], products: {{prod-stream: {{}}, prod-warehouse: {{}}}}}}
          port-other: {{name: Other, products: {{prod-other: {{}}}}}}
        products:
          prod-stream: {{name: Stream, versions: {{pa-stream1: {{name: v1}}}}}}
          prod-warehouse: {{name: Warehouse, versions: {{pa-warehouse1: {{name: v1, inactive: true}}, pa-warehouse2: {{name: v2}}}}}}
          prod-notebook: {{name: Notebook, versions: {{pa-notebook1: {{name: v1}}}}}}
          prod-other: {{name: Other, versions: {{pa-other1: {{name: v1}}}}}}
{accounts}"
    )
}

/// A catalog file whose only recipient entry is for the shop. `local` holds further keys of the local portfolio.
fn file(local: &str) -> String {
    format!(
        "portfolio: Data
shares:
  - ou: Shops
recipients:
  - account: \"{SHOP}\"
    local_portfolio:
      name: Our Data
      provider: Platform
{local}    principals:
      - role/DataEngineer
"
    )
}

fn bed(accounts: &str, catalog: &str) -> Bed {
    let bed = Bed::new(&world(accounts), &[("catalog/settings.yaml", SETTINGS), (FILE, catalog)]);
    bed.git(&["init", "-q"]);
    commit(&bed);
    bed
}

fn commit(bed: &Bed) {
    bed.git(&["add", "-A", "catalog"]);
    bed.git(&["commit", "-qm", "The catalog"]);
}

fn in_step(bed: &Bed) {
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("nothing to change"), "{}\n{}", ran.stdout, bed.read("world.yaml"));
}

fn apply(bed: &Bed) -> Ran {
    let ran = bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "500"]).ends(0);
    in_step(bed);
    ran
}

/// The local portfolios of an account, by id.
fn own(bed: &Bed, account: &str) -> Vec<(String, Portfolio)> {
    let world = World::read(&bed.path("world.yaml")).unwrap();
    let region = world.accounts.get(account).and_then(|it| it.regions.get("us-east-1"));
    let portfolios = region.into_iter().flat_map(|region| &region.portfolios);
    portfolios.map(|(id, portfolio)| (id.clone(), portfolio.clone())).collect()
}

fn only(bed: &Bed) -> Portfolio {
    let [(_, portfolio)] = &own(bed, SHOP)[..] else { panic!("{}", bed.read("world.yaml")) };
    portfolio.clone()
}

fn products(portfolio: &Portfolio) -> Vec<&str> {
    portfolio.products.keys().map(String::as_str).collect()
}

fn roles(portfolio: &Portfolio) -> Vec<(&str, &str)> {
    portfolio.constraints.values().map(|it| (it.product.as_str(), it.parameters.as_str())).collect()
}

#[test]
fn local_portfolio_is_made_with_its_products_launch_roles_and_principals() {
    let bed = bed("", &file("      description: From the hub\n      launch_role: Launcher\n"));
    let ran = bed.sandbox(&["plan"]).ends(0);
    for words in
        ["make portfolio", "Our Data", "add product", "Stream", "Warehouse", "launch role", "Launcher", "grant"]
    {
        assert!(ran.stdout.contains(words), "{words}\n{}", ran.stdout);
    }
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    let target =
        plan["targets"].as_array().unwrap().iter().find(|it| it["name"] == "recipient/data/333333333331/us-east-1");
    let target = target.unwrap();
    let kinds: Vec<&str> =
        target["changes"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    let expected = [
        "local_portfolio",
        "product_association",
        "product_association",
        "launch_constraint",
        "launch_constraint",
        "principal_association",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(target["local"]["id"], serde_json::Value::Null);
    assert_eq!(target["changes"][0]["after"]["tag"], "data");
    apply(&bed);
    let portfolio = only(&bed);
    assert_eq!((portfolio.name.as_str(), portfolio.provider.as_str()), ("Our Data", "Platform"));
    assert_eq!(portfolio.description.as_deref(), Some("From the hub"));
    assert_eq!(portfolio.tags.get("catalog-sync").map(String::as_str), Some("data"));
    assert_eq!(products(&portfolio), ["prod-stream", "prod-warehouse"]);
    assert_eq!(portfolio.principals.iter().map(|it| it.arn.as_str()).collect::<Vec<_>>(), [ENGINEER]);
    let mut launched = roles(&portfolio);
    launched.sort_unstable();
    let role = r#"{"LocalRoleName":"Launcher"}"#;
    assert_eq!(launched, [("prod-stream", role), ("prod-warehouse", role)]);
    assert!(own(&bed, BILLING).is_empty(), "no entry covers it");
}

#[test]
fn products_follow_the_hub_and_what_somebody_added_stays_unless_the_entry_says_otherwise() {
    let bed = bed("", &file(""));
    apply(&bed);
    bed.change_world(|world| {
        let hub = world.region_mut(HUB, "us-east-1");
        let portfolio = hub.portfolios.get_mut("port-data").unwrap();
        portfolio.products.insert("prod-notebook".to_owned(), Association::default());
        let shop = world.region_mut(SHOP, "us-east-1");
        shop.products.insert("prod-mine".to_owned(), CatalogProduct::default());
        let local = shop.portfolios.values_mut().next().unwrap();
        local.products.insert("prod-mine".to_owned(), Association::default());
    });
    apply(&bed);
    assert_eq!(products(&only(&bed)), ["prod-mine", "prod-notebook", "prod-stream", "prod-warehouse"]);
    bed.write(FILE, &file("      products: [Warehouse, Notebook]\n"));
    apply(&bed);
    assert_eq!(products(&only(&bed)), ["prod-mine", "prod-notebook", "prod-warehouse"]);
    bed.write(FILE, &file("      products: [Warehouse, Notebook]\n      unlisted_products: remove\n"));
    let ran = apply(&bed);
    assert!(ran.stdout.contains("prod-mine"), "{}", ran.stdout);
    assert_eq!(products(&only(&bed)), ["prod-notebook", "prod-warehouse"]);
}

#[test]
fn name_of_no_product_is_an_error_that_names_the_line() {
    let bed = bed("", &file("      products: [Warehose]\n"));
    let ran = bed.sandbox(&["plan"]).ends(1);
    assert!(ran.stdout.contains("no product named `Warehose`; did you mean `Warehouse`?"), "{}", ran.stdout);
    assert!(ran.stdout.contains("data.yaml:9"), "{}", ran.stdout);
}

const FOREIGN: &str = "  \"333333333331\": {regions: {us-east-1: {portfolios: {port-theirs: {name: Our Data, provider: They, \
                       description: Ours}}}}}\n";

#[test]
fn portfolio_of_that_name_is_never_taken_over_silently() {
    let bed = bed(FOREIGN, &file(""));
    let ran = bed.sandbox(&["plan"]).ends(1);
    assert!(ran.stdout.contains("Set `adopt: true` to take it over"), "{}", ran.stdout);
    bed.sandbox(&["apply", "--auto-approve"]).ends(1);
    assert_eq!(only(&bed).tags.len(), 0);
    bed.write(FILE, &file("      adopt: true\n"));
    let ran = apply(&bed);
    assert!(ran.stdout.contains("it is taken over"), "{}", ran.stdout);
    let portfolio = only(&bed);
    assert_eq!(portfolio.tags.get("catalog-sync").map(String::as_str), Some("data"));
    assert_eq!((portfolio.provider.as_str(), portfolio.description.as_deref()), ("Platform", Some("Ours")));
    assert_eq!(own(&bed, SHOP)[0].0, "port-theirs");
}

#[test]
fn name_provider_description_and_launch_role_change_in_place() {
    let bed = bed("", &file("      launch_role: Launcher\n"));
    apply(&bed);
    let before = own(&bed, SHOP);
    let changed = file("      description: New\n      launch_role: arn:aws:iam::333333333331:role/Other\n");
    bed.write(FILE, &changed.replace("Our Data", "Their Data").replace("Platform", "Team"));
    let plan = bed.sandbox(&["plan"]).ends(0);
    assert!(plan.stdout.contains("name: ") && plan.stdout.contains("provider: Platform → Team"), "{}", plan.stdout);
    apply(&bed);
    let after = own(&bed, SHOP);
    assert_eq!(before[0].0, after[0].0, "the same portfolio");
    assert_eq!(before[0].1.constraints.keys().collect::<Vec<_>>(), after[0].1.constraints.keys().collect::<Vec<_>>());
    assert_eq!(roles(&after[0].1)[0].1, r#"{"RoleArn":"arn:aws:iam::333333333331:role/Other"}"#);
    assert_eq!(after[0].1.name, "Their Data");
    bed.write(FILE, &file(""));
    let ran = apply(&bed);
    assert!(ran.stdout.contains("drop launch role"), "{}", ran.stdout);
    assert!(only(&bed).constraints.is_empty());
}

#[test]
fn renamed_file_takes_its_local_portfolios_along() {
    let bed = bed("", &file(""));
    apply(&bed);
    let id = own(&bed, SHOP)[0].0.clone();
    bed.git(&["mv", FILE, "catalog/portfolios/renamed.yaml"]);
    bed.sandbox(&["plan"]).ends(1).shows("carries the tag catalog-sync=data");
    let ran = bed.sandbox(&["apply", "--auto-approve", "--base", "HEAD"]).ends(0);
    assert!(ran.stdout.contains("tag: data → renamed"), "{}", ran.stdout);
    in_step(&bed);
    assert_eq!(own(&bed, SHOP)[0].0, id);
}

#[test]
fn what_no_entry_asks_for_any_more_is_emptied_and_deleted_with_a_base_and_told_without() {
    let bed = bed("", &file("      launch_role: Launcher\n"));
    apply(&bed);
    let imported = format!("recipients:\n  - account: \"{SHOP}\"\n    principals: [role/DataEngineer]\n");
    bed.write(FILE, &format!("portfolio: Data\nshares:\n  - ou: Shops\n{imported}"));
    let with = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0);
    for words in ["delete portfolio", "take out product", "drop launch role", "revoke", "after "] {
        assert!(with.stdout.contains(words), "{words}\n{}", with.stdout);
    }
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert!(own(&bed, SHOP).is_empty(), "{}", bed.read("world.yaml"));
    in_step(&bed);
}

#[test]
fn leftovers_are_told_in_accounts_that_are_visited_anyway() {
    let leftover = "  \"333333333331\": {regions: {us-east-1: {portfolios: {port-old: {name: Old, provider: P, tags: \
                    {catalog-sync: old}}}}}}\n";
    let bed = bed(leftover, &file(""));
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("1 portfolio carries the tag catalog-sync"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Old (port-old, catalog-sync=old)"), "{}", ran.stdout);
    apply(&bed);
    assert_eq!(own(&bed, SHOP).len(), 2, "left alone");
}

#[test]
fn account_that_leaves_the_catalog_is_cleaned_up_before_its_share_goes() {
    let direct = file("      launch_role: Launcher\n").replace("ou: Shops", "account: \"333333333331\"");
    let bed = Bed::new(
        &world("").replace("shares: [{ou: ou-acme-shops001}], ", ""),
        &[("catalog/settings.yaml", SETTINGS), (FILE, &direct)],
    );
    bed.git(&["init", "-q"]);
    commit(&bed);
    apply(&bed);
    bed.write(FILE, "portfolio: Data\nshares: []\n");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let hub =
        plan["targets"].as_array().unwrap().iter().find(|it| it["name"] == "portfolio/data/acme/us-east-1").unwrap();
    let waits = hub["changes"][0]["waits_for"].as_array().unwrap();
    assert!(waits.iter().any(|it| it["kind"] == "local_portfolio"), "{waits:?}");
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert!(own(&bed, SHOP).is_empty());
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn copies_are_made_tagged_renewed_and_dropped() {
    let bed = bed("", &file("      mode: copy\n      launch_role: Launcher\n"));
    let plan = bed.sandbox(&["plan"]).ends(0);
    assert!(
        plan.stdout.contains("copy product") && plan.stdout.contains("share through the organization"),
        "{}",
        plan.stdout
    );
    apply(&bed);
    let copies = |bed: &Bed| {
        let world = World::read(&bed.path("world.yaml")).unwrap();
        world.accounts[SHOP].regions["us-east-1"].products.clone()
    };
    let all = copies(&bed);
    assert_eq!(all.len(), 2);
    for product in all.values() {
        assert_eq!(product.tags.get("catalog-sync").map(String::as_str), Some("data"));
        assert_eq!(product.tags.get("catalog-sync-source"), product.source.as_ref());
        assert_eq!(product.versions.len(), 1, "versions that are switched off are not copied");
    }
    assert_eq!(only(&bed).constraints.len(), 2);
    bed.change_world(|world| {
        let hub = world.region_mut(HUB, "us-east-1");
        let product = hub.products.get_mut("prod-stream").unwrap();
        let version = product.versions.remove("pa-stream1").unwrap();
        product.versions.insert("pa-stream2".to_owned(), version);
    });
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("copy versions") && ran.stdout.contains("pa-stream1"), "{}", ran.stdout);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change").shows("They stay");
    assert_eq!(copies(&bed).len(), 2, "into the same product");
    bed.write(FILE, &file("      mode: copy\n      products: [Stream]\n"));
    bed.sandbox(&["apply", "--auto-approve"]).ends(0).shows("delete copy");
    assert_eq!(copies(&bed).len(), 1);
    bed.write(FILE, &file("      launch_role: Launcher\n"));
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert!(copies(&bed).is_empty(), "{:?}", copies(&bed));
    assert_eq!(products(&only(&bed)), ["prod-stream", "prod-warehouse"]);
    in_step(&bed);
}

#[test]
fn copy_that_fails_says_why_and_a_later_run_goes_on() {
    let bed = bed("", &file("      mode: copy\n"));
    bed.change_world(|world| {
        let with =
            World::parse("copy_errors: [{product: prod-stream, detail: Internal Failure, times: 1}]", "w").unwrap();
        world.copy_errors = with.copy_errors;
    });
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert!(ran.stdout.contains("Internal Failure"), "{}", ran.stdout);
    apply(&bed);
    assert_eq!(only(&bed).products.len(), 2);
}

#[test]
fn copy_of_somebody_else_is_left_alone_until_it_is_taken_over() {
    let bed = bed("", &file("      mode: copy\n"));
    apply(&bed);
    bed.change_world(|world| {
        world.region_mut(SHOP, "us-east-1").products.values_mut().for_each(|product| product.tags.clear());
    });
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("made by somebody else") && ran.stdout.contains("nothing to change"), "{}", ran.stdout);
    bed.write(FILE, &file("      mode: copy\n      adopt: true\n"));
    let ran = apply(&bed);
    assert!(ran.stdout.contains("take over copy"), "{}", ran.stdout);
}

#[test]
fn launch_role_that_aws_could_not_make_is_mended_in_place() {
    let bed = bed("", &file("      products: [Stream]\n      launch_role: Launcher\n"));
    bed.change_world(|world| {
        let with = World::parse("constraint_errors: [{product: prod-stream, times: 1}]", "w").unwrap();
        world.constraint_errors = with.constraint_errors;
    });
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert!(ran.stdout.contains("ended FAILED"), "{}", ran.stdout);
    let before: Vec<String> = only(&bed).constraints.keys().cloned().collect();
    apply(&bed);
    let portfolio = only(&bed);
    assert_eq!(portfolio.constraints.keys().cloned().collect::<Vec<_>>(), before, "it is the same constraint");
    assert_eq!(roles(&portfolio), [("prod-stream", r#"{"LocalRoleName":"Launcher"}"#)]);
}
