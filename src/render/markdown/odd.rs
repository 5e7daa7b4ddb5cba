//! What is odd: targets that could not be read, and warnings.

use std::fmt::Write;

use crate::model::change::{Target, TargetState};
use crate::model::finding::Warning;

use super::super::escape::markdown::inline;
use super::super::words::count;
use super::parts::{beside, short_title};

/// All that is odd as a box of bullets, `room` of them at most. Empty where nothing is.
pub(super) fn box_of(targets: &[&Target], so: &str, files: Option<&str>, room: usize) -> String {
    boxed(&unreadable(targets, so, files).chain(warnings(targets, files)).collect::<Vec<_>>(), room)
}

/// The same without the warnings.
pub(super) fn unreadable_box(targets: &[&Target], so: &str, files: Option<&str>, room: usize) -> String {
    boxed(&unreadable(targets, so, files).collect::<Vec<_>>(), room)
}

fn boxed(bullets: &[String], room: usize) -> String {
    if bullets.is_empty() {
        return String::new();
    }
    let mut out = "> [!WARNING]\n".to_owned();
    for bullet in bullets.iter().take(room) {
        let _ = writeln!(out, "> - {bullet}");
    }
    let more = bullets.len().saturating_sub(room);
    if more > 0 {
        let _ = writeln!(out, "> - … and {more} more that would not fit here");
    }
    out.push('\n');
    out
}

fn unreadable<'a>(targets: &'a [&Target], so: &'a str, files: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    targets.iter().filter_map(move |target| match &target.state {
        TargetState::Unreadable { reason, source } => Some(format!(
            "{} <b>could not be read</b>: {}{}. {so}",
            short_title(target),
            inline(reason.trim_end_matches('.')),
            beside(source.as_ref(), files)
        )),
        TargetState::Complete { work: _, left_alone: _ } => None,
    })
}

/// Warnings, each once, however many targets share it.
fn warnings(targets: &[&Target], files: Option<&str>) -> Vec<String> {
    let mut all: Vec<(&Warning, Vec<&Target>)> = Vec::new();
    for target in targets {
        for warning in &target.warnings {
            match all.iter_mut().find(|(other, _)| *other == warning) {
                Some((_, targets)) => targets.push(target),
                None => all.push((warning, vec![target])),
            }
        }
    }
    let bullets = all.into_iter().map(|(Warning { code, message, source }, targets)| {
        let whose = match targets.as_slice() {
            [one] => short_title(one),
            many => count(many.len(), "target"),
        };
        let (code, message) = (inline(&code.replace('_', " ")), inline(message));
        format!("<b>{code}</b> in {whose}: {message}{}", beside(source.as_ref(), files))
    });
    bullets.collect()
}
