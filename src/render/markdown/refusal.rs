//! Why nothing was applied: what nobody has seen, or is too much.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Summary};

use super::super::escape::markdown::{inline, prose};
use super::super::line::View;
use super::super::{Objection, Refusal};
use super::context::Context;
use super::fit::{Room, fit};
use super::losses::Losses;
use super::parts::{TO_DO, head, numbers};
use super::{details, foot};

/// A box that says that an apply would be refused, and what to do. Empty where it would not be.
pub(super) fn objection(objection: Option<&Objection<'_>>) -> String {
    let Some(Objection { headline, way_out }) = objection else { return String::new() };
    let (headline, way_out) = (prose(headline), prose(way_out));
    format!("> [!IMPORTANT]\n> <b>An apply will be refused:</b> {headline}. {way_out}\n\n")
}

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
    let _ = write!(out, "<b>Nothing was changed.</b> {}\n\n<b>What now:</b> {}\n\n", prose(why), prose(way_out));
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
