//! A target: the smallest unit that is read, planned and applied on its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, ExperienceId, Name, PortfolioId, Region};

/// The name of a target: `portfolio/FILE/ORGANIZATION/REGION`, `recipient/FILE/ACCOUNT/REGION` or
/// `marketplace/FILE/ORGANIZATION/EXPERIENCE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TargetName {
    /// An experience under a product list.
    Marketplace {
        /// The product list's file stem.
        file: Name,
        /// The organization's name in the settings.
        organization: Name,
        /// The experience.
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
        /// Set if the file now names another portfolio: the one that it named before, which is cleaned up. It is a
        /// further part of the name: `portfolio/FILE/ORGANIZATION/REGION/port-…`.
        former: Option<PortfolioId>,
    },
    /// An account that receives a portfolio, in one region. This variant stands after `Portfolio` so that in a plan a
    /// recipient is sorted after its portfolio.
    Recipient {
        /// The portfolio's file stem.
        file: Name,
        /// The account. `None` for the whole family: every account that the file's `recipients` cover, until these
        /// are known. Written `*`.
        account: Option<AccountId>,
        /// The region.
        region: Region,
    },
}

/// How the name of a target identifies an experience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExperienceKey {
    /// By its id.
    Id(ExperienceId),
    /// By its name, if the catalog names it so. A name that would be read as an id or a family is written with
    /// `name:` before it.
    Name(String),
    /// The whole family: every live experience, until these are known. Written `*`.
    AllLive,
}

/// The prefix of a name that would otherwise be read as an id or a family.
const NAME: &str = "name:";

/// The prefix of an id that would otherwise be read as a name.
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
    /// Parses the last part of a target's name. `None` if it is empty, or if nothing follows `name:`.
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
    /// The organization's name in the settings. `None` for a recipient, whose name does not hold it.
    pub fn organization(&self) -> Option<&Name> {
        match self {
            Self::Marketplace { file: _, organization, experience: _ }
            | Self::Portfolio { file: _, organization, region: _, former: _ } => Some(organization),
            Self::Recipient { file: _, account: _, region: _ } => None,
        }
    }

    /// The stem of the catalog file.
    pub fn file(&self) -> &Name {
        match self {
            Self::Marketplace { file, organization: _, experience: _ }
            | Self::Portfolio { file, organization: _, region: _, former: _ }
            | Self::Recipient { file, account: _, region: _ } => file,
        }
    }

    /// The name without the former portfolio. The catalog alone determines it, and `--target` and the jobs of a
    /// matrix use it.
    pub fn in_catalog(&self) -> Self {
        match self.clone() {
            Self::Portfolio { file, organization, region, former: _ } => {
                Self::Portfolio { file, organization, region, former: None }
            }
            name @ (Self::Marketplace { .. } | Self::Recipient { .. }) => name,
        }
    }

    /// The name of the family that this target may belong to: all live experiences, or all recipients.
    pub fn family(&self) -> Option<Self> {
        match self {
            Self::Marketplace { file, organization, experience: _ } => Some(Self::Marketplace {
                file: file.clone(),
                organization: organization.clone(),
                experience: ExperienceKey::AllLive,
            }),
            Self::Recipient { file, account: _, region } => {
                Some(Self::Recipient { file: file.clone(), account: None, region: region.clone() })
            }
            Self::Portfolio { .. } => None,
        }
    }

    /// Whether the target is about a portfolio. Otherwise it is about an experience.
    pub fn is_portfolio(&self) -> bool {
        match self {
            Self::Portfolio { .. } | Self::Recipient { .. } => true,
            Self::Marketplace { .. } => false,
        }
    }

    /// Whether the name stands for a whole family whose members are not known yet.
    pub fn is_family(&self) -> bool {
        match self {
            Self::Marketplace { file: _, organization: _, experience } => *experience == ExperienceKey::AllLive,
            Self::Recipient { file: _, account, region: _ } => account.is_none(),
            Self::Portfolio { .. } => false,
        }
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
            Self::Recipient { file, account: Some(account), region } => {
                write!(f, "recipient/{file}/{account}/{region}")
            }
            Self::Recipient { file, account: None, region } => write!(f, "recipient/{file}/*/{region}"),
        }
    }
}

/// A text that is not the name of a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a target's name (portfolio/FILE/ORGANIZATION/REGION, recipient/FILE/ACCOUNT/REGION or \
     marketplace/FILE/ORGANIZATION/EXPERIENCE)"
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
        let (within, last) = (part()?, part()?);
        let organization = || within.parse().map_err(|_| invalid());
        match kind {
            "recipient" => {
                let account = match within {
                    "*" => None,
                    account => Some(account.parse().map_err(|_| invalid())?),
                };
                Ok(Self::Recipient { file, account, region: last.parse().map_err(|_| invalid())? })
            }
            "marketplace" => {
                let organization = organization()?;
                let experience = ExperienceKey::read(last).ok_or_else(invalid)?;
                Ok(Self::Marketplace { file, organization, experience })
            }
            "portfolio" => {
                let organization = organization()?;
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
            "recipient/data-platform/333333333333/eu-west-1",
            "recipient/data-platform/*/eu-west-1",
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
