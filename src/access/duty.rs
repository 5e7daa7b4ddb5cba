//! What a catalog needs to do in an account, in the terms of IAM.

use std::collections::BTreeSet;

use crate::model::id::{AccountId, ExperienceId, PortfolioId, Region};
use crate::model::local::LaunchRole;
use crate::model::permission::Use;

/// A portfolio in a region. `None`: any portfolio there, because the catalog selects it by name.
pub(super) type Portfolio = (Region, Option<PortfolioId>);

/// Everything that a role is needed for in one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Duty {
    pub(super) uses: BTreeSet<Use>,
    /// Portfolios that the account owns.
    pub(super) owned: BTreeSet<Portfolio>,
    /// Portfolios that the account receives.
    pub(super) received: BTreeSet<Portfolio>,
    /// Launch roles of the account's own portfolios.
    pub(super) launch_roles: BTreeSet<LaunchRole>,
    /// Experiences that the catalog governs. `None` stands for any, if one is not selected by its id.
    pub(super) experiences: BTreeSet<Option<ExperienceId>>,
    /// Experiences that others mirror. `None` as above.
    pub(super) mirrored: BTreeSet<Option<ExperienceId>>,
    /// Roles that are assumed from this account.
    pub(super) enters: BTreeSet<Entered>,
}

/// A role that is assumed from another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entered {
    /// The ARN as in the settings, with `{account}` and `{mode}`.
    pub(super) template: String,
    pub(super) account: Where,
}

/// The account of a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// This account.
    Account(AccountId),
    /// The account that the document is for.
    Here,
    /// Any account: only AWS knows which accounts are below an OU.
    Anywhere,
}

impl Duty {
    /// Adds everything of another duty.
    pub(super) fn add(&mut self, other: &Self) {
        let Self { uses, owned, received, launch_roles, experiences, mirrored, enters } = other;
        self.uses.extend(uses);
        self.owned.extend(owned.iter().cloned());
        self.received.extend(received.iter().cloned());
        self.launch_roles.extend(launch_roles.iter().cloned());
        self.experiences.extend(experiences.iter().cloned());
        self.mirrored.extend(mirrored.iter().cloned());
        self.enters.extend(enters.iter().cloned());
    }
}
