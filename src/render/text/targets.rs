//! The targets of a plan, each with its changes and what is odd about it, and how many there are.

use std::io::{self, Write};

use crate::model::change::{ChangeRef, Origin, Plan, Summary, Target, TargetState, Work};
use crate::model::edit::Action;
use crate::model::finding::Source;

use super::super::line::View;
use super::super::title::is_in_step;
use super::super::words::count;
use super::changes::{self, place};
use super::options::Options;
use super::style::{BOLD, CHANGED, DIM, ERROR, GIVEN, PLAIN, TAKEN, WARNING};
use super::table::{Cell, Table};
use super::title;

/// Every target that there is something to say about; with `verbose` those in step too.
pub(super) fn write(plan: &Plan, view: View, options: Options, sink: &mut impl Write) -> io::Result<()> {
    for target in &plan.targets {
        if is_in_step(target) && !options.verbose {
            continue;
        }
        title::write(target, sink)?;
        body(target, view, options).write(sink)?;
        writeln!(sink)?;
    }
    Ok(())
}

fn body(target: &Target, view: View, options: Options) -> Table {
    let mut table = Table::default();
    match &target.state {
        TargetState::Unreadable { reason, source } => table.line(unread(reason, source.as_ref())),
        TargetState::Complete { work, left_alone } => {
            match view {
                View::Plan => planned(&mut table, work, options),
                View::Drift => drifted(&mut table, work, options),
            }
            if !target.has_changes() && options.verbose {
                table.line(Cell::of(DIM, "in step"));
            }
            if *left_alone > 0 && options.verbose {
                table.line(Cell::of(DIM, &format!("{left_alone} more are live, not listed and left alone")));
            }
        }
    }
    for warning in &target.warnings {
        let place = warning.source.as_ref().map(|source| format!("  {}", place(source))).unwrap_or_default();
        table.line(Cell::of(WARNING, "! ").and(PLAIN, &warning.message).and(DIM, &place));
    }
    table
}

fn planned(table: &mut Table, work: &Work, options: Options) {
    let of = |origin| work.changes().filter(move |change| change.about.origin == origin);
    changes::add(table, of(Origin::PullRequest), View::Plan, options);
    if of(Origin::Drift).next().is_some() {
        table.line(Cell::of(BOLD, "drift, from before this change:"));
        changes::add(table, of(Origin::Drift), View::Plan, options);
    }
}

fn drifted(table: &mut Table, work: &Work, options: Options) {
    let sides = [
        (Action::Remove, "live, and should not be:"),
        (Action::Update, "live, and should be otherwise:"),
        (Action::Create, "not live, and should be:"),
    ];
    for (action, side) in sides {
        let of: Vec<ChangeRef<'_>> = work.changes().filter(|change| change.edit.action() == action).collect();
        if !of.is_empty() {
            table.line(Cell::of(BOLD, side));
            changes::add(table, of, View::Drift, options);
        }
    }
}

/// A target that could not be read: loud, since nothing is known of it.
pub(super) fn unread(reason: &str, source: Option<&Source>) -> Cell {
    let place = source.map(|source| format!("  {}", place(source))).unwrap_or_default();
    Cell::of(ERROR, "✗ could not be read: ").and(PLAIN, reason).and(DIM, &place)
}

/// How many targets would change.
pub(super) fn differing(plan: &Plan) -> usize {
    plan.targets.iter().filter(|target| target.has_changes()).count()
}

/// What is taken away, changed and given, in these words.
pub(super) fn numbers(numbers: [usize; 3], words: &[&str; 3], sink: &mut impl Write) -> io::Result<()> {
    let mut any = false;
    for ((number, style), word) in numbers.into_iter().zip([TAKEN, CHANGED, GIVEN]).zip(words) {
        if number > 0 {
            write!(sink, "{}{style}{number} {word}{style:#}", if any { ", " } else { "" })?;
            any = true;
        }
    }
    if any { Ok(()) } else { write!(sink, "nothing to change in what could be read") }
}

/// How many targets could not be read, and what that means.
pub(super) fn unreadable(summary: &Summary, so: &str, sink: &mut impl Write) -> io::Result<()> {
    match summary.unreadable {
        0 => Ok(()),
        number => writeln!(sink, "{ERROR}{} could not be read{ERROR:#}: {so}.", count(number, "target")),
    }
}
