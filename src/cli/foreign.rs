//! Options of `import` about other tools' files.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Other tools' files, in place of what is live.
#[derive(Debug, Clone, Args)]
pub struct Foreign {
    /// Take over what another tool's file says, and ask nothing of AWS: `customizations-config.yaml` of the Landing Zone
    /// Accelerator, a manifest of Service Catalog Puppet, a state of Terraform or what `terraform show -json` prints, a
    /// configuration file of private-marketplace-automation, or a CSV of product ids; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["portfolio", "experience", "recipients", "adopt"])]
    pub from: Vec<PathBuf>,
    /// Whose file that is, where it can't be told from what it says
    #[arg(long, value_name = "TOOL", requires = "from")]
    pub from_format: Option<ForeignKind>,
    /// What the file that is written is to be called, in place of the name that the other tool gives it
    #[arg(long, value_name = "NAME", requires = "from")]
    pub name: Option<String>,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ForeignKind {
    /// Landing Zone Accelerator on AWS
    Lza,
    /// Service Catalog Puppet
    Puppet,
    /// Terraform or OpenTofu
    Terraform,
    /// aws-samples/private-marketplace-automation
    MarketplaceAutomation,
    /// A list of product ids
    Csv,
}
