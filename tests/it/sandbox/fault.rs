//! Faults that the world puts in the way of calls.

use std::time::Instant;

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_servicecatalog::error::SdkError;
use catalog_sync::sandbox::{Drop, Fault, FaultError, Rate, Rates, World};

use super::service_catalog::PORTFOLIO;
use super::{ACME, HUB, SHOP, SUBSIDIARY, apply, code, refusal, sandbox};

fn fault(operation: &str) -> Fault {
    Fault {
        service: Some("servicecatalog".to_owned()),
        operation: Some(operation.to_owned()),
        account: Some(HUB.to_owned()),
        region: Some("us-*".to_owned()),
        times: Some(1),
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_fault_lets_some_calls_through_and_then_happens_so_often() {
    let error = FaultError { code: "ThrottlingException".to_owned(), message: "Rate exceeded".to_owned(), status: 400 };
    let fault = Fault { skip: 1, times: Some(2), error: Some(error), ..fault("List*") };
    let sandbox = sandbox(|world| world.faults.push(fault)).await;
    let hub = apply(&sandbox, HUB).await;
    let list = || async { hub.service_catalog().list_portfolios().send().await };
    list().await.expect("let through");
    hub.service_catalog_in("eu-west-1").list_portfolios().send().await.expect("another region");
    assert_eq!(refusal(list().await), ("ThrottlingException".to_owned(), "Rate exceeded".to_owned()));
    assert_eq!(code(list().await), "ThrottlingException");
    list().await.expect("it is over");
    assert!(sandbox.stop().await.faults.is_empty(), "and gone from the world");
}

#[tokio::test]
async fn a_connection_is_closed_before_or_after_the_effect() {
    let before = Fault { drop: Some(Drop::Before), ..fault("CreatePortfolioShare") };
    let after = Fault { drop: Some(Drop::After), ..before.clone() };
    let sandbox = sandbox(|world| world.faults.extend([before, after])).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let shared = |world: &World| {
        let region = world.region(HUB, "us-east-1").expect("a region");
        region.portfolios[PORTFOLIO].shares.iter().any(|share| share.to.id() == SHOP)
    };
    for effect in [false, true] {
        let create = client.create_portfolio_share().portfolio_id(PORTFOLIO).account_id(SHOP).send().await;
        assert!(matches!(create, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))), "{create:?}");
        assert_eq!(shared(&sandbox.world()), effect);
    }
    let calls = sandbox.calls();
    assert_eq!(calls.last().map(|call| call.outcome.clone()), Some(Err("Dropped".to_owned())));
}

#[tokio::test]
async fn an_answer_may_take_longer() {
    let slow = Fault { delay_ms: 30, ..fault("ListPortfolios") };
    let sandbox = sandbox(|world| world.faults.push(slow)).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let begin = Instant::now();
    client.list_portfolios().send().await.expect("in the end");
    assert!(begin.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn who_comes_too_fast_is_throttled_in_each_services_words() {
    let rate = Rate { per_second: 0.001, burst: 2 };
    let patterns = ["servicecatalog:*", "organizations:List*", "aws-marketplace:*"];
    let rates = patterns.into_iter().map(|pattern| (pattern.to_owned(), rate)).collect();
    let sandbox = sandbox(|world| world.rates = Rates::Own(rates)).await;
    let hub = apply(&sandbox, HUB).await;
    for _ in 0..2 {
        hub.service_catalog().list_portfolios().send().await.expect("within the burst");
        hub.organizations().list_roots().send().await.expect("within the burst");
        hub.marketplace().list_change_sets().catalog("AWSMarketplace").send().await.expect("within the burst");
    }
    assert_eq!(code(hub.service_catalog().list_portfolios().send().await), "ThrottlingException");
    assert_eq!(code(hub.organizations().list_roots().send().await), "TooManyRequestsException");
    let change_sets = hub.marketplace().list_change_sets().catalog("AWSMarketplace").send().await;
    assert_eq!(code(change_sets), "ThrottlingException");
    hub.organizations().describe_organization().send().await.expect("it has no rate");
    apply(&sandbox, SHOP).await.service_catalog().list_portfolios().send().await.expect("another account");
}

#[test]
fn rates_are_off_published_or_ones_own() {
    let rates = World::parse("rates: published", "world.yaml").expect("a world").rates;
    assert_eq!(rates, Rates::Published);
    let own = World::parse("rates: {\"sts:*\": {per_second: 0.5, burst: 1}}", "world.yaml").expect("a world");
    assert!(own.to_yaml().contains("per_second: 0.5"), "{}", own.to_yaml());
    assert!(World::parse("rates: many", "world.yaml").is_err());
}

#[tokio::test]
async fn published_rates_of_the_marketplace_are_each_accounts_own() {
    let sandbox = sandbox(|world| world.rates = Rates::Published).await;
    let (hub, management) = (apply(&sandbox, HUB).await, apply(&sandbox, ACME).await);
    let list = |client: Client| async move { client.list_change_sets().catalog("AWSMarketplace").send().await };
    let client = hub.marketplace();
    let mut throttled = 0;
    for _ in 0..30 {
        throttled += usize::from(list(client.clone()).await.is_err());
    }
    assert!(throttled > 0);
    list(management.marketplace()).await.expect("another account is not throttled");
}

#[tokio::test]
async fn published_rates_of_organizations_are_shared_by_all_its_accounts() {
    let sandbox = sandbox(|world| world.rates = Rates::Published).await;
    let hub = apply(&sandbox, HUB).await.organizations();
    let shop = apply(&sandbox, SHOP).await.organizations();
    let subsidiary = apply(&sandbox, SUBSIDIARY).await.organizations();
    hub.describe_organization().send().await.expect("the first of two at once");
    shop.describe_organization().send().await.expect("the second");
    assert_eq!(code(hub.describe_organization().send().await), "TooManyRequestsException");
    assert_eq!(code(shop.describe_organization().send().await), "TooManyRequestsException");
    subsidiary.describe_organization().send().await.expect("another organization");
    for _ in 0..8 {
        hub.list_parents().child_id(SHOP).send().await.expect("eight at once");
    }
    assert_eq!(code(hub.list_parents().child_id(SHOP).send().await), "TooManyRequestsException");
    for _ in 0..30 {
        hub.describe_account().account_id(SHOP).send().await.expect("thirty at once");
    }
}

#[tokio::test]
async fn profile_that_does_not_exist_passes_by_itself() {
    let message = "The profile does not exist.".to_owned();
    let error = FaultError { code: "InvalidParametersException".to_owned(), message, status: 400 };
    let fault = Fault { error: Some(error), ..fault("CreatePortfolioShare") };
    let sandbox = sandbox(|world| world.faults.push(fault)).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let share = || client.create_portfolio_share().portfolio_id(PORTFOLIO).account_id(SHOP).send();
    let (code, message) = refusal(share().await);
    assert_eq!((code.as_str(), message.contains("profile does not exist")), ("InvalidParametersException", true));
    share().await.expect("the second time");
}
