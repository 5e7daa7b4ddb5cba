//! Sharing: requests that Service Catalog refuses, and failures that it does not report.

use aws_sdk_servicecatalog::types::{
    AccessStatus, DescribePortfolioShareType, OrganizationNodeType, PortfolioShareType, ShareStatus,
};
use catalog_sync::sandbox::{Access, Account, Portfolio, Region, Share, ShareFailure, ShareTarget, World};

use super::service_catalog::{PORTFOLIO, PRODUCTION, end, node, shares, unit};
use super::{HUB, PARTNER, SHOP, apply, code, refusal, sandbox};

/// Gives the shop a portfolio of its own.
fn shop_with_portfolio(world: &mut World) {
    let portfolio = Portfolio { name: "Shop".to_owned(), ..Portfolio::default() };
    let mut account = Account::default();
    let mut region = Region::default();
    region.portfolios.insert("port-shop0000001".to_owned(), portfolio);
    account.regions.insert("us-east-1".to_owned(), region);
    world.accounts.insert(SHOP.to_owned(), account);
}

#[tokio::test]
async fn an_existing_share_is_left_as_it_is_without_a_word() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let again = client.create_portfolio_share().portfolio_id(PORTFOLIO).account_id(PARTNER).share_tag_options(true);
    again.send().await.expect("no error");
    let accounts = shares(&client, PORTFOLIO, DescribePortfolioShareType::Account).await;
    assert_eq!(accounts[0], (PARTNER.to_owned(), true, false, false));
}

#[tokio::test]
async fn there_is_one_share_action_at_a_time_per_account_and_region() {
    let sandbox = sandbox(|world| world.pending.share = 4).await;
    let hub = apply(&sandbox, HUB).await;
    let client = hub.service_catalog();
    let begin = client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    begin.send().await.expect("it begins");
    let other = || client.create_portfolio_share().portfolio_id("port-network000001").account_id(SHOP).send();
    let (code, message) = refusal(other().await);
    assert_eq!(code, "InvalidStateException");
    assert_eq!(message, "Cannot process more than one portfolio share action at the same time");
    let elsewhere = hub.service_catalog_in("eu-west-1");
    let elsewhere = elsewhere.create_portfolio_share().portfolio_id("port-financetools1").account_id(SHOP);
    elsewhere.send().await.expect("another region is free");
    assert_eq!(super::code(other().await), "InvalidStateException");
    assert_eq!(super::code(other().await), "InvalidStateException");
    other().await.expect("whoever tries again finds the way free in the end");
}

#[tokio::test]
async fn only_administrators_of_the_organization_share_with_its_nodes() {
    let sandbox = sandbox(shop_with_portfolio).await;
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let share = shop.create_portfolio_share().portfolio_id("port-shop0000001");
    let unsupported = "OperationNotSupportedException";
    assert_eq!(code(share.clone().organization_node(unit(PRODUCTION)).send().await), unsupported);
    assert_eq!(code(shop.get_aws_organizations_access_status().send().await), unsupported);
    assert_eq!(code(shop.describe_portfolio_share_status().portfolio_share_token("any").send().await), unsupported);
    share.account_id(HUB).send().await.expect("from account to account");
}

#[tokio::test]
async fn organizations_access_has_to_be_on() {
    let off = |world: &mut World| {
        let acme = world.organizations.get_mut("acme").expect("acme");
        acme.service_catalog_access = Access::Disabled;
    };
    let sandbox = sandbox(off).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let status = client.get_aws_organizations_access_status().send().await.expect("a status");
    assert_eq!(status.access_status(), Some(&AccessStatus::Disabled));
    let share = client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    assert_eq!(code(share.send().await), "OperationNotSupportedException");
}

#[tokio::test]
async fn targets_are_bare_single_and_known() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let share = || client.create_portfolio_share().portfolio_id(PORTFOLIO);
    let invalid = "InvalidParametersException";
    let arn = format!("arn:aws:organizations::111111111111:ou/o-acme000001/{PRODUCTION}");
    for odd in [
        unit(&arn),
        unit("ou-acme-none0001"),
        unit("ou-subs-engineer1"),
        node(OrganizationNodeType::Organization, "o-subs000001"),
        node(OrganizationNodeType::Organization, PRODUCTION),
        node(OrganizationNodeType::Account, PARTNER),
    ] {
        assert_eq!(code(share().organization_node(odd).send().await), invalid);
    }
    assert_eq!(code(share().send().await), invalid);
    assert_eq!(code(share().account_id(SHOP).organization_node(unit(PRODUCTION)).send().await), invalid);
    assert_eq!(code(share().account_id(HUB).send().await), invalid);
    assert_eq!(code(share().account_id("12345").send().await), "ValidationException");
    let missing = client.create_portfolio_share().portfolio_id("port-none").account_id(SHOP);
    assert_eq!(code(missing.send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn principals_go_to_organizations_and_units_only() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let share = || client.create_portfolio_share().portfolio_id(PORTFOLIO).share_principals(true);
    let invalid = "InvalidParametersException";
    assert_eq!(code(share().account_id(SHOP).send().await), invalid);
    let member = node(OrganizationNodeType::Account, SHOP);
    assert_eq!(code(share().organization_node(member).send().await), invalid);
    share().organization_node(unit(PRODUCTION)).send().await.expect("a unit");
}

#[tokio::test]
async fn a_share_that_is_not_there_is_not_changed_or_removed() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let update = client.update_portfolio_share().portfolio_id(PORTFOLIO).account_id(SHOP).share_tag_options(true);
    assert_eq!(code(update.send().await), "ResourceNotFoundException");
    let delete = client.delete_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    assert_eq!(code(delete.send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_share_may_miss_accounts() {
    let failure = ShareFailure {
        account: SHOP.to_owned(),
        error: "ThrottlingException".to_owned(),
        message: "Rate exceeded".to_owned(),
        times: Some(1),
        silent: false,
    };
    let sandbox = sandbox(|world| world.share_errors.push(failure)).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let share = || client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION)).send();
    let token = share().await.expect("it begins").portfolio_share_token.expect("a token");
    let (seen, reached, failed) = end(&client, &token).await;
    assert_eq!(seen.last(), Some(&ShareStatus::CompletedWithErrors));
    assert_eq!((reached.len(), failed), (2, vec![SHOP.to_owned()]));
    let access = client.list_portfolio_access().portfolio_id(PORTFOLIO).organization_parent_id(PRODUCTION);
    assert_eq!(access.clone().send().await.expect("accounts").account_ids().len(), 2);

    let token = share().await.expect("a share that exists").portfolio_share_token.expect("a token");
    end(&client, &token).await;
    assert_eq!(access.clone().send().await.expect("accounts").account_ids().len(), 2, "it is not mended so");
    let delete = client.delete_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    let token = delete.send().await.expect("it begins").portfolio_share_token.expect("a token");
    end(&client, &token).await;
    let token = share().await.expect("it begins").portfolio_share_token.expect("a token");
    assert_eq!(end(&client, &token).await.0.last(), Some(&ShareStatus::Completed));
    assert_eq!(access.send().await.expect("accounts").account_ids().len(), 3);
}

#[tokio::test]
async fn a_share_through_the_organization_is_not_accepted_like_one_to_the_account() {
    let sandbox = sandbox(|_| {}).await;
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let accept = || shop.accept_portfolio_share().portfolio_id("port-goldenimages1");
    assert_eq!(code(accept().send().await), "ResourceNotFoundException");
    accept().portfolio_share_type(PortfolioShareType::AwsOrganizations).send().await.expect("the right type");
}

#[tokio::test]
async fn a_deregistered_administrator_loses_what_it_shared() {
    let sandbox = sandbox(|_| {}).await;
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let through = || shop.list_accepted_portfolio_shares().portfolio_share_type(PortfolioShareType::AwsOrganizations);
    assert_eq!(through().send().await.expect("portfolios").portfolio_details().len(), 1);
    sandbox.change(|world| {
        let acme = world.organizations.get_mut("acme").expect("acme");
        acme.delegated_administrators.remove("servicecatalog.amazonaws.com");
    });
    assert!(through().send().await.expect("portfolios").portfolio_details().is_empty());
}

#[tokio::test]
async fn pages_have_their_limits() {
    let many = |world: &mut World| {
        let accounts = world.accounts.get_mut(HUB).expect("the hub");
        let region = accounts.regions.get_mut("us-east-1").expect("a region");
        let shares = &mut region.portfolios.get_mut(PORTFOLIO).expect("a portfolio").shares;
        *shares =
            (0..150).map(|n| Share::new(ShareTarget::Account(format!("{:012}", 800_000_000_000_u64 + n)))).collect();
    };
    let sandbox = sandbox(many).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let list =
        || client.describe_portfolio_shares().portfolio_id(PORTFOLIO).r#type(DescribePortfolioShareType::Account);
    assert_eq!(code(list().page_size(101).send().await), "ValidationException");
    assert_eq!(list().send().await.expect("a page").portfolio_share_details().len(), 20, "unless it is said");
    let first = list().page_size(100).send().await.expect("a page");
    assert_eq!(first.portfolio_share_details().len(), 100);
    let token = first.next_page_token().expect("a token");
    let second = list().page_size(100).page_token(token).send().await.expect("a page");
    assert_eq!((second.portfolio_share_details().len(), second.next_page_token()), (50, None));
    let other = client.describe_portfolio_shares().portfolio_id("port-network000001").page_token(token);
    let other = other.r#type(DescribePortfolioShareType::Account).send().await;
    assert_eq!(code(other), "InvalidParametersException", "a token belongs to its list");
}
