//! The options that every command takes: which commands they have an effect on. And the manual pages.

use std::collections::BTreeMap;

use catalog_sync::cli::Cli;
use insta::assert_snapshot;

use super::bed::{Bed, Ran};

/// For each command, whether its help shows each common option.
fn shown() -> BTreeMap<String, BTreeMap<String, bool>> {
    let mut definition = Cli::definition();
    definition.build();
    let common: Vec<String> =
        definition.get_arguments().filter(|arg| arg.is_global_set()).map(|arg| arg.get_id().to_string()).collect();
    let of = |command: &clap::Command| {
        let shown = |id: &String| {
            let arg = command.get_arguments().find(|arg| arg.get_id() == id.as_str());
            (id.clone(), arg.is_some_and(|arg| !arg.is_hide_set()))
        };
        (command.get_name().to_owned(), common.iter().map(shown).collect())
    };
    definition.get_subcommands().map(of).collect()
}

#[test]
fn every_command_shows_the_options_that_have_an_effect_there() {
    let table: Vec<String> = shown()
        .iter()
        .map(|(command, options)| {
            let options: Vec<&str> = options.iter().filter(|(_, shown)| **shown).map(|(id, _)| id.as_str()).collect();
            format!("{command}: {}", options.join(" ")).trim_end().to_owned()
        })
        .collect();
    assert_snapshot!(table.join("\n"), @r#"
    apply: base catalog color concurrency format quiet sandbox share_pause targets timeout verbose
    ci: base catalog color concurrency format quiet sandbox share_pause targets timeout verbose
    completions:
    doctor: base catalog color concurrency format quiet sandbox timeout verbose
    drift: catalog color concurrency format quiet sandbox targets timeout verbose
    explain: base catalog color concurrency format quiet sandbox timeout verbose
    fmt: catalog color quiet
    iam: base catalog color format quiet verbose
    import: base catalog color concurrency format quiet sandbox targets timeout verbose
    init: catalog quiet sandbox
    man:
    map: base catalog color concurrency quiet sandbox targets timeout verbose
    plan: base catalog color concurrency format quiet sandbox targets timeout verbose
    products: base catalog color concurrency format quiet sandbox timeout verbose
    report: base catalog color format quiet sandbox targets verbose
    schema:
    status: catalog color format quiet verbose
    targets: base catalog color format quiet targets verbose
    validate: catalog color format
    "#);
}

/// Values of an option that show its effect, compared with a command line without it. `None` if no effect can be seen,
/// as with the number of calls in flight and the timeout.
fn tries(option: &str) -> Option<&'static [&'static str]> {
    Some(match option {
        "catalog" => &["--catalog=broken"],
        "targets" => &["--target=nothing/*"],
        "base" => &["--base=no-such-revision"],
        "format" => &["--format=yaml"],
        "color" => &["--color=always", "--catalog=broken"],
        "quiet" => &["--quiet"],
        "verbose" => &["--verbose"],
        "sandbox" => &["--sandbox=other.yaml"],
        "concurrency" | "timeout" | "share_pause" => return None,
        other => panic!("the option {other} has no try"),
    })
}

/// A command line of each command in which common options can show their effect.
fn line(command: &str) -> Option<&'static [&'static str]> {
    Some(match command {
        "validate" => &["validate"],
        "fmt" => &["fmt", "--check"],
        "init" => &["init", "--name=acme", "--organization=o-acme000001", "--marketplace-account=111111111111"],
        "plan" => &["plan", "--sandbox"],
        "apply" => &["apply", "--auto-approve", "--sandbox"],
        "drift" => &["drift", "--sandbox"],
        "report" => &["report", "empty"],
        "status" => &["status"],
        "doctor" => &["doctor", "--sandbox"],
        "targets" => &["targets"],
        "products" => &["products", "show", "prod-4xk6p2ab3cdef", "--sandbox"],
        "iam" => &["iam"],
        "import" => &["import", "--adopt", "--dry-run", "--sandbox"],
        "explain" => &["explain", "333333333341", "--sandbox"],
        "map" => &["map", "--sandbox"],
        "schema" => &["schema", "settings"],
        "completions" => &["completions", "fish"],
        "man" => &["man", "plan"],
        // `ci` runs `plan`, `apply` and `drift`, so it has the same effects.
        "ci" => return None,
        other => panic!("the command {other} has no line"),
    })
}

#[test]
fn hidden_options_do_nothing_and_shown_ones_something() {
    let kept = Bed::committed();
    // A catalog with a warning, so that `--quiet` has an effect.
    kept.write("catalog/marketplace/odd.yaml", "approved: [prod-odd]\n");
    kept.write("broken/settings.yaml", "version: [\n");
    kept.write("empty/nothing", "");
    kept.write("other.yaml", "organizations: {}\n");
    let run = |line: &[&str], more: &[&str]| {
        let is_replaced = |word: &str| word == "--sandbox" && more.iter().any(|more| more.starts_with("--sandbox="));
        let all: Vec<&str> = line.iter().chain(more).copied().filter(|word| !is_replaced(word)).collect();
        // `init` needs an empty folder each time.
        let Ran { status, stdout, stderr } =
            if line.contains(&"init") { Bed::new("", &[]).run(&all) } else { kept.run(&all) };
        (status, stdout, stderr)
    };
    for (command, options) in shown() {
        let Some(line) = line(&command) else {
            assert!(options.values().all(|shown| *shown), "{options:?}");
            continue;
        };
        for (option, shown) in options {
            let Some(tried) = tries(&option) else {
                // Only commands that call AWS take a timeout.
                assert!(
                    !shown
                        || ["plan", "apply", "doctor", "drift", "products", "explain", "import", "map"]
                            .contains(&command.as_str()),
                    "{command} {option}"
                );
                continue;
            };
            let (tried, beside) = tried.split_at(1);
            let plain = run(line, beside);
            // `doctor`, `fmt`, `map` and `products` refuse some formats instead of ignoring them.
            let tried: &[&str] = if option == "format" && !shown { &["--format=text"] } else { tried };
            let with = run(line, &[tried, beside].concat());
            assert_eq!(plain != with, shown, "{command} {option}\n{plain:#?}\n{with:#?}");
        }
    }
}

#[test]
fn each_command_has_a_manual_page_with_its_options_and_variables() {
    let bed = Bed::example();
    let page = |names: &[&str]| bed.run(&[&["man"], names].concat()).ends(0).stdout;
    let whole = page(&[]);
    assert!(whole.contains(".TH catalog-sync 1") && whole.contains("catalog\\-sync\\-plan(1)"), "{whole}");
    assert!(whole.contains(".SH \"EXIT STATUS\"\n0 done, or in step"), "{whole}");
    let mut definition = Cli::definition();
    definition.build();
    let mut seen = 0;
    for command in definition.get_subcommands() {
        let text = page(&[command.get_name()]);
        assert!(text.contains(&format!(".TH catalog-sync-{} 1", command.get_name())), "{text}");
        for arg in command.get_arguments() {
            let named = |text: &str, name: &str| text.contains(&name.replace('-', "\\-"));
            if let Some(long) = arg.get_long() {
                assert_eq!(named(&text, &format!("\\fB--{long}\\fR")), !arg.is_hide_set(), "{long}: {text}");
            }
            if let Some(variable) = arg.get_env().filter(|_| !arg.is_hide_set()) {
                assert!(named(&text, &variable.to_string_lossy()), "{variable:?}: {text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen} variables were looked at");
    assert!(page(&["products", "search"]).contains("\\-\\-publisher"));
    bed.run(&["man", "plam"]).ends(2).says("there is no command `plam`; there are init, import, validate");
    bed.run(&["man", "products", "find"]).ends(2).says("no command `find` of products; there are search, show");
    bed.run(&["man", "plan", "x"]).ends(2).says("plan has no commands below it");
}
