//! The organizations of a made world: the units and accounts that catalogs name, and some more.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::model::desired::{Desired, OuRef};
use crate::model::hex::hex;
use crate::model::id::Name;
use crate::model::portfolio::Share;
use crate::model::settings::OrganizationSettings;
use crate::sandbox::{Member, Organization, Unit};

/// Both accounts administer both services, so that either may be asked.
const SERVICES: [&str; 2] = ["servicecatalog.amazonaws.com", "private-marketplace.marketplace.amazonaws.com"];

/// The organizations, and the ids that were made so far.
pub(super) struct Trees {
    /// By name in the settings.
    pub(super) organizations: BTreeMap<String, Organization>,
    /// Accounts outside of all organizations.
    pub(super) strangers: BTreeSet<String>,
    taken: BTreeSet<String>,
    made: u64,
}

impl Trees {
    /// Makes everything that the catalogs name.
    pub(super) fn of(catalogs: &[&Desired]) -> Self {
        let mut trees = Self {
            organizations: BTreeMap::new(),
            strangers: BTreeSet::new(),
            taken: catalogs.iter().flat_map(|catalog| accounts(catalog)).collect(),
            made: 0,
        };
        for (name, settings) in catalogs.iter().flat_map(|catalog| &catalog.settings.organizations) {
            let is_there = trees.organizations.values().any(|other| other.id == settings.id.as_str());
            if !is_there && !trees.organizations.contains_key(name.as_str()) {
                trees.add(name, settings);
            }
        }
        for portfolio in catalogs.iter().flat_map(|catalog| catalog.portfolios.values()) {
            for share in &portfolio.shares {
                trees.place(&portfolio.organization, &share.share);
            }
        }
        trees
    }

    /// Adds an organization with its administrators.
    fn add(&mut self, name: &Name, settings: &OrganizationSettings) {
        let OrganizationSettings { id, service_catalog_account, marketplace_account, access: _, source: _ } = settings;
        let management_account = self.account();
        let mut organization = Organization { id: id.to_string(), management_account, ..Organization::default() };
        let management = [(organization.management_account.clone(), "management".to_owned())];
        let administrators: BTreeSet<String> =
            [service_catalog_account, marketplace_account].into_iter().flatten().map(ToString::to_string).collect();
        let administrators: Vec<(String, String)> =
            administrators.into_iter().filter(|id| !self.has(id)).map(|id| (id, "catalog-hub".to_owned())).collect();
        for service in SERVICES {
            let ids = administrators.iter().map(|(id, _)| id.clone()).collect();
            organization.delegated_administrators.insert(service.to_owned(), ids);
        }
        organization.accounts =
            management.into_iter().chain(administrators).map(|(id, name)| (id, member(name))).collect();
        self.organizations.insert(name.to_string(), organization);
    }

    /// Adds the receiver of a share.
    fn place(&mut self, organization: &Name, share: &Share<OuRef>) {
        match share {
            Share::Account { account, tag_options: _ } => {
                if !self.has(account.as_str()) {
                    self.strangers.insert(account.to_string());
                }
            }
            Share::Member { account, tag_options: _ } => {
                let (id, name) = (account.to_string(), format!("account {account}"));
                self.strangers.remove(&id);
                if !self.has(&id)
                    && let Some(organization) = self.organizations.get_mut(organization.as_str())
                {
                    organization.accounts.insert(id, member(name));
                }
            }
            Share::Ou { ou, tag_options: _, principals: _ } => self.place_unit(organization, ou),
            Share::Organization { organization: _, tag_options: _, principals: _ } => {}
        }
    }

    fn place_unit(&mut self, name: &Name, ou: &OuRef) {
        let Some(mut organization) = self.organizations.remove(name.as_str()) else { return };
        match ou {
            OuRef::Id(id) if organization.has_unit(id.as_str()) => {}
            OuRef::Id(id) => {
                let root = id.as_str().split('-').nth(1).map(|root| format!("r-{root}"));
                organization.root = organization.root.or(root);
                let unit = self.made_unit(id.to_string(), format!("Unit {}", organization.ous.len() + 1));
                organization.ous.push(unit);
            }
            OuRef::Path(path) => self.place_path(name, path, &mut organization.ous),
        }
        self.organizations.insert(name.to_string(), organization);
    }

    /// Adds every unit on the path, each with an account of its own.
    fn place_path(&mut self, organization: &Name, path: &str, mut units: &mut Vec<Unit>) {
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            let above = path.get(..end).unwrap_or(path);
            let name = above.rsplit('/').next().unwrap_or(above);
            if !units.iter().any(|unit| unit.name == name) {
                let unit = self.made_unit(unit_of(organization, above), name.to_owned());
                units.push(unit);
            }
            let Some(unit) = units.iter_mut().find(|unit| unit.name == name) else { return };
            units = &mut unit.ous;
        }
    }

    fn made_unit(&mut self, id: String, name: String) -> Unit {
        let account = self.account();
        let accounts = BTreeMap::from([(account, member(format!("team-{}", self.made)))]);
        Unit { id, name, accounts, ous: Vec::new() }
    }

    /// A new account id that no catalog names.
    pub(super) fn account(&mut self) -> String {
        loop {
            self.made += 1;
            let id = format!("{:012}", 900_000_000_000 + self.made);
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }

    /// The organization with this name in the settings.
    pub(super) fn get_mut(&mut self, name: &Name) -> Option<&mut Organization> {
        self.organizations.get_mut(name.as_str())
    }

    fn has(&self, account: &str) -> bool {
        self.organizations.values().any(|organization| organization.member(account).is_some())
    }
}

/// The id of a unit: its own, or one made from its path.
pub(super) fn unit(organization: &Name, ou: &OuRef) -> String {
    match ou {
        OuRef::Id(id) => id.to_string(),
        OuRef::Path(path) => unit_of(organization, path),
    }
}

fn unit_of(organization: &Name, path: &str) -> String {
    made_id("ou-made-", &[organization.as_str(), path])
}

/// An id derived from `of`, so that it is the same each time.
pub(super) fn made_id(prefix: &str, of: &[&str]) -> String {
    let digest = hex(Sha256::digest(of.join("\n")));
    format!("{prefix}{}", digest.get(..13).unwrap_or(&digest))
}

fn member(name: String) -> Member {
    Member { name, ..Member::default() }
}

/// Every account id that a catalog names.
fn accounts(catalog: &Desired) -> BTreeSet<String> {
    let organizations = catalog.settings.organizations.values();
    let administrators = organizations.flat_map(|of| [&of.service_catalog_account, &of.marketplace_account]).flatten();
    let shares = catalog.portfolios.values().flat_map(|portfolio| &portfolio.shares);
    let receivers = shares.filter_map(|share| match &share.share {
        Share::Account { account, tag_options: _ } | Share::Member { account, tag_options: _ } => Some(account),
        Share::Ou { .. } | Share::Organization { .. } => None,
    });
    administrators.chain(receivers).map(ToString::to_string).collect()
}
