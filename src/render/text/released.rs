//! A list of released resources, which the catalog no longer governs.

use std::io::{self, Write};

use crate::model::change::Released;

use super::super::released::{self, Freed, UNSEEN};
use super::changes::place;
use super::style::{BOLD, DIM, PLAIN, WARNING};
use super::table::{Cell, Row, Table};

/// Writes each released resource with the content that stays and the line of the base that governed it.
pub(super) fn write(released: &[Released], width: Option<usize>, sink: &mut impl Write) -> io::Result<()> {
    if released.is_empty() {
        return Ok(());
    }
    writeln!(sink, "{BOLD}no longer governed{BOLD:#}: nothing is changed there, now or later")?;
    let mut table = Table::default();
    for released in released {
        table.row(row(&Freed::of(released)));
    }
    table.write(width, sink)?;
    writeln!(sink)
}

fn row(freed: &Freed<'_>) -> Row {
    let Freed { kind, name, id, organization, account, region, keeps, source, unseen } = freed;
    let region = region.map(|region| format!(" · {region}")).unwrap_or_default();
    Row {
        cells: vec![
            Cell::of(WARNING, "○"),
            Cell::of(WARNING, kind),
            Cell::of(PLAIN, name),
            Cell::of(DIM, id.unwrap_or_default()),
            Cell::of(PLAIN, organization).and(DIM, &format!(" {account}{region}")),
            Cell::of(PLAIN, keeps),
            Cell::of(DIM, &format!("{} in the base", place(source))),
        ],
        below: unseen.then(|| Cell::of(WARNING, UNSEEN)).into_iter().collect(),
    }
}

/// ` 1 portfolio no longer governed.`, for the end of a line. Nothing if nothing was released.
pub(super) fn counted(released: &[Released], sink: &mut impl Write) -> io::Result<()> {
    match released::headline(released) {
        Some(headline) => write!(sink, " {WARNING}{headline}{WARNING:#}."),
        None => Ok(()),
    }
}
