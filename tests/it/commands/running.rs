//! A plan names the change sets that other users run.

use super::bed::{Bed, Ran};

/// A delegated administrator with three experiences. Another user's change set is under way in the first and the
/// third. The first and the second have changes; the third is in step.
const WORLD: &str = "
pending: {change_set: 1000}
organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators: {private-marketplace.marketplace.amazonaws.com: [\"111111111112\"]}
    accounts: {\"111111111111\": management, \"111111111112\": hub}
    marketplace:
      experiences:
        exp-one: {name: One, policy: {denied: [prod-aaaaaaaaaaaa2]}}
        exp-two: {name: Two, policy: {denied: [prod-aaaaaaaaaaaa2]}}
        exp-three: {name: Three, policy: {allowed: [prod-aaaaaaaaaaaa1], denied: [prod-aaaaaaaaaaaa2]}}
      change_sets:
        cs-one:
          name: \"<b>friday</b> \\e[31m `x` @all\"
          status: APPLYING
          changes:
            - change_type: DenyProductProcurement
              entity_type: Experience@1.0
              identifier: exp-one@1
              entity: exp-one
              details: {Products: [{Ids: [prod-aaaaaaaaaaaa3, prod-aaaaaaaaaaaa4]}]}
        cs-three:
          name: other
          status: PREPARING
          changes:
            - {change_type: UpdateExperience, entity_type: Experience@1.0, identifier: exp-three, entity: exp-three, details: {Description: x}}
";

const SETTINGS: &str =
    "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111112\"}\n";

const LIST: &str = "approved: [prod-aaaaaaaaaaaa1]
rejected: [prod-aaaaaaaaaaaa2]
experiences:
  - {organization: acme, id: exp-one}
  - {organization: acme, id: exp-two}
  - {organization: acme, id: exp-three}
";

fn bed() -> Bed {
    let bed = Bed::new(WORLD, &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/list.yaml", LIST)]);
    // Without a role, the starting credentials have to be those of the account that is read.
    bed.change_world(|world| world.start = Some("111111111112".to_owned()));
    bed
}

/// The codes and messages of the warnings about change sets, of each target.
fn warnings(ran: &Ran) -> Vec<(String, Vec<(String, String)>)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let plan = ran.json();
    let targets = plan["targets"].as_array().unwrap().iter().map(|target| {
        let warnings = target["warnings"].as_array().unwrap().iter();
        let warnings = warnings.map(|it| (text(&it["code"]), text(&it["message"])));
        let warnings = warnings.filter(|(code, _)| code.starts_with("change_set")).collect();
        (text(&target["resource"]["id"]), warnings)
    });
    targets.collect()
}

#[test]
fn set_of_somebody_else_is_named_where_the_plan_changes_something() {
    let bed = bed();
    let told = warnings(&bed.sandbox(&["plan", "--format", "json"]).ends(0));
    let running: Vec<&str> =
        told.iter().filter(|(_, warnings)| !warnings.is_empty()).map(|(experience, _)| experience.as_str()).collect();
    assert_eq!(running, ["exp-one"], "{told:?}");
    let (code, message) = &told.iter().find(|(experience, _)| experience == "exp-one").unwrap().1[0];
    assert_eq!(code, "change_set_running");
    assert!(message.starts_with("change set cs-one \"<b>friday</b> "), "{message}");
    assert!(message.contains(" of account 111111111111 has been running since 20"), "{message}");
    assert!(message.contains(": DenyProductProcurement of 2 products. AWS does not say who started it"), "{message}");
}

#[test]
fn name_that_somebody_chose_is_text() {
    let bed = bed();
    let text = bed.sandbox(&["plan"]).ends(0).stdout;
    assert!(text.contains("<b>friday</b> ␛[31m") && !text.contains('\u{1b}'), "{text}");
    let markdown = bed.sandbox(&["plan", "--format", "markdown"]).ends(0).stdout;
    assert!(markdown.contains("friday") && !markdown.contains("<b>friday"), "{markdown}");
    assert!(!markdown.contains(" @all") && !markdown.contains('\u{1b}'), "{markdown}");
}

#[test]
fn one_list_serves_all_experiences_and_none_is_asked_for_where_nothing_changes() {
    let bed = bed();
    // A delegated administrator lists the change sets that are shared with it and those that it owns.
    let ran = bed.sandbox(&["plan", "-v"]).ends(0);
    let ran = ran.says("     2 ListChangeSets\n").says("     1 DescribeChangeSet\n");
    assert!(ran.stdout.contains("has been running"), "{}", ran.stdout);
    let ran = bed.sandbox(&["plan", "-v", "--target=marketplace/list/acme/exp-three"]).ends(0);
    assert!(!ran.stderr.contains("ChangeSet"), "{}", ran.stderr);
    bed.sandbox(&["drift", "-v"]).ends(3).says("     2 ListChangeSets\n").shows("has been running");
    bed.edit("catalog/settings.yaml", "111111111112", "111111111111");
    bed.change_world(|world| world.start = Some("111111111111".to_owned()));
    bed.sandbox(&["plan", "-v"]).ends(0).says("     1 ListChangeSets\n").shows("has been running");
}

#[test]
fn apply_asks_nothing_of_it() {
    let bed = bed();
    let target = "--target=marketplace/list/acme/exp-two";
    bed.change_world(|world| world.pending.change_set = 1);
    let ran = bed.sandbox(&["apply", "-v", "--auto-approve", target]).ends(0);
    assert!(!ran.stderr.contains("ListChangeSets"), "{}", ran.stderr);
}

#[test]
fn refusal_costs_a_sentence_and_no_plan() {
    for error in [
        "error: {code: AccessDeniedException, message: \"no <list> for you\", status: 403}",
        "error: {code: InternalServiceException, message: busy, status: 500}",
        "error: {code: ValidationException, message: what, status: 422}",
    ] {
        let bed = bed();
        let digest = |ran: &Ran| ran.json()["digest"].as_str().unwrap().to_owned();
        let before = digest(&bed.sandbox(&["plan", "--format", "json"]).ends(0));
        bed.fault(&format!("{{operation: ListChangeSets, times: 1000, {error}}}"));
        let ran = bed.sandbox(&["plan", "--format", "json", "--timeout=2s"]).ends(0);
        assert_eq!(digest(&ran), before);
        for (experience, warnings) in warnings(&ran) {
            let codes: Vec<&str> = warnings.iter().map(|(code, _)| code.as_str()).collect();
            let expected: &[&str] = if experience == "exp-three" { &[] } else { &["change_sets_unknown"] };
            assert_eq!(codes, expected, "{experience}: {warnings:?}");
        }
        let ran = bed.sandbox(&["plan", "--timeout=2s"]).ends(0);
        assert_eq!(ran.stdout.matches("can't tell whether change sets run").count(), 1, "{}", ran.stdout);
    }
}

#[test]
fn set_that_can_not_be_described_is_named_all_the_same() {
    let bed = bed();
    bed.fault(
        "{operation: DescribeChangeSet, times: 1000, error: {code: AccessDeniedException, message: no, status: 403}}",
    );
    bed.sandbox(&["plan"]).ends(0).shows("what it changes can't be told (").shows("change set cs-one");
}
