//! A world that is made for a catalog that the built-in world does not fit.

use super::bed::Bed;

const SETTINGS: &str = "
version: 1
organizations:
  globex:
    id: o-globex00001
    service_catalog_account: '121212121212'
    marketplace_account: '121212121212'
  initech:
    id: o-initech0001
    service_catalog_account: '343434343434'
    marketplace_account: '565656565656'
access: {role: 'arn:aws:iam::{account}:role/catalog-sync-{mode}'}
regions: [eu-central-1]
";
const PORTFOLIO: &str = "
portfolio: Data Platform
organization: globex
shares:
  - account: '900000000001'
  - ou: Workloads/Production
    principals: true
  - ou: Workloads/Staging
    tag_options: true
  - account: '787878787878'
    through_organization: true
  - organization: globex
    tag_options: true
";
const BY_ID: &str = "
id: port-abcdefghijklm
organization: initech
regions: [us-west-2]
shares:
  - ou: ou-ab12-11111111
";
const LIST: &str = "
approved: [prod-a1b2c3d4e5f60, prod-b1b2c3d4e5f60, prod-c1b2c3d4e5f60]
rejected: [prod-d1b2c3d4e5f60]
experiences:
  - {organization: globex, name: Everything for everybody}
  - {organization: initech, all_live: true, except: [exp-special00001]}
";
const ONE: &str = "
approved: [prod-a1b2c3d4e5f60]
unlisted: keep
experiences: [{organization: initech, id: exp-special00001}]
";

fn files() -> [(&'static str, &'static str); 5] {
    [
        ("catalog/settings.yaml", SETTINGS),
        ("catalog/portfolios/data-platform.yaml", PORTFOLIO),
        ("catalog/portfolios/by-id.yaml", BY_ID),
        ("catalog/marketplace/list.yaml", LIST),
        ("catalog/marketplace/one.yaml", ONE),
    ]
}

fn newcomer() -> Bed {
    let bed = Bed::new("", &files());
    std::fs::remove_file(bed.path("world.yaml")).unwrap();
    bed
}

#[test]
fn everything_that_a_newcomers_catalog_names_exists_and_some_of_it_differs() {
    let bed = newcomer();
    bed.run(&["validate"]).ends(0);
    let plan = bed.run(&["plan", "--sandbox=true", "--format", "json"]).ends(0).json();
    let summary = &plan["summary"];
    assert_eq!((&summary["unreadable"], &summary["warnings"]), (&0.into(), &1.into()), "{plan:#}");
    for action in ["creates", "updates", "removes"] {
        assert!(summary[action].as_u64().unwrap() > 0, "{action}: {summary}");
    }
    let again = bed.run(&["plan", "--sandbox", "--format", "json"]).ends(0).json();
    assert_eq!(again["digest"], plan["digest"], "the same catalog makes the same world");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0).shows("In step");
}

#[test]
fn what_a_pull_request_adds_is_not_there_yet() {
    let bed = newcomer();
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-q", "-m", "The catalog"]);
    bed.edit(
        "catalog/portfolios/data-platform.yaml",
        "  - ou: Workloads/Staging",
        "  - ou: Elsewhere\n  - ou: Workloads/Staging",
    );
    bed.write(
        "catalog/portfolios/new.yaml",
        "portfolio: New one\nshares: [{account: '999999999999'}]\norganization: globex\n",
    );
    let plan = bed.run(&["plan", "--sandbox", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let own: Vec<&str> = plan["targets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|target| target["changes"].as_array().unwrap())
        .filter(|change| change["origin"] == "pull_request" && change["action"] == "create")
        .map(|change| change["label"].as_str().unwrap())
        .collect();
    assert_eq!(own.len(), 2, "{own:?} {plan:#}");
    assert!(own.contains(&"Elsewhere"), "{own:?}");
}

#[test]
fn catalog_of_the_built_in_world_keeps_it() {
    let ran = Bed::example().run(&["plan", "--sandbox"]).ends(0);
    assert!(ran.stderr.contains("its world: the built-in example"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("Sandbox, not AWS. "), "{}", ran.stdout);
}

#[test]
fn plan_of_the_sandbox_is_not_applied_to_aws() {
    let bed = newcomer();
    bed.run(&["plan", "--sandbox", "--out", "plan.json"]).ends(0);
    let ran = bed
        .run_with(&["apply", "plan.json"], &[("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "x")])
        .ends(4);
    assert!(ran.stderr.contains("the plan was made in the sandbox, and this apply is about AWS"), "{}", ran.stderr);
}

/// The catalog in docs/adopt.md names the built-in world's organization and nothing else of it.
#[test]
fn catalog_of_the_documentation_plans_in_the_sandbox() {
    let docs = include_str!("../../../docs/adopt.md");
    let files: Vec<(&str, &str)> = docs
        .split("```yaml\n# ")
        .skip(1)
        .filter_map(|block| block.split("```").next()?.split_once('\n'))
        .filter(|(path, _)| path.starts_with("catalog/"))
        .collect();
    assert_eq!(files.len(), 3);
    let bed = Bed::new("", &files);
    let plan = bed.run(&["plan", "--sandbox", "--format", "json"]).ends(0).json();
    assert!(plan["summary"]["creates"].as_u64().unwrap() > 0, "{plan:#}");
}
