//! A page for each command, `docs/commands/COMMAND.md`: handwritten above the marker, and below it the options as the
//! program describes them. `docs/commands/README.md` lists the commands and the options that every command takes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use catalog_sync::cli::Cli;
use clap::{Arg, ArgAction, Command};

use super::{below_marker, keep, read};

#[test]
fn every_command_has_its_page() {
    let mut program = Cli::definition();
    program.build();
    let common: BTreeSet<String> = common(&program).map(|arg| arg.get_id().to_string()).collect();
    let commands: Vec<&Command> = program.get_subcommands().collect();
    let mut pages: Vec<(String, String)> =
        commands.iter().map(|command| below_marker(&path(command), &page(command, &common))).collect();
    pages.push(below_marker("docs/commands/README.md", &overview(&commands, &program)));
    keep(&pages);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands");
    for entry in fs::read_dir(folder).expect("the pages can be listed") {
        let name = entry.expect("a page").file_name().to_string_lossy().into_owned();
        let about = name.trim_end_matches(".md");
        let is_known = about == "README" || commands.iter().any(|command| command.get_name() == about);
        assert!(is_known, "docs/commands/{name} is about no command: delete it");
    }
    for command in commands {
        let text = read(&path(command));
        let begin = format!("# `catalog-sync {}`\n", command.get_name());
        assert!(text.starts_with(&begin), "{} begins with {begin}", path(command));
        for heading in ["## What it needs\n", "## How it ends\n"] {
            assert!(text.contains(heading), "{} has no {heading}", path(command));
        }
    }
}

fn path(command: &Command) -> String {
    format!("docs/commands/{}.md", command.get_name())
}

/// Options that all commands share.
fn common(program: &Command) -> impl Iterator<Item = &Arg> {
    program.get_arguments().filter(|arg| arg.is_global_set())
}

fn page(command: &Command, common: &BTreeSet<String>) -> String {
    let mut text = String::new();
    let parts: Vec<&Command> = command.get_subcommands().collect();
    if parts.is_empty() {
        text.push_str("\n## Options\n");
        section(&mut text, command, common);
    }
    for part in parts {
        writeln!(text, "\n## Options of `{} {}`", command.get_name(), part.get_name()).expect("a text grows");
        section(&mut text, part, common);
    }
    text
}

/// A command's description, its usage and its own options.
fn section(text: &mut String, command: &Command, common: &BTreeSet<String>) {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    write!(text, "\n{about}\n\n`{usage}`\n").expect("a text grows");
    let shown = |arg: &&Arg| !["help", "version"].contains(&arg.get_id().as_str());
    let (shared, own): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|arg| common.contains(arg.get_id().as_str()));
    table(text, &own);
    let shown = shared.iter().filter(|arg| !arg.is_hide_set());
    let names: Vec<String> = shown.filter_map(|arg| Some(format!("`--{}`", arg.get_long()?))).collect();
    write!(
        text,
        "\nOf the [options for all commands](README.md#options-for-all-commands) these do something here: {}.\n",
        names.join(", ")
    )
    .expect("a text grows");
}

fn table(text: &mut String, arguments: &[&Arg]) {
    if arguments.is_empty() {
        return;
    }
    text.push_str("\n| option | meaning | variable |\n| --- | --- | --- |\n");
    for arg in arguments {
        let variable = arg.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
        writeln!(text, "| {} | {} | {variable} |", name(arg), meaning(arg)).expect("a text grows");
    }
}

fn name(arg: &Arg) -> String {
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let values = arg.get_value_names().map(|names| names.join(" ")).unwrap_or_default();
    match (arg.get_long(), arg.get_short()) {
        (Some(long), short) => {
            let short = short.map(|short| format!("`-{short}`, ")).unwrap_or_default();
            let value = match (takes && !values.is_empty(), arg.is_require_equals_set()) {
                (true, true) => format!("[={values}]"),
                (true, false) => format!(" {values}"),
                (false, _) => String::new(),
            };
            format!("{short}`--{long}{value}`")
        }
        (None, _) => format!("`{values}`"),
    }
}

fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut text = help.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*");
    if !text.ends_with(['.', ']']) {
        text.push('.');
    }
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let values: Vec<_> = arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
    if takes && !values.is_empty() && values.iter().any(|value| !["true", "false"].contains(&value.get_name())) {
        let told = values.iter().map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        });
        write!(text, " One of {}.", told.collect::<Vec<_>>().join(", ")).expect("a text grows");
    }
    let defaults = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy()));
    let defaults = defaults.collect::<Vec<_>>().join(", ");
    if takes && !defaults.is_empty() {
        write!(text, " Default: {defaults}.").expect("a text grows");
    }
    text
}

fn overview(commands: &[&Command], program: &Command) -> String {
    let mut text = "\n| command | what it does |\n| --- | --- |\n".to_owned();
    for command in commands {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default().replace('|', "\\|");
        writeln!(text, "| [`{name}`]({name}.md) | {about} |").expect("a text grows");
    }
    text.push_str("\n## Options for all commands\n");
    table(&mut text, &common(program).filter(|arg| !arg.is_hide_set()).collect::<Vec<_>>());
    text
}
