//! One file per command: the only place where the layers meet.

mod apply;
mod catalog;
mod ci;
mod cloud;
mod document;
mod drift;
mod files;
mod filter;
mod gather;
mod output;
mod plan;
mod planning;
mod print;
mod report;
mod signal;
mod status;
mod targets;
mod validate;

use anyhow::Result;

pub use filter::UsageError;

use crate::cli::{Cli, Command};

/// How a command ended; the process's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or in step.
    Done = 0,
    /// Bad catalog, no access, AWS failed.
    Error = 1,
    /// Wrong usage of the command line.
    Usage = 2,
    /// Differences were found.
    Differences = 3,
    /// Refused: safety limit, stale plan, changes nobody reviewed.
    Refused = 4,
    /// Applied in part; the report says what finishes the rest.
    Partial = 5,
}

/// Runs a command. An error is for the reader: what was tried, on what, what came of it.
pub async fn run(cli: Cli) -> Result<Exit> {
    let Cli { common, command } = cli;
    match command {
        Command::Validate => validate::run(&common),
        Command::Plan(options) => plan::run(&common, &options).await,
        Command::Apply(options) => apply::run(&common, &options).await,
        Command::Drift(options) => drift::run(&common, &options).await,
        Command::Ci(options) => ci::run(&common, &options).await,
        Command::Report(options) => report::run(&common, &options),
        Command::Status(options) => status::run(&common, &options).await,
        Command::Targets(options) => targets::run(&common, &options),
        Command::Schema { kind } => print::schema(kind),
        Command::Completions { shell } => print::completions(shell),
        Command::Man => print::man(),
    }
}
