//! Entities: their owners, their descriptions, and failures to describe them.

use aws_sdk_marketplacecatalog::Client;
use aws_sdk_marketplacecatalog::operation::batch_describe_entities::BatchDescribeEntitiesOutput;
use aws_sdk_marketplacecatalog::types::{ChangeStatus, EntityRequest, Filter};
use catalog_sync::sandbox::{OtherResource, Permission, World};

use super::marketplace::{
    BASELINE, CATALOG, DATA, SANDBOXES, carry_out, change, empty, object, products, shared_with_me, text,
};
use super::{ACME, HUB, SHOP, apply, code, sandbox};

async fn experiences(client: &Client, filters: Vec<Filter>) -> Vec<String> {
    let request = client
        .list_entities()
        .catalog(CATALOG)
        .entity_type("Experience")
        .set_filter_list(Some(filters).filter(|list| !list.is_empty()));
    let answer = request.send().await.expect("a list");
    answer.entity_summary_list().iter().filter_map(|it| it.entity_id().map(str::to_owned)).collect()
}

fn experience<'w>(world: &'w mut World, id: &str) -> &'w mut catalog_sync::sandbox::Experience {
    let acme = world.organizations.get_mut("acme").expect("acme");
    acme.marketplace.experiences.get_mut(id).expect("an experience")
}

#[tokio::test]
async fn account_lists_its_own_experiences_without_the_filter() {
    let own = |world: &mut World| {
        for (id, owner) in [(BASELINE, HUB), (SANDBOXES, SHOP)] {
            experience(world, id).owner = Some(owner.to_owned());
        }
    };
    let sandbox = sandbox(own).await;
    let hub = apply(&sandbox, HUB).await.marketplace();
    assert_eq!(experiences(&hub, vec![]).await, [BASELINE]);
    assert_eq!(experiences(&hub, vec![shared_with_me()]).await, [DATA]);
    let management = apply(&sandbox, ACME).await.marketplace();
    assert_eq!(experiences(&management, vec![]).await, [DATA]);
    let shop = apply(&sandbox, SHOP).await.marketplace();
    assert_eq!(experiences(&shop, vec![]).await, [SANDBOXES]);
    assert_eq!(experiences(&shop, vec![shared_with_me()]).await, [""; 0]);
    let describe = |client: &Client, id: &str| client.describe_entity().catalog(CATALOG).entity_id(id).send();
    let it = describe(&hub, BASELINE).await.expect("its own");
    assert!(it.entity_arn().is_some_and(|arn| arn.contains(HUB)), "{it:?}");
    assert_eq!(code(describe(&management, BASELINE).await), "ResourceNotFoundException");
    assert_eq!(code(describe(&shop, DATA).await), "ResourceNotFoundException");
}

#[tokio::test]
async fn what_has_no_name_is_listed_without_one_and_a_list_of_filters_has_one() {
    let unnamed = |world: &mut World| {
        if let Some(audience) = &mut experience(world, BASELINE).audience {
            audience.name = None;
        }
    };
    let sandbox = sandbox(unnamed).await;
    let management = apply(&sandbox, ACME).await.marketplace();
    let audiences = || management.list_entities().catalog(CATALOG).entity_type("Audience");
    let listed = audiences().send().await.expect("a list");
    let names: Vec<_> = listed.entity_summary_list().iter().map(|it| it.name()).collect();
    assert!(names.contains(&None) && !names.contains(&Some("")), "{names:?}");
    assert_eq!(code(audiences().set_filter_list(Some(Vec::new())).send().await), "ValidationException");
}

#[tokio::test]
async fn account_changes_its_own_experiences() {
    let own = |world: &mut World| experience(world, BASELINE).owner = Some(SHOP.to_owned());
    let sandbox = sandbox(own).await;
    let shop = apply(&sandbox, SHOP).await.marketplace();
    let made = change("CreateExperience", None, object([("Name", text("Mine"))]));
    let allow = change("AllowProductProcurement", Some(BASELINE), products(&["prod-a"]));
    let set = carry_out(&shop, vec![allow, made]).await;
    assert_eq!(set.status(), Some(&ChangeStatus::Succeeded));
    assert_eq!(experiences(&shop, vec![]).await.len(), 2, "what it makes is its own too");
    let sets = shop.list_change_sets().catalog(CATALOG).send().await.expect("a list");
    assert_eq!(sets.change_set_summary_list().len(), 1);
    let hub = apply(&sandbox, HUB).await.marketplace();
    let sets = hub.list_change_sets().catalog(CATALOG).filter_list(shared_with_me()).send().await.expect("a list");
    assert!(sets.change_set_summary_list().is_empty());
    for (client, id) in [(&hub, BASELINE), (&shop, DATA)] {
        let revive =
            client.start_change_set().catalog(CATALOG).change_set(change("ReviveExperience", Some(id), empty()));
        assert_eq!(code(revive.send().await), "ResourceNotFoundException");
    }
}

async fn batch(client: &Client, ids: &[&str]) -> BatchDescribeEntitiesOutput {
    batch_call(client, ids).send().await.expect("an answer")
}

fn batch_call(
    client: &Client,
    ids: &[&str],
) -> aws_sdk_marketplacecatalog::operation::batch_describe_entities::builders::BatchDescribeEntitiesFluentBuilder {
    let request = |id: &&str| EntityRequest::builder().catalog(CATALOG).entity_id(*id).build().expect("a request");
    client.batch_describe_entities().set_entity_request_list(Some(ids.iter().map(request).collect()))
}

#[tokio::test]
async fn batch_may_be_refused_leave_out_or_fail_for_some() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let ids = [BASELINE, DATA, SANDBOXES];
    assert_eq!(batch(&client, &ids).await.entity_details().expect("details").len(), 3);
    sandbox.change(|world| {
        world.unproven.batch_describe.leaves_out = vec!["exp-acmebase*".to_owned()];
        world.unproven.batch_describe.errors.insert(DATA.to_owned(), "InternalServiceException".to_owned());
    });
    let answer = batch(&client, &ids).await;
    let details = answer.entity_details().expect("details");
    assert_eq!(details.keys().collect::<Vec<_>>(), [SANDBOXES]);
    let errors = answer.errors().expect("errors");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[DATA].error_code(), Some("InternalServiceException"));

    sandbox.change(|world| world.unproven.batch_describe.refuses = vec!["ProcurementPolicy".to_owned()]);
    let refused = batch_call(&client, &[SANDBOXES, "procpolicy-acmebase0001"]);
    assert_eq!(code(refused.send().await), "ValidationException");
    batch(&client, &[SANDBOXES]).await;
    client.describe_entity().catalog(CATALOG).entity_id("procpolicy-acmebase0001").send().await.expect("one by one");
}

#[tokio::test]
async fn policy_shows_its_notes_and_what_is_no_product() {
    let other = OtherResource {
        effect: Permission::Allow,
        r#type: "Category".to_owned(),
        ids: std::iter::once("security".to_owned()).collect(),
    };
    let sandbox = sandbox(|world| {
        let policy = experience(world, DATA).policy.as_mut().expect("a policy");
        policy.other_resources.push(other);
    })
    .await;
    let client = apply(&sandbox, HUB).await.marketplace();
    carry_out(&client, vec![change("AllowProductProcurement", Some(DATA), products(&["prod-new"]))]).await;
    let policy = client.describe_entity().catalog(CATALOG).entity_id("procpolicy-acmedata0001").send().await;
    let details: serde_json::Value = serde_json::from_str(policy.expect("it").details().expect("text")).expect("JSON");
    let resources = details["Statements"][0]["Resources"].as_array().expect("a list");
    assert_eq!(resources.last(), Some(&serde_json::json!({"Type": "Category", "Ids": ["security"]})));
    let noted = serde_json::json!({"Type": "Product", "Ids": ["prod-new"], "Notes": "SEC-1"});
    assert!(resources.contains(&noted), "{resources:?}");
}

#[tokio::test]
async fn logo_is_copied_to_another_address() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let url = "https://example.com/logo.svg";
    let branding = object([("Name", text("B")), ("Configuration", object([("LogoUrl", text(url))]))]);
    carry_out(&client, vec![change("CreateBrandingSettings", Some(DATA), branding)]).await;
    let world = sandbox.world();
    let branding = world.organizations["acme"].marketplace.experiences[DATA].branding.clone().expect("a branding");
    assert_eq!((branding.title.as_str(), branding.theme_color.as_deref()), ("Private Marketplace", Some("#232F3E")));
    let live = branding.logo_url.expect("a logo");
    assert!(live != url && std::path::Path::new(&live).extension().is_some_and(|it| it == "svg"), "{live}");
}
