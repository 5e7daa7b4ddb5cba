//! The options of every command that compares shares.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Whether to look whom the shares with units and organizations really reached.
#[derive(Debug, Clone, Args)]
pub struct Reach {
    /// Look whether every share with a unit or an organization reached every account below it, and whether what is
    /// approved can still be bought
    #[arg(long, env = "CATALOG_SYNC_REACH", value_parser = BoolishValueParser::new())]
    pub reach: bool,
    /// Remove shares that missed accounts and make them again: it takes access away for a moment
    #[arg(long, env = "CATALOG_SYNC_REPAIR_SHARES", value_parser = BoolishValueParser::new())]
    pub repair_shares: bool,
}
