//! Notes of products: read back, shown with `--all`, sent with the next change, and no drift by themselves.

use insta::assert_snapshot;

use super::bed::Bed;

const WORLD: &str = "
organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    accounts: {\"111111111111\": management}
    marketplace:
      experiences:
        exp-one:
          name: One
          policy:
            allowed: [prod-aaaaaaaaaaaa1, prod-aaaaaaaaaaaa2, prod-aaaaaaaaaaaa3, prod-aaaaaaaaaaaa4]
            denied: [prod-aaaaaaaaaaaa5]
            notes:
              prod-aaaaaaaaaaaa1: SEC-1
              prod-aaaaaaaaaaaa2: \"SEC-2 \\u001B[31mred\"
              prod-aaaaaaaaaaaa4: kept in the console
";

const SETTINGS: &str =
    "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111111\"}\n";

const LIST: &str = "approved:
  - {id: prod-aaaaaaaaaaaa1, notes: SEC-1}
  - {id: prod-aaaaaaaaaaaa2, name: Two, notes: SEC-22}
  - {id: prod-aaaaaaaaaaaa3, notes: SEC-3}
  - prod-aaaaaaaaaaaa4
rejected:
  - {id: prod-aaaaaaaaaaaa5, name: Five, notes: SEC-5}
experiences:
  - {organization: acme, id: exp-one}
";

fn bed() -> Bed {
    Bed::new(WORLD, &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/list.yaml", LIST)])
}

#[test]
fn other_notes_are_no_drift_and_shown_with_all() {
    let bed = bed();
    bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0).shows("nothing to change").lacks("SEC-");
    bed.sandbox(&["drift"]).ends(0).lacks("SEC-");
    let shown = bed.sandbox(&["plan", "--all", "--detailed-exitcode"]).ends(0).stdout;
    assert_snapshot!(shown);
    bed.sandbox(&["drift", "--all"]).ends(0).shows("no notes");
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["drift"], 0);
    let other = plan["targets"][0]["other_notes"].as_array().unwrap();
    assert_eq!(other.len(), 3, "{other:?}");
    assert_eq!((&other[0]["wanted"], &other[0]["label"]), (&"SEC-22".into(), &"Two".into()));
    assert_eq!((&other[1]["wanted"], &other[1]["live"]), (&"SEC-3".into(), &serde_json::Value::Null));
    bed.edit("catalog/marketplace/list.yaml", "notes: SEC-3}", "notes: SEC-33}");
    let after = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    assert_eq!(plan["digest"], after["digest"], "notes alone don't move it");
    assert_eq!(after["targets"][0]["other_notes"][1]["wanted"], "SEC-33");
}

#[test]
fn saved_plan_keeps_other_notes() {
    let bed = bed();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["report", "plan.json", "--all"]).ends(0).shows("SEC-22");
}

#[test]
fn notes_of_git_go_with_the_next_change() {
    let bed = bed();
    let list = "catalog/marketplace/list.yaml";
    bed.edit(list, "  - {id: prod-aaaaaaaaaaaa2, name: Two, notes: SEC-22}\n", "");
    bed.edit(list, "rejected:\n", "rejected:\n  - {id: prod-aaaaaaaaaaaa2, name: Two, notes: SEC-22}\n");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    let world = catalog_sync::sandbox::World::read(&bed.path("world.yaml")).unwrap();
    let policy = world.organizations["acme"].marketplace.experiences["exp-one"].policy.clone().unwrap();
    assert!(policy.denied.contains("prod-aaaaaaaaaaaa2"));
    assert_eq!(policy.notes["prod-aaaaaaaaaaaa2"], "SEC-22");
    assert_eq!(policy.notes["prod-aaaaaaaaaaaa4"], "kept in the console");
    bed.sandbox(&["plan", "--all"]).ends(0).lacks("SEC-22").shows("SEC-3");
}

#[test]
fn comment_holds_other_notes_folded() {
    let markdown = bed().sandbox(&["plan", "--format", "markdown"]).ends(0).stdout;
    assert!(markdown.contains("<summary>Other notes than in Git: 3 products</summary>"), "{markdown}");
    assert!(!markdown.contains('\u{1b}'), "{markdown}");
}
