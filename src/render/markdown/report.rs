//! The comment after an apply: what failed and why, what was left, what was done.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Summary, Target};
use crate::model::report::{Failure, Outcome, Report, Tally, TargetReport};

use super::super::escape::markdown::{code, inline, prose};
use super::super::line::{Line, View};
use super::super::released::headline as headline_of_released;
use super::super::remedy::next_steps;
use super::super::words::{count, some_of};
use super::context::Context;
use super::fit::{Room, fit};
use super::losses::named;
use super::parts::{beside, head, numbers, short_title};
use super::table::{loud, number};
use super::{details, foot, odd, released, table};

/// What was applied, what failed and what AWS said, what was not tried and why.
pub fn report(report: &Report, context: &Context<'_>) -> String {
    let tally = report.tally();
    let Tally { applied, failed, skipped, unreadable } = tally;
    let most = applied.max(failed).max(skipped + unreadable).max(report.released.len());
    fit(context.limit, most, |room| compose(report, &tally, context, room))
}

const DONE: [&str; 3] = ["removed", "updated", "created"];

fn compose(report: &Report, tally: &Tally, context: &Context<'_>, room: Room) -> String {
    let done = Summary::default();
    let done = report.targets.iter().map(applied).fold(done, |sum, of| Summary {
        removes: sum.removes + of.removes,
        updates: sum.updates + of.updates,
        creates: sum.creates + of.creates,
        ..sum
    });
    let mut out = head(context, &headline(report, tally, &done));
    let left_out = [
        (done.creates.saturating_sub(room.creates), "addition"),
        (done.updates.saturating_sub(room.updates), "update"),
    ];
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(&failures(report, context.files, room.losses));
    out.push_str(&skipped(report, room.odd));
    let unread: Vec<&Target> =
        report.targets.iter().map(|of| &of.target).filter(|target| target.is_unreadable()).collect();
    out.push_str(&odd::unreadable_box(&unread, "Nothing was tried there.", context.files, room.odd));
    out.push_str(&released::box_of(&report.released, context, room.odd));
    out.push_str(&what_now(report));
    if room.table {
        out.push_str(&of_targets(report, room));
    }
    if room.details {
        out.push_str(&folded(report, context, room));
    }
    out.push_str(&foot::of("Apply", &report.digest, context, false));
    out
}

/// What to do now: a sentence, and a list where it is not the same for all.
fn what_now(report: &Report) -> String {
    let steps = next_steps(report);
    let Some((first, rest)) = steps.split_first() else { return String::new() };
    let rest: Vec<String> = rest.iter().map(|step| format!("- {}\n", prose(step))).collect();
    let rest = rest.concat();
    let between = if rest.is_empty() { "" } else { "\n" };
    format!("<b>{}</b>\n\n{rest}{between}", prose(first))
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

/// What was applied in a target, in numbers.
fn applied(report: &TargetReport) -> Summary {
    table::in_numbers(done(report))
}

fn done(report: &TargetReport) -> impl Iterator<Item = ChangeRef<'_>> {
    report.results().filter(|(_, outcome)| matches!(outcome, Outcome::Applied)).map(|(change, _)| change)
}

/// Failures as a box; what failed in the same way is one bullet.
fn failures(report: &Report, files: Option<&str>, room: usize) -> String {
    let mut groups: Vec<(&TargetReport, &Failure, Vec<ChangeRef<'_>>)> = Vec::new();
    for of in &report.targets {
        for (change, outcome) in of.results() {
            let Outcome::Failed(failure) = outcome else { continue };
            match groups.last_mut() {
                Some((target, last, changes)) if target.target.name == of.target.name && *last == failure => {
                    changes.push(change);
                }
                _ => groups.push((of, failure, vec![change])),
            }
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut out = "> [!CAUTION]\n> <b>Failed:</b>\n>\n".to_owned();
    let mut left = room;
    for (of, failure, changes) in &groups {
        if left > 0 {
            let _ = writeln!(out, "> - {}", failed(of, failure, changes, files, left));
        }
        left = left.saturating_sub(changes.len());
    }
    let all: usize = groups.iter().map(|(_, _, changes)| changes.len()).sum();
    if all > room {
        let _ = write!(out, ">\n> <b>{} more failed.</b>\n", all - room);
    }
    out.push('\n');
    out
}

fn failed(of: &TargetReport, failure: &Failure, changes: &[ChangeRef<'_>], files: Option<&str>, room: usize) -> String {
    let Failure { operation, code: aws, message, account, region } = failure;
    let items: Vec<String> = changes
        .iter()
        .map(|change| {
            let line = Line::of(*change, View::Plan);
            format!("{} {}{}", line.what, named(&line), beside(line.source, files))
        })
        .collect();
    let name = of.target.account_name.as_ref().filter(|_| *account == of.target.account);
    let name = name.map(|name| format!("{} ", inline(name))).unwrap_or_default();
    format!(
        "{} in {}: <b>{}</b>: {} ({} in {name}{} {})",
        some_of(&items, room),
        short_title(&of.target),
        inline(aws),
        inline(message),
        code(operation),
        code(account.as_str()),
        inline(region.as_str())
    )
}

/// What was not tried, by target and reason.
fn skipped(report: &Report, room: usize) -> String {
    let mut groups: Vec<(&Target, &str, usize)> = Vec::new();
    for of in &report.targets {
        for (_, outcome) in of.results() {
            let Outcome::Skipped(why) = outcome else { continue };
            match groups.iter_mut().find(|(target, reason, _)| target.name == of.target.name && *reason == why) {
                Some((_, _, number)) => *number += 1,
                None => groups.push((&of.target, why, 1)),
            }
        }
    }
    let mut out = String::new();
    for (target, why, number) in groups.iter().take(room) {
        let _ = writeln!(
            out,
            "- <b>{} not tried</b> in {}: {}",
            count(*number, "change"),
            short_title(target),
            inline(why)
        );
    }
    if groups.len() > room {
        let more: usize = groups.iter().skip(room).map(|(_, _, number)| number).sum();
        let _ = writeln!(out, "- <b>{} not tried</b>", count(more, "more change"));
    }
    if out.is_empty() { out } else { format!("{out}\n") }
}

fn of_targets(report: &Report, room: Room) -> String {
    let shown: Vec<&TargetReport> =
        report.targets.iter().filter(|of| !of.outcomes.is_empty() || of.target.is_unreadable()).collect();
    let targets: Vec<&Target> = shown.iter().map(|of| &of.target).collect();
    table::of(&targets, &["applied", "failed", "not tried"], room.quiet_rows, |target| {
        let outcomes = shown.iter().find(|of| of.target.name == target.name).map(|of| of.outcomes.as_slice());
        let count = |is: fn(&Outcome) -> bool| outcomes.unwrap_or_default().iter().filter(|&of| is(of)).count();
        vec![
            number(count(|of| matches!(of, Outcome::Applied))),
            loud(count(|of| matches!(of, Outcome::Failed(_)))),
            number(count(|of| matches!(of, Outcome::Skipped(_)))),
        ]
    })
}

fn folded(report: &Report, context: &Context<'_>, room: Room) -> String {
    let mut budget = details::Budget::of(room);
    let mut out = String::new();
    for of in &report.targets {
        let changes: Vec<ChangeRef<'_>> = done(of).collect();
        let what = numbers(&applied(of), DONE);
        out.push_str(&details::of_target(&of.target, &changes, &what, View::Plan, context.files, &mut budget));
    }
    out
}
