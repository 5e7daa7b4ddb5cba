//! A table with a row for each target.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Summary, Target};
use crate::model::target::TargetName;

use super::super::escape::markdown::inline;
use super::super::title::Title;
use super::super::words::count;
use super::parts::short_title;

/// A table of targets. The cells are worded once, even if a text has to be composed several times until it fits.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    title: String,
    /// The number of targets in this row.
    targets: usize,
    cells: Vec<String>,
    is_unread: bool,
    /// Whether its targets have no removals and no problems.
    is_quiet: bool,
}

/// The most unreadable targets with rows of their own. The box of problems names all of them.
const UNREAD: usize = 3;

impl Table {
    /// A table of `targets` with these columns.
    pub(super) fn of<'a>(
        columns: &[&'static str],
        targets: impl IntoIterator<Item = (&'a Target, Vec<String>)>,
    ) -> Self {
        let row = |(targets, cells): (Vec<&Target>, Vec<String>)| {
            let is_unread = targets.iter().any(|target| target.is_unreadable());
            let odd = if is_unread { " ⚠️ could not be read" } else { "" };
            let is_quiet = targets.iter().all(|target| is_quiet(target));
            Row { title: format!("{}{odd}", title(&targets)), targets: targets.len(), cells, is_unread, is_quiet }
        };
        Self { columns: columns.to_vec(), rows: together(targets).into_iter().map(row).collect() }
    }

    /// The table without empty columns, to fit on a phone. `quiet` says whether quiet rows are shown.
    pub(super) fn to_text(&self, quiet: bool) -> String {
        let Self { columns, rows } = self;
        let number = |is: fn(&Row) -> bool| rows.iter().filter(|row| is(row)).map(|row| row.targets).sum::<usize>();
        let unread = number(|row| row.is_unread);
        let is_shown = |row: &&Row| (quiet || !row.is_quiet) && (unread <= UNREAD || !row.is_unread);
        let mut shown: Vec<(&str, &[String])> =
            rows.iter().filter(is_shown).map(|row| (row.title.as_str(), row.cells.as_slice())).collect();
        let left_out = if quiet { 0 } else { number(|row| row.is_quiet) };
        let left_out =
            (left_out > 0).then(|| format!("… {} from which nothing is taken", count(left_out, "more target")));
        let unread = (unread > UNREAD).then(|| format!("⚠️ {} could not be read", count(unread, "target")));
        if shown.is_empty() && unread.is_none() {
            return String::new();
        }
        shown.extend(unread.iter().chain(&left_out).map(|title| (title.as_str(), [].as_slice())));
        let used: Vec<(usize, &str)> = columns
            .iter()
            .copied()
            .enumerate()
            .filter(|(at, _)| shown.iter().any(|(_, cells)| cells.get(*at).is_some_and(|cell| !cell.is_empty())))
            .collect();
        let header: String = used.iter().map(|(_, column)| format!(" {column} |")).collect::<Vec<_>>().concat();
        let mut out = format!("| target |{header}\n| :-- |{}\n", " --: |".repeat(used.len()));
        for (title, cells) in &shown {
            let _ = write!(out, "| {title} |");
            for (at, _) in &used {
                let _ = write!(out, " {} |", cells.get(*at).map(String::as_str).unwrap_or_default());
            }
            out.push('\n');
        }
        out.push('\n');
        out
    }
}

/// Groups the rows of recipient accounts of one portfolio and region that have the same cells.
fn together<'a>(targets: impl IntoIterator<Item = (&'a Target, Vec<String>)>) -> Vec<(Vec<&'a Target>, Vec<String>)> {
    let mut rows: Vec<(Vec<&'a Target>, Vec<String>)> = Vec::new();
    let mut known = BTreeMap::new();
    for (target, cells) in targets {
        let at = match &target.name {
            TargetName::Recipient { file, account: Some(_), region } if !target.is_unreadable() => {
                let key = (file, region, Title::of(target).name, is_quiet(target), cells.clone());
                *known.entry(key).or_insert(rows.len())
            }
            TargetName::Recipient { .. } | TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => rows.len(),
        };
        match rows.get_mut(at) {
            Some((targets, _)) => targets.push(target),
            None => rows.push((vec![target], cells)),
        }
    }
    rows
}

/// `recipient <b>Data Platform</b> · each of 498 accounts · us-east-1`
fn title(targets: &[&Target]) -> String {
    match targets {
        [one] => short_title(one),
        many => {
            let Some(title) = many.first().map(|first| Title::of(first)) else { return String::new() };
            let region = title.region.map(inline).unwrap_or_default();
            format!("{} <b>{}</b> · each of {} accounts · {region}", title.kind, inline(&title.name), many.len())
        }
    }
}

/// Whether a target has no removals and no problems.
fn is_quiet(target: &Target) -> bool {
    let summary = Summary::of([target]);
    summary.removes + summary.warnings + summary.unreadable == 0
}

/// The columns of a plan.
pub(super) const PLAN: [&str; 5] = ["remove", "update", "create", "drift", "mirrored"];

/// The cells of a plan. Drift and mirrored changes have one cell each, with signs.
pub(super) fn planned(target: &Target) -> Vec<String> {
    let own = of_origin(target.changes(), Origin::PullRequest);
    let in_signs = |origin| {
        let of = of_origin(target.changes(), origin);
        let numbers = [("−", of.removes), ("~", of.updates), ("+", of.creates)].into_iter();
        let shown = numbers.filter(|(_, number)| *number > 0).map(|(sign, number)| format!("{sign}{number}"));
        shown.collect::<Vec<String>>().join(" ")
    };
    let [drift, mirrored] = [Origin::Drift, Origin::Mirror].map(in_signs);
    vec![loud(own.removes), number(own.updates), number(own.creates), drift, mirrored]
}

/// A number, or an empty text for 0.
pub(super) fn number(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// A number in bold, or an empty text for 0.
pub(super) fn loud(number: usize) -> String {
    if number == 0 { String::new() } else { format!("<b>{number}</b>") }
}

/// The numbers of changes with this origin.
pub(super) fn of_origin<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>, origin: Origin) -> Summary {
    in_numbers(changes.into_iter().filter(|change| change.about.origin == origin))
}

/// The numbers of changes.
pub(super) fn in_numbers<'a>(changes: impl IntoIterator<Item = ChangeRef<'a>>) -> Summary {
    let mut summary = Summary::default();
    changes.into_iter().for_each(|change| summary.count(change));
    summary
}
