//! Applies with a fault in the way: no wrong removal, no lost change and a truthful report. A second run without the
//! fault ends in the same state as a run that had none.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_sync::sandbox::World;
use serde_json::Value;

use super::super::commands::bed::{Bed, Ran};
use super::case::{Case, Verdict, check};
use super::facts::facts;
use super::scene::{self, Scene};
use super::trouble::{self, FAULTS, MARK};

/// What a run without faults makes of a scene.
pub(super) struct Truth {
    pub(super) scene: &'static Scene,
    pub(super) start: World,
    before: BTreeSet<String>,
    pub(super) after: BTreeSet<String>,
    /// How often the run without faults calls each operation.
    pub(super) calls: Vec<(String, u32)>,
}

/// A change in a report: target, kind, key and action.
type Key = [String; 4];

impl Truth {
    pub(super) fn of(scene: &'static Scene) -> Self {
        let bed = scene.bed();
        let start = scene::world(&bed);
        let ran = apply(&bed, &[]).ends(0);
        let calls = scene::calls(&ran.stderr).into_iter().collect();
        let end = scene::world(&bed);
        bed.sandbox(&["plan", "-q"]).ends(0).shows("nothing to change");
        let (before, after) = (facts(&start, &start), facts(&start, &end));
        assert!(!before.is_subset(&after) && !after.is_subset(&before), "{}: something comes and goes", scene.name);
        Self { scene, start, before, after, calls }
    }

    /// Applies with a fault, checks the world and the report, then applies again without it.
    fn hold(&self, fault: &dyn Fn(&mut World), options: &[&str], names: &[&str]) -> Verdict {
        let bed = self.scene.bed();
        bed.change_world(|world| fault(world));
        let first = apply(&bed, options);
        let applied = changes(&bed, Some("applied"));
        let after_first = self.safe(&scene::world(&bed), &first)?;
        let done = after_first == self.after;
        check([0, 1, 5].contains(&first.status), || told(&first, "an exit status of an apply"))?;
        check(first.status != 0 || done, || {
            let differences = differences(&self.after, &after_first);
            told(&first, &format!("it said that all is done, and it is not\n{differences}"))
        })?;
        let names_it = names.is_empty() || names.iter().any(|name| first.stdout.contains(name));
        check(first.status == 0 || names_it, || told(&first, &format!("it does not say why: none of {names:?}")))?;
        bed.change_world(|world| trouble::behave_as(world, self.start.clone()));
        let second = apply(&bed, &[]);
        check(second.status == 0, || {
            format!("{}\n--- the run before\n{}", told(&second, "the run after it failed"), first.stdout)
        })?;
        let left = changes(&bed, None);
        let twice: Vec<&Key> = applied.intersection(&left).collect();
        check(twice.is_empty(), || told(&first, &format!("told as applied, and still to be made: {twice:?}")))?;
        let end = facts(&self.start, &scene::world(&bed));
        check(end == self.after, || {
            format!("it ends otherwise than without trouble\n{}\n{}", differences(&self.after, &end), first.stdout)
        })
    }

    /// Checks what every run must guarantee: it removed nothing and made nothing that the plan does not hold, and it
    /// did not panic.
    pub(super) fn safe(&self, world: &World, ran: &Ran) -> Result<BTreeSet<String>, String> {
        let now = facts(&self.start, world);
        let lost: Vec<&String> = self.before.intersection(&self.after).filter(|it| !now.contains(*it)).collect();
        check(lost.is_empty(), || told(ran, &format!("taken away, and no part of the plan: {lost:#?}")))?;
        let strange: Vec<&String> =
            now.iter().filter(|it| !self.before.contains(*it) && !self.after.contains(*it)).collect();
        check(strange.is_empty(), || told(ran, &format!("made, and no part of the plan: {strange:#?}")))?;
        check(!ran.stderr.contains("panicked"), || told(ran, "a panic"))?;
        Ok(now)
    }
}

fn apply(bed: &Bed, options: &[&str]) -> Ran {
    // A report of the run before must not be taken for one of this run.
    let _none = std::fs::remove_file(bed.path("report.json"));
    let usual = ["apply", "--auto-approve", "--verbose", "--out", "report.json", "--allow-removals", "99"];
    bed.sandbox(&[&usual, options].concat())
}

/// The changes of the report: all of them, or those with the given result.
fn changes(bed: &Bed, result: Option<&str>) -> BTreeSet<Key> {
    let Ok(text) = std::fs::read_to_string(bed.path("report.json")) else { return BTreeSet::new() };
    let report: Value = serde_json::from_str(&text).unwrap();
    let of = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let targets = report["targets"].as_array().unwrap().iter();
    let all = targets.flat_map(|target| target["changes"].as_array().unwrap().iter().map(move |it| (target, it)));
    let wanted = all.filter(|(_, change)| result.is_none_or(|result| change["result"] == result));
    wanted.map(|(target, it)| [of(target, "name"), of(it, "kind"), of(it, "key"), of(it, "action")]).collect()
}

pub(super) fn told(ran: &Ran, what: &str) -> String {
    format!("{what}\n--- exit status {}\n{}\n--- standard error\n{}", ran.status, ran.stdout, ran.stderr)
}

pub(super) fn differences(expected: &BTreeSet<String>, found: &BTreeSet<String>) -> String {
    let missing = expected.difference(found).map(|it| format!("  missing: {it}\n"));
    let more = found.difference(expected).map(|it| format!("  too much: {it}\n"));
    missing.chain(more).collect()
}

/// Each fault in each call of each scene, and each habit of AWS that a run has to cope with.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in scene::SCENES {
        let truth = Arc::new(Truth::of(scene));
        for (operation, count) in truth.calls.clone() {
            for fault in FAULTS {
                cases.extend(trouble::places(count).into_iter().map(|skip| {
                    let (truth, operation) = (Arc::clone(&truth), operation.clone());
                    let kind = format!("apply/{}/{}", scene.name, fault.name);
                    let place = format!("{operation} {}", skip + 1);
                    Case::new(kind, place, move || {
                        let faults = (fault.makes)(&operation, skip);
                        truth.hold(&|world| world.faults.extend(faults.clone()), fault.options(), &[MARK, &operation])
                    })
                }));
            }
        }
        for habit in trouble::habits() {
            let truth = Arc::clone(&truth);
            cases.push(Case::new(format!("apply/{}/habits", scene.name), habit.clone(), move || {
                truth.hold(&|world| trouble::take_on(world, &habit), &[], &[])
            }));
        }
    }
    cases
}
