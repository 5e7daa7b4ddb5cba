//! A plan as a comment on a pull request, or as a job summary.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Plan, Summary, Target};

use super::super::Objection;
use super::super::escape::markdown::inline;
use super::super::line::View;
use super::super::losing::Losing;
use super::super::names::Names;
use super::super::released::headline as headline_of_released;
use super::super::title::{ignored, is_in_step, left_alone};
use super::super::words::{PRODUCT_NAMES, count, names_products, silenced};
use super::context::Context;
use super::details::Details;
use super::fit::{Room, fit, fit_in, longest};
use super::losses::Losses;
use super::odd::Odd;
use super::outward::Outward;
use super::parts::{TO_DO, head, numbers};
use super::table::{self, Table, of_origin};
use super::{about, foot, notes, refusal, released};

/// The text of a plan. Changes by the pull request are kept apart from drift that was there before.
pub fn plan(plan: &Plan, objection: Option<&Objection<'_>>, context: &Context<'_>) -> String {
    let pieces = Pieces::of(plan, objection, context);
    fit(context.limit, pieces.most(plan), |room| compose(plan, &pieces, context, room, ""))
}

/// The same in at most `most` texts, if one can't hold all removals. Each further text begins with `marker` of its
/// number, which counts from 2.
pub fn plan_in_parts(
    plan: &Plan,
    objection: Option<&Objection<'_>>,
    context: &Context<'_>,
    most: usize,
    marker: impl Fn(usize) -> String,
) -> Vec<String> {
    let pieces = Pieces::of(plan, objection, context);
    let (first, room) = fit_in(context.limit, pieces.most(plan), |room| compose(plan, &pieces, context, room, NEXT));
    let mut losses = pieces.losses.after(room.losses);
    let mut parts = vec![first];
    while losses.size() > 0 && parts.len() < most {
        let number = parts.len() + 1;
        let rest = if number < most { NEXT } else { "" };
        let compose = |shown| {
            let room = Room { losses: shown, folds: false, ..Room::ALL };
            let head = format!("{}\n### Catalog plan, part {number}\n\n", marker(number));
            let cut = if shown < losses.size() && rest.is_empty() {
                foot::whole(context.whole.as_ref())
            } else {
                String::new()
            };
            format!("{head}{}{cut}", losses.to_box(TAKEN, room, rest))
        };
        let (text, shown) = longest(context.limit, losses.size(), compose(0), compose);
        if shown == 0 {
            break;
        }
        parts.push(text);
        losses = losses.after(shown);
    }
    parts
}

/// The hidden line that lists the changed targets, for later applies. Only in comments.
fn about(plan: &Plan, context: &Context<'_>) -> String {
    let changed = plan.targets.iter().filter(|target| target.has_changes() && !context.marker.is_empty());
    about::line(changed.map(|target| &target.name))
}

/// Says where the other removals are.
const NEXT: &str = ": see the next comment";

const TAKEN: [&str; 3] = [
    "This takes away:",
    "Undoing drift from before this pull request takes away:",
    "Following mirrored experiences, with this pull request or without, takes away:",
];

/// The parts of the text, which is composed anew until it fits.
struct Pieces<'a> {
    summary: Summary,
    head: String,
    outward: Outward,
    losses: Losses<'a>,
    odd: Odd,
    silenced: Odd,
    targets: &'a [Target],
    table: Table,
    details: Details<'a>,
    foot: String,
}

impl<'a> Pieces<'a> {
    fn of(plan: &'a Plan, objection: Option<&Objection<'_>>, context: &Context<'_>) -> Self {
        let names = Names::of(&plan.targets.iter());
        let loud: Vec<&Target> = plan.targets.iter().filter(|target| !is_in_step(target)).collect();
        let told = loud.iter().map(|target| (*target, target.changes().collect()));
        let details = Details::of(told, View::Plan(&names), what);
        let summary = plan.summary();
        Self {
            head: opening(plan, &summary, objection, context),
            summary,
            losses: Losses::of(&plan.targets),
            outward: Outward::of(&plan.targets),
            odd: Odd::of(&loud, "Nothing is planned there.", context.files),
            silenced: Odd::silenced(&plan.targets, context.files),
            targets: &plan.targets,
            table: Table::of(&table::PLAN, loud.iter().map(|target| (*target, table::planned(target)))),
            details,
            foot: about(plan, context) + &foot::of("Plan", &plan.digest, context, plan.has_changes()),
        }
    }

    /// The largest number of items that any part can have.
    fn most(&self, plan: &Plan) -> usize {
        self.summary.changes().max(self.odd.len()).max(plan.released.len()).max(self.outward.len())
    }
}

fn compose(plan: &Plan, pieces: &Pieces<'_>, context: &Context<'_>, room: Room, rest: &str) -> String {
    let Pieces { summary: _, head, outward, losses, odd, silenced, targets, table, details, foot } = pieces;
    let left_out = details.left_out(room, ["addition", "update"]);
    let mut out = head.clone();
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(&losses.to_box(TAKEN, room, rest));
    out.push_str(&outward.to_box(room));
    out.push_str(&released::box_of(&plan.released, context, room.odd));
    out.push_str(&odd.to_box(room));
    if room.table {
        out.push_str(&table.to_text(room.quiet_rows));
    }
    out.push_str(&details.to_text(context.files, room));
    out.push_str(&silenced.folded("Silenced by comments", room));
    out.push_str(&notes::folded(targets, context.files, room));
    if room.details && names_products(plan) {
        let _ = writeln!(out, "<sub>{PRODUCT_NAMES}</sub>\n");
    }
    out.push_str(foot);
    out
}

/// The headline, the objection and the line of numbers.
fn opening(plan: &Plan, summary: &Summary, objection: Option<&Objection<'_>>, context: &Context<'_>) -> String {
    let is_own = |change: &ChangeRef<'_>| change.about.origin == Origin::PullRequest;
    let own = of_origin(plan.changes().map(|(_, change)| change), Origin::PullRequest);
    let [drift, mirrored] =
        [Origin::Drift, Origin::Mirror].map(|origin| of_origin(plan.changes().map(|(_, change)| change), origin));
    let losing = Losing::of(plan.changes().filter(|(_, change)| is_own(change)));
    let mut out = head(context, &format!("Catalog plan: {}", headline(plan, summary, &own, &losing)));
    let _ = write!(out, "{}{}\n\n", refusal::objection(objection), counts(plan, summary, &drift, &mirrored));
    out
}

fn headline(plan: &Plan, summary: &Summary, own: &Summary, losing: &Losing<'_>) -> String {
    let mut parts = Vec::new();
    if own.changes() > 0 {
        let loud = if own.removes > 0 { "⚠️ " } else { "" };
        let taken = losing.sentence().map(|sentence| format!(" ({})", inline(&sentence))).unwrap_or_default();
        parts.push(format!("{loud}{}{taken}", numbers(own, TO_DO)));
    } else if summary.drift > 0 {
        parts.push(format!("nothing by this pull request, {} from before", count(summary.drift, "change")));
    } else if summary.mirrored > 0 {
        let behind = count(summary.mirrored, "change");
        parts.push(format!("nothing by this pull request, {behind} to follow mirrored experiences"));
    } else if summary.unreadable == 0 {
        parts.push("in step, nothing to change".to_owned());
    }
    if summary.unreadable > 0 {
        parts.push(format!("{} could not be read", count(summary.unreadable, "target")));
    }
    parts.extend(headline_of_released(&plan.released));
    parts.join(", ")
}

/// The line of numbers.
fn counts(plan: &Plan, summary: &Summary, drift: &Summary, mirrored: &Summary) -> String {
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
        parts.push(format!("drift from before, undone by the same apply: {}", numbers(drift, TO_DO)));
    }
    if summary.mirrored > 0 {
        parts.push(format!("behind what is mirrored, not by this pull request: {}", numbers(mirrored, TO_DO)));
    }
    let left_alone: usize = plan.targets.iter().map(left_alone).sum();
    if left_alone > 0 {
        parts.push(format!("{left_alone} more live, not listed and left alone"));
    }
    parts.extend(ignored(&plan.targets).map(|words| inline(&words)));
    parts.extend(silenced(&plan.targets));
    parts.join(" · ")
}

/// The numbers of changes in a target, for its summary.
fn what(changes: &[ChangeRef<'_>]) -> String {
    let own = of_origin(changes.iter().copied(), Origin::PullRequest);
    let others = [(Origin::Drift, "drift"), (Origin::Mirror, "behind what is mirrored")].map(|(origin, word)| {
        let number = of_origin(changes.iter().copied(), origin).changes();
        (number > 0).then(|| format!("{number} {word}"))
    });
    let own = (own.changes() > 0).then(|| numbers(&own, TO_DO));
    let parts: Vec<String> = own.into_iter().chain(others.into_iter().flatten()).collect();
    parts.join(", ")
}
