//! Everything that the emulated AWS knows, in one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Account, ChangeSetFault, Fault, Oidc, Organization, Pages, Pending, Product, ProductFailure, Rates, Region,
    Sessions, ShareFailure, Unproven, is_default,
};

/// The content of the emulated AWS, and the settings of its behaviour.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// The account of the starting credentials. If left out, the management account of the first organization, or the
    /// first account if there is no organization.
    #[serde(skip_serializing_if = "is_default")]
    pub start: Option<String>,
    /// Organizations by a display name, which AWS's APIs don't show.
    #[serde(skip_serializing_if = "is_default")]
    pub organizations: BTreeMap<String, Organization>,
    /// The content of accounts, by account id. An account of an organization needs an entry only if it has content. An
    /// account outside any organization exists by its entry here.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: BTreeMap<String, Account>,
    /// Products that AWS Marketplace offers beside the built-in ones, by id. A product with a built-in id replaces that
    /// one.
    #[serde(skip_serializing_if = "is_default")]
    pub products: BTreeMap<String, Product>,
    /// The web identity tokens that are accepted.
    #[serde(skip_serializing_if = "is_default")]
    pub oidc: Oidc,
    /// Accounts that shares with nodes don't reach.
    #[serde(skip_serializing_if = "is_default")]
    pub share_errors: Vec<ShareFailure>,
    /// The least pause between share actions with nodes in an account and region, in milliseconds of real time. A share
    /// that starts earlier misses half of its accounts, with a throttling error.
    #[serde(skip_serializing_if = "is_default")]
    pub share_pause_ms: u64,
    /// Constraints that end `FAILED`.
    #[serde(skip_serializing_if = "is_default")]
    pub constraint_errors: Vec<ProductFailure>,
    /// Copies of products that end `FAILED`.
    #[serde(skip_serializing_if = "is_default")]
    pub copy_errors: Vec<ProductFailure>,
    /// Change sets that end badly, independent of their changes.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_faults: Vec<ChangeSetFault>,
    /// Faults to inject, tried in this order.
    #[serde(skip_serializing_if = "is_default")]
    pub faults: Vec<Fault>,
    /// How long every call takes, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub latency_ms: u64,
    /// The rates at which requests are accepted.
    #[serde(skip_serializing_if = "is_default")]
    pub rates: Rates,
    /// The duration of asynchronous work.
    #[serde(skip_serializing_if = "is_default")]
    pub pending: Pending,
    /// How lists are paged.
    #[serde(skip_serializing_if = "is_default")]
    pub pages: Pages,
    /// How long sessions last.
    #[serde(skip_serializing_if = "is_default")]
    pub sessions: Sessions,
    /// Switches for behaviour of AWS that no source proves.
    #[serde(skip_serializing_if = "is_default")]
    pub unproven: Unproven,
    /// The number of objects made so far. New ids and times derive from it.
    #[serde(skip_serializing_if = "is_default")]
    pub serial: u64,
}

impl World {
    /// The next number for an id or a time.
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

    /// Whether the account exists and its roles can be assumed.
    pub(in crate::sandbox) fn is_open(&self, account: &str) -> bool {
        match self.organization_of(account).and_then(|organization| organization.member(account)) {
            Some(member) => member.status.can_be_entered(),
            None => self.accounts.contains_key(account),
        }
    }

    /// The content of an account in a region. `None` if there is none.
    pub fn region(&self, account: &str, region: &str) -> Option<&Region> {
        self.accounts.get(account)?.regions.get(region)
    }

    /// Like [`World::region`], to change it. Creates the account's and the region's entry if needed.
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
