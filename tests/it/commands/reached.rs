//! The effect of product changes: how many accounts lose a product, and approvals without effect.

use super::bed::Bed;

const SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, marketplace_account: "111111111112"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
"#;

const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators:
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts:
      "111111111111": management
      "111111111112": market
      "333333333330": plain
      "333333333339": {name: closed, status: SUSPENDED}
    ous:
      - name: Labs
        id: ou-acme-labs0001
        accounts: {"333333333331": lab}
        ous:
          - {name: Deep, id: ou-acme-deep0001, accounts: {"333333333333": deep, "333333333334": deeper}}
    marketplace:
      experiences:
        exp-general00001:
          name: General
          policy: {name: General, allowed: [prod-0000000000001, prod-0000000000004]}
          audience: {principals: [o-acme000001]}
        exp-labs00000001:
          name: Labs
          policy: {name: Labs, allowed: [prod-0000000000001]}
          audience: {principals: [ou-acme-labs0001]}
        exp-deep00000001:
          name: Deep
          status: Disabled
          policy: {name: Deep}
          audience: {principals: [ou-acme-deep0001]}
"#;

const GENERAL: &str = r"approved:
  - prod-0000000000001
  - {id: prod-0000000000002, name: Datadog}
experiences:
  - {organization: acme, id: exp-general00001}
";

fn bed() -> Bed {
    Bed::new(WORLD, &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/general.yaml", GENERAL)])
}

const VAIN: &str = "experience Labs exp-labs00000001 is nearer to 3 accounts (Labs) and does not approve Datadog: there the \
                    approval has no effect";

fn status(bed: &Bed, experience: &str, status: catalog_sync::sandbox::ExperienceStatus) {
    bed.change_world(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        experiences.get_mut(experience).unwrap().status = status;
    });
}

/// The output of a plan without its line breaks.
fn plan(bed: &Bed, more: &[&str]) -> String {
    let ran = bed.sandbox(&[&["plan"], more].concat()).ends(0);
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn denial_says_how_many_accounts_lose_the_product() {
    let bed = bed();
    let said = plan(&bed, &[]);
    assert!(said.contains("3 accounts lose it"), "{said}");
    let markdown = plan(&bed, &["--format", "markdown"]);
    let caution = &markdown[markdown.find("[!CAUTION]").unwrap()..];
    assert!(
        caution.contains("can no longer be bought in experience <b>General</b> (acme); 3 accounts lose it"),
        "{markdown}"
    );
    // A disabled experience governs no account; a nearer one that is enabled does.
    status(&bed, "exp-labs00000001", catalog_sync::sandbox::ExperienceStatus::Disabled);
    let said = plan(&bed, &[]);
    assert!(said.contains("6 accounts lose it") && !said.contains("has no effect"), "{said}");
    status(&bed, "exp-deep00000001", catalog_sync::sandbox::ExperienceStatus::Enabled);
    let said = plan(&bed, &[]);
    assert!(said.contains("4 accounts lose it"), "{said}");
    status(&bed, "exp-general00001", catalog_sync::sandbox::ExperienceStatus::Disabled);
    let said = plan(&bed, &[]);
    assert!(!said.contains("lose it"), "nobody buys in it: {said}");
}

#[test]
fn number_that_can_not_be_told_is_not_said() {
    for operation in ["ListAccounts", "DescribeOrganization"] {
        let bed = bed();
        bed.fault(&format!("{{operation: {operation}, error: {{code: AccessDeniedException, message: 'no'}}}}"));
        let ran = bed.sandbox(&["plan"]);
        assert!(!ran.stdout.contains("lose"), "{operation}: {}", ran.stdout);
        assert!(ran.stdout.contains("has no effect"), "{operation}: {}", ran.stdout);
    }
    // `ListEntities` is first called for audiences, since this catalog names its experience by its id.
    let bed = bed();
    bed.fault("{operation: ListEntities, error: {code: AccessDeniedException, message: 'no'}}");
    let said = plan(&bed, &[]);
    assert!(!said.contains("lose") && !said.contains("has no effect"), "{said}");
}

#[test]
fn approval_that_a_nearer_experience_undoes_is_told() {
    let bed = bed();
    let said = plan(&bed, &[]);
    assert!(said.contains(VAIN), "{said}");
    assert!(!said.contains("experience Deep"), "it is disabled: {said}");
    // The same plan may approve the product in the nearer experience, too.
    let labs = "approved: [prod-0000000000001, prod-0000000000002]\nexperiences:\n  - {organization: acme, id: exp-labs00000001}\n";
    bed.write("catalog/marketplace/labs.yaml", labs);
    let said = plan(&bed, &[]);
    assert!(!said.contains("has no effect"), "{said}");
    std::fs::remove_file(bed.path("catalog/marketplace/labs.yaml")).unwrap();
    bed.edit(
        "catalog/marketplace/general.yaml",
        "exp-general00001}",
        "exp-general00001} # catalog-sync: ignore[nearer_experience] Labs decide for themselves",
    );
    let said = plan(&bed, &[]);
    assert!(!said.contains("has no effect"), "{said}");
}

#[test]
fn plan_in_step_asks_nothing_of_it() {
    let bed = bed();
    bed.sandbox(&["apply", "--auto-approve"]).ends(0).lacks("ListAccounts");
    let ran = bed.sandbox(&["plan", "-v"]).ends(0).shows("nothing to change");
    assert!(!ran.stderr.contains("ListEntities") && !ran.stderr.contains("ListAccounts"), "{}", ran.stderr);
}

#[test]
fn audience_that_grows_says_where_a_nearer_experience_goes_on_to_govern() {
    let bed = bed();
    bed.edit(
        "catalog/marketplace/general.yaml",
        "exp-general00001}",
        "exp-general00001, audience: [{organization: acme}, {ou: Labs}]}",
    );
    bed.change_world(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        let deep = experiences.get_mut("exp-deep00000001").unwrap();
        deep.status = catalog_sync::sandbox::ExperienceStatus::Enabled;
        experiences.get_mut("exp-labs00000001").unwrap().audience = None;
    });
    let said = plan(&bed, &[]);
    assert!(said.contains("experience Deep exp-deep00000001, which is nearer, goes on to govern Labs/Deep"), "{said}");
}
