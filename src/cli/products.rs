//! Options of `products`.

use clap::Subcommand;

/// What `products` does.
#[derive(Debug, Subcommand)]
pub enum Products {
    /// List what the marketplace offers; `--format yaml` prints entries for a product list
    ///
    /// The role of the first marketplace account of the settings asks (its `access.role` with `plan` for `{mode}`);
    /// without a catalog, or without such an account, the starting credentials do. Every account gets the same answers.
    Search {
        /// What to look for
        #[arg(value_name = "TEXT", required = true)]
        text: Vec<String>,
        /// Only what this vendor sells, by its name as the marketplace writes it
        #[arg(long, value_name = "NAME", env = "CATALOG_SYNC_PUBLISHER")]
        publisher: Option<String>,
        /// How many to show at most
        #[arg(long, value_name = "N", env = "CATALOG_SYNC_LIMIT", default_value = "20",
              value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Say which product an id or a web address of the marketplace is; exit status 1 where none is known
    ///
    /// The role of the first marketplace account of the settings asks (its `access.role` with `plan` for `{mode}`);
    /// without a catalog, or without such an account, the starting credentials do. Every account gets the same answers.
    Show {
        /// Product ids, `prodview-…` ids or pasted web addresses
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
}
