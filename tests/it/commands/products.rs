//! `products`: what the marketplace offers, and what an id is.

use catalog_sync::sandbox::Product;

use super::bed::Bed;

#[test]
fn search_lists_products_with_vendor_kind_and_id() {
    let bed = Bed::example();
    let ran = bed.sandbox(&["products", "search", "harbor"]).ends(0);
    assert_eq!(ran.stdout.lines().count(), 2, "one is withdrawn: {}", ran.stdout);
    ran.shows("prod-shop000000004").shows("Granite Networks").shows("Amazon machine image").shows("prodview-");
    let other = bed.sandbox(&["products", "search", "harbor", "--publisher", "Snyk"]).ends(0);
    other.says("offers nothing for `harbor`");
}

#[test]
fn search_says_that_there_are_more_and_reads_pages_to_the_limit() {
    let bed = Bed::example();
    bed.change_world(|world| {
        let product =
            |at: usize| Product { name: format!("Widget {at}"), vendor: "W".to_owned(), ..Product::default() };
        world.products.extend((0..501).map(|at| (format!("prod-w{at:012}"), product(at))));
    });
    let all = bed.sandbox(&["products", "search", "widget", "--limit", "1000"]).ends(0);
    assert_eq!(all.stdout.lines().count(), 501);
    let some = bed.sandbox(&["products", "search", "widget", "--limit", "150"]).ends(0);
    assert_eq!(some.stdout.lines().count(), 150);
    some.says("There are more than these 150");
}

#[test]
fn yaml_of_a_search_is_a_list_that_validates() {
    let bed = Bed::example();
    let ran = bed.sandbox(&["products", "search", "forecaster", "--format", "yaml"]).ends(0);
    assert_eq!(ran.stdout, "  - id: \"prod-shop00000000b\" # Pinecone Hill ML\n    name: \"Tabular Forecaster\"\n");
    let pasted = format!("approved:\n{}", ran.stdout);
    bed.edit("catalog/marketplace/engineering.yaml", "approved:\n", &pasted);
    bed.run(&["validate"]).ends(0);
    bed.sandbox(&["plan", "--format", "yaml"]).ends(2).says("--format yaml is for products");
}

#[test]
fn show_takes_ids_and_addresses_and_says_each_that_is_unknown() {
    let bed = Bed::example();
    let search = bed.sandbox(&["products", "search", "datadog", "--format", "json"]).ends(0).json();
    let listing = search["products"][0]["listing"].as_str().unwrap().to_owned();
    let page = format!("https://aws.amazon.com/marketplace/pp/{listing}?sr=0-1");
    let address = "https://aws.amazon.com/marketplace/procurement?productId=prod-77aa00bb11cc2";
    let show = ["products", "show", &page, address, "prod-e5f6a7b8c9d04", "prod-5544332211009", "Datadog Pro"];
    let ran = bed.sandbox(&show).ends(0);
    assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
    ran.shows("prod-4xk6p2ab3cdef")
        .shows("Snyk")
        .shows("Legacy VPN")
        .says("does not know `prod-5544332211009`")
        .says("`Datadog Pro` is neither");
}

#[test]
fn show_ends_with_an_error_where_nothing_is_known() {
    let bed = Bed::example();
    let ran = bed.sandbox(&["products", "show", "prod-nobody", "--format", "json"]).ends(1);
    let json = ran.json();
    assert_eq!(json["format_version"], 1);
    assert_eq!(json["unknown"][0], "prod-nobody");
}

#[test]
fn what_can_not_be_told_is_no_unknown_product() {
    let bed = Bed::example();
    for error in ["{code: AccessDeniedException, message: no, status: 403}", "{code: Other, message: no, status: 418}"]
    {
        bed.fault(&format!("{{operation: GetProduct, times: 1, error: {error}}}"));
        let ran = bed.sandbox(&["products", "show", "prod-4xk6p2ab3cdef", "--format", "json"]).ends(1);
        assert_eq!(ran.json()["unknown"].as_array().map(Vec::len), Some(0), "{}", ran.stdout);
        ran.says("can't tell what `prod-4xk6p2ab3cdef` is");
    }
}

#[test]
fn products_need_no_catalog() {
    let bed = Bed::example();
    std::fs::remove_dir_all(bed.path("catalog")).unwrap();
    bed.run(&["products", "show", "prod-4xk6p2ab3cdef", "--sandbox"]).ends(0).shows("Datadog Pro");
}

#[test]
fn hostile_names_do_nothing_to_a_terminal() {
    let bed = Bed::example();
    bed.change_world(|world| {
        let name = "Evil\u{1b}[2J\u{202e}\n::error::x".to_owned();
        world.products.insert("prod-evil".to_owned(), Product { name, vendor: "V".to_owned(), ..Product::default() });
    });
    let ran = bed.sandbox(&["products", "show", "prod-evil"]).ends(0);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.stdout);
}
