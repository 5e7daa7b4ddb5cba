//! What still has to be read for a plan. Asked again after each answer, until nothing is left.

use std::collections::BTreeSet;

use super::chosen;
use super::clean_up::reachable;
use super::governed::Hub;
use super::inherited::{Listed, Rows, Touch};
use super::recipients;
use super::resolve::{self, hub_place};
use crate::model::change::{Plan, Resource, Work};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, ExperienceSelector, ExperienceTerms, Ignored, OuRef, Selector,
    Unlisted,
};
use crate::model::edit::{Edit, ExperienceEdit};
use crate::model::experience_terms::{AudienceRef, DesiredAudience};
use crate::model::id::{AccountId, ExperienceId, Name, PortfolioId};
use crate::model::live::{HubPlace, Live, Named};
use crate::model::market_wants::PartWants;
use crate::model::mirror::Mirror;
use crate::model::portfolio::{LiveShare, Receiver, Share};
use crate::model::target::{ExperienceKey, TargetName};
use crate::model::wants::{AccessWants, OrganizationWants, ShelfWants, Wants};

/// The targets that a plan is about. This narrows what is read, never the catalog: entries that may govern the same
/// resource as a wanted one are always seen.
#[derive(Clone, Copy)]
pub struct Goal<'a> {
    /// Whether a target is wanted. A family counts as wanted if some member of it may be.
    pub wanted: &'a (dyn Fn(&TargetName) -> bool + Sync),
}

/// What still has to be read to plan `desired` against `base`. Empty once [`diff`](super::diff) can tell all that can
/// be told.
pub fn wants(goal: Goal<'_>, desired: &Desired, base: Option<&Desired>, live: &Live) -> Wants {
    let mut round = Round { goal, live, wants: Wants::default() };
    round.portfolios(desired, base);
    round.inherited(desired, base);
    round.experiences(desired, base);
    let before = base.into_iter().flat_map(|base| &base.portfolios).filter(|(_, it)| reachable(desired, it));
    let hubs = desired.portfolios.iter().chain(before).filter(|(_, it)| !it.recipients.is_empty());
    let hubs = hubs.map(|(name, wanted)| Hub::of(name, wanted, live));
    round.wants.and(recipients::wants(goal.wanted, hubs, live))
}

struct Round<'a> {
    goal: Goal<'a>,
    live: &'a Live,
    wants: Wants,
}

impl Round<'_> {
    fn is_wanted(&self, name: &TargetName) -> bool {
        (self.goal.wanted)(name)
    }

    fn portfolios(&mut self, desired: &Desired, base: Option<&Desired>) {
        let base = || base.into_iter().flat_map(|base| &base.portfolios).filter(|(_, it)| reachable(desired, it));
        let all = || desired.portfolios.iter().chain(base());
        // Recipients are planned from the shares, so wanted recipients need them too.
        let has_wanted = |name: &TargetName, it: &DesiredPortfolio| {
            recipients::family_of(name, it).is_some_and(|family| self.is_wanted(&family))
        };
        let wanted: Vec<(&TargetName, &DesiredPortfolio)> =
            all().filter(|(name, it)| self.is_wanted(name) || has_wanted(name, it)).collect();
        let places: BTreeSet<HubPlace> = wanted.iter().map(|(_, it)| hub_place(it)).collect();
        for (_, it) in &wanted {
            self.shares(it);
            if let Ok(id) = resolve::portfolio_id(it, self.live) {
                self.shelf(it).read.insert(id);
            }
        }
        // Every entry that may mean a wanted portfolio has to be known. The base may have it under another file's name.
        let selectors: BTreeSet<_> = wanted.iter().map(|(_, it)| (hub_place(it), &it.portfolio)).collect();
        let read: BTreeSet<_> = self
            .wants
            .portfolios
            .iter()
            .flat_map(|(place, shelf)| shelf.read.iter().map(|id| (place.clone(), id.clone())).collect::<Vec<_>>())
            .collect();
        for (_, it) in all().filter(|(_, it)| places.contains(&hub_place(it))) {
            if matches!(it.portfolio, Selector::Name(_)) {
                self.shelf(it).list = true;
            }
            let is_same = || {
                let id = resolve::portfolio_id(it, self.live);
                id.is_ok_and(|id| read.contains(&(hub_place(it), id)))
            };
            if selectors.contains(&(hub_place(it), &it.portfolio)) || is_same() {
                self.shares(it);
            }
        }
    }

    /// Asks which rows that would be touched are shares of their own.
    fn inherited(&mut self, desired: &Desired, base: Option<&Desired>) {
        let live = self.live;
        let mut governed = BTreeSet::new();
        let mut wanted = Vec::new();
        for (name, it) in &desired.portfolios {
            let Ok(id) = resolve::portfolio_id(it, live) else { continue };
            governed.insert((hub_place(it), id.clone()));
            wanted.push((name, it, id, true));
        }
        for (name, it) in base.into_iter().flat_map(|base| &base.portfolios) {
            let gone =
                resolve::portfolio_id(it, live).ok().filter(|id| !governed.contains(&(hub_place(it), id.clone())));
            wanted.extend(gone.map(|id| (name, it, id, false)));
        }
        wanted.retain(|(name, _, _, _)| self.is_wanted(name));
        for (_, it, id, is_head) in wanted {
            let (place, organization) = (hub_place(it), live.organization(&it.organization));
            let is_known = live.organizations.contains_key(&it.organization);
            let (Some(portfolio), true) = (live.portfolio(&place, &id), is_known) else { continue };
            let Some(listed) = Listed::of(it, !is_head, organization) else { continue };
            let made = if is_head { listed.made(portfolio, organization) } else { Vec::new() };
            let touch = |receiver: &Receiver| match (listed.get(receiver, organization), is_head) {
                (None, true) if it.unlisted == Unlisted::Remove && receiver.is_of_organization() => Touch::Goes,
                (Some(_), false) => Touch::Goes,
                (Some(wanted), true) if portfolio.shares.get(receiver).is_some_and(|live| differs(live, wanted)) => {
                    Touch::Changes
                }
                (None | Some(_), true) | (None, false) => Touch::Stays,
            };
            for kind in Rows::of(portfolio, &place, &it.organization, live, touch, made).questions() {
                let wants = self.wants.access.entry(place.clone());
                let wants = wants.or_insert_with(|| AccessWants::new(&it.organization));
                wants.own.insert((id.clone(), kind));
            }
        }
    }

    fn shelf(&mut self, it: &DesiredPortfolio) -> &mut ShelfWants<PortfolioId> {
        let shelf = self.wants.portfolios.entry(hub_place(it));
        shelf.or_insert_with(|| ShelfWants::new(&it.organization))
    }

    fn shares(&mut self, it: &DesiredPortfolio) {
        let organization = self.wants.organizations.entry(it.organization.clone()).or_default();
        organization.paths.extend(it.shares.iter().chain(&it.expired).filter_map(|share| match &share.share {
            Share::Ou { ou: OuRef::Path(path), tag_options: _, principals: _ } => Some(path.clone()),
            _ => None,
        }));
        organization.paths.extend(it.ignored.iter().filter_map(|ignored| match &ignored.who {
            Ignored::Ou(OuRef::Path(path)) => Some(path.clone()),
            Ignored::Ou(OuRef::Id(_)) | Ignored::Account(_) | Ignored::Organization(_) => None,
        }));
    }

    fn experiences(&mut self, desired: &Desired, base: Option<&Desired>) {
        // An organization that the settings no longer name can't be reached; what the base governed there is released.
        let reachable = |entry: &&DesiredExperience| leads_to(desired, &entry.organization, &entry.account);
        let base: Vec<&DesiredExperience> =
            base.into_iter().flat_map(|base| &base.experiences).filter(reachable).collect();
        let all = || desired.experiences.iter().chain(base.iter().copied());
        let wanted: Vec<&DesiredExperience> = all().filter(|entry| self.is_wanted(&entry.target())).collect();
        // A principal that joins one experience leaves another one. So all entries with an `audience` are read if a
        // wanted one has it.
        let audiences = wanted.iter().filter(|entry| entry.terms.audience.is_some()).map(|entry| &entry.account);
        let audiences: BTreeSet<&AccountId> = audiences.collect();
        let has_audience = |entry: &&DesiredExperience| {
            entry.terms.audience.is_some() && audiences.contains(&entry.account) || self.is_wanted(&entry.target())
        };
        let wanted: Vec<&DesiredExperience> = all().filter(has_audience).collect();
        let mirrors = wanted.iter().filter_map(|entry| entry.products.mirrored());
        let mirrors: Vec<&Mirror> = mirrors.filter(|it| leads_to(desired, &it.organization, &it.account)).collect();
        let mirrored: BTreeSet<&AccountId> = mirrors.iter().map(|mirror| &mirror.account).collect();
        let accounts: BTreeSet<&AccountId> =
            wanted.iter().map(|entry| &entry.account).chain(mirrored.clone()).collect();
        for entry in all().filter(|entry| accounts.contains(&entry.account)) {
            self.wants.organizations.entry(entry.organization.clone()).or_default();
            let shelf = Shelf { account: &entry.account, organization: &entry.organization };
            if let ExperienceSelector::One(Selector::Name(name)) = &entry.selector {
                self.candidates(shelf, name, entry.terms.create.is_some());
            }
            // An experience that is wanted or mirrored by its name may be one of the live ones, too.
            if let ExperienceSelector::AllLive { except: _ } = &entry.selector {
                self.experience_shelf(shelf).list = true;
            }
        }
        for entry in wanted {
            self.chosen(entry);
            self.parts(entry);
        }
        for Mirror { organization, account, experience, ignored: _, unlisted: _, source: _ } in mirrors {
            self.wants.organizations.entry(organization.clone()).or_default();
            let shelf = Shelf { account, organization };
            let found = match experience {
                Selector::Id(id) => Some(id.clone()),
                Selector::Name(name) => {
                    self.candidates(shelf, name, false);
                    resolve::experience_named(name, account, self.live).ok()
                }
            };
            self.experience_shelf(shelf).read.extend(found);
        }
    }

    fn experience_shelf(&mut self, shelf: Shelf<'_>) -> &mut ShelfWants<ExperienceId> {
        let Shelf { account, organization } = shelf;
        let shelf = self.wants.experiences.entry(account.clone());
        shelf.or_insert_with(|| ShelfWants::new(organization))
    }

    fn listed(&self, account: &AccountId) -> &[Named<ExperienceId>] {
        let listed = resolve::listed::<_, _, ExperienceId>(self.live.experiences.get(account), String::new);
        listed.unwrap_or_default()
    }

    /// Asks what tells which experience a name means. If several have the name, their status tells. The status also
    /// tells whether one has to be made, since archived ones don't count for that.
    fn candidates(&mut self, shelf: Shelf<'_>, name: &str, is_made: bool) {
        let found = resolve::named(self.listed(shelf.account), name);
        let shelf = self.experience_shelf(shelf);
        shelf.list = true;
        if is_made || found.len() > 1 {
            shelf.read.extend(found);
        }
    }

    /// Asks for the audiences and brandings of an entry's experiences, if the catalog speaks of them.
    fn parts(&mut self, entry: &DesiredExperience) {
        let ExperienceTerms { create: _, description: _, status: _, user_requests: _, audience, branding } =
            &entry.terms;
        if let Some(DesiredAudience { principals, source: _ }) = audience {
            let paths = principals.keys().filter_map(|who| match who {
                AudienceRef::Ou(OuRef::Path(path)) => Some(path.clone()),
                AudienceRef::Ou(OuRef::Id(_)) | AudienceRef::Account(_) | AudienceRef::Organization(_) => None,
            });
            self.wants.organizations.entry(entry.organization.clone()).or_default().paths.extend(paths);
        }
        let mut wants = PartWants::new(&entry.organization);
        wants.audiences = audience.is_some();
        if branding.is_some() {
            let chosen = chosen::expand(entry, self.live).into_iter();
            let there = chosen.filter_map(|chosen| chosen.outcome.ok()?.there());
            wants.brandings.extend(there.filter_map(|experience| experience.branding.clone()));
        }
        if wants.audiences || !wants.brandings.is_empty() {
            let known = self.wants.parts.entry(entry.account.clone());
            let known = known.or_insert_with(|| PartWants::new(&entry.organization));
            known.audiences |= wants.audiences;
            known.brandings.extend(wants.brandings);
        }
    }

    /// Asks for the experiences that a wanted entry selects.
    fn chosen(&mut self, entry: &DesiredExperience) {
        let chosen: Vec<ExperienceId> = match &entry.selector {
            ExperienceSelector::One(Selector::Id(id)) => vec![id.clone()],
            ExperienceSelector::One(Selector::Name(name)) => {
                resolve::experience_of(entry, name, self.live).into_iter().flatten().collect()
            }
            ExperienceSelector::AllLive { except } => {
                let named = |id: &ExperienceId| TargetName::Marketplace {
                    file: entry.file.clone(),
                    organization: entry.organization.clone(),
                    experience: ExperienceKey::Id(id.clone()),
                };
                let listed = self.listed(&entry.account).iter().map(|named| &named.id);
                listed.filter(|id| !except.contains(id) && self.is_wanted(&named(id))).cloned().collect()
            }
        };
        let shelf = self.experience_shelf(Shelf { account: &entry.account, organization: &entry.organization });
        shelf.list |= matches!(entry.selector, ExperienceSelector::AllLive { except: _ });
        shelf.read.extend(chosen);
    }
}

/// The marketplace account of an organization.
#[derive(Clone, Copy)]
struct Shelf<'a> {
    account: &'a AccountId,
    organization: &'a Name,
}

/// Whether the settings still lead to the marketplace account of an organization.
fn leads_to(desired: &Desired, organization: &Name, account: &AccountId) -> bool {
    let organization = desired.settings.organizations.get(organization);
    organization.is_some_and(|it| it.marketplace_account.as_ref() == Some(account))
}

fn differs(LiveShare { share, accepted: _ }: &LiveShare, wanted: &Share<OuRef>) -> bool {
    (share.tag_options(), share.principals()) != (wanted.tag_options(), wanted.principals())
}

/// What tells which accounts the listed live shares with nodes have reached: the accounts that have them, and the
/// accounts below these nodes.
pub fn reach(goal: Goal<'_>, desired: &Desired, live: &Live) -> Wants {
    let mut wants = Wants::default();
    for (_, it) in desired.portfolios.iter().filter(|(name, _)| (goal.wanted)(name)) {
        let Ok(id) = resolve::portfolio_id(it, live) else { continue };
        let (place, organization) = (hub_place(it), live.organization(&it.organization));
        let (Some(portfolio), Some(_)) = (live.portfolio(&place, &id), organization) else { continue };
        let Some(listed) = Listed::of(it, false, organization) else { continue };
        for receiver in portfolio.shares.keys().filter(|receiver| listed.get(receiver, organization).is_some()) {
            let of = wants.organizations.entry(it.organization.clone()).or_default();
            match receiver {
                // To tell whether the account is still there.
                Receiver::Account(account) | Receiver::Member(account) => {
                    of.accounts.insert(account.clone());
                    continue;
                }
                Receiver::Ou(ou) => drop(of.units.insert(ou.clone())),
                Receiver::Organization(_) => of.everyone = true,
            }
            let access = wants.access.entry(place.clone()).or_insert_with(|| AccessWants::new(&it.organization));
            access.reached.insert((id.clone(), receiver.clone()));
        }
    }
    wants
}

/// The names, audiences and standing of what a plan mentions. A target that the plan does not mention asks for nothing.
pub fn names(plan: &Plan) -> Wants {
    let mut wants = Wants::default();
    for target in &plan.targets {
        if let (true, Some(Work::Hub { portfolio, changes: _ })) = (target.is_spoken_of(), target.work())
            && let Resource { id: Some(id), name } = portfolio
            && name.is_empty()
        {
            let place = (target.account.clone(), target.region.clone());
            let shelf = wants.portfolios.entry(place).or_insert_with(|| ShelfWants::new(&target.organization));
            shelf.names.insert(id.clone());
        }
    }
    let mut sharing = BTreeSet::new();
    for (target, change) in plan.changes() {
        let of = wants.organizations.entry(target.organization.clone()).or_default();
        of.accounts.insert(target.account.clone());
        match change.edit {
            Edit::Hub(edit) => {
                let to = edit.share().receiver();
                // The answer holds for all regions.
                if to.is_of_organization() && sharing.insert(&target.account) {
                    let place = (target.account.clone(), target.region.clone());
                    let access = wants.access.entry(place);
                    access.or_insert_with(|| AccessWants::new(&target.organization)).sharing = true;
                }
                receiver(of, to);
            }
            Edit::Experience(ExperienceEdit::Join(principal) | ExperienceEdit::Leave(principal)) => {
                receiver(of, principal.receiver());
            }
            Edit::Recipient(_) | Edit::Experience(_) => {}
        }
    }
    wants
}

fn receiver(of: &mut OrganizationWants, receiver: Receiver) {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => drop(of.accounts.insert(account)),
        Receiver::Ou(ou) => drop(of.units.insert(ou)),
        Receiver::Organization(_) => of.everyone = true,
    }
}
