//! The result of an apply for a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::model::change::{ChangeRef, Target};
use crate::model::edit::Kind;
use crate::model::report::{Outcome, Report, Tally, TargetReport};
use crate::model::target::TargetName;

use super::super::alike::{Alike, Shared, With, line_in};
use super::super::cause::Cause;
use super::super::line::View;
use super::super::remedy::next_steps;
use super::super::trouble::{self, Failed, distinct};
use super::super::words::count;
use super::options::Options;
use super::style::{BOLD, DIM, DONE, ERROR, PLAIN};
use super::table::{Cell, Table};
use super::targets::{in_each, named};
use super::together::Together;
use super::wrap::Wrap;
use super::{changes, notice, released, title};

/// Writes failed, skipped and applied changes with their reasons, and then a verdict.
pub fn report(report: &Report, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    Wrap::lines(sink, options.width, |sink| written(report, options, sink))
}

fn written(report: &Report, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    notice::sandbox(report.catalog.sandbox, sink)?;
    let together = Together::of(&report.targets.iter().map(|of| &of.target));
    let mut why = Why::of(report);
    let told = report.targets.iter().map(|of| (&of.target, results(of, &why)));
    let alike = Alike::of(told, View::Done);
    for target in &report.targets {
        for Shared { targets, changes } in alike.beginning_at(&target.target) {
            title::write_shared(targets, sink)?;
            let mut table = Table::default();
            table.line(in_each(targets));
            body(&mut table, targets, changes, &mut why, *options);
            // Failed and skipped changes name all accounts.
            let is_done = changes.iter().all(|(_, (became, _))| *became == Became::Applied);
            named(&mut table, targets, options.all || !is_done);
            table.write(options.width, sink)?;
            writeln!(sink)?;
        }
        let own = alike.own(&target.target);
        if target.target.is_unreadable() && together.has_nothing_on(&target.target, false) {
            continue;
        }
        if own.is_empty() && !target.target.is_unreadable() && !options.verbose {
            continue;
        }
        if together.write_unread(&target.target, *options, sink)? {
            continue;
        }
        title::write(&target.target, sink)?;
        let mut table = Table::default();
        if target.target.is_unreadable() {
            together.add_own(&target.target, &mut table);
        } else {
            body(&mut table, &[&target.target], own, &mut why, *options);
            if target.outcomes.is_empty() {
                table.line(Cell::of(DIM, "in step"));
            }
        }
        table.write(options.width, sink)?;
        writeln!(sink)?;
    }
    released::write(&report.released, options.width, sink)?;
    verdict(report, sink)
}

/// The changes of a target, each with its outcome and the number of its reason. Changes in several regions or accounts
/// are shown together only if both are equal.
fn results<'a>(of: &'a TargetReport, why: &Why<'a>) -> Vec<With<'a, (Became, Option<usize>)>> {
    let became = |outcome: &Outcome| match outcome {
        Outcome::Applied => Became::Applied,
        Outcome::Failed(_) => Became::Failed,
        Outcome::Skipped(_) => Became::Skipped,
    };
    let results = of.results();
    results.map(|(change, outcome)| (change, (became(outcome), why.of_change(&of.target.name, change)))).collect()
}

/// The outcome of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    Applied,
    Failed,
    Skipped,
}

fn body<'a>(
    table: &mut Table,
    targets: &[&'a Target],
    results: &[With<'_, (Became, Option<usize>)>],
    why: &mut Why<'a>,
    options: Options,
) {
    let mut applied: Vec<ChangeRef<'_>> = Vec::new();
    let mut skipped = Vec::new();
    let mut failed = Vec::new();
    for (change, (became, _)) in results {
        match became {
            Became::Applied => applied.push(*change),
            Became::Failed => failed.push(*change),
            Became::Skipped => skipped.push(*change),
        }
    }
    if !failed.is_empty() {
        table.line(Cell::of(ERROR, "✗ failed:"));
        rows(table, targets, &failed, why);
    }
    if !skipped.is_empty() {
        table.line(Cell::of(BOLD, "not tried:"));
        rows(table, targets, &skipped, why);
    }
    if !applied.is_empty() {
        table.line(Cell::of(DONE, "✓ applied:"));
        changes::add(table, targets, applied, View::Done, options);
    }
}

/// Adds failed or skipped changes. A reason is written below the last change that has it.
fn rows<'a>(table: &mut Table, targets: &[&'a Target], changes: &[ChangeRef<'_>], why: &mut Why<'a>) {
    let first = targets.first();
    let reason = |change: &ChangeRef<'_>| first.and_then(|target| why.of_change(&target.name, *change));
    let reasons: Vec<Option<usize>> = changes.iter().map(reason).collect();
    let last: BTreeMap<Option<usize>, usize> = reasons.iter().copied().zip(0..).collect();
    for ((at, change), reason) in changes.iter().enumerate().zip(reasons) {
        let mut row = changes::row(&line_in(targets, *change, View::Done));
        row.below.clear();
        if let (Some(reason), Some(true)) = (reason, last.get(&reason).map(|last| *last == at)) {
            row.below = why.told(reason);
        }
        table.row(row);
    }
}

/// The reasons why changes were not made, grouped by cause. Each cause is written in full only the first time.
struct Why<'a> {
    of: BTreeMap<(&'a TargetName, Kind, String), usize>,
    reasons: Vec<Reason>,
    told: BTreeSet<usize>,
}

struct Reason {
    /// The full text.
    lines: Vec<Cell>,
    /// The short text for every further time.
    again: Cell,
}

impl<'a> Why<'a> {
    fn of(report: &'a Report) -> Self {
        let mut why = Self { of: BTreeMap::new(), reasons: Vec::new(), told: BTreeSet::new() };
        for cause in trouble::failures(&report.targets) {
            let members = cause.members.iter().map(|it| (&it.of.target.name, it.change));
            why.add(members, failed(&cause));
        }
        for Cause { key: (), sentence, members } in trouble::skipped(&report.targets) {
            let several = several(members.len(), distinct(members.iter().map(|(target, _)| *target)).len());
            let lines = vec![Cell::of(PLAIN, &sentence).and(DIM, &several)];
            let members = members.iter().map(|(target, change)| (&target.name, *change));
            why.add(members, Reason { lines, again: Cell::of(DIM, "for the same reason as above") });
        }
        why
    }

    fn add(&mut self, members: impl Iterator<Item = (&'a TargetName, ChangeRef<'a>)>, reason: Reason) {
        let at = self.reasons.len();
        self.of.extend(members.map(|(target, change)| ((target, change.edit.kind(), change.edit.key()), at)));
        self.reasons.push(reason);
    }

    fn of_change(&self, target: &'a TargetName, change: ChangeRef<'_>) -> Option<usize> {
        self.of.get(&(target, change.edit.kind(), change.edit.key())).copied()
    }

    fn told(&mut self, at: usize) -> Vec<Cell> {
        let is_new = self.told.insert(at);
        match self.reasons.get(at) {
            Some(Reason { lines, again: _ }) if is_new => lines.clone(),
            Some(Reason { lines: _, again }) => vec![again.clone()],
            None => Vec::new(),
        }
    }
}

/// ` (the same for 124 changes in 31 targets)`. Empty for changes of a single target.
fn several(changes: usize, targets: usize) -> String {
    if targets < 2 {
        return String::new();
    }
    format!(" (the same for {} in {})", count(changes, "change"), count(targets, "target"))
}

fn failed(cause: &Cause<(&str, &str), Failed<'_>>) -> Reason {
    let Cause { key: (operation, code), sentence, members } = cause;
    let several = several(members.len(), distinct(members.iter().map(|it| &it.of.target)).len());
    let lines = vec![
        Cell::of(ERROR, code).and(PLAIN, &format!(": {sentence}")).and(DIM, &several),
        Cell::of(DIM, &format!("{operation}{}", called(members))),
    ];
    Reason { lines, again: Cell::of(ERROR, code).and(DIM, &format!(": {operation}, as above")) }
}

/// ` in hub 111111111111 us-east-1`. Empty if the calls were made in several places.
fn called(members: &[Failed<'_>]) -> String {
    let Some((name, account, region)) = trouble::one_place(members) else { return String::new() };
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    format!(" in {name}{account} {region}")
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
