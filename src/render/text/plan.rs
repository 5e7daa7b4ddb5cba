//! A plan for a terminal.

use std::io::{self, Write};

use crate::model::change::{Plan, Summary};

use super::super::Objection;
use super::super::escape::terminal;
use super::super::line::View;
use super::super::losing::Losing;
use super::super::names::Names;
use super::super::title::{ignored, left_alone};
use super::super::words::{self, PRODUCT_NAMES, count, names_products, short_digest, silenced};
use super::options::Options;
use super::style::{DONE, TAKEN, WARNING};
use super::targets::{self, differing, numbers, unreadable};
use super::wrap::Wrap;
use super::{notice, refusal, released};

/// Writes the changes and problems of each target, and then the numbers.
pub fn plan(
    plan: &Plan,
    objection: Option<&Objection<'_>>,
    options: &Options,
    sink: &mut impl Write,
) -> io::Result<()> {
    Wrap::lines(sink, options.width, |sink| written(plan, objection, options, sink))
}

fn written(plan: &Plan, objection: Option<&Objection<'_>>, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    notice::sandbox(plan.catalog.sandbox, sink)?;
    let names = Names::of(&plan.targets.iter());
    targets::write(plan, View::Plan(&names), *options, sink)?;
    released::write(&plan.released, options.width, sink)?;
    let summary = plan.summary();
    if summary.changes() == 0 && summary.unreadable == 0 {
        in_step(plan, &summary, sink)?;
    } else {
        counts(plan, &summary, sink)?;
    }
    kept(plan, options.verbose, sink)?;
    if names_products(plan) {
        writeln!(sink, "{PRODUCT_NAMES}")?;
    }
    refusal::objection(objection, sink)?;
    if plan.has_changes() && !options.applying {
        writeln!(sink, "Nothing was changed. Digest {}", terminal(&short_digest(&plan.digest)))?;
    }
    Ok(())
}

fn in_step(plan: &Plan, summary: &Summary, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, "{DONE}In step{DONE:#}: {}, nothing to change.", count(summary.targets, "target"))?;
    if summary.warnings > 0 {
        write!(sink, " {WARNING}{}{WARNING:#}.", count(summary.warnings, "warning"))?;
    }
    released::counted(&plan.released, sink)?;
    writeln!(sink)
}

fn counts(plan: &Plan, summary: &Summary, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, "{}: ", count(summary.targets, "target"))?;
    numbers([summary.removes, summary.updates, summary.creates], &["to remove", "to update", "to create"], sink)?;
    write!(sink, ".")?;
    if let Some(losing) = Losing::of(plan.changes()).sentence() {
        let losing = losing.replacen("taken", "Taken", 1);
        write!(sink, " {TAKEN}{}{TAKEN:#}.", terminal(&losing))?;
    }
    match (summary.drift, summary.changes()) {
        (0, _) => {}
        (drift, all) if drift == all => write!(sink, " All of it is drift from before.")?,
        (1, _) => write!(sink, " 1 of these is drift from before.")?,
        (drift, _) => write!(sink, " {drift} of these are drift from before.")?,
    }
    match (summary.mirrored, summary.changes()) {
        (0, _) => {}
        (mirrored, all) if mirrored == all => write!(sink, " All of it follows mirrored experiences.")?,
        (1, _) => write!(sink, " 1 of these follows a mirrored experience, not this change.")?,
        (mirrored, _) => write!(sink, " {mirrored} of these follow mirrored experiences, not this change.")?,
    }
    if summary.warnings > 0 {
        write!(sink, " {WARNING}{}{WARNING:#}.", count(summary.warnings, "warning"))?;
    }
    let in_step = summary.targets - differing(plan) - summary.unreadable;
    if in_step > 0 {
        write!(sink, " {} in step.", count(in_step, "target"))?;
    }
    released::counted(&plan.released, sink)?;
    writeln!(sink)?;
    unreadable(summary, "nothing is planned there", sink)
}

fn kept(plan: &Plan, verbose: bool, sink: &mut impl Write) -> io::Result<()> {
    let left = plan.targets.iter().map(left_alone).sum::<usize>();
    if left > 0 {
        writeln!(sink, "{}.", words::left_alone(left))?;
    }
    if let Some(words) = ignored(&plan.targets) {
        writeln!(sink, "{}.", terminal(&words))?;
    }
    match silenced(&plan.targets) {
        None => Ok(()),
        Some(words) if verbose => writeln!(sink, "{words}."),
        Some(words) => writeln!(sink, "{words} (-v shows them)."),
    }
}
