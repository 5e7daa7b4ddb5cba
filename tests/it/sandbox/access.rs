//! Which share gives an account a portfolio: own rows, inherited rows, and accounts that a share missed.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{
    DescribePortfolioShareType, OrganizationNodeType, PortfolioShareType, ShareStatus,
};
use catalog_sync::sandbox::{AcceptAgain, AccessBelow, InheritedRows, NothingReached, Share, ShareTarget, World};

use super::service_catalog::{PORTFOLIO, PRODUCTION, end, node, shares, unit};
use super::{HUB, SHOP, apply, code, refusal, sandbox};

const BILLING: &str = "333333333332";
const CLASSIC: &str = "333333333335";

/// Replaces the portfolio's shares.
fn share_with(world: &mut World, shares: Vec<Share>) {
    let account = world.accounts.get_mut(HUB).expect("the hub");
    let region = account.regions.get_mut("us-east-1").expect("a region");
    region.portfolios.get_mut(PORTFOLIO).expect("a portfolio").shares = shares;
}

fn workloads() -> Share {
    Share { tag_options: true, ..Share::new(ShareTarget::Ou("ou-acme-workload1".to_owned())) }
}

/// A share with the OU Production, below Workloads, that missed one account.
fn production() -> Share {
    let missing = std::iter::once(BILLING.to_owned()).collect();
    Share { missing, ..Share::new(ShareTarget::Ou(PRODUCTION.to_owned())) }
}

async fn below(client: &Client, parent: &str) -> Vec<String> {
    let request = client.list_portfolio_access().portfolio_id(PORTFOLIO).organization_parent_id(parent);
    request.send().await.expect("accounts").account_ids().to_vec()
}

async fn nodes(client: &Client, kind: OrganizationNodeType) -> Vec<String> {
    let request = client.list_organization_portfolio_access().portfolio_id(PORTFOLIO).organization_node_type(kind);
    let answer = request.page_size(20).send().await.expect("nodes");
    answer.organization_nodes().iter().filter_map(|it| it.value().map(str::to_owned)).collect()
}

#[tokio::test]
async fn accounts_are_listed_by_the_share_that_they_inherit_from() {
    let sandbox = sandbox(|world| share_with(world, vec![workloads(), production()])).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    assert_eq!(below(&client, PRODUCTION).await, [SHOP, CLASSIC], "the share with Production missed billing");
    let all = [SHOP, BILLING, CLASSIC, "333333333341", "333333333342"];
    assert_eq!(below(&client, "ou-acme-workload1").await, all);
    assert_eq!(below(&client, "ou-acme-stag0001").await, [""; 0], "it is not shared with");
    assert_eq!(below(&client, "r-acme").await, [""; 0]);
    sandbox.change(|world| world.unproven.access_below = AccessBelow::AnyShare);
    assert_eq!(below(&client, PRODUCTION).await, [SHOP, BILLING, CLASSIC]);
    assert_eq!(below(&client, "ou-acme-stag0001").await, ["333333333341", "333333333342"]);
    assert_eq!(below(&client, "r-acme").await, all);
}

#[tokio::test]
async fn whole_organization_is_asked_for_by_its_root_or_its_id() {
    let organization = Share::new(ShareTarget::Organization("o-acme000001".to_owned()));
    let sandbox = sandbox(|world| share_with(world, vec![organization])).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    assert_eq!(below(&client, "r-acme").await.len(), 11, "all but the owner");
    assert_eq!(below(&client, "o-acme000001").await.len(), 11);
}

#[tokio::test]
async fn nodes_are_listed_that_are_shared_with_themselves() {
    let member = Share::new(ShareTarget::Member(SHOP.to_owned()));
    let sandbox = sandbox(|world| {
        share_with(world, vec![workloads(), member]);
        world.unproven.inherited_rows = InheritedRows::MembersAndUnits;
    })
    .await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    assert_eq!(nodes(&client, OrganizationNodeType::OrganizationalUnit).await, ["ou-acme-workload1"]);
    assert_eq!(nodes(&client, OrganizationNodeType::Account).await, [SHOP]);
    assert_eq!(nodes(&client, OrganizationNodeType::Organization).await, [""; 0]);
    let list = || client.list_organization_portfolio_access().portfolio_id(PORTFOLIO);
    let unit = OrganizationNodeType::OrganizationalUnit;
    assert_eq!(code(list().organization_node_type(unit.clone()).page_size(21).send().await), "ValidationException");
    assert_eq!(code(list().organization_node_type("ROOT".into()).send().await), "ValidationException");
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let list = shop.list_organization_portfolio_access().portfolio_id(PORTFOLIO).organization_node_type(unit);
    assert_eq!(code(list.send().await), "OperationNotSupportedException");
}

#[tokio::test]
async fn rows_may_be_there_that_only_inherit() {
    let own = Share::new(ShareTarget::Member(SHOP.to_owned()));
    let sandbox = sandbox(|world| share_with(world, vec![workloads(), own])).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    for (rows, members, units) in [
        (InheritedRows::None, 1, 1),
        (InheritedRows::Members, 5, 1),
        (InheritedRows::Units, 1, 3),
        (InheritedRows::MembersAndUnits, 5, 3),
    ] {
        sandbox.change(|world| world.unproven.inherited_rows = rows);
        let listed = shares(&client, PORTFOLIO, DescribePortfolioShareType::OrganizationMemberAccount).await;
        assert_eq!(listed.len(), members, "{rows:?}");
        assert!(listed.contains(&(SHOP.to_owned(), true, false, false)), "its own row has its own flags");
        let billing = (BILLING.to_owned(), true, true, false);
        assert_eq!(listed.contains(&billing), members > 1, "an inherited row has those of the node");
        let listed = shares(&client, PORTFOLIO, DescribePortfolioShareType::OrganizationalUnit).await;
        assert_eq!(listed.len(), units, "{rows:?}");
        assert!(listed.iter().all(|row| row.2), "{listed:?}");
    }
}

#[tokio::test]
async fn missed_account_has_no_access_until_the_share_is_made_again() {
    let sandbox = sandbox(|world| {
        share_with(world, vec![production()]);
        world.pending.share = 0;
    })
    .await;
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let billing = apply(&sandbox, BILLING).await.service_catalog();
    let sees = || async {
        let list = billing.list_accepted_portfolio_shares().portfolio_share_type(PortfolioShareType::AwsOrganizations);
        let answer = list.send().await.expect("portfolios");
        answer.portfolio_details().iter().any(|it| it.id() == Some(PORTFOLIO))
    };
    assert!(!sees().await);
    let update = hub.update_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    update.share_tag_options(true).send().await.expect("it is changed");
    let create = || hub.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION)).send();
    create().await.expect("it exists");
    assert!(!sees().await, "neither an update nor another create mends it");
    let accept = billing.accept_portfolio_share().portfolio_id(PORTFOLIO);
    let accept = accept.portfolio_share_type(PortfolioShareType::AwsOrganizations).send().await;
    assert_eq!(code(accept), "ResourceNotFoundException");
    let delete = hub.delete_portfolio_share().portfolio_id(PORTFOLIO).organization_node(unit(PRODUCTION));
    delete.send().await.expect("it is gone");
    create().await.expect("it is made");
    assert!(sees().await);
    assert_eq!(below(&hub, PRODUCTION).await, [SHOP, BILLING, CLASSIC]);
}

#[tokio::test]
async fn node_shares_that_come_too_quickly_miss_accounts() {
    let sandbox = sandbox(|world| {
        share_with(world, vec![]);
        world.share_pause_ms = 3_600_000;
    })
    .await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let share = |kind: OrganizationNodeType, id: &str| {
        client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(node(kind, id)).send()
    };
    let token = share(OrganizationNodeType::Account, "444444444441").await.expect("it begins").portfolio_share_token;
    assert_eq!(end(&client, &token.expect("a token")).await.0.last(), Some(&ShareStatus::Completed));
    let token = share(OrganizationNodeType::OrganizationalUnit, PRODUCTION).await.expect("it begins");
    let (seen, reached, failed) = end(&client, token.portfolio_share_token().expect("a token")).await;
    assert_eq!(seen.last(), Some(&ShareStatus::CompletedWithErrors));
    assert_eq!((reached, failed), (vec![BILLING.to_owned()], vec![SHOP.to_owned(), CLASSIC.to_owned()]));
    assert_eq!(below(&client, PRODUCTION).await, [BILLING]);
    client
        .create_portfolio_share()
        .portfolio_id(PORTFOLIO)
        .account_id(SHOP)
        .send()
        .await
        .expect("from account to account");

    sandbox.change(|world| world.share_pause_ms = 0);
    let token = share(OrganizationNodeType::OrganizationalUnit, "ou-acme-data0001").await.expect("it begins");
    let (seen, ..) = end(&client, token.portfolio_share_token().expect("a token")).await;
    assert_eq!(seen.last(), Some(&ShareStatus::Completed));
}

#[tokio::test]
async fn share_that_reaches_no_account_may_end_in_an_error() {
    for (ends, status, rows) in [
        (NothingReached::CompletedWithErrors, ShareStatus::CompletedWithErrors, 1),
        (NothingReached::Error, ShareStatus::Error, 0),
    ] {
        let failures = format!("share_errors: [{{account: \"{SHOP}\"}}]");
        let sandbox = sandbox(|world| {
            share_with(world, vec![]);
            world.share_errors = World::parse(&failures, "world.yaml").expect("a world").share_errors;
            world.unproven.nothing_reached = ends;
        })
        .await;
        let client = apply(&sandbox, HUB).await.service_catalog();
        let member = node(OrganizationNodeType::Account, SHOP);
        let share = client.create_portfolio_share().portfolio_id(PORTFOLIO).organization_node(member).send().await;
        let (seen, reached, failed) =
            end(&client, share.expect("it begins").portfolio_share_token().expect("it")).await;
        assert_eq!((seen.last(), reached, failed), (Some(&status), Vec::new(), vec![SHOP.to_owned()]));
        let listed = shares(&client, PORTFOLIO, DescribePortfolioShareType::OrganizationMemberAccount).await;
        assert_eq!(listed.len(), rows);
    }
}

#[tokio::test]
async fn accepting_twice_may_be_an_error() {
    let sandbox = sandbox(|world| {
        share_with(world, vec![Share::new(ShareTarget::Account(SHOP.to_owned()))]);
        world.unproven.accept_again = AcceptAgain::Refused;
    })
    .await;
    let shop = apply(&sandbox, SHOP).await.service_catalog();
    let accept = || shop.accept_portfolio_share().portfolio_id(PORTFOLIO).send();
    accept().await.expect("the first time");
    let (code, message) = refusal(accept().await);
    assert_eq!((code.as_str(), message.contains(PORTFOLIO)), ("InvalidParametersException", true));
}

#[tokio::test]
async fn portfolio_ids_need_not_begin_like_others() {
    let yaml =
        format!("accounts: {{\"{HUB}\": {{regions: {{us-east-1: {{portfolios: {{\"1a_2B-c\": {{name: Odd}}}}}}}}}}}}");
    let odd = World::parse(&yaml, "world.yaml").expect("such a world could be").accounts.remove(HUB).expect("the hub");
    let sandbox = sandbox(|world| drop(world.accounts.insert(HUB.to_owned(), odd))).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let listed = client.list_portfolios().send().await.expect("portfolios");
    assert_eq!(listed.portfolio_details()[0].id(), Some("1a_2B-c"));
    client.create_portfolio_share().portfolio_id("1a_2B-c").account_id(SHOP).send().await.expect("it is shared");
}
