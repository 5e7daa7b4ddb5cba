//! `fmt` as run by people and by hooks.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::bed::Bed;

const UNTIDY: &str = "shares:\n- account: 333333333341\nportfolio: Untidy\n";
const TIDY: &str = "portfolio: Untidy\nshares:\n  - account: \"333333333341\"\n";

#[test]
fn untidy_file_is_named_and_put_into_its_form() {
    let bed = Bed::example();
    bed.run(&["fmt", "--check"]).ends(0).says("Nothing to change.");
    bed.write("catalog/portfolios/untidy.yaml", UNTIDY);
    let checked = bed.run(&["fmt", "--check"]).ends(3).says("`catalog-sync fmt` puts it there");
    assert_eq!(checked.stdout, "catalog/portfolios/untidy.yaml\n");
    assert_eq!(bed.read("catalog/portfolios/untidy.yaml"), UNTIDY);
    let ran = bed.run(&["fmt"]).ends(0);
    assert_eq!(ran.stdout, "catalog/portfolios/untidy.yaml\n");
    assert_eq!(bed.read("catalog/portfolios/untidy.yaml"), TIDY);
    assert_eq!(bed.run(&["fmt"]).ends(0).stdout, "");
}

#[test]
fn catalog_elsewhere_is_put_into_its_form_there() {
    let bed = Bed::example();
    bed.write("infra/live/portfolios/untidy.yaml", UNTIDY);
    let elsewhere = bed.path("infra/live");
    bed.run(&["fmt", "--catalog", "./infra/live/"]).ends(0).shows("infra/live/portfolios/untidy.yaml");
    assert_eq!(bed.read("infra/live/portfolios/untidy.yaml"), TIDY);
    bed.run(&["fmt", "--check", "--catalog", &elsewhere.to_string_lossy()]).ends(0);
}

#[test]
fn file_that_cannot_be_read_stays_and_the_others_do_not_wait_for_it() {
    let bed = Bed::example();
    bed.write("catalog/portfolios/untidy.yaml", UNTIDY);
    bed.write("catalog/portfolios/broken.yaml", "portfolio: X: Y\n");
    bed.write("catalog/portfolios/nested.yaml", "portfolio: X\nshares:\n  - - account\n");
    let ran = bed.run(&["fmt"]).ends(1).says("broken.yaml:1:13: error[syntax]").says("nested.yaml:3: left as it is");
    assert_eq!(ran.stdout, "catalog/portfolios/untidy.yaml\n");
    assert_eq!(bed.read("catalog/portfolios/broken.yaml"), "portfolio: X: Y\n");
    assert_eq!(bed.read("catalog/portfolios/untidy.yaml"), TIDY);
}

#[test]
fn nothing_is_said_of_the_form_of_a_file_that_cannot_be_read() {
    let bed = Bed::example();
    bed.write("catalog/portfolios/broken.yaml", "portfolio: X: Y\n");
    let ran = bed.run(&["fmt", "--check"]).ends(1).says("broken.yaml:1:13: error[syntax]");
    assert!(!ran.stderr.contains("Nothing to change"), "{}", ran.stderr);
}

#[test]
#[cfg(unix)]
fn link_is_not_written_through() {
    let bed = Bed::example();
    bed.write("precious.yaml", UNTIDY);
    std::os::unix::fs::symlink("../../precious.yaml", bed.path("catalog/portfolios/link.yaml")).unwrap();
    bed.run(&["fmt"]).ends(1).says("symbolic link");
    assert_eq!(bed.read("precious.yaml"), UNTIDY);
    std::os::unix::fs::symlink(".", bed.path("elsewhere")).unwrap();
    bed.run(&["fmt", "--catalog", "elsewhere/catalog"]).ends(1).says("symbolic link");
}

#[test]
fn result_in_another_format_is_wrong_usage() {
    Bed::example().run(&["fmt", "--format", "json"]).ends(2);
}

/// The entries of the pre-commit hooks work, run without the pre-commit framework.
#[test]
fn hooks_for_pre_commit_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: Vec<serde_json::Value> = serde_yaml::from_str(&hooks).unwrap();
    let bed = Bed::example();
    bed.write("catalog/portfolios/untidy.yaml", UNTIDY);
    for hook in &hooks {
        let entry: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
        let (program, arguments) = entry.split_first().unwrap();
        assert_eq!((*program, &hook["pass_filenames"]), ("catalog-sync", &serde_json::Value::Bool(false)));
        let files = hook["files"].as_str().unwrap();
        assert!(files.ends_with(r"\.ya?ml$"), "{files}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
        let ran = command.args(arguments).current_dir(bed.path("")).output().unwrap();
        assert_eq!(ran.status.code(), Some(0), "{hook}");
    }
    assert_eq!(hooks.len(), 2);
    assert_eq!(bed.read("catalog/portfolios/untidy.yaml"), TIDY);
}
