//! The way in, checked link by link: what each link came to, and what would mend it.

use std::collections::BTreeMap;

use super::id::{AccountId, Name};
use super::report::Failure;
use super::settings::Mode;

/// What a check of the way in came to.
#[derive(Debug, Clone)]
pub struct Checkup {
    /// Whose roles were entered.
    pub mode: Mode,
    /// Whether the sandbox stood in for AWS.
    pub sandbox: bool,
    /// What everything started from; empty where it could not be had.
    pub start: Vec<Beginning>,
    /// The links, those of an organization beside each other.
    pub links: Vec<Link>,
}

impl Checkup {
    /// The links of which `is` is true.
    pub fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.links.iter().filter(|link| is(&link.verdict)).count()
    }

    /// Whether a link fails.
    pub fn fails(&self) -> bool {
        self.count(|verdict| matches!(verdict, Verdict::Fails(_))) > 0
    }
}

/// What sessions start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// The OIDC token of a job of GitHub Actions: some of its claims. The token itself is nowhere here.
    Token(BTreeMap<&'static str, String>),
    /// The usual credentials of AWS, by the ARN of who has them.
    Credentials(String),
}

/// What is checked of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What everything starts from.
    Start,
    /// The role before those of the accounts (`access.through`).
    EntryRole,
    /// The role of an account (`access.role`).
    Role,
    /// What the role of an account may do.
    Policy,
    /// That the organization is the one that the settings name.
    Organization,
    /// That the account may share portfolios through its organization.
    Sharing,
    /// That the account administers AWS Service Catalog for its organization.
    ServiceCatalogAdministrator,
    /// That the account administers Private Marketplace for its organization.
    MarketplaceAdministrator,
    /// That the account can list experiences.
    Experiences,
    /// Which accounts the entries of `recipients` are about.
    Recipients,
}

impl Kind {
    /// Its word for machines.
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

/// A link of the way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is checked.
    pub kind: Kind,
    /// The organization, where it is one's.
    pub organization: Option<Name>,
    /// The account, where it is one's.
    pub account: Option<AccountId>,
    /// The account's name, where it is known.
    pub account_name: Option<String>,
    /// Whether the account is one that receives portfolios.
    pub of_recipient: bool,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a link came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds; what was found, in a sentence without its end.
    Holds(String),
    /// It does not.
    Fails(Trouble),
    /// It can't be told, and a plan does not need it.
    Untold(Trouble),
    /// It was not tried, since one before it fails.
    NotTried,
}

impl Verdict {
    /// Its word for machines.
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
    /// What happened, AWS's message in it.
    pub said: String,
    /// The call that failed, where it was one.
    pub failure: Option<Failure>,
    /// What would mend it, the likeliest first.
    pub mends: Vec<Mend>,
}

impl Trouble {
    /// A trouble without a call that failed.
    pub fn of(said: impl Into<String>) -> Self {
        Self { said: said.into(), failure: None, mends: Vec::new() }
    }

    /// The same with something that would mend it.
    pub fn mend(mut self, mend: Mend) -> Self {
        self.mends.push(mend);
        self
    }
}

/// Something that would mend a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What to do, in a sentence.
    pub advice: String,
    /// What to paste: a statement of a policy as JSON, or a command line. Empty where the sentence is all.
    pub paste: String,
}

impl Mend {
    /// Something to do, without anything to paste.
    pub fn of(advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), paste: String::new() }
    }

    /// Something to paste.
    pub fn pasting(advice: impl Into<String>, paste: impl Into<String>) -> Self {
        Self { advice: advice.into(), paste: paste.into() }
    }
}
