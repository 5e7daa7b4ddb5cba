//! Keeps the fingerprints of the changes that were shown, and compares a later plan with them.
//!
//! If there is room, each change has its own fingerprint, shortened if need be. Otherwise the record gets coarser by
//! steps: one fingerprint for every target, for every file, for the whole plan. A coarse one counts only as long as
//! nothing in it has changed.

use std::collections::{BTreeMap, BTreeSet};

use super::canonical;
use crate::model::change::{Plan, Released, Target};
use crate::model::id::Name;

/// The changes that were shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed(BTreeSet<String>);

/// How many characters of a fingerprint are kept if room is short: 96 bits, so that nobody can find another change with
/// the same one.
const SHORT: usize = 24;

/// Marks the fingerprint of all changes of a target.
const TARGET: char = 't';

/// Marks the fingerprint of all changes that a file of the catalog asks for.
const FILE: char = 'f';

impl Reviewed {
    /// The record of a plan, change by change.
    pub fn of(plan: &Plan) -> Self {
        Self(changes(plan).chain(released(plan)).collect())
    }

    /// Reads what [`Reviewed::record`] gave.
    pub fn from_record(kept: impl IntoIterator<Item = String>) -> Self {
        Self(kept.into_iter().collect())
    }

    /// The fingerprints to keep of a plan that is shown: the finest step that fits into `room` characters, with one
    /// between any two. The whole plan always fits.
    pub fn record(plan: &Plan, room: usize) -> Vec<String> {
        let steps: [&dyn Fn() -> Vec<String>; 4] = [
            &|| changes(plan).collect(),
            &|| changes(plan).map(|one| short(&one).to_owned()).collect(),
            &|| plan.targets.iter().filter(|target| target.has_changes()).map(of_target).collect(),
            &|| by_file(plan).values().map(|targets| of_targets(FILE, targets)).collect(),
        ];
        let fits = |kept: &Vec<String>| kept.iter().map(|one| one.len() + 1).sum::<usize>() <= room;
        let with_released = |mut kept: Vec<String>| {
            kept.extend(released(plan));
            kept.sort_unstable();
            kept.dedup();
            kept
        };
        let steps = steps.iter().map(|step| with_released(step()));
        steps.into_iter().find(fits).unwrap_or_else(|| vec![plan.digest.clone()])
    }

    /// One fingerprint for all changes of a target.
    pub fn record_of(target: &Target) -> String {
        of_target(target)
    }

    /// Joins two records.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The fingerprints, sorted.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every change of a plan was shown.
    pub fn covers(&self, plan: &Plan) -> bool {
        self.unseen(plan).is_empty()
    }

    /// The changes that were not shown, by target. All other changes are left out.
    pub fn unseen(&self, plan: &Plan) -> Vec<Target> {
        let Self(seen) = self;
        if seen.contains(&plan.digest) {
            return Vec::new();
        }
        let mut unseen = Vec::new();
        for targets in by_file(plan).values().filter(|targets| !seen.contains(&of_targets(FILE, targets))) {
            for target in targets.iter().filter(|target| !seen.contains(&of_target(target))) {
                let rest = target.only(|change| {
                    let fingerprint = canonical::fingerprint(target, change);
                    !seen.contains(&fingerprint) && !seen.contains(short(&fingerprint))
                });
                unseen.extend(Some(rest).filter(Target::has_changes));
            }
        }
        unseen.sort_by_cached_key(|target| target.name.to_string());
        unseen
    }

    /// The released resources that were not shown. They block nothing, since nothing is changed there.
    pub fn unseen_released<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p Released> {
        let is_seen = |released: &&Released| self.0.contains(&canonical::fingerprint_of_released(released));
        let whole = self.0.contains(&plan.digest);
        plan.released.iter().filter(move |released| !whole && !is_seen(released))
    }
}

fn short(fingerprint: &str) -> &str {
    fingerprint.get(..SHORT).unwrap_or(fingerprint)
}

fn changes(plan: &Plan) -> impl Iterator<Item = String> {
    plan.changes().map(|(target, change)| canonical::fingerprint(target, change))
}

fn released(plan: &Plan) -> impl Iterator<Item = String> {
    plan.released.iter().map(canonical::fingerprint_of_released)
}

/// The targets with changes, by their file of the catalog. Files of different folders with the same name are taken
/// together, which only makes the record coarser.
fn by_file(plan: &Plan) -> BTreeMap<&Name, Vec<&Target>> {
    let mut files: BTreeMap<&Name, Vec<&Target>> = BTreeMap::new();
    for target in plan.targets.iter().filter(|target| target.has_changes()) {
        files.entry(target.name.file()).or_default().push(target);
    }
    files
}

fn of_target(target: &Target) -> String {
    of_targets(TARGET, &[target])
}

fn of_targets(mark: char, targets: &[&Target]) -> String {
    let changes = targets.iter().flat_map(|target| target.changes().map(|change| canonical::canonical(target, change)));
    format!("{mark}{}", canonical::fingerprint_of_all(changes.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::{
        About, Because, CatalogVersion, Change, Origin, Resource, TargetState, Untouched, Work,
    };
    use crate::model::edit::{Delta, HubEdit};
    use crate::model::portfolio::Share;

    fn target(file: &str, region: &str, accounts: std::ops::Range<u64>) -> Target {
        let about = About {
            origin: Origin::PullRequest,
            because: Because::Unlisted,
            waits_for: BTreeSet::new(),
            takes_from: None,
            audience: None,
            label: String::new(),
            notes: Vec::new(),
        };
        let changes = accounts.map(|account| {
            let account = format!("{account:012}").parse().unwrap();
            let edit = HubEdit::Share(Delta::Remove(Share::Account { account, tag_options: false }));
            Change { edit, about: about.clone() }
        });
        let portfolio = Resource { id: Some(format!("port-{file}").parse().unwrap()), name: file.to_owned() };
        Target {
            name: format!("portfolio/{file}/acme/{region}").parse().unwrap(),
            organization: "acme".parse().unwrap(),
            account: "111111111111".parse().unwrap(),
            account_name: None,
            region: region.parse().unwrap(),
            state: TargetState::Complete {
                work: Work::Hub { portfolio, changes: changes.collect() },
                left_alone: Untouched::default(),
            },
            warnings: Vec::new(),
            silenced: Vec::new(),
            incomplete_shares: Vec::new(),
        }
    }

    fn plan(targets: Vec<Target>) -> Plan {
        let digest = canonical::digest(&targets);
        let catalog = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
        Plan { digest, catalog, targets, released: Vec::new() }
    }

    fn large() -> Plan {
        plan(vec![target("a", "us-east-1", 0..50), target("a", "eu-west-1", 0..50), target("b", "us-east-1", 0..50)])
    }

    /// How many changes of `now` are unseen by a record of `shown` with this much room.
    fn unseen(shown: &Plan, room: usize, now: &Plan) -> usize {
        let reviewed = Reviewed::from_record(Reviewed::record(shown, room));
        reviewed.unseen(now).iter().map(|target| target.changes().count()).sum()
    }

    #[test]
    fn record_gets_coarser_by_steps_and_covers_what_was_shown_at_each() {
        let sizes: Vec<usize> = [10_000, 4_000, 120, 80, 1].map(|room| Reviewed::record(&large(), room).len()).to_vec();
        assert_eq!(sizes, [150, 150, 3, 2, 1]);
        for room in [10_000, 4_000, 120, 80, 1] {
            assert_eq!(unseen(&large(), room, &large()), 0, "{room}");
        }
    }

    #[test]
    fn what_has_moved_makes_no_more_unseen_than_the_step_must() {
        let mut moved = large();
        moved.targets[2] = target("b", "us-east-1", 0..51);
        moved.digest = canonical::digest(&moved.targets);
        let unseen: Vec<usize> = [10_000, 4_000, 120, 80, 1].map(|room| unseen(&large(), room, &moved)).to_vec();
        assert_eq!(unseen, [1, 1, 51, 51, 151]);
    }

    #[test]
    fn change_that_is_gone_is_fine_where_each_was_kept() {
        let fewer = plan(vec![target("a", "us-east-1", 0..49)]);
        assert_eq!(unseen(&large(), 10_000, &fewer), 0);
        assert_eq!(unseen(&large(), 4_000, &fewer), 0);
    }
}
