//! The issue that reports drift, with the differences and the two ways to resolve them.

use crate::model::change::{Plan, Summary, Target};

use super::super::Objection;
use super::super::escape::markdown::inline;
use super::super::line::View;
use super::super::released::headline as headline_of_released;
use super::super::sides::{SIDES, by_side};
use super::super::title::is_in_step;
use super::super::words::{REACH_UNKNOWN, count, incomplete_shares};
use super::context::{Context, Link};
use super::details::Details;
use super::fit::{Room, fit};
use super::kept::Kept;
use super::losses::Losses;
use super::odd::Odd;
use super::parts::{counted, head};
use super::table::{Table, loud, number};
use super::{foot, refusal, released};

/// Additional facts for an issue about drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftContext<'a> {
    /// When the drift was first seen, for people. `None` if unknown.
    pub since: Option<&'a str>,
    /// When the live state was last read, as text.
    pub looked: &'a str,
    /// The workflow that runs an apply.
    pub undo: Option<Link<'a>>,
    /// The text so far. Details of targets that can't be read now are kept from it. Empty for a new issue.
    pub before: &'a str,
    /// Whether only a part of the catalog was read.
    pub narrowed: bool,
    /// The way to write the live state into the catalog, if there is a workflow for it.
    pub keep: Option<Keep<'a>>,
}

/// A way to write the live state into the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep<'a> {
    /// A workflow that opens a pull request.
    Run(Link<'a>),
    /// An open pull request.
    Merge(Link<'a>),
}

/// The text of the issue: the differences, since when there is drift, and the ways to resolve it.
pub fn drift(
    plan: &Plan,
    objection: Option<&Objection<'_>>,
    context: &Context<'_>,
    drift: &DriftContext<'_>,
) -> String {
    let summary = plan.summary();
    let differing: Vec<&Target> = plan.targets.iter().filter(|target| !is_in_step(target)).collect();
    let told = differing.iter().map(|target| (*target, target.changes().collect()));
    let details = Details::of(told, View::Drift, |changes| counted(by_side(changes.iter().copied()), SIDES));
    let sides = |target: &Target| {
        let [too_much, different, missing, behind] = by_side(target.changes());
        vec![loud(too_much), number(different), number(missing), number(behind)]
    };
    let kept = Kept::of(drift.before, plan, drift.narrowed);
    let pieces = Pieces {
        head: head(context, &headline(plan, &summary, drift, &kept)),
        ways_out: if summary.changes() > 0 {
            ways_out(drift, &summary) + &refusal::objection(objection)
        } else {
            String::new()
        },
        losses: Losses::of(&plan.targets).whoever(),
        odd: Odd::of(&differing, "Whether there is drift is not known.", context.files),
        table: Table::of(&SIDES, differing.iter().map(|target| (*target, sides(target)))),
        details,
        kept,
        foot: looked(&summary, drift) + &foot::of("Drift", &plan.digest, context, false),
    };
    let most = summary.changes().max(pieces.odd.len()).max(plan.released.len());
    fit(context.limit, most, |room| compose(plan, &pieces, context, room))
}

/// The parts of the text, which is composed anew until it fits.
struct Pieces<'a> {
    head: String,
    ways_out: String,
    losses: Losses<'a>,
    odd: Odd,
    table: Table,
    details: Details<'a>,
    kept: Kept,
    foot: String,
}

fn compose(plan: &Plan, pieces: &Pieces<'_>, context: &Context<'_>, room: Room) -> String {
    let Pieces { head, ways_out, losses, odd, table, details, kept, foot } = pieces;
    let left_out = details.left_out(room, ["missing one", "differing one"]);
    let mut out = head.clone();
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(ways_out);
    out.push_str(&losses.to_box(["Undoing it takes away:", "", ""], room, ""));
    out.push_str(&released::box_of(&plan.released, context, room.odd));
    out.push_str(&odd.to_box(room));
    if room.table {
        out.push_str(&table.to_text(room.quiet_rows));
    }
    out.push_str(&details.to_text(context.files, room));
    out.push_str(&kept.to_text(room.details));
    out.push_str(foot);
    out
}

fn looked(summary: &Summary, drift: &DriftContext<'_>) -> String {
    let unread = match summary.unreadable {
        0 => "nothing".to_owned(),
        number => format!("<b>{}</b>", count(number, "target")),
    };
    format!("Last looked: {}. Could not be read: {unread}.\n\n", inline(drift.looked))
}

fn headline(plan: &Plan, summary: &Summary, drift: &DriftContext<'_>, kept: &Kept) -> String {
    let changes = plan.changes().map(|(_, change)| change);
    let unread = count(summary.unreadable, "target");
    let headline = match (summary.changes(), summary.unreadable) {
        (0, 0) if plan.has_incomplete_shares() => "Drift".to_owned(),
        (0, 0) if plan.is_reach_unknown() => format!("Drift: {REACH_UNKNOWN}"),
        (0, 0) if !kept.is_empty() => "Drift: none in what was looked at, the rest as last known".to_owned(),
        (0, 0) if plan.gone() > 0 => {
            let targets = count(summary.targets, "target");
            format!("No drift in {targets}, and something is gone or switched off in {} of them", plan.gone())
        }
        (0, 0) => format!("No drift in {}", count(summary.targets, "target")),
        (0, _) => format!("Drift: not known, {unread} could not be read"),
        (_, unreadable) => {
            let since = drift.since.map(|since| format!(", since {}", inline(since))).unwrap_or_default();
            let unread = if unreadable == 0 { String::new() } else { format!(", {unread} could not be read") };
            let drift = if summary.mirrored == summary.changes() { "No drift," } else { "Drift:" };
            format!("{drift} {}{since}{unread}", counted(by_side(changes), SIDES))
        }
    };
    let released = headline_of_released(&plan.released);
    incomplete_shares(plan)
        .into_iter()
        .chain(released)
        .fold(headline, |headline, released| format!("{headline}, {released}"))
}

fn ways_out(drift: &DriftContext<'_>, summary: &Summary) -> String {
    let DriftContext { since: _, looked: _, before: _, narrowed: _, undo, keep } = drift;
    let undo = match undo {
        Some(undo) => format!("run {}", foot::of_link(undo)),
        None => "run <code>catalog-sync apply</code>".to_owned(),
    };
    let keep = match keep {
        Some(Keep::Run(keep)) => format!("run {}, which opens a pull request with what is live", foot::of_link(keep)),
        Some(Keep::Merge(keep)) => format!("merge {}, which has what is live", foot::of_link(keep)),
        None => "write it into the catalog, in a pull request".to_owned(),
    };
    let undo = format!("- <b>Undo it:</b> {undo}.\n- <b>Keep it:</b> {keep}.\n");
    let follow = "- <b>What is behind a mirrored experience</b> follows by itself: the workflow with <code>command: \
                  due</code> brings it in step. To change it for good, edit the mirrored experience.\n";
    match (summary.mirrored, summary.changes()) {
        (0, _) => format!("{undo}\n"),
        (mirrored, all) if mirrored == all => format!("{follow}\n"),
        _ => format!("{undo}{follow}\n"),
    }
}
