//! Output that is made from the program itself: JSON Schemas and manual pages.

use anyhow::{Context as _, Result};
use clap_mangen::roff::{Roff, roman};

use super::exit::{Exit, UsageError};
use super::output;
use crate::catalog::{FileKind, schema as schema_of};
use crate::cli::{Cli, SchemaKind};

/// Prints the JSON Schema of a kind of catalog file.
pub(super) fn schema(kind: SchemaKind) -> Result<Exit> {
    let kind = match kind {
        SchemaKind::Settings => FileKind::Settings,
        SchemaKind::Portfolio => FileKind::Portfolio,
        SchemaKind::Marketplace => FileKind::Marketplace,
    };
    let text = serde_json::to_string_pretty(&schema_of(kind)).context("the schema can't be written")?;
    output::printed(format!("{text}\n").as_bytes())?;
    Ok(Exit::Done)
}

/// Prints a manual page in roff: of the program, or of one of its commands.
pub(super) fn man(names: &[String]) -> Result<Exit> {
    let mut command = Cli::definition();
    command.build();
    let exits = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for (depth, name) in names.iter().enumerate() {
        let Some(below) = command.find_subcommand(name).cloned() else {
            return Err(unknown(&command, names.get(..depth).unwrap_or_default(), name).into());
        };
        command = below;
    }
    // The sections are rendered one by one. The complete page of `clap_mangen` has further ones that we don't want.
    let page = clap_mangen::Man::new(command.clone())
        .manual("catalog-sync")
        .source(format!("catalog-sync {}", env!("CARGO_PKG_VERSION")));
    let mut sink = Vec::new();
    page.render_title(&mut sink)?;
    page.render_name_section(&mut sink)?;
    page.render_synopsis_section(&mut sink)?;
    page.render_description_section(&mut sink)?;
    page.render_options_section(&mut sink)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut sink)?;
    }
    let mut last = Roff::new();
    last.control("SH", ["EXIT STATUS"]).text([roman(exits.trim_start_matches("Exit status: "))]);
    last.to_writer(&mut sink)?;
    output::printed(&sink)?;
    Ok(Exit::Done)
}

fn unknown(command: &clap::Command, above: &[String], name: &str) -> UsageError {
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let of = if above.is_empty() { String::new() } else { format!(" of {}", above.join(" ")) };
    UsageError(if names.is_empty() {
        format!("{} has no commands below it, and so none `{name}`", above.join(" "))
    } else {
        format!("there is no command `{name}`{of}; there are {}", names.join(", "))
    })
}
