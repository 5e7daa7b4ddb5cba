//! Refusals: an apply that changed nothing, and the box that one will be refused.

use std::fmt::Write;

use crate::model::change::Summary;

use super::super::escape::markdown::{inline, prose};
use super::super::line::View;
use super::super::{Objection, Refusal};
use super::context::Context;
use super::details::Details;
use super::fit::fit;
use super::foot;
use super::losses::Losses;
use super::parts::{TO_DO, head, numbers};
use super::table::in_numbers;

/// A box that an apply will be refused, with the way out. Empty without an objection.
pub(super) fn objection(objection: Option<&Objection<'_>>) -> String {
    let Some(Objection { headline, way_out }) = objection else { return String::new() };
    let (headline, way_out) = (prose(headline), prose(way_out));
    format!("{} {headline}. {way_out}\n\n", foot::OBJECTION)
}

/// The text of a refusal: the changes in question, the reason and the way out.
pub fn refusal(refusal: &Refusal<'_>, context: &Context<'_>) -> String {
    let Refusal { headline, why, targets, way_out, digest } = refusal;
    let told = targets.iter().map(|target| (target, target.changes().collect()));
    let details = Details::of(told, View::Done, |changes| numbers(&in_numbers(changes.iter().copied()), TO_DO));
    let losses = Losses::of(*targets).whoever();
    let summary = Summary::of(*targets);
    fit(context.limit, summary.changes(), |room| {
        let left_out = details.left_out(room, ["addition", "update"]);
        let mut out = head(context, &format!("⛔ Not applied: {}", inline(headline)));
        let _ = write!(out, "<b>Nothing was changed.</b> {}\n\n<b>What now:</b> {}\n\n", prose(why), prose(way_out));
        out.push_str(&foot::cut(&left_out, room, context.whole.as_ref()));
        out.push_str(&losses.to_box(["It would take away:", "", ""], room, ""));
        out.push_str(&details.to_text(context.files, room));
        out.push_str(&foot::of("Plan", digest, context, false));
        out
    })
}
