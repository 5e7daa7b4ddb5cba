//! The links about roles: the entry role, and the role of each account.

use serde_json::json;

use super::super::bed::Bed;
use super::{bed, links, one, role, verdicts};

const JSON: [&str; 3] = ["doctor", "--format", "json"];

#[test]
fn every_link_of_a_way_that_is_open_is_told_and_ends_well() {
    let ran = bed().sandbox(&["doctor"]).ends(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Sandbox, not AWS. This ran against the built-in sandbox. Nothing was read from AWS or sent to it.

    Starting credentials  arn:aws:sts::111111111119:assumed-role/sandbox-entry/start

    The way to the accounts
        ok          entered arn:aws:iam::111111111119:role/entry-plan

    acme
      hub 111111111111
        ok          entered arn:aws:iam::111111111111:role/catalog-sync-plan
        ok          arn:aws:iam::111111111111:role/catalog-sync-plan can't write (asked for all resources at once)
        ok          belongs to o-acme000001, which 111111111110 manages
        ok          may share portfolios through the organization
        ok          the delegated administrators of AWS Service Catalog are 111111111111, 111111111113
      shop 111111111112
        ok          entered arn:aws:iam::111111111112:role/catalog-sync-plan
        ok          arn:aws:iam::111111111112:role/catalog-sync-plan can't write (asked for all resources at once)
        ok          the delegated administrator of Private Marketplace is 111111111112
        ok          sees 1 experience

    Access works: 11 links checked.
    The roles of apply were not entered: `catalog-sync doctor --mode apply` in the apply job checks them.
    ");
    assert!(!ran.stdout.contains("not tried"), "{}", ran.stdout);
}

#[test]
fn role_that_does_not_exist_is_told_with_the_statements_that_let_the_caller_in() {
    let bed = bed();
    role(&bed, "111111111112", "another", "{}");
    let ran = bed.sandbox(&JSON).ends(1);
    let links = links(&ran, "role");
    assert_eq!((links[0]["verdict"].as_str(), links[1]["verdict"].as_str()), (Some("holds"), Some("fails")));
    let failed = &links[1];
    assert_eq!(failed["account"], "111111111112");
    assert_eq!(failed["error"]["code"], "AccessDenied");
    let said = failed["message"].as_str().unwrap();
    assert!(said.contains("is not authorized to perform: sts:AssumeRole on resource: "), "{said}");
    let trust = json!({
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111119:role/entry-plan"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "acme-catalog"}},
    });
    assert_eq!(failed["mends"][0]["statement"], trust);
    let permission = json!({
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": "arn:aws:iam::111111111112:role/catalog-sync-plan",
    });
    assert_eq!(failed["mends"][1]["statement"], permission);
    assert_eq!(
        verdicts(&ran, "experiences"),
        ["not_tried"],
        "one account stops no other, and nothing is tried behind it"
    );
    assert_eq!(verdicts(&ran, "sharing"), ["holds"]);
}

#[test]
fn statements_are_printed_whole_to_be_pasted() {
    let bed = bed();
    role(&bed, "111111111112", "catalog-sync-plan", "{trusts: ['arn:aws:iam::999999999999:role/other']}");
    let ran = bed.sandbox(&["doctor"]).ends(1);
    let from = ran.stdout.find('{').unwrap();
    let mut statements = serde_json::Deserializer::from_str(&ran.stdout[from..]).into_iter::<serde_json::Value>();
    assert_eq!(statements.next().unwrap().unwrap()["Principal"]["AWS"], "arn:aws:iam::111111111119:role/entry-plan");
    ran.shows("Let the caller in by the trust policy of arn:aws:iam::111111111112:role/catalog-sync-plan:");
}

#[test]
fn entry_role_that_refuses_is_told_once_and_nothing_behind_it_is_tried() {
    let bed = bed();
    role(&bed, "111111111119", "another", "{}");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = one(&ran, "entry_role");
    assert_eq!(failed["verdict"], "fails");
    let trust = failed["mends"].as_array().unwrap().iter().find(|it| it["statement"]["Principal"].is_object()).unwrap();
    assert_eq!(trust["statement"]["Principal"]["AWS"], "arn:aws:iam::111111111119:role/sandbox-entry");
    assert!(trust["statement"].get("Condition").is_none(), "the external id goes with the accounts' roles: {trust}");
    assert_eq!(verdicts(&ran, "role"), ["not_tried", "not_tried"]);
    let summary = &ran.json()["summary"];
    assert_eq!(summary["fails"], 1, "{summary}");
    let text = bed.sandbox(&["doctor"]).ends(1);
    text.shows("On a laptop that may be as it should").shows("not tried").says("2 AWS calls");
}

#[test]
fn session_of_another_account_is_refused() {
    let bed = bed();
    role(&bed, "111111111112", "catalog-sync-plan", "{answers_as: 'arn:aws:iam::111111111113:role/catalog-sync-plan'}");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = &links(&ran, "role")[1];
    assert_eq!((failed["verdict"].as_str(), failed["error"]["code"].as_str()), (Some("fails"), Some("WrongAccount")));
    assert!(failed["message"].as_str().unwrap().contains("STS gave arn:aws:sts::111111111113:"), "{failed}");
}

#[test]
fn suspended_account_is_told_by_its_name() {
    let bed = bed();
    bed.edit("world.yaml", "'111111111112': shop", "'111111111112': {name: shop, status: SUSPENDED}");
    let ran = bed.sandbox(&["doctor"]).ends(1);
    ran.shows("shop 111111111112\n").shows("The account is suspended in its organization").shows("AccessDenied");
}

#[test]
fn starting_credentials_without_a_role_have_to_be_of_the_account() {
    let settings = "
version: 1
organizations: {acme: {id: o-acme000001, service_catalog_account: '111111111111'}}
regions: [us-east-1]
";
    let bed = Bed::new(super::WORLD, &[("catalog/settings.yaml", settings)]);
    let ran = bed.sandbox(&JSON).ends(1);
    assert!(one(&ran, "role")["message"].as_str().unwrap().contains("are of account 111111111119"), "{}", ran.stdout);
    bed.change_world(|world| world.start = Some("111111111111".to_owned()));
    let ran = bed.sandbox(&JSON).ends(0);
    assert_eq!(verdicts(&ran, "role"), ["holds"]);
    assert_eq!(verdicts(&ran, "policy"), ["unknown"], "what can't be told is no failure");
}

#[test]
fn plan_never_enters_a_role_of_apply() {
    let bed = bed();
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-q", "-m", "The catalog"]);
    bed.edit("catalog/settings.yaml", "role/catalog-sync-{mode}", "role/catalog-sync-apply");
    bed.edit("catalog/settings.yaml", "  external_id", "  shared_role: true\n  external_id");
    let ran = bed.sandbox(&["doctor", "--base", "HEAD", "--format", "json"]).ends(1);
    let failed = &links(&ran, "role")[0];
    assert_eq!(failed["error"]["code"], "ApplyRole", "{failed}");
}

#[test]
fn roles_of_apply_are_entered_where_they_are_asked_for_alone() {
    let bed = bed();
    role(&bed, "111111111111", "catalog-sync-plan", "{}");
    let plan = bed.sandbox(&["doctor"]).ends(0);
    assert!(!plan.stdout.contains("role/catalog-sync-apply"), "{}", plan.stdout);
    plan.shows("`catalog-sync doctor --mode apply` in the apply job checks them");
    let apply = bed.sandbox(&["doctor", "--mode", "apply"]).ends(1);
    apply.shows("role arn:aws:iam::111111111111:role/catalog-sync-apply: check that it exists");
}

#[test]
fn forms_that_are_not_there_are_wrong_usage() {
    for format in ["markdown", "yaml", "sarif"] {
        bed().sandbox(&["doctor", "--format", format]).ends(2).says("doctor prints text or json");
    }
}
