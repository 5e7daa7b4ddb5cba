//! A plan, or the same differences as drift.

use std::io::{self, Write};

use crate::model::change::{ChangeRef, Origin, Plan, Summary, Target, TargetState, Work};
use crate::model::edit::Action;
use crate::model::finding::Source;

use super::super::escape::terminal;
use super::super::line::View;
use super::super::sides::{SIDES, by_side};
use super::super::title::left_alone;
use super::super::words::{PRODUCT_NAMES, count, names_products, short_digest};
use super::changes::{self, place};
use super::style::{BOLD, CHANGED, DIM, DONE, ERROR, GIVEN, PLAIN, TAKEN, WARNING};
use super::table::{Cell, Table};
use super::{Options, title};

/// What a plan would do: per target what it takes away, changes and gives, and what is odd; then the numbers.
pub fn plan(plan: &Plan, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    all_targets(plan, View::Plan, *options, sink)?;
    let summary = plan.summary();
    if summary.changes() == 0 && summary.unreadable == 0 {
        in_step(&summary, sink)?;
    } else {
        counts(plan, &summary, sink)?;
    }
    kept(plan, sink)?;
    if names_products(plan) {
        writeln!(sink, "{PRODUCT_NAMES}")?;
    }
    if summary.changes() > 0 && !options.applying {
        writeln!(sink, "Nothing was changed. Digest {}", terminal(&short_digest(&plan.digest)))?;
    }
    Ok(())
}

/// The same from the other side: what is live and should not be, what should be and is not.
pub fn drift(plan: &Plan, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    all_targets(plan, View::Drift, *options, sink)?;
    let summary = plan.summary();
    if summary.changes() == 0 && summary.unreadable == 0 {
        return writeln!(
            sink,
            "{DONE}No drift{DONE:#}: live is what Git says in {}.",
            count(summary.targets, "target")
        );
    }
    if summary.changes() > 0 {
        write!(sink, "{BOLD}Drift{BOLD:#} in {}: ", count(differing(plan), "target"))?;
        numbers(by_side(plan.changes().map(|(_, change)| change)), &SIDES, sink)?;
        writeln!(sink, ".")?;
        writeln!(sink, "To undo it: `catalog-sync apply`. To keep it: write it into the catalog.")?;
    }
    unreadable(&summary, "whether there is drift there is not known", sink)
}

fn all_targets(plan: &Plan, view: View, options: Options, sink: &mut impl Write) -> io::Result<()> {
    for target in &plan.targets {
        let quiet = !target.has_changes() && target.warnings.is_empty() && !target.is_unreadable();
        if quiet && !options.verbose {
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

fn differing(plan: &Plan) -> usize {
    plan.targets.iter().filter(|target| target.has_changes()).count()
}

fn in_step(summary: &Summary, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, "{DONE}In step{DONE:#}: {}, nothing to change.", count(summary.targets, "target"))?;
    if summary.warnings > 0 {
        write!(sink, " {WARNING}{}{WARNING:#}.", count(summary.warnings, "warning"))?;
    }
    writeln!(sink)
}

fn counts(plan: &Plan, summary: &Summary, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, "{}: ", count(summary.targets, "target"))?;
    numbers([summary.removes, summary.updates, summary.creates], &["to remove", "to update", "to create"], sink)?;
    write!(sink, ".")?;
    match (summary.drift, summary.changes()) {
        (0, _) => {}
        (drift, all) if drift == all => write!(sink, " All of it is drift from before.")?,
        (1, _) => write!(sink, " 1 of these is drift from before.")?,
        (drift, _) => write!(sink, " {drift} of these are drift from before.")?,
    }
    if summary.warnings > 0 {
        write!(sink, " {WARNING}{}{WARNING:#}.", count(summary.warnings, "warning"))?;
    }
    let in_step = summary.targets - differing(plan) - summary.unreadable;
    if in_step > 0 {
        write!(sink, " {} in step.", count(in_step, "target"))?;
    }
    writeln!(sink)?;
    unreadable(summary, "nothing is planned there", sink)
}

/// What is taken away, changed and given, in these words.
fn numbers(numbers: [usize; 3], words: &[&str; 3], sink: &mut impl Write) -> io::Result<()> {
    let mut any = false;
    for ((number, style), word) in numbers.into_iter().zip([TAKEN, CHANGED, GIVEN]).zip(words) {
        if number > 0 {
            write!(sink, "{}{style}{number} {word}{style:#}", if any { ", " } else { "" })?;
            any = true;
        }
    }
    if any { Ok(()) } else { write!(sink, "nothing to change in what could be read") }
}

pub(super) fn unreadable(summary: &Summary, so: &str, sink: &mut impl Write) -> io::Result<()> {
    match summary.unreadable {
        0 => Ok(()),
        number => writeln!(sink, "{ERROR}{} could not be read{ERROR:#}: {so}.", count(number, "target")),
    }
}

fn kept(plan: &Plan, sink: &mut impl Write) -> io::Result<()> {
    match plan.targets.iter().map(left_alone).sum::<usize>() {
        0 => Ok(()),
        1 => writeln!(sink, "1 more is live, not listed and left alone."),
        left => writeln!(sink, "{left} more are live, not listed and left alone."),
    }
}
