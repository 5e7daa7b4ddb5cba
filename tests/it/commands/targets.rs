//! `--target`: what is left out must not change the plan of the rest.

use super::bed::Bed;

const PLAN: &[&str] = &["plan", "--target"];

#[test]
fn an_experience_that_all_live_does_not_find_is_wrong_usage() {
    let bed = Bed::example();
    let ran = bed.sandbox(&[PLAN, &["marketplace/baseline/subsidiary/exp-nothere"]].concat());
    ran.ends(2).says("no target matches marketplace/baseline/subsidiary/exp-nothere");
}

#[test]
fn an_experience_of_all_live_that_can_not_be_listed_is_unreadable_and_not_in_step() {
    for glob in ["marketplace/baseline/subsidiary/exp-subscorp0001", "marketplace/*/exp-subscorp0001"] {
        let bed = Bed::example();
        bed.fault("{operation: ListEntities, error: {code: AccessDeniedException, message: 'you may not'}}");
        bed.sandbox(&[PLAN, &[glob]].concat()).ends(1).shows("you may not");
        bed.sandbox(&["drift", "--target", glob]).ends(1).shows("you may not");
    }
}

#[test]
fn two_lists_on_one_experience_are_seen_though_only_one_is_asked_for() {
    let bed = Bed::example();
    bed.write(
        "catalog/marketplace/other.yaml",
        "approved: [prod-1234]\nexperiences:\n  - {organization: subsidiary, name: Corporate}\n",
    );
    for glob in ["marketplace/other/*", "marketplace/baseline/subsidiary/*"] {
        bed.sandbox(&[PLAN, &[glob]].concat()).ends(1).shows("governed more than once");
    }
}

#[test]
fn two_files_on_one_portfolio_are_seen_whatever_they_call_it() {
    let bed = Bed::example();
    bed.write(
        "catalog/portfolios/other.yaml",
        "id: port-dataplatform1\norganization: acme\nregions: [us-east-1]\nshares:\n  - account: '555555555552'\n",
    );
    bed.run(&["validate"]).ends(0);
    let ran = bed.sandbox(&["plan"]).ends(1);
    assert_eq!(ran.stdout.matches("port-dataplatform1 is governed more than once").count(), 1, "{}", ran.stdout);
    ran.shows("2 targets could not be read")
        .shows("portfolio/data-platform/acme/us-east-1")
        .shows("portfolio/other/acme");
    bed.sandbox(&[PLAN, &["portfolio/other/*"]].concat()).ends(1).shows("governed more than once");
}

#[test]
fn a_renamed_file_takes_nothing_away_though_only_its_old_name_is_asked_for() {
    let bed = Bed::in_step();
    bed.git(&["mv", "catalog/portfolios/data-platform.yaml", "catalog/portfolios/warehouse.yaml"]);
    bed.sandbox(&["plan", "--base", "HEAD", "--target", "portfolio/d*"]).ends(0).shows("nothing to change");
    bed.sandbox(&["plan", "--base", "HEAD", "--target", "portfolio/data-platform/*"]).ends(0);
}

#[test]
fn with_a_base_the_targets_are_named_that_are_cleaned_up_after() {
    let bed = Bed::committed();
    bed.git(&["rm", "-q", "catalog/portfolios/network-basics.yaml"]);
    let name = "portfolio/network-basics/acme/us-east-1";
    assert!(!bed.run(&["targets"]).ends(0).stdout.contains(name));
    bed.run(&["targets", "--base", "HEAD"]).ends(0).shows(name);
    bed.sandbox(&["plan", "--base", "HEAD", "--target", name]).ends(0).shows("1 target");
}

#[test]
fn what_an_id_names_and_is_not_there_is_said_with_its_line() {
    let bed = Bed::example();
    bed.write(
        "catalog/portfolios/other.yaml",
        "id: port-nothere\norganization: acme\nregions: [us-east-1]\nshares: []\n",
    );
    bed.write(
        "catalog/marketplace/other.yaml",
        "approved: [prod-1234]\nexperiences:\n  - {organization: acme, id: exp-nothere}\n",
    );
    let plan = bed.sandbox(&["plan", "--target", "*/other/*", "--format", "json"]).ends(1).json();
    for (index, what, line) in [(0, "experience exp-nothere", 3), (1, "portfolio port-nothere", 1)] {
        let target = &plan["targets"][index];
        assert!(target["reason"].as_str().unwrap().starts_with(&format!("there is no {what} in")), "{target}");
        assert_eq!(target["source"]["line"], line);
    }
}

#[test]
fn a_portfolio_by_id_that_is_gone_with_its_file_leaves_nothing_to_clean_up() {
    let bed = Bed::example();
    bed.write(
        "catalog/portfolios/other.yaml",
        "id: port-nothere\norganization: acme\nregions: [us-east-1]\nshares:\n  - account: '555555555552'\n",
    );
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-q", "-m", "The catalog"]);
    bed.git(&["rm", "-q", "catalog/portfolios/other.yaml"]);
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0);
}

#[test]
fn a_unit_whose_id_is_not_there_is_an_error_and_costs_the_others_no_name() {
    let bed = Bed::example();
    bed.edit("catalog/portfolios/network-basics.yaml", "shares:", "shares:\n  - ou: ou-acme-nothere1");
    let ran = bed.sandbox(&["plan"]).ends(1);
    ran.shows("has no organizational unit ou-acme-nothere1  network-basics.yaml:").shows("reaches 2 accounts: shop");
}

#[test]
fn more_targets_than_a_matrix_has_jobs_are_told_the_way_out() {
    let bed = Bed::example();
    let regions = "regions: [us-east-1, us-east-2, us-west-1, us-west-2, eu-west-1, eu-west-2, eu-west-3, eu-north-1]";
    for number in 0..33 {
        let text = format!("portfolio: P{number}\norganization: acme\n{regions}\nshares: []\n");
        bed.write(&format!("catalog/portfolios/p{number}.yaml"), &text);
    }
    let ran = bed.run(&["targets"]).ends(0);
    assert!(ran.stderr.contains("a job matrix of GitHub has 256 jobs at most: give `--bundles=256`"), "{}", ran.stderr);
    let ran = bed.run(&["targets", "--bundles=256"]).ends(0);
    let bundles: Vec<Vec<String>> = serde_json::from_str(&ran.stdout).unwrap();
    assert!(bundles.len() <= 256 && bundles.concat().len() > 256 && !ran.stderr.contains("warning: there are"));
}
