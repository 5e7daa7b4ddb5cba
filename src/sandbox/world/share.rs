//! Shares of portfolios, and the actions by which they come and go.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::is_default;

/// A share of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ShareForm", into = "ShareForm")]
pub struct Share {
    /// With whom.
    pub to: ShareTarget,
    /// Whether the account imported it. Through the organization a share arrives accepted.
    pub accepted: bool,
    /// Whether tag options go with it.
    pub tag_options: bool,
    /// Whether principals go with it, by their names.
    pub principals: bool,
    /// Accounts below the node that it did not reach.
    pub missing: BTreeSet<String>,
}

impl Share {
    /// A share as it is right after it was made, without flags.
    pub fn new(to: ShareTarget) -> Self {
        let accepted = !matches!(to, ShareTarget::Account(_));
        Self { to, accepted, tag_options: false, principals: false, missing: BTreeSet::new() }
    }
}

/// The four kinds of share, each with the bare id of who gets it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareTarget {
    /// From account to account: it has to be accepted.
    Account(String),
    /// One account, as a member of the organization.
    Member(String),
    /// An organizational unit.
    Ou(String),
    /// The whole organization.
    Organization(String),
}

impl ShareTarget {
    /// `DescribePortfolioShareType`.
    pub(in crate::sandbox) fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "ACCOUNT",
            Self::Member(_) => "ORGANIZATION_MEMBER_ACCOUNT",
            Self::Ou(_) => "ORGANIZATIONAL_UNIT",
            Self::Organization(_) => "ORGANIZATION",
        }
    }

    /// The bare id.
    pub fn id(&self) -> &str {
        match self {
            Self::Account(id) | Self::Member(id) | Self::Ou(id) | Self::Organization(id) => id,
        }
    }
}

/// How a share is written: one key says with whom, and what is usual is left out.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ShareForm {
    #[serde(skip_serializing_if = "is_default")]
    account: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    member: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    ou: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    accepted: bool,
    #[serde(skip_serializing_if = "is_default")]
    tag_options: bool,
    #[serde(skip_serializing_if = "is_default")]
    principals: bool,
    #[serde(skip_serializing_if = "is_default")]
    missing: BTreeSet<String>,
}

impl TryFrom<ShareForm> for Share {
    type Error = &'static str;

    fn try_from(form: ShareForm) -> Result<Self, Self::Error> {
        let ShareForm { account, member, ou, organization, accepted, tag_options, principals, missing } = form;
        let to = match (account, member, ou, organization) {
            (Some(id), None, None, None) => ShareTarget::Account(id),
            (None, Some(id), None, None) => ShareTarget::Member(id),
            (None, None, Some(id), None) => ShareTarget::Ou(id),
            (None, None, None, Some(id)) => ShareTarget::Organization(id),
            _ => return Err("a share has exactly one of `account`, `member`, `ou` and `organization`"),
        };
        let through_organization = !matches!(to, ShareTarget::Account(_));
        if through_organization && accepted {
            return Err("only a share to an `account` says `accepted`: the others always are");
        }
        Ok(Self { to, accepted: accepted || through_organization, tag_options, principals, missing })
    }
}

impl From<Share> for ShareForm {
    fn from(share: Share) -> Self {
        let Share { to, accepted, tag_options, principals, missing } = share;
        let mut form = Self { tag_options, principals, missing, ..Self::default() };
        match to {
            ShareTarget::Account(id) => {
                form.account = Some(id);
                form.accepted = accepted;
            }
            ShareTarget::Member(id) => form.member = Some(id),
            ShareTarget::Ou(id) => form.ou = Some(id),
            ShareTarget::Organization(id) => form.organization = Some(id),
        }
        form
    }
}

/// A share action: what a portfolio share token stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareAction {
    /// The portfolio.
    pub portfolio: String,
    /// With whom the share is.
    pub to: ShareTarget,
    /// What is done to it.
    pub act: ShareAct,
    /// How far it got.
    pub status: ShareStatus,
    /// How many looks it has had.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// When it began, where that was in this process.
    #[serde(skip)]
    pub begun: Option<Instant>,
    /// Accounts it reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reached: BTreeSet<String>,
    /// Accounts it did not reach, and why.
    #[serde(default, skip_serializing_if = "is_default")]
    pub failed: Vec<FailedShare>,
}

/// What a share action does when it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ShareAct {
    /// Makes the share, unless there is one.
    Create {
        /// `ShareTagOptions`
        tag_options: bool,
        /// `SharePrincipals`
        principals: bool,
    },
    /// Changes the flags that are given.
    Update {
        /// `ShareTagOptions`
        tag_options: Option<bool>,
        /// `SharePrincipals`
        principals: Option<bool>,
    },
    /// Takes the share away.
    Delete,
}

/// `ShareStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShareStatus {
    /// Accepted, not begun.
    NotStarted,
    /// Begun.
    InProgress,
    /// Done.
    Completed,
    /// Done, but for some accounts.
    CompletedWithErrors,
    /// Nothing was done.
    Error,
}

impl ShareStatus {
    /// Whether it ended.
    pub fn is_final(self) -> bool {
        match self {
            Self::NotStarted | Self::InProgress => false,
            Self::Completed | Self::CompletedWithErrors | Self::Error => true,
        }
    }

    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::CompletedWithErrors => "COMPLETED_WITH_ERRORS",
            Self::Error => "ERROR",
        }
    }
}

/// An account that a share did not reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedShare {
    /// The account.
    pub account: String,
    /// The error code.
    pub error: String,
    /// The error message.
    pub message: String,
}
