//! Copies of products.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::operation::copy_product::builders::CopyProductFluentBuilder;
use aws_sdk_servicecatalog::operation::describe_copy_product_status::DescribeCopyProductStatusOutput;
use aws_sdk_servicecatalog::types::{
    CopyOption, CopyProductStatus, ProductSource, ProductViewFilterBy, ProvisioningArtifactPropertyName,
};
use catalog_sync::sandbox::{CopyCarries, ProductFailure, Version, World};

use super::catalog_products::{WAREHOUSE, shared};
use super::local::{make, shop, tag};
use super::{HUB, SHOP, apply, code, refusal};

const NOT_FOUND: &str = "ResourceNotFoundException";
const ARN: &str = "arn:aws:catalog:us-east-1:111111111112:product/prod-warehouse0001";

/// Polls until a copy has ended. Returns the number of polls and the last answer.
async fn end(client: &Client, token: &str) -> (usize, DescribeCopyProductStatusOutput) {
    let mut looks = 0;
    loop {
        let answer = client.describe_copy_product_status().copy_product_token(token).send().await.expect("a status");
        looks += 1;
        if answer.copy_product_status() != Some(&CopyProductStatus::InProgress) {
            return (looks, answer);
        }
        assert_eq!(answer.target_product_id(), None, "there is none yet");
    }
}

/// Adds versions to a request.
fn with_versions(request: CopyProductFluentBuilder, ids: &[&str]) -> CopyProductFluentBuilder {
    let one = |id: &str| [(ProvisioningArtifactPropertyName::Id, id.to_owned())].into_iter().collect();
    ids.iter().fold(request, |request, id| request.source_provisioning_artifact_identifiers(one(id)))
}

/// Copies versions into a product or a new one, and returns the product's id.
async fn copy(client: &Client, target: Option<&str>, ids: &[&str]) -> String {
    let request = client.copy_product().source_product_arn(ARN).set_target_product_id(target.map(str::to_owned));
    let answer = with_versions(request, ids).send().await.expect("it begins");
    let (_, ended) = end(client, answer.copy_product_token().expect("a token")).await;
    assert_eq!(ended.copy_product_status(), Some(&CopyProductStatus::Succeeded), "{ended:?}");
    ended.target_product_id().expect("a product").to_owned()
}

/// The versions of a product: name, source, and whether it is active.
async fn told(client: &Client, product: &str) -> Vec<(String, String, bool)> {
    let described = client.describe_product_as_admin().id(product).send().await.expect("a product");
    let listed = client.list_provisioning_artifacts().product_id(product).send().await.expect("versions");
    let active = |id: Option<&str>| {
        listed.provisioning_artifact_details().iter().any(|it| it.id() == id && it.active() == Some(true))
    };
    let row = |it: &aws_sdk_servicecatalog::types::ProvisioningArtifactSummary| {
        let source = it.provisioning_artifact_metadata().and_then(|metadata| metadata.values().next());
        (it.name().unwrap_or_default().to_owned(), source.cloned().unwrap_or_default(), active(it.id()))
    };
    let mut rows: Vec<_> = described.provisioning_artifact_summaries().iter().map(row).collect();
    rows.sort();
    rows
}

fn row(name: &str, source: &str, active: bool) -> (String, String, bool) {
    (name.to_owned(), source.to_owned(), active)
}

#[tokio::test]
async fn copy_takes_its_time_and_is_found_by_its_source() {
    let (_sandbox, client) = shop(shared).await;
    let begin = || client.copy_product().source_product_arn(ARN).idempotency_token("one").send();
    let token = begin().await.expect("it begins").copy_product_token.expect("a token");
    assert_eq!(begin().await.expect("tried again").copy_product_token.as_ref(), Some(&token));
    let (_, ended) = end(&client, &token).await;
    let id = ended.target_product_id().expect("a product");
    let search = client.search_products_as_admin().product_source(ProductSource::Account);
    let search = search.filters(ProductViewFilterBy::SourceProductId, vec![WAREHOUSE.to_owned()]);
    let found = search.send().await.expect("products");
    let [one] = found.product_view_details() else { panic!("{found:?}") };
    let summary = one.product_view_summary().expect("a summary");
    assert_eq!((summary.product_id(), summary.name()), (Some(id), Some("Warehouse")));
    let expected = [
        row("v1", "pa-warehouse00011", false),
        row("v2", "pa-warehouse00012", true),
        row("v3", "pa-warehouse00013", true),
    ];
    assert_eq!(told(&client, id).await, expected);
    client.update_product().id(id).add_tags(tag("catalog-sync", "x")).send().await.expect("it is tagged");
    let mine = make(&client, "Mine", "one").await;
    let put = client.associate_product_with_portfolio().portfolio_id(mine).product_id(id);
    put.send().await.expect("it is the account's own");
}

#[tokio::test]
async fn versions_are_copied_one_by_one_into_the_same_product() {
    let (sandbox, client) = shop(|world| {
        shared(world);
        world.unproven.copy_carries = CopyCarries::Neither;
    })
    .await;
    let id = copy(&client, None, &["pa-warehouse00011"]).await;
    sandbox.change(|world: &mut World| {
        let hub = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
        let product = hub.products.get_mut(WAREHOUSE).expect("a product");
        product.versions.insert("pa-new".to_owned(), Version { name: "v4".to_owned(), ..Version::default() });
    });
    assert_eq!(told(&client, &id).await, [row("v1", "pa-warehouse00011", true)], "it does not follow its source");
    assert_eq!(copy(&client, Some(&id), &["pa-new"]).await, id);
    assert_eq!(told(&client, &id).await, [row("v1", "pa-warehouse00011", true), row("v4", "pa-new", true)]);
    copy(&client, Some(&id), &["pa-new"]).await;
    assert_eq!(told(&client, &id).await.len(), 3, "a version that is copied twice is there twice");
}

#[tokio::test]
async fn failed_copy_says_why() {
    let detail = "Internal Failure".to_owned();
    let failure = ProductFailure { account: Some(SHOP.to_owned()), detail, times: Some(1), product: None };
    let (sandbox, client) = shop(|world| {
        shared(world);
        world.copy_errors.push(failure);
    })
    .await;
    let begin = || client.copy_product().source_product_arn(ARN).send();
    let token = begin().await.expect("it begins").copy_product_token.expect("a token");
    let (looks, ended) = end(&client, &token).await;
    assert_eq!((looks, ended.copy_product_status()), (2, Some(&CopyProductStatus::Failed)));
    assert_eq!((ended.target_product_id(), ended.status_detail()), (None, Some("Internal Failure")));

    let token = begin().await.expect("it begins").copy_product_token.expect("a token");
    sandbox.change(|world| {
        let hub = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
        hub.products.remove(WAREHOUSE);
    });
    let (_, ended) = end(&client, &token).await;
    assert!(ended.status_detail().is_some_and(|it| it.contains("does not exist any more")), "{ended:?}");
    let other = apply(&sandbox, "333333333332").await.service_catalog();
    let foreign = other.describe_copy_product_status().copy_product_token(&token).send().await;
    assert_eq!(code(foreign), NOT_FOUND, "a token is its account's");
}

#[tokio::test]
async fn copy_outlives_the_process() {
    let (sandbox, client) = shop(shared).await;
    let begun = client.copy_product().source_product_arn(ARN).target_product_name("Lake").send().await;
    let token = begun.expect("it begins").copy_product_token.expect("a token");
    let world = World::parse(&sandbox.stop().await.to_yaml(), "world.yaml").expect("it can be read");
    let (_sandbox, client) = shop(|it| *it = world).await;
    let (_, ended) = end(&client, &token).await;
    let id = ended.target_product_id().expect("a product");
    let described = client.describe_product_as_admin().id(id).send().await.expect("a product");
    let summary = described.product_view_detail().and_then(|it| it.product_view_summary()).expect("a summary");
    assert_eq!(summary.name(), Some("Lake"));
}

#[tokio::test]
async fn copy_must_have_a_source_that_the_account_has() {
    let (sandbox, client) = shop(shared).await;
    let copy = |arn: &str| client.copy_product().source_product_arn(arn);
    assert_eq!(code(copy("prod-warehouse0001").send().await), "InvalidParametersException");
    assert_eq!(code(copy(&ARN.replace("us-east-1", "eu-west-1")).send().await), NOT_FOUND);
    assert_eq!(code(copy(&ARN.replace("111111111112", "111111111111")).send().await), NOT_FOUND);
    let (told, message) = refusal(copy(ARN).target_product_id(WAREHOUSE).send().await);
    assert!(told == NOT_FOUND && message.contains(WAREHOUSE), "a target is the account's own: {message}");
    let odd = with_versions(copy(ARN), &["pa-none"]);
    assert_eq!(code(odd.send().await), NOT_FOUND);
    let elsewhere = apply(&sandbox, super::PARTNER).await.service_catalog_in("eu-west-1");
    elsewhere.copy_product().source_product_arn(ARN).send().await.expect("into another region");
    let staging = apply(&sandbox, "333333333342").await.service_catalog();
    assert_eq!(code(staging.copy_product().source_product_arn(ARN).send().await), NOT_FOUND, "not shared with it");
}

#[tokio::test]
async fn tags_go_with_a_copy_where_they_are_asked_for() {
    let (_sandbox, client) = shop(|world| {
        shared(world);
        let hub = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
        let product = hub.products.get_mut(WAREHOUSE).expect("a product");
        product.tags.insert("team".to_owned(), "data".to_owned());
    })
    .await;
    for (options, expected) in [(None, 0), (Some(vec![CopyOption::CopyTags]), 1)] {
        let begun = client.copy_product().source_product_arn(ARN).set_copy_options(options).send().await;
        let (_, ended) = end(&client, begun.expect("it begins").copy_product_token().expect("a token")).await;
        let described = client.describe_product_as_admin().id(ended.target_product_id().expect("a product"));
        assert_eq!(described.send().await.expect("a product").tags().len(), expected);
    }
}
