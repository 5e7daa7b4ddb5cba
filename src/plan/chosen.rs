//! Finds the experiences that an entry of a product list means, or the reason why that can't be told.

use std::collections::BTreeSet;

use super::planned::Blocked;
use super::resolve::{self, Unresolved};
use crate::model::desired::{DesiredExperience, ExperienceSelector, Selector};
use crate::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use crate::model::id::{AccountId, ExperienceId};
use crate::model::live::{Found, Live, Shelf};
use crate::model::target::ExperienceKey;

/// The key of an experience: its marketplace account and its id.
pub(super) type ExperienceKeyOf = (AccountId, ExperienceId);

/// The experience that an entry governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    /// A live experience.
    There(&'a Experience),
    /// The name of an experience that the plan makes.
    New(&'a str),
}

impl<'a> Subject<'a> {
    pub(super) fn there(self) -> Option<&'a Experience> {
        match self {
            Self::There(experience) => Some(experience),
            Self::New(_) => None,
        }
    }

    pub(super) fn name(self) -> &'a str {
        match self {
            Self::There(experience) => &experience.name,
            Self::New(name) => name,
        }
    }

    pub(super) fn policy(self) -> Option<&'a ProcurementPolicy> {
        self.there()?.policy.as_ref()
    }

    /// A new experience starts disabled.
    pub(super) fn status(self) -> ExperienceStatus {
        self.there().map_or(ExperienceStatus::Disabled, |experience| experience.status)
    }
}

/// An entry of a product list and one experience that it governs, or the reason why that can't be told.
pub(super) struct Chosen<'a> {
    /// The experience's part of the target's name.
    pub(super) experience: ExperienceKey,
    pub(super) entry: &'a DesiredExperience,
    pub(super) outcome: Result<Subject<'a>, Blocked>,
}

impl Chosen<'_> {
    /// The experience's key. `None` if the plan makes it or if it can't be told.
    pub(super) fn key(&self) -> Option<ExperienceKeyOf> {
        Some((self.entry.account.clone(), self.outcome.as_ref().ok()?.there()?.id.clone()))
    }

    /// Whether this entry may mean an experience that was read. For entries that can't be told.
    pub(super) fn may_be(&self, read: &Experience) -> bool {
        may_be(&self.experience, self.entry, read)
    }
}

/// Whether an entry may mean an experience that was read. `experience` is the experience's part of the target's name.
pub(super) fn may_be(experience: &ExperienceKey, entry: &DesiredExperience, read: &Experience) -> bool {
    match (experience, &entry.selector) {
        (ExperienceKey::Id(id), _) => *id == read.id,
        (ExperienceKey::Name(name), _) => *name == read.name,
        (ExperienceKey::AllLive, ExperienceSelector::AllLive { except }) => {
            read.status == ExperienceStatus::Enabled && !except.contains(&read.id)
        }
        (ExperienceKey::AllLive, ExperienceSelector::One(_)) => false,
    }
}

/// The experiences that an entry means.
pub(super) fn expand<'a>(entry: &'a DesiredExperience, live: &'a Live) -> Vec<Chosen<'a>> {
    let place = format!("organization {}", entry.organization);
    let shelf = live.experiences.get(&entry.account);
    let read = |id: &ExperienceId| resolve::read(shelf, id, &entry.source, "experience", &place).map(Subject::There);
    let one = |outcome| vec![Chosen { experience: entry.experience(), entry, outcome }];
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(id)) => one(read(id)),
        ExperienceSelector::One(selector @ Selector::Name(name)) => match resolve::experience_of(entry, name, live) {
            Ok(Some(id)) => one(read(&id)),
            Ok(None) => one(Ok(Subject::New(name))),
            Err(problem) => one(Err(problem.blocked(selector, &entry.source, "experience", &place))),
        },
        ExperienceSelector::AllLive { except } => match all_live(entry, shelf, except) {
            Ok(chosen) => chosen,
            Err(blocked) => one(Err(blocked)),
        },
    }
}

/// The enabled experiences. An account that sees no experience at all has most likely lost its permission to see them,
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
            Some(Chosen { experience: named(id), entry, outcome: Ok(Subject::There(experience)) })
        }
        // An id that another entry names may not exist. It is not one of the live experiences.
        Found::There(_) | Found::NotThere => None,
        Found::Unreadable(reason) => {
            Some(Chosen { experience: named(id), entry, outcome: Err(Blocked::unreadable(reason)) })
        }
    });
    Ok(chosen.collect())
}
