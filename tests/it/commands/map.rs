//! `map`: the HTML file with what each account sees, and the handling of other files.

use std::fs;

use catalog_sync::sandbox::{Paths, Share, ShareTarget, World};
use serde_json::Value;

use super::bed::{Bed, Ran};

/// The data inside a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

fn mapped(bed: &Bed, status: i32, more: &[&str]) -> Value {
    data(&bed.sandbox(&[&["map", "--output=-"], more].concat()).ends(status).stdout)
}

fn node<'a>(data: &'a Value, id: &str) -> &'a Value {
    data["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn portfolio(data: &Value, id: &str) -> usize {
    data["portfolios"].as_array().unwrap().iter().position(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

/// What an account sees of a portfolio, now or after the plan: the state, and the receivers of its shares.
fn sees(data: &Value, account: &str, id: &str, when: &str) -> (String, Vec<String>) {
    let (node, at) = (node(data, account), portfolio(data, id));
    let sight = node[when].as_u64().or(node["sight"].as_u64()).unwrap();
    let seen = data["sights"][usize::try_from(sight).unwrap()]["portfolios"].as_array().unwrap();
    let Some(seen) = seen.iter().find(|seen| seen[0] == at) else { return ("has not".to_owned(), Vec::new()) };
    let receiver = |share: &Value| {
        let share = &data["portfolios"][at]["shares"][usize::try_from(share.as_u64().unwrap()).unwrap()];
        let node = share["node"].as_u64().map(|node| &data["nodes"][usize::try_from(node).unwrap()]);
        node.map_or(&share["id"], |node| &node["id"]).as_str().unwrap().to_owned()
    };
    (seen[1].as_str().unwrap().to_owned(), seen[2].as_array().unwrap().iter().map(receiver).collect())
}

/// The changes of a portfolio's shares, each with the receiver's id.
fn changes(data: &Value, id: &str) -> Vec<(String, String)> {
    let shares = data["portfolios"][portfolio(data, id)]["shares"].as_array().unwrap();
    let change = |share: &Value| {
        let change = share["change"].as_str()?.to_owned();
        let node = share["node"].as_u64().map(|node| &data["nodes"][usize::try_from(node).unwrap()]["id"]);
        Some((change, node.unwrap_or(&share["id"]).as_str().unwrap().to_owned()))
    };
    shares.iter().filter_map(change).collect()
}

#[test]
fn page_about_the_map_shows_what_is_so() {
    let page = include_str!("../../../docs/map.md");
    let bed = Bed::example();
    for block in page.split("```console\n").skip(1) {
        let (command, shown) = block.split("```").next().unwrap().split_once('\n').unwrap();
        let arguments: Vec<&str> = command.split(' ').skip(2).collect();
        assert_eq!(bed.run(&arguments).ends(0).stdout, shown);
    }
    assert!(bed.read("map.html").starts_with("<!doctype html>"));
    assert_eq!(node(&data(&bed.read("map.html")), "333333333331")["name"], "shop");
}

#[test]
fn every_account_is_seen_as_it_is_and_as_it_would_be() {
    let bed = Bed::example();
    let map = mapped(&bed, 0, &[]);
    assert_eq!((&map["format"], &map["made"]["sandboxed"]), (&Value::from(1), &Value::from(true)));
    assert!(map["made"]["compared"].is_null() && map["untold"].is_null(), "{}", map["untold"]);
    let sandbox = ("has".to_owned(), vec!["ou-acme-sandbox1".to_owned()]);
    assert_eq!(sees(&map, "555555555551", "port-sandboxtools1", "sight"), sandbox);
    // The plan gives the OU the portfolio.
    assert_eq!(sees(&map, "333333333331", "port-dataplatform1", "sight").0, "has not");
    let after = ("has".to_owned(), vec!["ou-acme-prod0001".to_owned()]);
    assert_eq!(sees(&map, "333333333331", "port-dataplatform1", "after"), after);
    assert_eq!(sees(&map, "333333333335", "port-dataplatform1", "after").0, "suspended");
    let changed = changes(&map, "port-dataplatform1");
    assert!(changed.contains(&("gives".to_owned(), "ou-acme-prod0001".to_owned())), "{changed:?}");
    assert!(changed.contains(&("takes".to_owned(), "999999999991".to_owned())), "{changed:?}");
    let data_unit = map["nodes"].as_array().unwrap().iter().position(|it| it["id"] == "ou-acme-data0001").unwrap();
    let shares = map["portfolios"][portfolio(&map, "port-dataplatform2")]["shares"].as_array().unwrap();
    let changed = shares.iter().find(|share| share["node"] == data_unit).unwrap();
    let terms = (&changed["change"], &changed["tag_options"], &changed["tag_options_after"]);
    assert_eq!(terms, (&"changes".into(), &Value::Null, &true.into()));
    // No file governs this portfolio. Its name comes from the list of portfolios, which is read anyway.
    let golden = &map["portfolios"][portfolio(&map, "port-goldenimages1")];
    assert!(golden["at"].is_null() && golden["shares"][0]["said"].is_null(), "{golden}");
    assert_eq!(golden["name"], "Golden Images");
    let governs = |account: &str| {
        let sight = usize::try_from(node(&map, account)["sight"].as_u64().unwrap()).unwrap();
        let market = &map["sights"][sight]["market"];
        let experience = usize::try_from(market["experience"].as_u64().unwrap()).unwrap();
        let by = usize::try_from(market["by"].as_u64().unwrap()).unwrap();
        (map["experiences"][experience]["name"].clone(), map["nodes"][by]["id"].clone())
    };
    assert_eq!(governs("555555555552"), ("Sandboxes".into(), "ou-acme-sandbox1".into()));
    assert_eq!(governs("444444444441"), ("Baseline".into(), "o-acme000001".into()));
    assert_eq!(governs("777777777771"), ("Corporate".into(), "o-subs000001".into()));
    let baseline = map["experiences"].as_array().unwrap().iter().find(|it| it["name"] == "Baseline").unwrap();
    let on = |list: &str, side: &str| {
        let list = &map["lists"][usize::try_from(baseline[list].as_u64().unwrap()).unwrap()];
        let ids = list[side].as_array().unwrap().iter();
        ids.map(|at| map["products"][usize::try_from(at.as_u64().unwrap()).unwrap()]["id"].clone()).collect::<Vec<_>>()
    };
    let splunk = Value::from("prod-0000000000002");
    assert!(on("list", "approved").contains(&splunk) && on("after", "denied").contains(&splunk));
    let named = |id: &str| map["products"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!(named("prod-77aa00bb11cc2")["name"], "Snyk");
    assert_eq!(named("prod-0000000000002")["vendor"], "Splunk");
}

#[test]
fn no_account_that_receives_a_portfolio_is_entered() {
    let bed = Bed::example();
    bed.edit(
        "catalog/portfolios/data-platform.yaml",
        "shares:\n",
        "recipients:\n  - ou: Workloads/Production\n    principals: [role/DataEngineer]\nshares:\n",
    );
    let ran = bed.sandbox(&["map", "--output=-", "-v"]).ends(0);
    for operation in ["ListAcceptedPortfolioShares", "ListPrincipalsForPortfolio", "StartChangeSet"] {
        assert!(!ran.stderr.contains(operation), "{}", ran.stderr);
    }
    let map = data(&ran.stdout);
    let entry = &map["portfolios"][portfolio(&map, "port-dataplatform1")]["recipients"][0];
    assert_eq!(entry["principals"][0], "role/DataEngineer");
    assert_eq!(map["nodes"][usize::try_from(entry["nodes"][0].as_u64().unwrap()).unwrap()]["id"], "ou-acme-prod0001");
}

#[test]
fn accounts_are_placed_however_aws_tells_where_they_are() {
    let bed = Bed::example();
    let empty = "{name: Nobody, id: ou-acme-nobody01}";
    let with = format!(
        "organizations: {{o: {{id: o-o, management_account: '111111111111', accounts: {{'111111111111': m}}, ous: [{empty}]}}}}"
    );
    let unit = World::parse(&with, "unit").unwrap().organizations["o"].ous[0].clone();
    bed.change_world(|world| world.organizations.get_mut("acme").unwrap().ous.push(unit));
    let nodes = |bed: &Bed| mapped(bed, 0, &[])["nodes"].clone();
    let told = nodes(&bed);
    assert!(told.to_string().contains("ou-acme-nobody01"), "a unit without accounts is in the tree");
    for paths in [Paths::ToParent, Paths::LeftOut] {
        bed.change_world(|world| world.unproven.paths = paths);
        assert_eq!(nodes(&bed), told);
    }
}

#[test]
fn base_marks_what_is_cleaned_up_after() {
    let bed = Bed::in_step();
    bed.git(&["rm", "-q", "catalog/portfolios/developer-sandbox.yaml"]);
    let without = mapped(&bed, 0, &[]);
    assert_eq!(changes(&without, "port-sandboxtools1"), []);
    let map = mapped(&bed, 0, &["--base=HEAD"]);
    assert_eq!(map["made"]["compared"], "base HEAD");
    let takes = ("takes".to_owned(), "ou-acme-sandbox1".to_owned());
    assert!(changes(&map, "port-sandboxtools1").contains(&takes));
    assert_eq!(sees(&map, "555555555551", "port-sandboxtools1", "sight").0, "has");
    assert_eq!(sees(&map, "555555555551", "port-sandboxtools1", "after").0, "has not");
}

#[test]
fn saved_plan_is_shown_where_it_is_one_of_this_catalog_and_of_what_is_live() {
    let bed = Bed::example();
    bed.change_world(|_| {});
    bed.sandbox(&["plan", "--out=plan.json"]).ends(0);
    let fresh = mapped(&bed, 0, &[]);
    let saved = mapped(&bed, 0, &["--plan=plan.json"]);
    assert_eq!(saved["made"]["compared"], "plan plan.json");
    for key in ["nodes", "portfolios", "experiences", "lists", "sights"] {
        assert_eq!(saved[key], fresh[key], "{key}");
    }
    // A map of one portfolio shows only that part of the plan.
    let narrow = mapped(&bed, 0, &["--plan=plan.json", "--target=portfolio/data-platform/acme/us-east-1"]);
    assert_eq!(
        (narrow["portfolios"].as_array().unwrap().len(), narrow["experiences"].as_array().unwrap().len()),
        (1, 0)
    );
    assert!(!changes(&narrow, "port-dataplatform1").is_empty());
    // The live state changed after the plan was saved.
    bed.change_world(|world| {
        let data = world.region_mut("111111111112", "us-east-1").portfolios.get_mut("port-dataplatform1").unwrap();
        data.shares.retain(|share| share.to != ShareTarget::Account("999999999991".to_owned()));
        data.shares.push(Share::new(ShareTarget::Ou("ou-acme-prod0001".to_owned())));
    });
    let ran = bed.sandbox(&["map", "--output=-", "--plan=plan.json"]).ends(1);
    let map = data(&ran.stdout);
    assert!(
        !changes(&map, "port-dataplatform1").iter().any(|(_, id)| id == "999999999991" || id == "ou-acme-prod0001")
    );
    assert_eq!(map["untold"].as_array().unwrap().len(), 2, "{}", map["untold"]);
    ran.says("has changed since the plan was made: make a new plan").says("with 999999999991");

    let text = bed.read("plan.json");
    bed.write("aws.json", &text.replacen("\"sandbox\": true", "\"sandbox\": false", 1));
    bed.sandbox(&["map", "--plan=aws.json"]).ends(1).says("is a plan of AWS, and this map is of the sandbox");
    bed.edit("catalog/portfolios/data-platform.yaml", "shares:\n", "shares:\n  - account: \"999999999995\"\n");
    bed.sandbox(&["map", "--plan=plan.json"])
        .ends(1)
        .says("plan.json is a plan of another catalog")
        .says("make the plan anew");
    bed.write("broken.json", "{}");
    bed.sandbox(&["map", "--plan=broken.json"]).ends(1).says("can't use broken.json");
    assert!(!bed.path("map.html").exists());
}

#[test]
fn only_a_map_is_written_over() {
    let bed = Bed::example();
    let map = |more: &[&str]| bed.run(&[&["map", "--sandbox"], more].concat());
    map(&[]).ends(0);
    bed.write("map.html", &(bed.read("map.html") + "<!-- as it was -->"));
    map(&[]).ends(0).shows("map.html");
    assert!(!bed.read("map.html").contains("as it was"));
    bed.write("index.html", "<!doctype html><title>Mine</title>");
    let refused = map(&["--output=index.html"]).ends(1).says("index.html is there and is no map of catalog-sync");
    assert!(!refused.stderr.contains("AWS calls"), "nothing was read: {}", refused.stderr);
    assert!(bed.read("index.html").contains("<title>Mine"));
    map(&["--output=index.html", "--force"]).ends(0);
    assert!(!bed.read("index.html").contains("<title>Mine"));
    std::os::unix::fs::symlink("index.html", bed.path("link.html")).unwrap();
    for more in [&[][..], &["--force"]] {
        map(&[&["--output=link.html"], more].concat()).ends(1).says("symbolic link");
    }
    map(&["--output=catalog"]).ends(1).says("it is a folder");
    map(&["--output=nowhere/map.html"]).ends(1).says("can't write nowhere/map.html");
    let left: Vec<_> = fs::read_dir(bed.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "nothing is left beside them: {left:?}");
    map(&["--format=json"]).ends(2).says("map writes an HTML page");
    map(&["--target=portfolio/none/*"]).ends(2).says("no target matches");
}

#[test]
fn what_can_not_be_read_is_said_in_the_page_and_the_rest_is_there() {
    let denied = "error: {code: AccessDeniedException, message: not you}";
    let bed = |faults: &str| {
        let bed = Bed::example();
        bed.fault(&format!("{{{faults}, {denied}}}"));
        bed
    };
    let shares = bed("operation: DescribePortfolioShares, region: eu-west-1");
    let ran: Ran = shares.sandbox(&["map"]).ends(1).shows("map.html").says("not you");
    assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    let map = data(&shares.read("map.html"));
    let trouble = &map["portfolios"][portfolio(&map, "port-dataplatform2")]["trouble"];
    assert!(trouble.as_str().unwrap().contains("not you"), "{trouble}");
    assert_eq!(sees(&map, "333333333331", "port-dataplatform2", "sight").0, "can't tell");
    assert_eq!(sees(&map, "555555555551", "port-sandboxtools1", "sight").0, "has");

    let map = mapped(&bed("operation: ListAccounts, account: '111111111112'"), 1, &[]);
    assert!(
        map["untold"].to_string().contains("the accounts of organization acme could not be listed"),
        "{}",
        map["untold"]
    );
    assert_eq!(node(&map, "777777777771")["name"], "ledger");

    let map = mapped(&bed("operation: ListEntities, account: '222222222222'"), 1, &[]);
    let sight = usize::try_from(node(&map, "777777777771")["sight"].as_u64().unwrap()).unwrap();
    assert_eq!(map["sights"][sight]["market"]["state"], "can't tell");
    assert!(map["sights"][sight]["market"]["why"].as_str().unwrap().contains("not you"));

    let map = mapped(&bed("operation: DescribeOrganization, account: '222222222222'"), 1, &[]);
    assert_eq!(map["organizations"].as_array().unwrap().len(), 1);
    assert!(map["untold"].to_string().contains("not you"));
}

#[test]
fn no_name_ends_the_data() {
    let bed = Bed::example();
    let evil = "</script><script>alert(1)</script><!-- & \u{2028}";
    bed.change_world(|world| {
        let acme = world.organizations.get_mut("acme").unwrap();
        acme.ous[0].name = evil.to_owned();
        acme.ous[0].accounts.values_mut().next().unwrap().name = evil.to_owned();
        world.region_mut("111111111112", "us-east-1").portfolios.get_mut("port-goldenimages1").unwrap().name =
            evil.to_owned();
    });
    let page = bed.sandbox(&["map", "--output=-"]).ends(0).stdout;
    assert!(!page.contains("alert(1)</script>") && !page.contains('\u{2028}'));
    let map = data(&page);
    assert_eq!(node(&map, "ou-acme-shared001")["name"], evil);
    assert_eq!(map["portfolios"][portfolio(&map, "port-goldenimages1")]["name"], evil);
}
