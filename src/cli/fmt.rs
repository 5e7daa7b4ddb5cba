//! Options of `fmt`.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Options of `fmt`.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Write nothing, and exit with 3 where a file is not in its form
    #[arg(long, env = "CATALOG_SYNC_CHECK", value_parser = BoolishValueParser::new())]
    pub check: bool,
}
