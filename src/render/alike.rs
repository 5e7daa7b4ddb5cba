//! Groups changes that one portfolio file makes in several regions or recipient accounts, so that each is shown once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{Because, ChangeRef, Origin, Resource, Target, Work};
use crate::model::edit::{Action, Kind};
use crate::model::id::{AccountId, Region};
use crate::model::target::TargetName;

use super::line::{Line, View};
use super::words::count;

/// A change, with a value of the renderer that must be equal too for changes to be shown together.
pub(super) type With<'a, T> = (ChangeRef<'a>, T);

/// A target, and its changes.
pub(super) type Changed<'a, T> = (&'a Target, Vec<With<'a, T>>);

/// Changes that several targets share. The targets are one or more accounts, each in the same regions.
#[derive(Debug)]
pub(super) struct Shared<'a, T> {
    /// The targets, at least two, in the order of the plan.
    pub(super) targets: Vec<&'a Target>,
    /// The changes, taken from the first target.
    pub(super) changes: Vec<With<'a, T>>,
}

/// The changes of some targets: those that several targets share, and the rest of each target.
#[derive(Debug)]
pub(super) struct Alike<'a, T> {
    /// By the name of the first target.
    shared: BTreeMap<&'a TargetName, Vec<Shared<'a, T>>>,
    own: BTreeMap<&'a TargetName, Vec<With<'a, T>>>,
}

/// Targets whose changes may be shown together: the portfolios of one file, account and name in several regions, or the
/// accounts that receive one portfolio. The parts are the file with the organization, the account and the portfolio's
/// name.
type Family<'a> = (String, &'a str, String);

/// A key that is equal for changes that look the same to a reader. It holds everything that is shown, and the origin.
/// ARNs that differ only in the account are equal.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Same<'a, T> {
    kind: Kind,
    action: Action,
    origin: Origin,
    because: &'a Because,
    /// A line names only some of the accounts that lose something, so all of them are compared here.
    takes_from: Option<&'a BTreeMap<AccountId, String>>,
    line: Line<'a>,
    with: T,
}

/// A change of a member of a family: the member's index, the change's index in it, and the change.
type Occurrence<'a, T> = (usize, usize, With<'a, T>);

/// Occurrences, mostly of the same change.
type Occurrences<'a, T> = Vec<Occurrence<'a, T>>;

impl<'a, T: Ord + Copy> Alike<'a, T> {
    /// Groups the changes of targets, given in the plan's order, for a view.
    pub(super) fn of(targets: impl IntoIterator<Item = Changed<'a, T>>, view: View<'_>) -> Self {
        let mut alike = Self { shared: BTreeMap::new(), own: BTreeMap::new() };
        let mut families: BTreeMap<Family<'a>, Vec<Changed<'a, T>>> = BTreeMap::new();
        for (target, changes) in targets {
            match family(target) {
                Some(family) if !changes.is_empty() => families.entry(family).or_default().push((target, changes)),
                Some(_) | None => drop(alike.own.insert(&target.name, changes)),
            }
        }
        for members in families.into_values() {
            alike.part(members, view);
        }
        alike
    }

    /// Splits the changes of a family into shared ones and the members' own.
    fn part(&mut self, members: Vec<Changed<'a, T>>, view: View<'_>) {
        let targets: Vec<&'a Target> = members.iter().map(|(target, _)| *target).collect();
        let (alike, mut own) = sorted(members, view);
        let mut by_set: BTreeMap<Vec<usize>, Vec<Occurrence<'a, T>>> = BTreeMap::new();
        for set in alike.into_iter().flat_map(|all| by_regions(&targets, all)) {
            match set.as_slice() {
                [one] => own.push(*one),
                [first, ..] => by_set.entry(set.iter().map(|(at, _, _)| *at).collect()).or_default().push(*first),
                [] => {}
            }
        }
        own.sort_by_key(|(at, nth, _)| (*at, *nth));
        for (at, _, change) in own {
            self.own.extend(
                targets
                    .get(at)
                    .map(|target| (&target.name, Vec::new()))
                    .filter(|(name, _)| !self.own.contains_key(name)),
            );
            if let Some(changes) = targets.get(at).and_then(|target| self.own.get_mut(&target.name)) {
                changes.push(change);
            }
        }
        for (set, mut changes) in by_set {
            changes.sort_by_key(|(_, nth, _)| *nth);
            let targets: Vec<&'a Target> = set.iter().filter_map(|at| targets.get(*at).copied()).collect();
            let Some(first) = targets.first() else { continue };
            let changes = changes.into_iter().map(|(_, _, change)| change).collect();
            let shared = self.shared.entry(&first.name).or_default();
            shared.push(Shared { targets, changes });
            // Removals come first, then the changes of most targets.
            shared.sort_by_key(|Shared { targets, changes }| {
                (changes.iter().map(|(change, _)| change.edit.effect()).min(), Reverse(targets.len()))
            });
        }
    }

    /// The shared changes whose first target this is. They are shown before the target's own changes.
    pub(super) fn beginning_at(&self, target: &Target) -> &[Shared<'a, T>] {
        self.shared.get(&target.name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The changes of a target that it shares with no other.
    pub(super) fn own(&self, target: &Target) -> &[With<'a, T>] {
        self.own.get(&target.name).map(Vec::as_slice).unwrap_or_default()
    }
}

fn family(target: &Target) -> Option<Family<'_>> {
    let Resource { id: _, name } = target.work().map(Work::resource)?;
    let organization = &target.organization;
    match &target.name {
        TargetName::Portfolio { file, organization, region: _, former: None } => {
            Some((format!("{file}/{organization}"), target.account.as_str(), name))
        }
        TargetName::Recipient { file, account: Some(_), region: _ } => {
            Some((format!("{file}/recipients/{organization}"), "", name))
        }
        TargetName::Portfolio { .. } | TargetName::Recipient { .. } | TargetName::Marketplace { .. } => None,
    }
}

/// Groups the changes of a family that look the same. The second part holds those that can't be grouped.
fn sorted<'a, T: Ord + Copy>(
    members: Vec<Changed<'a, T>>,
    view: View<'_>,
) -> (Vec<Occurrences<'a, T>>, Occurrences<'a, T>) {
    let (mut alike, mut alone) = (BTreeMap::<Same<'a, T>, Vec<Occurrence<'a, T>>>::new(), Vec::new());
    let is_one = members.len() < 2;
    for (at, (target, changes)) in members.into_iter().enumerate() {
        for (nth, (change, with)) in changes.into_iter().enumerate() {
            if is_one {
                alone.push((at, nth, (change, with)));
                continue;
            }
            let same = alike.entry(Same::of(target, change, with, view)).or_default();
            // A target with the same change twice shows both.
            let is_again = same.last().is_some_and(|(last, _, _)| *last == at);
            if is_again { &mut alone } else { same }.push((at, nth, (change, with)));
        }
    }
    (alike.into_values().collect(), alone)
}

impl<'a, T> Same<'a, T> {
    fn of(target: &Target, change: ChangeRef<'a>, with: T, view: View<'_>) -> Self {
        let line = Line::of(change, view);
        let is_recipient = matches!(target.name, TargetName::Recipient { .. });
        let line = if is_recipient { line.without(target.account.as_str()) } else { line };
        Self {
            kind: change.edit.kind(),
            action: change.edit.action(),
            origin: change.about.origin,
            because: &change.about.because,
            // A recipient's change takes something from its own account only, which the group's heading names.
            takes_from: change.about.takes_from.as_ref().filter(|_| !is_recipient),
            line,
            with,
        }
    }
}

/// Splits a group so that the accounts of each part have the change in the same regions.
fn by_regions<'a, T: Copy>(targets: &[&'a Target], all: Vec<Occurrence<'a, T>>) -> Vec<Vec<Occurrence<'a, T>>> {
    let place = |it: &Occurrence<'a, T>| targets.get(it.0).map(|target| (&target.account, &target.region));
    let mut regions: BTreeMap<&AccountId, BTreeSet<&Region>> = BTreeMap::new();
    for (account, region) in all.iter().filter_map(place) {
        regions.entry(account).or_default().insert(region);
    }
    let mut parts: BTreeMap<Option<&BTreeSet<&Region>>, Vec<Occurrence<'a, T>>> = BTreeMap::new();
    for it in all {
        parts.entry(place(&it).and_then(|(account, _)| regions.get(account))).or_default().push(it);
    }
    parts.into_values().collect()
}

/// The line of a change that several targets share. Across accounts, it names none of them.
pub(super) fn line_in<'a>(targets: &[&Target], change: ChangeRef<'a>, view: View<'_>) -> Line<'a> {
    let line = Line::of(change, view);
    match targets.first().filter(|_| accounts(targets).len() > 1) {
        Some(first) => line.without(first.account.as_str()),
        None => line,
    }
}

/// The first target in each account.
pub(super) fn accounts<'a>(targets: &[&'a Target]) -> Vec<&'a Target> {
    let mut seen = BTreeSet::new();
    targets.iter().copied().filter(|target| seen.insert(&target.account)).collect()
}

/// The regions, each with the first target in it.
pub(super) fn regions<'a>(targets: &[&'a Target]) -> BTreeMap<&'a Region, &'a Target> {
    let mut regions = BTreeMap::new();
    for target in targets {
        regions.entry(&target.region).or_insert(*target);
    }
    regions
}

/// `3 regions`, `498 accounts`, `498 accounts and 3 regions`.
pub(super) fn each(targets: &[&Target]) -> String {
    match (accounts(targets).len(), regions(targets).len()) {
        (1, regions) => count(regions, "region"),
        (accounts, 1) => count(accounts, "account"),
        (accounts, regions) => format!("{} and {}", count(accounts, "account"), count(regions, "region")),
    }
}

/// `team-7 333333333331`, or only the id if the name is unknown.
pub(super) fn account_of(target: &Target) -> String {
    match target.account_name.as_deref() {
        Some(name) if !name.is_empty() => format!("{name} {}", target.account),
        Some(_) | None => target.account.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The regions and the changes of each part.
    fn parts(targets: &[Target]) -> Vec<(String, Vec<String>)> {
        let with = targets.iter().map(|target| (target, target.changes().map(|change| (change, ())).collect()));
        let regions = Alike::of(with, View::Done);
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

    /// A line for each part: how many targets share it, and the names of its changes.
    fn told(targets: &[Target]) -> Vec<String> {
        let with = targets.iter().map(|target| (target, target.changes().map(|change| (change, ())).collect()));
        let alike = Alike::of(with, View::Done);
        let mut told = Vec::new();
        for target in targets {
            for Shared { targets, changes } in alike.beginning_at(target) {
                let names = changes.iter().map(|(change, ())| line_in(targets, *change, View::Done).name);
                told.push(format!("{}: {}", each(targets), names.collect::<Vec<_>>().join(" ")));
            }
            let own: Vec<String> = alike.own(target).iter().map(|(change, ())| change.edit.key()).collect();
            if !own.is_empty() {
                told.push(format!("{}: {}", target.account, own.join(" ")));
            }
        }
        told
    }

    #[test]
    fn principal_of_every_account_is_one_change_and_what_one_account_has_alone_stands_apart() {
        let mut targets: Vec<Target> =
            (0..500).map(|number| sample::recipient(number, "us-east-1", &["Analyst"])).collect();
        targets[7] = sample::recipient(7, "us-east-1", &["Analyst", "Special"]);
        assert_eq!(
            told(&targets),
            ["500 accounts: role/Analyst", "333300000007: arn:aws:iam::333300000007:role/Special"]
        );
    }

    #[test]
    fn accounts_are_told_with_the_regions_that_each_of_them_has_it_in() {
        let mut targets: Vec<Target> = ["eu-west-1", "us-east-1"]
            .into_iter()
            .flat_map(|region| (0..4).map(move |number| sample::recipient(number, region, &["Analyst"])))
            .collect();
        targets.remove(0);
        assert_eq!(
            told(&targets),
            ["3 accounts and 2 regions: role/Analyst", "333300000000: arn:aws:iam::333300000000:role/Analyst"]
        );
    }
}
