//! What is made from the program itself: schemas, completions, the manual page.

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::exit::Exit;
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

/// Prints completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "catalog-sync", &mut script);
    output::printed(&script)?;
    Ok(Exit::Done)
}

/// Prints the manual page, in roff.
pub(super) fn man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    output::printed(&page)?;
    Ok(Exit::Done)
}
