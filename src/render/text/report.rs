//! What became of a plan: what failed and why, what was left, what was done; then a verdict.

use std::io::{self, Write};

use crate::model::change::{ChangeRef, TargetState};
use crate::model::report::{Failure, Outcome, Report, Tally, TargetReport};

use super::super::line::{Line, View};
use super::super::remedy::next_steps;
use super::super::words::count;
use super::changes;
use super::options::Options;
use super::released;
use super::style::{BOLD, DIM, DONE, ERROR, PLAIN};
use super::table::{Cell, Row, Table};
use super::targets::unread;
use super::title;

/// What was done, what failed, what was left and why.
pub fn report(report: &Report, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    for target in &report.targets {
        let quiet = target.outcomes.is_empty() && !target.target.is_unreadable();
        if quiet && !options.verbose {
            continue;
        }
        title::write(&target.target, sink)?;
        body(target, *options).write(sink)?;
        writeln!(sink)?;
    }
    released::write(&report.released, sink)?;
    verdict(report, sink)
}

fn body(report: &TargetReport, options: Options) -> Table {
    let mut table = Table::default();
    if let TargetState::Unreadable { reason, source } = &report.target.state {
        table.line(unread(reason, source.as_ref()));
        return table;
    }
    let mut applied: Vec<ChangeRef<'_>> = Vec::new();
    let mut skipped: Vec<(ChangeRef<'_>, &str)> = Vec::new();
    let mut failed = Vec::new();
    for (change, outcome) in report.results() {
        match outcome {
            Outcome::Applied => applied.push(change),
            Outcome::Failed(failure) => failed.push((change, failure)),
            Outcome::Skipped(why) => skipped.push((change, why)),
        }
    }
    if !failed.is_empty() {
        table.line(Cell::of(ERROR, "✗ failed:"));
        for (change, failure) in failed {
            table.row(failed_row(report, change, failure));
        }
    }
    if !skipped.is_empty() {
        table.line(Cell::of(BOLD, "not tried:"));
        skipped_rows(&mut table, &skipped);
    }
    if !applied.is_empty() {
        table.line(Cell::of(DONE, "✓ applied:"));
        changes::add(&mut table, applied, View::Plan, options);
    }
    if report.outcomes.is_empty() {
        table.line(Cell::of(DIM, "in step"));
    }
    table
}

fn failed_row(report: &TargetReport, change: ChangeRef<'_>, failure: &Failure) -> Row {
    let Failure { operation, code, message, account, region } = failure;
    let name = report.target.account_name.as_ref().filter(|_| *account == report.target.account);
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    let mut row = changes::row(&Line::of(change, View::Plan));
    row.below.insert(0, Cell::of(ERROR, code).and(PLAIN, &format!(": {message}")));
    row.below.insert(1, Cell::of(DIM, &format!("{operation} in {name}{account} {region}")));
    row
}

/// One reason is said once, under the last change that shares it.
fn skipped_rows(table: &mut Table, skipped: &[(ChangeRef<'_>, &str)]) {
    for (index, (change, why)) in skipped.iter().enumerate() {
        let mut row = changes::row(&Line::of(*change, View::Plan));
        row.below.clear();
        if skipped.get(index + 1).is_none_or(|(_, next)| next != why) {
            row.below.push(Cell::of(PLAIN, why));
        }
        table.row(row);
    }
}

fn verdict(report: &Report, sink: &mut impl Write) -> io::Result<()> {
    let Tally { applied, failed, skipped, unreadable } = report.tally();
    let targets = count(report.targets.len(), "target");
    if failed + skipped + unreadable == 0 {
        match applied {
            0 => write!(sink, "{DONE}In step{DONE:#}: {targets}, nothing to change.")?,
            _ => write!(sink, "{DONE}Done{DONE:#}: {} applied, {targets} in step.", count(applied, "change"))?,
        }
        released::counted(&report.released, sink)?;
        return writeln!(sink);
    }
    let headline = if applied == 0 { "Not applied" } else { "Applied in part" };
    write!(sink, "{ERROR}{headline}{ERROR:#}: {applied} applied, {failed} failed, {skipped} not tried")?;
    if unreadable > 0 {
        write!(sink, ", {} could not be read", count(unreadable, "target"))?;
    }
    write!(sink, ".")?;
    released::counted(&report.released, sink)?;
    writeln!(sink)?;
    let mut steps = next_steps(report).into_iter();
    if let Some(first) = steps.next() {
        writeln!(sink, "{first}")?;
    }
    steps.try_for_each(|step| writeln!(sink, "  - {step}"))
}
