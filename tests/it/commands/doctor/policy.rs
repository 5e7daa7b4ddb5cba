//! Permissions of roles, as IAM's policy simulation answers.

use serde_json::json;

use super::{bed, links, role, verdicts};

const JSON: [&str; 3] = ["doctor", "--format", "json"];

#[test]
fn plan_role_that_can_write_fails_and_nothing_was_written() {
    let bed = bed();
    role(
        &bed,
        "111111111111",
        "catalog-sync-plan",
        "{allow: ['*:List*', '*:Get*', '*:Describe*', 'iam:*', '*:DeletePortfolioShare'], writes: true}",
    );
    let before = bed.read("world.yaml");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = &links(&ran, "policy")[0];
    assert_eq!(failed["verdict"], "fails");
    let said = failed["message"].as_str().unwrap();
    assert!(said.contains("can write, and plans run with it: servicecatalog:DeletePortfolioShare"), "{said}");
    let denied = json!({"Effect": "Deny", "Action": "servicecatalog:DeletePortfolioShare", "Resource": "*"});
    assert_eq!(failed["mends"][0]["statement"], denied);
    assert_eq!(bed.read("world.yaml"), before);
}

#[test]
fn role_that_is_meant_for_both_may_write() {
    let bed = bed();
    bed.edit("catalog/settings.yaml", "role/catalog-sync-{mode}", "role/catalog-sync");
    bed.edit("catalog/settings.yaml", "  external_id", "  shared_role: true\n  external_id");
    let ran = bed.sandbox(&JSON).ends(0);
    assert!(links(&ran, "policy")[0]["message"].as_str().unwrap().contains("as `shared_role: true`"), "{}", ran.stdout);
}

#[test]
fn role_that_may_not_ask_can_not_be_told_and_that_is_no_failure() {
    let bed = bed();
    let allow = "{allow: ['servicecatalog:*', 'organizations:*', 'aws-marketplace:*']}";
    role(&bed, "111111111111", "catalog-sync-plan", allow);
    let ran = bed.sandbox(&JSON).ends(0);
    let link = &links(&ran, "policy")[0];
    assert_eq!(link["verdict"], "unknown");
    let needed = json!({
        "Effect": "Allow",
        "Action": "iam:SimulatePrincipalPolicy",
        "Resource": "arn:aws:iam::111111111111:role/catalog-sync-plan",
    });
    assert_eq!(link["mends"][0]["statement"], needed);
    bed.sandbox(&["doctor"]).ends(0).shows("can't tell  what arn:aws:iam::111111111111:role/catalog-sync-plan may do");
}

#[test]
fn action_that_is_denied_by_name_is_not_mended_by_another_statement() {
    let bed = bed();
    role(&bed, "111111111112", "catalog-sync-plan", "{deny: ['aws-marketplace:ListEntities']}");
    let ran = bed.sandbox(&JSON).ends(1);
    let failed = super::one(&ran, "experiences");
    let advice = failed["mends"][0]["advice"].as_str().unwrap();
    assert!(advice.starts_with("A policy denies aws-marketplace:ListEntities"), "{advice}");
    assert_eq!(failed["mends"][0].get("statement"), None);
}

#[test]
fn condition_that_decides_leaves_a_plan_role_open_and_lets_an_apply_role_write() {
    let bed = bed();
    let conditions = "conditions: {'aws-marketplace:StartChangeSet': 'catalog:ChangeType'}";
    role(&bed, "111111111112", "catalog-sync-plan", &format!("{{{conditions}}}"));
    role(&bed, "111111111112", "catalog-sync-apply", &format!("{{{conditions}}}"));
    let plan = bed.sandbox(&JSON).ends(0);
    let link = &links(&plan, "policy")[1];
    assert_eq!(link["verdict"], "unknown");
    assert!(link["message"].as_str().unwrap().contains("hangs on the condition catalog:ChangeType"), "{link}");
    let apply = bed.sandbox(&["doctor", "--mode", "apply", "--format", "json"]).ends(0);
    assert_eq!(verdicts(&apply, "policy"), ["holds", "holds"], "{}", apply.stdout);
}

#[test]
fn apply_role_that_lacks_a_write_is_told_which_and_one_that_is_denied_it_fails() {
    let bed = bed();
    let allow = "allow: ['*:List*', '*:Get*', '*:Describe*', 'iam:*', 'servicecatalog:*PortfolioShare']";
    role(&bed, "111111111111", "catalog-sync-apply", &format!("{{{allow}}}"));
    role(&bed, "111111111112", "catalog-sync-apply", &format!("{{{allow}}}"));
    let apply = ["doctor", "--mode", "apply", "--format", "json"];
    let policies = links(&bed.sandbox(&apply).ends(0), "policy");
    assert_eq!(policies[0]["verdict"], "holds", "it owns portfolios: {}", policies[0]);
    // The simulation does not name a resource, and the role may be allowed the action on the resources that an apply
    // uses.
    assert_eq!(policies[1]["verdict"], "unknown");
    assert_eq!(policies[1]["mends"][0]["statement"]["Action"], "aws-marketplace:StartChangeSet");
    role(&bed, "111111111112", "catalog-sync-apply", "{deny: ['aws-marketplace:StartChangeSet']}");
    let policies = links(&bed.sandbox(&apply).ends(1), "policy");
    let said = policies[1]["message"].as_str().unwrap();
    assert!(said.starts_with("a policy denies arn:aws:iam::111111111112:role/catalog-sync-apply"), "{said}");
}

#[test]
fn pages_of_decisions_are_read_to_their_end() {
    let bed = bed();
    bed.change_world(|world| {
        world.pages.largest = Some(2);
        world.pages.empty_first = true;
    });
    role(&bed, "111111111111", "catalog-sync-plan", "{writes: true}");
    let ran = bed.sandbox(&JSON).ends(1);
    let statement = &links(&ran, "policy")[0]["mends"][0]["statement"]["Action"];
    assert!(statement.as_array().is_some_and(|all| all.len() > 4), "{statement}");
}
