//! The tree of an organization, as far as it was read: paths of organizational units and the accounts below them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::id::{AccountId, OrganizationId, OuId};

/// An account's status in its organization (`Status`/`State` in AWS Organizations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Suspended, closed or being closed: the account can't be used.
    Suspended,
}

/// An account of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The e-mail address that it is registered with, unique in AWS. `None` if AWS did not say.
    pub email: Option<String>,
    /// Whether the account is in use.
    pub status: AccountStatus,
    /// When it joined the organization. `None` if AWS did not say.
    pub joined: Option<Timestamp>,
    /// The units above it, from the root down. `None` if AWS did not say.
    pub above: Option<Vec<OuId>>,
}

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its name. It is unique only among the units of the same parent.
    pub name: String,
    /// The unit above. `None` directly below the root, or if it was not read.
    pub parent: Option<OuId>,
}

/// The part of an organization that was read. Anything that was not asked for is left out, so absence proves nothing
/// except for [`Organization::strangers`], [`Organization::missing`] and units whose subtree is in
/// [`Organization::members`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its management account.
    pub management_account: AccountId,
    /// Whether the paths that the catalog names were looked up.
    pub walk: Walk,
    /// The units that were listed or described. A unit whose parent is not here lies below one whose name is unknown.
    pub units: BTreeMap<OuId, Unit>,
    /// The nodes whose child units are all in `units`. `None` is the root.
    pub listed: BTreeSet<Option<OuId>>,
    /// The accounts that were asked for, or found below a unit.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The accounts that were asked for and are not in the organization.
    pub strangers: BTreeSet<AccountId>,
    /// The units that were asked for and are not in the organization.
    pub missing: BTreeSet<OuId>,
    /// The accounts below a unit at any depth. A unit is only here if all of them are known.
    pub members: BTreeMap<OuId, BTreeSet<AccountId>>,
    /// Whether `accounts` holds every account of the organization.
    pub whole: bool,
    /// The accounts whose units were asked for, with the reasons why some are missing in `accounts` and `units`.
    /// Without reasons everything was read.
    pub ways: BTreeMap<AccountId, Vec<String>>,
}

/// Whether the paths that the catalog names were looked up in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walk {
    /// No path was asked for.
    NotAsked,
    /// [`Organization::units`] holds every unit on the way to the paths and every sibling of these.
    Complete,
    /// The tree could not be read; the sentence says why.
    Failed(String),
}

/// Why a path does not name exactly one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathProblem {
    /// The tree could not be read; the sentence says why.
    Unreadable(String),
    /// No unit has this path.
    Missing {
        /// The existing paths next to the part that is wrong, nearest in spelling first.
        candidates: Vec<String>,
    },
    /// Several units have this path, since a name may contain a slash.
    Ambiguous {
        /// Their ids.
        candidates: Vec<OuId>,
    },
}

impl Organization {
    /// An organization of which only the id and the management account are known.
    pub fn new(id: OrganizationId, management_account: AccountId) -> Self {
        Self {
            id,
            management_account,
            walk: Walk::NotAsked,
            units: BTreeMap::new(),
            listed: BTreeSet::new(),
            accounts: BTreeMap::new(),
            strangers: BTreeSet::new(),
            missing: BTreeSet::new(),
            members: BTreeMap::new(),
            whole: false,
            ways: BTreeMap::new(),
        }
    }

    /// The unit at `path`: names from the root down, separated by `/`.
    pub fn resolve(&self, path: &str) -> Result<OuId, PathProblem> {
        match &self.walk {
            Walk::Complete => {}
            Walk::NotAsked => return Err(PathProblem::Unreadable("the organization's units were not read".to_owned())),
            Walk::Failed(reason) => return Err(PathProblem::Unreadable(reason.clone())),
        }
        let mut found = Vec::new();
        let mut deepest = (usize::MAX, None);
        self.descend(None, path, &mut found, &mut deepest);
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(PathProblem::Missing { candidates: self.nearest(path, deepest.1.as_ref()) }),
            _ => Err(PathProblem::Ambiguous { candidates: found }),
        }
    }

    fn descend(&self, parent: Option<&OuId>, rest: &str, found: &mut Vec<OuId>, deepest: &mut (usize, Option<OuId>)) {
        if rest.len() < deepest.0 {
            *deepest = (rest.len(), parent.cloned());
        }
        for (id, unit) in self.children(parent) {
            if unit.name == rest {
                found.push(id.clone());
            } else if let Some(below) = rest.strip_prefix(unit.name.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                self.descend(Some(id), below, found, deepest);
            }
        }
    }

    /// The units directly below a node, as far as they are known. `None` is the root.
    pub fn children(&self, parent: Option<&OuId>) -> impl Iterator<Item = (&OuId, &Unit)> {
        self.units.iter().filter(move |(_, unit)| unit.parent.as_ref() == parent)
    }

    fn nearest(&self, path: &str, parent: Option<&OuId>) -> Vec<String> {
        let mut candidates: Vec<String> = self.children(parent).map(|(id, _)| self.path(id)).collect();
        candidates.sort_by(|a, b| strsim::jaro(path, b).total_cmp(&strsim::jaro(path, a)).then_with(|| a.cmp(b)));
        candidates
    }

    /// The names from the root down to a unit. The unit's id if one of the names is unknown.
    pub fn path(&self, ou: &OuId) -> String {
        let mut names = Vec::new();
        let mut next = Some(ou);
        while let Some(id) = next {
            let Some(unit) = self.units.get(id) else { return ou.to_string() };
            names.push(unit.name.as_str());
            next = unit.parent.as_ref();
        }
        names.reverse();
        names.join("/")
    }

    /// The units from the root down, ending with `unit`. `None` if one of them is unknown.
    pub fn way_to(&self, unit: &OuId) -> Option<Vec<OuId>> {
        let mut way = vec![unit.clone()];
        let mut next = self.units.get(unit)?.parent.as_ref();
        while let Some(id) = next {
            way.push(id.clone());
            next = self.units.get(id)?.parent.as_ref();
        }
        way.reverse();
        Some(way)
    }

    /// Whether `unit` is `above` or lies below it. `None` if one of its parents is unknown.
    pub fn is_at_or_below(&self, unit: &OuId, above: &OuId) -> Option<bool> {
        let mut next = Some(unit);
        while let Some(id) = next {
            if id == above {
                return Some(true);
            }
            next = self.units.get(id)?.parent.as_ref();
        }
        Some(false)
    }

    /// Whether an account lies below a unit. `None` if that is unknown.
    pub fn is_member(&self, account: &AccountId, unit: &OuId) -> Option<bool> {
        if self.strangers.contains(account) {
            return Some(false);
        }
        Some(self.members.get(unit)?.contains(account))
    }

    /// An account's name, if it is known.
    pub fn account_name(&self, account: &AccountId) -> Option<&str> {
        self.accounts.get(account).map(|account| account.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(units: &[(&str, &str, Option<&str>)]) -> Organization {
        let mut organization = Organization::new("o-acme000001".parse().unwrap(), "111111111111".parse().unwrap());
        for (id, name, parent) in units {
            let parent = parent.map(|parent| parent.parse().unwrap());
            organization.units.insert(id.parse().unwrap(), Unit { name: (*name).to_owned(), parent });
        }
        organization.walk = Walk::Complete;
        organization
    }

    #[test]
    fn a_path_goes_from_the_root_down() {
        let tree = tree(&[
            ("ou-acme-work0001", "Workloads", None),
            ("ou-acme-prod0001", "Production", Some("ou-acme-work0001")),
            ("ou-acme-prod0002", "Production", None),
        ]);
        assert_eq!(tree.resolve("Workloads/Production").unwrap().as_str(), "ou-acme-prod0001");
        assert_eq!(tree.resolve("Production").unwrap().as_str(), "ou-acme-prod0002");
        assert_eq!(tree.path(&"ou-acme-prod0001".parse().unwrap()), "Workloads/Production");
    }

    #[test]
    fn a_missing_path_names_its_neighbours_nearest_first() {
        let tree = tree(&[
            ("ou-acme-work0001", "Workloads", None),
            ("ou-acme-stag0001", "Staging", Some("ou-acme-work0001")),
            ("ou-acme-prod0001", "Production", Some("ou-acme-work0001")),
        ]);
        let Err(PathProblem::Missing { candidates }) = tree.resolve("Workloads/Prodution") else { panic!() };
        assert_eq!(candidates, ["Workloads/Production", "Workloads/Staging"]);
    }

    #[test]
    fn a_slash_inside_a_name_can_make_a_path_ambiguous() {
        let tree = tree(&[
            ("ou-acme-aaaa0001", "A", None),
            ("ou-acme-bbbb0001", "B", Some("ou-acme-aaaa0001")),
            ("ou-acme-both0001", "A/B", None),
        ]);
        let Err(PathProblem::Ambiguous { candidates }) = tree.resolve("A/B") else { panic!() };
        assert_eq!(candidates.len(), 2);
    }
}
