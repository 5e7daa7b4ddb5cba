//! Whom experiences govern.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::id::{AccountId, ExperienceId, InvalidId, OrganizationId, OuId};
use super::portfolio::Receiver;

/// Whom an experience governs: a principal of its audience. AWS takes a principal into the audience of one experience at
/// most (AWS Marketplace Catalog API reference, "Working with private marketplace experiences").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudiencePrincipal {
    /// An account.
    Account(AccountId),
    /// The accounts below an organizational unit.
    Ou(OuId),
    /// The accounts of the organization. AWS takes no root (`r-…`).
    Organization(OrganizationId),
}

/// Whom each experience of an organization governs. One that is missing governs nobody.
pub type Audiences = BTreeMap<ExperienceId, BTreeSet<AudiencePrincipal>>;

impl AudiencePrincipal {
    /// The same as somebody who receives shares: names of both are looked up in one way.
    pub fn receiver(&self) -> Receiver {
        match self.clone() {
            Self::Account(account) => Receiver::Account(account),
            Self::Ou(ou) => Receiver::Ou(ou),
            Self::Organization(organization) => Receiver::Organization(organization),
        }
    }
}

impl fmt::Display for AudiencePrincipal {
    /// As AWS writes it.
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
