//! A Service Catalog portfolio and its shares.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, InvalidId, OrganizationId, OuId, PortfolioId};

/// The receiver of a share, written as AWS's calls write it: 12 digits, `ou-…`, `o-…`.
///
/// `Account` and `Member` are two share types of AWS that may name the same account. The first has to be accepted in
/// that account, the second arrives accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// An account, with a direct share (`ACCOUNT`).
    Account(AccountId),
    /// An account, with a share as a member of the organization (`ORGANIZATION_MEMBER_ACCOUNT`).
    Member(AccountId),
    /// The accounts below an organizational unit (`ORGANIZATIONAL_UNIT`).
    Ou(OuId),
    /// The accounts of an organization (`ORGANIZATION`).
    Organization(OrganizationId),
}

/// A kind of receiver that can inherit a portfolio from a share with a node above it, without a share of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// An account of the organization.
    Account,
    /// An organizational unit.
    Unit,
}

impl Receiver {
    /// The kind of node that can inherit from a node above it. `None` for receivers that can't inherit.
    pub fn node_kind(&self) -> Option<NodeKind> {
        match self {
            Self::Member(_) => Some(NodeKind::Account),
            Self::Ou(_) => Some(NodeKind::Unit),
            Self::Account(_) | Self::Organization(_) => None,
        }
    }

    /// Whether the share goes through the organization.
    pub fn is_of_organization(&self) -> bool {
        match self {
            Self::Account(_) => false,
            Self::Member(_) | Self::Ou(_) | Self::Organization(_) => true,
        }
    }
}

impl fmt::Display for Receiver {
    /// The key of a share inside its portfolio. `member/` marks a member share, since both account types have the
    /// same id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Member(account) => write!(f, "member/{account}"),
            Self::Ou(ou) => ou.fmt(f),
            Self::Organization(organization) => organization.fmt(f),
        }
    }
}

impl FromStr for Receiver {
    type Err = InvalidId;

    fn from_str(key: &str) -> Result<Self, InvalidId> {
        if let Some(account) = key.strip_prefix("member/") {
            return account.parse().map(Self::Member);
        }
        if key.starts_with("ou-") {
            return key.parse().map(Self::Ou);
        }
        if key.starts_with("o-") {
            return key.parse().map(Self::Organization);
        }
        key.parse().map(Self::Account)
    }
}

/// A share of a portfolio: receiver and terms. Principals can be shared only with an OU or an organization.
///
/// `O` is the type that names an organizational unit: [`OuId`] in a live share, a path or an id in a desired one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share<O = OuId> {
    /// From account to account. The recipient has to accept it.
    Account {
        /// The recipient.
        account: AccountId,
        /// Whether TagOptions are shared with it.
        tag_options: bool,
    },
    /// To one account through the organization. It arrives accepted.
    Member {
        /// The recipient.
        account: AccountId,
        /// Whether TagOptions are shared with it.
        tag_options: bool,
    },
    /// To an organizational unit. It arrives accepted.
    Ou {
        /// The organizational unit.
        ou: O,
        /// Whether TagOptions are shared with it.
        tag_options: bool,
        /// Whether principals are shared by name.
        principals: bool,
    },
    /// To a whole organization. It arrives accepted.
    Organization {
        /// The organization.
        organization: OrganizationId,
        /// Whether TagOptions are shared with it.
        tag_options: bool,
        /// Whether principals are shared by name.
        principals: bool,
    },
}

impl<O> Share<O> {
    /// Whether TagOptions are shared.
    pub fn tag_options(&self) -> bool {
        match self {
            Self::Account { account: _, tag_options }
            | Self::Member { account: _, tag_options }
            | Self::Ou { ou: _, tag_options, principals: _ }
            | Self::Organization { organization: _, tag_options, principals: _ } => *tag_options,
        }
    }

    /// Whether principals are shared by name. `None` for shares that can't have it.
    pub fn principals(&self) -> Option<bool> {
        match self {
            Self::Account { account: _, tag_options: _ } | Self::Member { account: _, tag_options: _ } => None,
            Self::Ou { ou: _, tag_options: _, principals }
            | Self::Organization { organization: _, tag_options: _, principals } => Some(*principals),
        }
    }

    /// The same share with its organizational unit converted by `name`.
    pub fn map_ou<P, E>(&self, name: impl FnOnce(&O) -> Result<P, E>) -> Result<Share<P>, E> {
        Ok(match self {
            Self::Account { account, tag_options } => {
                Share::Account { account: account.clone(), tag_options: *tag_options }
            }
            Self::Member { account, tag_options } => {
                Share::Member { account: account.clone(), tag_options: *tag_options }
            }
            Self::Ou { ou, tag_options, principals } => {
                Share::Ou { ou: name(ou)?, tag_options: *tag_options, principals: *principals }
            }
            Self::Organization { organization, tag_options, principals } => Share::Organization {
                organization: organization.clone(),
                tag_options: *tag_options,
                principals: *principals,
            },
        })
    }
}

impl Share {
    /// The receiver. It is the identity of a share within its portfolio.
    pub fn receiver(&self) -> Receiver {
        match self {
            Self::Account { account, tag_options: _ } => Receiver::Account(account.clone()),
            Self::Member { account, tag_options: _ } => Receiver::Member(account.clone()),
            Self::Ou { ou, tag_options: _, principals: _ } => Receiver::Ou(ou.clone()),
            Self::Organization { organization, tag_options: _, principals: _ } => {
                Receiver::Organization(organization.clone())
            }
        }
    }
}

/// A live share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveShare {
    /// The receiver and the terms.
    pub share: Share,
    /// Whether the recipient has accepted it. Always true for shares through the organization.
    pub accepted: bool,
}

/// A portfolio as the owning account knows it, in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// Its id.
    pub id: PortfolioId,
    /// Its display name, if it was asked for. AWS allows several portfolios with the same name.
    pub name: Option<String>,
    /// Its shares, by receiver.
    pub shares: BTreeMap<Receiver, LiveShare>,
}
