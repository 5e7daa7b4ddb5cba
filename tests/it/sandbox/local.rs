//! Local portfolios that an account makes.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{PrincipalType, Tag};
use catalog_sync::sandbox::{Drop, Fault, Role, Sandbox, TagOptions, World};

use super::{SHOP, apply, code, role, sandbox};

const NOT_FOUND: &str = "ResourceNotFoundException";

pub(super) fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("a tag")
}

pub(super) async fn shop(change: impl FnOnce(&mut World)) -> (Sandbox, Client) {
    let sandbox = sandbox(change).await;
    let client = apply(&sandbox, SHOP).await.service_catalog();
    (sandbox, client)
}

/// Makes a portfolio and returns its id.
pub(super) async fn make(client: &Client, name: &str, token: &str) -> String {
    let request = client.create_portfolio().display_name(name).provider_name("Acme").idempotency_token(token);
    let answer = request.tags(tag("catalog-sync", "data-platform")).send().await.expect("it is made");
    answer.portfolio_detail().and_then(|it| it.id()).expect("an id").to_owned()
}

async fn tags(client: &Client, id: &str) -> Vec<(String, String)> {
    let answer = client.describe_portfolio().id(id).send().await.expect("a portfolio");
    answer.tags().iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[tokio::test]
async fn local_portfolio_is_made_tagged_changed_and_deleted() {
    let (sandbox, client) = shop(|_| {}).await;
    let id = make(&client, "Data Platform", "one").await;
    let list = client.list_portfolios().send().await.expect("portfolios");
    assert_eq!(list.portfolio_details()[0].id(), Some(id.as_str()));
    assert_eq!(tags(&client, &id).await, [pair("catalog-sync", "data-platform")]);
    let update = client.update_portfolio().id(&id).display_name("Data").add_tags(tag("team", "Daten ü+1"));
    let answer = update.remove_tags("catalog-sync").remove_tags("absent").send().await.expect("it is changed");
    assert_eq!(answer.portfolio_detail().and_then(|it| it.display_name()), Some("Data"));
    assert_eq!(answer.portfolio_detail().and_then(|it| it.provider_name()), Some("Acme"), "what is not given stays");
    assert_eq!(tags(&client, &id).await, [pair("team", "Daten ü+1")]);
    let again = World::parse(&sandbox.world().to_yaml(), "again").expect("it can be read");
    assert_eq!(again, sandbox.world());
    client.delete_portfolio().id(&id).send().await.expect("it is deleted");
    assert_eq!(code(client.describe_portfolio().id(&id).send().await), NOT_FOUND);
    assert_eq!(code(client.delete_portfolio().id(&id).send().await), NOT_FOUND);
}

#[tokio::test]
async fn token_answers_with_what_it_made_even_when_that_is_deleted() {
    let (sandbox, client) = shop(|_| {}).await;
    let id = make(&client, "Data", "one").await;
    assert_eq!(make(&client, "Data", "one").await, id, "tried again");
    client.delete_portfolio().id(&id).send().await.expect("it is deleted");
    assert_eq!(make(&client, "Data", "one").await, id, "and it is not there");
    assert!(client.list_portfolios().send().await.expect("portfolios").portfolio_details().is_empty());
    let other = client.create_portfolio().display_name("Other").provider_name("Acme").idempotency_token("one");
    assert_eq!(code(other.send().await), "InvalidParametersException");
    assert_ne!(make(&client, "Data", "two").await, id);
    sandbox.change(|world| world.unproven.tokens_kept = Some(1));
    let third = make(&client, "Data", "three").await;
    assert_ne!(make(&client, "Data", "two").await, third);
    assert_ne!(make(&client, "Data", "three").await, third, "it is forgotten by now");
}

#[tokio::test]
async fn answer_that_was_lost_is_given_again() {
    let lost = Fault { operation: Some("CreatePortfolio".to_owned()), times: Some(1), ..Fault::default() };
    let lost = Fault { drop: Some(Drop::After), ..lost };
    let (_sandbox, client) = shop(|world| world.faults.push(lost)).await;
    let create = client.create_portfolio().display_name("Data").provider_name("Acme").idempotency_token("one");
    create.clone().send().await.expect_err("nobody answers");
    let answer = create.send().await.expect("it was made");
    let list = client.list_portfolios().send().await.expect("portfolios");
    assert_eq!(list.portfolio_details(), [answer.portfolio_detail().expect("it").clone()]);
}

#[tokio::test]
async fn lengths_patterns_and_numbers_have_their_limits() {
    let (_sandbox, client) = shop(|_| {}).await;
    let create = |name: &str, provider: &str| client.create_portfolio().display_name(name).provider_name(provider);
    let invalid = "ValidationException";
    assert_eq!(code(create(&"n".repeat(101), "p").send().await), invalid);
    assert_eq!(code(create("", "p").send().await), invalid);
    assert_eq!(code(create("n", &"p".repeat(51)).send().await), invalid);
    assert_eq!(code(create("n", "p").description("d".repeat(2001)).send().await), invalid);
    assert_eq!(code(create("n", "p").idempotency_token("-").send().await), invalid);
    assert_eq!(code(create("n", "p").tags(tag("k", "")).send().await), invalid);
    assert_eq!(code(create("n", "p").tags(tag("k", "a;b")).send().await), invalid);
    let twice = create("n", "p").tags(tag("k", "1")).tags(tag("k", "2"));
    assert_eq!(code(twice.send().await), "InvalidParametersException");
    assert_eq!(code(create("n", "p").tags(tag("aws:x", "1")).send().await), "InvalidParametersException");
    let many = (0..21).map(|n| tag(&format!("k{n}"), "v")).collect();
    assert_eq!(code(create("n", "p").set_tags(Some(many)).send().await), invalid);
    for _ in 0..100 {
        create(&"ü".repeat(100), "p").send().await.expect("names need not be unique");
    }
    assert_eq!(code(create("n", "p").send().await), "LimitExceededException");
}

#[tokio::test]
async fn only_an_empty_portfolio_is_deleted() {
    let (sandbox, client) = shop(|_| {}).await;
    let id = make(&client, "Data", "one").await;
    let delete = || client.delete_portfolio().id(&id).send();
    let role = "arn:aws:iam::333333333331:role/DataEngineer";
    let principal = client.associate_principal_with_portfolio().portfolio_id(&id).principal_arn(role);
    principal.principal_type(PrincipalType::Iam).send().await.expect("a principal");
    assert_eq!(code(delete().await), "ResourceInUseException");
    let principal = client.disassociate_principal_from_portfolio().portfolio_id(&id).principal_arn(role);
    principal.principal_type(PrincipalType::Iam).send().await.expect("it goes");
    assert_eq!(code(delete().await), "ResourceInUseException", "it can be seen still");
    client.create_portfolio_share().portfolio_id(&id).account_id("333333333332").send().await.expect("a share");
    assert_eq!(code(delete().await), "ResourceInUseException");
    client.delete_portfolio_share().portfolio_id(&id).account_id("333333333332").send().await.expect("it goes");
    sandbox.change(|world| {
        let region = world.accounts.get_mut(SHOP).and_then(|it| it.regions.get_mut("us-east-1")).expect("a region");
        region.portfolios.get_mut(&id).expect("it").tag_options = vec!["team=data".to_owned()];
    });
    let described = client.describe_portfolio().id(&id).send().await.expect("a portfolio");
    assert_eq!(described.tag_options()[0].value(), Some("data"));
    assert_eq!(code(delete().await), "ResourceInUseException");
    sandbox.change(|world| world.unproven.tag_options = TagOptions::Go);
    delete().await.expect("it is empty");
}

#[tokio::test]
async fn imported_portfolio_is_not_the_recipients_to_change() {
    let (_sandbox, client) = shop(|_| {}).await;
    let id = "port-goldenimages1";
    client.describe_portfolio().id(id).send().await.expect("it is imported");
    assert_eq!(code(client.update_portfolio().id(id).display_name("Mine").send().await), NOT_FOUND);
    assert_eq!(code(client.delete_portfolio().id(id).send().await), NOT_FOUND);
    let share = client.create_portfolio_share().portfolio_id(id).account_id("333333333332");
    assert_eq!(code(share.send().await), NOT_FOUND);
}

#[tokio::test]
async fn role_does_only_what_it_is_allowed() {
    let (sandbox, client) = shop(|_| {}).await;
    let narrow = |allow: &[&str]| {
        let allow = allow.iter().map(|it| (*it).to_owned()).collect();
        sandbox.change(|world| {
            let roles = &mut world.accounts.entry(SHOP.to_owned()).or_default().roles;
            roles.insert("catalog-sync-apply".to_owned(), Role { allow, ..Role::default() });
            roles.insert("catalog-sync-plan".to_owned(), Role::default());
        });
    };
    let denied = "AccessDeniedException";
    let create = || client.create_portfolio().display_name("Data").provider_name("Acme").send();
    narrow(&["servicecatalog:CreatePortfolio", "servicecatalog:ListPortfolios"]);
    assert_eq!(code(create().await), denied, "tagging is an action of its own");
    narrow(&["servicecatalog:CreatePortfolio", "servicecatalog:TagResource"]);
    create().await.expect("it may");
    assert_eq!(code(client.list_portfolios().send().await), denied);
    narrow(&["servicecatalog:*"]);
    let constraint = client.create_constraint().portfolio_id("port-x").product_id("prod-x").r#type("LAUNCH");
    let constraint = || constraint.clone().parameters("{}").send();
    assert_eq!(code(constraint().await), denied, "it hands a role on");
    narrow(&["servicecatalog:*", "iam:PassRole"]);
    assert_ne!(code(constraint().await), denied);
    let plan = role(&sandbox, SHOP, "catalog-sync-plan").await.service_catalog();
    plan.list_portfolios().send().await.expect("it reads");
    let reject = plan.reject_portfolio_share().portfolio_id("port-goldenimages1");
    assert_eq!(code(reject.send().await), denied);
}
