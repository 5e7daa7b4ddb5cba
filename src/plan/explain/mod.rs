//! What one account sees of the catalog's portfolios, what it may buy on AWS Marketplace, and what has to be read to
//! tell. Of an organization only the units above the account are read. The accounts that are entered are this one, the
//! owners of portfolios and the one that governs the Private Marketplace.

mod above;
mod entries;
mod identity;
mod inside;
mod known;
mod lines;
mod market;
mod market_wants;
mod product;
mod rules;
mod shop;
mod state;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::{self, hub_place};
use crate::model::desired::{Desired, DesiredPortfolio, Selector};
use crate::model::id::{AccountId, Name, PortfolioId, Region};
use crate::model::live::{Live, Reading};
use crate::model::market_sight::AskedProduct;
use crate::model::sight::{Asked, Governing, Identity, Liveness, Seen, Sight, State, Way};
use crate::model::wants::{AccessWants, OrganizationWants, ReceivedWants, ShelfWants, Wants};
pub(super) use above::Above;
pub(super) use entries::Entries;
pub use identity::identify;
pub(super) use known::Known;
pub(super) use lines::{Lines, Means};
pub(super) use market::{Verdict, live_ties, seller, verdict};
pub(super) use market_wants::everywhere;
pub use product::identify_product;
pub(super) use rules::{Under, under};
pub use shop::{shop_wants, shops};
pub(super) use state::{Acceptance, state};
pub(super) use ways::{Beside, Reaching, is_own, kind};

/// A portfolio of the catalog, and where the account is in its organization.
struct Look<'a> {
    known: Known<'a>,
    above: Above<'a>,
}

impl<'a> Look<'a> {
    fn all(account: &'a AccountId, desired: &'a Desired, live: &'a Live) -> impl Iterator<Item = Self> {
        let with = move |known: Known<'a>| {
            let above = Above::of(account, &known.wanted.organization, live);
            Self { known, above }
        };
        Known::all(desired, live).map(with)
    }

    fn beside<'s>(&'s self, account: &'s AccountId, live: &'s Live) -> Beside<'s> {
        self.known.beside(account, &self.above, live)
    }

    fn seen(&self, account: &AccountId, live: &Live) -> Seen {
        let beside = self.beside(account, live);
        let Known { name: target, wanted, portfolio, id } = &self.known;
        let trouble = portfolio.as_ref().err().cloned();
        let is_owner = *account == wanted.account;
        let mut ways = if is_owner { Vec::new() } else { beside.ways() };
        let state = state(beside, &beside.reaching(), trouble.as_deref(), Acceptance::OfAccount);
        let without: Vec<_> = ways.iter().map(|way| beside.without(&ways, way, &state)).collect();
        ways.iter_mut().zip(without).for_each(|(way, without)| way.without = without);
        let entries = Entries::of(wanted, account, &self.above);
        let inside =
            inside::inside(beside, target.file(), &ways, &state, entries.counts.as_ref().ok().copied().flatten());
        let name = portfolio.as_ref().ok().and_then(|portfolio| portfolio.name.clone());
        Seen {
            target: (*target).clone(),
            source: wanted.source.clone(),
            organization: wanted.organization.clone(),
            owner: wanted.account.clone(),
            region: wanted.region.clone(),
            id: id.clone(),
            name: name.unwrap_or_else(|| wanted.portfolio.to_string()),
            trouble,
            state,
            entry: entries.governing(),
            passed_over: entries.passed_over,
            ways,
            inside,
        }
    }
}

/// What an account sees of the catalog's portfolios, and what it may buy. `doubts` says why another account may be
/// meant.
pub fn sight(
    account: &AccountId,
    doubts: Vec<String>,
    product: Option<&AskedProduct>,
    desired: &Desired,
    live: &Live,
) -> Sight {
    let names = desired.settings.organizations.keys();
    let organizations = names.map(|name| (name.clone(), Above::of(account, name, live).membership())).collect();
    let (mut portfolios, mut others) = (Vec::new(), 0);
    for look in Look::all(account, desired, live) {
        let seen = look.seen(account, live);
        let is_about = !seen.ways.is_empty()
            || !matches!(seen.state, State::HasNot)
            || !seen.passed_over.is_empty()
            || matches!(seen.entry, Governing::Entry(_) | Governing::CantTell(_));
        if is_about { portfolios.push(seen) } else { others += 1 }
    }
    let ungoverned = ungoverned(account, desired, live);
    Sight {
        account: account.clone(),
        organizations,
        portfolios,
        others,
        ungoverned,
        markets: market::markets(account, desired, live, product),
        untold: doubts.into_iter().collect(),
    }
}

/// The portfolios that the account has accepted and that no file governs, for each region in which it was asked.
fn ungoverned(account: &AccountId, desired: &Desired, live: &Live) -> BTreeMap<Region, Reading<BTreeSet<PortfolioId>>> {
    let of_region = |region: &Region| -> (BTreeSet<PortfolioId>, Option<String>) {
        let of_it = Known::all(desired, live).filter(|known| known.wanted.region == *region);
        let (ids, open): (Vec<_>, Vec<_>) = of_it.partition(|known| known.id.is_some());
        (ids.into_iter().filter_map(|it| it.id).collect(), open.into_iter().find_map(|it| it.portfolio.err()))
    };
    let places = live.received.iter().filter(|((of, _), _)| of == account);
    let asked = places.filter_map(|((_, region), received)| Some((region, received.accepted.as_ref()?)));
    asked
        .map(|(region, accepted)| {
            let reading = match (accepted, of_region(region)) {
                (Reading::Unreadable(reason), _) => Reading::Unreadable(reason.clone()),
                (Reading::Complete(accepted), (governed, open)) => {
                    let rest: BTreeSet<PortfolioId> = accepted.difference(&governed).cloned().collect();
                    match open {
                        // An entry that can't be told may mean one of them.
                        Some(reason) if !rest.is_empty() => Reading::Unreadable(reason),
                        Some(_) | None => Reading::Complete(rest),
                    }
                }
            };
            (region.clone(), reading)
        })
        .collect()
}

/// What still has to be read to say which account is meant, and what it sees.
pub fn sight_wants(asked: &Asked, product: Option<&AskedProduct>, desired: &Desired, live: &Live) -> Wants {
    let mut wants = Wants::default();
    let names = || desired.settings.organizations.keys();
    let account = match asked {
        Asked::Id(account) => account.clone(),
        Asked::Called(_) => {
            for name in names() {
                wants.organizations.entry(name.clone()).or_default().everyone = true;
            }
            if !names().all(|name| live.organizations.contains_key(name)) {
                return wants;
            }
            match identify(asked, desired, live) {
                Identity::One(account, _) => account,
                Identity::Several(_) | Identity::Unknown { nearest: _ } | Identity::CantTell(_) => return wants,
            }
        }
    };
    for name in names() {
        let of: &mut OrganizationWants = wants.organizations.entry(name.clone()).or_default();
        of.ways.insert(account.clone());
    }
    portfolios(desired, live, &mut wants);
    if names().all(|name| Above::of(&account, name, live).is_settled()) {
        inside_wants(&account, desired, live, &mut wants);
        market_wants::governing(&account, desired, live, product.is_some(), &mut wants);
    }
    wants
}

fn shelf<'w>(wants: &'w mut Wants, it: &DesiredPortfolio) -> &'w mut ShelfWants<PortfolioId> {
    wants.portfolios.entry(hub_place(it)).or_insert_with(|| ShelfWants::new(&it.organization))
}

/// Every portfolio of the catalog, since any of them may be shared with the account directly.
fn portfolios(desired: &Desired, live: &Live, wants: &mut Wants) {
    for it in desired.portfolios.values() {
        let shelf = shelf(wants, it);
        shelf.list |= matches!(it.portfolio, Selector::Name(_));
        shelf.read.extend(resolve::portfolio_id(it, live).ok());
    }
}

/// What the account has accepted and who may launch there, for portfolios that reach it, and whether the rows that do
/// so are shares of their own.
fn inside_wants(account: &AccountId, desired: &Desired, live: &Live, wants: &mut Wants) {
    let home = home(account, desired, live);
    for look in Look::all(account, desired, live) {
        let (beside, Ok(portfolio)) = (look.beside(account, live), &look.known.portfolio) else { continue };
        let wanted = look.known.wanted;
        let seen = look.seen(account, live);
        let is_live = |way: &&Way| matches!(way.live, Liveness::Live { .. });
        let is_reached = seen.ways.iter().any(|way| is_live(&way));
        if portfolio.name.is_none() && (is_reached || seen.state == State::Owns) {
            shelf(wants, wanted).names.insert(portfolio.id.clone());
        }
        own_wants(&look, account, beside, &seen.state, home, wants);
        if !is_reached {
            continue;
        }
        for kind in beside.in_doubt() {
            let of = wants.access.entry(hub_place(wanted));
            let of = of.or_insert_with(|| AccessWants::new(&wanted.organization));
            of.own.insert((portfolio.id.clone(), kind));
        }
        if seen.state == State::Suspended {
            continue;
        }
        let organization = home.unwrap_or(&wanted.organization);
        let place = (account.clone(), wanted.region.clone());
        let of = wants.received.entry(place).or_insert_with(|| ReceivedWants::new(organization));
        of.accepted = true;
        if seen.state != State::Has {
            continue;
        }
        of.principals.insert(portfolio.id.clone());
        if inside::brings_principals(&seen.ways) {
            let of = wants.received.entry(hub_place(wanted));
            let of = of.or_insert_with(|| ReceivedWants::new(&wanted.organization));
            of.principals.insert(portfolio.id.clone());
        }
    }
}

/// The local portfolio that the entry asks for and what is in it, whether or not a share reaches the account.
fn own_wants(
    look: &Look<'_>,
    account: &AccountId,
    beside: Beside<'_>,
    state: &State,
    home: Option<&Name>,
    wants: &mut Wants,
) {
    let wanted = look.known.wanted;
    let entry = Entries::of(wanted, account, &look.above).counts.ok().flatten();
    let Some(local) = entry.and_then(|entry| entry.local.as_ref()).filter(|_| *state != State::Suspended) else {
        return;
    };
    let place = (account.clone(), wanted.region.clone());
    let organization = home.unwrap_or(&wanted.organization);
    let of = wants.received.entry(place).or_insert_with(|| ReceivedWants::new(organization));
    of.own = true;
    if let Some(shared) = beside.shared(look.known.name.file()) {
        shared.wants_of_local(account, (account.clone(), wanted.region.clone()), local, wants);
    } else {
        of.principals.extend(inside::own(beside, look.known.name.file(), local).ok().flatten());
    }
}

/// The organization of the settings that the account is in. Its roles lead into the account.
fn home<'a>(account: &AccountId, desired: &'a Desired, live: &Live) -> Option<&'a Name> {
    desired.settings.organizations.keys().find(|name| Above::of(account, name, live).is_member() == Some(true))
}
