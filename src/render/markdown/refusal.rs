//! Why nothing was applied: what nobody has seen, or is too much.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Summary};

use super::super::escape::markdown::{inline, prose};
use super::super::line::View;
use super::super::{Objection, Refusal};
use super::context::Context;
use super::details::Details;
use super::fit::fit;
use super::foot;
use super::losses::Losses;
use super::parts::{TO_DO, head, numbers};

/// A box that says that an apply would be refused, and what to do. Empty where it would not be.
pub(super) fn objection(objection: Option<&Objection<'_>>) -> String {
    let Some(Objection { headline, way_out }) = objection else { return String::new() };
    let (headline, way_out) = (prose(headline), prose(way_out));
    format!("{} {headline}. {way_out}\n\n", foot::OBJECTION)
}

/// What is refused, why, and what to do.
pub fn refusal(refusal: &Refusal<'_>, context: &Context<'_>) -> String {
    let Refusal { headline, why, targets, way_out, digest } = refusal;
    let mut details = Details::default();
    for target in *targets {
        let changes: Vec<ChangeRef<'_>> = target.changes().collect();
        details.add(target, &changes, numbers(&Summary::of([target]), TO_DO), View::Done);
    }
    let losses = Losses::of(*targets).whoever();
    let summary = Summary::of(*targets);
    fit(context.limit, summary.changes(), |room| {
        let left_out = [
            (summary.creates.saturating_sub(room.creates), "addition"),
            (summary.updates.saturating_sub(room.updates), "update"),
        ];
        let mut out = head(context, &format!("⛔ Not applied: {}", inline(headline)));
        let _ = write!(out, "<b>Nothing was changed.</b> {}\n\n<b>What now:</b> {}\n\n", prose(why), prose(way_out));
        out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
        out.push_str(&losses.to_box(["It would take away:", ""], room, ""));
        out.push_str(&details.to_text(context.files, room));
        out.push_str(&foot::of("Plan", digest, context, false));
        out
    })
}
