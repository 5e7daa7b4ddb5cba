//! Portfolios and shares without errors.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{
    DescribePortfolioShareType, OrganizationNode, OrganizationNodeType, PortfolioShareType, ShareStatus,
};
use catalog_sync::sandbox::ShareTarget;

use super::{HUB, PARTNER, SHOP, apply, sandbox, start};

pub(super) const PORTFOLIO: &str = "port-dataplatform1";
pub(super) const PRODUCTION: &str = "ou-acme-prod0001";

pub(super) fn node(kind: OrganizationNodeType, value: &str) -> OrganizationNode {
    OrganizationNode::builder().r#type(kind).value(value).build()
}

pub(super) fn unit(value: &str) -> OrganizationNode {
    node(OrganizationNodeType::OrganizationalUnit, value)
}

/// The shares of a type: receiver, accepted, tag options, principals.
pub(super) async fn shares(
    client: &Client,
    portfolio: &str,
    kind: DescribePortfolioShareType,
) -> Vec<(String, bool, bool, bool)> {
    let request = client.describe_portfolio_shares().portfolio_id(portfolio).r#type(kind);
    let answer = request.page_size(100).send().await.expect("shares");
    let rows = answer.portfolio_share_details().iter();
    rows.map(|row| {
        (
            row.principal_id().unwrap_or_default().to_owned(),
            row.accepted(),
            row.share_tag_options(),
            row.share_principals(),
        )
    })
    .collect()
}

/// Polls until the share action has ended.
pub(super) async fn end(client: &Client, token: &str) -> (Vec<ShareStatus>, Vec<String>, Vec<String>) {
    let mut seen = Vec::new();
    loop {
        let answer =
            client.describe_portfolio_share_status().portfolio_share_token(token).send().await.expect("a status");
        let status = answer.status().expect("a status").clone();
        seen.push(status.clone());
        if !matches!(status, ShareStatus::NotStarted | ShareStatus::InProgress) {
            let details = answer.share_details().expect("details");
            let failed = details.share_errors().iter().flat_map(|error| error.accounts().to_vec());
            return (seen, details.successful_shares().to_vec(), failed.collect());
        }
    }
}

#[tokio::test]
async fn portfolios_are_listed_by_region() {
    let sandbox = sandbox(|_| {}).await;
    let hub = apply(&sandbox, HUB).await;
    let names = |answer: aws_sdk_servicecatalog::operation::list_portfolios::ListPortfoliosOutput| {
        let details = answer.portfolio_details().iter();
        details.filter_map(|it| it.display_name().map(str::to_owned)).collect::<Vec<_>>()
    };
    let here = hub.service_catalog().list_portfolios().send().await.expect("portfolios");
    assert_eq!(names(here), ["Data Platform", "Golden Images", "Network Basics", "Developer Sandbox"]);
    let there = hub.service_catalog_in("eu-west-1").list_portfolios().send().await.expect("portfolios");
    assert_eq!(names(there), ["Data Platform", "Finance Tools"]);
    let nowhere = hub.service_catalog_in("ap-south-1").list_portfolios().send().await.expect("portfolios");
    assert_eq!(names(nowhere), [""; 0]);
    let it = hub.service_catalog().describe_portfolio().id(PORTFOLIO).send().await.expect("it");
    let it = it.portfolio_detail().expect("it");
    assert_eq!(it.arn(), Some("arn:aws:catalog:us-east-1:111111111112:portfolio/port-dataplatform1"));
    assert!(it.created_time().is_some());
}

#[tokio::test]
async fn a_share_to_a_unit_takes_its_time() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let request = client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    let answer = request.share_tag_options(true).share_principals(true).send().await.expect("it begins");
    let (seen, reached, failed) = end(&client, answer.portfolio_share_token().expect("a token")).await;
    assert_eq!(seen, [ShareStatus::InProgress, ShareStatus::Completed]);
    assert_eq!(reached, ["333333333331", "333333333332", "333333333335"]);
    assert!(failed.is_empty());
    let units = shares(&client, PORTFOLIO, DescribePortfolioShareType::OrganizationalUnit).await;
    let expected = [("ou-acme-data0001".to_owned(), true, true, false), (PRODUCTION.to_owned(), true, true, true)];
    assert_eq!(units, expected);
    let access = client.list_portfolio_access().portfolio_id(PORTFOLIO).organization_parent_id(PRODUCTION);
    let access = access.send().await.expect("accounts");
    assert_eq!(access.account_ids(), reached);
}

#[tokio::test]
async fn a_share_to_an_account_is_there_at_once_and_has_to_be_accepted() {
    let sandbox = sandbox(|_| {}).await;
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let request = hub.create_portfolio_share().portfolio_id(PORTFOLIO).account_id(SHOP).share_tag_options(true);
    let answer = request.send().await.expect("it is made");
    assert_eq!(answer.portfolio_share_token(), None);
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let imported = || shop.list_accepted_portfolio_shares().portfolio_share_type(PortfolioShareType::Imported).send();
    assert!(imported().await.expect("portfolios").portfolio_details().is_empty());
    for _ in 0..2 {
        shop.accept_portfolio_share().portfolio_id(PORTFOLIO).send().await.expect("once more is no error");
    }
    assert_eq!(imported().await.expect("portfolios").portfolio_details()[0].id(), Some(PORTFOLIO));
    shop.describe_portfolio().id(PORTFOLIO).send().await.expect("an imported portfolio");
    let accounts = shares(&hub, PORTFOLIO, DescribePortfolioShareType::Account).await;
    assert_eq!(accounts[0], (SHOP.to_owned(), true, true, false));
    let access = hub.list_portfolio_access().portfolio_id(PORTFOLIO).send().await.expect("accounts");
    assert_eq!(access.account_ids(), [SHOP, PARTNER, "999999999992"]);
}

#[tokio::test]
async fn a_share_through_the_organization_arrives_accepted() {
    let sandbox = sandbox(|world| world.pending.share = 0).await;
    let hub = start(&sandbox);
    drop(hub);
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let member = node(OrganizationNodeType::Account, SHOP);
    hub.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(member).send().await.expect("it is made");
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let list = |way| shop.list_accepted_portfolio_shares().portfolio_share_type(way).send();
    let through = list(PortfolioShareType::AwsOrganizations).await.expect("portfolios");
    let ids: Vec<_> = through.portfolio_details().iter().filter_map(|it| it.id()).collect();
    assert_eq!(ids, [PORTFOLIO, "port-goldenimages1"]);
    assert!(list(PortfolioShareType::Imported).await.expect("portfolios").portfolio_details().is_empty());
    let members = shares(&hub, PORTFOLIO, DescribePortfolioShareType::OrganizationMemberAccount).await;
    assert_eq!(members, [(SHOP.to_owned(), true, false, false)]);
}

#[tokio::test]
async fn flags_change_and_shares_go() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let data = || unit("ou-acme-data0001");
    let update = client.update_portfolio_share().portfolio_id(PORTFOLIO).organization_node(data());
    let answer = update.share_principals(true).send().await.expect("it begins");
    assert_eq!(answer.status(), Some(&ShareStatus::NotStarted));
    end(&client, answer.portfolio_share_token().expect("a token")).await;
    let units = shares(&client, PORTFOLIO, DescribePortfolioShareType::OrganizationalUnit).await;
    assert_eq!(units, [("ou-acme-data0001".to_owned(), true, true, true)], "a flag that is not given stays");

    let update = client.update_portfolio_share().portfolio_id(PORTFOLIO).account_id(PARTNER);
    let answer = update.share_tag_options(true).send().await.expect("it is done");
    assert_eq!(answer.status(), Some(&ShareStatus::Completed));
    assert!(answer.portfolio_share_token().is_some(), "for an account too");

    let delete = client.delete_portfolio_share().portfolio_id(PORTFOLIO).organization_node(data());
    let answer = delete.send().await.expect("it begins");
    end(&client, answer.portfolio_share_token().expect("a token")).await;
    client.delete_portfolio_share().portfolio_id(PORTFOLIO).account_id(PARTNER).send().await.expect("it is done");
    let world = sandbox.stop().await;
    let left = &world.region(HUB, "us-east-1").expect("a region").portfolios[PORTFOLIO].shares;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].to, ShareTarget::Account("999999999992".to_owned()));
}

#[tokio::test]
async fn what_is_under_way_outlives_the_process() {
    let first = sandbox(|world| world.pending.share = 3).await;
    let client = apply(&first, HUB).await.service_catalog();
    let request = client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    let token = request.send().await.expect("it begins").portfolio_share_token.expect("a token");
    let yaml = first.stop().await.to_yaml();
    let world = catalog_sync::sandbox::World::parse(&yaml, "world.yaml").expect("it can be read");
    let second = sandbox(|it| *it = world).await;
    let client = apply(&second, HUB).await.service_catalog();
    assert_eq!(end(&client, &token).await.0.len(), 3);
    assert!(!second.stop().await.to_yaml().contains("share_actions"), "what ended is not written");
}
