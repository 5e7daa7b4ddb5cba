//! The world: everything the emulated AWS knows, as a value that reads from and writes to YAML.
//!
//! It is written to be read by people. Whatever has its usual value is left out, so that a file
//! says only what is special about a world. Work under way is part of it: a change set that
//! one process started is finished by the next one that reads the file.

mod account;
mod change_set;
mod check;
mod file;
mod knobs;
mod marketplace;
mod member;
mod organization;
mod rates;
mod share;
mod unproven;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use account::{Account, Portfolio, Region, Role};
pub use change_set::{ChangeError, ChangeRecord, ChangeSet, ChangeSetFate, ChangeSetStatus};
pub(super) use check::{is_account, is_portfolio};
pub use knobs::{ChangeSetFault, Drop, Fault, FaultError, Oidc, Pages, Pending, Sessions, ShareFailure};
pub use marketplace::{
    Audience, Branding, Experience, ExperienceStatus, Marketplace, OtherResource, Permission, Policy,
};
pub use member::{AccountStatus, Member};
pub use organization::{Access, Node, Organization, Unit};
pub(super) use organization::{PRIVATE_MARKETPLACE, SERVICE_CATALOG};
pub use rates::{Rate, Rates};
pub use share::{FailedShare, Share, ShareAct, ShareAction, ShareStatus, ShareTarget};
pub use unproven::{
    AcceptAgain, AccessBelow, BatchDescribe, Configuration, ExperienceRevision, InheritedRows, NothingReached, Paths,
    RefusedProduct, Unproven,
};

/// Everything there is, and how it behaves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// The account of the starting credentials. Left out: the management account of the first
    /// organization, or else the first account there is.
    #[serde(skip_serializing_if = "is_default")]
    pub start: Option<String>,
    /// Organizations by a name for people; AWS itself never says it.
    #[serde(skip_serializing_if = "is_default")]
    pub organizations: BTreeMap<String, Organization>,
    /// What is inside accounts, by account id. An account of an organization needs an entry only
    /// if it owns something; an account outside any organization exists by its entry here.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: BTreeMap<String, Account>,
    /// Which web identity tokens are accepted.
    #[serde(skip_serializing_if = "is_default")]
    pub oidc: Oidc,
    /// Accounts that a share through an organization does not reach.
    #[serde(skip_serializing_if = "is_default")]
    pub share_errors: Vec<ShareFailure>,
    /// Makes a share with a node miss half of its accounts, throttled, when it begins less than this many milliseconds
    /// after the last share action with a node ended in its account and region. Goes by the clock on the wall.
    #[serde(skip_serializing_if = "is_default")]
    pub share_pause_ms: u64,
    /// Change sets that end badly, whatever they hold.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_faults: Vec<ChangeSetFault>,
    /// Faults to inject, tried in this order.
    #[serde(skip_serializing_if = "is_default")]
    pub faults: Vec<Fault>,
    /// How long every call takes, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub latency_ms: u64,
    /// How many requests are taken in a time.
    #[serde(skip_serializing_if = "is_default")]
    pub rates: Rates,
    /// How many looks an asynchronous thing takes to end.
    #[serde(skip_serializing_if = "is_default")]
    pub pending: Pending,
    /// How lists are paged.
    #[serde(skip_serializing_if = "is_default")]
    pub pages: Pages,
    /// How long sessions last.
    #[serde(skip_serializing_if = "is_default")]
    pub sessions: Sessions,
    /// Switches for the behaviour that no source proves.
    #[serde(skip_serializing_if = "is_default")]
    pub unproven: Unproven,
    /// How many things were made here so far: new ids and times come from it.
    #[serde(skip_serializing_if = "is_default")]
    pub serial: u64,
}

impl World {
    /// The next number for an id or a moment.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }

    /// The account that the starting credentials belong to.
    pub fn start_account(&self) -> Option<&str> {
        let management = self.organizations.values().next().map(|organization| &organization.management_account);
        self.start.as_ref().or(management).or_else(|| self.accounts.keys().next()).map(String::as_str)
    }

    /// The organization that an account is a member of.
    pub fn organization_of(&self, account: &str) -> Option<&Organization> {
        self.organizations.values().find(|organization| organization.member(account).is_some())
    }

    /// Like [`World::organization_of`], to change it.
    pub(super) fn organization_of_mut(&mut self, account: &str) -> Option<&mut Organization> {
        self.organizations.values_mut().find(|organization| organization.member(account).is_some())
    }

    /// Whether there is such an account, and it may be entered.
    pub(super) fn is_open(&self, account: &str) -> bool {
        match self.organization_of(account).and_then(|organization| organization.member(account)) {
            Some(member) => member.status.can_be_entered(),
            None => self.accounts.contains_key(account),
        }
    }

    /// What an account has in a region, if it has anything there.
    pub fn region(&self, account: &str, region: &str) -> Option<&Region> {
        self.accounts.get(account)?.regions.get(region)
    }

    /// Like [`World::region`], to change it: it comes into being.
    pub(super) fn region_mut(&mut self, account: &str, region: &str) -> &mut Region {
        let account = self.accounts.entry(account.to_owned()).or_default();
        account.regions.entry(region.to_owned()).or_default()
    }
}

/// Whether a value need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::World;

    #[test]
    fn the_example_survives_a_round_trip() {
        let world = World::example();
        let again = World::parse(&world.to_yaml(), "again").expect("what is written can be read");
        assert_eq!(again, world);
    }
}
