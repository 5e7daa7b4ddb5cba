//! Orders the moves of principals from the audience of one experience to that of another. AWS takes a principal into at
//! most one audience. So it leaves the one before it joins the other, and only once the other is ready for it. If it
//! can't join the other, it stays where it is.

use std::collections::{BTreeMap, BTreeSet};

use super::experience::principal;
use super::governed::{ExperienceKeyOf, List};
use crate::model::audience::AudiencePrincipal;
use crate::model::change::{Change, ChangeId, Target, TargetState, Work};
use crate::model::desired::ExperienceSelector;
use crate::model::edit::ExperienceEdit;
use crate::model::experience::ExperienceStatus;
use crate::model::finding::Source;
use crate::model::id::{AccountId, ExperienceId};
use crate::model::live::{Live, Reading};
use crate::model::target::{ExperienceKey, TargetName};

/// A principal, by marketplace account.
type Key = (AccountId, AudiencePrincipal);

/// The audiences that the catalog asks for.
struct Wanted<'a> {
    lists: &'a [List<'a>],
    by: BTreeMap<Key, Vec<(&'a TargetName, Source)>>,
    /// Marketplace accounts with an audience whose unit can't be told, each with the target and the reason.
    doubt: BTreeMap<&'a AccountId, (&'a TargetName, String)>,
}

/// Sets what the changes of principals that move wait for, and blocks the targets whose principals can't move.
pub(super) fn link(targets: &mut [Target], lists: &[List<'_>], live: &Live) {
    let wanted = Wanted::of(lists, live);
    // A blocked target may block others, so this is repeated until a round blocks none.
    loop {
        let mut obstacles = wanted.obstacles(targets, live);
        if obstacles.is_empty() {
            break;
        }
        for target in targets.iter_mut() {
            if let Some((reason, source)) = obstacles.remove(&target.name) {
                target.state = TargetState::Unreadable { reason, source };
            }
        }
    }
    let moves = Moves::of(targets);
    let mut first: BTreeMap<(TargetName, TargetName), ChangeId> = BTreeMap::new();
    for (at, change, key) in each(targets) {
        let Some(about) = about(targets, at, change) else { continue };
        let waits_for = match &about.edit {
            ExperienceEdit::Join(_) => moves.leaves.get(&key).cloned().into_iter().collect(),
            ExperienceEdit::Leave(_) => {
                let Some(join) = moves.joins.get(&key) else { continue };
                let id = about.id;
                // AWS takes all that move between the same two experiences together. Only the first one waits until the
                // other experience is ready, and the rest wait for the first.
                let way = (id.target.clone(), join.target.clone());
                if let Some(first) = first.get(&way) {
                    BTreeSet::from([first.clone()])
                } else {
                    first.insert(way, id);
                    moves.ready.get(&join.target).cloned().unwrap_or_default()
                }
            }
            _ => continue,
        };
        if let Some(change) = change_at(targets, at, change) {
            change.about.waits_for.extend(waits_for);
        }
    }
}

struct Named {
    id: ChangeId,
    edit: ExperienceEdit,
}

fn about(targets: &[Target], at: usize, change: usize) -> Option<Named> {
    let target = targets.get(at)?;
    let change = changes(target).get(change)?;
    Some(Named { id: change.seen().id(&target.name), edit: change.edit.clone() })
}

fn changes(target: &Target) -> &[Change<ExperienceEdit>] {
    match target.work() {
        Some(Work::Experience { experience: _, policy: _, changes }) => changes,
        Some(Work::Hub { .. } | Work::Recipient { .. }) | None => &[],
    }
}

fn change_at(targets: &mut [Target], at: usize, change: usize) -> Option<&mut Change<ExperienceEdit>> {
    match &mut targets.get_mut(at)?.state {
        TargetState::Complete { work: Work::Experience { experience: _, policy: _, changes }, left_alone: _ } => {
            changes.get_mut(change)
        }
        TargetState::Complete { .. } | TargetState::Unreadable { .. } => None,
    }
}

/// Every change about a principal: the place of its target, its own place there, and the principal.
fn each(targets: &[Target]) -> Vec<(usize, usize, Key)> {
    let of_target = |(at, target): (usize, &Target)| {
        let account = target.account.clone();
        let found = changes(target).iter().enumerate().filter_map(move |(number, change)| match &change.edit {
            ExperienceEdit::Join(principal) | ExperienceEdit::Leave(principal) => {
                Some((at, number, (account.clone(), principal.clone())))
            }
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    targets.iter().enumerate().flat_map(of_target).collect()
}

/// The joins and leaves of principals, and the changes that make a target ready to take principals over.
#[derive(Default)]
struct Moves {
    joins: BTreeMap<Key, ChangeId>,
    leaves: BTreeMap<Key, ChangeId>,
    ready: BTreeMap<TargetName, BTreeSet<ChangeId>>,
}

impl Moves {
    fn of(targets: &[Target]) -> Self {
        let mut moves = Self::default();
        for target in targets {
            for change in changes(target) {
                let id = change.seen().id(&target.name);
                match &change.edit {
                    ExperienceEdit::Join(principal) => {
                        moves.joins.insert((target.account.clone(), principal.clone()), id);
                    }
                    ExperienceEdit::Leave(principal) => {
                        moves.leaves.insert((target.account.clone(), principal.clone()), id);
                    }
                    ExperienceEdit::Create(_)
                    | ExperienceEdit::Policy { .. }
                    | ExperienceEdit::Product(_)
                    | ExperienceEdit::Status { before: ExperienceStatus::Archived, .. } => {
                        moves.ready.entry(target.name.clone()).or_default().insert(id);
                    }
                    ExperienceEdit::Describe { .. }
                    | ExperienceEdit::Requests(_)
                    | ExperienceEdit::Brand { .. }
                    | ExperienceEdit::Status { .. } => {}
                }
            }
        }
        moves
    }
}

impl<'a> Wanted<'a> {
    fn of(lists: &'a [List<'a>], live: &Live) -> Self {
        let mut wanted = Self { lists, by: BTreeMap::new(), doubt: BTreeMap::new() };
        for list in lists {
            let account = &list.entry.account;
            // Principals that are known count even if others of the list can't be told: one that is to go over to a
            // blocked list stays.
            let principals = list.entry.terms.audience.iter().flat_map(|audience| &audience.principals);
            for (who, source) in principals {
                match principal((who, source), list.entry, live) {
                    Ok(principal) => {
                        let by = wanted.by.entry((account.clone(), principal)).or_default();
                        by.push((&list.name, source.clone()));
                    }
                    Err(blocked) => drop(wanted.doubt.insert(account, (&list.name, blocked.reason))),
                }
            }
        }
        wanted
    }

    /// The targets that can't be carried out as they are planned, and why.
    fn obstacles(&self, targets: &[Target], live: &Live) -> BTreeMap<TargetName, (String, Option<Source>)> {
        let moves = Moves::of(targets);
        let found = each(targets).into_iter().filter_map(|(at, number, key)| {
            let target = targets.get(at)?;
            let change = changes(target).get(number)?;
            let reason = match &change.edit {
                ExperienceEdit::Join(_) => self.not_free(target, &key, &moves, targets, live)?,
                _ => self.not_received(target, &key, &moves, targets)?,
            };
            Some((target.name.clone(), (reason, change.about.because.source().cloned())))
        });
        found.collect()
    }

    /// Why a principal can't join: another experience has it, or asks for it too.
    fn not_free(&self, target: &Target, key: &Key, moves: &Moves, targets: &[Target], live: &Live) -> Option<String> {
        let (account, principal) = key;
        let mut others = self.by.get(key).into_iter().flatten().filter(|(name, _)| **name != target.name);
        if let Some((other, Source { file, line, .. })) = others.next() {
            let reason = format!(
                "{principal} is in the audience of {other} as well ({file}:{line}), and AWS allows one audience for each \
                 principal: remove it from one of the two"
            );
            return Some(reason);
        }
        let Some(Reading::Complete(audiences)) = live.audiences.get(account) else { return None };
        let own = target.work()?.resource().id.map(str::to_owned);
        let holder =
            audiences.iter().find(|(id, of_it)| own.as_deref() != Some(id.as_str()) && of_it.contains(principal));
        let (holder, _) = holder?;
        let leaves = moves.leaves.get(key).and_then(|id| targets.iter().find(|target| target.name == id.target));
        if leaves.and_then(|it| it.work()?.resource().id).is_some_and(|id| id == holder.as_str()) {
            return None;
        }
        let name = name_of(account, holder, live).map(|name| format!(" {name}")).unwrap_or_default();
        let why = self.why_it_stays(&(account.clone(), holder.clone()), targets, live);
        Some(format!("{principal} is in the audience of experience{name} {holder}, {why}"))
    }

    /// Why a principal can't leave: the experience that is to take it over can't be told, or can't take it.
    fn not_received(&self, target: &Target, key: &Key, moves: &Moves, targets: &[Target]) -> Option<String> {
        let (account, principal) = key;
        let others = self.by.get(key).into_iter().flatten().filter(|(name, _)| **name != target.name);
        for (other, Source { file, line, .. }) in others {
            let goes_over = format!("{principal} is to go over to {other} ({file}:{line})");
            let found = targets.iter().find(|target| target.name == **other);
            if let Some(TargetState::Unreadable { reason, source: _ }) = found.map(|it| &it.state) {
                return Some(format!("{goes_over}, which can't be planned: {reason}"));
            }
            // Nothing is planned for an archived experience that stays archived.
            if moves.joins.get(key).is_none_or(|join| join.target != **other) {
                let reason = format!(
                    "{goes_over}, whose experience is archived and stays so: revive it, with `status: enabled` or \
                     `status: disabled`, or take it out of that `audience`"
                );
                return Some(reason);
            }
        }
        // A unit that can't be found by its path may be this one.
        let is_unit = matches!(principal, AudiencePrincipal::Ou(_));
        let (other, reason) = self.doubt.get(account).filter(|_| is_unit && !self.by.contains_key(key))?;
        Some(format!("{principal} leaves, and {other} may want it, which can't be told: {reason}"))
    }

    /// Why a principal stays in the audience of an experience, and what helps: the end of a sentence that names both.
    fn why_it_stays(&self, holder: &ExperienceKeyOf, targets: &[Target], live: &Live) -> String {
        let (account, id) = holder;
        let experience = live.experience(account, id);
        let is_archived = experience.is_some_and(|it| it.status == ExperienceStatus::Archived);
        let governs = |list: &&List<'_>| match &list.name {
            // A blocked list may have no key.
            TargetName::Marketplace { experience: ExperienceKey::Id(named), .. } => named == id,
            TargetName::Marketplace { experience: ExperienceKey::Name(name), .. } => match list.key() {
                Some(key) => key == *holder,
                None => name_of(account, id, live) == Some(name),
            },
            _ => false,
        };
        let Some(list) = self.lists.iter().filter(|list| list.entry.account == *account).find(governs) else {
            let first = if is_archived { "revive it and " } else { "" };
            return format!(
                "which no file governs, and AWS allows one audience for each principal: {first}remove it there, or give \
                 that experience an entry with an `audience`"
            );
        };
        let (name, Source { file, line, .. }) = (&list.name, &list.entry.source);
        let target = targets.iter().find(|target| target.name == *name);
        if let Some(TargetState::Unreadable { reason, source: _ }) = target.map(|it| &it.state) {
            return format!("and {name} ({file}:{line}), which governs that, can't be planned: {reason}");
        }
        if is_archived {
            return format!(
                "which stays archived ({file}:{line}), and AWS allows one audience for each principal: revive that \
                 experience first, with `status: disabled`"
            );
        }
        let leaves = format!("and {name} leaves it there, but AWS allows one audience for each principal.");
        match list.entry.selector {
            ExperienceSelector::One(_) => format!("{leaves} Give that entry an `audience` without it"),
            ExperienceSelector::AllLive { .. } => format!(
                "{leaves} Give that experience an entry of its own with an `audience` without it, and name it in `except` \
                 at {file}:{line}"
            ),
        }
    }
}

/// The name of an experience. The list may give it even if the experience itself could not be read.
fn name_of<'a>(account: &AccountId, id: &ExperienceId, live: &'a Live) -> Option<&'a str> {
    let listed = || match &live.experiences.get(account)?.listed {
        Some(Reading::Complete(all)) => all.iter().find(|named| named.id == *id).map(|named| named.name.as_str()),
        Some(Reading::Unreadable(_)) | None => None,
    };
    live.experience(account, id).map(|it| it.name.as_str()).or_else(listed)
}
