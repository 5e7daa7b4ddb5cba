//! The links about the organization: its id, sharing, delegated administrators, experiences.

use super::{bed, one, role, verdicts};

const JSON: [&str; 3] = ["doctor", "--format", "json"];

#[test]
fn sharing_that_is_off_fails_where_the_catalog_shares_through_the_organization() {
    let bed = bed();
    bed.edit("world.yaml", "    accounts:\n", "    service_catalog_access: DISABLED\n    accounts:\n");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = one(&ran, "sharing");
    assert_eq!(failed["verdict"], "fails");
    assert_eq!(failed["mends"][0]["text"], "aws servicecatalog enable-aws-organizations-access");
    bed.edit("catalog/portfolios/data.yaml", "{ou: Workloads}", "{account: '222222222222'}");
    let ran = bed.sandbox(&JSON).ends(0);
    assert!(one(&ran, "sharing")["message"].as_str().unwrap().contains("nothing in the catalog needs it"));
}

#[test]
fn account_that_administers_nothing_is_told_with_the_command_that_registers_it() {
    let bed = bed();
    bed.edit("world.yaml", "['111111111111', '111111111113']", "['111111111113']");
    bed.edit(
        "world.yaml",
        "private-marketplace.marketplace.amazonaws.com: ['111111111112']",
        "other.amazonaws.com: ['111111111111']",
    );
    let ran = bed.sandbox(&JSON).ends(1);
    for (kind, account, principal) in [
        ("service_catalog_administrator", "111111111111", "servicecatalog.amazonaws.com"),
        ("marketplace_administrator", "111111111112", "private-marketplace.marketplace.amazonaws.com"),
    ] {
        let failed = one(&ran, kind);
        assert_eq!(failed["verdict"], "fails", "{failed}");
        let command = failed["mends"][0]["text"].as_str().unwrap();
        let words = format!("register-delegated-administrator --account-id {account} --service-principal {principal}");
        assert!(command.contains(&words), "{command}");
    }
}

#[test]
fn management_account_needs_no_delegation() {
    let bed = bed();
    bed.edit(
        "catalog/settings.yaml",
        "service_catalog_account: '111111111111'",
        "service_catalog_account: '111111111110'",
    );
    bed.edit("catalog/settings.yaml", "marketplace_account: '111111111112'", "marketplace_account: '111111111110'");
    let ran = bed.sandbox(&JSON).ends(0);
    assert_eq!(verdicts(&ran, "role"), ["holds"], "one account is entered once");
    let said = one(&ran, "service_catalog_administrator");
    assert!(said["message"].as_str().unwrap().starts_with("is the management account"), "{said}");
    assert_eq!(one(&ran, "experiences")["message"], "sees 1 experience");
}

#[test]
fn administrators_that_may_not_be_listed_can_not_be_told() {
    let bed = bed();
    let allow = "{allow: ['servicecatalog:*', 'organizations:Describe*', 'organizations:List*ForParent', 'iam:*']}";
    role(&bed, "111111111111", "catalog-sync-plan", allow);
    let ran = bed.sandbox(&JSON).ends(0);
    let link = one(&ran, "service_catalog_administrator");
    assert_eq!(link["verdict"], "unknown");
    assert_eq!(link["mends"][0]["statement"]["Action"], "organizations:ListDelegatedAdministrators");
}

#[test]
fn organization_that_is_not_the_one_of_the_settings_fails() {
    let bed = bed();
    bed.edit("catalog/settings.yaml", "o-acme000001", "o-other00001");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = one(&ran, "organization");
    assert!(failed["message"].as_str().unwrap().contains("o-acme000001"), "{failed}");
    assert_eq!(failed["mends"][0]["advice"], "Correct the id or the account in settings.yaml.");
    assert_eq!(verdicts(&ran, "service_catalog_administrator"), ["not_tried"]);
}

#[test]
fn organization_that_may_not_be_asked_names_the_permission() {
    let bed = bed();
    role(&bed, "111111111111", "catalog-sync-plan", "{allow: ['servicecatalog:*', 'iam:*']}");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = one(&ran, "organization");
    assert_eq!(failed["mends"][0]["statement"]["Action"], "organizations:DescribeOrganization");
}

#[test]
fn administrators_on_a_later_page_are_seen() {
    let bed = bed();
    bed.change_world(|world| {
        world.pages.largest = Some(1);
        world.pages.empty_first = true;
    });
    let ran = bed.sandbox(&JSON).ends(0);
    let said = one(&ran, "service_catalog_administrator");
    assert!(said["message"].as_str().unwrap().ends_with("are 111111111111, 111111111113"), "{said}");
}

#[test]
fn experiences_that_may_not_be_listed_fail() {
    let bed = bed();
    role(&bed, "111111111112", "catalog-sync-plan", "{allow: ['iam:*']}");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = one(&ran, "experiences");
    assert_eq!(failed["error"]["operation"], "ListEntities");
    assert_eq!(failed["mends"][0]["statement"]["Action"], "aws-marketplace:ListEntities");
}
