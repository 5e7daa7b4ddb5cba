//! A target: the smallest thing that is read, planned and applied by itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{ExperienceId, Name, PortfolioId, Region};

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
        /// Which experience.
        experience: ExperienceKey,
    },
    /// A portfolio in one region.
    Portfolio {
        /// The portfolio's file stem.
        file: Name,
        /// The organization's name in the settings.
        organization: Name,
        /// The region.
        region: Region,
        /// Where the file names another portfolio now, the one that it named before and that is cleaned up after.
        /// Written as a further part: `portfolio/FILE/ORGANIZATION/REGION/port-…`.
        former: Option<PortfolioId>,
    },
}

/// How the name of a target says which experience it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExperienceKey {
    /// By its id.
    Id(ExperienceId),
    /// By its name, where the catalog names it so. A name that would be read as something else is written with
    /// `name:` before it.
    Name(String),
    /// A whole family: every live experience, as long as it is not known which these are. Written `*`.
    AllLive,
}

/// Marks a name that would be read as something else.
const NAME: &str = "name:";

/// Marks an id that would be read as a name.
const ID: &str = "id:";

impl fmt::Display for ExperienceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) if ExperienceId::is_usual(id.as_str()) => id.fmt(f),
            Self::Id(id) => write!(f, "{ID}{id}"),
            Self::AllLive => f.write_str("*"),
            Self::Name(name) => {
                let is_marked = name == "*"
                    || name.starts_with(NAME)
                    || name.strip_prefix(ID).is_some_and(|rest| rest.parse::<ExperienceId>().is_ok())
                    || ExperienceId::is_usual(name);
                write!(f, "{}{name}", if is_marked { NAME } else { "" })
            }
        }
    }
}

impl ExperienceKey {
    /// From the last part of a target's name; `None` where it is empty.
    fn read(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix(NAME) {
            return (!name.is_empty()).then(|| Self::Name(name.to_owned()));
        }
        let id = match text.strip_prefix(ID) {
            Some(id) => id.parse().ok(),
            None if ExperienceId::is_usual(text) => text.parse().ok(),
            None => None,
        };
        match (text, id) {
            ("", _) => None,
            ("*", _) => Some(Self::AllLive),
            (_, Some(id)) => Some(Self::Id(id)),
            (name, None) => Some(Self::Name(name.to_owned())),
        }
    }
}

impl TargetName {
    /// The organization's name in the settings.
    pub fn organization(&self) -> &Name {
        match self {
            Self::Marketplace { file: _, organization, experience: _ }
            | Self::Portfolio { file: _, organization, region: _, former: _ } => organization,
        }
    }

    /// The stem of the catalog file.
    pub fn file(&self) -> &Name {
        match self {
            Self::Marketplace { file, organization: _, experience: _ }
            | Self::Portfolio { file, organization: _, region: _, former: _ } => file,
        }
    }

    /// The name that the catalog alone gives, which `--target` and the jobs of a matrix go by: without the portfolio
    /// that the file named before.
    pub fn in_catalog(&self) -> Self {
        match self.clone() {
            Self::Portfolio { file, organization, region, former: _ } => {
                Self::Portfolio { file, organization, region, former: None }
            }
            name @ Self::Marketplace { .. } => name,
        }
    }

    /// The name of the family of all live experiences that this may be one of.
    pub fn family(&self) -> Option<Self> {
        match self {
            Self::Marketplace { file, organization, experience: _ } => Some(Self::Marketplace {
                file: file.clone(),
                organization: organization.clone(),
                experience: ExperienceKey::AllLive,
            }),
            Self::Portfolio { .. } => None,
        }
    }

    /// Whether it is a portfolio's, and not an experience's.
    pub fn is_portfolio(&self) -> bool {
        match self {
            Self::Portfolio { .. } => true,
            Self::Marketplace { .. } => false,
        }
    }

    /// Whether it stands for all live experiences, as long as it is not known which these are.
    pub fn is_family(&self) -> bool {
        matches!(self, Self::Marketplace { file: _, organization: _, experience: ExperienceKey::AllLive })
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marketplace { file, organization, experience } => {
                write!(f, "marketplace/{file}/{organization}/{experience}")
            }
            Self::Portfolio { file, organization, region, former: None } => {
                write!(f, "portfolio/{file}/{organization}/{region}")
            }
            Self::Portfolio { file, organization, region, former: Some(former) } => {
                write!(f, "portfolio/{file}/{organization}/{region}/{former}")
            }
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
            "marketplace" => {
                let experience = ExperienceKey::read(last).ok_or_else(invalid)?;
                Ok(Self::Marketplace { file, organization, experience })
            }
            "portfolio" => {
                let (region, former) = match last.split_once('/') {
                    Some((region, former)) => (region, Some(former.parse().map_err(|_| invalid())?)),
                    None => (last, None),
                };
                Ok(Self::Portfolio { file, organization, region: region.parse().map_err(|_| invalid())?, former })
            }
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
        for name in [
            "portfolio/data-platform/acme/us-east-1",
            "portfolio/data-platform/acme/us-east-1/port-one",
            "marketplace/baseline/acme/Team A/B: 100%",
            "marketplace/baseline/acme/exp-one",
            "marketplace/baseline/acme/id:1a_2B-c",
            "marketplace/baseline/acme/*",
            "marketplace/baseline/acme/name:*",
        ] {
            assert_eq!(name.parse::<TargetName>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn a_name_is_never_read_as_an_id_or_a_family() {
        for name in ["exp-one", "*", "name:x", "id:x", "All*", "Tools, EU"] {
            let key = ExperienceKey::Name(name.to_owned());
            assert_eq!(ExperienceKey::read(&key.to_string()), Some(key), "{name}");
        }
    }

    #[test]
    fn what_names_no_target_is_refused() {
        for name in [
            "",
            "portfolio",
            "portfolio/a/b",
            "portfolio/a/b/nowhere",
            "recipient/a/b/c",
            "marketplace/a/b/",
            "marketplace/a/b/name:",
        ] {
            assert!(name.parse::<TargetName>().is_err(), "{name}");
        }
    }
}
