//! The result of `doctor`: the chain of steps from the starting credentials to AWS, and what would fix each failing
//! step.

use std::collections::BTreeMap;

use super::id::{AccountId, Name};
use super::report::Failure;
use super::settings::Mode;

/// The result of checking access to AWS.
#[derive(Debug, Clone)]
pub struct Checkup {
    /// The mode whose roles were assumed.
    pub mode: Mode,
    /// Whether the sandbox was checked instead of AWS.
    pub sandbox: bool,
    /// The identity that sessions start from. Empty if there is none.
    pub start: Vec<Beginning>,
    /// The links. Those of one organization stand together.
    pub links: Vec<Link>,
}

impl Checkup {
    /// The number of links whose verdict satisfies `is`.
    pub fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.links.iter().filter(|link| is(&link.verdict)).count()
    }

    /// Whether at least one link fails.
    pub fn fails(&self) -> bool {
        self.count(|verdict| matches!(verdict, Verdict::Fails(_))) > 0
    }
}

/// The identity that sessions start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// The OIDC token of a GitHub Actions job, by some of its claims. The token itself is not stored.
    Token(BTreeMap<&'static str, String>),
    /// AWS's usual credentials, by the ARN of their owner.
    Credentials(String),
}

/// The subject of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The starting credentials.
    Start,
    /// The role that is assumed before those of the accounts (`access.through`).
    EntryRole,
    /// The role of an account (`access.role`).
    Role,
    /// The permissions of an account's role.
    Policy,
    /// The organization has the id that the settings name.
    Organization,
    /// The account may share portfolios through its organization.
    Sharing,
    /// The account is an administrator of AWS Service Catalog for its organization.
    ServiceCatalogAdministrator,
    /// The account is an administrator of Private Marketplace for its organization.
    MarketplaceAdministrator,
    /// The account can list experiences.
    Experiences,
    /// The accounts that the entries of `recipients` cover.
    Recipients,
}

impl Kind {
    /// The kind's name in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::EntryRole => "entry_role",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Organization => "organization",
            Self::Sharing => "sharing",
            Self::ServiceCatalogAdministrator => "service_catalog_administrator",
            Self::MarketplaceAdministrator => "marketplace_administrator",
            Self::Experiences => "experiences",
            Self::Recipients => "recipients",
        }
    }
}

/// One step of the access to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is checked.
    pub kind: Kind,
    /// The organization, if the link belongs to one.
    pub organization: Option<Name>,
    /// The account, if the link belongs to one.
    pub account: Option<AccountId>,
    /// The account's name, if it is known.
    pub account_name: Option<String>,
    /// Whether the account receives portfolios.
    pub of_recipient: bool,
    /// The result.
    pub verdict: Verdict,
}

/// The result of checking a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The link works. The text says what was found, as a sentence without a full stop.
    Holds(String),
    /// The link does not work.
    Fails(Trouble),
    /// Unknown. A plan does not need this link.
    Untold(Trouble),
    /// The link was not tried, since one before it fails.
    NotTried,
}

impl Verdict {
    /// The verdict's name in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Holds(_) => "holds",
            Self::Fails(_) => "fails",
            Self::Untold(_) => "unknown",
            Self::NotTried => "not_tried",
        }
    }
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, including AWS's message.
    pub said: String,
    /// The failed call, if there was one.
    pub failure: Option<Failure>,
    /// The possible fixes, the most likely first.
    pub mends: Vec<Mend>,
}

impl Trouble {
    /// A trouble without a failed call.
    pub fn of(said: impl Into<String>) -> Self {
        Self { said: said.into(), failure: None, mends: Vec::new() }
    }

    /// The trouble with one more possible fix.
    pub fn mend(mut self, mend: Mend) -> Self {
        self.mends.push(mend);
        self
    }
}

/// A possible fix of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What to do, in a sentence.
    pub advice: String,
    /// Text to paste: a policy statement as JSON, or a command line. Empty if `advice` is enough.
    pub paste: String,
}

impl Mend {
    /// A fix without text to paste.
    pub fn of(advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), paste: String::new() }
    }

    /// A fix with text to paste.
    pub fn pasting(advice: impl Into<String>, paste: impl Into<String>) -> Self {
        Self { advice: advice.into(), paste: paste.into() }
    }
}
