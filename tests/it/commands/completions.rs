//! The requests of a shell for completions, made without a shell.

use super::bed::{Bed, Ran};

fn asked(bed: &Bed, shell: &str, words: &[&str], variables: &[(&str, &str)]) -> Ran {
    let index = (words.len() - 1).to_string();
    let own = [("CATALOG_SYNC_COMPLETE", shell), ("_CLAP_COMPLETE_INDEX", &index), ("_CLAP_IFS", "\n")];
    let all: Vec<(&str, &str)> = own.into_iter().chain(variables.iter().copied()).collect();
    let arguments: Vec<&str> = ["--"].into_iter().chain(words.iter().copied()).collect();
    bed.run_with(&arguments, &all)
}

#[test]
fn catalog_is_the_one_of_the_command_line_or_of_the_variable() {
    let bed = Bed::example();
    bed.write("elsewhere/settings.yaml", &bed.read("catalog/settings.yaml"));
    bed.write("elsewhere/portfolios/lonely.yaml", "portfolio: Lonely\nshares: []\n");
    let lonely = "portfolio/lonely/acme/us-east-1";
    let words = ["catalog-sync", "plan", "--target", ""];
    let ran = asked(&bed, "fish", &words, &[]).ends(0);
    assert!(ran.stdout.contains("portfolio/network-basics/") && !ran.stdout.contains("lonely"), "{}", ran.stdout);
    let ran = asked(&bed, "fish", &words, &[("CATALOG_SYNC_CATALOG", "elsewhere")]).ends(0);
    assert_eq!(ran.stdout.trim(), lonely);
    for catalog in [&["--catalog", "elsewhere"][..], &["--catalog=elsewhere"], &["--catalog", "~/elsewhere"]] {
        let words: Vec<&str> =
            ["catalog-sync"].iter().chain(catalog).chain(&["plan", "--target", ""]).copied().collect();
        assert_eq!(asked(&bed, "fish", &words, &[]).ends(0).stdout.trim(), lonely, "{words:?}");
    }
}

#[test]
fn nothing_that_is_wrong_is_an_error_while_somebody_types() {
    let bed = Bed::example();
    bed.write("catalog/portfolios/broken.yaml", "portfolio: X: Y\n");
    bed.write("elsewhere", "a file");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell", "tcsh", ""] {
        for words in [
            &["catalog-sync", "plan", "--target", "port"][..],
            &["catalog-sync", "--catalog", "elsewhere", "plan", "--target", ""],
            &["catalog-sync", "--catalog", "", "plan", "--target", "--", "x"],
            &["catalog-sync", "no", "such", "command", ""],
            &["catalog-sync plan --target 'port", " =:"],
            &["catalog-sync", "plan", "--target", "--", "--", "-x", ""],
            &[""],
        ] {
            let ran = asked(&bed, shell, words, &[]);
            if shell.is_empty() {
                assert_eq!(ran.status, 2, "no shell asks");
                continue;
            }
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{shell} {words:?}");
            assert!(!ran.stdout.contains("portfolio/network"), "{shell} {words:?}: {}", ran.stdout);
        }
    }
}

#[test]
fn variable_of_completions_changes_no_command() {
    let bed = Bed::example();
    let variables = [("CATALOG_SYNC_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "1")];
    for command in [&["validate"][..], &["plan", "--sandbox"], &["ci", "apply", "--sandbox"], &["--help"], &[]] {
        let plain = bed.run(command);
        let ran = bed.run_with(command, &variables);
        assert_eq!((ran.status, ran.stdout, ran.stderr), (plain.status, plain.stdout, plain.stderr), "{command:?}");
    }
    // Without the variables that a shell sets, these words are no valid command line.
    bed.run(&["--", "catalog-sync", "pl"]).ends(2);
}

#[test]
fn account_to_explain_comes_from_the_catalog() {
    let bed = Bed::example();
    let ran = asked(&bed, "fish", &["catalog-sync", "explain", ""], &[]).ends(0);
    let accounts = ran.stdout.lines().filter(|line| !line.starts_with("--"));
    assert_eq!(accounts.collect::<Vec<_>>(), ["333333333341", "444444444442", "999999999992"]);
}
