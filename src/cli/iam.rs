//! Options of `iam`.

use clap::Args;
use clap::builder::BoolishValueParser;

/// Options of `iam`.
#[derive(Debug, Clone, Args)]
pub struct Iam {
    /// Only this kind of account, by its name, such as `hub` or `recipient`
    #[arg(long, value_name = "KIND", env = "CATALOG_SYNC_KIND")]
    pub kind: Option<String>,
    /// The repository whose jobs may enter, as OWNER/NAME
    #[arg(long, value_name = "REPOSITORY", env = "GITHUB_REPOSITORY")]
    pub repository: Option<String>,
    /// The number of the repository's owner on GitHub: `gh api repos/OWNER/NAME --jq .owner.id`
    #[arg(long, value_name = "ID", env = "GITHUB_REPOSITORY_OWNER_ID")]
    pub owner_id: Option<u64>,
    /// The repository's number on GitHub: `gh api repos/OWNER/NAME --jq .id`
    #[arg(long, value_name = "ID", env = "GITHUB_REPOSITORY_ID")]
    pub repository_id: Option<u64>,
    /// The default branch
    #[arg(long, value_name = "BRANCH", env = "CATALOG_SYNC_BRANCH", default_value = "main")]
    pub branch: String,
    /// The environment of the jobs that apply
    #[arg(long, value_name = "NAME", env = "CATALOG_SYNC_ENVIRONMENT", default_value = "catalog-sync-apply")]
    pub environment: String,
    /// The issuer of the tokens, on GitHub Enterprise another
    #[arg(
        long,
        value_name = "HOST",
        env = "CATALOG_SYNC_ISSUER",
        default_value = "token.actions.githubusercontent.com"
    )]
    pub issuer: String,
    /// For plans with `--usage`: the plan's roles may ask who holds licences
    #[arg(long, env = "CATALOG_SYNC_USAGE", value_parser = BoolishValueParser::new())]
    pub usage: bool,
    /// An account of the settings that is below a unit of `recipients` too: its roles then do both (repeatable)
    #[arg(long = "recipient", value_name = "ACCOUNT", env = "CATALOG_SYNC_RECIPIENT", value_delimiter = ',')]
    pub recipients: Vec<String>,
}
