//! An organization and its tree.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Marketplace, Member, is_default};

/// The service principal under which delegated administrators of Service Catalog are registered.
pub(in crate::sandbox) const SERVICE_CATALOG: &str = "servicecatalog.amazonaws.com";
/// The service principal of Private Marketplace.
pub(in crate::sandbox) const PRIVATE_MARKETPLACE: &str = "private-marketplace.marketplace.amazonaws.com";

/// The service principal of License Manager.
pub(in crate::sandbox) const LICENSE_MANAGER: &str = "license-manager.amazonaws.com";

/// An organization: its tree, its delegated administrators and its private marketplace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The management account. It must also be in the tree.
    pub management_account: String,
    /// The root's id, `r-…`. If left out, it derives from the organization's id.
    #[serde(skip_serializing_if = "is_default")]
    pub root: Option<String>,
    /// Delegated administrators by service principal.
    #[serde(skip_serializing_if = "is_default")]
    pub delegated_administrators: BTreeMap<String, BTreeSet<String>>,
    /// Whether Service Catalog has trusted access to the organization.
    #[serde(skip_serializing_if = "is_default")]
    pub service_catalog_access: Access,
    /// Accounts directly below the root.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: BTreeMap<String, Member>,
    /// Organizational units directly below the root.
    #[serde(skip_serializing_if = "is_default")]
    pub ous: Vec<Unit>,
    /// Its private marketplace, owned by the management account.
    #[serde(skip_serializing_if = "is_default")]
    pub marketplace: Marketplace,
    /// The accounts that hold a licence, by the id of the marketplace product.
    #[serde(skip_serializing_if = "is_default")]
    pub licences: BTreeMap<String, BTreeSet<String>>,
}

/// An organizational unit, with everything below it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unit {
    /// The name. Unique only among the units of one parent.
    pub name: String,
    /// `ou-…`
    pub id: String,
    /// Accounts directly in it.
    #[serde(skip_serializing_if = "is_default")]
    pub accounts: BTreeMap<String, Member>,
    /// Organizational units directly in it.
    #[serde(skip_serializing_if = "is_default")]
    pub ous: Vec<Unit>,
}

/// Whether Service Catalog has trusted access to the organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Access {
    /// `EnableAWSOrganizationsAccess` was called.
    #[default]
    Enabled,
    /// Being enabled or disabled.
    UnderChange,
    /// `EnableAWSOrganizationsAccess` was never called, or access was disabled again.
    Disabled,
}

impl Access {
    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::UnderChange => "UNDER_CHANGE",
            Self::Disabled => "DISABLED",
        }
    }
}

/// A node of the tree: the root, or an organizational unit.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// `r-…` or `ou-…`
    pub id: &'a str,
    /// The name; the root's is `Root`.
    pub name: &'a str,
    /// The index of the parent in the list of nodes. `None` for the root.
    pub parent: Option<usize>,
    /// Accounts directly in it.
    pub accounts: &'a BTreeMap<String, Member>,
}

impl Organization {
    /// The id of the root. Unless the world gives one, `r-acme` for `o-acme000001`.
    pub fn root_id(&self) -> String {
        let made = || format!("r-{}", self.id.chars().skip(2).take(4).collect::<String>());
        self.root.clone().unwrap_or_else(made)
    }

    /// All nodes of the tree, the root first and parents before their children.
    pub fn nodes<'a>(&'a self, root: &'a str) -> Vec<Node<'a>> {
        fn walk<'a>(units: &'a [Unit], parent: usize, nodes: &mut Vec<Node<'a>>) {
            for unit in units {
                let here = nodes.len();
                nodes.push(Node { id: &unit.id, name: &unit.name, parent: Some(parent), accounts: &unit.accounts });
                walk(&unit.ous, here, nodes);
            }
        }
        let mut nodes = vec![Node { id: root, name: "Root", parent: None, accounts: &self.accounts }];
        walk(&self.ous, 0, &mut nodes);
        nodes
    }

    /// Finds a member account.
    pub fn member(&self, account: &str) -> Option<&Member> {
        fn find<'a>(units: &'a [Unit], account: &str) -> Option<&'a Member> {
            units.iter().find_map(|unit| unit.accounts.get(account).or_else(|| find(&unit.ous, account)))
        }
        self.accounts.get(account).or_else(|| find(&self.ous, account))
    }

    /// Whether the account may administer a service for the organization. The management account may, and so may the
    /// delegated administrators of that service principal.
    pub fn administers(&self, account: &str, service: &str) -> bool {
        let delegated = self.delegated_administrators.get(service);
        self.management_account == account || delegated.is_some_and(|accounts| accounts.contains(account))
    }

    /// Whether an account is at or below a place: the organization, the root, or an organizational unit.
    pub fn is_below(&self, place: &str, account: &str) -> bool {
        fn has(unit: &Unit, account: &str) -> bool {
            unit.accounts.contains_key(account) || unit.ous.iter().any(|unit| has(unit, account))
        }
        fn find<'a>(units: &'a [Unit], place: &str) -> Option<&'a Unit> {
            units.iter().find_map(|unit| if unit.id == place { Some(unit) } else { find(&unit.ous, place) })
        }
        if place == self.id || place == self.root_id() {
            return self.member(account).is_some();
        }
        find(&self.ous, place).is_some_and(|unit| has(unit, account))
    }

    /// All accounts at or below a place: the organization, the root, or an organizational unit.
    pub fn accounts_below(&self, place: &str) -> BTreeSet<String> {
        let root = self.root_id();
        let mut inside: Vec<bool> = Vec::new();
        let mut found = BTreeSet::new();
        for node in self.nodes(&root) {
            let above = node.parent.and_then(|parent| inside.get(parent).copied());
            let is_inside = above.unwrap_or(place == self.id) || node.id == place;
            inside.push(is_inside);
            if is_inside {
                found.extend(node.accounts.keys().cloned());
            }
        }
        found
    }

    /// All organizational units below a place, without the place itself.
    pub fn units_below(&self, place: &str) -> BTreeSet<String> {
        let root = self.root_id();
        let mut inside: Vec<bool> = Vec::new();
        let mut found = BTreeSet::new();
        for node in self.nodes(&root) {
            let is_below = node.parent.and_then(|parent| inside.get(parent).copied()).unwrap_or(false);
            if is_below {
                found.insert(node.id.to_owned());
            }
            inside.push(is_below || node.id == place || (node.parent.is_none() && place == self.id));
        }
        found
    }

    /// Whether the organization has an OU with this id.
    pub fn has_unit(&self, id: &str) -> bool {
        fn find(units: &[Unit], id: &str) -> bool {
            units.iter().any(|unit| unit.id == id || find(&unit.ous, id))
        }
        find(&self.ous, id)
    }
}
