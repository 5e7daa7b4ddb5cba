//! The box of released resources, which the catalog no longer governs.

use std::fmt::Write;

use crate::model::change::Released;

use super::super::escape::markdown::{code, inline};
use super::super::released::{Freed, UNSEEN};
use super::context::Context;
use super::parts::beside;

/// A box with at most `room` released resources. Empty if there are none.
pub(super) fn box_of(released: &[Released], context: &Context<'_>, room: usize) -> String {
    if released.is_empty() {
        return String::new();
    }
    let mut out =
        "> [!IMPORTANT]\n> <b>No longer governed:</b> nothing is changed there, now or later.\n>\n".to_owned();
    for released in released.iter().take(room) {
        let _ = writeln!(out, "> - {}", bullet(&Freed::of(released), context));
    }
    if released.len() > room {
        let _ = writeln!(out, "> - … and {} more that would not fit here", released.len() - room);
    }
    out.push('\n');
    out
}

fn bullet(freed: &Freed<'_>, context: &Context<'_>) -> String {
    let Freed { kind, name, id, organization, account, region, keeps, source, unseen } = freed;
    let id = id.map(|id| format!(" {}", code(id))).unwrap_or_default();
    let region = region.map(|region| format!(" · {}", inline(region))).unwrap_or_default();
    let (name, organization, account) = (inline(name), inline(organization), code(account));
    let line = beside(Some(source), context.base_files);
    let unseen = if *unseen { format!(" <b>{UNSEEN}</b>") } else { String::new() };
    format!("{kind} <b>{name}</b>{id} · {organization} {account}{region}: {keeps}; the base governed it{line}.{unseen}")
}
