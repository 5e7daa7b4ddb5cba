//! Shares of portfolios, and the share actions that change them.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::is_default;

/// A share of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ShareForm", into = "ShareForm")]
pub struct Share {
    /// The account or node that it is shared with.
    pub to: ShareTarget,
    /// Whether the account accepted it. A share through the organization counts as accepted.
    pub accepted: bool,
    /// `ShareTagOptions`.
    pub tag_options: bool,
    /// `SharePrincipals`: whether the portfolio's patterns apply in the recipient accounts too.
    pub principals: bool,
    /// Accounts below the node that the share did not reach.
    pub missing: BTreeSet<String>,
}

impl Share {
    /// A new share without flags.
    pub fn new(to: ShareTarget) -> Self {
        let accepted = !matches!(to, ShareTarget::Account(_));
        Self { to, accepted, tag_options: false, principals: false, missing: BTreeSet::new() }
    }
}

/// The target of a share, with its bare id. There are four kinds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareTarget {
    /// A share from account to account, which the recipient has to accept.
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

/// The YAML form of a share. One key names the target, and default values are left out.
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

/// The state of a share action, which a portfolio share token identifies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareAction {
    /// The portfolio.
    pub portfolio: String,
    /// The target of the share.
    pub to: ShareTarget,
    /// The action.
    pub act: ShareAct,
    /// The status.
    pub status: ShareStatus,
    /// How many steps it has been pending.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// The time it started, for `share_ms`. `None` if another process started it.
    #[serde(skip)]
    pub begun: Option<Instant>,
    /// The accounts that it reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reached: BTreeSet<String>,
    /// The accounts that it did not reach, with the errors.
    #[serde(default, skip_serializing_if = "is_default")]
    pub failed: Vec<FailedShare>,
}

/// The effect of a share action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ShareAct {
    /// Creates the share. If there is one already, nothing changes.
    Create {
        /// `ShareTagOptions`
        tag_options: bool,
        /// `SharePrincipals`
        principals: bool,
    },
    /// Updates the flags that are given.
    Update {
        /// `ShareTagOptions`
        tag_options: Option<bool>,
        /// `SharePrincipals`
        principals: Option<bool>,
    },
    /// Deletes the share.
    Delete,
}

/// `ShareStatus`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShareStatus {
    /// Accepted, but not started.
    NotStarted,
    /// Started.
    InProgress,
    /// Ended, without errors.
    Completed,
    /// Ended, with errors for some accounts.
    CompletedWithErrors,
    /// Failed, without any effect.
    Error,
}

impl ShareStatus {
    /// Whether the action has ended.
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
