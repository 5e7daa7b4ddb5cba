//! Reads of marketplaces that are still needed beside the experiences themselves: their parts, their running change
//! sets, and facts about products.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{AccountId, BrandingId, ExperienceId, Name, ProductId};

/// Experiences whose running change sets are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningWants {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// The experiences.
    pub experiences: BTreeSet<ExperienceId>,
}

impl RunningWants {
    /// Starts with no reads.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), experiences: BTreeSet::new() }
    }
}

/// Parts of the experiences of an account that are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartWants {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// Whether the audiences of the experiences are needed.
    pub audiences: bool,
    /// Branding settings that are needed.
    pub brandings: BTreeSet<BrandingId>,
}

impl PartWants {
    /// Starts with no reads.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), audiences: false, brandings: BTreeSet::new() }
    }

    /// Whether no read is needed.
    pub(super) fn is_empty(&self) -> bool {
        !self.audiences && self.brandings.is_empty()
    }

    /// Adds the reads of the other.
    pub(super) fn add(&mut self, Self { organization: _, audiences, brandings }: Self) {
        self.audiences |= audiences;
        self.brandings.extend(brandings);
    }

    /// Keeps the reads that are not in `known`, and adds them to `known`.
    pub(super) fn take_new(self, known: &mut Self) -> Self {
        let Self { organization, audiences, brandings } = self;
        let audiences = audiences && !known.audiences;
        known.audiences |= audiences;
        Self { organization, audiences, brandings: take(brandings, &mut known.brandings) }
    }
}

/// Products about which something is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductWants {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// The products.
    pub ids: BTreeSet<ProductId>,
}

/// Keeps the items that are not in `asked`, and adds them to `asked`.
pub(super) fn take<T: Ord + Clone>(wanted: BTreeSet<T>, asked: &mut BTreeSet<T>) -> BTreeSet<T> {
    let new: BTreeSet<T> = wanted.into_iter().filter(|one| !asked.contains(one)).collect();
    asked.extend(new.iter().cloned());
    new
}

/// Adds the products of `other` to `all`.
pub(super) fn add_products(all: &mut BTreeMap<AccountId, ProductWants>, other: BTreeMap<AccountId, ProductWants>) {
    for (account, ProductWants { organization, ids }) in other {
        let of = all.entry(account);
        of.or_insert_with(|| ProductWants { organization, ids: BTreeSet::new() }).ids.extend(ids);
    }
}

/// Keeps the products that are not in `asked`, and adds them to `asked`.
pub(super) fn take_products(
    wanted: BTreeMap<AccountId, ProductWants>,
    asked: &mut BTreeMap<AccountId, ProductWants>,
) -> BTreeMap<AccountId, ProductWants> {
    let mut new = BTreeMap::new();
    for (account, ProductWants { organization, ids }) in wanted {
        let known = asked.entry(account.clone());
        let known = known.or_insert_with(|| ProductWants { organization: organization.clone(), ids: BTreeSet::new() });
        let ids = take(ids, &mut known.ids);
        if !ids.is_empty() {
            new.insert(account, ProductWants { organization, ids });
        }
    }
    new
}
