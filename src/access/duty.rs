//! What a catalog does in an account, as far as IAM is concerned.

use std::collections::BTreeSet;

use crate::model::id::{AccountId, ExperienceId, PortfolioId, Region};
use crate::model::local::LaunchRole;
use crate::model::permission::Use;

/// A portfolio in a region; any of them there where the catalog names it by name.
pub(super) type Portfolio = (Region, Option<PortfolioId>);

/// What is done in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Duty {
    pub(super) uses: BTreeSet<Use>,
    /// Portfolios that the account owns.
    pub(super) owned: BTreeSet<Portfolio>,
    /// Portfolios that it receives.
    pub(super) received: BTreeSet<Portfolio>,
    /// Launch roles of its own portfolios.
    pub(super) launch_roles: BTreeSet<LaunchRole>,
    /// Experiences; any where one is chosen otherwise than by its id.
    pub(super) experiences: BTreeSet<Option<ExperienceId>>,
    /// Experiences that others follow, in the same way.
    pub(super) mirrored: BTreeSet<Option<ExperienceId>>,
    /// Roles that are entered from here.
    pub(super) enters: BTreeSet<Entered>,
}

/// A role that is entered from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entered {
    /// Its ARN as the settings have it, with `{account}` and `{mode}`.
    pub(super) template: String,
    pub(super) account: Where,
}

/// In which account a role is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// In this one.
    Account(AccountId),
    /// In the account of the document.
    Here,
    /// In any: AWS alone knows which accounts are below a unit.
    Anywhere,
}

impl Duty {
    /// Adds what another one says.
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
