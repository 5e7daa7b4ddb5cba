//! A table with aligned columns.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::super::escape;
use super::style;
use super::wrap::broken;

/// The most width of a column, so that one long name doesn't push the other columns off the screen.
const WIDEST: usize = 44;

/// The least width that the column of names is narrowed to when a row is too wide. A longer name shifts the rest of its
/// own row.
const NARROWEST: usize = 18;

/// The index of the column of names, which is narrowed when a row is too wide.
const NAMES: usize = 2;

/// A cell: pieces of text with their styles.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell(Vec<(Style, String)>);

impl Cell {
    /// A cell with one piece of foreign text.
    pub(super) fn of(style: Style, text: &str) -> Self {
        Self::default().and(style, text)
    }

    /// Adds a piece of foreign text.
    pub(super) fn and(mut self, style: Style, text: &str) -> Self {
        if !text.is_empty() {
            self.0.push((style, escape::terminal(text).into_owned()));
        }
        self
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    fn write(&self, sink: &mut impl Write) -> io::Result<()> {
        self.0.iter().try_for_each(|(style, text)| write!(sink, "{style}{text}{style:#}"))
    }
}

/// A row, with lines below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// The cells, from left to right.
    pub(super) cells: Vec<Cell>,
    /// The lines below, indented to the third column.
    pub(super) below: Vec<Cell>,
}

/// Rows, and lines between them, indented by two blanks.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(Vec<Entry>);

#[derive(Debug, Clone)]
enum Entry {
    Row(Row),
    Between(Cell),
}

impl Table {
    /// Adds a row.
    pub(super) fn row(&mut self, row: Row) {
        self.0.push(Entry::Row(row));
    }

    /// Adds a line without columns.
    pub(super) fn line(&mut self, cell: Cell) {
        self.0.push(Entry::Between(cell));
    }

    /// Writes the table, in lines of at most `width` columns if given.
    pub(super) fn write(&self, width: Option<usize>, sink: &mut impl Write) -> io::Result<()> {
        let widths = self.widths(width);
        for entry in &self.0 {
            match entry {
                Entry::Between(cell) => {
                    write!(sink, "  ")?;
                    cell.write(sink)?;
                    writeln!(sink)?;
                }
                Entry::Row(row) => row.write(&widths, width, sink)?,
            }
        }
        Ok(())
    }

    fn widths(&self, most: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for entry in &self.0 {
            let Entry::Row(Row { cells, below: _ }) = entry else { continue };
            widths.resize(widths.len().max(cells.len()), 0);
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.width().min(WIDEST));
            }
        }
        let total: usize =
            2 + widths.iter().enumerate().map(|(index, width)| width + gap(index, *width)).sum::<usize>();
        if let (Some(most), Some(names)) = (most, widths.get_mut(NAMES)) {
            *names = (*names).min(names.saturating_sub(total.saturating_sub(most)).max(NARROWEST));
        }
        widths
    }
}

/// The number of blanks after a column.
fn gap(index: usize, width: usize) -> usize {
    match (index, width) {
        (_, 0) => 0,
        (0, _) => 1,
        (_, _) => 2,
    }
}

impl Row {
    fn write(&self, widths: &[usize], most: Option<usize>, sink: &mut impl Write) -> io::Result<()> {
        let mut line = vec![b' '];
        // Blanks are written only before a further cell, so that no line ends with them.
        let mut owed = 1;
        for (index, (cell, width)) in self.cells.iter().zip(widths).enumerate() {
            if cell.width() > 0 {
                write!(line, "{:owed$}", "")?;
                cell.write(&mut line)?;
                owed = 0;
            }
            owed += width.saturating_sub(cell.width()) + gap(index, *width);
        }
        let indent = 2 + widths.iter().take(NAMES).zip([1, 2]).map(|(width, gap)| width + gap).sum::<usize>();
        write_line(&line, most, indent + 2, sink)?;
        for cell in &self.below {
            let mut line = Vec::new();
            write!(line, "{:indent$}{}↳{:#} ", "", style::DIM, style::DIM)?;
            cell.write(&mut line)?;
            write_line(&line, most, indent + 2, sink)?;
        }
        Ok(())
    }
}

fn write_line(line: &[u8], most: Option<usize>, hang: usize, sink: &mut impl Write) -> io::Result<()> {
    match most {
        None => sink.write_all(line)?,
        Some(most) => sink.write_all(broken(&String::from_utf8_lossy(line), most, hang).as_bytes())?,
    }
    writeln!(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::of(style::PLAIN, text)).collect()
    }

    #[test]
    fn columns_line_up_in_any_script() {
        let mut table = Table::default();
        table.row(Row { cells: cells(&["+", "share", "東京", "1", "x"]), below: cells(&["a note"]) });
        table.line(Cell::of(style::PLAIN, "between:"));
        table.row(Row { cells: cells(&["-", "unshare", "Süd", "22", ""]), below: Vec::new() });
        table.row(Row { cells: cells(&["-", "unshare", &"long".repeat(20), "3", "y"]), below: Vec::new() });
        let mut sink = Vec::new();
        table.write(None, &mut sink).unwrap();
        let text = String::from_utf8(sink).unwrap();
        let at = |line: usize, what: &str| {
            let line = text.lines().nth(line).unwrap();
            line.split_once(what).unwrap().0.width()
        };
        assert_eq!(at(0, "1"), at(3, "22"));
        assert_eq!(at(1, "\u{1b}"), at(0, "東"));
        assert!(!text.contains(" \n"));
    }
}
