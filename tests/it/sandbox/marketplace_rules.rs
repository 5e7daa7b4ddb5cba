//! The private marketplace: changes that are refused at once, and changes that fail later.

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_marketplacecatalog::error::SdkError;
use aws_sdk_marketplacecatalog::types::{Change, ChangeStatus, FailureCode};

use super::marketplace::{
    BASELINE, CATALOG, DATA, SANDBOXES, carry_out, change, empty, errors, list, object, products, requests, text,
};
use super::{HUB, PROCUREMENT, SHOP, SUBSIDIARY, apply, code, refusal, sandbox};

const ALLOW: &str = "AllowProductProcurement";
const DENY: &str = "DenyProductProcurement";

/// Starts a change set that is refused, and returns the code and the message.
async fn refused(client: &Client, changes: Vec<Change>) -> (String, String) {
    refusal(client.start_change_set().catalog(CATALOG).set_change_set(Some(changes)).send().await)
}

#[tokio::test]
async fn only_administrators_of_the_marketplace_may_call() {
    let sandbox = sandbox(|_| {}).await;
    for (account, may) in [(SHOP, false), (SUBSIDIARY, true), (PROCUREMENT, true)] {
        let client = apply(&sandbox, account).await.marketplace();
        let outcome = client.list_entities().catalog(CATALOG).entity_type("Experience").send().await;
        if may {
            outcome.expect("a list");
        } else {
            assert_eq!(code(outcome), "AccessDeniedException");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_in_itself_is_refused_at_once() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let fifty_one: Vec<String> = (0..51).map(|n| format!("prod-{n}")).collect();
    let fifty_one: Vec<&str> = fifty_one.iter().map(String::as_str).collect();
    let mut digits = change(ALLOW, Some(BASELINE), products(&["prod-a"]));
    digits.change_name = Some("Change1".to_owned());
    let mut both = change(ALLOW, Some(BASELINE), products(&["prod-a"]));
    both.details = Some("{}".to_owned());
    let branding = object([("Name", text("B")), ("Configuration", object([("ThemeColor", text("red"))]))]);
    let one = || change(ALLOW, Some(BASELINE), products(&["prod-a"]));
    for (what, changes) in [
        ("too many products", vec![change(ALLOW, Some(BASELINE), products(&fifty_one))]),
        ("the same product twice", vec![change(ALLOW, Some(BASELINE), products(&["prod-a", "prod-a"]))]),
        ("details that are no object", vec![change("RestrictExperience", Some(BASELINE), list(&[]))]),
        ("no product", vec![change(ALLOW, Some(BASELINE), products(&[]))]),
        ("the same type twice", vec![one(), change(ALLOW, Some(BASELINE), products(&["prod-b"]))]),
        ("a change name with a digit", vec![digits]),
        ("details twice", vec![both]),
        ("an unknown reference", vec![change(ALLOW, Some("$New.Entity.Identifier"), products(&["prod-a"]))]),
        ("an unknown type", vec![change("RenameExperience", Some(BASELINE), empty())]),
        ("an unknown detail", vec![change("RestrictExperience", Some(BASELINE), object([("Name", text("x"))]))]),
        (
            "a new experience with an id",
            vec![change("CreateExperience", Some(BASELINE), object([("Name", text("x"))]))],
        ),
        ("no id", vec![change(ALLOW, None, products(&["prod-a"]))]),
        ("no name", vec![change("CreateExperience", None, empty())]),
        ("no such status", vec![change("UpdateExperience", Some(BASELINE), object([("Status", text("Live"))]))]),
        ("no such color", vec![change("UpdateBrandingSettings", Some(BASELINE), branding)]),
        ("no principal", vec![change("AssociateAudience", Some(BASELINE), object([("Principals", list(&[]))]))]),
        ("no change", vec![]),
        ("too many changes", (0..21).map(|_| one()).collect()),
    ] {
        assert_eq!(refused(&client, changes).await.0, "ValidationException", "{what}");
    }
    let elsewhere = vec![change(ALLOW, Some("exp-none"), products(&["prod-a"]))];
    assert_eq!(refused(&client, elsewhere).await.0, "ResourceNotFoundException");
    let fifty = change(ALLOW, Some(BASELINE), products(&fifty_one[..50]));
    let other = change(DENY, Some(BASELINE), products(&["prod-0000000000002"]));
    carry_out(&client, vec![fifty, other]).await;
}

#[tokio::test]
async fn invalid_input_has_the_status_422() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let outcome = client.start_change_set().catalog("Elsewhere").set_change_set(Some(vec![])).send().await;
    let Err(SdkError::ServiceError(error)) = outcome else { panic!("it was not refused") };
    assert_eq!(error.raw().status().as_u16(), 422);
    assert!(error.into_err().is_validation_exception());
}

#[tokio::test]
async fn an_experience_is_locked_while_a_change_set_is_under_way() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let start = |id: &str, product: &str| {
        let changes = vec![change(ALLOW, Some(id), products(&[product]))];
        client.start_change_set().catalog(CATALOG).set_change_set(Some(changes)).send()
    };
    let first = start(BASELINE, "prod-a").await.expect("it begins").change_set_id.expect("an id");
    let locked = start(BASELINE, "prod-b").await;
    let error = locked.expect_err("it is locked").into_service_error();
    assert!(error.is_resource_in_use_exception());
    assert!(error.to_string().contains("ResourceInUse") || format!("{error:?}").contains(&first), "{error:?}");
    start(DATA, "prod-b").await.expect("another one is free");
    start(BASELINE, "prod-b").await.expect("and so is this one, in the end");
}

#[tokio::test]
async fn a_request_that_is_sent_twice_is_one_change_set() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let start = |product: &str| {
        let changes = vec![change(ALLOW, Some(BASELINE), products(&[product]))];
        client.start_change_set().catalog(CATALOG).client_request_token("once").set_change_set(Some(changes)).send()
    };
    let first = start("prod-a").await.expect("it begins");
    let again = start("prod-a").await.expect("it is the same");
    assert_eq!(first.change_set_id(), again.change_set_id());
    assert_eq!(code(start("prod-b").await), "ValidationException");
}

#[tokio::test]
async fn a_change_set_happens_as_a_whole_or_not_at_all() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let set = carry_out(
        &client,
        vec![
            change(ALLOW, Some(BASELINE), products(&["prod-a"])),
            change(ALLOW, Some(SANDBOXES), products(&["prod-a"])),
        ],
    )
    .await;
    assert_eq!(set.status(), Some(&ChangeStatus::Failed));
    assert_eq!(set.failure_code(), Some(&FailureCode::ClientError));
    assert_eq!(errors(&set), ["ENTITY_NOT_FOUND"], "there is no procurement policy");
    assert!(set.change_set()[0].error_detail_list().is_empty());
    let world = sandbox.stop().await;
    let baseline = &world.organizations["acme"].marketplace.experiences[BASELINE];
    assert!(!baseline.policy.as_ref().expect("a policy").allowed.contains("prod-a"));
}

#[tokio::test]
async fn what_does_not_fit_the_world_fails_later() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let named = || object([("Name", text("x"))]);
    let policy = || object([("Name", text("x")), ("Configuration", requests("Allow"))]);
    let logo = |url: &str| object([("Name", text("x")), ("Configuration", object([("LogoUrl", text(url))]))]);
    let audience = |principal: &str| object([("Principals", list(&[principal]))]);
    for (kind, id, details, expected) in [
        ("CreateProcurementPolicy", BASELINE, policy(), "ENTITY_ALREADY_EXISTS"),
        ("CreateBrandingSettings", BASELINE, named(), "ENTITY_ALREADY_EXISTS"),
        ("UpdateProcurementPolicy", SANDBOXES, policy(), "ENTITY_NOT_FOUND"),
        ("UpdateBrandingSettings", DATA, named(), "ENTITY_NOT_FOUND"),
        (DENY, SANDBOXES, products(&["prod-a"]), "ENTITY_NOT_FOUND"),
        ("UpdateBrandingSettings", BASELINE, logo("https://example.invalid/a.png"), "INVALID_URL"),
        ("UpdateBrandingSettings", BASELINE, logo("https://example.com/a.txt"), "INVALID_IMAGE"),
        ("AssociateAudience", DATA, audience("o-acme000001"), "ENTITY_ALREADY_EXISTS"),
        ("AssociateAudience", DATA, audience("999999999991"), "CALLER_NOT_AUTHORIZED"),
        ("DisassociateAudience", DATA, audience("o-acme000001"), "ENTITY_NOT_FOUND"),
        ("RestrictExperience", BASELINE, empty(), "INVALID_INPUT"),
    ] {
        let set = carry_out(&client, vec![change(kind, Some(id), details)]).await;
        assert_eq!(errors(&set), [expected], "{kind} {id}");
    }
}

#[tokio::test]
async fn audiences_change_one_at_a_time() {
    let sandbox = sandbox(|world| world.pending.change_set = 3).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let associate =
        |id: &str, unit: &str| vec![change("AssociateAudience", Some(id), object([("Principals", list(&[unit]))]))];
    let first = client.start_change_set().catalog(CATALOG);
    first.set_change_set(Some(associate(BASELINE, "ou-acme-shared001"))).send().await.expect("it begins");
    let second = carry_out(&client, associate(DATA, "ou-acme-stag0001")).await;
    assert_eq!(errors(&second), ["ENTITY_IN_USE"]);
    let third = carry_out(&client, associate(DATA, "ou-acme-stag0001")).await;
    assert_eq!(third.status(), Some(&ChangeStatus::Succeeded));
}

#[tokio::test]
async fn there_is_a_quota_of_open_change_sets() {
    let sandbox = sandbox(|world| {
        world.pending.change_set = 1000;
        let experiences = &mut world.organizations.get_mut("acme").expect("acme").marketplace.experiences;
        let template = experiences[BASELINE].clone();
        experiences.extend((0..251).map(|n| (format!("exp-many{n}"), template.clone())));
    })
    .await;
    let client = apply(&sandbox, HUB).await.marketplace();
    for n in 0..251 {
        let changes = vec![change(ALLOW, Some(&format!("exp-many{n}")), products(&["prod-a"]))];
        let outcome = client.start_change_set().catalog(CATALOG).set_change_set(Some(changes)).send().await;
        match n {
            250 => assert_eq!(code(outcome), "ServiceQuotaExceededException"),
            _ => drop(outcome.expect("there is room")),
        }
    }
}

#[tokio::test]
async fn a_change_set_is_taken_back_only_while_it_is_prepared() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let changes = vec![change(ALLOW, Some(BASELINE), products(&["prod-a"]))];
    let set = client.start_change_set().catalog(CATALOG).set_change_set(Some(changes)).send().await.expect("it begins");
    let cancel = client.cancel_change_set().catalog(CATALOG).change_set_id(set.change_set_id().expect("an id"));
    assert_eq!(code(cancel.send().await), "ResourceInUseException");
}

#[tokio::test]
async fn lists_have_their_limits() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let entities = || client.list_entities().catalog(CATALOG);
    let invalid = "ValidationException";
    assert_eq!(code(entities().entity_type("Experience").max_results(51).send().await), invalid);
    assert_eq!(code(entities().entity_type("Experience").next_token("odd").send().await), invalid);
    assert_eq!(code(entities().entity_type("Offer").send().await), invalid);
    let describe = client.describe_entity().catalog(CATALOG).entity_id("exp-none");
    assert_eq!(code(describe.send().await), "ResourceNotFoundException");
}
