//! Groups problems that several targets share, so that each is shown once: reasons why they could not be read, and
//! warnings.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::model::change::Target;
use crate::model::finding::Source;
use crate::model::target::TargetName;

use super::super::cause::Cause;
use super::super::trouble::{self, Unread, Warned, called, distinct};
use super::super::words::{count, some_of};
use super::changes::place;
use super::options::Options;
use super::style::{BOLD, DIM, ERROR, PLAIN, WARNING};
use super::table::{Cell, Table};

/// The most names before the rest is counted.
const NAMED: usize = 10;

/// The problems of the targets in a text, grouped by cause.
pub(super) struct Together<'a> {
    /// The causes of unreadable targets, by the first target of each.
    unread: BTreeMap<&'a TargetName, Cause<(), Unread<'a>>>,
    /// The other unreadable targets, which are shown with the first.
    told: BTreeSet<&'a TargetName>,
    /// Warnings that concern a single target, by target.
    own: BTreeMap<&'a TargetName, Vec<Cause<&'a str, Warned<'a>>>>,
    /// Warnings that concern several targets.
    shared: Vec<Cause<&'a str, Warned<'a>>>,
}

impl<'a> Together<'a> {
    pub(super) fn of(targets: &(impl IntoIterator<Item = &'a Target> + Clone)) -> Self {
        let mut together =
            Self { unread: BTreeMap::new(), told: BTreeSet::new(), own: BTreeMap::new(), shared: Vec::new() };
        for cause in trouble::unreadable(targets.clone()) {
            together.told.extend(cause.members.iter().skip(1).map(|it| &it.target.name));
            if let Some(first) = cause.members.first() {
                together.unread.insert(&first.target.name, cause);
            }
        }
        for cause in trouble::warnings(targets.clone()) {
            match distinct(cause.members.iter().map(|it| it.target)).as_slice() {
                [one] => together.own.entry(&one.name).or_default().push(cause),
                _ => together.shared.push(cause),
            }
        }
        together
    }

    /// Whether a target needs no text of its own: another target's text covers it, or there is nothing to show.
    /// `has_changes` says whether changes would be shown with it.
    pub(super) fn has_nothing_on(&self, target: &Target, has_changes: bool) -> bool {
        let Self { unread: _, told, own, shared: _ } = self;
        if target.is_unreadable() {
            told.contains(&target.name)
        } else {
            !has_changes && !own.contains_key(&target.name)
        }
    }

    /// Writes all targets that could not be read for the same reason as `target`, and returns `true`. Returns `false`,
    /// without writing, if it could be read or is the only one.
    pub(super) fn write_unread(&self, target: &Target, options: Options, sink: &mut impl Write) -> io::Result<bool> {
        let Some(Cause { key: (), sentence, members }) = self.unread.get(&target.name) else { return Ok(false) };
        if members.len() < 2 {
            return Ok(false);
        }
        writeln!(sink, "{ERROR}{} could not be read{ERROR:#}:", count(members.len(), "target"))?;
        let mut table = Table::default();
        table.line(Cell::of(ERROR, "✗ ").and(PLAIN, sentence));
        let names = members.iter().map(|Unread { target, source }| named(&called(target, sentence), *source));
        let names: Vec<Cell> = names.collect();
        let is_entered = members.iter().all(|it| matches!(it.target.name, TargetName::Recipient { .. }));
        // Recipient accounts are all named, because somebody may have to look into each of them.
        list(&mut table, &names, Options { all: options.all || is_entered, ..options });
        table.write(options.width, sink)?;
        writeln!(sink)?;
        Ok(true)
    }

    /// Adds the problems that only this target has.
    pub(super) fn add_own(&self, target: &Target, table: &mut Table) {
        if let Some(Cause { key: (), sentence, members }) = self.unread.get(&target.name) {
            let place = members.first().and_then(|it| it.source).map(at).unwrap_or_default();
            table.line(Cell::of(ERROR, "✗ could not be read: ").and(PLAIN, sentence).and(DIM, &place));
        }
        for Cause { key: _, sentence, members } in self.own.get(&target.name).into_iter().flatten() {
            let mut where_to: Vec<String> = Vec::new();
            for Warned { target: _, source, subject } in members {
                let place = source.map(place).unwrap_or_default();
                let is_named = sentence.contains('{') && !subject.is_empty();
                where_to.push(if is_named { format!("{subject} {place}") } else { place });
            }
            where_to.dedup();
            let place = some_of(&where_to, NAMED);
            let place = if place.is_empty() { place } else { format!("  {place}") };
            table.line(Cell::of(WARNING, "! ").and(PLAIN, sentence).and(DIM, &place));
        }
    }

    /// Writes the warnings that several targets share.
    pub(super) fn write_shared(&self, options: Options, sink: &mut impl Write) -> io::Result<()> {
        for Cause { key: _, sentence, members } in &self.shared {
            let mut table = Table::default();
            let targets = distinct(members.iter().map(|it| it.target)).len();
            writeln!(sink, "{WARNING}!{WARNING:#} {BOLD}{}{BOLD:#}:", count(targets, "target"))?;
            table.line(Cell::of(PLAIN, sentence));
            let names = members.iter().map(|Warned { target, source, subject }| {
                let name = target.name.to_string();
                named(&if subject.is_empty() { name } else { format!("{name}  {subject}") }, *source)
            });
            list(&mut table, &names.collect::<Vec<_>>(), options);
            table.write(options.width, sink)?;
            writeln!(sink)?;
        }
        Ok(())
    }
}

fn named(name: &str, source: Option<&Source>) -> Cell {
    Cell::of(PLAIN, "  ").and(PLAIN, name).and(DIM, &source.map(at).unwrap_or_default())
}

fn at(source: &Source) -> String {
    format!("  {}", place(source))
}

fn list(table: &mut Table, names: &[Cell], options: Options) {
    let shown = if options.all { names.len() } else { NAMED };
    names.iter().take(shown).for_each(|name| table.line(name.clone()));
    if names.len() > shown {
        table.line(Cell::of(DIM, &format!("  … {} more (--all shows them)", names.len() - shown)));
    }
}
