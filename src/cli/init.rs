//! Options of `init`.

use clap::Args;

/// Options of `init`.
#[derive(Debug, Clone, Args)]
pub struct Init {
    /// What the files call the organization: lower-case letters, digits and hyphens
    #[arg(long, value_name = "NAME", env = "CATALOG_SYNC_NAME")]
    pub name: Option<String>,
    /// The organization's id in AWS, `o-…`
    #[arg(long, value_name = "ID", env = "CATALOG_SYNC_ORGANIZATION")]
    pub organization: Option<String>,
    /// The account that owns the portfolios of AWS Service Catalog; left out where there are none
    #[arg(long, value_name = "ACCOUNT", env = "CATALOG_SYNC_SERVICE_CATALOG_ACCOUNT")]
    pub service_catalog_account: Option<String>,
    /// The account that governs Private Marketplace, the management account or a delegated administrator; left out where
    /// it is not used
    #[arg(long, value_name = "ACCOUNT", env = "CATALOG_SYNC_MARKETPLACE_ACCOUNT")]
    pub marketplace_account: Option<String>,
    /// The region of the portfolios
    #[arg(long, value_name = "REGION", env = "CATALOG_SYNC_REGION")]
    pub region: Option<String>,
    /// What the workflows use, pinned to a commit: `OWNER/REPOSITORY@COMMIT`. Left out, the words ACTION@COMMIT stand there
    #[arg(long, value_name = "ACTION", env = "CATALOG_SYNC_ACTION")]
    pub action: Option<String>,
    /// The repository whose jobs enter the roles, as OWNER/NAME. Left out, the roles are left to `catalog-sync iam`
    #[arg(long, value_name = "REPOSITORY", env = "GITHUB_REPOSITORY", requires_all = ["owner_id", "repository_id"])]
    pub repository: Option<String>,
    /// The number of the repository's owner on GitHub: `gh api repos/OWNER/NAME --jq .owner.id`
    #[arg(long, value_name = "ID", env = "GITHUB_REPOSITORY_OWNER_ID")]
    pub owner_id: Option<u64>,
    /// The repository's number on GitHub: `gh api repos/OWNER/NAME --jq .id`
    #[arg(long, value_name = "ID", env = "GITHUB_REPOSITORY_ID")]
    pub repository_id: Option<u64>,
}
