//! Rows whose columns line up.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::super::escape;
use super::style;

/// What a column is widened to at most: one long name does not push the others off the screen.
const WIDEST: usize = 44;

/// A cell: pieces of text, each in its style.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell(Vec<(Style, String)>);

impl Cell {
    /// Foreign text in a style.
    pub(super) fn of(style: Style, text: &str) -> Self {
        Self::default().and(style, text)
    }

    /// And more of it.
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

/// A row, and what is said under it.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Its cells, from the left.
    pub(super) cells: Vec<Cell>,
    /// Lines under it, where its third column begins.
    pub(super) below: Vec<Cell>,
}

/// Rows and lines between them, two blanks from the left.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(Vec<Entry>);

#[derive(Debug, Clone)]
enum Entry {
    Row(Row),
    Between(Cell),
}

impl Table {
    /// A row.
    pub(super) fn row(&mut self, row: Row) {
        self.0.push(Entry::Row(row));
    }

    /// A line that belongs to no column.
    pub(super) fn line(&mut self, cell: Cell) {
        self.0.push(Entry::Between(cell));
    }

    /// Writes it all.
    pub(super) fn write(&self, sink: &mut impl Write) -> io::Result<()> {
        let widths = self.widths();
        for entry in &self.0 {
            match entry {
                Entry::Between(cell) => {
                    write!(sink, "  ")?;
                    cell.write(sink)?;
                    writeln!(sink)?;
                }
                Entry::Row(row) => row.write(&widths, sink)?,
            }
        }
        Ok(())
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for entry in &self.0 {
            let Entry::Row(Row { cells, below: _ }) = entry else { continue };
            widths.resize(widths.len().max(cells.len()), 0);
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.width().min(WIDEST));
            }
        }
        widths
    }
}

impl Row {
    fn write(&self, widths: &[usize], sink: &mut impl Write) -> io::Result<()> {
        write!(sink, " ")?;
        // Blanks are owed, not written, so that no line ends with them.
        let mut owed = 1;
        for (index, (cell, width)) in self.cells.iter().zip(widths).enumerate() {
            if cell.width() > 0 {
                write!(sink, "{:owed$}", "")?;
                cell.write(sink)?;
                owed = 0;
            }
            let gap = if index == 0 { 1 } else { 2 };
            let gap = if *width == 0 { 0 } else { gap };
            owed += width.saturating_sub(cell.width()) + gap;
        }
        writeln!(sink)?;
        let indent = 2 + widths.iter().take(2).zip([1, 2]).map(|(width, gap)| width + gap).sum::<usize>();
        for cell in &self.below {
            write!(sink, "{:indent$}{}↳{:#} ", "", style::DIM, style::DIM)?;
            cell.write(sink)?;
            writeln!(sink)?;
        }
        Ok(())
    }
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
        table.write(&mut sink).unwrap();
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
