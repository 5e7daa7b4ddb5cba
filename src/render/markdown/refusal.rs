//! Why nothing was applied: what nobody has seen, or is too much.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Summary};

use super::super::Refusal;
use super::super::escape::markdown::inline;
use super::super::line::View;
use super::context::Context;
use super::fit::{Room, fit};
use super::losses::Losses;
use super::parts::{TO_DO, head, numbers};
use super::{details, foot};

/// What is refused, why, and what to do.
pub fn refusal(refusal: &Refusal<'_>, context: &Context<'_>) -> String {
    let losses = Losses::of(refusal.targets).whoever();
    let summary = Summary::of(refusal.targets);
    fit(context.limit, summary.changes(), |room| compose(refusal, &summary, &losses, context, room))
}

fn compose(refusal: &Refusal<'_>, summary: &Summary, losses: &Losses<'_>, context: &Context<'_>, room: Room) -> String {
    let Refusal { headline, why, targets, way_out, digest } = refusal;
    let mut out = head(context, &format!("⛔ Not applied: {}", inline(headline)));
    let left_out = [
        (summary.creates.saturating_sub(room.creates), "addition"),
        (summary.updates.saturating_sub(room.updates), "update"),
    ];
    let _ = write!(out, "<b>Nothing was changed.</b> {}\n\n<b>What now:</b> {}\n\n", inline(why), inline(way_out));
    out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
    out.push_str(&losses.to_box(["It would take away:", ""], room.losses));
    if room.details {
        let mut budget = details::Budget::of(room);
        for target in *targets {
            let changes: Vec<ChangeRef<'_>> = target.changes().collect();
            let what = numbers(&Summary::of([target]), TO_DO);
            out.push_str(&details::of_target(target, &changes, &what, View::Plan, context.files, &mut budget));
        }
    }
    out.push_str(&foot::of("Plan", digest, context, false));
    out
}
