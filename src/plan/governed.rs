//! Finds the resources that a catalog governs, and the entry for each. If that can't be told, the entry has the reason.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use super::chosen::ExperienceKeyOf;
use super::chosen::{Chosen, Subject, expand, may_be};
use super::mirror;
use super::planned::Blocked;
use super::resolve::{self, Unresolved, hub_place};
use super::wanted::{Followed, Wanted};
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio};
use crate::model::experience::Experience;
use crate::model::finding::Source;
use crate::model::id::PortfolioId;
use crate::model::live::{HubPlace, Live};
use crate::model::target::TargetName;

/// The key of a portfolio: account, region and id.
pub(super) type HubKey = (HubPlace, PortfolioId);

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
    /// The portfolio's key. `None` if it can't be told which one it is.
    pub(super) fn key(&self) -> Option<HubKey> {
        Some((hub_place(self.wanted), self.id.as_ref().ok()?.clone()))
    }
}

/// An entry of a product list, one experience that it governs, and the lists that it wants there. The last two may be
/// reasons why that can't be told.
pub(super) struct List<'a> {
    pub(super) name: TargetName,
    pub(super) entry: &'a DesiredExperience,
    pub(super) outcome: Result<Subject<'a>, Blocked>,
    pub(super) wanted: Result<Wanted, Blocked>,
}

impl List<'_> {
    /// The experience's key. `None` if the plan makes it or if it can't be told which one it is.
    pub(super) fn key(&self) -> Option<ExperienceKeyOf> {
        Some((self.entry.account.clone(), self.outcome.as_ref().ok()?.there()?.id.clone()))
    }

    /// Whether this entry may mean an experience that was read. For entries that can't be told.
    pub(super) fn may_be(&self, read: &Experience) -> bool {
        match &self.name {
            TargetName::Marketplace { file: _, organization: _, experience } => may_be(experience, self.entry, read),
            TargetName::Portfolio { .. } | TargetName::Recipient { .. } => false,
        }
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
        let all = |(of_entry, wanted): (Vec<Chosen<'a>>, Result<Wanted, Blocked>)| {
            of_entry.into_iter().map(move |chosen| with(chosen, wanted.clone()))
        };
        Self {
            hubs: catalog.portfolios.iter().map(|(name, wanted)| Hub::of(name, wanted, live)).collect(),
            lists: chosen.into_iter().zip(wanted).flat_map(all).collect(),
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

    /// The portfolios that several entries govern, each with a sentence. Such entries would undo each other's shares in
    /// every apply.
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

/// Adds the wanted lists to a chosen experience. An experience that mirrors itself is an error.
fn with(chosen: Chosen<'_>, wanted: Result<Wanted, Blocked>) -> List<'_> {
    let own = chosen.key();
    let Chosen { experience, entry, outcome } = chosen;
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
