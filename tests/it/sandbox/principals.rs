//! Shares that are rejected and accepted again, and the principals of a portfolio in an account that receives it.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{PortfolioShareType, PrincipalType};
use catalog_sync::sandbox::{
    Import, ImportPatterns, ImportPrincipals, MissingPrincipal, Principal, RejectedShare, Role, Sandbox, Share,
    ShareTarget, SharedPatterns, World,
};

use super::service_catalog::PORTFOLIO;
use super::{HUB, SHOP, apply, code, refusal, sandbox};

/// A portfolio that the built-in world shares with the whole organization.
const GOLDEN: &str = "port-goldenimages1";
const ENGINEER: &str = "arn:aws:iam::333333333331:role/DataEngineer";
const PATTERN: &str = "arn:aws:iam:::role/*-DataEngineer";
const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID: &str = "InvalidParametersException";

/// Gives the shop these roles beside the tool's own.
fn roles(world: &mut World, names: &[&str]) {
    let shop = world.accounts.entry(SHOP.to_owned()).or_default();
    shop.roles = names.iter().chain(&["catalog-sync-*"]).map(|it| ((*it).to_owned(), Role::default())).collect();
}

/// Sets the shares and principals of the hub's portfolio.
fn golden(world: &mut World, shares: Vec<Share>, principals: &[&str]) {
    let region = world.accounts.get_mut(HUB).and_then(|it| it.regions.get_mut("us-east-1")).expect("the hub");
    let portfolio = region.portfolios.get_mut(GOLDEN).expect("a portfolio");
    portfolio.shares = shares;
    portfolio.principals = principals.iter().copied().map(Principal::new).collect();
}

fn organization(principals: bool) -> Vec<Share> {
    vec![Share { principals, ..Share::new(ShareTarget::Organization("o-acme000001".to_owned())) }]
}

async fn shop(change: impl FnOnce(&mut World)) -> (Sandbox, Client) {
    let sandbox = sandbox(|world| {
        roles(world, &["DataEngineer", "team/Analyst"]);
        change(world);
    })
    .await;
    let client = apply(&sandbox, SHOP).await.service_catalog();
    (sandbox, client)
}

async fn listed(client: &Client, portfolio: &str) -> Vec<(String, String)> {
    let answer = client.list_principals_for_portfolio().portfolio_id(portfolio).page_size(20).send().await;
    let row = |it: &aws_sdk_servicecatalog::types::Principal| {
        let kind = it.principal_type().expect("a type").as_str().to_owned();
        (it.principal_arn().expect("an ARN").to_owned(), kind)
    };
    answer.expect("principals").principals().iter().map(row).collect()
}

/// The principals once no change is pending.
async fn settled(client: &Client, portfolio: &str) -> Vec<String> {
    listed(client, portfolio).await;
    listed(client, portfolio).await.into_iter().map(|(arn, _)| arn).collect()
}

macro_rules! associate {
    ($client:expr, $arn:expr, $kind:ident) => {
        $client
            .associate_principal_with_portfolio()
            .portfolio_id(GOLDEN)
            .principal_arn($arn)
            .principal_type(PrincipalType::$kind)
            .send()
            .await
    };
}

macro_rules! disassociate {
    ($client:expr, $arn:expr, $kind:ident) => {
        $client
            .disassociate_principal_from_portfolio()
            .portfolio_id(GOLDEN)
            .principal_arn($arn)
            .principal_type(PrincipalType::$kind)
            .send()
            .await
    };
}

async fn through(client: &Client) -> usize {
    let list = client.list_accepted_portfolio_shares().portfolio_share_type(PortfolioShareType::AwsOrganizations);
    list.send().await.expect("portfolios").portfolio_details().len()
}

#[tokio::test]
async fn rejected_share_of_the_organization_is_in_no_list_and_can_be_accepted() {
    let (sandbox, client) = shop(|_| {}).await;
    let reject = || client.reject_portfolio_share().portfolio_id(GOLDEN);
    assert_eq!(code(reject().send().await), NOT_FOUND, "the other type is the usual one");
    reject().portfolio_share_type(PortfolioShareType::AwsOrganizations).send().await.expect("it is rejected");
    assert_eq!(through(&client).await, 0);
    assert_eq!(code(client.describe_portfolio().id(GOLDEN).send().await), NOT_FOUND);
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let rows = hub.describe_portfolio_shares().portfolio_id(GOLDEN).r#type("ORGANIZATION".into()).send().await;
    assert!(rows.expect("shares").portfolio_share_details()[0].accepted(), "the hub can't see it");

    let accept =
        || client.accept_portfolio_share().portfolio_id(GOLDEN).portfolio_share_type("AWS_ORGANIZATIONS".into());
    sandbox.change(|world| world.unproven.rejected_share = RejectedShare::Gone);
    assert_eq!(code(accept().send().await), NOT_FOUND);
    sandbox.change(|world| world.unproven.rejected_share = RejectedShare::ComesBack);
    accept().send().await.expect("it comes back");
    assert_eq!(through(&client).await, 1);
}

#[tokio::test]
async fn rejected_share_to_the_account_waits_to_be_accepted_again() {
    let accepted = Share { accepted: true, ..Share::new(ShareTarget::Account(SHOP.to_owned())) };
    let (sandbox, client) = shop(|world| golden(world, vec![accepted], &[])).await;
    client.reject_portfolio_share().portfolio_id(GOLDEN).send().await.expect("it is rejected");
    let list = || client.list_accepted_portfolio_shares().send();
    assert!(list().await.expect("portfolios").portfolio_details().is_empty());
    let hub = apply(&sandbox, HUB).await.service_catalog();
    let rows = hub.describe_portfolio_shares().portfolio_id(GOLDEN).r#type("ACCOUNT".into()).send().await;
    assert!(!rows.expect("shares").portfolio_share_details()[0].accepted(), "the hub sees it");
    client.accept_portfolio_share().portfolio_id(GOLDEN).send().await.expect("it is accepted");
    assert_eq!(list().await.expect("portfolios").portfolio_details().len(), 1);
}

#[tokio::test]
async fn principals_appear_and_vanish_late() {
    let (sandbox, client) = shop(|_| {}).await;
    associate!(client, ENGINEER, Iam).expect("a role of the account");
    assert_eq!(listed(&client, GOLDEN).await, [], "it can't be seen yet");
    assert_eq!(listed(&client, GOLDEN).await, [(ENGINEER.to_owned(), "IAM".to_owned())]);
    associate!(client, ENGINEER, Iam).expect("once more is no error");
    associate!(client, "arn:aws:iam::333333333331:role/team/Analyst", Iam).expect("a role with a path");
    assert_eq!(settled(&client, GOLDEN).await.len(), 2);
    disassociate!(client, ENGINEER, Iam).expect("it goes");
    assert_eq!(listed(&client, GOLDEN).await.len(), 2, "it can be seen still");
    assert_eq!(listed(&client, GOLDEN).await.len(), 1);
    let world = sandbox.stop().await;
    let import = &world.region(SHOP, "us-east-1").expect("a region").imports[GOLDEN];
    let left = Principal::new("arn:aws:iam::333333333331:role/team/Analyst");
    assert_eq!(*import, Import { principals: vec![left], ..Import::default() });
    assert_eq!(World::parse(&world.to_yaml(), "again").expect("it can be read"), world);
}

#[tokio::test]
async fn principals_must_be_of_the_account_and_patterns_of_none() {
    let (sandbox, client) = shop(|world| {
        world.accounts.entry(SHOP.to_owned()).or_default().users = vec!["alice".to_owned()];
    })
    .await;
    let missing = "arn:aws:iam::333333333331:role/Nobody";
    assert_eq!(code(associate!(client, missing, Iam)), INVALID);
    sandbox.change(|world| world.unproven.missing_principal = MissingPrincipal::NotFound);
    assert_eq!(code(associate!(client, missing, Iam)), NOT_FOUND);
    associate!(client, "arn:aws:iam::333333333331:user/alice", Iam).expect("a user");
    assert_eq!(code(associate!(client, "arn:aws:iam::333333333331:user/bob", Iam)), NOT_FOUND);
    associate!(client, "arn:aws:iam::333333333331:group/any", Iam).expect("no group is listed, so each exists");
    let (told, message) = refusal(associate!(client, "arn:aws:iam:::role/DataEngineer", Iam));
    assert!(told == NOT_FOUND && message.contains("does not match input account id"), "{message}");
    assert_eq!(code(associate!(client, "arn:aws:iam::333333333332:role/DataEngineer", Iam)), NOT_FOUND);
    for wrong in ["DataEngineer", "AROAAAAAAAAAAAAAAAAAA", "arn:aws:iam::333333333331:root"] {
        assert_eq!(code(associate!(client, wrong, Iam)), INVALID, "{wrong}");
    }
    for wrong in [ENGINEER, "arn:aws:iam:::*", "arn:aws:iam:::ro*/x", "arn:aws:iam:::role/", "role/x*"] {
        assert_eq!(code(associate!(client, wrong, IamPattern)), INVALID, "{wrong}");
    }
    associate!(client, PATTERN, IamPattern).expect("a pattern");
    let none = client.associate_principal_with_portfolio().portfolio_id("port-none").principal_arn(ENGINEER);
    assert_eq!(code(none.principal_type(PrincipalType::Iam).send().await), NOT_FOUND);
}

#[tokio::test]
async fn removal_repeats_type_and_stored_value() {
    let (_sandbox, client) = shop(|_| {}).await;
    associate!(client, PATTERN, IamPattern).expect("a pattern");
    assert_eq!(code(disassociate!(client, PATTERN, Iam)), NOT_FOUND);
    let untyped = client.disassociate_principal_from_portfolio().portfolio_id(GOLDEN).principal_arn(PATTERN);
    assert_eq!(code(untyped.send().await), NOT_FOUND);
    assert_eq!(code(disassociate!(client, "arn:aws:iam:::role/DataEngineer", IamPattern)), NOT_FOUND);
    disassociate!(client, PATTERN, IamPattern).expect("it goes");
    assert_eq!(code(disassociate!(client, PATTERN, IamPattern)), NOT_FOUND);
}

#[tokio::test]
async fn ten_patterns_are_the_most() {
    let shared: Vec<String> = (0..4).map(|n| format!("arn:aws:iam:::role/hub-{n}*")).collect();
    let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
    let (sandbox, client) = shop(|world| golden(world, organization(true), &shared)).await;
    for n in 0..6 {
        associate!(client, format!("arn:aws:iam:::role/shop-{n}*"), IamPattern).expect("a pattern");
    }
    associate!(client, "arn:aws:iam:::role/shop-0*", IamPattern).expect("no new one");
    let one_more = "arn:aws:iam:::role/shop-6*";
    assert_eq!(code(associate!(client, one_more, IamPattern)), "LimitExceededException", "those of the hub count");
    associate!(client, ENGINEER, Iam).expect("no pattern");
    sandbox.change(|world| world.unproven.shared_patterns = SharedPatterns::DontCount);
    associate!(client, one_more, IamPattern).expect("those of the hub don't count");
    sandbox.change(|world| world.unproven.import_patterns = ImportPatterns::Refused);
    assert_eq!(code(associate!(client, "arn:aws:iam:::role/x*", IamPattern)), INVALID);
}

#[tokio::test]
async fn shared_patterns_are_shown_and_are_not_the_recipients() {
    let hubs = ["arn:aws:iam:::role/Hub*", "arn:aws:iam::111111111112:role/admin"];
    let (sandbox, client) = shop(|world| golden(world, organization(false), &hubs)).await;
    assert_eq!(listed(&client, GOLDEN).await, [], "the share is without principals");
    sandbox.change(|world| golden(world, organization(true), &hubs));
    let rows = [("arn:aws:iam:::role/Hub*".to_owned(), "IAM_PATTERN".to_owned())];
    assert_eq!(listed(&client, GOLDEN).await, rows, "names go with it, and no ARN of the hub");
    assert_eq!(code(disassociate!(client, "arn:aws:iam:::role/Hub*", IamPattern)), NOT_FOUND);
    associate!(client, "arn:aws:iam:::role/Hub*", IamPattern).expect("its own beside it");
    assert_eq!(settled(&client, GOLDEN).await, ["arn:aws:iam:::role/Hub*"], "and it is listed once");
}

#[tokio::test]
async fn deleted_role_leaves_a_ghost_beside_the_one_that_is_made_anew() {
    let (sandbox, client) = shop(|_| {}).await;
    associate!(client, ENGINEER, Iam).expect("a role of the account");
    settled(&client, GOLDEN).await;
    sandbox.change(|world| roles(world, &[]));
    let [ghost] = <[String; 1]>::try_from(settled(&client, GOLDEN).await).expect("one");
    assert!(ghost.starts_with("AROA") && ghost.len() == 21, "{ghost}");
    sandbox.change(|world| {
        roles(world, &["DataEngineer"]);
        let shop = world.accounts.get_mut(SHOP).expect("the shop");
        shop.roles.get_mut("DataEngineer").expect("the role").fresh = 4;
    });
    assert_eq!(settled(&client, GOLDEN).await, std::slice::from_ref(&ghost), "the new role is not the old one");
    associate!(client, ENGINEER, Iam).expect("the new role");
    listed(&client, GOLDEN).await;
    assert_eq!(settled(&client, GOLDEN).await, [ghost.clone(), ENGINEER.to_owned()]);
    disassociate!(client, &ghost, Iam).expect("the ghost goes by its id");
    assert_eq!(settled(&client, GOLDEN).await, [ENGINEER]);
}

#[tokio::test]
async fn fresh_role_is_listed_by_its_id_and_removed_by_it() {
    let (sandbox, client) = shop(|world| {
        world.pending.principal = 0;
        let shop = world.accounts.get_mut(SHOP).expect("the shop");
        shop.roles.get_mut("DataEngineer").expect("the role").fresh = 3;
    })
    .await;
    associate!(client, ENGINEER, Iam).expect("a role of the account");
    let [id] = <[_; 1]>::try_from(listed(&client, GOLDEN).await).expect("one");
    assert!(id.0.starts_with("AROA"), "{id:?}");
    assert_eq!(listed(&client, GOLDEN).await[0].0, ENGINEER, "IAM knows it by now");
    disassociate!(client, &id.0, Iam).expect("the id is the role's");
    assert_eq!(listed(&client, GOLDEN).await, []);
    drop(sandbox);
}

#[tokio::test]
async fn principals_of_an_import_go_with_its_share_or_wait_for_it() {
    for (kept, left) in [(ImportPrincipals::Dropped, 0), (ImportPrincipals::Kept, 1)] {
        let (sandbox, client) = shop(|world| world.unproven.import_principals = kept).await;
        associate!(client, ENGINEER, Iam).expect("a role of the account");
        sandbox.change(|world| golden(world, Vec::new(), &[]));
        let list = client.list_principals_for_portfolio().portfolio_id(GOLDEN);
        assert_eq!(code(list.send().await), NOT_FOUND);
        sandbox.change(|world| golden(world, organization(false), &[]));
        assert_eq!(settled(&client, GOLDEN).await.len(), left, "{kept:?}");
    }
}

#[tokio::test]
async fn principals_have_pages_of_twenty_and_an_end() {
    let own = |world: &mut World| {
        let hub = world.accounts.entry(HUB.to_owned()).or_default();
        let region = hub.regions.get_mut("us-east-1").expect("a region");
        let arns = (0..100).map(|n| Principal::new(format!("arn:aws:iam::111111111112:role/r{n}")));
        region.portfolios.get_mut(PORTFOLIO).expect("a portfolio").principals = arns.collect();
    };
    let sandbox = sandbox(own).await;
    let client = apply(&sandbox, HUB).await.service_catalog();
    let list = || client.list_principals_for_portfolio().portfolio_id(PORTFOLIO);
    assert_eq!(code(list().page_size(21).send().await), "ValidationException");
    let first = list().page_size(20).send().await.expect("a page");
    assert!(first.principals().len() == 20 && first.next_page_token().is_some());
    let one_more = client.associate_principal_with_portfolio().portfolio_id(PORTFOLIO);
    let one_more = one_more.principal_arn("arn:aws:iam::111111111112:role/more").principal_type(PrincipalType::Iam);
    assert_eq!(code(one_more.send().await), "LimitExceededException");
}
