//! The issue that reports drift: the differences from the other side, and both ways out.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Plan, Summary, Target};

use super::super::Objection;
use super::super::escape::markdown::inline;
use super::super::line::View;
use super::super::released::headline as headline_of_released;
use super::super::sides::{SIDES, by_side};
use super::super::title::is_in_step;
use super::super::words::count;
use super::context::{Context, Link};
use super::fit::{Room, fit};
use super::losses::Losses;
use super::parts::{counted, head};
use super::table::{loud, number};
use super::{details, foot, odd, refusal, released, table};

/// What an issue about drift says beside the differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftContext<'a> {
    /// Since when there is drift, for people; none where nobody knows.
    pub since: Option<&'a str>,
    /// When it was last looked, for people.
    pub looked: &'a str,
    /// Where an apply is started.
    pub undo: Option<Link<'a>>,
    /// Where the live state is taken over into the catalog.
    pub keep: Option<Link<'a>>,
}

/// What is live and should not be, what should be and is not, since when, and both ways out.
pub fn drift(
    plan: &Plan,
    objection: Option<&Objection<'_>>,
    context: &Context<'_>,
    drift: &DriftContext<'_>,
) -> String {
    let summary = plan.summary();
    let refused = refusal::objection(objection);
    let losses = Losses::of(&plan.targets).whoever();
    let most = summary.changes().max(summary.warnings + summary.unreadable).max(plan.released.len());
    fit(context.limit, most, |room| compose(plan, &summary, &losses, &refused, context, drift, room))
}

fn compose(
    plan: &Plan,
    summary: &Summary,
    losses: &Losses<'_>,
    refused: &str,
    context: &Context<'_>,
    drift: &DriftContext<'_>,
    room: Room,
) -> String {
    let differing: Vec<&Target> = plan.targets.iter().filter(|target| !is_in_step(target)).collect();
    let mut out = head(context, &headline(plan, summary, drift));
    let left_out = [
        (summary.creates.saturating_sub(room.creates), "missing one"),
        (summary.updates.saturating_sub(room.updates), "differing one"),
    ];
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    if summary.changes() > 0 {
        out.push_str(&ways_out(drift));
    }
    out.push_str(refused);
    out.push_str(&losses.to_box(["Undoing it takes away:", ""], room.losses));
    out.push_str(&released::box_of(&plan.released, context, room.odd));
    out.push_str(&odd::box_of(&differing, "Whether there is drift is not known.", context.files, room.odd));
    if room.table {
        out.push_str(&table::of(&differing, &SIDES, room.quiet_rows, |target| {
            let [too_much, different, missing] = by_side(target.changes());
            vec![loud(too_much), number(different), number(missing)]
        }));
    }
    if room.details {
        let mut budget = details::Budget::of(room);
        for target in &differing {
            let changes: Vec<ChangeRef<'_>> = target.changes().collect();
            let what = counted(by_side(target.changes()), SIDES);
            out.push_str(&details::of_target(target, &changes, &what, View::Drift, context.files, &mut budget));
        }
    }
    let unread = match summary.unreadable {
        0 => "nothing".to_owned(),
        number => format!("<b>{}</b>", count(number, "target")),
    };
    let _ = write!(out, "Last looked: {}. Could not be read: {unread}.\n\n", inline(drift.looked));
    out.push_str(&foot::of("Drift", &plan.digest, context, false));
    out
}

fn headline(plan: &Plan, summary: &Summary, drift: &DriftContext<'_>) -> String {
    let changes = plan.changes().map(|(_, change)| change);
    let unread = count(summary.unreadable, "target");
    let headline = match (summary.changes(), summary.unreadable) {
        (0, 0) => format!("No drift in {}", count(summary.targets, "target")),
        (0, _) => format!("Drift: not known, {unread} could not be read"),
        (_, unreadable) => {
            let since = drift.since.map(|since| format!(", since {}", inline(since))).unwrap_or_default();
            let unread = if unreadable == 0 { String::new() } else { format!(", {unread} could not be read") };
            format!("Drift: {}{since}{unread}", counted(by_side(changes), SIDES))
        }
    };
    let released = headline_of_released(&plan.released);
    released.into_iter().fold(headline, |headline, released| format!("{headline}, {released}"))
}

fn ways_out(drift: &DriftContext<'_>) -> String {
    let DriftContext { since: _, looked: _, undo, keep } = drift;
    let undo = match undo {
        Some(undo) => format!("run {}", foot::of_link(undo)),
        None => "run <code>catalog-sync apply</code>".to_owned(),
    };
    let keep = match keep {
        Some(keep) => format!("run {}, which opens a pull request with what is live", foot::of_link(keep)),
        None => "write it into the catalog, in a pull request".to_owned(),
    };
    format!("- <b>Undo it:</b> {undo}.\n- <b>Keep it:</b> {keep}.\n\n")
}
