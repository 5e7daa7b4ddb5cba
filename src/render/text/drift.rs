//! Drift for a terminal.

use std::io::{self, Write};

use crate::model::change::Plan;

use super::super::Objection;
use super::super::line::View;
use super::super::sides::{SIDES, by_side};
use super::super::words::{REACH_UNKNOWN, count, incomplete_shares};
use super::options::Options;
use super::style::{BOLD, DONE};
use super::targets::{self, differing, numbers, unreadable};
use super::wrap::Wrap;
use super::{notice, refusal, released};

/// Writes the differences between the live state and Git.
pub fn drift(
    plan: &Plan,
    objection: Option<&Objection<'_>>,
    options: &Options,
    sink: &mut impl Write,
) -> io::Result<()> {
    Wrap::lines(sink, options.width, |sink| written(plan, objection, options, sink))
}

fn written(plan: &Plan, objection: Option<&Objection<'_>>, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    notice::sandbox(plan.catalog.sandbox, sink)?;
    targets::write(plan, View::Drift, *options, sink)?;
    released::write(&plan.released, options.width, sink)?;
    let summary = plan.summary();
    if summary.changes() == 0 && summary.unreadable == 0 {
        let targets = count(summary.targets, "target");
        match incomplete_shares(plan) {
            Some(sentence) => write!(sink, "{BOLD}Drift{BOLD:#}: {sentence}.")?,
            None if plan.is_reach_unknown() => write!(sink, "{BOLD}Drift{BOLD:#}: {REACH_UNKNOWN}.")?,
            None => write!(sink, "{DONE}No drift{DONE:#}: live is what Git says in {targets}.")?,
        }
        released::counted(&plan.released, sink)?;
        return writeln!(sink);
    }
    if summary.changes() > 0 {
        let no = if summary.mirrored == summary.changes() { "No drift" } else { "Drift" };
        write!(sink, "{BOLD}{no}{BOLD:#} in {}: ", count(differing(plan), "target"))?;
        numbers(by_side(plan.changes().map(|(_, change)| change)), &SIDES, sink)?;
        write!(sink, ".")?;
        incomplete(plan, sink)?;
        released::counted(&plan.released, sink)?;
        writeln!(sink)?;
        if summary.mirrored < summary.changes() {
            writeln!(sink, "To undo it: `catalog-sync apply`. To keep it: write it into the catalog.")?;
        }
        if summary.mirrored > 0 {
            writeln!(
                sink,
                "What is behind a mirrored experience: `catalog-sync apply`, or `ci due` on its schedule, brings it in step."
            )?;
        }
        refusal::objection(objection, sink)?;
    }
    unreadable(&summary, "whether there is drift there is not known", sink)
}

/// The number of shares that did not reach every account. The warnings name them.
fn incomplete(plan: &Plan, sink: &mut impl Write) -> io::Result<()> {
    match incomplete_shares(plan) {
        Some(sentence) => write!(sink, " {BOLD}{sentence}{BOLD:#}."),
        None => Ok(()),
    }
}
