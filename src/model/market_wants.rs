//! What is still to be read of marketplaces beside their experiences: what belongs to these, what is under way in
//! them, and what is known of products.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{AccountId, BrandingId, ExperienceId, Name, ProductId};

/// Experiences of which it is wanted which change sets are under way in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningWants {
    /// The organization's name in the settings, whose way in is taken.
    pub organization: Name,
    /// The experiences.
    pub experiences: BTreeSet<ExperienceId>,
}

impl RunningWants {
    /// Nothing yet.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), experiences: BTreeSet::new() }
    }
}

/// What is wanted of what belongs to the experiences of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartWants {
    /// The organization's name in the settings, whose way in is taken.
    pub organization: Name,
    /// Whether it is wanted whom the experiences govern.
    pub audiences: bool,
    /// Branding settings that are wanted.
    pub brandings: BTreeSet<BrandingId>,
}

impl PartWants {
    /// Nothing yet.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), audiences: false, brandings: BTreeSet::new() }
    }

    /// Whether nothing is wanted.
    pub(super) fn is_empty(&self) -> bool {
        !self.audiences && self.brandings.is_empty()
    }

    /// Wants what the other wants, too.
    pub(super) fn add(&mut self, Self { organization: _, audiences, brandings }: Self) {
        self.audiences |= audiences;
        self.brandings.extend(brandings);
    }

    /// Leaves what is not in `known`, and adds it there.
    pub(super) fn take_new(self, known: &mut Self) -> Self {
        let Self { organization, audiences, brandings } = self;
        let audiences = audiences && !known.audiences;
        known.audiences |= audiences;
        Self { organization, audiences, brandings: take(brandings, &mut known.brandings) }
    }
}

/// Products of which something is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductWants {
    /// The organization's name in the settings, whose way in is taken.
    pub organization: Name,
    /// The products.
    pub ids: BTreeSet<ProductId>,
}

/// Leaves what is not in `asked`, and adds it there.
pub(super) fn take<T: Ord + Clone>(wanted: BTreeSet<T>, asked: &mut BTreeSet<T>) -> BTreeSet<T> {
    let new: BTreeSet<T> = wanted.into_iter().filter(|one| !asked.contains(one)).collect();
    asked.extend(new.iter().cloned());
    new
}

/// Wants the products of both, in `all`.
pub(super) fn add_products(all: &mut BTreeMap<AccountId, ProductWants>, other: BTreeMap<AccountId, ProductWants>) {
    for (account, ProductWants { organization, ids }) in other {
        let of = all.entry(account);
        of.or_insert_with(|| ProductWants { organization, ids: BTreeSet::new() }).ids.extend(ids);
    }
}

/// Leaves what is not in `asked`, and adds it there.
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
