//! The marketplace's names of products. A failure costs only the names.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing, read};
use catalog_sync::model::id::ProductId;
use catalog_sync::model::live::{Found, Live};
use catalog_sync::model::market_wants::ProductWants;
use catalog_sync::model::settings::Mode;
use catalog_sync::model::wants::Wants;
use catalog_sync::sandbox::{Fault, FaultError, Product, World};

use super::bed::{Bed, MARKET, id};

/// A marketplace that sells this many products, `prod-w…`.
async fn bed(products: usize) -> Bed {
    Bed::new(|world| {
        let product =
            |at: usize| Product { name: format!("Widget {at}"), vendor: "W".to_owned(), ..Product::default() };
        world.products.extend((0..products).map(|at| (widget(at), product(at))));
    })
    .await
}

fn widget(at: usize) -> String {
    format!("prod-w{at:012}")
}

async fn ask(bed: &Bed, ids: impl IntoIterator<Item = String>) -> Live {
    ask_with(bed, ids, bed.options()).await
}

async fn ask_with(bed: &Bed, ids: impl IntoIterator<Item = String>, options: Options) -> Live {
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, options);
    let ids = ids.into_iter().map(|product| id(&product)).collect();
    let wants = ProductWants { organization: id("acme"), ids };
    let wants = Wants { products: BTreeMap::from([(id(MARKET), wants)]), ..Wants::default() };
    let mut live = Live::default();
    read::read(&cloud, &mut live, |_| wants.clone()).await;
    live
}

fn texts(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn title(live: &Live, product: &str) -> Option<String> {
    live.title(&id(product)).map(ToString::to_string)
}

/// The number of `SearchListings` and of `GetProduct` calls.
fn calls(bed: &Bed) -> (usize, usize) {
    (bed.calls("SearchListings"), bed.calls("GetProduct"))
}

fn meet(world: &mut World, operation: &str, error: (&str, u16)) {
    let (code, status) = error;
    let error = FaultError { code: code.to_owned(), message: "you may not".to_owned(), status };
    world.faults.push(Fault { operation: Some(operation.to_owned()), error: Some(error), ..Fault::default() });
}

#[tokio::test]
async fn five_hundred_products_on_sale_take_seventeen_calls() {
    let bed = bed(500).await;
    let live = ask(&bed, (0..500).map(widget)).await;
    assert_eq!((live.products.len(), live.troubles.as_slice()), (500, &[][..]));
    assert_eq!(title(&live, &widget(499)).as_deref(), Some("Widget 499 by W"));
    assert_eq!(calls(&bed), (17, 0));
}

#[tokio::test]
async fn what_is_not_on_sale_is_asked_for_by_itself() {
    let bed = bed(2).await;
    // Legacy VPN is withdrawn, Acme Internal Tools is private, and the third id does not exist.
    let ids = ["prod-e5f6a7b8c9d04", "prod-5544332211009", "prod-nobody000001"];
    let live = ask(&bed, texts(&ids).into_iter().chain([widget(1)])).await;
    let Found::There(legacy) = &live.products[&id::<ProductId>(ids[0])] else { panic!("{:?}", live.products) };
    assert_eq!((legacy.to_string().as_str(), legacy.is_withdrawn), ("Legacy VPN by Old Tunnel Works", true));
    assert_eq!(live.products[&id::<ProductId>(ids[1])], Found::NotThere);
    assert_eq!(live.products[&id::<ProductId>(ids[2])], Found::NotThere);
    let Found::There(widget) = &live.products[&id::<ProductId>(&widget(1))] else { panic!("{:?}", live.products) };
    assert!(!widget.is_withdrawn);
    assert_eq!(calls(&bed), (1, 3));
    assert_eq!(live.troubles, Vec::<String>::new());
}

#[tokio::test]
async fn products_that_are_not_on_sale_are_asked_for_up_to_a_bound() {
    let bed = bed(0).await;
    let live = ask(&bed, (0..60).map(widget)).await;
    assert_eq!(calls(&bed), (2, 50));
    assert_eq!(live.products.len(), 50, "the others are not called unknown");
    let said = live.troubles.join("\n");
    assert!(said.contains("60 products are not on sale") && said.contains("the first 50"), "{said}");
}

#[tokio::test]
async fn pages_are_read_no_further_than_needed_and_an_empty_one_is_not_the_end() {
    let bed = bed(3).await;
    bed.sandbox.change(|world| {
        world.pages.largest = Some(1);
        world.pages.empty_first = true;
    });
    let live = ask(&bed, (0..2).map(widget)).await;
    assert_eq!(live.products.len(), 2, "{:?}", live.troubles);
    assert_eq!(calls(&bed), (3, 0));
}

#[tokio::test]
async fn role_that_is_too_old_costs_the_names_and_says_so_once() {
    let bed = bed(100).await;
    bed.sandbox.change(|world| {
        let account = world.accounts.entry(MARKET.to_owned()).or_default();
        let role = account.roles.entry("catalog-sync-*".to_owned()).or_default();
        role.deny = vec!["aws-marketplace:SearchListings".to_owned(), "aws-marketplace:Get*".to_owned()];
    });
    let live = ask(&bed, (0..100).map(widget)).await;
    assert!(live.products.is_empty());
    let [said] = live.troubles.as_slice() else { panic!("{:?}", live.troubles) };
    assert!(said.contains("aws-marketplace:SearchListings") && said.contains(MARKET), "{said}");
    assert_eq!(bed.calls("GetProduct"), 0, "what is refused in one way is not tried in the other");
}

#[tokio::test]
async fn account_that_can_not_be_entered_costs_the_names() {
    let bed = bed(1).await;
    bed.sandbox.change(|world| meet(world, "AssumeRole", ("AccessDenied", 403)));
    let live = ask(&bed, [widget(0)]).await;
    assert!(live.products.is_empty());
    assert_eq!(live.troubles.len(), 1, "{:?}", live.troubles);
}

#[tokio::test]
async fn throttle_is_borne_for_a_while_and_then_costs_the_names() {
    let bed = bed(40).await;
    bed.sandbox.change(|world| meet(world, "SearchListings", ("ThrottlingException", 429)));
    let timing = Timing { patience: Duration::from_millis(60), ..Timing::loopback() };
    let live = ask_with(&bed, (0..40).map(widget), Options { timing, ..bed.options() }).await;
    assert!(live.products.is_empty());
    assert_eq!(live.troubles.len(), 1, "{:?}", live.troubles);
    assert_eq!(bed.calls("GetProduct"), 0);
    assert!(bed.calls("SearchListings") > 2, "it is tried again");
}

#[tokio::test]
async fn throttle_that_passes_costs_nothing() {
    let bed = bed(40).await;
    bed.sandbox.change(|world| {
        meet(world, "SearchListings", ("ThrottlingException", 429));
        world.faults[0].times = Some(3);
    });
    let live = ask(&bed, (0..40).map(widget)).await;
    assert_eq!((live.products.len(), live.troubles.len()), (40, 0));
}

#[tokio::test]
async fn fault_inside_aws_is_no_unknown_product() {
    let bed = bed(1).await;
    for operation in ["SearchListings", "GetProduct"] {
        bed.sandbox.change(|world| {
            world.faults.clear();
            meet(world, operation, ("InternalServerException", 500));
        });
        let live = ask(&bed, ["prod-nobody000001".to_owned()]).await;
        assert!(live.products.is_empty(), "{:?}", live.products);
        assert_eq!(live.troubles.len(), 1, "{:?}", live.troubles);
    }
}

#[tokio::test]
async fn search_that_does_not_know_ids_leaves_single_questions() {
    let bed = bed(3).await;
    bed.sandbox.change(|world| meet(world, "SearchListings", ("ValidationException", 400)));
    let live = ask(&bed, (0..3).map(widget)).await;
    assert_eq!((live.products.len(), live.troubles.len()), (3, 0), "{:?}", live.troubles);
    assert_eq!(bed.calls("GetProduct"), 3);
}

#[tokio::test]
async fn answer_that_makes_no_sense_names_nothing() {
    let bed = bed(1).await;
    // The body of an error, with the status 200.
    bed.sandbox.change(|world| {
        meet(world, "SearchListings", ("Nonsense", 200));
        meet(world, "GetProduct", ("Nonsense", 200));
    });
    let live = ask(&bed, [widget(0)]).await;
    assert!(live.products.is_empty(), "{:?}", live.products);
    let said = live.troubles.join("\n");
    assert!(said.contains("GetProduct") && said.contains(&widget(0)), "{said}");
}

#[tokio::test]
async fn connection_that_breaks_costs_the_names() {
    let bed = bed(1).await;
    bed.sandbox.change(|world| {
        let drop = Some(catalog_sync::sandbox::Drop::Before);
        world.faults.push(Fault { operation: Some("SearchListings".to_owned()), drop, ..Fault::default() });
    });
    let live = ask(&bed, [widget(0)]).await;
    assert!(live.products.is_empty());
    assert_eq!(live.troubles.len(), 1, "{:?}", live.troubles);
}
