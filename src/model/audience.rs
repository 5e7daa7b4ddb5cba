//! The audiences of experiences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::id::{AccountId, ExperienceId, InvalidId, OrganizationId, OuId};
use super::portfolio::Receiver;

/// A principal of an audience: the accounts that an experience governs. AWS accepts a principal in the audience of at
/// most one experience (AWS Marketplace Catalog API reference, "Working with private marketplace experiences").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudiencePrincipal {
    /// An account.
    Account(AccountId),
    /// The accounts below an organizational unit.
    Ou(OuId),
    /// The accounts of the organization. AWS does not accept the root (`r-…`).
    Organization(OrganizationId),
}

/// The audience of each experience of an organization. An experience that is missing here has none.
pub type Audiences = BTreeMap<ExperienceId, BTreeSet<AudiencePrincipal>>;

impl AudiencePrincipal {
    /// The principal as a receiver of shares, since the names of both are looked up in the same way.
    pub fn receiver(&self) -> Receiver {
        match self.clone() {
            Self::Account(account) => Receiver::Account(account),
            Self::Ou(ou) => Receiver::Ou(ou),
            Self::Organization(organization) => Receiver::Organization(organization),
        }
    }
}

impl fmt::Display for AudiencePrincipal {
    /// The principal as AWS writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Ou(ou) => ou.fmt(f),
            Self::Organization(organization) => organization.fmt(f),
        }
    }
}

impl FromStr for AudiencePrincipal {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text.starts_with("ou-") {
            return text.parse().map(Self::Ou);
        }
        if text.starts_with("o-") {
            return text.parse().map(Self::Organization);
        }
        text.parse().map(Self::Account)
    }
}
