//! Applies: fresh, of a saved plan, refused, and partly failed.

use insta::assert_snapshot;

use super::bed::Bed;

#[test]
fn the_example_is_in_step_afterwards() {
    let bed = Bed::example();
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_snapshot!(ran.stdout);
    bed.sandbox(&["plan"]).ends(0).shows("In step");
}

#[test]
fn a_saved_plan_is_carried_out() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    let report = bed.sandbox(&["apply", "plan.json", "--format", "json"]).ends(0).json();
    assert_eq!(report["summary"]["applied"], 18);
    assert_eq!(report["targets"][0]["changes"][0]["result"], "applied");
    bed.sandbox(&["apply", "plan.json"]).ends(0).shows("nothing to change");
}

#[test]
fn a_saved_plan_is_refused_when_live_has_moved() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.change_world(|world| {
        let acme = world.organizations.get_mut("acme").unwrap();
        let experience = acme.marketplace.experiences.get_mut("exp-acmebase0001").unwrap();
        experience.policy.as_mut().unwrap().allowed.insert("prod-bought-in-secret".to_owned());
    });
    let ran = bed.sandbox(&["apply", "plan.json"]).ends(4);
    assert_snapshot!(ran.stderr);
}

#[test]
fn a_saved_plan_is_refused_when_the_catalog_has_changed() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.edit("catalog/marketplace/baseline.yaml", "unlisted: deny", "unlisted: keep");
    bed.sandbox(&["apply", "plan.json"]).ends(4).says("the catalog is not the one");
}

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.edit("plan.json", "prod-77aa00bb11cc2", "prod-77aa00bb11cc3");
    bed.sandbox(&["apply", "plan.json"]).ends(1).says("someone changed it");
    bed.write("plan.json", "{\"format_version\": 2}");
    bed.sandbox(&["apply", "plan.json"]).ends(1).says("format_version is 2");
    bed.write("plan.json", "no plan");
    bed.sandbox(&["apply", "plan.json"]).ends(1).says("not a plan");
}

#[test]
fn too_many_removals_are_refused_until_allowed() {
    let bed = Bed::example();
    bed.edit("catalog/settings.yaml", "max_removals: 20", "max_removals: 2");
    let ran = bed.sandbox(&["apply", "--auto-approve", "-q"]).ends(4);
    assert_snapshot!(ran.stderr);
    bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "2"]).ends(4);
    bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "3"]).ends(0);
}

#[test]
fn nobody_at_the_prompt_is_no_yes() {
    let bed = Bed::example();
    bed.sandbox(&["apply"]).ends(4).says("--auto-approve");
    bed.sandbox(&["plan", "--detailed-exitcode"]).ends(3);
}

#[test]
fn one_failing_target_stops_no_other_and_running_again_finishes() {
    let bed = Bed::example();
    bed.fault(
        "{operation: UpdatePortfolioShare, times: 1, \
         error: {code: LimitExceededException, message: 'no more shares'}}",
    );
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert_snapshot!(ran.stdout);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan"]).ends(0).shows("In step");
}

#[test]
fn a_plan_never_writes() {
    let bed = Bed::example();
    bed.sandbox(&["plan"]).ends(0);
    // The serial number also moves with sessions and tokens, so it is left out of the comparison.
    let world =
        || bed.read("world.yaml").lines().filter(|line| !line.starts_with("serial:")).collect::<Vec<_>>().join("\n");
    let before = world();
    bed.sandbox(&["plan"]).ends(0);
    bed.sandbox(&["drift"]).ends(3);
    assert_eq!(world(), before);
}

#[test]
fn a_saved_plan_brings_its_base() {
    let bed = Bed::in_step();
    bed.git(&["rm", "-q", "catalog/portfolios/data-platform.yaml"]);
    bed.sandbox(&["plan", "--base", "HEAD", "--out", "plan.json"]).ends(0).shows("8 to remove");
    bed.git(&["commit", "-q", "-m", "Without the data platform"]);
    bed.sandbox(&["apply", "plan.json", "--base", "HEAD"]).ends(4).says("the base is not the one");
    bed.sandbox(&["apply", "plan.json"]).ends(0).shows("8 changes applied");
    bed.sandbox(&["plan", "--base", "HEAD~1"]).ends(0).shows("nothing to change");
    bed.sandbox(&["apply", "plan.json"]).ends(0).says("8 of the 8 planned changes are left out");
}

#[test]
fn a_saved_plan_of_other_targets_is_wrong_usage() {
    let bed = Bed::example();
    bed.sandbox(&["plan", "--target", "marketplace/*", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["apply", "plan.json", "--target", "portfolio/*"]).ends(2).says("no target matches portfolio/*");
    bed.sandbox(&["apply", "plan.json", "--target", "marketplace/baseline/*"]).ends(0);
}

#[test]
fn an_account_keeps_its_share_where_the_one_in_its_place_fails() {
    let bed = Bed::example();
    let partner = "- account: \"999999999992\"";
    bed.edit("catalog/portfolios/data-platform.yaml", partner, &format!("{partner}\n    through_organization: true"));
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    ran.shows("kept, because the share with").shows("999999999992 does not exist");
    let world = bed.read("world.yaml");
    assert!(world.contains("account: \"999999999992\"") || world.contains("account: '999999999992'"), "{world}");
}

#[test]
fn without_a_role_the_starting_credentials_have_to_be_of_the_right_account() {
    let bed = Bed::example();
    bed.edit("catalog/settings.yaml", "  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\n", "");
    bed.sandbox(&["plan"]).ends(1).shows("the starting credentials are of account 111111111111");
    bed.change_world(|world| world.start = Some("111111111112".to_owned()));
    bed.sandbox(&["plan", "--target", "*/acme/*"]).ends(0).shows("3 to remove");
}

#[test]
fn timeout_gives_a_share_up_and_leaves_the_rest_of_its_region() {
    let bed = Bed::example();
    bed.change_world(|world| world.pending.share = 1_000_000);
    let ran = bed.sandbox(&["apply", "--auto-approve", "--timeout", "1s"]).ends(5);
    ran.shows("AWS did not finish this within 1 s").shows("not tried: ").shows("did not end within 1 s (Timeout)");
}
