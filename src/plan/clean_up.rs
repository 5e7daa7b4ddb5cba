//! Cleans up after the base. Shares that it listed are removed, what stays as it is gets reported as released, and an
//! entry that can't be told blocks the clean-up of what it may mean.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::Subject;
use super::governed::{Governed, Hub, HubKey, List};
use super::ignored::Spared;
use super::inherited::{LeftAlone, Rows, Standing, Touch};
use super::planned::{Blocked, Planned};
use super::resolve::{self, Unresolved, hub_place};
use super::units::{UnitProblem, resolve_unit};
use super::{labels, portfolio};
use crate::model::change::{Because, Released, Resource, Untouched};
use crate::model::desired::{Desired, DesiredPortfolio, DesiredShare, ExperienceSelector, Selector};
use crate::model::edit::{Delta, HubEdit, Kind};
use crate::model::finding::Source;
use crate::model::id::{PortfolioId, Region};
use crate::model::live::{HubPlace, Live};
use crate::model::portfolio::{Portfolio, Receiver};
use crate::model::target::TargetName;

/// A portfolio whose entry is gone, and what becomes of its shares.
pub(super) struct Gone<'a> {
    pub(super) name: TargetName,
    pub(super) before: &'a DesiredPortfolio,
    pub(super) planned: Result<Planned, Blocked>,
}

/// What the base governed and the catalog (the head) no longer does.
#[derive(Default)]
pub(super) struct Left<'a> {
    pub(super) gone: Vec<Gone<'a>>,
    pub(super) released: Vec<Released>,
}

/// Finds everything that the base governed and the head no longer does.
pub(super) fn left<'a>(desired: &Desired, head: &Governed<'_>, base: &Governed<'a>, live: &Live) -> Left<'a> {
    let mut left = Left::default();
    let look = Look { desired, head, base, live };
    let keys = head.hub_keys();
    let mut seen = BTreeSet::new();
    for hub in &base.hubs {
        if !reachable(desired, hub.wanted) {
            left.released.push(released(hub, None));
            continue;
        }
        match hub.key() {
            Some(key) => {
                if !keys.contains(&key) && seen.insert(key.clone()) {
                    left.gone.extend(look.gone(hub, &key));
                }
            }
            None => look.untold(hub, &mut left),
        }
    }
    let keys = head.experience_keys();
    for list in &base.lists {
        let is_governed = list.key().is_some_and(|key| keys.contains(&key));
        // An experience that was never made leaves nothing behind.
        let was_made = !matches!(list.outcome, Ok(Subject::New(_)));
        if was_made && !is_governed && !look.has_same_entry(list) {
            left.released.push(released_list(list));
        }
    }
    left.released.sort();
    left.released.dedup();
    left
}

/// Whether the settings still name the account that owns a portfolio of the base.
pub(super) fn reachable(desired: &Desired, before: &DesiredPortfolio) -> bool {
    let organization = desired.settings.organizations.get(&before.organization);
    organization.is_some_and(|settings| settings.service_catalog_account.as_ref() == Some(&before.account))
}

struct Look<'l, 'a> {
    desired: &'l Desired,
    head: &'l Governed<'l>,
    base: &'l Governed<'a>,
    live: &'l Live,
}

impl<'a> Look<'_, 'a> {
    /// The clean-up of a portfolio that no entry of the head names. `None` if AWS says that the portfolio is deleted:
    /// its shares are deleted with it.
    fn gone(&self, hub: &Hub<'a>, key: &HubKey) -> Option<Gone<'a>> {
        let is_taken = self.head.hubs.iter().any(|now| now.name == hub.name);
        let name = match hub.name.clone() {
            TargetName::Portfolio { file, organization, region, former: _ } if is_taken => {
                TargetName::Portfolio { file, organization, region, former: Some(key.1.clone()) }
            }
            name => name,
        };
        let planned = match resolve::portfolio(hub.wanted, &key.1, self.live) {
            Err(Blocked { reason: _, source: Some(_) }) => return None,
            Err(blocked) => Err(blocked),
            Ok(portfolio) => match self.doubt(key, portfolio) {
                Some(blocked) => Err(blocked),
                None => self.clean_up(hub, portfolio),
            },
        };
        Some(Gone { name, before: hub.wanted, planned })
    }

    /// The reason not to clean up: an entry of the head that can't be told, and that may still mean this portfolio.
    fn doubt(&self, key: &HubKey, portfolio: &Portfolio) -> Option<Blocked> {
        let (place, id) = key;
        let mut near = self.head.hubs.iter().filter(|hub| hub_place(hub.wanted) == *place);
        near.find_map(|hub| {
            let problem = hub.id.as_ref().err()?;
            let may_mean_it = match problem {
                Unresolved::CantTell(_) | Unresolved::Missing { nearest: _ } => true,
                Unresolved::Ambiguous(candidates) => candidates.contains(id),
            };
            if !may_mean_it {
                return None;
            }
            let source = &hub.wanted.source;
            let where_to = format!("{} {}", place.0, place.1);
            let why = problem.blocked(&hub.wanted.portfolio, source, "portfolio", &where_to).reason;
            Some(Blocked::at(
                source,
                format!(
                    "no entry names portfolio {} {id} any more, but {}:{} may mean it ({why}). Its shares stay until that \
                     line names a portfolio that exists",
                    called(portfolio),
                    source.file,
                    source.line
                ),
            ))
        })
    }

    /// Removes the live shares that the base listed. If a unit of the base can't be told any more, and a live share may
    /// be the one with it, nothing is removed.
    fn clean_up(&self, hub: &Hub<'a>, portfolio: &Portfolio) -> Result<Planned, Blocked> {
        let organization = &hub.wanted.organization;
        let mut known: BTreeMap<Receiver, (&Source, bool)> = BTreeMap::new();
        let mut unknown: Vec<(&Source, String)> = Vec::new();
        let DesiredPortfolio { shares, expired, .. } = hub.wanted;
        // Entries that have ended go in first: one that still counts replaces them if both name the same receiver.
        let over = expired.iter().map(|share| (share, true));
        for (DesiredShare { share, notes: _, until: _, source }, is_over) in
            over.chain(shares.iter().map(|share| (share, false)))
        {
            match share.map_ou(|ou| resolve_unit(ou, organization, self.live)) {
                Ok(share) => drop(known.insert(share.receiver(), (source, is_over))),
                Err(UnitProblem::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
                Err(UnitProblem::Unknown(sentence)) => unknown.push((source, sentence)),
            }
        }
        // A receiver that the base ignored stays, even if another line of the base listed it.
        let spared = Spared::of(hub.wanted, organization, self.live);
        known.retain(|receiver, _| !spared.names(receiver));
        let unexplained: Vec<String> = portfolio
            .shares
            .keys()
            .filter(|receiver| matches!(receiver, Receiver::Ou(_)) && !known.contains_key(receiver))
            .filter(|receiver| !spared.names(receiver))
            .map(ToString::to_string)
            .collect();
        if let (Some((source, sentence)), false) = (unknown.first(), unexplained.is_empty()) {
            return Err(Blocked::unreadable(format!(
                "can't tell which unit {}:{} of the base meant ({sentence}); portfolio {} is shared with {} still. \
                 Nothing of it is cleaned up: remove what is not wanted in the console, or name the unit by its id \
                 before the file is deleted",
                source.file,
                source.line,
                called(portfolio),
                unexplained.join(", ")
            )));
        }
        let place = hub_place(hub.wanted);
        let touch = |receiver: &Receiver| if known.contains_key(receiver) { Touch::Goes } else { Touch::Stays };
        let rows = Rows::of(portfolio, &place, organization, self.live, touch, Vec::new());
        let mut left = LeftAlone::default();
        let live_shares = portfolio.shares.iter();
        let removed = live_shares.filter_map(|(receiver, live)| {
            let (source, is_over) = known.get(receiver).copied()?;
            let standing = match rows.standing(receiver) {
                // The catalog made this share, so it counts as one of its own even if that can't be looked up. If the
                // entry has ended, the share may have been removed long ago.
                Standing::Untold(_) if !is_over => Standing::Own,
                standing => standing,
            };
            (!left.notes(receiver, standing)).then_some((source, live))
        });
        let changes: Vec<_> = removed
            .map(|(source, live)| {
                let because = Because::NoLongerListed(source.clone());
                portfolio::change(
                    self.live,
                    organization,
                    portfolio,
                    HubEdit::Share(Delta::Remove(live.share.clone())),
                    because,
                )
            })
            .collect();
        let ignored: Vec<&Receiver> = portfolio.shares.keys().filter(|receiver| spared.names(receiver)).collect();
        let left_alone = Untouched {
            unlisted: portfolio.shares.len() - changes.len() - ignored.len(),
            ignored: ignored
                .into_iter()
                .map(|it| (it.to_string(), labels::receiver(self.live, organization, it)))
                .collect(),
            other_notes: Vec::new(),
        };
        Ok(Planned {
            work: portfolio::work(portfolio, changes),
            left_alone,
            warnings: left.warnings(),
            incomplete_shares: Vec::new(),
        })
    }

    /// Handles an entry of the base whose portfolio can't be told. Nothing has to be done if the head has the same
    /// entry: it goes on to govern whichever portfolio that is.
    fn untold(&self, hub: &Hub<'a>, left: &mut Left<'a>) {
        let wanted = hub.wanted;
        let place = hub_place(wanted);
        let same = |now: &&Hub<'_>| hub_place(now.wanted) == place && now.wanted.portfolio == wanted.portfolio;
        if self.head.hubs.iter().any(|now| same(&now)) {
            return;
        }
        let Err(problem) = &hub.id else { return };
        let candidates = match problem {
            Unresolved::CantTell(_) => None,
            Unresolved::Missing { nearest: _ } => Some(self.ungoverned(&place)),
            Unresolved::Ambiguous(candidates) => {
                let governed = self.head.hub_keys();
                let free = candidates.iter().filter(|id| !governed.contains(&(place.clone(), (*id).clone())));
                Some(free.map(ToString::to_string).collect())
            }
        };
        if candidates.as_ref().is_some_and(Vec::is_empty) {
            // Every portfolio that it may mean is governed by another line, so nothing is left to clean up.
            return;
        }
        if self.head.hubs.iter().any(|now| now.name == hub.name) {
            // The file names another portfolio now, which takes this target's name. The one that it named before keeps
            // its shares.
            left.released.push(released(hub, None));
            return;
        }
        let reason = match problem {
            Unresolved::CantTell(reason) => reason.clone(),
            Unresolved::Missing { nearest: _ } | Unresolved::Ambiguous(_) => format!(
                "can't tell which portfolio `{}` of {}:{} in the base was: none is named so in {} {} any more, or \
                 several are. It may be {}. Nothing is cleaned up: if one of these is meant, bring its file back with \
                 its `id:` and delete the file in a later change",
                wanted.portfolio,
                wanted.source.file,
                wanted.source.line,
                wanted.account,
                wanted.region,
                candidates.unwrap_or_default().join(", ")
            ),
        };
        left.gone.push(Gone { name: hub.name.clone(), before: wanted, planned: Err(Blocked::unreadable(reason)) });
    }

    /// The portfolios of an account and region that neither the head nor another line of the base governs.
    fn ungoverned(&self, place: &HubPlace) -> Vec<String> {
        let (head, base) = (self.head.hub_keys(), self.base.hub_keys());
        let listed = resolve::listed::<_, _, PortfolioId>(self.live.portfolios.get(place), String::new);
        let listed = listed.unwrap_or_default().iter();
        let free = listed.filter(|named| {
            let key = (place.clone(), named.id.clone());
            !head.contains(&key) && !base.contains(&key)
        });
        free.map(|named| format!("{} {}", named.name, named.id)).collect()
    }

    /// Whether the head has an entry with the same selector, so that it goes on to govern whatever that selects.
    fn has_same_entry(&self, list: &List<'a>) -> bool {
        list.outcome.is_err()
            && self.desired.experiences.iter().any(|now| {
                now.account == list.entry.account
                    && match (&now.selector, &list.entry.selector) {
                        (ExperienceSelector::AllLive { except: _ }, ExperienceSelector::AllLive { except: _ }) => true,
                        (now, before) => now == before,
                    }
            })
    }
}

/// A portfolio's name, or its id where the name was not asked for.
fn called(portfolio: &Portfolio) -> &str {
    portfolio.name.as_deref().unwrap_or(portfolio.id.as_str())
}

/// A portfolio that is no longer governed and keeps its shares.
fn released(hub: &Hub<'_>, live: Option<&Portfolio>) -> Released {
    let wanted = hub.wanted;
    let (id, name) = match (&wanted.portfolio, live) {
        (_, Some(portfolio)) => (Some(portfolio.id.to_string()), called(portfolio).to_owned()),
        (Selector::Id(id), None) => (Some(id.to_string()), id.to_string()),
        (Selector::Name(name), None) => (None, name.clone()),
    };
    let shares = live.map_or(wanted.shares.len(), |portfolio| portfolio.shares.len());
    Released {
        target: hub.name.clone(),
        account: wanted.account.clone(),
        region: wanted.region.clone(),
        resource: Resource { id, name },
        keeps: counted([(Kind::PortfolioShare, shares)]),
        source: wanted.source.clone(),
        unseen: false,
    }
}

/// An experience that is no longer governed and keeps its product lists.
fn released_list(list: &List<'_>) -> Released {
    let entry = list.entry;
    let (resource, approved, denied) = if let Ok(Subject::There(experience)) = &list.outcome {
        let policy = experience.policy.as_ref();
        let resource = Resource { id: Some(experience.id.to_string()), name: experience.name.clone() };
        (resource, policy.map_or(0, |it| it.approved.len()), policy.map_or(0, |it| it.denied.len()))
    } else {
        let (id, name) = match &entry.selector {
            ExperienceSelector::One(Selector::Id(id)) => (Some(id.to_string()), id.to_string()),
            ExperienceSelector::One(Selector::Name(name)) => (None, name.clone()),
            ExperienceSelector::AllLive { except: _ } => (None, "all live experiences".to_owned()),
        };
        let listed = entry.products.listed();
        let (approved, rejected) = (listed.map(|it| it.approved.len()), listed.map(|it| it.rejected.len()));
        (Resource { id, name }, approved.unwrap_or_default(), rejected.unwrap_or_default())
    };
    Released {
        target: list.name.clone(),
        account: entry.account.clone(),
        region: Region::marketplace(),
        resource,
        keeps: counted([(Kind::ProductApproval, approved), (Kind::ProductDenial, denied)]),
        source: entry.source.clone(),
        unseen: false,
    }
}

fn counted<const N: usize>(keeps: [(Kind, usize); N]) -> BTreeMap<Kind, usize> {
    keeps.into_iter().filter(|(_, number)| *number > 0).collect()
}
