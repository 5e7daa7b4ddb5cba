//! What has to be read for catalog files of what is live. Asked again after each answer, until nothing is left.

use std::collections::BTreeSet;

use super::local;
use super::recipients;
use super::what::What;
use crate::model::audience::AudiencePrincipal;
use crate::model::desired::Desired;
use crate::model::experience::Experience;
use crate::model::id::{AccountId, ExperienceId, Name, PortfolioId, ProductId};
use crate::model::live::{Found, HubPlace, Live, Reading, Shelf};
use crate::model::market_wants::{PartWants, ProductWants};
use crate::model::portfolio::{NodeKind, Portfolio, Receiver};
use crate::model::settings::OrganizationSettings;
use crate::model::wants::{AccessWants, OrganizationWants, ReceivedWants, ShelfWants, Wants};

/// What still has to be read. Empty once `draft` can tell all that can be told.
pub fn import_wants(what: &What, desired: &Desired, live: &Live) -> Wants {
    let mut round = Round { what, live, wants: Wants::default() };
    for (name, settings) in what.organizations(&desired.settings) {
        let mut spoken_of = OrganizationWants::default();
        round.wants.organizations.entry(name.clone()).or_default();
        let portfolios = match &settings.service_catalog_account {
            Some(account) if what.portfolios() => {
                round.portfolios(name, account, &desired.settings.regions, &mut spoken_of)
            }
            _ => true,
        };
        let experiences = match &settings.marketplace_account {
            Some(account) if what.experiences() => round.experiences(name, account, &mut spoken_of),
            _ => true,
        };
        // All names are asked for at once: the more there are, the fewer calls each of them costs.
        if portfolios && experiences {
            let of = round.wants.organizations.entry(name.clone()).or_default();
            of.accounts.extend(spoken_of.accounts);
            of.units.extend(spoken_of.units);
            of.everyone |= spoken_of.everyone;
        }
    }
    round.titles(what.organizations(&desired.settings));
    round.wants
}

struct Round<'a> {
    what: &'a What,
    live: &'a Live,
    wants: Wants,
}

impl Round<'_> {
    /// Asks for the portfolios of an account. Returns whether all are known, so that `spoken_of` is complete.
    fn portfolios(
        &mut self,
        organization: &Name,
        account: &AccountId,
        regions: &[crate::model::id::Region],
        spoken_of: &mut OrganizationWants,
    ) -> bool {
        let mut is_complete = true;
        for region in regions {
            let place: HubPlace = (account.clone(), region.clone());
            let shelf = self.live.portfolios.get(&place);
            let of = self.wants.portfolios.entry(place.clone()).or_insert_with(|| ShelfWants::new(organization));
            of.list = true;
            let Some(ids) = listed(shelf) else {
                // A list that can't be read gives nothing more for this region. Other regions don't wait for it.
                is_complete &= shelf.is_some_and(|shelf| shelf.listed.is_some());
                continue;
            };
            let chosen = ids.filter(|(id, name)| self.what.is_portfolio(id, name)).map(|(id, _)| id.clone());
            let chosen: BTreeSet<PortfolioId> = chosen.collect();
            for id in &chosen {
                match shelf.and_then(|shelf| shelf.read.get(id)) {
                    None => is_complete = false,
                    Some(Found::There(portfolio)) => {
                        self.inherited(organization, &place, portfolio);
                        for receiver in portfolio.shares.keys() {
                            add(receiver, spoken_of);
                            spoken_of.everyone |= self.what.recipients && matches!(receiver, Receiver::Organization(_));
                        }
                        if self.what.recipients {
                            self.recipients(organization, &place, portfolio);
                        }
                    }
                    Some(Found::NotThere | Found::Unreadable(_)) => {}
                }
            }
            self.wants.portfolios.entry(place).and_modify(|of| of.read.extend(chosen));
        }
        is_complete
    }

    /// Asks which rows are shares of their own: a row below a shared node may only inherit that share.
    fn inherited(&mut self, organization: &Name, place: &HubPlace, portfolio: &Portfolio) {
        let nodes = portfolio.shares.keys().filter(|it| matches!(it, Receiver::Ou(_) | Receiver::Organization(_)));
        let nodes = nodes.count();
        let kinds = portfolio.shares.keys().filter_map(Receiver::node_kind).collect::<BTreeSet<NodeKind>>();
        for kind in kinds {
            let above = if kind == NodeKind::Unit { nodes.saturating_sub(1) } else { nodes };
            if above > 0 {
                let of = self.wants.access.entry(place.clone()).or_insert_with(|| AccessWants::new(organization));
                of.own.insert((portfolio.id.clone(), kind));
            }
        }
    }

    /// Asks who may launch, in the accounts that are known to have the portfolio.
    fn recipients(&mut self, organization: &Name, place: &HubPlace, portfolio: &Portfolio) {
        let live = self.live;
        let tree = live.organization(organization);
        let mut accounts: BTreeSet<&AccountId> = BTreeSet::new();
        for (receiver, share) in &portfolio.shares {
            accounts.extend(recipients::below(receiver, share.accepted, tree));
            // Principals that the owner shares by name are in each of these accounts, too.
            if share.share.principals() == Some(true) {
                accounts.insert(&place.0);
            }
        }
        for account in accounts {
            let at = (account.clone(), place.1.clone());
            let of = self.wants.received.entry(at).or_insert_with(|| ReceivedWants::new(organization));
            of.principals.insert(portfolio.id.clone());
            if *account != place.0 {
                of.own = true;
                self.local(organization, place, portfolio, account);
            }
        }
    }

    /// Asks for the contents of the local portfolio that was made for this portfolio in an account, once that one is
    /// known.
    fn local(&mut self, organization: &Name, place: &HubPlace, portfolio: &Portfolio, account: &AccountId) {
        let at = (account.clone(), place.1.clone());
        let (Some(received), Some(tag)) = (self.live.received.get(&at), local::stem(portfolio)) else { return };
        let tagged = local::tagged(received, &tag);
        if tagged.is_empty() {
            return;
        }
        let of = self.wants.received.entry(at).or_insert_with(|| ReceivedWants::new(organization));
        for (id, _) in tagged {
            of.principals.insert(id.clone());
            of.products.insert(id.clone());
            of.constraints.insert(id.clone());
        }
        let hub = self.wants.received.entry(place.clone()).or_insert_with(|| ReceivedWants::new(organization));
        hub.products.insert(portfolio.id.clone());
    }

    fn experiences(&mut self, organization: &Name, account: &AccountId, spoken_of: &mut OrganizationWants) -> bool {
        let mut is_complete = true;
        let shelf = self.live.experiences.get(account);
        let of = self.wants.experiences.entry(account.clone()).or_insert_with(|| ShelfWants::new(organization));
        of.list = true;
        let parts = self.wants.parts.entry(account.clone()).or_insert_with(|| PartWants::new(organization));
        parts.audiences = true;
        match self.live.audiences.get(account) {
            Some(Reading::Complete(audiences)) => {
                for principal in audiences.values().flatten() {
                    add(&AudiencePrincipal::receiver(principal), spoken_of);
                }
            }
            Some(Reading::Unreadable(_)) => {}
            None => is_complete = false,
        }
        let Some(ids) = listed(shelf) else { return matches!(shelf, Some(it) if it.listed.is_some()) };
        let chosen = ids.filter(|(id, name)| self.what.is_experience(id, name)).map(|(id, _)| id.clone());
        let chosen: BTreeSet<ExperienceId> = chosen.collect();
        for id in &chosen {
            match shelf.and_then(|shelf| shelf.read.get(id)) {
                None => is_complete = false,
                Some(Found::There(experience)) => parts.brandings.extend(experience.branding.clone()),
                Some(Found::NotThere | Found::Unreadable(_)) => {}
            }
        }
        of.read.extend(chosen);
        is_complete
    }

    /// Asks AWS Marketplace for the names of all products, once all experiences are known.
    fn titles<'s>(&mut self, organizations: impl Iterator<Item = (&'s Name, &'s OrganizationSettings)>) {
        let mut asker = None;
        let mut ids: BTreeSet<ProductId> = BTreeSet::new();
        for (name, settings) in organizations {
            let Some(account) = settings.marketplace_account.as_ref().filter(|_| self.what.experiences()) else {
                continue;
            };
            let Some(shelf) = self.live.experiences.get(account) else { return };
            let Some(listed) = listed(Some(shelf)) else {
                if shelf.listed.is_none() {
                    return;
                }
                continue;
            };
            for (id, _) in listed.filter(|(id, name)| self.what.is_experience(id, name)) {
                match shelf.read.get(id) {
                    None => return,
                    Some(Found::There(Experience { policy: Some(policy), .. })) => {
                        asker.get_or_insert((name, account));
                        ids.extend(policy.approved.iter().chain(&policy.denied).cloned());
                    }
                    Some(Found::There(_) | Found::NotThere | Found::Unreadable(_)) => {}
                }
            }
        }
        if let (Some((organization, account)), false) = (asker, ids.is_empty()) {
            self.wants.products.insert(account.clone(), ProductWants { organization: organization.clone(), ids });
        }
    }
}

/// The ids and names of a list. `None` if it was not read in full.
fn listed<I: Ord, T>(shelf: Option<&Shelf<I, T>>) -> Option<impl Iterator<Item = (&I, &str)>> {
    match shelf?.listed.as_ref()? {
        Reading::Complete(listed) => Some(listed.iter().map(|named| (&named.id, named.name.as_str()))),
        Reading::Unreadable(_) => None,
    }
}

fn add(receiver: &Receiver, wants: &mut OrganizationWants) {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => drop(wants.accounts.insert(account.clone())),
        Receiver::Ou(unit) => drop(wants.units.insert(unit.clone())),
        Receiver::Organization(_) => {}
    }
}
