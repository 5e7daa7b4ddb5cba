//! What `settings.yaml` says: organizations, the way in, safety.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::finding::Source;
use super::id::{AccountId, Name, OrganizationId, Region};

/// The settings of a catalog. The default has no organization, and no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The organizations by the names that the other files use.
    pub organizations: BTreeMap<Name, OrganizationSettings>,
    /// Where portfolios live unless their file says otherwise.
    pub regions: Vec<Region>,
    /// A plan that removes or denies more than this is refused.
    pub max_removals: MaxRemovals,
    /// What every entry has to say: `products.notes`, `shares.until` and the like.
    pub require: BTreeSet<String>,
}

/// How much a plan may take away. A limit that is `None` is none; the settings always give one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MaxRemovals {
    /// For all kinds together.
    pub together: Option<usize>,
    /// In portfolios.
    pub portfolios: Option<usize>,
    /// In product lists.
    pub marketplace: Option<usize>,
}

impl MaxRemovals {
    /// One limit for all kinds together.
    pub fn all(limit: usize) -> Self {
        Self { together: Some(limit), ..Self::default() }
    }

    /// Each limit of the two, the lower one where both have it.
    pub fn strictest(self, other: Self) -> Self {
        let lower = |one: Option<usize>, other: Option<usize>| one.into_iter().chain(other).min();
        Self {
            together: lower(self.together, other.together),
            portfolios: lower(self.portfolios, other.portfolios),
            marketplace: lower(self.marketplace, other.marketplace),
        }
    }
}

impl fmt::Display for MaxRemovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { together, portfolios, marketplace } = self;
        let limits = [("together", together), ("portfolios", portfolios), ("marketplace", marketplace)];
        if let (Some(limit), None, None) = (together, portfolios, marketplace) {
            return write!(f, "{limit}");
        }
        let limits = limits.iter().filter_map(|(name, limit)| Some(format!("{name}: {}", (**limit)?)));
        f.write_str(&limits.collect::<Vec<_>>().join(", "))
    }
}

/// One organization: its id, its administrators and how to get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// Its id in AWS.
    pub id: OrganizationId,
    /// Owns the portfolios: the management account or a delegated administrator.
    pub service_catalog_account: Option<AccountId>,
    /// Owns the experiences: the management account or a Private Marketplace delegated administrator.
    pub marketplace_account: Option<AccountId>,
    /// The way in, the catalog's own with this organization's overrides.
    pub access: Access,
    /// The line of its name.
    pub source: Source,
}

impl OrganizationSettings {
    /// The account to ask about the organization's tree: an administrator of either service may.
    pub fn reader(&self) -> Option<&AccountId> {
        self.service_catalog_account.as_ref().or(self.marketplace_account.as_ref())
    }
}

/// How to get into an account. Templates hold `{account}` and `{mode}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The role to be in each account; without it the starting credentials serve as they are.
    pub role: Option<String>,
    /// A role to assume first, `role` then from it.
    pub through: Option<String>,
    /// Sent when a role is assumed from another role.
    pub external_id: Option<String>,
    /// The audience of the OIDC token.
    pub audience: String,
    /// Whether a template without `{mode}` is meant: one role that plans and applies.
    pub shared_role: bool,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            role: None,
            through: None,
            external_id: None,
            audience: Self::DEFAULT_AUDIENCE.to_owned(),
            shared_role: false,
        }
    }
}

impl Access {
    /// The audience that AWS STS expects of a token unless the provider was registered with another.
    pub const DEFAULT_AUDIENCE: &str = "sts.amazonaws.com";

    /// `template` for one account and mode.
    pub fn role_arn(template: &str, account: &AccountId, mode: Mode) -> String {
        template.replace("{account}", account.as_str()).replace("{mode}", mode.as_str())
    }
}

/// What a session may do: a plan's roles can't write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Read only.
    Plan,
    /// Read and write.
    Apply,
}

impl Mode {
    /// The word that stands for `{mode}` in a role template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}
