//! Launch constraints: their owners, their required form, and their delay.

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::Status;
use catalog_sync::sandbox::{InheritedConstraints, MissingRole, ProductFailure, Sandbox, World};

use super::catalog_products::{WAREHOUSE, products, shared};
use super::local::make;
use super::service_catalog::PORTFOLIO;
use super::{HUB, SHOP, apply, code, sandbox};

const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID: &str = "InvalidParametersException";
const LOCAL: &str = r#"{"LocalRoleName":"SCLaunchRole"}"#;
const BY_ARN: &str = r#"{"RoleArn":"arn:aws:iam::333333333331:role/DataEngineer"}"#;

/// A local portfolio with one product of the hub, which is listed already.
async fn local(change: impl FnOnce(&mut World)) -> (Sandbox, Client, String) {
    let sandbox = sandbox(|world| {
        shared(world);
        change(world);
    })
    .await;
    let client = apply(&sandbox, SHOP).await.service_catalog();
    let mine = make(&client, "Mine", "one").await;
    let put = client.associate_product_with_portfolio().portfolio_id(&mine).product_id(WAREHOUSE);
    put.source_portfolio_id(PORTFOLIO).send().await.expect("it is put there");
    products(&client, &mine).await;
    products(&client, &mine).await;
    (sandbox, client, mine)
}

macro_rules! create {
    ($client:expr, $portfolio:expr, $parameters:expr) => {
        $client
            .create_constraint()
            .portfolio_id($portfolio)
            .product_id(WAREHOUSE)
            .r#type("LAUNCH")
            .parameters($parameters)
            .send()
            .await
    };
}

async fn described(client: &Client, id: &str) -> (Status, String) {
    let answer = client.describe_constraint().id(id).send().await.expect("a constraint");
    (answer.status().expect("a status").clone(), answer.constraint_parameters().expect("parameters").to_owned())
}

/// The portfolio and the owner of each constraint of a portfolio.
async fn listed(client: &Client, portfolio: &str) -> Vec<(String, String)> {
    let answer = client.list_constraints_for_portfolio().portfolio_id(portfolio).page_size(20).send().await;
    let answer = answer.expect("constraints");
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    answer.constraint_details().iter().map(|it| (text(it.portfolio_id()), text(it.owner()))).collect()
}

#[tokio::test]
async fn constraint_is_made_changed_in_place_and_deleted() {
    let (_sandbox, client, mine) = local(|_| {}).await;
    let made = create!(client, &mine, LOCAL).expect("it begins");
    assert_eq!(made.status(), Some(&Status::Creating));
    let id = made.constraint_detail().and_then(|it| it.constraint_id()).expect("an id").to_owned();
    assert_eq!(described(&client, &id).await.0, Status::Creating);
    assert_eq!(described(&client, &id).await, (Status::Available, LOCAL.to_owned()));
    assert_eq!(listed(&client, &mine).await, [(mine.clone(), SHOP.to_owned())]);
    let update = client.update_constraint().id(&id).parameters(BY_ARN).send().await.expect("it begins");
    assert_eq!(update.status(), Some(&Status::Creating));
    assert_eq!(described(&client, &id).await, (Status::Creating, LOCAL.to_owned()), "not in effect yet");
    assert_eq!(described(&client, &id).await, (Status::Available, BY_ARN.to_owned()));
    client.delete_constraint().id(&id).send().await.expect("it goes");
    assert_eq!(code(create!(client, &mine, LOCAL)), "DuplicateResourceException", "it is not gone yet");
    assert_eq!(listed(&client, &mine).await, []);
    assert_eq!(code(client.describe_constraint().id(&id).send().await), NOT_FOUND);
    create!(client, &mine, LOCAL).expect("there is none any more");
}

#[tokio::test]
async fn product_must_be_seen_before_it_is_constrained_and_freed_before_it_goes() {
    let sandbox = sandbox(shared).await;
    let client = apply(&sandbox, SHOP).await.service_catalog();
    let mine = make(&client, "Mine", "one").await;
    assert_eq!(code(create!(client, &mine, LOCAL)), NOT_FOUND);
    let put = client.associate_product_with_portfolio().portfolio_id(&mine).product_id(WAREHOUSE);
    put.source_portfolio_id(PORTFOLIO).send().await.expect("it is put there");
    assert_eq!(code(create!(client, &mine, LOCAL)), NOT_FOUND, "too soon");
    let made = create!(client, &mine, LOCAL).expect("by now");
    let take = || client.disassociate_product_from_portfolio().portfolio_id(&mine).product_id(WAREHOUSE).send();
    assert_eq!(code(take().await), "ResourceInUseException");
    let id = made.constraint_detail().and_then(|it| it.constraint_id()).expect("an id");
    client.delete_constraint().id(id).send().await.expect("it goes");
    assert_eq!(code(take().await), "ResourceInUseException", "it is seen still");
    take().await.expect("it is free");
}

#[tokio::test]
async fn parameters_name_exactly_one_role_of_the_account() {
    let (sandbox, client, mine) = local(|_| {}).await;
    let both = r#"{"RoleArn":"arn:aws:iam::333333333331:role/DataEngineer","LocalRoleName":"SCLaunchRole"}"#;
    let path = r#"{"LocalRoleName":"team/SCLaunchRole"}"#;
    let wrong = ["x", "[]", "{}", both, path, r#"{"RoleArn":"SCLaunchRole"}"#, r#"{"LocalRoleName":1}"#];
    for parameters in wrong {
        assert_eq!(code(create!(client, &mine, parameters)), INVALID, "{parameters}");
    }
    let odd = client.create_constraint().portfolio_id(&mine).product_id(WAREHOUSE).r#type("LUNCH").parameters("{}");
    assert_eq!(code(odd.send().await), INVALID);
    let missing = r#"{"LocalRoleName":"Nobody"}"#;
    assert_eq!(code(create!(client, &mine, missing)), INVALID);
    sandbox.change(|world| world.unproven.missing_role = MissingRole::Fails);
    let made = create!(client, &mine, missing).expect("it begins");
    let id = made.constraint_detail().and_then(|it| it.constraint_id()).expect("an id");
    described(&client, id).await;
    assert_eq!(described(&client, id).await.0, Status::Failed);
    client.update_constraint().id(id).parameters(LOCAL).send().await.expect("it is mended");
    described(&client, id).await;
    assert_eq!(described(&client, id).await, (Status::Available, LOCAL.to_owned()));
}

#[tokio::test]
async fn product_has_one_launch_constraint_and_no_stack_set_beside_it() {
    let (_sandbox, client, mine) = local(|_| {}).await;
    let create = |token: &str| {
        let request = client.create_constraint().portfolio_id(&mine).product_id(WAREHOUSE).r#type("LAUNCH");
        request.parameters(LOCAL).idempotency_token(token).send()
    };
    let first = create("one").await.expect("it begins");
    let again = create("one").await.expect("tried again");
    assert_eq!(first.constraint_detail(), again.constraint_detail());
    assert_eq!(code(create("two").await), "DuplicateResourceException");
    let stack_set = client.create_constraint().portfolio_id(&mine).product_id(WAREHOUSE).r#type("STACKSET");
    assert_eq!(code(stack_set.parameters("{}").send().await), INVALID);
}

#[tokio::test]
async fn constraint_may_fail_to_be_changed() {
    let failure =
        ProductFailure { times: Some(1), product: Some("prod-ware*".to_owned()), ..ProductFailure::default() };
    let (sandbox, client, mine) = local(|_| {}).await;
    let made = create!(client, &mine, LOCAL).expect("it begins");
    let id = made.constraint_detail().and_then(|it| it.constraint_id()).expect("an id").to_owned();
    sandbox.change(|world| world.constraint_errors.push(failure));
    client.update_constraint().id(&id).parameters(BY_ARN).send().await.expect("it begins");
    described(&client, &id).await;
    assert_eq!(described(&client, &id).await, (Status::Failed, LOCAL.to_owned()));
    assert!(sandbox.world().constraint_errors.is_empty(), "it happened often enough");
}

#[tokio::test]
async fn inherited_constraints_are_the_hubs() {
    let (sandbox, client, mine) = local(|_| {}).await;
    let hubs = [(PORTFOLIO.to_owned(), HUB.to_owned())];
    assert_eq!(listed(&client, PORTFOLIO).await, hubs);
    let id = "cons-warehouse0001";
    assert_eq!(described(&client, id).await.1, r#"{"LocalRoleName": "SCLaunchRole"}"#);
    assert_eq!(code(client.update_constraint().id(id).parameters(BY_ARN).send().await), NOT_FOUND);
    assert_eq!(code(client.delete_constraint().id(id).send().await), NOT_FOUND);
    assert_eq!(code(create!(client, PORTFOLIO, BY_ARN)), NOT_FOUND, "the import is the hub's");
    create!(client, &mine, BY_ARN).expect("one of its own");
    let own = (mine.clone(), SHOP.to_owned());
    assert_eq!(listed(&client, &mine).await, std::slice::from_ref(&own));
    sandbox.change(|world| world.unproven.inherited_constraints = InheritedConstraints::WithSource);
    assert_eq!(listed(&client, &mine).await, [own.clone(), hubs[0].clone()]);
    sandbox.change(|world| world.unproven.inherited_constraints = InheritedConstraints::WithLocal);
    assert_eq!(listed(&client, &mine).await, [own, (mine.clone(), HUB.to_owned())]);
    let other = client.list_constraints_for_portfolio().portfolio_id(&mine).product_id("prod-stream0000001");
    assert!(other.send().await.expect("constraints").constraint_details().is_empty());
    let page = client.list_constraints_for_portfolio().portfolio_id(&mine).page_size(21);
    assert_eq!(code(page.send().await), "ValidationException");
}
