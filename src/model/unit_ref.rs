//! The ways in which the catalog names organizational units.

use std::fmt;

use super::id::OuId;

/// The way in which the catalog names an organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OuRef {
    /// By its id.
    Id(OuId),
    /// By the names from the root down.
    Path(String),
}

impl fmt::Display for OuRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Path(path) => path.fmt(f),
        }
    }
}
