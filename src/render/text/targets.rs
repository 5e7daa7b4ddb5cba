//! The targets of a plan, each with its changes and problems, and their numbers.

use std::io::{self, Write};

use crate::model::change::{ChangeRef, Origin, OtherNotes, Plan, Summary, Target, TargetState};
use crate::model::finding::Warning;

use super::super::alike::{Alike, Shared, With, account_of, accounts, each};
use super::super::line::View;
use super::super::sides::Side;
use super::super::title::other_notes;
use super::super::words::{self, OTHER_NOTES, count, some_of};
use super::changes::{self, place};
use super::options::Options;
use super::style::{BOLD, CHANGED, DIM, ERROR, GIVEN, PLAIN, TAKEN};
use super::table::{Cell, Row, Table};
use super::title;
use super::together::Together;

/// Writes all targets with changes or problems. With `verbose`, also those in step.
pub(super) fn write(plan: &Plan, view: View<'_>, options: Options, sink: &mut impl Write) -> io::Result<()> {
    let together = Together::of(&plan.targets.iter());
    let alike = alike_of(&plan.targets, view);
    for target in &plan.targets {
        write_shared(alike.beginning_at(target), view, options, sink)?;
        let own = alike.own(target);
        let is_told = together
            .has_nothing_on(target, !own.is_empty() || (options.all && !other_notes(target).is_empty()))
            && (target.is_unreadable() || !options.verbose);
        if is_told || together.write_unread(target, options, sink)? {
            continue;
        }
        title::write(target, sink)?;
        let mut table = body(target, own, view, options);
        together.add_own(target, &mut table);
        if options.verbose {
            silenced(target, &mut table);
        }
        table.write(options.width, sink)?;
        writeln!(sink)?;
    }
    together.write_shared(options, sink)
}

/// Groups the changes that several targets share.
pub(super) fn alike_of<'a>(targets: impl IntoIterator<Item = &'a Target>, view: View<'_>) -> Alike<'a, ()> {
    let all = |target: &'a Target| target.changes().map(|change| (change, ())).collect();
    Alike::of(targets.into_iter().map(|target| (target, all(target))), view)
}

/// Writes changes that several targets share.
pub(super) fn write_shared(
    shared: &[Shared<'_, ()>],
    view: View<'_>,
    options: Options,
    sink: &mut impl Write,
) -> io::Result<()> {
    for Shared { targets, changes } in shared {
        title::write_shared(targets, sink)?;
        let mut table = Table::default();
        table.line(in_each(targets));
        sorted(&mut table, targets, changes, view, options);
        named(&mut table, targets, options.all);
        table.write(options.width, sink)?;
        writeln!(sink)?;
    }
    Ok(())
}

/// The line above changes that several targets share. Such a change counts once for each target.
pub(super) fn in_each(targets: &[&Target]) -> Cell {
    Cell::of(BOLD, &format!("the same in each of {}:", each(targets)))
}

/// The most accounts that are named. The rest are counted.
const NAMED: usize = 10;

/// Adds the accounts that share changes: some of them, or all of them if `all`. They are split into lines of [`NAMED`]
/// accounts, since a long line would be cut.
pub(super) fn named(table: &mut Table, targets: &[&Target], all: bool) {
    let names: Vec<String> = accounts(targets).into_iter().map(account_of).collect();
    if names.len() < 2 {
        return;
    }
    let shown = if all { names.len() } else { names.len().min(NAMED) };
    let lines = shown.div_ceil(NAMED);
    for (nth, some) in names.iter().take(shown).collect::<Vec<_>>().chunks(NAMED).enumerate() {
        let before = if nth == 0 { "in " } else { "" };
        let is_last = nth + 1 == lines;
        let some: Vec<String> = some.iter().map(|name| (*name).clone()).collect();
        let text = match (is_last, names.len() - shown) {
            (false, _) => format!("{},", some.join(", ")),
            (true, 0) if lines == 1 => some_of(&some, some.len()),
            (true, 0) => some.join(", "),
            (true, more) => format!("{} and {more} more (--all names them)", some.join(", ")),
        };
        table.line(Cell::of(DIM, before).and(PLAIN, &text));
    }
}

fn sorted(table: &mut Table, targets: &[&Target], changes: &[With<'_, ()>], view: View<'_>, options: Options) {
    let changes: Vec<ChangeRef<'_>> = changes.iter().map(|(change, ())| *change).collect();
    match view {
        View::Plan(_) | View::Done => planned(table, targets, &changes, view, options),
        View::Drift => drifted(table, targets, &changes, options),
    }
}

fn body(target: &Target, own: &[With<'_, ()>], view: View<'_>, options: Options) -> Table {
    let mut table = Table::default();
    match &target.state {
        TargetState::Unreadable { reason: _, source: _ } => {}
        TargetState::Complete { work: _, left_alone } => {
            sorted(&mut table, &[target], own, view, options);
            if !target.has_changes() && options.verbose {
                table.line(Cell::of(DIM, "in step"));
            }
            if options.all {
                noted(&mut table, &left_alone.other_notes);
            }
            if left_alone.unlisted > 0 && options.verbose {
                table.line(Cell::of(DIM, &words::left_alone(left_alone.unlisted)));
            }
        }
    }
    table
}

/// The products that differ only in their notes.
fn noted(table: &mut Table, other_notes: &[OtherNotes]) {
    if other_notes.is_empty() {
        return;
    }
    table.line(Cell::of(BOLD, OTHER_NOTES));
    for OtherNotes { key, label, wanted, live, source } in other_notes {
        let (name, id) = if label.is_empty() { (key.as_str(), "") } else { (label.as_str(), key.as_str()) };
        let live = live.as_ref().map_or("no notes".to_owned(), |live| format!("\"{live}\""));
        let notes = Cell::of(TAKEN, &live).and(PLAIN, " → ").and(GIVEN, &format!("\"{wanted}\""));
        let (name, id) = (Cell::of(PLAIN, name), Cell::of(DIM, id));
        let cells = vec![Cell::of(DIM, "="), Cell::of(DIM, "notes"), name, id, notes, Cell::of(DIM, &place(source))];
        table.row(Row { cells, below: Vec::new() });
    }
}

/// The warnings of a target that comments silence.
fn silenced(target: &Target, table: &mut Table) {
    for Warning { code: _, message, source } in &target.silenced {
        let place = source.as_ref().map(|source| format!("  {}", place(source))).unwrap_or_default();
        table.line(Cell::of(DIM, "silenced: ").and(DIM, message).and(DIM, &place));
    }
}

fn planned(table: &mut Table, targets: &[&Target], all: &[ChangeRef<'_>], view: View<'_>, options: Options) {
    let of = |origin| all.iter().copied().filter(move |change| change.about.origin == origin);
    changes::add(table, targets, of(Origin::PullRequest), view, options);
    if of(Origin::Drift).next().is_some() {
        table.line(Cell::of(BOLD, "drift, from before this change:"));
        changes::add(table, targets, of(Origin::Drift), view, options);
    }
    if of(Origin::Mirror).next().is_some() {
        table.line(Cell::of(BOLD, "behind what is mirrored, not by this change:"));
        changes::add(table, targets, of(Origin::Mirror), view, options);
    }
}

fn drifted(table: &mut Table, targets: &[&Target], all: &[ChangeRef<'_>], options: Options) {
    let sides = [
        (Side::TooMuch, "live, and should not be:"),
        (Side::Different, "live, and should be otherwise:"),
        (Side::Missing, "not live, and should be:"),
        (Side::Behind, "behind what is mirrored:"),
    ];
    for (side, words) in sides {
        let of: Vec<ChangeRef<'_>> = all.iter().copied().filter(|change| Side::of(*change) == side).collect();
        if !of.is_empty() {
            table.line(Cell::of(BOLD, words));
            changes::add(table, targets, of, View::Drift, options);
        }
    }
}

/// The number of targets that would change.
pub(super) fn differing(plan: &Plan) -> usize {
    plan.targets.iter().filter(|target| target.has_changes()).count()
}

/// Writes the numbers of changes in these words.
pub(super) fn numbers<const N: usize>(numbers: [usize; N], words: &[&str; N], sink: &mut impl Write) -> io::Result<()> {
    let mut any = false;
    for ((number, style), word) in numbers.into_iter().zip([TAKEN, CHANGED, GIVEN, CHANGED]).zip(words) {
        if number > 0 {
            write!(sink, "{}{style}{number} {word}{style:#}", if any { ", " } else { "" })?;
            any = true;
        }
    }
    if any { Ok(()) } else { write!(sink, "nothing to change in what could be read") }
}

/// Writes the number of targets that could not be read, and the consequence `so`.
pub(super) fn unreadable(summary: &Summary, so: &str, sink: &mut impl Write) -> io::Result<()> {
    match summary.unreadable {
        0 => Ok(()),
        number => writeln!(sink, "{ERROR}{} could not be read{ERROR:#}: {so}.", count(number, "target")),
    }
}
