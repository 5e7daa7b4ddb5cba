//! One file per command: the only place where the layers meet.

mod adopting;
mod apply;
mod catalog;
mod ci;
mod cloud;
mod complete;
mod doctor;
mod document;
mod drift;
mod exit;
mod explain;
mod files;
mod filter;
mod fmt;
mod gather;
mod iam;
mod import;
mod init;
mod map;
pub mod obstacle;
mod output;
mod plan;
mod planning;
mod print;
mod products;
mod progress;
mod put;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod signal;
mod status;
mod targets;
mod validate;

use anyhow::Result;

pub use complete::answer as complete;
pub use exit::{Exit, UsageError};

use crate::cli::{Cli, Command};

/// Runs a command. The text of an error is for people: the action, its subject and the cause.
pub async fn run(cli: Cli) -> Result<Exit> {
    let Cli { common, command } = cli;
    match command {
        Command::Validate => validate::run(&common),
        Command::Fmt(options) => fmt::run(&common, &options),
        Command::Init(options) => init::run(&common, &options),
        Command::Import(options) => import::run(&common, &options).await,
        Command::Plan(options) => plan::run(&common, &options).await,
        Command::Apply(options) => apply::run(&common, &options).await,
        Command::Drift(options) => drift::run(&common, &options).await,
        Command::Ci(options) => ci::run(&common, &options).await,
        Command::Report(options) => report::run(&common, &options),
        Command::Explain(options) => explain::run(&common, &options).await,
        Command::Map(options) => map::run(&common, &options).await,
        Command::Status(options) => status::run(&common, &options).await,
        Command::Iam(options) => iam::run(&common, &options),
        Command::Doctor(options) => doctor::run(&common, &options).await,
        Command::Targets(options) => targets::run(&common, &options),
        Command::Products(options) => products::run(&common, &options).await,
        Command::Schema { kind } => print::schema(kind),
        Command::Completions { shell } => complete::script(shell),
        Command::Man { command } => print::man(&command),
    }
}
