//! What is to be imported, and which files are there already.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::id::{ExperienceId, Name, PortfolioId};
use crate::model::settings::{OrganizationSettings, Settings};

/// What is to be imported. The default is everything in every organization of the settings.
#[derive(Debug, Clone, Default)]
pub struct What {
    /// These organizations alone; all where it is empty.
    pub organizations: BTreeSet<Name>,
    /// These portfolios alone, by name or id.
    pub portfolios: BTreeSet<String>,
    /// These experiences alone, by name or id.
    pub experiences: BTreeSet<String>,
    /// Whether to look who may launch in the accounts that receive portfolios.
    pub recipients: bool,
}

impl What {
    pub(super) fn organizations<'s>(
        &self,
        settings: &'s Settings,
    ) -> impl Iterator<Item = (&'s Name, &'s OrganizationSettings)> {
        let all = settings.organizations.iter();
        all.filter(|(name, _)| self.organizations.is_empty() || self.organizations.contains(*name))
    }

    /// Whether portfolios are wanted. They are not if only experiences were named.
    pub(super) fn portfolios(&self) -> bool {
        !self.portfolios.is_empty() || self.experiences.is_empty()
    }

    pub(super) fn experiences(&self) -> bool {
        !self.experiences.is_empty() || self.portfolios.is_empty()
    }

    pub(super) fn is_portfolio(&self, id: &PortfolioId, name: &str) -> bool {
        self.portfolios.is_empty() || self.portfolios.contains(id.as_str()) || self.portfolios.contains(name)
    }

    pub(super) fn is_experience(&self, id: &ExperienceId, name: &str) -> bool {
        self.experiences.is_empty() || self.experiences.contains(id.as_str()) || self.experiences.contains(name)
    }
}

/// The files that are there already.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Whether to rewrite them if what they govern was chosen. Otherwise they stay.
    pub rewrite: bool,
    /// `portfolios/NAME.yaml`.
    pub portfolios: BTreeSet<Name>,
    /// `marketplace/NAME.yaml`.
    pub lists: BTreeSet<Name>,
}

/// Which file governs each thing of a kind.
pub(super) struct Owners<K> {
    files: BTreeMap<K, Name>,
    /// How many entries each file has, with those that can't be told.
    entries: BTreeMap<Name, usize>,
    pub(super) rewrite: bool,
}

impl<K: Ord> Owners<K> {
    /// `entries` are those of a catalog: the resource that each means, if that can be told, and its file.
    pub(super) fn new<'a>(entries: impl Iterator<Item = (Option<K>, &'a Name)>, rewrite: bool) -> Self {
        let mut owners = Self { files: BTreeMap::new(), entries: BTreeMap::new(), rewrite };
        for (key, file) in entries {
            *owners.entries.entry(file.clone()).or_default() += 1;
            if let Some(key) = key {
                owners.files.entry(key).or_insert_with(|| file.clone());
            }
        }
        owners
    }

    /// The file that governs a resource already. `None` if it may go to a new one.
    pub(super) fn file(&self, key: &K) -> Option<&Name> {
        self.files.get(key)
    }

    /// How many entries a file has.
    pub(super) fn entries_of(&self, file: &Name) -> usize {
        self.entries.get(file).copied().unwrap_or_default()
    }
}
