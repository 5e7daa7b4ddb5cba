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
    /// Show the files, and write none
    #[arg(long)]
    pub dry_run: bool,
    /// Write the files anew that govern what is imported: their notes, days and comments are lost
    #[arg(long)]
    pub force: bool,
    /// Other tools' files
    #[command(flatten)]
    pub foreign: Foreign,
}
