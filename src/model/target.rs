//! A target: the smallest thing that is read, planned and applied by itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{Name, Region};

/// The name of a target: `portfolio/FILE/ORGANIZATION/REGION` or `marketplace/FILE/ORGANIZATION/EXPERIENCE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TargetName {
    /// An experience under a product list.
    Marketplace {
        /// The product list's file stem.
        file: Name,
        /// The organization's name in the settings.
        organization: Name,
        /// The experience's id, or its name where the catalog names it so, or `*` before all of them are known.
        experience: String,
    },
    /// A portfolio in one region.
    Portfolio {
        /// The portfolio's file stem.
        file: Name,
        /// The organization's name in the settings.
        organization: Name,
        /// The region.
        region: Region,
    },
}

impl TargetName {
    /// The organization's name in the settings.
    pub fn organization(&self) -> &Name {
        match self {
            Self::Marketplace { file: _, organization, experience: _ }
            | Self::Portfolio { file: _, organization, region: _ } => organization,
        }
    }

    /// The stem of the catalog file.
    pub fn file(&self) -> &Name {
        match self {
            Self::Marketplace { file, organization: _, experience: _ }
            | Self::Portfolio { file, organization: _, region: _ } => file,
        }
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marketplace { file, organization, experience } => {
                write!(f, "marketplace/{file}/{organization}/{experience}")
            }
            Self::Portfolio { file, organization, region } => write!(f, "portfolio/{file}/{organization}/{region}"),
        }
    }
}

/// A text that names no kind of target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a target's name (portfolio/FILE/ORGANIZATION/REGION or marketplace/FILE/ORGANIZATION/EXPERIENCE)"
)]
pub struct InvalidTarget(String);

impl FromStr for TargetName {
    type Err = InvalidTarget;

    fn from_str(value: &str) -> Result<Self, InvalidTarget> {
        let invalid = || InvalidTarget(value.to_owned());
        let mut parts = value.splitn(4, '/');
        let mut part = || parts.next().ok_or_else(invalid);
        let kind = part()?;
        let file = part()?.parse().map_err(|_| invalid())?;
        let organization = part()?.parse().map_err(|_| invalid())?;
        let last = part()?;
        match kind {
            "marketplace" if !last.is_empty() => {
                Ok(Self::Marketplace { file, organization, experience: last.to_owned() })
            }
            "portfolio" => Ok(Self::Portfolio { file, organization, region: last.parse().map_err(|_| invalid())? }),
            _ => Err(invalid()),
        }
    }
}

impl TryFrom<String> for TargetName {
    type Error = InvalidTarget;

    fn try_from(value: String) -> Result<Self, InvalidTarget> {
        value.parse()
    }
}

impl From<TargetName> for String {
    fn from(name: TargetName) -> String {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_way_there_and_back() {
        for name in ["portfolio/data-platform/acme/us-east-1", "marketplace/baseline/acme/Team A/B: 100%"] {
            assert_eq!(name.parse::<TargetName>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_names_no_target_is_refused() {
        for name in ["", "portfolio", "portfolio/a/b", "portfolio/a/b/nowhere", "recipient/a/b/c", "marketplace/a/b/"] {
            assert!(name.parse::<TargetName>().is_err(), "{name}");
        }
    }
}
