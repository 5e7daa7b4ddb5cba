//! Products that differ only in their notes, folded.

use std::fmt::Write;

use crate::model::change::{OtherNotes, Target};

use super::super::escape::markdown::{code, inline};
use super::super::title::other_notes;
use super::super::words::{OTHER_NOTES, count};
use super::fit::Room;
use super::parts::{beside, short_title};

/// The most products that are listed. The plan's file has them all.
const TOLD: usize = 50;

/// The products of some targets that differ only in their notes. Empty if there are none or no room.
pub(super) fn folded(targets: &[Target], files: Option<&str>, room: Room) -> String {
    let all = || targets.iter().flat_map(|target| other_notes(target).iter().map(move |other| (target, other)));
    let number = all().count();
    if number == 0 || !room.details {
        return String::new();
    }
    let mut out = format!(
        "<details><summary>Other notes than in Git: {}</summary>\n\n{OTHER_NOTES}\n\n",
        count(number, "product")
    );
    for (target, OtherNotes { key, label, wanted, live, source }) in all().take(TOLD) {
        let name = if label.is_empty() { String::new() } else { format!("{} ", inline(label)) };
        let live = live.as_ref().map_or("no notes".to_owned(), |live| inline(live));
        let place = beside(Some(source), files);
        let (id, title, wanted) = (code(key.as_str()), short_title(target), inline(wanted));
        let _ = writeln!(out, "- {name}{id} in {title}: {live} → {wanted}{place}");
    }
    if number > TOLD {
        let _ = writeln!(out, "- … and {} more", number - TOLD);
    }
    out + "\n</details>\n\n"
}
