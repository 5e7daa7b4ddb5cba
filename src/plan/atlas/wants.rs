//! What has to be read for the map: the tree and the accounts of each organization, everything of the portfolios and
//! experiences, audiences, and names of products. No account that receives a portfolio is entered.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::has_above;
use crate::model::change::{Plan, Resource, Work};
use crate::model::desired::{Desired, DesiredPortfolio, Selector};
use crate::model::experience::Experience;
use crate::model::id::{AccountId, Name, PortfolioId, ProductId};
use crate::model::live::{Found, HubPlace, Live, Reading, Shelf};
use crate::model::market_wants::{PartWants, ProductWants};
use crate::model::portfolio::Receiver;
use crate::model::target::TargetName;
use crate::model::wants::{AccessWants, ShelfWants, Wants};
use crate::plan::explain::{everywhere, seller};
use crate::plan::products::MOST_PRODUCTS;
use crate::plan::resolve::{self, hub_place};

/// What the map shows.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Whether a target is wanted. If one target of an organization's Private Marketplace is, the map shows all its
    /// experiences.
    pub wanted: &'a (dyn Fn(&TargetName) -> bool + Sync),
    /// Whether to show portfolios that no file governs, too, if a list that is read anyway names them.
    pub ungoverned: bool,
}

impl Scope<'_> {
    /// The account that governs an organization's Private Marketplace, if the map shows it.
    pub(super) fn seller<'d>(self, organization: &Name, desired: &'d Desired) -> Option<&'d AccountId> {
        let seller = seller(organization, desired)?;
        let mut entries = desired.experiences.iter().filter(|entry| entry.account == *seller);
        entries.any(|entry| (self.wanted)(&entry.target())).then_some(seller)
    }

    /// The portfolios of the catalog that are shown.
    pub(super) fn portfolios(self, desired: &Desired) -> impl Iterator<Item = &DesiredPortfolio> {
        desired.portfolios.iter().filter(move |(name, _)| (self.wanted)(name)).map(|(_, it)| it)
    }

    /// The account and region of each of these portfolios, with the name of the organization.
    pub(super) fn places(self, desired: &Desired) -> BTreeMap<HubPlace, &Name> {
        self.portfolios(desired).map(|it| (hub_place(it), &it.organization)).collect()
    }
}

/// What still has to be read. `plan` is a saved plan whose changes are shown; it may be older than the catalog.
pub fn atlas_wants(scope: Scope<'_>, desired: &Desired, plan: Option<&Plan>, live: &Live) -> Wants {
    let mut round = Round { scope, desired, live, wants: Wants::default() };
    for name in desired.settings.organizations.keys() {
        round.tree(name);
    }
    round.portfolios();
    round.of_plan(plan);
    round.inherited();
    let sellers: Vec<(&Name, &AccountId)> =
        desired.settings.organizations.keys().filter_map(|name| Some((name, scope.seller(name, desired)?))).collect();
    everywhere(desired, live, |name| scope.seller(name, desired).is_some(), &mut round.wants);
    for (name, seller) in &sellers {
        let parts = round.wants.parts.entry((*seller).clone()).or_insert_with(|| PartWants::new(name));
        parts.audiences = true;
    }
    round.titles(&sellers);
    round.wants
}

struct Round<'a> {
    scope: Scope<'a>,
    desired: &'a Desired,
    live: &'a Live,
    wants: Wants,
}

impl Round<'_> {
    fn tree(&mut self, name: &Name) {
        let of = self.wants.organizations.entry(name.clone()).or_default();
        (of.everyone, of.tree) = (true, true);
        let Some(tree) = self.live.organization(name) else { return };
        // If the list of accounts does not give their units, the accounts of each unit are listed.
        if tree.accounts.values().any(|account| account.above.is_none()) {
            of.units.extend(tree.units.keys().cloned());
        }
    }

    fn portfolios(&mut self) {
        let places = self.scope.places(self.desired);
        for it in self.desired.portfolios.values().filter(|it| places.contains_key(&hub_place(it))) {
            // An entry with a name may mean a portfolio that is wanted, so its list is read, as for a plan.
            shelf(&mut self.wants, it).list |= matches!(it.portfolio, Selector::Name(_));
        }
        for it in self.scope.portfolios(self.desired) {
            let id = resolve::portfolio_id(it, self.live).ok();
            shelf(&mut self.wants, it).read.extend(id);
        }
        for (place, organization) in places {
            let known = self.live.portfolios.get(&place);
            let of = self.wants.portfolios.entry(place).or_insert_with(|| ShelfWants::new(organization));
            if of.list && self.scope.ungoverned {
                of.read.extend(listed(known).map(|(id, _)| id.clone()));
            }
            let there = known.into_iter().flat_map(|shelf| &shelf.read);
            let nameless = there.filter(|(_, found)| matches!(found, Found::There(it) if it.name.is_none()));
            let nameless: BTreeSet<PortfolioId> = nameless.map(|(id, _)| id.clone()).collect();
            // Waits until all portfolios are known, since one call serves many names.
            if of.read.iter().all(|id| known.is_some_and(|shelf| shelf.read.contains_key(id))) {
                of.names.extend(nameless);
            }
        }
    }

    /// Adds the portfolios that a saved plan changes. The catalog may not name them.
    fn of_plan(&mut self, plan: Option<&Plan>) {
        for target in plan.into_iter().flat_map(|plan| &plan.targets).filter(|target| target.has_changes()) {
            if let Some(Work::Hub { portfolio: Resource { id: Some(id), name: _ }, changes: _ }) = target.work() {
                let place = (target.account.clone(), target.region.clone());
                let of = self.wants.portfolios.entry(place);
                of.or_insert_with(|| ShelfWants::new(&target.organization)).read.insert(id.clone());
            }
        }
    }

    /// Asks which rows are shares of their own, for rows below another node that the portfolio is shared with.
    fn inherited(&mut self) {
        let places: Vec<(HubPlace, Name)> =
            self.wants.portfolios.iter().map(|(place, of)| (place.clone(), of.organization.clone())).collect();
        for (place, organization) in places {
            for found in self.live.portfolios.get(&place).into_iter().flat_map(|shelf| shelf.read.values()) {
                let Found::There(portfolio) = found else { continue };
                let in_doubt = |it: &&Receiver| has_above(it, portfolio, &organization, self.live) == Some(true);
                let kinds: BTreeSet<_> =
                    portfolio.shares.keys().filter(in_doubt).filter_map(Receiver::node_kind).collect();
                if !kinds.is_empty() {
                    let of = self.wants.access.entry(place.clone());
                    let of = of.or_insert_with(|| AccessWants::new(&organization));
                    of.own.extend(kinds.into_iter().map(|kind| (portfolio.id.clone(), kind)));
                }
            }
        }
    }

    /// Asks AWS Marketplace for the names of products that the catalog does not name, once all experiences are known.
    fn titles(&mut self, sellers: &[(&Name, &AccountId)]) {
        let Some((organization, asker)) = sellers.first() else { return };
        let mut ids: BTreeSet<&ProductId> = BTreeSet::new();
        for (_, seller) in sellers {
            let Some(shelf) = self.live.experiences.get(*seller).filter(|shelf| shelf.listed.is_some()) else { return };
            for (id, _) in listed(Some(shelf)) {
                match shelf.read.get(id) {
                    None => return,
                    Some(Found::There(Experience { policy: Some(policy), .. })) => {
                        ids.extend(policy.approved.iter().chain(&policy.denied));
                    }
                    Some(Found::There(_) | Found::NotThere | Found::Unreadable(_)) => {}
                }
            }
            let entries = self.desired.experiences.iter().filter(|entry| entry.account == **seller);
            for lists in entries.filter_map(|entry| entry.products.listed()) {
                ids.extend(lists.approved.keys().chain(lists.rejected.keys()));
            }
        }
        let ids = ids.into_iter().filter(|id| !self.desired.product_names.contains_key(id)).take(MOST_PRODUCTS);
        let ids: BTreeSet<ProductId> = ids.cloned().collect();
        if !ids.is_empty() {
            let of = ProductWants { organization: (*organization).clone(), ids };
            self.wants.products.insert((*asker).clone(), of);
        }
    }
}

fn shelf<'w>(wants: &'w mut Wants, it: &DesiredPortfolio) -> &'w mut ShelfWants<PortfolioId> {
    wants.portfolios.entry(hub_place(it)).or_insert_with(|| ShelfWants::new(&it.organization))
}

/// The ids and names of a list. Empty if the list was not read in full.
pub(super) fn listed<I: Ord, T>(shelf: Option<&Shelf<I, T>>) -> impl Iterator<Item = (&I, &str)> {
    let listed = match shelf.and_then(|shelf| shelf.listed.as_ref()) {
        Some(Reading::Complete(listed)) => listed.as_slice(),
        Some(Reading::Unreadable(_)) | None => &[],
    };
    listed.iter().map(|named| (&named.id, named.name.as_str()))
}
