//! A row per target.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Summary, Target};

use super::super::words::count;
use super::parts::short_title;

/// A table of `targets` with the given columns of numbers, without columns that would be empty: on a phone there is
/// room for few. Without the `quiet` targets if so told.
pub(super) fn of(targets: &[&Target], columns: &[&str], quiet: bool, cells: impl Fn(&Target) -> Vec<String>) -> String {
    let shown: Vec<&Target> = targets.iter().copied().filter(|target| quiet || !is_quiet(target)).collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut rows: Vec<(String, Vec<String>)> = shown.iter().map(|target| (title(target), cells(target))).collect();
    match targets.len() - shown.len() {
        0 => {}
        more => rows.push((format!("… {} from which nothing is taken", count(more, "more target")), Vec::new())),
    }
    let used: Vec<(usize, &str)> = columns
        .iter()
        .copied()
        .enumerate()
        .filter(|(at, _)| rows.iter().any(|(_, cells)| cells.get(*at).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let header: String = used.iter().map(|(_, column)| format!(" {column} |")).collect::<Vec<_>>().concat();
    let mut out = format!("| target |{header}\n| :-- |{}\n", " --: |".repeat(used.len()));
    for (title, cells) in &rows {
        let _ = write!(out, "| {title} |");
        for (at, _) in &used {
            let _ = write!(out, " {} |", cells.get(*at).map(String::as_str).unwrap_or_default());
        }
        out.push('\n');
    }
    out.push('\n');
    out
}

fn title(target: &Target) -> String {
    let odd = if target.is_unreadable() { " ⚠️ could not be read" } else { "" };
    format!("{}{odd}", short_title(target))
}

/// Whether nothing is taken and nothing is odd.
fn is_quiet(target: &Target) -> bool {
    let summary = Summary::of([target]);
    summary.removes + summary.warnings + summary.unreadable == 0
}

/// The columns of a plan.
pub(super) const PLAN: [&str; 4] = ["remove", "update", "create", "drift"];

/// What a plan does to a target: drift apart, in signs.
pub(super) fn planned(target: &Target) -> Vec<String> {
    let own = of_origin(target.changes(), Origin::PullRequest);
    let drift = of_origin(target.changes(), Origin::Drift);
    let drift: Vec<String> = [("−", drift.removes), ("~", drift.updates), ("+", drift.creates)]
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(sign, number)| format!("{sign}{number}"))
        .collect();
    vec![loud(own.removes), number(own.updates), number(own.creates), drift.join(" ")]
}

/// A number, or nothing for none.
pub(super) fn number(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// A number that should be seen.
pub(super) fn loud(number: usize) -> String {
    if number == 0 { String::new() } else { format!("<b>{number}</b>") }
}

/// Changes of one origin in numbers.
pub(super) fn of_origin<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>, origin: Origin) -> Summary {
    in_numbers(changes.into_iter().filter(|change| change.about.origin == origin))
}

/// Changes in numbers.
pub(super) fn in_numbers<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>) -> Summary {
    let mut summary = Summary::default();
    changes.into_iter().for_each(|change| summary.count(change));
    summary
}
