//! What has to be read of Private Marketplaces to say which experience governs an account, or where a product stands.

use std::collections::BTreeSet;

use super::super::governed::Governed;
use super::super::resolve;
use super::above::Above;
use super::market::{Named, named, reaching, seller};
use crate::model::desired::{Desired, DesiredExperience, ExperienceSelector, Selector};
use crate::model::id::{AccountId, ExperienceId, Name};
use crate::model::live::{self, Live, Reading};
use crate::model::market_wants::PartWants;
use crate::model::mirror::Mirror;
use crate::model::wants::{ShelfWants, Wants};

/// What tells which experience governs an account: all audiences of its organization at once, since an experience does
/// not name its own, and the experiences that have the account in their audience or should have it.
pub(super) fn governing(account: &AccountId, desired: &Desired, live: &Live, has_product: bool, wants: &mut Wants) {
    for name in desired.settings.organizations.keys() {
        let above = Above::of(account, name, live);
        let Some(seller) = seller(name, desired).filter(|_| above.is_member() == Some(true)) else { continue };
        let parts = wants.parts.entry(seller.clone()).or_insert_with(|| PartWants::new(name));
        parts.audiences = true;
        lists(seller, name, desired, wants);
        let mut read = match live.audiences.get(seller) {
            Some(Reading::Complete(audiences)) => reaching(audiences, &above),
            Some(Reading::Unreadable(_)) | None => continue,
        };
        let of_it = || desired.experiences.iter().filter(|entry| entry.account == *seller);
        for entry in of_it() {
            let mut principals = entry.terms.audience.iter().flat_map(|audience| audience.principals.keys());
            let is_about = principals.any(|who| !matches!(named(who, account, &above), Named::Elsewhere));
            let candidates = candidates(entry, seller, live);
            if is_about || candidates.iter().any(|id| read.contains(id)) {
                read.extend(candidates);
            }
        }
        shelf(seller, name, wants).read.extend(read);
    }
    if has_product {
        mirrored(desired, live, wants);
    }
}

/// What tells which list products are on: all experiences of each wanted organization that has a product list.
pub(in crate::plan) fn everywhere(
    desired: &Desired,
    live: &Live,
    is_wanted: impl Fn(&Name) -> bool,
    wants: &mut Wants,
) {
    for name in desired.settings.organizations.keys().filter(|name| is_wanted(name)) {
        let Some(seller) = seller(name, desired) else { continue };
        wants.organizations.entry(name.clone()).or_default();
        let is_listed = live.experiences.get(seller).is_some_and(|shelf| shelf.listed.is_some());
        let listed = listed(seller, live).to_vec();
        let shelf = shelf(seller, name, wants);
        shelf.list = true;
        if !is_listed {
            continue;
        }
        shelf.read.extend(listed.into_iter().map(|named| named.id));
        // An experience that an entry names by its id is read even if the list does not show it, so that its absence is
        // reported.
        shelf
            .read
            .extend(desired.experiences.iter().filter(|entry| entry.account == *seller).filter_map(by_id).cloned());
    }
    mirrored(desired, live, wants);
}

/// Adds the mirrored experiences of all entries whose own experience is known.
fn mirrored(desired: &Desired, live: &Live, wants: &mut Wants) {
    let mirrors: Vec<&Mirror> = {
        let governed = Governed::of(desired, live);
        let of_it = governed.lists.iter().filter(|list| list.outcome.is_ok());
        of_it.filter_map(|list| list.entry.products.mirrored()).collect()
    };
    for Mirror { organization, account, experience, ignored: _, unlisted: _, source: _ } in mirrors {
        let settings = desired.settings.organizations.get(organization);
        if settings.is_none_or(|it| it.marketplace_account.as_ref() != Some(account)) {
            continue;
        }
        wants.organizations.entry(organization.clone()).or_default();
        lists(account, organization, desired, wants);
        let shelf = shelf(account, organization, wants);
        match experience {
            Selector::Id(id) => drop(shelf.read.insert(id.clone())),
            Selector::Name(name) => {
                shelf.list = true;
                shelf.read.extend(resolve::named(listed(account, live), name));
            }
        }
    }
}

/// Asks for the list of experiences if an entry of the catalog does not name its experience by id.
fn lists(account: &AccountId, organization: &Name, desired: &Desired, wants: &mut Wants) {
    let mut entries = desired.experiences.iter().filter(|entry| entry.account == *account);
    shelf(account, organization, wants).list |= entries.any(|entry| by_id(entry).is_none());
}

/// The experiences that an entry may mean by its id or its name. Empty for `all_live`.
fn candidates(entry: &DesiredExperience, account: &AccountId, live: &Live) -> BTreeSet<ExperienceId> {
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(id)) => BTreeSet::from([id.clone()]),
        ExperienceSelector::One(Selector::Name(name)) => {
            resolve::named(listed(account, live), name).into_iter().collect()
        }
        ExperienceSelector::AllLive { except: _ } => BTreeSet::new(),
    }
}

fn by_id(entry: &DesiredExperience) -> Option<&ExperienceId> {
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(id)) => Some(id),
        ExperienceSelector::One(Selector::Name(_)) | ExperienceSelector::AllLive { except: _ } => None,
    }
}

fn listed<'l>(account: &AccountId, live: &'l Live) -> &'l [live::Named<ExperienceId>] {
    resolve::listed::<_, _, ExperienceId>(live.experiences.get(account), String::new).unwrap_or_default()
}

fn shelf<'w>(account: &AccountId, organization: &Name, wants: &'w mut Wants) -> &'w mut ShelfWants<ExperienceId> {
    wants.experiences.entry(account.clone()).or_insert_with(|| ShelfWants::new(organization))
}
