//! The content of `settings.yaml`: organizations, access, safety.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::finding::Source;
use super::id::{AccountId, Name, OrganizationId, Region};

/// The settings of a catalog. The default has no organization and no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The organizations by the names that the other files use.
    pub organizations: BTreeMap<Name, OrganizationSettings>,
    /// The regions of portfolios whose file has none.
    pub regions: Vec<Region>,
    /// The limits for removals and denials. A plan above a limit is refused.
    pub max_removals: MaxRemovals,
    /// Fields that every entry must have, such as `products.notes` or `shares.until`.
    pub require: BTreeSet<String>,
}

/// The limits for how much a plan may take away. `None` means no limit. The settings always set at least one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MaxRemovals {
    /// The limit for all kinds together.
    pub together: Option<usize>,
    /// The limit for portfolios.
    pub portfolios: Option<usize>,
    /// The limit for product lists.
    pub marketplace: Option<usize>,
}

impl MaxRemovals {
    /// One limit for all kinds together.
    pub fn all(limit: usize) -> Self {
        Self { together: Some(limit), ..Self::default() }
    }

    /// The limits of both. If both have a limit, the lower one.
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

/// One organization: its id, its administrators and the access to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// Its id in AWS.
    pub id: OrganizationId,
    /// The account that owns the portfolios: the management account or a delegated administrator.
    pub service_catalog_account: Option<AccountId>,
    /// The account that owns the experiences: the management account or a delegated administrator of Private
    /// Marketplace.
    pub marketplace_account: Option<AccountId>,
    /// The access to its accounts: the catalog's settings with this organization's overrides.
    pub access: Access,
    /// The line of its name.
    pub source: Source,
}

impl OrganizationSettings {
    /// The account that reads the organization's tree. Administrators of both services may do so.
    pub fn reader(&self) -> Option<&AccountId> {
        self.service_catalog_account.as_ref().or(self.marketplace_account.as_ref())
    }
}

/// The access to accounts. Templates contain `{account}` and `{mode}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The role to assume in each account. Without it, the starting credentials are used.
    pub role: Option<String>,
    /// A role to assume first. `role` is then assumed from it.
    pub through: Option<String>,
    /// The external id that is sent when a role is assumed from another role.
    pub external_id: Option<String>,
    /// The audience of the OIDC token.
    pub audience: String,
    /// Whether a template without `{mode}` is intended: one role that plans and applies.
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
    /// The audience that AWS STS expects in a token, unless the provider was registered with another one.
    pub const DEFAULT_AUDIENCE: &str = "sts.amazonaws.com";

    /// The ARN of a template's role in one account and mode.
    pub fn role_arn(template: &str, account: &AccountId, mode: Mode) -> String {
        template.replace("{account}", account.as_str()).replace("{mode}", mode.as_str())
    }
}

/// The permissions of a session. The roles of `Plan` can't write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Read only.
    Plan,
    /// Read and write.
    Apply,
}

impl Mode {
    /// The replacement for `{mode}` in a role template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}
