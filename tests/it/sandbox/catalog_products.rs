//! Service Catalog products: the portfolios that contain them, and what is removed with them.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{ProductSource, ProductViewFilterBy, ProvisioningArtifactGuidance, Status};
use catalog_sync::sandbox::{Association, CatalogProduct, ProductsOfShare, Role, Share, ShareTarget, World};

use super::local::{make, shop, tag};
use super::service_catalog::PORTFOLIO;
use super::{HUB, SHOP, apply, code, refusal, sandbox};

pub(super) const WAREHOUSE: &str = "prod-warehouse0001";
const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID: &str = "InvalidParametersException";

/// Shares Data Platform with the shop's OU, principals included, and gives the shop roles.
pub(super) fn shared(world: &mut World) {
    let hub = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
    let share = Share::new(ShareTarget::Ou("ou-acme-prod0001".to_owned()));
    hub.portfolios.get_mut(PORTFOLIO).expect("a portfolio").shares.push(Share { principals: true, ..share });
    let roles = ["catalog-sync-*", "DataEngineer", "SCLaunchRole"];
    let shop = world.accounts.entry(SHOP.to_owned()).or_default();
    shop.roles = roles.into_iter().map(|name| (name.to_owned(), Role::default())).collect();
}

/// The ids of the products of a portfolio.
pub(super) async fn products(client: &Client, portfolio: &str) -> Vec<String> {
    let answer = client.search_products_as_admin().portfolio_id(portfolio).page_size(20).send().await;
    let answer = answer.expect("products");
    let summaries = answer.product_view_details().iter().filter_map(|it| it.product_view_summary());
    summaries.filter_map(|it| it.product_id().map(str::to_owned)).collect()
}

macro_rules! put {
    ($client:expr, $portfolio:expr, $product:expr) => {
        $client
            .associate_product_with_portfolio()
            .portfolio_id($portfolio)
            .product_id($product)
            .source_portfolio_id(PORTFOLIO)
            .send()
            .await
    };
}

macro_rules! take {
    ($client:expr, $portfolio:expr, $product:expr) => {
        $client.disassociate_product_from_portfolio().portfolio_id($portfolio).product_id($product).send().await
    };
}

#[tokio::test]
async fn imported_portfolio_shows_the_owners_products() {
    let (_sandbox, client) = shop(shared).await;
    let all = ["prod-notebook00001", "prod-stream0000001", WAREHOUSE];
    assert_eq!(products(&client, PORTFOLIO).await, all);
    let answer = client.search_products_as_admin().portfolio_id(PORTFOLIO).send().await.expect("products");
    let it = &answer.product_view_details()[2];
    assert_eq!(it.product_arn(), Some("arn:aws:catalog:us-east-1:111111111112:product/prod-warehouse0001"));
    assert_eq!(it.status().map(Status::as_str), Some("CREATED"));
    let summary = it.product_view_summary().expect("a summary");
    assert_eq!((summary.name(), summary.owner()), (Some("Warehouse"), Some("Acme Platform Team")));
    let by = |by, value: &str| {
        let request = client.search_products_as_admin().portfolio_id(PORTFOLIO);
        request.filters(by, vec![value.to_owned()])
    };
    let found = by(ProductViewFilterBy::FullTextSearch, "SCHEMAS").send().await.expect("products");
    assert_eq!(found.product_view_details().len(), 1);
    assert_eq!(code(by(ProductViewFilterBy::SourceProductId, WAREHOUSE).send().await), INVALID);
    let own = client.search_products_as_admin().product_source(ProductSource::Account).send().await.expect("products");
    assert!(own.product_view_details().is_empty());
    assert_eq!(code(client.search_products_as_admin().page_size(21).send().await), "ValidationException");
    let none = client.search_products_as_admin().portfolio_id("port-financetools1").send().await;
    assert_eq!(code(none), NOT_FOUND);
}

#[tokio::test]
async fn versions_are_told_with_their_state() {
    let (_sandbox, client) = shop(shared).await;
    let answer = client.list_provisioning_artifacts().product_id(WAREHOUSE).send().await.expect("versions");
    let versions = answer.provisioning_artifact_details().iter();
    let told: Vec<_> =
        versions.map(|it| (it.name().unwrap_or_default(), it.active(), it.guidance().cloned())).collect();
    let usual = Some(ProvisioningArtifactGuidance::Default);
    let expected = [
        ("v1", Some(false), usual.clone()),
        ("v2", Some(true), Some(ProvisioningArtifactGuidance::Deprecated)),
        ("v3", Some(true), usual),
    ];
    assert_eq!(told, expected);
    let described = client.describe_product_as_admin().id(WAREHOUSE).send().await.expect("a product");
    assert_eq!(described.provisioning_artifact_summaries().len(), 3);
    let finance = client.describe_product_as_admin().id("prod-linuximage001").source_portfolio_id(PORTFOLIO);
    assert_eq!(code(finance.send().await), NOT_FOUND, "it is not in that portfolio");
    assert_eq!(code(client.describe_product_as_admin().send().await), INVALID);
}

#[tokio::test]
async fn product_of_somebody_else_is_out_of_reach() {
    let (_sandbox, client) = shop(|_| {}).await;
    assert_eq!(code(client.list_provisioning_artifacts().product_id(WAREHOUSE).send().await), NOT_FOUND);
    assert_eq!(code(client.describe_product_as_admin().id(WAREHOUSE).send().await), NOT_FOUND);
    assert_eq!(code(client.list_portfolios_for_product().product_id(WAREHOUSE).send().await), NOT_FOUND);
    let mine = make(&client, "Mine", "one").await;
    assert_eq!(code(put!(client, &mine, WAREHOUSE)), NOT_FOUND);
}

#[tokio::test]
async fn association_names_its_source_and_is_seen_late() {
    let (_sandbox, client) = shop(shared).await;
    let mine = make(&client, "Mine", "one").await;
    let bare = client.associate_product_with_portfolio().portfolio_id(&mine).product_id(WAREHOUSE);
    assert_eq!(code(bare.send().await), NOT_FOUND, "without its source");
    put!(client, &mine, WAREHOUSE).expect("it is put there");
    assert_eq!(products(&client, &mine).await, [""; 0]);
    assert_eq!(products(&client, &mine).await, [WAREHOUSE]);
    put!(client, &mine, WAREHOUSE).expect("once more is no error");
    assert_eq!(products(&client, &mine).await, [WAREHOUSE]);
    let portfolios = client.list_portfolios_for_product().product_id(WAREHOUSE).send().await.expect("portfolios");
    let ids: Vec<_> = portfolios.portfolio_details().iter().filter_map(|it| it.id()).collect();
    assert_eq!(ids, [mine.as_str(), PORTFOLIO]);
    let share = client.create_portfolio_share().portfolio_id(&mine).account_id("333333333332");
    assert_eq!(code(share.send().await), INVALID, "what is imported is not shared on");
    assert_eq!(code(put!(client, PORTFOLIO, "prod-stream0000001")), NOT_FOUND, "the import is the hub's");
    take!(client, &mine, WAREHOUSE).expect("it is taken out");
    assert_eq!(code(client.delete_portfolio().id(&mine).send().await), "ResourceInUseException", "it is seen still");
    assert_eq!(products(&client, &mine).await, [""; 0]);
    assert_eq!(code(take!(client, &mine, WAREHOUSE)), NOT_FOUND);
    client.delete_portfolio().id(&mine).send().await.expect("it is empty");
}

#[tokio::test]
async fn association_may_be_seen_and_vanish_for_a_moment() {
    let (_sandbox, client) = shop(|world| {
        shared(world);
        world.pending.product_flickers = true;
    })
    .await;
    let mine = make(&client, "Mine", "one").await;
    put!(client, &mine, WAREHOUSE).expect("it is put there");
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(products(&client, &mine).await.len());
    }
    assert_eq!(seen, [0, 1, 0, 1, 1]);
}

#[tokio::test]
async fn product_that_the_hub_takes_out_leaves_local_portfolios() {
    let (sandbox, client) = shop(|world| {
        shared(world);
        world.pending.product = 0;
    })
    .await;
    let mine = make(&client, "Mine", "one").await;
    put!(client, &mine, WAREHOUSE).expect("it is put there");
    put!(client, &mine, "prod-stream0000001").expect("it is put there");
    let create = client.create_constraint().portfolio_id(&mine).product_id(WAREHOUSE).r#type("LAUNCH");
    create.parameters(r#"{"LocalRoleName":"SCLaunchRole"}"#).send().await.expect("a constraint");
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let (told, message) = refusal(take!(hub, PORTFOLIO, WAREHOUSE));
    assert!(told == "ResourceInUseException" && message.contains("constraints"), "{message}");
    hub.delete_constraint().id("cons-warehouse0001").send().await.expect("it goes");
    products(&hub, PORTFOLIO).await;
    take!(hub, PORTFOLIO, WAREHOUSE).expect("it is taken out");
    assert_eq!(code(hub.delete_product().id("prod-stream0000001").send().await), "ResourceInUseException");
    hub.delete_product().id(WAREHOUSE).send().await.expect("it is in no portfolio");
    assert_eq!(products(&client, &mine).await, ["prod-stream0000001"]);
    let constraints = client.list_constraints_for_portfolio().portfolio_id(&mine).send().await.expect("constraints");
    assert!(constraints.constraint_details().is_empty());
}

#[tokio::test]
async fn products_of_a_share_that_goes_stay_or_leave() {
    for (way, left) in [(ProductsOfShare::Stay, 1), (ProductsOfShare::Leave, 0)] {
        let (sandbox, client) = shop(|world| {
            shared(world);
            world.unproven.products_of_share = way;
            world.pending.share = 0;
        })
        .await;
        let mine = make(&client, "Mine", "one").await;
        put!(client, &mine, WAREHOUSE).expect("it is put there");
        let hub = apply(&sandbox, HUB).await.service_catalog();
        let unit = super::service_catalog::unit("ou-acme-prod0001");
        let delete = hub.delete_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit);
        delete.send().await.expect("it goes");
        let shop = sandbox.world();
        let portfolio = &shop.region(SHOP, "us-east-1").expect("a region").portfolios[&mine];
        assert_eq!(portfolio.products.len(), left, "{way:?}");
        assert_eq!(code(client.describe_portfolio().id(PORTFOLIO).send().await), NOT_FOUND);
    }
}

#[tokio::test]
async fn product_is_renamed_and_tagged_by_its_owner() {
    let sandbox = sandbox(shared).await;
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let update = hub.update_product().id(WAREHOUSE).name("Lakehouse").add_tags(tag("team", "data"));
    let answer = update.send().await.expect("it is changed");
    assert_eq!(answer.tags()[0].value(), "data");
    let by_name = hub.describe_product_as_admin().name("Lakehouse").send().await.expect("a product");
    assert_eq!(by_name.tags().len(), 1);
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let seen = shop.describe_product_as_admin().id(WAREHOUSE).send().await.expect("a product");
    assert!(seen.tags().is_empty(), "tags are the owner's");
    assert_eq!(code(shop.update_product().id(WAREHOUSE).name("Mine").send().await), NOT_FOUND);
}

#[tokio::test]
async fn portfolio_takes_a_hundred_and_fifty_products() {
    let full = |world: &mut World| {
        let hub = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
        for n in 0..150 {
            let id = format!("prod-{n:03}");
            hub.products.insert(id.clone(), CatalogProduct { name: id.clone(), ..CatalogProduct::default() });
            let portfolio = hub.portfolios.get_mut("port-network000001").expect("a portfolio");
            portfolio.products.insert(id, Association::default());
        }
    };
    let sandbox = sandbox(full).await;
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let one_more = hub.associate_product_with_portfolio().portfolio_id("port-network000001").product_id(WAREHOUSE);
    assert_eq!(code(one_more.send().await), "LimitExceededException");
    let page = hub.search_products_as_admin().portfolio_id("port-network000001").page_size(20).send().await;
    assert!(page.expect("a page").next_page_token().is_some());
}
