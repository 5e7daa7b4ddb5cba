//! Random changes of experiences, with failures on the way. Audiences matter most: a principal in no audience can buy
//! anything.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::model::change::{ChangeId, Plan, Target, TargetState};
use catalog_sync::model::edit::{Edit, ExperienceEdit};
use catalog_sync::model::experience::ExperienceStatus::{Archived, Disabled, Enabled};
use catalog_sync::model::experience::Listing;
use catalog_sync::plan::wire;
use proptest::prelude::*;

use super::audiences::{BY_PATH, Case, Entry, IDS, Listings, NAMES, PRINCIPALS, UNITS, World, case, plan_of};

/// The experience that a file means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    There(usize),
    New,
    Doubt,
}

fn means(case: &Case, world: &World, at: usize, entry: &Entry) -> Means {
    let is_unread = |at: &usize| case.unread.get(*at).copied().unwrap_or_default();
    if !entry.by_name {
        return if is_unread(&at) { Means::Doubt } else { Means::There(at) };
    }
    let bearing: Vec<usize> = (0..world.all.len()).filter(|it| world.all[*it].name == NAMES[at]).collect();
    if case.unlisted || bearing.iter().any(is_unread) {
        return Means::Doubt;
    }
    // An archived experience is not used for one that is to be made.
    let mut usable = bearing.into_iter().filter(|it| !entry.create || world.all[*it].status != Archived);
    usable.next().map_or(Means::New, Means::There)
}

/// The lists that a file asks for; `None` if there is no policy and none is needed.
fn wanted_lists(now: Option<&Listings>, entry: &Entry, is_new: bool) -> Option<Listings> {
    if now.is_none() && entry.keep && entry.products.is_empty() && !is_new {
        return None;
    }
    let mut after = now.cloned().unwrap_or_default();
    for (product, listing) in &mut after {
        if *listing == Listing::Approved && !entry.products.contains_key(product) && !entry.keep {
            *listing = Listing::Denied;
        }
    }
    after.extend(entry.products.clone());
    Some(after)
}

fn governed(world: &World, at: Means) -> BTreeSet<usize> {
    let of = |(principal, of): (&usize, &usize)| (Means::There(*of) == at).then_some(*principal);
    world.members.iter().filter_map(of).collect()
}

/// The audience changes of a file, as far as other files allow them.
#[derive(Debug, Clone, Default)]
struct Outlook {
    joins: BTreeSet<usize>,
    leaves: BTreeSet<usize>,
}

/// Whether a file only asks that an archived experience stays archived.
fn rests(world: &World, means: Means, entry: &Entry) -> bool {
    matches!(means, Means::There(it) if world.all[it].status == Archived) && entry.status == Some(Archived)
}

/// Whether the OU that a file names by its path can't be resolved.
fn doubts_unit(case: &Case, entry: &Entry) -> bool {
    (case.no_walk || case.renamed) && entry.audience.as_ref().is_some_and(|it| it.contains(&BY_PATH))
}

/// The audience changes of a file on its own; `None` if it is blocked.
fn outlook(case: &Case, world: &World, at: usize, entry: &Entry) -> Option<Outlook> {
    let means = means(case, world, at, entry);
    if means == Means::Doubt {
        return None;
    }
    if rests(world, means, entry) {
        return Some(Outlook::default());
    }
    let mut outlook = Outlook::default();
    if let Some(audience) = &entry.audience {
        if case.no_audiences || doubts_unit(case, entry) {
            return None;
        }
        let now = governed(world, means);
        outlook.joins = audience.difference(&now).copied().collect();
        outlook.leaves = now.difference(audience).copied().collect();
    }
    if let Means::There(it) = means
        && world.all[it].status == Archived
        && entry.status.is_none()
    {
        let state = &world.all[it];
        let differs = entry.description.is_some_and(|it| it != state.description)
            || wanted_lists(state.lists.as_ref(), entry, false) != state.lists
            || !outlook.joins.is_empty()
            || !outlook.leaves.is_empty();
        return (!differs).then_some(outlook);
    }
    Some(outlook)
}

/// The audience changes of each file, repeated until nothing changes any more; `None` if a file is blocked.
fn expected(case: &Case, world: &World) -> BTreeMap<usize, Option<Outlook>> {
    let files = || case.entries.iter().enumerate().filter_map(|(at, entry)| Some((at, entry.as_ref()?)));
    let mut all: BTreeMap<usize, Option<Outlook>> =
        files().map(|(at, entry)| (at, outlook(case, world, at, entry))).collect();
    let wants = |entry: &Entry, principal: &usize| {
        let is_known = *principal != BY_PATH || !doubts_unit(case, entry);
        is_known && entry.audience.as_ref().is_some_and(|it| it.contains(principal))
    };
    loop {
        let before = all.clone();
        for (at, now) in &mut all {
            let Some(Outlook { joins, leaves }) = now else { continue };
            let others = || files().filter(|(other, _)| other != at);
            let may_come = |principal: &usize| {
                let holder = world.members.get(principal);
                let lets_go = |(other, _): (usize, &Entry)| {
                    before[&other].as_ref().is_some_and(|it| it.leaves.contains(principal))
                };
                !others().any(|(_, entry)| wants(entry, principal)) && (holder.is_none() || others().any(lets_go))
            };
            let may_go = |principal: &usize| {
                let mut takers = others().filter(|(_, entry)| wants(entry, principal)).peekable();
                let may_be_meant = takers.peek().is_none() && UNITS.contains(principal);
                takers.all(|(other, _)| before[&other].as_ref().is_some_and(|it| it.joins.contains(principal)))
                    && !(may_be_meant && others().any(|(_, entry)| doubts_unit(case, entry)))
            };
            if !joins.iter().all(may_come) || !leaves.iter().all(may_go) {
                *now = None;
            }
        }
        if all.values().filter(|it| it.is_none()).count() == before.values().filter(|it| it.is_none()).count() {
            return all;
        }
    }
}

fn place(target: &Target) -> usize {
    target.name.file().as_str().strip_prefix("list").unwrap().parse().unwrap()
}

/// Whether an experience has the lists that its file promises to its audience.
fn is_ready(case: &Case, world: &World, at: usize) -> bool {
    let entry = case.entries[at].as_ref().unwrap();
    let Means::There(it) = means(case, world, at, entry) else { return false };
    let state = &world.all[it];
    // The lists of an experience that is to be archived don't matter.
    let has_lists = entry.status == Some(Archived) || wanted_lists(state.lists.as_ref(), entry, false) == state.lists;
    state.status != Archived && has_lists
}

/// The writer's stages: an edit is made after all edits of the target in earlier stages.
fn stage(edit: &ExperienceEdit, enables: bool) -> u8 {
    match edit {
        ExperienceEdit::Status { before: Archived, .. } => 0,
        ExperienceEdit::Create(_) => 1,
        ExperienceEdit::Requests(_) if enables => 5,
        ExperienceEdit::Policy { .. }
        | ExperienceEdit::Product(_)
        | ExperienceEdit::Describe { .. }
        | ExperienceEdit::Brand { .. }
        | ExperienceEdit::Requests(_) => 2,
        ExperienceEdit::Leave(_) => 3,
        ExperienceEdit::Join(_) | ExperienceEdit::Status { after: Enabled, .. } => 4,
        ExperienceEdit::Status { after: Disabled, .. } => 6,
        ExperienceEdit::Status { after: Archived, .. } => 7,
    }
}

#[derive(Debug)]
struct Step<'a> {
    id: ChangeId,
    edit: &'a ExperienceEdit,
    waits_for: &'a BTreeSet<ChangeId>,
    at: usize,
    stage: u8,
    made: Option<bool>,
}

fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let edits = |target: &Target| target.changes().map(|change| change.edit.kind()).collect::<Vec<_>>();
    assert!(plan.targets.iter().all(|target| edits(target).len() < 40));
    let of_target = |target| {
        let edits = Target::changes(target).filter_map(|change| match change.edit {
            Edit::Experience(edit) => Some((change, edit)),
            Edit::Hub(_) | Edit::Recipient(_) => None,
        });
        let edits: Vec<_> = edits.collect();
        let enables = edits.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Status { after: Enabled, .. }));
        edits.into_iter().map(move |(change, edit)| Step {
            id: change.id(&target.name),
            edit,
            waits_for: &change.about.waits_for,
            at: place(target),
            stage: stage(edit, enables),
            made: None,
        })
    };
    plan.targets.iter().flat_map(of_target).collect()
}

/// Whether an earlier step of the same experience failed, so that this step would be useless or do harm.
fn is_barred(steps: &[Step<'_>], step: &Step<'_>) -> bool {
    let unmade = |which: &dyn Fn(&Step<'_>) -> bool| {
        steps.iter().any(|it| it.at == step.at && it.made == Some(false) && which(it))
    };
    let decides = |it: &Step<'_>| matches!(it.edit, ExperienceEdit::Policy { .. } | ExperienceEdit::Product(_));
    let enables = |it: &Step<'_>| matches!(it.edit, ExperienceEdit::Status { after: Enabled, .. });
    unmade(&|it| it.stage < 2 && it.stage < step.stage)
        || (step.stage == 4 && unmade(&decides))
        || (step.stage == 5 && unmade(&enables))
        || (step.stage == 6 && unmade(&|it| it.stage == 3))
        || (step.stage == 7 && unmade(&|_| true))
}

/// Applies a plan in a random order that the plan and the writer's stages allow.
fn carried_out(case: &Case, world: &World, failing: &BTreeSet<usize>) -> World {
    let plan = plan_of(case, world);
    let (mut world, mut steps) = (world.clone(), steps(&plan));
    let subject = |world: &World, at| means(case, world, at, case.entries[at].as_ref().unwrap());
    // The experience that a file means is settled before the first change.
    let mut subjects: BTreeMap<usize, Means> = steps.iter().map(|it| (it.at, subject(&world, it.at))).collect();
    for turn in 0.. {
        let settled: BTreeMap<&ChangeId, bool> = steps.iter().filter_map(|it| Some((&it.id, it.made?))).collect();
        let is_open = |step: &&(usize, &Step<'_>)| {
            let (_, step) = step;
            let is_first = steps.iter().all(|it| it.at != step.at || it.made.is_some() || it.stage >= step.stage);
            step.made.is_none() && is_first && step.waits_for.iter().all(|it| settled.contains_key(it))
        };
        let open: Vec<usize> =
            steps.iter().enumerate().collect::<Vec<_>>().iter().filter(is_open).map(|it| it.0).collect();
        if open.is_empty() {
            assert!(steps.iter().all(|it| it.made.is_some()), "they wait for each other: {steps:#?}");
            return world;
        }
        let next = open[case.order[turn % case.order.len()] % open.len()];
        let step = &steps[next];
        let made = step.waits_for.iter().all(|it| settled[it]) && !is_barred(&steps, step) && !failing.contains(&turn);
        if made {
            let (at, edit) = (step.at, step.edit);
            check(case, &world, at, edit);
            let there = match subjects[&at] {
                Means::There(it) => Some(it),
                Means::New | Means::Doubt => None,
            };
            world.take(edit, NAMES[at], there);
            if matches!(edit, ExperienceEdit::Create(_)) {
                subjects.insert(at, Means::There(world.all.len() - 1));
            }
        }
        steps[next].made = Some(made);
    }
    unreachable!()
}

/// Checks that an edit may be made now.
fn check(case: &Case, world: &World, at: usize, edit: &ExperienceEdit) {
    match edit {
        ExperienceEdit::Join(_) | ExperienceEdit::Status { after: Enabled, .. } => {
            assert!(is_ready(case, world, at), "{edit:?} of {at} comes too early");
        }
        ExperienceEdit::Leave(principal) => {
            let principal = PRINCIPALS.iter().position(|it| *it == principal.to_string()).unwrap();
            let files = case.entries.iter().enumerate().filter_map(|(at, entry)| Some((at, entry.as_ref()?)));
            for (taker, entry) in files {
                let wants = entry.audience.as_ref().is_some_and(|it| it.contains(&principal));
                assert!(!wants || is_ready(case, world, taker), "{edit:?} of {at} before {taker} is ready");
            }
        }
        _ => {}
    }
}

/// Checks everything that a file asks for.
fn assert_terms(case: &Case, before: &World, world: &World, at: usize) {
    let entry = case.entries[at].as_ref().unwrap();
    let subject = means(case, world, at, entry);
    let Means::There(it) = subject else { panic!("{at} is not there") };
    let state = &world.all[it];
    assert!(entry.status.is_none_or(|it| it == state.status), "{at}");
    if rests(before, means(case, before, at, entry), entry) {
        return;
    }
    assert!(entry.description.is_none_or(|it| it == state.description), "{at}");
    let can_change = state.lists.is_some() && state.status == Enabled;
    assert!(entry.requests.is_none_or(|it| it == state.requests || !can_change), "{at}");
    assert!(entry.audience.as_ref().is_none_or(|it| *it == governed(world, subject)), "{at}");
    let lists = wanted_lists(state.lists.as_ref(), entry, false);
    assert!(entry.status == Some(Archived) || lists == state.lists, "{at}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn audiences_become_what_a_slow_look_says(case in case()) {
        let plan = plan_of(&case, &case.world);
        prop_assert_eq!(&plan, &plan_of(&case, &case.world));
        prop_assert_eq!(&wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), &plan);
        for target in &plan.targets {
            let (mut joins, mut leaves) = (BTreeSet::new(), BTreeSet::new());
            let place = |it: &dyn ToString| PRINCIPALS.iter().position(|known| *known == it.to_string()).unwrap();
            for change in target.changes() {
                match change.edit {
                    Edit::Experience(ExperienceEdit::Join(it)) => drop(joins.insert(place(it))),
                    Edit::Experience(ExperienceEdit::Leave(it)) => drop(leaves.insert(place(it))),
                    _ => {}
                }
            }
            let at = self::place(target);
            let seen = (!target.is_unreadable()).then_some((joins, leaves));
            let slow = expected(&case, &case.world)[&at].clone().map(|it| (it.joins, it.leaves));
            prop_assert_eq!(seen, slow, "{} {:?}", at, &target.state);
        }
    }

    #[test]
    fn one_run_brings_everything_in_step(case in case()) {
        let after = carried_out(&case, &case.world, &BTreeSet::new());
        for (at, outlook) in expected(&case, &case.world) {
            if outlook.is_some() {
                assert_terms(&case, &case.world, &after, at);
            }
        }
        let again = plan_of(&case, &after);
        prop_assert_eq!(again.changes().map(|(_, change)| format!("{:?}", change.edit)).collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn whatever_fails_the_next_run_ends_in_step(case in case()) {
        let halfway = carried_out(&case, &case.world, &case.failing);
        let after = carried_out(&case, &halfway, &BTreeSet::new());
        prop_assert_eq!(plan_of(&case, &after).changes().count(), 0);
        for (at, outlook) in expected(&case, &case.world) {
            if outlook.is_some() {
                assert_terms(&case, &halfway, &after, at);
            }
        }
    }

    #[test]
    fn one_who_sits_in_an_experience_of_no_file_is_named_with_it(case in case()) {
        let plan = plan_of(&case, &case.world);
        for target in &plan.targets {
            let at = place(target);
            let entry = case.entries[at].as_ref().unwrap();
            let Some(Outlook { joins, leaves: _ }) = outlook(&case, &case.world, at, entry) else { continue };
            let holders = joins.iter().filter_map(|it| Some((it, *case.world.members.get(it)?)));
            let mut sitting = holders.filter(|(_, holder)| case.entries[*holder].is_none()).peekable();
            if sitting.peek().is_none() {
                continue;
            }
            let TargetState::Unreadable { reason, source } = &target.state else {
                return Err(TestCaseError::fail(format!("{at} is not blocked")));
            };
            prop_assert!(source.is_some());
            let names = sitting.any(|(it, holder)| reason.contains(PRINCIPALS[*it]) && reason.contains(IDS[holder]));
            let is_another = !reason.contains("which no file governs");
            prop_assert!(names || is_another, "{}", reason);
        }
    }
}
