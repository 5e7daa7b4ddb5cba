//! The private marketplace without errors.

use std::collections::BTreeMap;

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_marketplacecatalog::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_marketplacecatalog::types::{Change, ChangeStatus, ChangeSummary, Entity, EntityRequest, Filter};
use aws_smithy_types::Document;

use super::{ACME, HUB, apply, sandbox};

pub(super) const BASELINE: &str = "exp-acmebase0001";
pub(super) const DATA: &str = "exp-acmedata0001";
pub(super) const SANDBOXES: &str = "exp-acmesand0001";
pub(super) const CATALOG: &str = "AWSMarketplace";

pub(super) fn text(text: &str) -> Document {
    Document::String(text.to_owned())
}

pub(super) fn list(items: &[&str]) -> Document {
    Document::Array(items.iter().map(|item| text(item)).collect())
}

pub(super) fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    Document::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

pub(super) fn products(ids: &[&str]) -> Document {
    object([("Products", Document::Array(vec![object([("Ids", list(ids)), ("Notes", text("SEC-1"))])]))])
}

/// A policy's `Configuration`.
pub(super) fn requests(word: &str) -> Document {
    object([("PolicyResourceRequests", text(word))])
}

pub(super) fn empty() -> Document {
    object([])
}

/// A change of an experience. A change without an id makes one.
pub(super) fn change(kind: &str, id: Option<&str>, details: Document) -> Change {
    let entity = Entity::builder().r#type("Experience@1.0").set_identifier(id.map(str::to_owned)).build();
    let entity = entity.expect("an entity");
    Change::builder().change_type(kind).entity(entity).details_document(details).build().expect("a change")
}

pub(super) fn shared_with_me() -> Filter {
    Filter::builder().name("Scope").value_list("SharedWithMe").build()
}

/// Starts a change set and polls until it has ended.
pub(super) async fn carry_out(client: &Client, changes: Vec<Change>) -> DescribeChangeSetOutput {
    let request = client.start_change_set().catalog(CATALOG).set_change_set(Some(changes));
    let id = request.send().await.expect("it begins").change_set_id.expect("an id");
    loop {
        let answer = client.describe_change_set().catalog(CATALOG).change_set_id(&id).send().await.expect("a status");
        if !matches!(answer.status(), Some(ChangeStatus::Preparing | ChangeStatus::Applying)) {
            return answer;
        }
    }
}

/// The codes in the `ErrorDetailList` of all changes.
pub(super) fn errors(set: &DescribeChangeSetOutput) -> Vec<&str> {
    let details = set.change_set().iter().flat_map(ChangeSummary::error_detail_list);
    details.filter_map(|detail| detail.error_code()).collect()
}

/// The ids that `ListEntities` lists.
async fn ids(client: &Client, kind: &str, filters: Vec<Filter>) -> Vec<String> {
    let request = client
        .list_entities()
        .catalog(CATALOG)
        .entity_type(kind)
        .set_filter_list(Some(filters).filter(|list| !list.is_empty()));
    let answer = request.send().await.expect("a list");
    answer.entity_summary_list().iter().filter_map(|it| it.entity_id().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_owner_and_those_it_is_shared_with_list_in_different_ways() {
    let sandbox = sandbox(|_| {}).await;
    let (owner, hub) = (apply(&sandbox, ACME).await.marketplace(), apply(&sandbox, HUB).await.marketplace());
    let all = [BASELINE, DATA, SANDBOXES];
    assert_eq!(ids(&owner, "Experience", vec![]).await, all);
    assert_eq!(ids(&hub, "Experience", vec![shared_with_me()]).await, all);
    assert_eq!(ids(&owner, "Experience", vec![shared_with_me()]).await, [""; 0]);
    assert_eq!(ids(&hub, "Experience", vec![]).await, [""; 0]);
    let named = Filter::builder().name("Name").value_list("Baseline").build();
    assert_eq!(ids(&owner, "ProcurementPolicy", vec![named]).await, ["procpolicy-acmebase0001"]);
    assert_eq!(ids(&owner, "Audience", vec![]).await.len(), 3);
}

#[tokio::test]
async fn an_experience_and_its_policy_are_described() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let describe = |id: &str| client.describe_entity().catalog(CATALOG).entity_id(id).send();
    let experience = describe(BASELINE).await.expect("it");
    assert_eq!(experience.entity_identifier(), Some("exp-acmebase0001@1"));
    assert_eq!(experience.entity_type(), Some("Experience@1.0"));
    let details = experience.details_document().and_then(Document::as_object).expect("details");
    assert_eq!(details["Status"].as_string(), Some("Enabled"));
    let policy = details["ProcurementPolicies"].as_array().expect("a list")[0].as_string().expect("an id").to_owned();
    let same: serde_json::Value = serde_json::from_str(experience.details().expect("text")).expect("JSON");
    assert_eq!(same["Name"], "Baseline");

    let policy = describe(&policy).await.expect("it");
    let statements = policy.details_document().and_then(Document::as_object).expect("details")["Statements"].clone();
    let statements = statements.as_array().expect("a list");
    let mut counts = BTreeMap::new();
    for statement in statements.iter().map(|it| it.as_object().expect("a statement")) {
        let resources = statement["Resources"].as_array().expect("a list");
        let ids = resources.iter().map(|it| it.as_object().expect("it")["Ids"].as_array().expect("ids").len());
        counts
            .insert(statement["Effect"].as_string().expect("a word").to_owned(), (resources.len(), ids.sum::<usize>()));
    }
    assert_eq!(counts["Allow"], (2, 7), "several resources, and all of them count");
    assert_eq!(counts["Deny"], (2, 2), "those with notes apart");

    let none = describe(SANDBOXES).await.expect("it");
    let none = none.details_document().and_then(Document::as_object).expect("details");
    assert_eq!(none["ProcurementPolicies"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn twenty_entities_are_described_in_one_call() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let request = |id: &str| EntityRequest::builder().catalog(CATALOG).entity_id(id).build().expect("a request");
    let answer = client.batch_describe_entities().entity_request_list(request(BASELINE));
    let answer = answer.entity_request_list(request("exp-none")).send().await.expect("an answer");
    assert_eq!(answer.entity_details().expect("details")[BASELINE].entity_type(), Some("Experience@1.0"));
    assert_eq!(answer.errors().expect("errors")["exp-none"].error_code(), Some("ResourceNotFoundException"));
    let many = (0..21).map(|_| request(BASELINE)).collect();
    let many = client.batch_describe_entities().set_entity_request_list(Some(many)).send().await;
    assert_eq!(super::code(many), "ValidationException");
}

#[tokio::test]
async fn products_move_from_one_list_to_the_other() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let changes = vec![
        change("AllowProductProcurement", Some("exp-acmebase0001@1"), products(&["prod-zzzzzzzzzzzzz", "prod-new"])),
        change("DenyProductProcurement", Some(BASELINE), products(&["prod-0000000000002"])),
        change("UpdateExperience", Some(BASELINE), object([("Status", text("Disabled"))])),
    ];
    let set = carry_out(&client, changes).await;
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded));
    assert!(set.end_time().is_some());
    assert_eq!(set.change_set()[0].entity().and_then(|it| it.identifier()), Some("exp-acmebase0001@2"));
    let world = sandbox.stop().await;
    let experience = &world.organizations["acme"].marketplace.experiences[BASELINE];
    let policy = experience.policy.as_ref().expect("a policy");
    assert!(policy.allowed.contains("prod-zzzzzzzzzzzzz") && policy.allowed.contains("prod-new"));
    assert!(!policy.denied.contains("prod-zzzzzzzzzzzzz"));
    assert!(policy.denied.contains("prod-0000000000002") && !policy.allowed.contains("prod-0000000000002"));
    assert!(format!("{:?}", experience.status).contains("Disabled"));
}

#[tokio::test]
async fn an_experience_is_made_with_all_that_belongs_to_it_in_one_change_set() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let it = Some("$NewExperience.Entity.Identifier");
    let mut first = change("CreateExperience", None, object([("Name", text("Staging"))]));
    first.change_name = Some("NewExperience".to_owned());
    let requests = requests("Deny");
    let branding = object([
        ("Title", text("Staging")),
        ("Information", text("Ask us")),
        ("ThemeColor", text("#0e7f74")),
        ("LogoUrl", text("https://example.com/logo.png")),
    ]);
    let set = carry_out(
        &client,
        vec![
            first,
            change("CreateProcurementPolicy", it, object([("Name", text("Staging")), ("Configuration", requests)])),
            change("AllowProductProcurement", it, products(&["prod-a", "prod-b"])),
            change("CreateBrandingSettings", it, object([("Name", text("Staging")), ("Configuration", branding)])),
            change("AssociateAudience", it, object([("Principals", list(&["ou-acme-stag0001"]))])),
            change("UpdateExperience", it, object([("Status", text("Enabled"))])),
        ],
    )
    .await;
    assert_eq!(errors(&set), [""; 0]);
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded));
    let id = set.change_set()[0].entity().and_then(|it| it.identifier()).expect("an id").to_owned();
    assert!(id.starts_with("exp-") && id.ends_with("@2"), "{id}");
    let world = sandbox.stop().await;
    let experience = &world.organizations["acme"].marketplace.experiences[id.trim_end_matches("@2")];
    assert_eq!(experience.name, "Staging");
    assert_eq!(experience.policy.as_ref().map(|it| it.allowed.len()), Some(2));
    assert_eq!(experience.branding.as_ref().and_then(|it| it.theme_color.as_deref()), Some("#0e7f74"));
    assert_eq!(experience.audience.as_ref().map(|it| it.principals.len()), Some(1));
}

#[tokio::test]
async fn the_rest_of_the_change_types_take_effect() {
    let sandbox = sandbox(|world| world.pending.change_set = 0).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let policy =
        object([("Name", text("Data")), ("Configuration", object([("PolicyResourceRequests", text("Allow"))]))]);
    let branding = object([("Name", text("B")), ("Configuration", object([("Title", text("Acme"))]))]);
    let set = carry_out(
        &client,
        vec![
            change("UpdateProcurementPolicy", Some(DATA), policy),
            change("RestrictExperience", Some(DATA), empty()),
            change("UpdateBrandingSettings", Some(BASELINE), branding),
            change("DisassociateAudience", Some(BASELINE), object([("Principals", list(&["o-acme000001"]))])),
        ],
    )
    .await;
    assert_eq!(errors(&set), [""; 0]);
    let experiences = sandbox.world().organizations["acme"].marketplace.experiences.clone();
    assert_eq!(experiences[DATA].admin_status.as_deref(), Some("Restricted"));
    assert_eq!(experiences[DATA].policy.as_ref().map(|it| it.name.as_str()), Some("Data"));
    assert_eq!(experiences[BASELINE].branding.as_ref().map(|it| it.title.as_str()), Some("Acme"));
    assert_eq!(
        experiences[BASELINE].branding.as_ref().and_then(|it| it.information.as_deref()),
        Some("Ask in the procurement channel")
    );
    assert_eq!(experiences[BASELINE].audience, None);
    carry_out(&client, vec![change("ReviveExperience", Some(DATA), empty())]).await;
    assert_eq!(sandbox.world().organizations["acme"].marketplace.experiences[DATA].admin_status, None);
}

#[tokio::test]
async fn change_sets_are_listed_the_latest_first() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    carry_out(&client, vec![change("AllowProductProcurement", Some(BASELINE), products(&["prod-a"]))]).await;
    carry_out(&client, vec![change("AllowProductProcurement", Some(DATA), products(&["prod-b"]))]).await;
    let list = || client.list_change_sets().catalog(CATALOG);
    assert!(list().send().await.expect("a list").change_set_summary_list().is_empty(), "it is not the owner");
    let both = list().filter_list(shared_with_me()).send().await.expect("a list");
    assert_eq!(both.change_set_summary_list()[0].entity_id_list(), [DATA]);
    assert_eq!(both.change_set_summary_list().len(), 2);
    let filter = Filter::builder().name("EntityId").value_list(BASELINE).build();
    let one = list().filter_list(shared_with_me()).filter_list(filter).send().await.expect("a list");
    assert_eq!(one.change_set_summary_list().len(), 1);
    let filter = Filter::builder().name("Status").value_list("FAILED").build();
    let none = list().filter_list(shared_with_me()).filter_list(filter).send().await.expect("a list");
    assert!(none.change_set_summary_list().is_empty());
}
