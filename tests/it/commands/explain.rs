//! `explain`: the portfolios of the catalog that one account sees.

use serde_json::Value;

use super::bed::Bed;

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";
const FILE: &str = "catalog/portfolios/data.yaml";

/// A hub, an account in an OU below another OU, and an account beside it.
fn bed(portfolio: &str, rest: &str, catalog: &str) -> Bed {
    let world = format!(
        "organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators:
      servicecatalog.amazonaws.com: [\"111111111112\"]
    accounts: {{\"111111111111\": management}}
    ous:
      - name: Shops
        id: ou-acme-shops001
        accounts: {{\"111111111112\": hub, \"333333333332\": twin, \"333333333334\": twin}}
        ous:
          - name: Deep
            id: ou-acme-deep0001
            accounts: {{\"333333333333\": deep}}
accounts:
  \"111111111112\":
    regions:
      us-east-1:
        portfolios:
          port-data: {portfolio}
{rest}"
    );
    Bed::new(&world, &[("catalog/settings.yaml", SETTINGS), (FILE, catalog)])
}

fn json(bed: &Bed, account: &str, status: i32) -> Value {
    bed.sandbox(&["explain", account, "--format", "json"]).ends(status).json()
}

#[test]
fn account_is_found_by_id_name_and_address() {
    let bed = Bed::example();
    let by_id = bed.sandbox(&["explain", "333333333341"]).ends(0).shows("Sandbox, not AWS.").stdout;
    assert_eq!(json(&bed, "333333333341", 0)["sandbox"], true);
    for name in ["shop-staging", "aws+333333333341@example.com", "AWS+333333333341@Example.com"] {
        assert_eq!(bed.sandbox(&["explain", name]).ends(0).stdout, by_id, "{name}");
    }
    bed.sandbox(&["explain", "shop-stagin"]).ends(1).says("did you mean `shop-staging`?");
    bed.sandbox(&["explain", "Shop-Staging"]).ends(1).says("no account");
    bed.sandbox(&["explain", ""]).ends(2).says("give the account's id");
}

#[test]
fn name_that_several_accounts_bear_is_not_guessed() {
    let bed = bed("{name: Data}", "", "portfolio: Data\nshares: []\n");
    let ran = bed.sandbox(&["explain", "twin"]).ends(1);
    ran.says("333333333332 of acme").says("333333333334 of acme").says("Give the id");
}

#[test]
fn way_up_is_read_and_not_the_list_of_accounts() {
    let bed = Bed::example();
    let calls = |bed: &Bed| bed.sandbox(&["explain", "333333333341", "-v"]).ends(0);
    let ran = calls(&bed);
    assert!(!ran.stderr.contains("ListAccounts") && !ran.stderr.contains("ListOrganizationalUnits"), "{}", ran.stderr);
    let told = ran.stdout.clone();
    ran.says("34 AWS calls").says("2 DescribeAccount").says("2 DescribeOrganizationalUnit").says("2 ListAccepted");
    for paths in ["to_parent", "left_out"] {
        bed.change_world(|world| {
            let with = catalog_sync::sandbox::World::parse(&format!("unproven: {{paths: {paths}}}"), "paths").unwrap();
            world.unproven = with.unproven;
        });
        assert_eq!(calls(&bed).stdout, told, "{paths}");
    }
    calls(&bed).says("ListParents");
}

#[test]
fn account_of_no_organization_and_a_suspended_one_are_told() {
    let bed = Bed::example();
    let partner = bed.sandbox(&["explain", "999999999992"]).ends(0);
    partner
        .shows("acme: not an account of it")
        .shows("subsidiary: not an account of it")
        .shows("from account to account: live");
    bed.sandbox(&["explain", "123456789012"]).ends(0).shows("No portfolio of the catalog reaches this account");
    let old = bed.sandbox(&["explain", "shop-classic", "-v"]).ends(0);
    assert!(!old.stderr.contains("ListAccepted"), "nobody enters it: {}", old.stderr);
    old.shows("suspended, in Workloads/Production").shows("is suspended and can't use it");
    bed.sandbox(&["explain", "catalog-hub"]).ends(0).shows("owned by this account");
    bed.sandbox(&["explain", "analytics"]).ends(0).shows("governed by no file of the catalog: port-goldenimages1");
}

#[test]
fn account_that_can_not_be_entered_is_told_from_the_owner_s_side() {
    let catalog = "portfolio: Data\nshares:\n  - account: \"333333333332\"\n  - ou: Shops/Deep\n";
    let shared = "{name: Data, shares: [{account: '333333333332'}, {ou: ou-acme-deep0001}]}";
    let bed =
        bed(shared, "  \"333333333333\": {roles: {Other: {}}}\n  \"333333333332\": {roles: {Other: {}}}\n", catalog);
    let seen = json(&bed, "333333333333", 1);
    assert_eq!(seen["portfolios"][0]["state"], "cant_tell", "{seen}");
    assert_eq!(seen["portfolios"][0]["shares"][0]["is_live"], true, "{seen}");
    let ran = bed.sandbox(&["explain", "deep"]).ends(1);
    ran.shows("can't tell whether the account has it")
        .shows("role/catalog-sync-plan")
        .shows("share with unit Shops/Deep");
    // The owner's list shows that the share with this account was not accepted.
    let seen = json(&bed, "333333333332", 1);
    assert_eq!(seen["portfolios"][0]["state"], "waits_for_acceptance", "{seen}");
}

#[test]
fn organization_that_can_not_be_read_spoils_no_other() {
    let bed = Bed::example();
    let denied = "error: {code: AccessDeniedException, message: not you}";
    bed.fault(&format!("{{operation: DescribeOrganization, account: '222222222222', {denied}}}"));
    let ran = bed.sandbox(&["explain", "333333333341"]).ends(1);
    ran.shows("acme: active, in Workloads/Staging")
        .shows("subsidiary: can't tell")
        .shows("not you")
        .shows("live: shared");
    bed.sandbox(&["explain", "billing"]).ends(1).shows("another account may be called so, too");
    bed.sandbox(&["explain", "nowhere"]).ends(1).says("can't tell which account is called `nowhere`");
}

#[test]
fn nearest_entry_counts_and_others_are_shown() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n    principals: true\nrecipients:\n  - organization: acme\n    \
                   principals: []\n  - ou: Shops\n    principals: [role/Shop]\n  - ou: Shops/Deep\n    except: \
                   [\"333333333333\"]\n    principals: [role/Deep]\n";
    let shared =
        "{name: Data, shares: [{ou: ou-acme-shops001, principals: true}], principals: ['arn:aws:iam:::role/*-Ops']}";
    let bed = bed(shared, "", catalog);
    let seen = json(&bed, "deep", 0);
    let of = &seen["portfolios"][0]["recipients"];
    assert_eq!((&of["governed_by"], &of["source"]["line"]), (&"entry".into(), &8.into()), "{seen}");
    let passed = of["passed_over"].as_array().unwrap();
    let passed: Vec<_> = passed.iter().map(|it| (it["source"]["line"].as_u64().unwrap(), &it["because"])).collect();
    assert_eq!(passed, [(6, &"nearer_entry".into()), (10, &"except".into())], "{seen}");
    let ran = bed.sandbox(&["explain", "deep"]).ends(0);
    ran.shows("role/Shop (arn:aws:iam::333333333333:role/Shop): missing; listed in catalog/portfolios/data.yaml:9")
        .shows("*-Ops")
        .shows("set by the owner, arrives by name");
}

#[test]
fn portfolio_of_the_account_s_own_is_where_the_entry_lets_launch() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\nrecipients:\n  - account: \"333333333333\"\n    \
                   local_portfolio: {name: Mine, provider: Us}\n    principals: [role/Shop]\n";
    let bed = bed("{name: Data, shares: [{ou: ou-acme-shops001}]}", "", catalog);
    bed.sandbox(&["explain", "deep"])
        .ends(0)
        .shows("Mine, missing; listed in")
        .shows("products: none")
        .shows("from the portfolio of its own: missing");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    let seen = json(&bed, "deep", 0);
    let inside = &seen["portfolios"][0]["inside"];
    assert!(inside["local_portfolio"]["id"].is_string(), "{seen}");
    let of = &inside["principals"][0];
    assert_eq!((&of["on_local_portfolio"], &of["is_live"]), (&true.into(), &true.into()), "{seen}");
    bed.fault(
        "{operation: ListPortfolios, account: '333333333333', error: {code: AccessDeniedException, message: no}}",
    );
    let seen = json(&bed, "deep", 1);
    let inside = &seen["portfolios"][0]["inside"];
    assert!(inside["principals"][0]["is_live"].is_null(), "{seen}");
    assert!(
        inside["local_portfolio"]["is_live"].is_null() && inside["local_portfolio"]["products"].is_null(),
        "{seen}"
    );
}

#[test]
fn share_that_would_be_missed_is_told_from_one_that_would_not() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n  - ou: Shops/Deep\n";
    let both = "{name: Data, shares: [{ou: ou-acme-shops001}, {ou: ou-acme-deep0001}, {account: '333333333333'}]}";
    let two = bed(both, "", catalog);
    let seen = json(&two, "deep", 0);
    let ways = seen["portfolios"][0]["shares"].as_array().unwrap();
    let outcomes: Vec<_> =
        ways.iter().map(|way| (&way["type"], &way["catalog"], &way["without_it"]["outcome"])).collect();
    let keeps = Value::from("keeps");
    let [own, unit, listed, not_listed] = ["ACCOUNT", "ORGANIZATIONAL_UNIT", "listed", "not_listed"].map(Value::from);
    assert_eq!(outcomes, [(&own, &not_listed, &keeps), (&unit, &listed, &keeps), (&unit, &listed, &keeps)], "{seen}");
    // An inherited row is not a share that remains.
    let one = "{name: Data, shares: [{ou: ou-acme-shops001}]}";
    let one = bed(one, "unproven: {inherited_rows: members_and_units}\n", catalog);
    let seen = json(&one, "deep", 0);
    let ways = seen["portfolios"][0]["shares"].as_array().unwrap();
    assert_eq!(ways.iter().filter(|way| way["live"]["inherited"] == true).count(), 2, "{seen}");
    assert_eq!(ways.last().unwrap()["without_it"]["outcome"], "loses", "{seen}");
    one.fault("{operation: ListOrganizationPortfolioAccess, error: {code: AccessDeniedException, message: no}}");
    let seen = json(&one, "deep", 1);
    let ways = seen["portfolios"][0]["shares"].as_array().unwrap();
    assert_eq!(ways.last().unwrap()["without_it"]["outcome"], "cant_tell", "{seen}");
}

#[test]
fn rejected_share_is_seen_in_the_account_alone() {
    let import = "  \"333333333333\": {regions: {us-east-1: {imports: {port-data: {rejected: true}}}}}\n";
    let shared = "{name: Data, shares: [{ou: ou-acme-shops001}]}";
    let bed = bed(shared, import, "portfolio: Data\nshares:\n  - ou: Shops\n");
    bed.sandbox(&["explain", "deep"]).ends(0).shows("rejected in this account");
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "\u{1b}[31mred\n::error::x \u{202e}<b>|`";
    let bed =
        bed("{name: Data, shares: [{ou: ou-acme-deep0001}]}", "", "id: port-data\norganization: acme\nshares: []\n");
    bed.change_world(|world| {
        let organization = world.organizations.get_mut("acme").unwrap();
        let deep = &mut organization.ous[0].ous[0];
        deep.name = hostile.to_owned();
        deep.accounts.get_mut("333333333333").unwrap().name = hostile.to_owned();
        let region = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
        region.portfolios.get_mut("port-data").unwrap().name = hostile.to_owned();
    });
    let ran = bed.sandbox(&["explain", "333333333333"]).ends(0);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{}", ran.stdout);
    assert!(ran.stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{}", ran.stdout);
    ran.shows("not listed: a plan takes it away");
    assert_eq!(json(&bed, "333333333333", 0)["portfolios"][0]["name"], hostile);
}

#[test]
fn call_that_fails_makes_the_answer_less_and_never_wrong() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n    principals: true\n  - ou: Shops/Deep\nrecipients:\n  - ou: \
                   Shops\n    principals: [role/Shop]\n";
    let shared = "{name: Data, shares: [{ou: ou-acme-shops001, principals: true}, {ou: ou-acme-deep0001}]}";
    let whole = json(&bed(shared, "", catalog), "333333333333", 0);
    for operation in [
        "DescribeOrganization",
        "DescribeAccount",
        "DescribeOrganizationalUnit",
        "ListPortfolios",
        "DescribePortfolioShares",
        "ListOrganizationPortfolioAccess",
        "ListAcceptedPortfolioShares",
        "ListPrincipalsForPortfolio",
        "AssumeRole",
    ] {
        let bed = bed(shared, "", catalog);
        bed.fault(&format!(
            "{{operation: {operation}, times: 1, error: {{code: AccessDeniedException, message: no}}}}"
        ));
        let part = json(&bed, "333333333333", 1);
        assert_eq!(part["complete"], false, "{operation}");
        let (said, truth) = (&part["portfolios"][0], &whole["portfolios"][0]);
        assert!(said["state"] == truth["state"] || said["state"] == "cant_tell", "{operation}: {part}");
        let by = &said["recipients"]["governed_by"];
        assert!(
            said["recipients"]["source"] == truth["recipients"]["source"] || by == "cant_tell",
            "{operation}: {part}"
        );
        for way in said["shares"].as_array().unwrap() {
            let same = truth["shares"].as_array().unwrap().iter().find(|it| it["receiver"] == way["receiver"]);
            let outcome = &way["without_it"]["outcome"];
            let is_true = same.is_some_and(|same| same["without_it"]["outcome"] == *outcome);
            assert!(is_true || outcome.is_null() || outcome == "cant_tell", "{operation}: {part}");
        }
    }
}

#[test]
fn other_forms_and_the_base_are_told_apart() {
    let bed = Bed::example();
    for format in ["sarif", "yaml", "markdown"] {
        bed.run(&["explain", "billing", "--sandbox", "--format", format]).ends(2);
    }
    let json = bed.run(&["explain", "billing", "--sandbox", "--format", "json"]).ends(0).json();
    assert_eq!((&json["format_version"], &json["complete"]), (&1.into(), &true.into()));
}

#[test]
fn products_of_the_account_s_own_portfolio_are_told_with_their_launch_roles() {
    let bed = Bed::example();
    let alice = bed.sandbox(&["explain", "sandbox-alice"]).ends(0);
    alice
        .shows("portfolio of its own: Developer Sandbox port-alicesandbox1; listed in catalog/portfolios/developer-sandbox.yaml:20")
        .shows("Notebook prod-notebook00001: live, launched as SCLaunchRole; listed in");
    let bob = bed.sandbox(&["explain", "sandbox-bob"]).ends(0);
    bob.shows("portfolio of its own: Developer Sandbox, missing; listed in")
        .shows("Notebook prod-notebook00001: missing, to be launched as SCLaunchRole (");
    bed.change_world(|world| {
        let region = world.accounts.get_mut("555555555551").unwrap().regions.get_mut("us-east-1").unwrap();
        let own = region.portfolios.get_mut("port-alicesandbox1").unwrap();
        own.constraints.clear();
        own.products.insert("prod-alice".to_owned(), catalog_sync::sandbox::Association::default());
        let product = catalog_sync::sandbox::CatalogProduct { name: "Hers".to_owned(), ..Default::default() };
        region.products.insert("prod-alice".to_owned(), product);
    });
    let seen = json(&bed, "sandbox-alice", 0);
    let of = |id: &str| {
        let portfolios = seen["portfolios"].as_array().unwrap().iter();
        let mut products = portfolios.filter_map(|it| it["inside"]["local_portfolio"]["products"].as_array()).flatten();
        products.find(|it| it["id"] == id).unwrap_or_else(|| panic!("{id}: {seen}")).clone()
    };
    let notebook = of("prod-notebook00001");
    assert_eq!((&notebook["is_live"], &notebook["launch_role"]), (&true.into(), &Value::Null), "{notebook}");
    let hers = of("prod-alice");
    assert_eq!((&hers["source"], &hers["is_kept"]), (&Value::Null, &true.into()), "{hers}");
    bed.sandbox(&["explain", "sandbox-alice"]).ends(0).shows("launched as no role and not as SCLaunchRole (");
}

#[test]
fn copies_are_told_by_what_they_are_of() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops/Deep\nrecipients:\n  - ou: Shops/Deep\n    local_portfolio:\n      \
                   name: Mine\n      provider: Us\n      mode: copy\n    principals: [role/Shop]\n";
    let hub = "{name: Data, shares: [{ou: ou-acme-deep0001}], products: {prod-stream: {}}}\n        products:\n          \
               prod-stream: {name: Stream, versions: {pa-1: {name: v1}}}";
    let bed = bed(hub, "", catalog);
    bed.sandbox(&["explain", "deep"]).ends(0).shows("Stream prod-stream: missing");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["explain", "deep"]).ends(0).shows("Stream prod-stream: live as the copy prod-");
    // Products that can't be read are reported as an error and not as missing.
    bed.fault("{operation: SearchProductsAsAdmin, error: {code: AccessDeniedException, message: 'no'}}");
    let ran = bed.sandbox(&["explain", "deep"]).ends(1);
    assert!(!ran.stdout.contains("missing"), "{}", ran.stdout);
    ran.shows("SearchProductsAsAdmin");
}
