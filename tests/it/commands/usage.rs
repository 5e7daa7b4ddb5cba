//! The command line itself.

use insta::assert_snapshot;

use super::bed::Bed;

#[test]
fn help_tells_every_command() {
    assert_snapshot!(Bed::example().run(&["--help"]).ends(0).stdout);
}

#[test]
fn version_is_the_same_whichever_way_it_is_asked_for() {
    let bed = Bed::example();
    let version = format!("catalog-sync {}\n", env!("CARGO_PKG_VERSION"));
    for words in [&["--version"][..], &["-V"], &["--quiet", "--version"]] {
        assert_eq!(bed.run(words).ends(0).stdout, version, "{words:?}");
    }
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
    bed.run(&["plan", "--share-pause", "0"]).ends(2).says("such as 90s, 30m or 2h");
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

#[test]
fn repeated_v_or_q_is_no_error() {
    let bed = Bed::example();
    bed.run(&["plan", "--sandbox", "-vv"]).ends(0);
    bed.run(&["plan", "--sandbox", "-v", "--verbose"]).ends(0);
    bed.run(&["plan", "--sandbox", "-qq"]).ends(0);
    bed.run(&["plan", "--sandbox", "-qv"]).ends(2);
}

#[test]
fn world_that_is_parted_from_its_option_is_told_where_it_goes() {
    let bed = Bed::example();
    bed.sandbox(&["plan"]).ends(0);
    for command in [&["apply", "--auto-approve", "--sandbox", "world.yaml"][..], &["plan", "--sandbox", "world.yaml"]] {
        bed.run(command).ends(2).says("write `--sandbox=world.yaml`");
    }
    bed.run(&["plan", "--sandbox", "--out", "plan.json"]).ends(0);
    bed.run(&["apply", "--sandbox", "plan.json"]).ends(0);
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a test that needs a further tool says so when it is left out")]
fn dumb_terminal_gets_no_escape_sequences() {
    let bed = Bed::example();
    let binary = env!("CARGO_BIN_EXE_catalog-sync");
    // A terminal, made by `script` of util-linux.
    let seen = |term: &str, ci: &str| {
        let command = format!("{binary} apply --sandbox --auto-approve");
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &command, "/dev/null"]).current_dir(bed.path("")).env("TERM", term).env("CI", ci);
        let output = script.env_remove("NO_COLOR").stdin(std::process::Stdio::null()).output();
        output.ok().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for ci in ["", "true"] {
        let (Some(dumb), Some(full)) = (seen("dumb", ci), seen("xterm", ci)) else {
            eprintln!("left out: there is no `script` here");
            return;
        };
        assert!(dumb.contains("applied") && !dumb.contains('\u{1b}'), "{dumb:?}");
        assert!(full.contains('\u{1b}'), "{full:?}");
    }
}
