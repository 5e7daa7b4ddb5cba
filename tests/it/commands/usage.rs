//! The command line itself.

use insta::assert_snapshot;

use super::bed::Bed;

#[test]
fn help_tells_every_command() {
    assert_snapshot!(Bed::example().run(&["--help"]).ends(0).stdout);
}

#[test]
fn wrong_usage_ends_with_two() {
    let bed = Bed::example();
    bed.run(&[]).ends(2);
    bed.run(&["plan", "--what"]).ends(2);
    bed.run(&["plan", "--concurrency", "0"]).ends(2);
    for time in ["0s", "30", "m", "1d"] {
        bed.run(&["plan", "--timeout", time]).ends(2).says("such as 90s, 30m or 2h");
    }
    bed.run(&["plan", "--target", "[", "--sandbox"]).ends(2);
    bed.run(&["plan", "--sandbox", "--format", "sarif"]).ends(2);
}

#[test]
fn a_missing_catalog_is_said() {
    let bed = Bed::example();
    bed.run(&["validate", "--catalog", "elsewhere"]).ends(1).says("elsewhere");
}

#[test]
fn a_sandbox_that_is_no_world_is_said() {
    let bed = Bed::example();
    bed.world("organizations: {acme: {id: [}}\n");
    bed.sandbox(&["plan"]).ends(1).says("world.yaml");
}

#[test]
fn schemas_completions_and_the_manual_are_printed() {
    let bed = Bed::example();
    for kind in ["settings", "portfolio", "marketplace"] {
        let schema = bed.run(&["schema", kind]).ends(0).json();
        assert!(schema["properties"].is_object(), "{schema}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        bed.run(&["completions", shell]).ends(0).shows("catalog-sync");
    }
    bed.run(&["man"]).ends(0).shows(".TH catalog-sync");
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let bed = Bed::example();
    let names = "CATALOG TARGET BASE FORMAT COLOR QUIET VERBOSE CONCURRENCY OUT DETAILED_EXITCODE ALL AUTO_APPROVE \
                 ALLOW_REMOVALS";
    let names: Vec<String> = names.split_whitespace().map(|name| format!("CATALOG_SYNC_{name}")).collect();
    let empty: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    bed.run_with(&["plan", "--sandbox"], &empty).ends(0);
    bed.run_with(&["apply", "--sandbox", "--auto-approve"], &empty).ends(0);
    bed.run_with(&["plan", "--sandbox"], &[("CATALOG_SYNC_DETAILED_EXITCODE", "1")]).ends(3);
    bed.run_with(&["plan"], &[("CATALOG_SYNC_SANDBOX", "true"), ("CATALOG_SYNC_DETAILED_EXITCODE", "no")]).ends(0);
    bed.run_with(&["plan", "--sandbox"], &[("CATALOG_SYNC_QUIET", "maybe")]).ends(2);
}
