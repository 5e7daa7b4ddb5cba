//! `products`: searching the marketplace, and looking up an id.

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
    let show = ["products", "show", "prod-4xk6p2ab3cdef", "--sandbox"];
    bed.run(&show).ends(0).shows("Datadog Pro").says("There is no catalog at catalog: AWS is asked with");
}

#[test]
fn catalog_that_is_not_where_it_is_said_to_be_is_told() {
    let bed = Bed::example();
    let show = ["products", "show", "prod-4xk6p2ab3cdef", "--sandbox"];
    let there = bed.run(&show).ends(0);
    assert!(!there.stderr.contains("no catalog"), "{}", there.stderr);
    bed.run(&[&show[..], &["--catalog", "catalgo"]].concat()).ends(0).says("There is no catalog at catalgo");
}

#[test]
fn product_that_is_off_sale_says_so() {
    let bed = Bed::example();
    let ran = bed.sandbox(&["products", "show", "prod-e5f6a7b8c9d04", "--format", "json"]).ends(0);
    assert_eq!(ran.json()["products"][0]["withdrawn"], true);
    ran.says("Legacy VPN prod-e5f6a7b8c9d04 can't be bought any more");
}

#[test]
fn throttle_and_fault_that_pass_are_borne() {
    let bed = Bed::example();
    for (code, status) in [("ThrottlingException", 429), ("InternalServerException", 500)] {
        for (operation, arguments) in [
            ("SearchListings", ["products", "search", "harbor"]),
            ("GetProduct", ["products", "show", "prod-77aa00bb11cc2"]),
        ] {
            bed.fault(&format!("{{operation: {operation}, times: 2, error: {{code: {code}, status: {status}}}}}"));
            let ran = bed.sandbox(&arguments).ends(0);
            assert!(!ran.stdout.is_empty(), "{code} {operation}");
        }
    }
}

#[test]
fn answer_that_does_not_come_or_makes_no_sense_is_an_error() {
    let bed = Bed::example();
    bed.fault("{operation: SearchListings, error: {code: InternalServerException, message: oh no, status: 500}}");
    bed.sandbox(&["products", "search", "harbor"]).ends(1).says("SearchListings").says("oh no");
    bed.fault("{operation: GetListing, drop: before}");
    bed.sandbox(&["products", "show", "prodview-abc"]).ends(1).says("can't tell what `prodview-abc` is");
    // The body of an error, with the status 200.
    bed.fault("{operation: GetProduct, error: {code: Nonsense, message: hello, status: 200}}");
    let ran = bed.sandbox(&["products", "show", "prod-77aa00bb11cc2"]).ends(1);
    assert_eq!(ran.stdout, "");
    ran.says("AWS answered for `` when it was asked for `prod-77aa00bb11cc2`");
}

#[test]
fn help_says_who_asks() {
    for command in [&["products", "--help"][..], &["products", "search", "--help"], &["products", "show", "--help"]] {
        let help = Bed::example().run(command).ends(0).stdout;
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("The role of the first marketplace account of the settings asks"), "{help}");
    }
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
