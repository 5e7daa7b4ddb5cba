//! Finds the resource that a selector of the catalog means, as far as what was read tells.

use std::collections::BTreeMap;
use std::fmt;

use super::planned::Blocked;
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio, Selector};
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::finding::Source;
use crate::model::id::{AccountId, ExperienceId, PortfolioId};
use crate::model::live::{Found, HubPlace, Live, Named, Reading, Shelf};
use crate::model::portfolio::Portfolio;
use crate::model::spelling;
use crate::model::target::TargetName;

/// Why a selector means no single resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unresolved<I> {
    /// A list or a resource that would tell could not be read. The sentence says why.
    CantTell(String),
    /// Nothing bears the name.
    Missing {
        /// The name that is spelt most alike, if one is alike enough to be meant.
        nearest: Option<String>,
    },
    /// Several bear the name.
    Ambiguous(Vec<I>),
}

impl<I: fmt::Display> Unresolved<I> {
    /// Why a target with this selector can't be planned. `what` is the kind of resource, `place` where it was looked
    /// for.
    pub(super) fn blocked(&self, selector: &Selector<I>, source: &Source, what: &str, place: &str) -> Blocked {
        match self {
            Self::CantTell(reason) => Blocked::unreadable(reason),
            Self::Missing { nearest: None } => {
                Blocked::at(source, format!("there is no {what} named `{selector}` in {place}"))
            }
            Self::Missing { nearest: Some(nearest) } => Blocked::at(
                source,
                format!("there is no {what} named `{selector}` in {place}; did you mean `{nearest}`?"),
            ),
            Self::Ambiguous(candidates) => {
                let ids: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                let reason = format!(
                    "{} {what}s in {place} are named `{selector}`: {}. Name the one that is meant by its id",
                    ids.len(),
                    ids.join(", ")
                );
                Blocked::at(source, reason)
            }
        }
    }
}

/// The entries for experiences, by the targets that they govern.
pub(super) struct Entries<'a>(BTreeMap<TargetName, &'a DesiredExperience>);

impl<'a> Entries<'a> {
    /// The entries of a catalog.
    pub(super) fn of(desired: &'a Desired) -> Self {
        let mut all = BTreeMap::new();
        for entry in &desired.experiences {
            all.entry(entry.target()).or_insert(entry);
        }
        Self(all)
    }

    /// The entry that a target of a plan comes from: its own, or the one of all live experiences.
    pub(super) fn get(&self, target: &TargetName) -> Option<&'a DesiredExperience> {
        self.0.get(target).or_else(|| self.0.get(&target.family()?)).copied()
    }
}

/// The account and the region of a portfolio.
pub(super) fn hub_place(wanted: &DesiredPortfolio) -> HubPlace {
    (wanted.account.clone(), wanted.region.clone())
}

/// The portfolio that an entry means. It may not exist: see [`portfolio`].
pub(super) fn portfolio_id(wanted: &DesiredPortfolio, live: &Live) -> Result<PortfolioId, Unresolved<PortfolioId>> {
    let name = match &wanted.portfolio {
        Selector::Id(id) => return Ok(id.clone()),
        Selector::Name(name) => name,
    };
    let (account, region) = (&wanted.account, &wanted.region);
    let listed = listed(live.portfolios.get(&hub_place(wanted)), || format!("the portfolios of {account} {region}"))?;
    one_of(named(listed, name), || nearest(listed, name))
}

/// A portfolio that was read.
pub(super) fn portfolio<'a>(
    wanted: &DesiredPortfolio,
    id: &PortfolioId,
    live: &'a Live,
) -> Result<&'a Portfolio, Blocked> {
    let place = format!("{} {}", wanted.account, wanted.region);
    read(live.portfolios.get(&hub_place(wanted)), id, &wanted.source, "portfolio", &place)
}

/// The resource, or why it was not read.
pub(super) fn read<'a, I: Ord + fmt::Display, T>(
    shelf: Option<&'a Shelf<I, T>>,
    id: &I,
    source: &Source,
    what: &str,
    place: &str,
) -> Result<&'a T, Blocked> {
    match shelf.and_then(|shelf| shelf.read.get(id)) {
        Some(Found::There(value)) => Ok(value),
        Some(Found::NotThere) => Err(Blocked::at(source, format!("there is no {what} {id} in {place}"))),
        Some(Found::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
        None => Err(Blocked::unreadable(format!("{what} {id} in {place} was not read"))),
    }
}

/// The list of a shelf, or why it was not read.
pub(super) fn listed<I: Ord, T, J>(
    shelf: Option<&Shelf<I, T>>,
    what: impl Fn() -> String,
) -> Result<&[Named<I>], Unresolved<J>> {
    match shelf.and_then(|shelf| shelf.listed.as_ref()) {
        Some(Reading::Complete(listed)) => Ok(listed),
        Some(Reading::Unreadable(reason)) => Err(Unresolved::CantTell(reason.clone())),
        None => Err(Unresolved::CantTell(format!("{} were not listed", what()))),
    }
}

/// The ids of the resources with a name.
pub(super) fn named<I: Clone>(listed: &[Named<I>], name: &str) -> Vec<I> {
    listed.iter().filter(|named| named.name == name).map(|named| named.id.clone()).collect()
}

fn one_of<I>(mut found: Vec<I>, nearest: impl FnOnce() -> Option<String>) -> Result<I, Unresolved<I>> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Unresolved::Missing { nearest: nearest() }),
        (Some(last), false) => {
            found.push(last);
            Err(Unresolved::Ambiguous(found))
        }
    }
}

/// The experience that a name means. Archived ones keep their names for ever. So if several have the name and only one
/// is not archived, that one is meant. A warning of the plan names the others.
pub(super) fn experience_named(
    name: &str,
    account: &AccountId,
    live: &Live,
) -> Result<ExperienceId, Unresolved<ExperienceId>> {
    let shelf = live.experiences.get(account);
    let listed = listed(shelf, || format!("the experiences of {account}"))?;
    let mut found = named(listed, name);
    if found.len() > 1 {
        let read = shelf.map(|shelf| &shelf.read);
        let mut usable = Vec::new();
        for id in &found {
            match read.and_then(|read: &BTreeMap<_, Found<Experience>>| read.get(id)) {
                Some(Found::There(experience)) if experience.status == ExperienceStatus::Archived => {}
                Some(Found::There(_)) => usable.push(id.clone()),
                Some(Found::NotThere) => {}
                Some(Found::Unreadable(reason)) => return Err(Unresolved::CantTell(reason.clone())),
                None => return Err(Unresolved::CantTell(format!("experience {id} of {account} was not read"))),
            }
        }
        if !usable.is_empty() {
            found = usable;
        }
    }
    one_of(found, || nearest(listed, name))
}

/// The experience that an entry means by a name. `None` if it is to be made. Archived ones don't count then, since they
/// keep their names for ever.
pub(super) fn experience_of(
    entry: &DesiredExperience,
    name: &str,
    live: &Live,
) -> Result<Option<ExperienceId>, Unresolved<ExperienceId>> {
    let account = &entry.account;
    if entry.terms.create.is_none() {
        return experience_named(name, account, live).map(Some);
    }
    let shelf = live.experiences.get(account);
    let listed = listed(shelf, || format!("the experiences of {account}"))?;
    let mut usable = Vec::new();
    for id in named(listed, name) {
        match shelf.and_then(|shelf| shelf.read.get(&id)) {
            Some(Found::There(experience)) if experience.status == ExperienceStatus::Archived => {}
            Some(Found::There(_)) => usable.push(id),
            Some(Found::NotThere) => {}
            Some(Found::Unreadable(reason)) => return Err(Unresolved::CantTell(reason.clone())),
            None => return Err(Unresolved::CantTell(format!("experience {id} of {account} was not read"))),
        }
    }
    if usable.is_empty() { Ok(None) } else { one_of(usable, || None).map(Some) }
}

/// The name that was most likely meant, if one is alike enough.
fn nearest<I>(listed: &[Named<I>], wanted: &str) -> Option<String> {
    spelling::nearest(wanted, listed.iter().map(|named| named.name.as_str())).map(str::to_owned)
}
