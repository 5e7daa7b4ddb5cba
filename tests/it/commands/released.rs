//! Resources that the catalog no longer governs: reported, counted, and left as they are.

use super::bed::Bed;

#[test]
fn a_list_that_is_deleted_is_a_difference_to_look_at() {
    let bed = Bed::in_step();
    bed.git(&["rm", "-q", "catalog/marketplace/data-science.yaml"]);
    let plan = ["plan", "--base", "HEAD"];
    let ran = bed.sandbox(&plan).ends(0);
    ran.shows("no longer governed").shows("1 experience no longer governed").shows("data-science.yaml:").shows("stay");
    bed.sandbox(&[&plan[..], &["--detailed-exitcode"]].concat()).ends(3);
    let ran = bed.sandbox(&[&plan[..], &["--format", "markdown"]].concat()).ends(0);
    ran.shows("### Sandbox, not AWS: Catalog plan: in step, nothing to change, 1 experience no longer governed");
    let json = bed.sandbox(&[&plan[..], &["--format", "json"]].concat()).ends(0).json();
    let released = &json["released"][0];
    assert!(released["keeps"]["product_approval"].as_u64().unwrap() > 0, "{json}");
    assert_eq!(released["base_source"]["file"], "catalog/marketplace/data-science.yaml");
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0).shows("1 experience no longer governed");
}

#[test]
fn an_organization_that_is_taken_out_is_told_with_all_that_it_had() {
    let bed = Bed::in_step();
    let settings = bed.read("catalog/settings.yaml");
    let owner = "    service_catalog_account: \"111111111112\" # owns the portfolios\n";
    assert!(settings.contains(owner));
    bed.write("catalog/settings.yaml", &settings.replace(owner, ""));
    bed.git(&["rm", "-rq", "catalog/portfolios"]);
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["removes"], 0);
    let ran = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0);
    let portfolios = plan["released"].as_array().unwrap().len();
    assert!(portfolios > 2, "{plan}");
    ran.shows(&format!("{portfolios} portfolios no longer governed"));
}

#[test]
fn a_saved_plan_tells_what_it_showed_from_what_nobody_saw() {
    let bed = Bed::in_step();
    bed.git(&["rm", "-q", "catalog/marketplace/data-science.yaml"]);
    bed.sandbox(&["plan", "--base", "HEAD", "--out", "plan.json"]).ends(0);
    let ran = bed.sandbox(&["apply", "plan.json"]).ends(0).shows("1 experience no longer governed");
    assert!(!ran.stdout.contains("not known to have shown"), "{}", ran.stdout);
    // A plan that names another experience for the file: the release counts as not seen.
    let id = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).json();
    let id = id["released"][0]["resource"]["id"].as_str().unwrap().to_owned();
    bed.edit("plan.json", &format!("\"id\": \"{id}\""), "\"id\": \"exp-another\"");
    let report = bed.sandbox(&["apply", "plan.json", "--format", "json"]).ends(0).json();
    assert_eq!(report["released"][0]["unseen"], true);
    bed.sandbox(&["apply", "plan.json"]).ends(0).shows("The review is not known to have shown this.");
}
