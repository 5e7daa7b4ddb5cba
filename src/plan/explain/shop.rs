//! The list that a product is on, in all experiences of all organizations.

use super::super::chosen::Subject;
use super::super::governed::Governed;
use super::market::seller;
use super::rules::{of_new, rules, under};
use crate::model::desired::Desired;
use crate::model::experience::ExperienceStatus;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Found, Live, Reading};
use crate::model::market_sight::{AskedProduct, Rules, Shop};
use crate::model::wants::Wants;

/// The list that a product is on, by organization.
pub fn shops(product: &AskedProduct, desired: &Desired, live: &Live) -> Vec<Shop> {
    let governed = Governed::of(desired, live);
    let shop = |organization: &Name| {
        let experiences = seller(organization, desired).map(|seller| of_seller(seller, product, &governed, live));
        Shop { organization: organization.clone(), experiences }
    };
    desired.settings.organizations.keys().map(shop).collect()
}

/// What [`shops`] still needs to read.
pub fn shop_wants(desired: &Desired, live: &Live) -> Wants {
    let mut wants = Wants::default();
    super::market_wants::everywhere(desired, live, |_| true, &mut wants);
    wants
}

fn of_seller(seller: &AccountId, product: &AskedProduct, governed: &Governed<'_>, live: &Live) -> Vec<Reading<Rules>> {
    let shelf = live.experiences.get(seller);
    let mut all = Vec::new();
    let mut is_read = false;
    match shelf.and_then(|shelf| shelf.listed.as_ref()) {
        Some(Reading::Complete(listed)) if listed.is_empty() => {
            let reason = format!(
                "account {seller} sees no experience at all: check that it is the management account or the delegated \
                 administrator for Private Marketplace"
            );
            all.push(Reading::Unreadable(reason));
        }
        Some(Reading::Complete(_)) => is_read = true,
        Some(Reading::Unreadable(reason)) => all.push(Reading::Unreadable(reason.clone())),
        None => all.push(Reading::Unreadable(format!("the experiences of {seller} were not listed"))),
    }
    for (id, found) in shelf.into_iter().flat_map(|shelf| &shelf.read) {
        match found {
            Found::There(it) if it.status == ExperienceStatus::Archived => {}
            Found::There(it) => {
                all.push(Reading::Complete(rules(it, &under(seller, it, governed), Some(product))));
            }
            // The entry that names it is reported below.
            Found::NotThere => {}
            Found::Unreadable(reason) => all.push(Reading::Unreadable(format!("experience {id}: {reason}"))),
        }
    }
    let own = governed.lists.iter().filter(|list| list.entry.account == *seller);
    let more = own.filter_map(|list| match &list.outcome {
        Ok(Subject::New(name)) => Some(Reading::Complete(of_new(name, list, product))),
        Ok(Subject::There(_)) => None,
        // What could not be read is reported above, and an entry that may mean an experience that was read is reported
        // with that one.
        Err(blocked) => {
            let at = blocked.source.as_ref()?;
            let mut read = shelf.into_iter().flat_map(|shelf| shelf.read.values());
            let is_told = read.any(|found| matches!(found, Found::There(it) if list.may_be(it)));
            (is_read && !is_told).then(|| Reading::Unreadable(format!("{}:{}: {}", at.file, at.line, blocked.reason)))
        }
    });
    let more: Vec<Reading<Rules>> = more.collect();
    all.extend(more);
    all
}
