//! What one portfolio file asks of several regions alike is told once, with the regions.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{About, ChangeRef, Resource, Target, Work};
use crate::model::edit::Kind;
use crate::model::target::TargetName;

/// A change, and what else has to be the same for it to be the same change.
pub(super) type With<'a, T> = (ChangeRef<'a>, T);

/// A target, and its changes.
pub(super) type Changed<'a, T> = (&'a Target, Vec<With<'a, T>>);

/// Changes that several targets share, in words that hold for each of them.
#[derive(Debug)]
pub(super) struct Shared<'a, T> {
    /// The targets, at least two, in the order of the plan.
    pub(super) targets: Vec<&'a Target>,
    /// The changes as the first of them has them.
    pub(super) changes: Vec<With<'a, T>>,
}

/// The changes of some targets: those that several regions share, and what is left of each target.
#[derive(Debug)]
pub(super) struct Regions<'a, T> {
    /// By the first target.
    shared: BTreeMap<&'a TargetName, Vec<Shared<'a, T>>>,
    own: BTreeMap<&'a TargetName, Vec<With<'a, T>>>,
}

/// Targets whose changes can be the same: those of one file, one account and one name, in different regions.
type Family<'a> = (String, &'a str, String);

impl<'a, T: PartialEq> Regions<'a, T> {
    /// Of targets with their changes, in the order of the plan.
    pub(super) fn of(targets: impl IntoIterator<Item = Changed<'a, T>>) -> Self {
        let mut regions = Self { shared: BTreeMap::new(), own: BTreeMap::new() };
        let mut families: BTreeMap<Family<'a>, Vec<Changed<'a, T>>> = BTreeMap::new();
        for (target, changes) in targets {
            match family(target) {
                Some(family) if !changes.is_empty() => families.entry(family).or_default().push((target, changes)),
                Some(_) | None => drop(regions.own.insert(&target.name, changes)),
            }
        }
        for members in families.into_values() {
            regions.part(members);
        }
        regions
    }

    /// Parts what the members of a family share from what each has alone.
    fn part(&mut self, members: Vec<Changed<'a, T>>) {
        let sets = sets(&members);
        let mut by_set: BTreeMap<Vec<usize>, Vec<With<'a, T>>> = BTreeMap::new();
        let targets: Vec<&'a Target> = members.iter().map(|(target, _)| *target).collect();
        for (at, (target, changes)) in members.into_iter().enumerate() {
            let mut own = Vec::new();
            for (change, with) in changes {
                match sets.get(&(at, change.edit.kind(), change.edit.key())) {
                    Some(set) if set.first() == Some(&at) => {
                        by_set.entry(set.clone()).or_default().push((change, with));
                    }
                    Some(_) => {}
                    None => own.push((change, with)),
                }
            }
            self.own.insert(&target.name, own);
        }
        for (set, changes) in by_set {
            let targets: Vec<&'a Target> = set.iter().filter_map(|at| targets.get(*at).copied()).collect();
            let Some(first) = targets.first() else { continue };
            let shared = self.shared.entry(&first.name).or_default();
            shared.push(Shared { targets, changes });
            // What takes away stands first, then what concerns most.
            shared.sort_by_key(|Shared { targets, changes }| {
                (changes.iter().map(|(change, _)| change.edit.effect()).min(), Reverse(targets.len()))
            });
        }
    }

    /// What begins at a target: it is told before what is left of that target.
    pub(super) fn beginning_at(&self, target: &Target) -> &[Shared<'a, T>] {
        self.shared.get(&target.name).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is left of a target.
    pub(super) fn own(&self, target: &Target) -> &[With<'a, T>] {
        self.own.get(&target.name).map(Vec::as_slice).unwrap_or_default()
    }
}

fn family(target: &Target) -> Option<Family<'_>> {
    let Resource { id: _, name } = target.work().map(Work::resource)?;
    let of = match &target.name {
        TargetName::Portfolio { file, organization, region: _, former: None } => format!("{file}/{organization}"),
        TargetName::Recipient { file, account: Some(_), region: _ } => format!("{file}/"),
        TargetName::Portfolio { .. } | TargetName::Recipient { .. } | TargetName::Marketplace { .. } => return None,
    };
    Some((of, target.account.as_str(), name))
}

/// The members that have a change alike, and one of them with it.
type Alike<'a, 'm, T> = (Vec<usize>, &'a Target, &'m With<'a, T>);

/// The members that share a change, for each of their changes that is shared.
fn sets<'a, T: PartialEq>(members: &[Changed<'a, T>]) -> BTreeMap<(usize, Kind, String), Vec<usize>> {
    let mut alike: BTreeMap<(Kind, String), Vec<Alike<'a, '_, T>>> = BTreeMap::new();
    for (at, (target, changes)) in members.iter().enumerate() {
        for change in changes {
            let known = alike.entry((change.0.edit.kind(), change.0.edit.key())).or_default();
            match known.iter_mut().find(|(_, other, it)| is_same((*other, *it), (*target, change))) {
                Some((set, _, _)) => set.push(at),
                None => known.push((vec![at], *target, change)),
            }
        }
    }
    let mut sets = BTreeMap::new();
    for ((kind, key), known) in alike {
        for set in known.into_iter().map(|(set, _, _)| set).filter(|set| set.len() > 1) {
            sets.extend(set.iter().map(|at| ((*at, kind, key.clone()), set.clone())));
        }
    }
    sets
}

/// Whether two changes read the same but for the region.
fn is_same<T: PartialEq>((target, one): (&Target, &With<'_, T>), (other, two): (&Target, &With<'_, T>)) -> bool {
    let About { origin, because, waits_for: _, takes_from, audience: _, label, notes } = one.0.about;
    let so = two.0.about;
    one.1 == two.1
        && one.0.edit == two.0.edit
        && (origin, because, takes_from, label, notes)
            == (&so.origin, &so.because, &so.takes_from, &so.label, &so.notes)
        && waited(target, one.0) == waited(other, two.0)
}

/// The changes that one waits for, those of its own target told from others.
fn waited<'a>(target: &Target, change: ChangeRef<'a>) -> BTreeSet<(Option<&'a TargetName>, Kind, &'a str)> {
    let others = change.about.waits_for.iter();
    others.map(|id| ((id.target != target.name).then_some(&id.target), id.kind, id.key.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// For each part the regions, and what is changed there.
    fn parts(targets: &[Target]) -> Vec<(String, Vec<String>)> {
        let with = targets.iter().map(|target| (target, target.changes().map(|change| (change, ())).collect()));
        let regions = Regions::of(with);
        let keys = |changes: &[With<'_, ()>]| changes.iter().map(|(change, ())| change.edit.key()).collect::<Vec<_>>();
        let mut parts = Vec::new();
        for target in targets {
            for Shared { targets, changes } in regions.beginning_at(target) {
                let names: Vec<&str> = targets.iter().map(|target| target.region.as_str()).collect();
                parts.push((names.join(" "), keys(changes)));
            }
            if !regions.own(target).is_empty() {
                parts.push((target.region.to_string(), keys(regions.own(target))));
            }
        }
        parts
    }

    #[test]
    fn change_is_told_with_all_regions_that_have_it_and_what_differs_stands_apart() {
        let part = |regions: &str, keys: &[&str]| (regions.to_owned(), keys.iter().map(|&it| it.to_owned()).collect());
        assert_eq!(
            parts(&sample::in_three_regions()),
            [
                part("eu-west-1 us-east-1 us-west-2", &["ou-acme-prod0001", "999999999999"]),
                part("eu-west-1 us-east-1", &["333333333331"]),
                part("us-east-1", &["ou-acme-shop0001"]),
                part("us-west-2", &["ou-acme-shop0001", "333333333331"]),
            ]
        );
    }

    #[test]
    fn other_portfolios_and_other_files_share_nothing() {
        let mut targets = sample::in_three_regions();
        targets.truncate(2);
        targets[0].account = "111111111119".parse().unwrap();
        assert!(parts(&targets).iter().all(|(regions, _)| !regions.contains(' ')));
    }
}
