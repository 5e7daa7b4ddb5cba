//! The plan of the repository's own catalog, in every format.

use insta::assert_snapshot;

use super::bed::Bed;

#[test]
fn the_example_as_text() {
    let ran = Bed::example().run(&["plan", "--sandbox"]).ends(0);
    assert_snapshot!(ran.stdout);
    assert_snapshot!(ran.stderr);
}

#[test]
fn the_example_as_markdown() {
    assert_snapshot!(Bed::example().run(&["plan", "--sandbox", "--format", "markdown"]).ends(0).stdout);
}

#[test]
fn the_example_as_json() {
    let plan = Bed::example().run(&["plan", "--sandbox", "--format", "json"]).ends(0).json();
    assert_eq!(plan["format_version"], 1);
    assert_eq!(plan["summary"]["removes"], 3);
    let names: Vec<&str> =
        plan["targets"].as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "{names:?}");
    insta::assert_json_snapshot!(plan["targets"][5]);
}

#[test]
fn the_digest_is_of_the_changes_alone() {
    let digest = |bed: &Bed| {
        let plan = bed.run(&["plan", "--sandbox", "--format", "json"]).ends(0).json();
        plan["digest"].as_str().unwrap().to_owned()
    };
    let bed = Bed::example();
    let first = digest(&bed);
    bed.edit("catalog/marketplace/baseline.yaml", "# What everybody may buy", "# Reworded, and a line more\n#");
    assert_eq!(digest(&bed), first, "comments and lines are not changes");
    bed.edit("catalog/portfolios/data-platform.yaml", "tag_options: true", "tag_options: false");
    assert_ne!(digest(&bed), first);
}

#[test]
fn the_exit_status_tells_only_when_asked() {
    let bed = Bed::example();
    bed.run(&["plan", "--sandbox", "--detailed-exitcode"]).ends(3);
    bed.run(&["drift", "--sandbox"]).ends(3).shows("To undo it");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0).shows("nothing to change");
    bed.sandbox(&["drift"]).ends(0);
}

#[test]
fn targets_can_be_chosen() {
    let bed = Bed::example();
    let names = |arguments: &[&str]| {
        let plan = bed.run(arguments).ends(0).json();
        let targets = plan["targets"].as_array().unwrap().clone();
        targets.iter().map(|target| target["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let plan = ["plan", "--sandbox", "--format", "json", "--target"];
    assert_eq!(
        names(&[&plan[..], &["portfolio/data-platform/*"]].concat()),
        ["portfolio/data-platform/acme/eu-west-1", "portfolio/data-platform/acme/us-east-1"]
    );
    assert_eq!(
        names(&[&plan[..], &["marketplace/baseline/subsidiary/*"]].concat()),
        ["marketplace/baseline/subsidiary/exp-subscorp0001"],
        "as `targets` writes it"
    );
    bed.run(&[&plan[..], &["portfolio/nothing/*"]].concat()).ends(2).says("no target matches portfolio/nothing/*");
}

#[test]
fn every_target_of_the_matrix_can_be_planned() {
    let bed = Bed::example();
    let targets = bed.run(&["targets"]).ends(0).json();
    for target in targets.as_array().unwrap() {
        bed.run(&["plan", "--sandbox", "--target", target.as_str().unwrap()]).ends(0);
    }
    insta::assert_json_snapshot!(targets);
}

#[test]
fn without_colour_there_is_none_and_with_it_there_is() {
    let bed = Bed::example();
    assert!(!bed.run(&["plan", "--sandbox"]).stdout.contains('\x1b'));
    assert!(bed.run(&["plan", "--sandbox", "--color", "always"]).stdout.contains('\x1b'));
}
