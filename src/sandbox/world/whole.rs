//! Everything that the emulated AWS knows, in one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Account, ChangeSetFault, Fault, Oidc, Organization, Pages, Pending, Product, ProductFailure, Rates, Region,
    Sessions, ShareFailure, Unproven, is_default,
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
    /// What the marketplace offers beside the built-in products, by product id; one with the id of a built-in product
    /// takes its place.
    #[serde(skip_serializing_if = "is_default")]
    pub products: BTreeMap<String, Product>,
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
    /// Constraints that end `FAILED`.
    #[serde(skip_serializing_if = "is_default")]
    pub constraint_errors: Vec<ProductFailure>,
    /// Copies of products that end `FAILED`.
    #[serde(skip_serializing_if = "is_default")]
    pub copy_errors: Vec<ProductFailure>,
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
    pub(in crate::sandbox) fn next_serial(&mut self) -> u64 {
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
    pub(in crate::sandbox) fn organization_of_mut(&mut self, account: &str) -> Option<&mut Organization> {
        self.organizations.values_mut().find(|organization| organization.member(account).is_some())
    }

    /// Whether there is such an account, and it may be entered.
    pub(in crate::sandbox) fn is_open(&self, account: &str) -> bool {
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
    pub fn region_mut(&mut self, account: &str, region: &str) -> &mut Region {
        let account = self.accounts.entry(account.to_owned()).or_default();
        account.regions.entry(region.to_owned()).or_default()
    }
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
