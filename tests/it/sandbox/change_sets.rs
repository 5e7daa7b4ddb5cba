//! Change sets: the revision that they start from, their ends, and how they are found again.

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_marketplacecatalog::types::{ChangeStatus, FailureCode, Filter};
use catalog_sync::sandbox::{
    ChangeSetFate, ChangeSetFault, ExperienceRevision, Policy, RefusedProduct, Sandbox, World,
};

use super::marketplace::{
    BASELINE, CATALOG, DATA, SANDBOXES, carry_out, change, errors, list, object, products, requests, shared_with_me,
    text,
};
use super::{HUB, apply, code, refusal, sandbox};

const ALLOW: &str = "AllowProductProcurement";
const DENY: &str = "DenyProductProcurement";

async fn revision(client: &Client, id: &str) -> String {
    let entity = client.describe_entity().catalog(CATALOG).entity_id(id).send().await.expect("an entity");
    entity.entity_identifier().unwrap_or_default().to_owned()
}

fn policy(sandbox: &Sandbox, experience: &str) -> Policy {
    let world = sandbox.world();
    world.organizations["acme"].marketplace.experiences[experience].policy.clone().expect("a policy")
}

#[tokio::test]
async fn old_revision_is_refused_with_the_name_of_the_latest() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let allow = |id: &str, product: &str| vec![change(ALLOW, Some(id), products(&[product]))];
    let set = carry_out(&client, allow("exp-acmebase0001@1", "prod-a")).await;
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded));
    for old in ["exp-acmebase0001@1", "exp-acmebase0001@3", "exp-acmebase0001@x"] {
        let request = client.start_change_set().catalog(CATALOG).set_change_set(Some(allow(old, "prod-b")));
        let (code, message) = refusal(request.send().await);
        assert_eq!(code, "ValidationException");
        assert!(message.contains("'exp-acmebase0001@2'"), "{message}");
    }
    carry_out(&client, allow("exp-acmebase0001@2", "prod-b")).await;
    carry_out(&client, allow(BASELINE, "prod-c")).await;
    let allowed = policy(&sandbox, BASELINE).allowed;
    assert!(["prod-a", "prod-b", "prod-c"].iter().all(|product| allowed.contains(*product)));
}

#[tokio::test]
async fn experience_moves_with_its_policy_or_by_itself() {
    for (moves, moved) in [(ExperienceRevision::MovesWithParts, "@2"), (ExperienceRevision::MovesAlone, "@1")] {
        let sandbox = sandbox(|world| world.unproven.experience_revision = moves).await;
        let client = apply(&sandbox, HUB).await.marketplace();
        carry_out(&client, vec![change(ALLOW, Some(BASELINE), products(&["prod-a"]))]).await;
        assert_eq!(revision(&client, BASELINE).await, format!("{BASELINE}{moved}"));
        assert_eq!(revision(&client, "procpolicy-acmebase0001").await, "procpolicy-acmebase0001@2");
        let audience = object([("Principals", list(&["ou-acme-stag0001"]))]);
        carry_out(&client, vec![change("AssociateAudience", Some(BASELINE), audience)]).await;
        assert_eq!(revision(&client, BASELINE).await.ends_with("@1"), moves == ExperienceRevision::MovesAlone);
        let made = object([("Name", text("x")), ("Configuration", requests("Allow"))]);
        carry_out(&client, vec![change("CreateProcurementPolicy", Some(SANDBOXES), made)]).await;
        assert_eq!(revision(&client, SANDBOXES).await, format!("{SANDBOXES}@2"), "its document lists the policy");
    }
}

/// Starts a change set that approves a product which AWS accepts and one which it refuses, and denies a third.
async fn with_refused(refused: RefusedProduct) -> (Sandbox, Client) {
    let sandbox = sandbox(|world| {
        world.unproven.refused_product = refused;
        let acme = world.organizations.get_mut("acme").expect("acme");
        acme.marketplace.refused_products.insert("prod-gone".to_owned());
    })
    .await;
    let client = apply(&sandbox, HUB).await.marketplace();
    (sandbox, client)
}

fn with_gone() -> Vec<aws_sdk_marketplacecatalog::types::Change> {
    vec![
        change(ALLOW, Some(BASELINE), products(&["prod-fine", "prod-gone"])),
        change(DENY, Some(BASELINE), products(&["prod-a1b2c3d4e5f60"])),
    ]
}

#[tokio::test]
async fn product_that_aws_does_not_take_fails_the_whole_set() {
    for (refused, names) in [(RefusedProduct::FailsSet, true), (RefusedProduct::FailsSetUnnamed, false)] {
        let (sandbox, client) = with_refused(refused).await;
        let set = carry_out(&client, with_gone()).await;
        assert_eq!((set.status(), set.failure_code()), (Some(&ChangeStatus::Failed), Some(&FailureCode::ClientError)));
        assert_eq!(errors(&set), ["INVALID_INPUT"]);
        let message = set.change_set()[0].error_detail_list()[0].error_message().expect("a message");
        assert_eq!(message.contains("prod-gone"), names, "{message}");
        let policy = policy(&sandbox, BASELINE);
        assert!(!policy.allowed.contains("prod-fine") && policy.allowed.contains("prod-a1b2c3d4e5f60"));
    }
}

#[tokio::test]
async fn product_that_aws_does_not_take_may_be_refused_at_once() {
    let (_sandbox, client) = with_refused(RefusedProduct::RefusedAtStart).await;
    let start = client.start_change_set().catalog(CATALOG).set_change_set(Some(with_gone()));
    let (code, message) = refusal(start.send().await);
    assert_eq!(code, "ValidationException");
    assert!(message.contains("prod-gone"), "{message}");
}

#[tokio::test]
async fn product_that_aws_does_not_take_may_be_left_out_of_a_set_that_succeeds() {
    for (refused, remarks) in [(RefusedProduct::SkipsProduct, 1), (RefusedProduct::SkipsProductSilently, 0)] {
        let (sandbox, client) = with_refused(refused).await;
        let set = carry_out(&client, with_gone()).await;
        assert_eq!(set.status(), Some(&ChangeStatus::Succeeded));
        assert_eq!(errors(&set).len(), remarks);
        let policy = policy(&sandbox, BASELINE);
        assert!(policy.allowed.contains("prod-fine") && !policy.allowed.contains("prod-gone"));
        assert!(policy.denied.contains("prod-a1b2c3d4e5f60"));
    }
}

#[tokio::test]
async fn set_may_end_in_a_fault_of_the_server_or_cancelled() {
    let fault = |fate| ChangeSetFault { fate, experience: Some("exp-acme*".to_owned()), skip: 0, times: Some(1) };
    let sandbox = sandbox(|world: &mut World| {
        world.change_set_faults = vec![fault(ChangeSetFate::ServerFault), fault(ChangeSetFate::Cancelled)];
    })
    .await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let allow = || vec![change(ALLOW, Some(BASELINE), products(&["prod-a"]))];
    let set = carry_out(&client, allow()).await;
    assert_eq!((set.status(), set.failure_code()), (Some(&ChangeStatus::Failed), Some(&FailureCode::ServerFault)));
    assert_eq!(errors(&set), [""; 0]);
    let set = carry_out(&client, allow()).await;
    assert_eq!((set.status(), set.failure_code()), (Some(&ChangeStatus::Cancelled), None));
    assert!(!policy(&sandbox, BASELINE).allowed.contains("prod-a"));
    let set = carry_out(&client, allow()).await;
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded), "the third time nothing is in its way");
    assert!(sandbox.world().change_set_faults.is_empty());
}

#[tokio::test]
async fn set_is_found_by_its_name_status_and_time() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let start = |name: &str, id: &str| {
        let changes = vec![change(ALLOW, Some(id), products(&["prod-a"]))];
        client.start_change_set().catalog(CATALOG).change_set_name(name).set_change_set(Some(changes)).send()
    };
    let first = start("run 1", BASELINE).await.expect("it begins").change_set_id.expect("an id");
    let second = start("run 2", DATA).await.expect("it begins").change_set_id.expect("an id");
    let list = |filters: Vec<(&'static str, String)>| {
        let filters = filters.into_iter().map(|(name, value)| Filter::builder().name(name).value_list(value).build());
        let filters = filters.chain([shared_with_me()]).collect();
        client.list_change_sets().catalog(CATALOG).set_filter_list(Some(filters)).send()
    };
    let ids = |answer: aws_sdk_marketplacecatalog::operation::list_change_sets::ListChangeSetsOutput| {
        let sets = answer.change_set_summary_list().iter();
        sets.filter_map(|it| it.change_set_id().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(
        ids(list(vec![("ChangeSetName", "run 1".to_owned())]).await.expect("a list")),
        std::slice::from_ref(&first)
    );
    let other = list(vec![("ChangeSetName", "run 1".to_owned()), ("EntityId", DATA.to_owned())]);
    assert_eq!(ids(other.await.expect("a list")), [""; 0], "all filters have to fit");
    let all = list(vec![]).await.expect("a list");
    let began = all.change_set_summary_list().last().and_then(|it| it.start_time()).expect("a time").to_owned();
    assert_eq!(ids(list(vec![("AfterStartTime", began.clone())]).await.expect("a list")), [second]);
    assert_eq!(ids(list(vec![("BeforeStartTime", began.clone())]).await.expect("a list")), [""; 0]);
    let ended = list(vec![("Status", "SUCCEEDED".to_owned()), ("BeforeEndTime", "2030-01-01T00:00:00Z".to_owned())]);
    assert!(ids(ended.await.expect("a list")).contains(&first));
    assert_eq!(code(list(vec![("AfterStartTime", "yesterday".to_owned())]).await), "ValidationException");
    assert_eq!(code(list(vec![("Colour", "red".to_owned())]).await), "ValidationException");
    assert_eq!(code(list(vec![("Status", "RUNNING".to_owned())]).await), "ValidationException");
    let twice = vec![("EntityId", BASELINE.to_owned()), ("EntityId", DATA.to_owned())];
    assert_eq!(code(list(twice).await), "ValidationException");
}

#[tokio::test]
async fn token_answers_for_the_very_same_request_only() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let start = |name: &str| {
        let changes = vec![change(ALLOW, Some("exp-acmebase0001@1"), products(&["prod-a"]))];
        let call = client.start_change_set().catalog(CATALOG).client_request_token("once");
        call.change_set_name(name).set_change_set(Some(changes)).send()
    };
    let first = start("run 1").await.expect("it begins").change_set_id;
    for _ in 0..3 {
        assert_eq!(start("run 1").await.expect("the same, when it has ended too").change_set_id, first);
    }
    assert_eq!(code(start("run 2").await), "ValidationException");
    assert_eq!(policy(&sandbox, BASELINE).changes, 1);
}

#[tokio::test]
async fn set_may_not_be_found_right_after_its_start() {
    let sandbox = sandbox(|world| {
        world.unproven.change_set_unseen = 2;
        world.pending.change_set = 0;
    })
    .await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let changes = vec![change(ALLOW, Some(BASELINE), products(&["prod-a"]))];
    let set = client.start_change_set().catalog(CATALOG).set_change_set(Some(changes)).send().await.expect("it begins");
    let describe = || client.describe_change_set().catalog(CATALOG).change_set_id(set.change_set_id().expect("an id"));
    assert_eq!(code(describe().send().await), "ResourceNotFoundException");
    assert_eq!(code(describe().send().await), "ResourceNotFoundException");
    assert_eq!(describe().send().await.expect("a set").status(), Some(&ChangeStatus::Succeeded));
}

#[tokio::test]
async fn order_inside_a_set_is_not_that_of_the_list() {
    let mut last = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let sandbox = sandbox(|world| world.unproven.change_order = Some(seed)).await;
        let client = apply(&sandbox, HUB).await.marketplace();
        let made = object([("Name", text("x")), ("Configuration", requests("Allow"))]);
        let changes = vec![
            change(ALLOW, Some(SANDBOXES), products(&["prod-a"])),
            change(DENY, Some(SANDBOXES), products(&["prod-a"])),
            change("CreateProcurementPolicy", Some(SANDBOXES), made),
        ];
        let set = carry_out(&client, changes).await;
        assert_eq!(errors(&set), [""; 0], "the policy is made before it is used");
        last.insert(policy(&sandbox, SANDBOXES).allowed.contains("prod-a"));
    }
    assert_eq!(last.len(), 2, "either list can have the last word");
}
