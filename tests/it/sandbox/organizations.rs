//! Reading organizations.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::AccountState;
use catalog_sync::sandbox::{AccountStatus, Fault, FaultError, Member, Paths, World};

use super::{ACME, HUB, PARTNER, PROCUREMENT, SHOP, apply, code, sandbox, start};

const PRODUCTION: &str = "ou-acme-prod0001";

/// The number of accounts, read page by page.
async fn all_accounts(client: &Client) -> usize {
    let mut pages = client.list_accounts().into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += page.expect("a page").accounts().len();
    }
    count
}

#[tokio::test]
async fn the_tree_is_walked_from_the_root() {
    let sandbox = sandbox(|_| {}).await;
    let client = start(&sandbox).organizations();
    let organization = client.describe_organization().send().await.expect("it").organization.expect("it");
    assert_eq!(organization.id(), Some("o-acme000001"));
    assert_eq!(organization.master_account_id(), Some(ACME));
    let roots = client.list_roots().send().await.expect("roots");
    let root = roots.roots()[0].id().expect("an id").to_owned();
    assert_eq!(root, "r-acme");
    let units = client.list_organizational_units_for_parent().parent_id(&root).send().await.expect("units");
    let names: Vec<_> = units.organizational_units().iter().filter_map(|unit| unit.name()).collect();
    assert_eq!(names, ["Shared Services", "Workloads", "Data", "Sandboxes"]);
    let accounts = client.list_accounts_for_parent().parent_id(PRODUCTION).send().await.expect("accounts");
    let accounts: Vec<_> = accounts.accounts().iter().map(|it| (it.name(), it.state())).collect();
    assert_eq!(accounts.len(), 3);
    assert_eq!(accounts[2].0, Some("shop-classic"));
    assert_eq!(accounts[2].1, Some(&AccountState::Suspended));
    assert_eq!(all_accounts(&client).await, 12);
}

#[tokio::test]
async fn single_things_are_described() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.organizations();
    let account = client.describe_account().account_id(SHOP).send().await.expect("it").account.expect("it");
    assert_eq!(account.name(), Some("shop"));
    assert_eq!(account.status(), None, "it was retired; `state` is there");
    let unit = client.describe_organizational_unit().organizational_unit_id(PRODUCTION).send().await.expect("it");
    assert_eq!(unit.organizational_unit().and_then(|unit| unit.name()), Some("Production"));
    for (child, parent) in [(SHOP, PRODUCTION), (PRODUCTION, "ou-acme-workload1"), (ACME, "r-acme")] {
        let parents = client.list_parents().child_id(child).send().await.expect("parents");
        assert_eq!(parents.parents()[0].id(), Some(parent));
    }
    let delegated = client.list_delegated_administrators().service_principal("servicecatalog.amazonaws.com");
    let delegated = delegated.send().await.expect("administrators");
    assert_eq!(delegated.delegated_administrators()[0].id(), Some(HUB));
    let services = client.list_aws_service_access_for_organization().send().await.expect("services");
    assert_eq!(services.enabled_service_principals().len(), 3);
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let sandbox = sandbox(|_| {}).await;
    let client = start(&sandbox).organizations();
    assert_eq!(code(client.describe_account().account_id(PARTNER).send().await), "AccountNotFoundException");
    let unit = client.describe_organizational_unit().organizational_unit_id("ou-acme-none0001");
    assert_eq!(code(unit.send().await), "OrganizationalUnitNotFoundException");
    let parent = client.list_accounts_for_parent().parent_id("ou-acme-none0001");
    assert_eq!(code(parent.send().await), "ParentNotFoundException");
    assert_eq!(code(client.list_parents().child_id(PARTNER).send().await), "ChildNotFoundException");
    assert_eq!(code(client.list_accounts().max_results(21).send().await), "InvalidInputException");
    assert_eq!(code(client.list_accounts().next_token("odd").send().await), "InvalidInputException");
}

#[tokio::test]
async fn a_member_account_sees_only_which_organization_it_is_in() {
    let sandbox = sandbox(|_| {}).await;
    let member = apply(&sandbox, SHOP).await.organizations();
    member.describe_organization().send().await.expect("any member may");
    assert_eq!(code(member.list_roots().send().await), "AccessDeniedException");
    apply(&sandbox, PROCUREMENT).await.organizations().list_roots().send().await.expect("a delegated administrator");
    let outside = apply(&sandbox, PARTNER).await.organizations();
    assert_eq!(code(outside.describe_organization().send().await), "AWSOrganizationsNotInUseException");
}

#[tokio::test]
async fn pages_are_small_and_may_be_empty() {
    let sandbox = sandbox(|world| {
        world.pages.empty_first = true;
        world.pages.largest = Some(5);
    })
    .await;
    let client = start(&sandbox).organizations();
    let first = client.list_accounts().send().await.expect("a page");
    assert!(first.accounts().is_empty());
    assert!(first.next_token().is_some());
    assert_eq!(all_accounts(&client).await, 12);
    let lists = sandbox.calls().iter().filter(|call| call.operation == "ListAccounts").count();
    assert_eq!(lists, 5);
}

#[tokio::test]
async fn too_many_requests_have_a_name_of_their_own() {
    let error = FaultError { code: "TooManyRequestsException".to_owned(), message: String::new(), status: 400 };
    let fault = Fault { operation: Some("List*".to_owned()), times: Some(1), error: Some(error), ..Fault::default() };
    let sandbox = sandbox(|world| world.faults.push(fault)).await;
    let client = start(&sandbox).organizations();
    let refused = client.list_accounts().send().await.expect_err("it is refused").into_service_error();
    assert!(refused.is_too_many_requests_exception());
    client.list_accounts().send().await.expect("the second time");
}

#[tokio::test]
async fn accounts_and_units_say_their_paths() {
    let unit_path = "o-acme000001/r-acme/ou-acme-workload1/ou-acme-prod0001/";
    for (paths, account, unit) in [
        (Paths::ToItself, Some(format!("{unit_path}{SHOP}/")), Some(unit_path)),
        (Paths::ToParent, Some(unit_path.to_owned()), Some("o-acme000001/r-acme/ou-acme-workload1/")),
        (Paths::LeftOut, None, None),
    ] {
        let sandbox = sandbox(|world| world.unproven.paths = paths).await;
        let client = start(&sandbox).organizations();
        let described = client.describe_account().account_id(SHOP).send().await.expect("it").account.expect("it");
        assert_eq!(described.paths().first(), account.as_ref());
        let listed = client.list_accounts().send().await.expect("accounts");
        let listed = listed.accounts().iter().find(|it| it.id() == Some(SHOP)).expect("the shop").clone();
        assert_eq!(listed.paths().first(), account.as_ref());
        let found = client.describe_organizational_unit().organizational_unit_id(PRODUCTION).send().await.expect("it");
        assert_eq!(found.organizational_unit().and_then(|it| it.path()), unit);
        let below = client.list_organizational_units_for_parent().parent_id("ou-acme-workload1");
        assert_eq!(below.send().await.expect("units").organizational_units()[0].path(), unit);
    }
}

#[tokio::test]
async fn accounts_have_every_state_and_the_day_they_joined() {
    let sandbox = sandbox(|world| {
        let acme = world.organizations.get_mut("acme").expect("acme");
        for (account, status) in [
            ("111111111120", AccountStatus::PendingActivation),
            ("111111111121", AccountStatus::Closed),
            ("111111111122", AccountStatus::PendingClosure),
        ] {
            let joined = Some("2026-05-01T00:00:00Z".to_owned());
            acme.accounts.insert(account.to_owned(), Member { name: account.to_owned(), status, joined });
        }
    })
    .await;
    let client = start(&sandbox).organizations();
    let states = [AccountState::PendingActivation, AccountState::Closed, AccountState::PendingClosure];
    for (account, state) in ["111111111120", "111111111121", "111111111122"].into_iter().zip(states) {
        let it = client.describe_account().account_id(account).send().await.expect("it").account.expect("it");
        assert_eq!(it.state(), Some(&state));
        assert_eq!(it.joined_timestamp().map(aws_smithy_types::DateTime::secs), Some(1_777_593_600));
        let arn = format!("arn:aws:iam::{account}:role/any");
        let entered = start(&sandbox).sts().assume_role().role_arn(arn).role_session_name("test").send().await;
        assert_eq!(entered.is_ok(), state == AccountState::PendingClosure, "{state}");
    }
    let world = World::parse(&sandbox.stop().await.to_yaml(), "world.yaml").expect("it can be read again");
    let joined = world.organizations["acme"].member("111111111121").and_then(|it| it.joined.clone());
    assert_eq!(joined.as_deref(), Some("2026-05-01T00:00:00Z"));
}
