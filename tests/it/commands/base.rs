//! `--base`: the origin of each change, and the removal of what is no longer listed.

use super::bed::Bed;

#[test]
fn what_the_base_asked_for_already_is_drift() {
    let bed = Bed::committed();
    bed.edit("catalog/portfolios/developer-sandbox.yaml", "shares:", "shares:\n  - account: \"333333333332\"");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["creates"], 15);
    assert_eq!(plan["summary"]["drift"], 18, "all but the new share");
    let base = plan["catalog"]["base"].as_str().unwrap();
    assert_eq!(base.len(), 40, "the commit, not the name: {base}");
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("from before this change");
}

#[test]
fn a_deleted_file_takes_its_shares_with_it() {
    let bed = Bed::committed();
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    std::fs::remove_file(bed.path("catalog/portfolios/developer-sandbox.yaml")).unwrap();
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let removed = plan["summary"]["removes"].as_u64().unwrap();
    assert!(removed > 0);
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("nothing to change");
}

#[test]
fn a_renamed_file_takes_nothing_away() {
    let bed = Bed::committed();
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    std::fs::rename(
        bed.path("catalog/portfolios/developer-sandbox.yaml"),
        bed.path("catalog/portfolios/sandboxes.yaml"),
    )
    .unwrap();
    // The accounts' local portfolios are tagged with the file's name, so the tag is updated.
    let ran = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("tag: developer-sandbox → sandboxes");
    assert!(ran.stdout.contains("11 targets: 2 to update. 1 warning. 9 targets in step."), "{}", ran.stdout);
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("nothing to change");
}

#[test]
fn a_base_that_is_not_there_says_what_to_do() {
    let bed = Bed::committed();
    bed.sandbox(&["plan", "--base", "nowhere"]).ends(1).says("nowhere").says("fetch-depth: 0");
    bed.sandbox(&["plan", "--base", "--output=x"]).ends(2);
    bed.sandbox(&["plan", "--base=--output=x"]).ends(1);
}
