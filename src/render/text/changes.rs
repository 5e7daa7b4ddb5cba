//! Changes as rows of a table: removals first, long lists of similar changes cut.

use crate::model::change::{ChangeRef, Target};
use crate::model::edit::Effect;
use crate::model::finding::Source;

use super::super::alike::line_in;
use super::super::line::{Line, Term, View, Word};
use super::super::words::file_name;
use super::options::Options;
use super::style::{self, DIM, PLAIN};
use super::table::{Cell, Row, Table};

/// The most rows of similar changes, and how many more are shown rather than cut.
const ALIKE: usize = 10;
const SPARED: usize = 2;

/// The order of changes.
pub(super) const WORST_FIRST: [Effect; 3] = [Effect::Takes, Effect::Changes, Effect::Gives];

/// Adds the `changes` that `targets` share to `table`, removals first.
pub(super) fn add<'a>(
    table: &mut Table,
    targets: &[&Target],
    changes: impl IntoIterator<Item = ChangeRef<'a>>,
    view: View<'_>,
    options: Options,
) {
    let lines: Vec<Line<'a>> = changes.into_iter().map(|change| line_in(targets, change, view)).collect();
    for effect in WORST_FIRST {
        let mut rest: Vec<&Line<'a>> = lines.iter().filter(|line| line.effect == effect).collect();
        while let Some(first) = rest.first().copied() {
            let alike: Vec<&Line<'a>> = rest.iter().copied().filter(|line| line.what == first.what).collect();
            rest.retain(|line| line.what != first.what);
            add_alike(table, &alike, options);
        }
    }
}

fn add_alike(table: &mut Table, lines: &[&Line<'_>], options: Options) {
    let cut =
        !options.all && lines.len() > ALIKE + SPARED && lines.first().is_some_and(|line| line.effect != Effect::Takes);
    let shown = if cut { ALIKE } else { lines.len() };
    for (at, line) in lines.iter().take(shown).enumerate() {
        let mut row = row(line);
        // A consequence of several rows is written once, below the last of them.
        let is_last_of_it = lines.get(at + 1).filter(|_| at + 1 < shown).is_none_or(|next| next.so != line.so);
        row.below.extend(line.so.filter(|_| is_last_of_it).map(|so| Cell::of(DIM, so)));
        table.row(row);
    }
    if let (true, Some(line)) = (cut, lines.first()) {
        let more = format!("… {} more", lines.len() - shown);
        let style = style::of(line.effect);
        let cells = [Cell::of(style, line.sigil), Cell::of(style, line.what), Cell::of(PLAIN, &more)];
        table.row(Row {
            cells: cells.into_iter().chain([Cell::of(DIM, "(--all shows them)")]).collect(),
            below: Vec::new(),
        });
    }
}

/// A change as a row, with its notes below.
pub(super) fn row(line: &Line<'_>) -> Row {
    let style = style::of(line.effect);
    Row {
        cells: vec![
            Cell::of(style, line.sigil),
            Cell::of(style, line.what),
            Cell::of(PLAIN, &line.name),
            Cell::of(DIM, &line.id),
            terms(&line.terms),
            Cell::of(DIM, &line.source.map(place).unwrap_or_default()),
        ],
        below: line.notes.iter().map(|note| Cell::of(PLAIN, note)).collect(),
    }
}

/// `data-platform.yaml:8`, without the folder, which the title implies.
pub(super) fn place(source: &Source) -> String {
    format!("{}:{}", file_name(&source.file), source.line)
}

fn terms(terms: &[Term]) -> Cell {
    let mut cell = Cell::default();
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            cell = cell.and(PLAIN, ", ");
        }
        cell = match term {
            Term::Is(text) => cell.and(PLAIN, text),
            Term::Turns { field, words } => value(cell.and(PLAIN, &format!("{field}: ")), words),
        };
    }
    cell
}

fn value(cell: Cell, words: &[Word]) -> Cell {
    let plain = super::super::line::plain(words);
    words.iter().fold(cell, |cell, word| match word {
        Word::Kept(_) => cell.and(PLAIN, &plain(word)),
        Word::Gone(_) => cell.and(style::TAKEN, &plain(word)),
        Word::Come(_) => cell.and(style::GIVEN, &plain(word)),
    })
}
