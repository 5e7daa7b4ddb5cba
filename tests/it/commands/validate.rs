//! Findings as people and machines see them.

use insta::assert_snapshot;

use super::bed::Bed;

fn spoilt() -> Bed {
    let bed = Bed::example();
    bed.edit("catalog/settings.yaml", "max_removals", "max_removal");
    bed.edit("catalog/portfolios/data-platform.yaml", "tag_options: true", "tag_option: yes");
    bed.edit("catalog/portfolios/data-platform.yaml", "\"333333333341\"", "33333333341");
    bed.edit("catalog/marketplace/baseline.yaml", "unlisted: deny", "unlisted: denied");
    bed
}

#[test]
fn every_finding_at_once() {
    let ran = spoilt().run(&["validate"]).ends(1);
    assert_snapshot!(ran.stdout);
}

#[test]
fn findings_as_json() {
    let findings = spoilt().run(&["validate", "--format", "json"]).ends(1).json();
    assert_eq!(findings["format_version"], 1);
    insta::assert_json_snapshot!(findings["findings"][0]);
}

#[test]
fn findings_as_sarif() {
    let sarif = spoilt().run(&["validate", "--format", "sarif"]).ends(1).json();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(sarif["runs"][0]["results"].as_array().unwrap().len() >= 4);
}

#[test]
fn findings_link_to_their_pages_where_the_repository_is_known() {
    let bed = spoilt();
    let arguments = ["validate", "--format", "sarif"];
    let help = |source: &str| {
        let sarif = bed.run_with(&arguments, &[("ACTION_SOURCE", source)]).ends(1).json();
        sarif["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"].as_str().map(str::to_owned)
    };
    let address = "https://github.com/acme/catalog-sync/blob/v1/docs/findings/";
    assert!(help("acme/catalog-sync@v1").unwrap().starts_with(address));
    assert_eq!(help("@"), None);
}

#[test]
fn a_bad_catalog_is_neither_planned_nor_applied() {
    let bed = spoilt();
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["drift"], &["targets"]] {
        let ran = bed.sandbox(command).ends(1).says("unknown_key");
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn the_example_is_valid() {
    Bed::example().run(&["validate"]).ends(0);
}
