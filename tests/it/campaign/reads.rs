//! Read-only commands with a fault in the way. They print the same as without the fault, or say what they could not
//! find out, and they change nothing.

use std::sync::Arc;

use catalog_sync::sandbox::World;

use super::super::commands::bed::{Bed, Ran};
use super::apply::told;
use super::case::{Case, Verdict, check};
use super::facts::facts;
use super::scene::{self, Scene};
use super::trouble::{self, FAULTS, MARK};

/// Every command that reads AWS and changes nothing, with the options that make it read more.
const COMMANDS: [&[&str]; 11] = [
    &["plan", "--all"],
    &["plan", "--reach", "--usage", "--format", "json"],
    &["drift"],
    &["import", "--dry-run"],
    &["import", "--adopt", "--dry-run"],
    &["explain", "333333333331"],
    &["explain", "--product", "prod-0000000000001"],
    &["map", "--output", "map.html", "--force"],
    &["doctor"],
    &["products", "search", "harbor"],
    &["products", "show", "prod-4xk6p2ab3cdef"],
];

/// What a command prints without faults.
struct Truth {
    scene: &'static Scene,
    command: &'static [&'static str],
    said: String,
    status: i32,
    calls: Vec<(String, u32)>,
}

/// Runs a command. The text is its standard output, with the page that `map` writes.
fn run(bed: &Bed, command: &[&str], options: &[&str]) -> (Ran, String) {
    let ran = bed.sandbox(&[command, &["--verbose"], options].concat());
    let page = if command[0] == "map" && ran.status == 0 { bed.read("map.html") } else { String::new() };
    let said = format!("{}{}", ran.stdout, timeless(&page));
    (ran, said)
}

/// The page without the time at which it was made.
fn timeless(page: &str) -> String {
    const MADE: &str = r#""made":{"at":""#;
    let Some((before, moment)) = page.split_once(MADE) else { return page.to_owned() };
    format!("{before}{MADE}{}", moment.trim_start_matches(|c| c != '"'))
}

impl Truth {
    fn of(scene: &'static Scene, command: &'static [&'static str]) -> Option<Self> {
        let bed = scene.bed();
        let (ran, said) = run(&bed, command, &[]);
        // A scene may lack what a command needs, such as an account. The command then has no case in it.
        if ![0, 3].contains(&ran.status) {
            return None;
        }
        let calls = scene::calls(&ran.stderr).into_iter().collect();
        assert_eq!(run(&bed, command, &[]).1, said, "{command:?} says the same of the same world");
        Some(Self { scene, command, said, status: ran.status, calls })
    }

    fn hold(&self, trouble: &dyn Fn(&mut World), options: &[&str], names: &[&str]) -> Verdict {
        let bed = self.scene.bed();
        bed.change_world(|world| trouble(world));
        let before = scene::world(&bed);
        let (ran, said) = run(&bed, self.command, options);
        let (start, after) = (scene::world(&self.scene.bed()), scene::world(&bed));
        check(facts(&start, &before) == facts(&start, &after), || told(&ran, "something was changed"))?;
        check(!ran.stderr.contains("panicked"), || told(&ran, "a panic"))?;
        if said == self.said && ran.status == self.status {
            return Ok(());
        }
        let told_of = |name: &&str| said.contains(name) || ran.stderr.contains(name);
        check(names.is_empty() || names.iter().any(told_of), || {
            told(&ran, &format!("it says something else, and not why: none of {names:?}"))
        })?;
        check([0, 1, 3].contains(&ran.status), || told(&ran, "an exit status of a command that looks"))?;
        // If differences were found without the fault, an exit status of 0 would hide them. What can't be read ends
        // with 1.
        check(!(self.status == 3 && ran.status == 0), || told(&ran, "it ends as if all were in step"))
    }
}

/// Each fault in each call of each command in each scene, and the habits of AWS.
pub(super) fn cases(scenes: &'static [Scene]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (scene, command) in scenes.iter().flat_map(|scene| COMMANDS.iter().map(move |command| (scene, *command))) {
        let Some(truth) = Truth::of(scene, command).map(Arc::new) else { continue };
        let words = command.join(" ");
        for (operation, count) in truth.calls.clone() {
            for fault in FAULTS {
                cases.extend(trouble::places(count).into_iter().map(|skip| {
                    let (truth, operation) = (Arc::clone(&truth), operation.clone());
                    let kind = format!("{words}/{}/{}", scene.name, fault.name);
                    Case::new(kind, format!("{operation} {}", skip + 1), move || {
                        let faults = (fault.makes)(&operation, skip);
                        truth.hold(&|world| world.faults.extend(faults.clone()), fault.options(), &[MARK, &operation])
                    })
                }));
            }
        }
        for habit in trouble::habits().into_iter().filter(|habit| !habit.contains("inherited_rows")) {
            let truth = Arc::clone(&truth);
            cases.push(Case::new(format!("{words}/{}/habits", scene.name), habit.clone(), move || {
                truth.hold(&|world| trouble::take_on(world, &habit), &[], &[])
            }));
        }
    }
    cases
}
