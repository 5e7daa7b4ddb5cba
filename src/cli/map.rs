//! Options of `map`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Options of `map`.
#[derive(Debug, Args)]
pub struct Map {
    /// Write the page to FILE; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "map.html", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// Show what this plan changes, which `plan --out` saved, and make none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,
    /// Write over a file that is no map
    #[arg(long)]
    pub force: bool,
}
