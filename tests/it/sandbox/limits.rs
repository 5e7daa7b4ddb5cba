//! AWS's limits for changes of a private marketplace: lengths, patterns and numbers.

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_marketplacecatalog::error::SdkError;
use aws_sdk_marketplacecatalog::types::error::ValidationException;
use aws_sdk_marketplacecatalog::types::{Change, ChangeStatus, ValidationExceptionReason};
use aws_smithy_types::Document;
use catalog_sync::sandbox::{Configuration, Permission, Policy, RequestsChange};

use super::marketplace::{
    BASELINE, CATALOG, DATA, SANDBOXES, carry_out, change, errors, list, object, products, requests, text,
};
use super::{HUB, apply, code, sandbox};

const ALLOW: &str = "AllowProductProcurement";

/// Starts a change set with one change that is refused, and returns the `ValidationException`.
async fn invalid(client: &Client, change: Change) -> ValidationException {
    let outcome = client.start_change_set().catalog(CATALOG).change_set(change).send().await;
    let Err(SdkError::ServiceError(error)) = outcome else { panic!("it was not refused") };
    assert_eq!(error.raw().status().as_u16(), 422);
    match error.into_err() {
        aws_sdk_marketplacecatalog::operation::start_change_set::StartChangeSetError::ValidationException(it) => it,
        other => panic!("{other:?}"),
    }
}

/// The refused fields, each with its message.
async fn fields(client: &Client, kind: &str, id: Option<&str>, details: Document) -> Vec<String> {
    let refused = invalid(client, change(kind, id, details)).await;
    let fields = refused.validation_exception_field_list().iter();
    fields.map(|it| format!("{} {}", it.field().unwrap_or_default(), it.message().unwrap_or_default())).collect()
}

fn noted(ids: &[&str], notes: &str) -> Document {
    object([("Ids", list(ids)), ("Notes", text(notes))])
}

fn entries(products: Vec<Document>) -> Document {
    object([("Products", Document::Array(products))])
}

fn named(name: &str) -> Document {
    object([("Name", text(name))])
}

#[tokio::test]
async fn notes_have_fifty_characters_at_most() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let allow = |notes: &str| entries(vec![noted(&["prod-a"], "SEC-1"), noted(&["prod-b"], notes)]);
    let told = fields(&client, ALLOW, Some(BASELINE), allow(&"ü".repeat(51))).await;
    assert_eq!(told, ["Details.Products[1].Notes must have 1 to 50 characters and has 51"]);
    assert_eq!(fields(&client, ALLOW, Some(BASELINE), allow("")).await.len(), 1);
    let set = carry_out(&client, vec![change(ALLOW, Some(BASELINE), allow(&"ü".repeat(50)))]).await;
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded), "characters count, not bytes");
}

#[tokio::test]
async fn refusal_names_the_change_the_entity_and_the_field() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let long = "p".repeat(51);
    let refused = invalid(&client, change(ALLOW, Some(BASELINE), products(&["prod-a", &long]))).await;
    assert!(refused.message().is_some_and(|it| it.contains("Details.Products[0].Ids[1]")), "{refused:?}");
    let [field] = refused.validation_exception_field_list() else { panic!("{refused:?}") };
    assert_eq!(field.reason(), Some(&ValidationExceptionReason::FieldValidationFailed));
    assert_eq!(field.entity_type(), Some("Experience@1.0"));
    assert_eq!(field.entity_id(), Some(BASELINE));
    assert_eq!(field.change_type(), Some(ALLOW));
    assert_eq!(field.field(), Some("Details.Products[0].Ids[1]"));
    assert_eq!(field.message(), Some("must have 1 to 50 characters and has 51"));
    // The error names the entity's id without the requested revision. An entity that does not exist yet has no id.
    let of = async |kind: &str, id: Option<&str>, details: Document| {
        let refused = invalid(&client, change(kind, id, details)).await;
        refused.validation_exception_field_list().first().and_then(|it| it.entity_id().map(str::to_owned))
    };
    let revision = format!("{BASELINE}@1");
    assert_eq!(of(ALLOW, Some(&revision), products(&[&long])).await.as_deref(), Some(BASELINE));
    assert_eq!(of(ALLOW, Some("$New.Entity.Identifier"), products(&[&long])).await, None);
    assert_eq!(of("CreateExperience", None, named("R&D")).await, None);
}

#[tokio::test]
async fn products_are_counted_over_all_entries() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let one_by_one = |count: usize| entries((0..count).map(|n| noted(&[&format!("prod-{n}")], "n")).collect());
    let told = fields(&client, ALLOW, Some(BASELINE), one_by_one(51)).await;
    assert_eq!(told[0], "Details.Products must have 1 to 50 entries and has 51");
    let halves: Vec<String> = (0..51).map(|n| format!("prod-{n}")).collect();
    let halves: Vec<&str> = halves.iter().map(String::as_str).collect();
    let halves = entries(vec![noted(&halves[..26], "a"), noted(&halves[26..], "b")]);
    let told = fields(&client, ALLOW, Some(BASELINE), halves).await;
    assert_eq!(told, ["Details.Products must have at most 50 product ids, all entries together, and has 51"]);
    let twice = entries(vec![noted(&["prod-a"], "a"), noted(&["prod-a"], "b")]);
    assert_eq!(fields(&client, ALLOW, Some(BASELINE), twice).await.len(), 1);
    assert_eq!(fields(&client, ALLOW, Some(BASELINE), entries(vec![object([("Ids", list(&[]))])])).await.len(), 1);
    carry_out(&client, vec![change(ALLOW, Some(BASELINE), one_by_one(50))]).await;
}

#[tokio::test]
async fn names_are_short_and_plain_everywhere() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let long = "n".repeat(51);
    let policy = |name: &str| object([("Name", text(name)), ("Configuration", requests("Allow"))]);
    let audience = |name: &str| object([("Name", text(name)), ("Principals", list(&["ou-acme-stag0001"]))]);
    for name in ["R&D", "Köln", "", &long] {
        for (kind, id, details) in [
            ("CreateExperience", None, named(name)),
            ("UpdateExperience", Some(DATA), named(name)),
            ("CreateProcurementPolicy", Some(SANDBOXES), policy(name)),
            ("UpdateProcurementPolicy", Some(DATA), policy(name)),
            ("CreateBrandingSettings", Some(DATA), named(name)),
            ("UpdateBrandingSettings", Some(BASELINE), named(name)),
            ("AssociateAudience", Some(DATA), audience(name)),
        ] {
            let told = fields(&client, kind, id, details).await;
            assert!(told.len() == 1 && told[0].starts_with("Details.Name must "), "{kind} {name}: {told:?}");
        }
    }
    carry_out(&client, vec![change("UpdateExperience", Some(DATA), named(&format!("A_-9 {}", "n".repeat(45))))]).await;
}

#[tokio::test]
async fn descriptions_and_brandings_have_their_lengths() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let described = |length: usize| {
        let description = text(&"d".repeat(length));
        object([("Name", text("n")), ("Description", description), ("Configuration", requests("Allow"))])
    };
    let branding = |key: &str, value: &str| object([("Configuration", object([(key, text(value))]))]);
    for (kind, id, details, field) in [
        ("CreateProcurementPolicy", SANDBOXES, described(101), "Details.Description"),
        ("UpdateProcurementPolicy", DATA, described(1001), "Details.Description"),
        ("UpdateBrandingSettings", BASELINE, branding("Title", &"t".repeat(51)), "Details.Configuration.Title"),
        ("UpdateBrandingSettings", BASELINE, branding("Information", &"i".repeat(1001)), "Details.Configuration.Inf"),
        ("UpdateBrandingSettings", BASELINE, branding("ThemeColor", "0e7f74"), "Details.Configuration.ThemeColor"),
        ("UpdateBrandingSettings", BASELINE, branding("LogoUrl", "ftp://a/b.png"), "Details.Configuration.LogoUrl"),
        (
            "UpdateBrandingSettings",
            BASELINE,
            branding("LogoUrl", &format!("https://{}", "x".repeat(2041))),
            "Details.C",
        ),
    ] {
        let told = fields(&client, kind, Some(id), details).await;
        assert!(told.len() == 1 && told[0].starts_with(field), "{kind}: {told:?}");
    }
    let set = carry_out(&client, vec![change("CreateProcurementPolicy", Some(SANDBOXES), described(100))]).await;
    assert_eq!(errors(&set), [""; 0]);
}

#[tokio::test]
async fn policy_is_made_and_changed_with_its_configuration_only() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    for (kind, id) in [("CreateProcurementPolicy", SANDBOXES), ("UpdateProcurementPolicy", DATA)] {
        assert_eq!(fields(&client, kind, Some(id), named("x")).await, ["Details.Configuration is required"]);
        let empty = object([("Name", text("x")), ("Configuration", object([]))]);
        let told = fields(&client, kind, Some(id), empty).await;
        assert_eq!(told, ["Details.Configuration.PolicyResourceRequests is required"]);
    }
    sandbox.change(|world| world.unproven.configuration = Configuration::Optional);
    carry_out(&client, vec![change("CreateProcurementPolicy", Some(SANDBOXES), named("x"))]).await;
    let world = sandbox.world();
    let policy = world.organizations["acme"].marketplace.experiences[SANDBOXES].policy.clone().expect("a policy");
    let expected = Policy { name: "x".to_owned(), requests: Some(Permission::Allow), changes: 1, ..Policy::default() };
    assert_eq!(policy, expected);
}

#[tokio::test]
async fn policy_keeps_its_name_unless_one_is_sent() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let policy = || {
        let world = sandbox.world();
        let policy = world.organizations["acme"].marketplace.experiences[DATA].policy.clone().expect("a policy");
        (policy.name, policy.requests)
    };
    let alone = object([("Configuration", requests("Deny"))]);
    carry_out(&client, vec![change("UpdateProcurementPolicy", Some(DATA), alone)]).await;
    assert_eq!(policy(), ("Data Science".to_owned(), Some(Permission::Deny)));
    let renamed = object([("Name", text("Renamed")), ("Configuration", requests("Allow"))]);
    carry_out(&client, vec![change("UpdateProcurementPolicy", Some(DATA), renamed)]).await;
    assert_eq!(policy(), ("Renamed".to_owned(), Some(Permission::Allow)));
}

#[tokio::test]
async fn requests_of_a_disabled_experience_may_be_fixed() {
    let sandbox = sandbox(|world| world.unproven.requests_change = RequestsChange::WhileEnabled).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let deny = || object([("Configuration", requests("Deny"))]);
    let set = carry_out(&client, vec![change("UpdateProcurementPolicy", Some(DATA), deny())]).await;
    assert_eq!(errors(&set), ["INVALID_INPUT"], "Data Science is disabled");
    let set = carry_out(&client, vec![change("UpdateProcurementPolicy", Some(BASELINE), deny())]).await;
    assert_eq!(errors(&set), [""; 0]);
}

#[tokio::test]
async fn details_names_and_tokens_have_their_lengths() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let one = || change(ALLOW, Some(BASELINE), products(&["prod-a"]));
    let mut long = one();
    long.details_document = None;
    long.details = Some(format!("{{\"Products\": [{{\"Ids\": [\"{}\"]}}]}}", "p".repeat(16_384)));
    let told = invalid(&client, long).await;
    assert!(told.message().is_some_and(|it| it.contains("Details must have 2 to 16384 characters")), "{told:?}");
    let start = || client.start_change_set().catalog(CATALOG).change_set(one());
    for refused in [
        start().change_set_name("n".repeat(101)),
        start().change_set_name("no/slash"),
        start().client_request_token("t".repeat(65)),
        start().client_request_token("a blank"),
    ] {
        assert_eq!(code(refused.send().await), "ValidationException");
    }
    start().change_set_name("n".repeat(100)).client_request_token("t".repeat(64)).send().await.expect("it fits");
}

#[tokio::test]
async fn audience_has_fifty_principals_at_most_and_never_the_root() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let many: Vec<String> = (0..51).map(|n| format!("ou-acme-{n:08}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let audience = |principals: &[&str]| object([("Principals", list(principals))]);
    let told = fields(&client, "AssociateAudience", Some(DATA), audience(&many)).await;
    assert_eq!(told, ["Details.Principals must have 1 to 50 entries and has 51"]);
    let told = fields(&client, "AssociateAudience", Some(DATA), audience(&["r-acme"])).await;
    assert_eq!(told, ["Details.Principals[0] the root r-acme is no principal"]);
}
