//! Makes the product lists of experiences that follow another one: they hold what is approved and denied there.
//!
//! If a file governs the mirrored experience, its lists after the plan count. So those that follow it are brought in
//! step in the same run, each change after the one that it follows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chosen::{Chosen, ExperienceKeyOf, Subject};
use super::marketplace::edits;
use super::planned::Blocked;
use super::resolve;
use super::wanted::{Followed, Wanted};
use crate::model::change::{Because, ChangeId, Mirrored, Resource, Target, TargetState, Work};
use crate::model::desired::{DesiredExperience, DesiredProduct, ProductLists, Selector};
use crate::model::edit::{ExperienceEdit, Family, Kind, ProductEdit};
use crate::model::experience::{Experience, ExperienceStatus, Listing};
use crate::model::finding::Source;
use crate::model::id::{Name, ProductId};
use crate::model::live::Live;
use crate::model::mirror::{Mirror, Products};

/// The lists that an entry wants for its experiences. `all` is everything that its catalog governs.
pub(super) fn wanted(entry: &DesiredExperience, all: &[Vec<Chosen<'_>>], live: &Live) -> Result<Wanted, Blocked> {
    match &entry.products {
        Products::Listed(lists) => Ok(Wanted { lists: Arc::clone(lists), follows: None }),
        Products::Mirrored(mirror) => follow(&entry.file, mirror, all, live),
    }
}

fn follow(file: &Name, mirror: &Mirror, all: &[Vec<Chosen<'_>>], live: &Live) -> Result<Wanted, Blocked> {
    let mirrored = mirrored(mirror, live)?;
    let Experience { id, name, description: _, status, policy: _, branding: _ } = mirrored;
    let called = format!("experience {name} {id} of {}, which is mirrored here,", mirror.organization);
    let blocked = |why: String| Blocked::at(&mirror.source, format!("{called} {why}"));
    if *status == ExperienceStatus::Archived {
        return Err(blocked("is archived: nobody curates it any more. Revive it, or mirror another one".to_owned()));
    }
    let key = (mirror.account.clone(), id.clone());
    let planned = match governing(file, &key, mirrored, all).map_err(blocked)? {
        None => Vec::new(),
        Some(entry) => match &entry.products {
            Products::Listed(_)
                if entry.terms.status.as_ref().is_some_and(|it| it.value == ExperienceStatus::Archived) =>
            {
                let Source { file, line, .. } = &entry.source;
                return Err(blocked(format!("is to be archived ({file}:{line}): mirror another one")));
            }
            Products::Listed(lists) => edits(entry, lists, Subject::There(mirrored)),
            Products::Mirrored(other) => {
                let Source { file, line, .. } = &other.source;
                return Err(blocked(format!(
                    "follows {} itself ({file}:{line}): mirror that one here too, so that a change takes one step to all",
                    other.experience
                )));
            }
        },
    };
    let Some(after) = After::of(mirrored, planned) else {
        return Err(blocked(
            "has no procurement policy: everything can be bought in it, and lists can't say that. Approve its first \
             product, or mirror another one"
                .to_owned(),
        ));
    };
    let follows = Some(Followed { key, name: name.clone(), source: mirror.source.clone() });
    Ok(Wanted { lists: Arc::new(after.lists(mirror)), follows })
}

/// The experience that a file mirrors.
fn mirrored<'l>(mirror: &Mirror, live: &'l Live) -> Result<&'l Experience, Blocked> {
    let Mirror { organization, account, experience, ignored: _, unlisted: _, source } = mirror;
    let place = format!("organization {organization}");
    let id = match experience {
        Selector::Id(id) => Ok(id.clone()),
        Selector::Name(name) => resolve::experience_named(name, account, live)
            .map_err(|problem| problem.blocked(experience, source, "experience", &place)),
    };
    let found = id.and_then(|id| resolve::read(live.experiences.get(account), &id, source, "experience", &place));
    found.map_err(|Blocked { reason, source: _ }| {
        Blocked::at(source, format!("what is mirrored here can't be told: {reason}"))
    })
}

/// The entry of another file that governs a mirrored experience, or why that can't be told. An entry of the mirroring
/// file itself does not count: its own planning blocks it.
fn governing<'a>(
    file: &Name,
    key: &ExperienceKeyOf,
    mirrored: &Experience,
    all: &'a [Vec<Chosen<'_>>],
) -> Result<Option<&'a DesiredExperience>, String> {
    let all = || all.iter().flatten().filter(|chosen| chosen.entry.account == key.0);
    let is_own = |chosen: &Chosen<'_>| chosen.entry.file == *file;
    let mut doubt = all().filter(|chosen| !is_own(chosen) && chosen.may_be(mirrored));
    if let Some((Blocked { reason, source: _ }, chosen)) =
        doubt.find_map(|chosen| Some((chosen.outcome.as_ref().err()?, chosen)))
    {
        let Source { file, line, .. } = &chosen.entry.source;
        return Err(format!("may be governed by {file}:{line}, which can't be told: {reason}"));
    }
    let found: Vec<&Chosen<'_>> = all().filter(|chosen| chosen.key().as_ref() == Some(key)).collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.entry).filter(|_| !is_own(one))),
        several => {
            let places = several.iter().map(|it| format!("{}:{}", it.entry.source.file, it.entry.source.line));
            let places: Vec<String> = places.collect();
            Err(format!("is governed more than once ({}), so what becomes of it can't be told", places.join(", ")))
        }
    }
}

/// What is approved and denied in an experience after the plan.
#[derive(Default)]
struct After {
    approved: BTreeSet<ProductId>,
    denied: BTreeSet<ProductId>,
}

impl After {
    /// `None` if there is no procurement policy and the plan makes none.
    fn of(experience: &Experience, planned: Vec<ExperienceEdit>) -> Option<Self> {
        let policy = experience.policy.as_ref();
        let live = policy.map(|it| Self { approved: it.approved.clone(), denied: it.denied.clone() });
        planned.into_iter().fold(live, |after, edit| {
            let mut after = after.unwrap_or_default();
            if let ExperienceEdit::Product(ProductEdit { product, before: _, after: listing, notes: _ }) = edit {
                let (to, from) = match listing {
                    Listing::Approved => (&mut after.approved, &mut after.denied),
                    Listing::Denied => (&mut after.denied, &mut after.approved),
                };
                from.remove(&product);
                to.insert(product);
            }
            Some(after)
        })
    }

    /// The lists of a file that mirrors the experience.
    fn lists(self, mirror: &Mirror) -> ProductLists {
        let Self { approved, denied } = self;
        let Mirror { organization: _, account: _, experience: _, ignored, unlisted, source } = mirror;
        let entry = DesiredProduct { notes: None, until: None, source: source.clone() };
        let listed = |ids: &mut dyn Iterator<Item = ProductId>| {
            ids.filter(|id| !ignored.contains_key(id)).map(|id| (id, entry.clone())).collect()
        };
        let rejected = listed(&mut denied.difference(&approved).cloned());
        let (approved, expired) = (listed(&mut approved.into_iter()), BTreeMap::new());
        ProductLists { approved, rejected, expired, ignored: ignored.clone(), unlisted: *unlisted }
    }
}

/// Makes each change that follows a mirrored experience wait for the change that it follows. If that experience gets
/// its first procurement policy, all of them wait for that: until then everything can be bought there.
pub(super) fn link(targets: &mut [Target]) {
    let mut changes: BTreeMap<ExperienceKeyOf, BTreeMap<String, ChangeId>> = BTreeMap::new();
    let mut policies: BTreeMap<ExperienceKeyOf, ChangeId> = BTreeMap::new();
    for target in targets.iter() {
        let Some(Work::Experience { experience: Resource { id: Some(id), name: _ }, policy: _, changes: planned }) =
            target.work()
        else {
            continue;
        };
        let key = (target.account.clone(), id.clone());
        for change in planned {
            let id = change.seen().id(&target.name);
            match &change.edit {
                ExperienceEdit::Policy { .. } => drop(policies.insert(key.clone(), id)),
                ExperienceEdit::Product(_) => {
                    changes.entry(key.clone()).or_default().insert(id.key.clone(), id);
                }
                _ => {}
            }
        }
    }
    for target in targets {
        let TargetState::Complete {
            work: Work::Experience { experience: _, policy: _, changes: planned },
            left_alone: _,
        } = &mut target.state
        else {
            continue;
        };
        for change in planned {
            let Because::Mirrors(Mirrored { account, experience, .. }) = &change.about.because else { continue };
            let key = (account.clone(), experience.clone());
            let edit = change.edit.edit();
            let same = changes.get(&key).and_then(|of_it| of_it.get(&edit.key()));
            let same = same.filter(|_| edit.kind() != Kind::ProcurementPolicy);
            change.about.waits_for.extend(policies.get(&key).into_iter().chain(same).cloned());
        }
    }
}
