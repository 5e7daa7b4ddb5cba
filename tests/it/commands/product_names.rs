//! The marketplace's names of the products in a plan, and the warnings that they lead to.

use catalog_sync::sandbox::{Product, World};

use super::bed::Bed;

/// Makes the roles those of a version without product names: they may not read the marketplace's listings.
fn deny_discovery(world: &mut World) {
    for account in ["111111111112", "222222222222"] {
        let account = world.accounts.entry(account.to_owned()).or_default();
        let role = account.roles.entry("catalog-sync-*".to_owned()).or_default();
        role.deny = ["GetListing", "GetProduct", "SearchListings"].map(|it| format!("aws-marketplace:{it}")).into();
    }
}

fn offer(bed: &Bed, id: &str, product: Product) {
    bed.change_world(|world| drop(world.products.insert(id.to_owned(), product)));
}

fn named(name: &str) -> Product {
    Product { name: name.to_owned(), vendor: "Vendor".to_owned(), ..Product::default() }
}

/// The warnings about products in a plan or drift: code, file and line.
fn warnings(bed: &Bed, command: &str) -> Vec<(String, String)> {
    let json = bed.sandbox(&[command, "--format", "json"]).json();
    let targets = json["targets"].as_array().unwrap();
    let all = targets.iter().flat_map(|target| target["warnings"].as_array().unwrap());
    let about_products =
        all.filter(|it| it["code"].as_str().unwrap().contains("product") || it["code"] == "name_differs");
    about_products
        .map(|it| {
            let file = it["source"]["file"].as_str().unwrap().rsplit('/').next().unwrap();
            (it["code"].as_str().unwrap().to_owned(), format!("{file}:{}", it["source"]["line"]))
        })
        .collect()
}

#[test]
fn product_without_a_name_in_the_catalog_has_one_in_every_output() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0).shows("Splunk Cloud by Splunk  prod-0000000000002");
    for command in ["plan", "drift"] {
        let markdown = bed.sandbox(&[command, "--format", "markdown"]).stdout;
        assert!(markdown.matches("Splunk Cloud by Splunk").count() > 0, "{markdown}");
        let named = markdown.lines().filter(|line| line.contains("prod-0000000000002"));
        assert!(named.clone().count() > 0 && named.clone().all(|line| line.contains("Splunk Cloud")), "{markdown}");
    }
    assert!(bed.read("plan.json").contains("Splunk Cloud by Splunk"));
    let report = bed.sandbox(&["apply", "plan.json", "--all"]).ends(0);
    report.shows("Splunk Cloud by Splunk  prod-0000000000002");
}

#[test]
fn role_from_before_the_names_costs_the_names_and_nothing_else() {
    let bed = Bed::example();
    let with = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    bed.change_world(deny_discovery);
    let ran = bed.sandbox(&["plan", "--format", "json"]).ends(0);
    assert_eq!(ran.stderr.matches("some names are missing").count(), 1, "{}", ran.stderr);
    let without = ran.says("aws-marketplace:SearchListings").json();
    assert_eq!(with["digest"], without["digest"]);
    assert_eq!(with["summary"], without["summary"]);
    assert!(!without.to_string().contains("Splunk"));
    bed.sandbox(&["apply", "--auto-approve"]).ends(0).says("some names are missing");
    bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn plan_in_step_asks_for_no_names_and_drift_looks_at_what_is_approved() {
    let bed = Bed::in_step();
    let plan = bed.sandbox(&["plan", "-v"]).ends(0);
    assert!(!plan.stderr.contains("SearchListings") && !plan.stderr.contains("GetProduct"), "{}", plan.stderr);
    offer(&bed, "prod-77aa00bb11cc2", Product { withdrawn: true, ..named("Snyk") });
    offer(&bed, "prod-9988776655443", Product { private: true, ..named("JetBrains All Products") });
    assert_eq!(warnings(&bed, "plan"), []);
    let found = ["withdrawn_product", "unknown_product"].map(str::to_owned);
    let places = ["baseline.yaml:6", "engineering.yaml:5"].map(str::to_owned);
    assert_eq!(warnings(&bed, "drift"), found.into_iter().zip(places).collect::<Vec<_>>());
    bed.sandbox(&["drift"])
        .ends(0)
        .shows("Snyk by Vendor prod-77aa00bb11cc2 can't be bought any more")
        .shows("JetBrains All Products prod-9988776655443 is not known to AWS Marketplace");
    bed.sandbox(&["plan", "--reach"]).ends(0).shows("can't be bought any more");
}

#[test]
fn new_approval_is_told_where_it_can_not_be_bought_or_is_another_product() {
    let bed = Bed::in_step();
    let entries = "approved:\n  - id: prod-shop000000006\n  - {id: prod-shop000000007, name: Ledger}\n  \
                   - {id: prod-shop000000008, name: Snyk}\n  - prod-nobody0000001\n";
    bed.edit("catalog/marketplace/engineering.yaml", "approved:\n", entries);
    let found = [
        ("name_differs", "engineering.yaml:7"),
        ("unknown_product", "engineering.yaml:8"),
        ("withdrawn_product", "engineering.yaml:5"),
    ];
    let found: Vec<_> = found.into_iter().map(|(code, place)| (code.to_owned(), place.to_owned())).collect();
    assert_eq!(warnings(&bed, "plan"), found);
    let plan = bed.sandbox(&["plan"]).ends(0);
    let plan = plan.shows("Snyk prod-shop000000008 is Ledger Warehouse Connector by Quarry Data in AWS Marketplace");
    plan.shows("Harbor VPN by Granite Networks prod-shop000000006 can't be bought any more");
    bed.edit(
        "catalog/marketplace/engineering.yaml",
        "  - prod-nobody0000001\n",
        "  - prod-nobody0000001 # catalog-sync: ignore[unknown_product] a private offer, SEC-7\n",
    );
    assert_eq!(warnings(&bed, "plan").len(), 2);
}

#[test]
fn hostile_product_name_does_nothing_anywhere() {
    let bed = Bed::example();
    let name = "Evil\u{1b}[2J\u{202e}\n::error::x <img src=x> | `@acme/admins` ".to_owned() + &"x".repeat(1_000);
    offer(&bed, "prod-0000000000002", Product { name, vendor: "V\r\n## V".to_owned(), ..Product::default() });
    for format in ["text", "markdown"] {
        let ran = bed.sandbox(&["plan", "--format", format]).ends(0).shows("Evil");
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}', '\r']), "{:?}", ran.stdout);
        assert!(!ran.stdout.contains("\n::error") && !ran.stdout.contains("\n## V"), "{}", ran.stdout);
        // Inside a code block the name is not interpreted as markup.
        let mut marked = ran.stdout.lines().filter(|line| line.contains("<img"));
        assert!(marked.all(|line| line.trim_start().starts_with("- deny ")), "{}", ran.stdout);
        assert!(!ran.stdout.contains(&"x".repeat(100)), "a name is cut");
    }
}

#[test]
fn world_made_for_a_catalog_offers_what_that_lists() {
    let settings = "version: 1\norganizations:\n  own:\n    id: o-own0000001\n    marketplace_account: \"123456789012\"\n\
                    access: {role: \"arn:aws:iam::{account}:role/x-{mode}\"}\n";
    let list = "approved: [prod-aaaaaaaaaaaaa]\nrejected: [prod-bbbbbbbbbbbbb]\nexperiences:\n  - {organization: own, name: Own}\n";
    let bed = Bed::new("", &[("catalog/settings.yaml", settings), ("catalog/marketplace/own.yaml", list)]);
    let plan = bed.run(&["plan", "--sandbox", "--reach", "--format", "json"]).ends(0).json();
    assert!(!plan.to_string().contains("unknown_product"), "{plan:#}");
}
