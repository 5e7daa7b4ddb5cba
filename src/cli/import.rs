//! Options of `import`.

use clap::Args;

use super::foreign::Foreign;

/// Options of `import`.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// Only of this organization, by its name in the settings; may be given several times
    #[arg(long, value_name = "NAME", env = "CATALOG_SYNC_ORGANIZATIONS", value_delimiter = ',')]
    pub organization: Vec<String>,
    /// Only this portfolio, by its name or id; may be given several times
    #[arg(long, value_name = "NAME")]
    pub portfolio: Vec<String>,
    /// Only this experience, by its name or id; may be given several times
    #[arg(long, value_name = "NAME")]
    pub experience: Vec<String>,
    /// Look who may launch in the accounts that receive portfolios, too, and write it under `recipients`: each of them is entered
    /// by the plan's role
    #[arg(long)]
    pub recipients: bool,
    /// Edit the files that are there: what is live and not in Git goes in, what Git has and live has not goes out; every other
    /// line stays as it is. With --base only what differed from the base already
    #[arg(long, conflicts_with_all = ["organization", "portfolio", "experience", "recipients", "force"])]
    pub adopt: bool,
    /// Show the files, or with --adopt what changes in them, and write none
    #[arg(long)]
    pub dry_run: bool,
    /// Write the files anew that govern what is imported: their notes, days and comments are lost
    #[arg(long)]
    pub force: bool,
    /// Other tools' files
    #[command(flatten)]
    pub foreign: Foreign,
}
