//! Which resources a catalog governs, and by which line. What can't be told is told as that.

use std::collections::{BTreeMap, BTreeSet};

use super::mirror::{self, Followed, Wanted};
use super::planned::Blocked;
use super::resolve::{self, Unresolved, hub_place};
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio, ExperienceSelector, Selector};
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::finding::Source;
use crate::model::id::{AccountId, ExperienceId, PortfolioId};
use crate::model::live::{Found, HubPlace, Live, Shelf};
use crate::model::target::{ExperienceKey, TargetName};

/// A portfolio, wherever a catalog speaks of it.
pub(super) type HubKey = (HubPlace, PortfolioId);

/// An experience, wherever a catalog speaks of it.
pub(super) type ExperienceKeyOf = (AccountId, ExperienceId);

/// An entry for a portfolio, and which portfolio it governs.
pub(super) struct Hub<'a> {
    pub(super) name: &'a TargetName,
    pub(super) wanted: &'a DesiredPortfolio,
    pub(super) id: Result<PortfolioId, Unresolved<PortfolioId>>,
}

impl<'a> Hub<'a> {
    pub(super) fn of(name: &'a TargetName, wanted: &'a DesiredPortfolio, live: &Live) -> Self {
        Self { name, wanted, id: resolve::portfolio_id(wanted, live) }
    }
}

impl Hub<'_> {
    /// The portfolio, where it can be told which it is.
    pub(super) fn key(&self) -> Option<HubKey> {
        Some((hub_place(self.wanted), self.id.as_ref().ok()?.clone()))
    }
}

/// An entry of a product list and an experience that it governs, or why it can't be told which.
pub(super) struct Chosen<'a> {
    experience: ExperienceKey,
    pub(super) entry: &'a DesiredExperience,
    pub(super) outcome: Result<&'a Experience, Blocked>,
}

impl<'a> Chosen<'a> {
    /// How the target's name tells the experience.
    pub(super) fn experience(&self) -> &ExperienceKey {
        &self.experience
    }

    /// The experience, where it can be told which it is.
    pub(super) fn key(&self) -> Option<ExperienceKeyOf> {
        Some((self.entry.account.clone(), self.outcome.as_ref().ok()?.id.clone()))
    }

    /// With what the experience is brought to. One that a file mirrors does not follow itself.
    fn with(self, wanted: Result<Wanted, Blocked>) -> List<'a> {
        let own = self.key();
        let Self { experience, entry, outcome } = self;
        let (file, organization) = (entry.file.clone(), entry.organization.clone());
        let wanted = wanted.and_then(|wanted| match (&wanted.follows, &own) {
            (Some(Followed { key, name, source }), Some(own)) if key == own => {
                let (_, id) = key;
                let reason = format!(
                    "experience {name} {id} is the one that {}:{} mirrors, and can't follow itself: leave it out here, \
                     with `except: [{id}]` beside `all_live`",
                    source.file, source.line
                );
                Err(Blocked::at(&entry.source, reason))
            }
            _ => Ok(wanted),
        });
        List { name: TargetName::Marketplace { file, organization, experience }, entry, outcome, wanted }
    }
}

/// The same with what the experience is brought to, or why that can't be told.
pub(super) struct List<'a> {
    pub(super) name: TargetName,
    pub(super) entry: &'a DesiredExperience,
    pub(super) outcome: Result<&'a Experience, Blocked>,
    pub(super) wanted: Result<Wanted, Blocked>,
}

impl List<'_> {
    /// The experience, where it can be told which it is.
    pub(super) fn key(&self) -> Option<ExperienceKeyOf> {
        Some((self.entry.account.clone(), self.outcome.as_ref().ok()?.id.clone()))
    }
}

/// Everything that a catalog governs.
pub(super) struct Governed<'a> {
    pub(super) hubs: Vec<Hub<'a>>,
    pub(super) lists: Vec<List<'a>>,
}

impl<'a> Governed<'a> {
    pub(super) fn of(catalog: &'a Desired, live: &'a Live) -> Self {
        let chosen: Vec<Vec<Chosen<'a>>> = catalog.experiences.iter().map(|entry| expand(entry, live)).collect();
        let wanted: Vec<Result<Wanted, Blocked>> =
            catalog.experiences.iter().map(|entry| mirror::wanted(entry, &chosen, live)).collect();
        let with = |(of_entry, wanted): (Vec<Chosen<'a>>, Result<Wanted, Blocked>)| {
            of_entry.into_iter().map(move |chosen| chosen.with(wanted.clone()))
        };
        Self {
            hubs: catalog.portfolios.iter().map(|(name, wanted)| Hub::of(name, wanted, live)).collect(),
            lists: chosen.into_iter().zip(wanted).flat_map(with).collect(),
        }
    }

    /// The portfolios that some entry governs.
    pub(super) fn hub_keys(&self) -> BTreeSet<HubKey> {
        self.hubs.iter().filter_map(Hub::key).collect()
    }

    /// The experiences that some entry governs.
    pub(super) fn experience_keys(&self) -> BTreeSet<ExperienceKeyOf> {
        self.lists.iter().filter_map(List::key).collect()
    }

    /// The portfolios that several entries govern, each with a sentence: they would undo each other's shares for ever.
    pub(super) fn hub_clashes(&self) -> BTreeMap<HubKey, String> {
        let entries = self.hubs.iter().filter_map(|hub| Some((hub.key()?, &hub.wanted.source)));
        clashes(entries, |(_, id)| format!("portfolio {id}"))
    }

    /// The experiences that several entries govern, each with a sentence.
    pub(super) fn experience_clashes(&self) -> BTreeMap<ExperienceKeyOf, String> {
        let entries = self.lists.iter().filter_map(|list| Some((list.key()?, &list.entry.source)));
        clashes(entries, |(_, id)| format!("experience {id}"))
    }
}

fn clashes<'a, K: Ord>(
    entries: impl Iterator<Item = (K, &'a Source)>,
    what: impl Fn(&K) -> String,
) -> BTreeMap<K, String> {
    let mut places: BTreeMap<K, Vec<String>> = BTreeMap::new();
    for (key, source) in entries {
        places.entry(key).or_default().push(format!("{}:{}", source.file, source.line));
    }
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    several
        .map(|(key, places)| {
            let reason = format!("{} is governed more than once: {}", what(&key), places.join(", "));
            (key, reason)
        })
        .collect()
}

fn expand<'a>(entry: &'a DesiredExperience, live: &'a Live) -> Vec<Chosen<'a>> {
    let place = format!("organization {}", entry.organization);
    let shelf = live.experiences.get(&entry.account);
    let read = |id: &ExperienceId| resolve::read(shelf, id, &entry.source, "experience", &place);
    let one = |outcome| vec![Chosen { experience: entry.experience(), entry, outcome }];
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(id)) => one(read(id)),
        ExperienceSelector::One(selector @ Selector::Name(name)) => {
            match resolve::experience_named(name, &entry.account, live) {
                Ok(id) => one(read(&id)),
                Err(problem) => one(Err(problem.blocked(selector, &entry.source, "experience", &place))),
            }
        }
        ExperienceSelector::AllLive { except } => match all_live(entry, shelf, except) {
            Ok(chosen) => chosen,
            Err(blocked) => one(Err(blocked)),
        },
    }
}

/// The enabled experiences. An account that sees no experience at all is mostly one that may not see them any more,
/// so that is an error and not "none".
fn all_live<'a>(
    entry: &'a DesiredExperience,
    shelf: Option<&'a Shelf<ExperienceId, Experience>>,
    except: &BTreeSet<ExperienceId>,
) -> Result<Vec<Chosen<'a>>, Blocked> {
    let listed = resolve::listed::<_, _, ExperienceId>(shelf, || format!("the experiences of {}", entry.account));
    let listed = listed.map_err(|problem| match problem {
        Unresolved::CantTell(reason) => Blocked::unreadable(reason),
        Unresolved::Missing { nearest: _ } | Unresolved::Ambiguous(_) => Blocked::unreadable("it was not listed"),
    })?;
    if listed.is_empty() {
        let reason = format!(
            "account {} sees no experience at all: check that it is the management account of organization {} or its \
             delegated administrator for Private Marketplace",
            entry.account, entry.organization
        );
        return Err(Blocked::at(&entry.source, reason));
    }
    let named = |id: &ExperienceId| ExperienceKey::Id(id.clone());
    let read = shelf.into_iter().flat_map(|shelf| &shelf.read).filter(|(id, _)| !except.contains(id));
    let chosen = read.filter_map(|(id, found)| match found {
        Found::There(experience) if experience.status == ExperienceStatus::Enabled => {
            Some(Chosen { experience: named(id), entry, outcome: Ok(experience) })
        }
        // One that was asked for by id elsewhere and does not exist is none of the live ones.
        Found::There(_) | Found::NotThere => None,
        Found::Unreadable(reason) => {
            Some(Chosen { experience: named(id), entry, outcome: Err(Blocked::unreadable(reason)) })
        }
    });
    Ok(chosen.collect())
}
