//! Options of `explain`.

use clap::Args;

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The account's id, its name or its e-mail address
    #[arg(value_name = "ACCOUNT", required_unless_present = "product")]
    pub account: Option<String>,
    /// A product of AWS Marketplace: whether the account can buy it, or without an account where it is approved
    #[arg(long, value_name = "ID|NAME")]
    pub product: Option<String>,
}
