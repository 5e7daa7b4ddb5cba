//! The comment on a pull request, and the summary of a job.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Plan, Summary, Target};

use super::super::Objection;
use super::super::line::View;
use super::super::released::headline as headline_of_released;
use super::super::title::{is_in_step, left_alone};
use super::super::words::{PRODUCT_NAMES, count, names_products};
use super::context::Context;
use super::fit::{Room, fit};
use super::losses::Losses;
use super::parts::{TO_DO, head, numbers};
use super::table::of_origin;
use super::{details, foot, odd, refusal, released, table};

/// A plan for those who review it. What this pull request does is told apart from drift that was there before.
pub fn plan(plan: &Plan, objection: Option<&Objection<'_>>, context: &Context<'_>) -> String {
    let refused = refusal::objection(objection);
    let summary = plan.summary();
    let most = summary.changes().max(summary.warnings + summary.unreadable).max(plan.released.len());
    let losses = Losses::of(&plan.targets);
    fit(context.limit, most, |room| compose(plan, &summary, &losses, &refused, context, room))
}

const TAKEN: [&str; 2] = ["This takes away:", "Setting drift right, from before this pull request, takes away:"];

fn compose(
    plan: &Plan,
    summary: &Summary,
    losses: &Losses<'_>,
    refused: &str,
    context: &Context<'_>,
    room: Room,
) -> String {
    let loud: Vec<&Target> = plan.targets.iter().filter(|target| !is_in_step(target)).collect();
    let drift = of_origin(plan.changes().map(|(_, change)| change), Origin::Drift);
    let own = of_origin(plan.changes().map(|(_, change)| change), Origin::PullRequest);
    let mut out = head(context, &format!("Catalog plan: {}", headline(plan, summary, &own, losses.any_own())));
    let _ = write!(out, "{}\n\n", counts(plan, summary, &drift));
    let left_out = [
        (summary.creates.saturating_sub(room.creates), "addition"),
        (summary.updates.saturating_sub(room.updates), "update"),
    ];
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(refused);
    out.push_str(&losses.to_box(TAKEN, room.losses));
    out.push_str(&released::box_of(&plan.released, context, room.odd));
    out.push_str(&odd::box_of(&loud, "Nothing is planned there.", context.files, room.odd));
    if room.table {
        out.push_str(&table::of(&loud, &table::PLAN, room.quiet_rows, table::planned));
    }
    if room.details {
        let mut budget = details::Budget::of(room);
        for target in &loud {
            let changes: Vec<ChangeRef<'_>> = target.changes().collect();
            let what = what(target);
            out.push_str(&details::of_target(target, &changes, &what, View::Plan, context.files, &mut budget));
        }
    }
    if room.details && names_products(plan) {
        let _ = writeln!(out, "<sub>{PRODUCT_NAMES}</sub>\n");
    }
    out.push_str(&foot::of("Plan", &plan.digest, context, plan.has_changes()));
    out
}

fn headline(plan: &Plan, summary: &Summary, own: &Summary, takes: bool) -> String {
    let mut parts = Vec::new();
    if own.changes() > 0 {
        let words = numbers(own, TO_DO);
        parts.push(if takes { format!("⚠️ {words}") } else { words });
    } else if summary.drift > 0 {
        parts.push(format!("nothing by this pull request, {} from before", count(summary.drift, "change")));
    } else if summary.unreadable == 0 {
        parts.push("in step, nothing to change".to_owned());
    }
    if summary.unreadable > 0 {
        parts.push(format!("{} could not be read", count(summary.unreadable, "target")));
    }
    parts.extend(headline_of_released(&plan.released));
    parts.join(", ")
}

/// One line of everything.
fn counts(plan: &Plan, summary: &Summary, drift: &Summary) -> String {
    let mut parts = vec![count(summary.targets, "target")];
    let in_step = plan.targets.iter().filter(|target| !target.has_changes() && !target.is_unreadable()).count();
    if in_step > 0 {
        parts.push(format!("{in_step} in step"));
    }
    if summary.unreadable > 0 {
        parts.push(format!("{} not readable", summary.unreadable));
    }
    if summary.warnings > 0 {
        parts.push(count(summary.warnings, "warning"));
    }
    if summary.drift > 0 {
        parts.push(format!("drift from before, set right by the same apply: {}", numbers(drift, TO_DO)));
    }
    let left_alone: usize = plan.targets.iter().map(left_alone).sum();
    if left_alone > 0 {
        parts.push(format!("{left_alone} more live, not listed and left alone"));
    }
    parts.join(" · ")
}

/// What of a target, for its summary.
fn what(target: &Target) -> String {
    let own = of_origin(target.changes(), Origin::PullRequest);
    let drift = of_origin(target.changes(), Origin::Drift).changes();
    match (own.changes(), drift) {
        (0, drift) => format!("{drift} drift"),
        (_, 0) => numbers(&own, TO_DO),
        (_, drift) => format!("{}, {drift} drift", numbers(&own, TO_DO)),
    }
}
