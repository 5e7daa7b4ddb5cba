//! The map's experiences, their product lists and their audiences.

use std::collections::{BTreeMap, BTreeSet};

use super::after::After;
use super::places::Places;
use super::wants::Scope;
use crate::model::atlas::{
    Bought, ExperienceAt, ListAt, MappedExperience, MappedList, MappedPrincipal, MappedProduct, ProductAt,
};
use crate::model::audience::AudiencePrincipal;
use crate::model::desired::{Desired, own_name};
use crate::model::experience::{Experience, ProcurementPolicy};
use crate::model::id::{AccountId, Name, ProductId};
use crate::model::live::{Found, Live, Reading};
use crate::plan::chosen::ExperienceKeyOf;
use crate::plan::explain::{Under, under};
use crate::plan::governed::{Governed, List};

/// What the map shows of Private Marketplaces.
#[derive(Default)]
pub(super) struct Shops {
    pub(super) experiences: Vec<MappedExperience>,
    pub(super) lists: Vec<MappedList>,
    pub(super) products: Vec<MappedProduct>,
    pub(super) at: BTreeMap<ExperienceKeyOf, ExperienceAt>,
    /// Sentences about what could not be read.
    pub(super) untold: BTreeSet<String>,
}

/// The experiences of one marketplace account: before the plan (`now`) and after it (`then`).
struct Seller<'a> {
    organization: &'a Name,
    account: &'a AccountId,
    now: BTreeMap<ExperienceKeyOf, &'a Found<Experience>>,
    then: BTreeMap<ExperienceKeyOf, &'a Found<Experience>>,
}

impl<'a> Seller<'a> {
    fn of(organization: &'a Name, account: &'a AccountId, live: &'a Live, after: &'a After) -> Self {
        let all = |live: &'a Live| {
            let read = live.experiences.get(account).into_iter().flat_map(|shelf| &shelf.read);
            read.map(|(id, found)| ((account.clone(), id.clone()), found)).collect()
        };
        Self { organization, account, now: all(live), then: all(&after.live) }
    }
}

impl Shops {
    pub(super) fn of(scope: Scope<'_>, desired: &Desired, live: &Live, after: &After, places: &Places<'_>) -> Self {
        let mut shops = Self::default();
        let names = desired.settings.organizations.keys();
        let sellers = names.filter_map(|name| Some(Seller::of(name, scope.seller(name, desired)?, live, after)));
        let sellers: Vec<Seller<'_>> = sellers.collect();
        for seller in &sellers {
            shops.gaps(seller, live);
            for key in seller.then.keys() {
                shops.at.insert(key.clone(), ExperienceAt(shops.at.len()));
            }
        }
        let policies = sellers.iter().flat_map(|it| it.now.values().chain(it.then.values()));
        let at = shops.stock(policies.filter_map(|found| policy(found)), desired, live);
        let governed = Governed::of(desired, live);
        let mut lists: BTreeMap<MappedList, ListAt> = BTreeMap::new();
        for seller in &sellers {
            for (key, found) in &seller.then {
                let mut mapped = shops.mapped(seller, key, found, &governed, after);
                let now = seller.now.get(key);
                let mut bought = |found: &Found<Experience>| bought(found, &at, &mut lists, &mut shops.lists);
                mapped.offer = now.and_then(|now| bought(now));
                mapped.offer_after = bought(found).filter(|after| Some(*after) != mapped.offer);
                mapped.audience = audience(key, live, after, places);
                shops.experiences.push(mapped);
            }
        }
        shops
    }

    fn gaps(&mut self, seller: &Seller<'_>, live: &Live) {
        let Seller { organization, account, now: _, then: _ } = seller;
        match live.experiences.get(*account).and_then(|shelf| shelf.listed.as_ref()) {
            Some(Reading::Complete(listed)) if listed.is_empty() => drop(self.untold.insert(format!(
                "account {account} sees no experience at all: check that it is the management account of organization \
                 {organization} or its delegated administrator for Private Marketplace"
            ))),
            Some(Reading::Complete(_)) => {}
            Some(Reading::Unreadable(reason)) => drop(self.untold.insert(reason.clone())),
            None => drop(self.untold.insert(format!("the experiences of {account} were not listed"))),
        }
        match live.audiences.get(*account) {
            Some(Reading::Complete(_)) => {}
            Some(Reading::Unreadable(reason)) => drop(self.untold.insert(reason.clone())),
            None => drop(self.untold.insert(format!("the audiences of {account} were not read"))),
        }
    }

    /// Adds the products of these policies to the map, and returns the place of each.
    fn stock<'p>(
        &mut self,
        policies: impl Iterator<Item = &'p ProcurementPolicy>,
        desired: &Desired,
        live: &Live,
    ) -> BTreeMap<&'p ProductId, ProductAt> {
        let ids: BTreeSet<&ProductId> = policies.flat_map(|it| it.approved.iter().chain(&it.denied)).collect();
        for id in &ids {
            let own = desired.product_names.get(*id).map(|name| own_name(name).to_owned());
            let title = live.title(id);
            let name = own.or_else(|| title.map(|title| title.name.clone())).unwrap_or_default();
            let vendor = title.and_then(|title| title.vendor.clone());
            self.products.push(MappedProduct { id: (*id).clone(), name, vendor });
        }
        ids.into_iter().enumerate().map(|(at, id)| (id, ProductAt(at))).collect()
    }

    fn mapped(
        &self,
        seller: &Seller<'_>,
        key: &ExperienceKeyOf,
        found: &Found<Experience>,
        governed: &Governed<'_>,
        after: &After,
    ) -> MappedExperience {
        let made = after.made.get(key);
        let status = |found: Option<&Found<Experience>>| match found {
            Some(Found::There(it)) => Some(it.status),
            Some(Found::NotThere | Found::Unreadable(_)) | None => None,
        };
        let mut mapped = MappedExperience {
            organization: seller.organization.clone(),
            id: made.is_none().then(|| key.1.clone()),
            name: String::new(),
            status: status(seller.now.get(key).copied()),
            status_after: None,
            source: None,
            mirrors: None,
            trouble: None,
            offer: None,
            offer_after: None,
            audience: Vec::new(),
        };
        mapped.status_after = status(Some(found)).filter(|status| Some(*status) != mapped.status);
        let list = match (found, made) {
            (Found::Unreadable(reason), _) => {
                mapped.trouble = Some(reason.clone());
                return mapped;
            }
            (Found::NotThere, _) => {
                mapped.trouble = Some("AWS says that there is no such experience".to_owned());
                return mapped;
            }
            (Found::There(it), Some(target)) => {
                mapped.name.clone_from(&it.name);
                governed.lists.iter().find(|list| list.name == *target)
            }
            (Found::There(it), None) => {
                mapped.name.clone_from(&it.name);
                match under(seller.account, it, governed) {
                    Under::Entry(list) => governed.lists.iter().find(|known| std::ptr::eq(*known, list)),
                    Under::Nobody => None,
                    Under::CantTell(reason) => {
                        mapped.trouble = Some(reason);
                        None
                    }
                }
            }
        };
        let Some(List { entry, wanted, .. }) = list else { return mapped };
        mapped.source = Some(entry.source.clone());
        let follows = wanted.as_ref().ok().and_then(|wanted| wanted.follows.as_ref());
        mapped.mirrors = follows.and_then(|followed| self.at.get(&followed.key)).copied();
        mapped
    }
}

fn policy(found: &Found<Experience>) -> Option<&ProcurementPolicy> {
    match found {
        Found::There(it) => it.policy.as_ref(),
        Found::NotThere | Found::Unreadable(_) => None,
    }
}

fn bought(
    found: &Found<Experience>,
    at: &BTreeMap<&ProductId, ProductAt>,
    known: &mut BTreeMap<MappedList, ListAt>,
    all: &mut Vec<MappedList>,
) -> Option<Bought> {
    let Found::There(experience) = found else { return None };
    let Some(policy) = &experience.policy else { return Some(Bought::Everything) };
    let places = |ids: &BTreeSet<ProductId>| ids.iter().filter_map(|id| at.get(id)).copied().collect();
    let list = MappedList { approved: places(&policy.approved), denied: places(&policy.denied) };
    let place = *known.entry(list).or_insert_with_key(|list| {
        all.push(list.clone());
        ListAt(all.len() - 1)
    });
    Some(Bought::Listed(place))
}

fn audience(key: &ExperienceKeyOf, live: &Live, after: &After, places: &Places<'_>) -> Vec<MappedPrincipal> {
    let (seller, id) = key;
    let now = match live.audiences.get(seller) {
        Some(Reading::Complete(all)) => all.get(id),
        Some(Reading::Unreadable(_)) | None => None,
    };
    let changes = after.audiences.get(key);
    let joining = changes.into_iter().flat_map(|changes| changes.keys());
    let all: BTreeSet<&AudiencePrincipal> = now.into_iter().flatten().chain(joining).collect();
    let principal = |it: &AudiencePrincipal| MappedPrincipal {
        kind: match it {
            AudiencePrincipal::Account(_) => "account",
            AudiencePrincipal::Ou(_) => "unit",
            AudiencePrincipal::Organization(_) => "organization",
        },
        node: places.receiver(&it.receiver()),
        id: it.to_string(),
        is_live: now.is_some_and(|now| now.contains(it)),
        change: changes.and_then(|changes| changes.get(it)).copied(),
    };
    all.into_iter().map(principal).collect()
}
