//! Options of `doctor`.

use clap::{Args, ValueEnum};

/// Options of `doctor`.
#[derive(Debug, Clone, Args)]
pub struct Doctor {
    /// Whose roles to enter. Those of apply are entered where somebody asks for it alone: they let in the apply job and
    /// nothing else
    #[arg(long, value_name = "MODE", env = "CATALOG_SYNC_MODE", default_value = "plan")]
    pub mode: DoctorMode,
}

/// Whose roles are entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorMode {
    /// The roles that can't write
    Plan,
    /// The roles that can, in the apply job
    Apply,
}
