//! The comment after an apply.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Summary, Target};
use crate::model::report::{Outcome, Report, Tally, TargetReport};

use super::super::escape::markdown::prose;
use super::super::line::View;
use super::super::released::headline as headline_of_released;
use super::super::remedy::next_steps;
use super::super::words::count;
use super::context::Context;
use super::details::Details;
use super::failures::Failures;
use super::fit::{Room, fit};
use super::odd::Odd;
use super::parts::{head, numbers};
use super::table::{Table, loud, number};
use super::{foot, released, table};

/// The text of a report: failed and skipped changes with their reasons, the next steps, and what was applied.
pub fn report(report: &Report, context: &Context<'_>) -> String {
    let tally = report.tally();
    let done = table::in_numbers(report.targets.iter().flat_map(done_in));
    let told = report.targets.iter().map(|of| (&of.target, done_in(of).collect()));
    let details = Details::of(told, View::Done, |changes| numbers(&table::in_numbers(changes.iter().copied()), DONE));
    let unread: Vec<&Target> = report.targets.iter().map(|of| &of.target).filter(|it| it.is_unreadable()).collect();
    let pieces = Pieces {
        head: head(context, &headline(report, &tally, &done)),
        failures: Failures::of(report, context.files),
        odd: Odd::unreadable(&unread, "Nothing was tried there.", context.files),
        what_now: what_now(report),
        table: of_targets(report),
        details,
        foot: foot::of("Apply", &report.digest, context, false),
    };
    let most = tally.applied.max(pieces.failures.len()).max(pieces.odd.len()).max(report.released.len());
    fit(context.limit, most, |room| compose(report, &pieces, context, room))
}

const DONE: [&str; 3] = ["removed", "updated", "created"];

/// The parts of the text, which is composed anew until it fits.
struct Pieces<'a> {
    head: String,
    failures: Failures,
    odd: Odd,
    what_now: String,
    table: Table,
    details: Details<'a>,
    foot: String,
}

fn compose(report: &Report, pieces: &Pieces<'_>, context: &Context<'_>, room: Room) -> String {
    let Pieces { head, failures, odd, what_now, table, details, foot } = pieces;
    let left_out = details.left_out(room, ["addition", "update"]);
    let mut out = head.clone();
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(&failures.to_text(room));
    out.push_str(&odd.to_box(room));
    out.push_str(&released::box_of(&report.released, context, room.odd));
    out.push_str(what_now);
    if room.table {
        out.push_str(&table.to_text(room.quiet_rows));
    }
    out.push_str(&details.to_text(context.files, room));
    out.push_str(foot);
    out
}

/// The next steps: a sentence, and a list if they differ between changes.
fn what_now(report: &Report) -> String {
    let steps = next_steps(report);
    let Some((first, rest)) = steps.split_first() else { return String::new() };
    let mut out = format!("<b>{}</b>\n\n", prose(first));
    for step in rest {
        let _ = writeln!(out, "- {}", prose(step));
    }
    if !rest.is_empty() {
        out.push('\n');
    }
    out
}

fn headline(report: &Report, tally: &Tally, done: &Summary) -> String {
    let Tally { applied, failed, skipped, unreadable } = *tally;
    let odd: Vec<String> = [
        (failed, format!("{failed} failed")),
        (skipped, format!("{skipped} not tried")),
        (unreadable, format!("{} could not be read", count(unreadable, "target"))),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(_, text)| text)
    .collect();
    let headline = match (applied, odd.is_empty()) {
        (0, true) => format!("In step: {}, nothing to apply", count(report.targets.len(), "target")),
        (_, true) => format!("Applied: {}", numbers(done, DONE)),
        (0, false) => format!("⚠️ Not applied: {}", odd.join(", ")),
        (_, false) => format!("⚠️ Applied in part: {}; {}", numbers(done, DONE), odd.join(", ")),
    };
    let released = headline_of_released(&report.released);
    released.into_iter().fold(headline, |headline, released| format!("{headline}, {released}"))
}

/// The applied changes of a target.
fn done_in(report: &TargetReport) -> impl Iterator<Item = ChangeRef<'_>> {
    report.results().filter(|(_, outcome)| matches!(outcome, Outcome::Applied)).map(|(change, _)| change)
}

fn of_targets(report: &Report) -> Table {
    let shown = report.targets.iter().filter(|of| !of.outcomes.is_empty() || of.target.is_unreadable());
    let cells = |of: &TargetReport| {
        let count = |is: fn(&Outcome) -> bool| of.outcomes.iter().filter(|outcome| is(outcome)).count();
        vec![
            number(count(|of| matches!(of, Outcome::Applied))),
            loud(count(|of| matches!(of, Outcome::Failed(_)))),
            number(count(|of| matches!(of, Outcome::Skipped(_)))),
        ]
    };
    Table::of(&["applied", "failed", "not tried"], shown.map(|of| (&of.target, cells(of))))
}
