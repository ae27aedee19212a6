//! Tables: the delimiter row, and rows that grow cell by cell.

use super::block::{Kind, Parser};
use super::inline::{Extent, parse};
use super::paint::{Align, Container, Leaf, Paint};
use super::text::{after, byte, find, is_blank, part, run, trim};
use super::work::step;

/// An open table.
pub(super) struct Table {
    columns: Vec<Align>,
    /// Whether the row is the one of column titles.
    head: bool,
    /// The column of the next cell.
    column: usize,
    /// Where the text of the next cell starts in that of the row.
    start: usize,
    /// How much of the text of the row was searched for the end of the cell.
    searched: usize,
}

/// Reads the second line of a table: how its columns are aligned.
pub(super) fn delimiters(line: &str) -> Option<Vec<Align>> {
    let line = trim(line);
    let mut columns = Vec::new();
    let mut at = usize::from(line.starts_with('|'));
    loop {
        let end = find(line, at, b'|');
        let cell = trim(part(line, at, end));
        let left = cell.starts_with(':');
        let dashes = run(cell, usize::from(left), b'-');
        let right = match after(cell, usize::from(left) + dashes) {
            "" => false,
            ":" => true,
            _ => return None,
        };
        if dashes == 0 {
            return None;
        }
        columns.push(match (left, right) {
            (true, true) => Align::Center,
            (true, false) => Align::Left,
            (false, true) => Align::Right,
            (false, false) => Align::None,
        });
        at = end + 1;
        if at >= line.len() {
            return Some(columns);
        }
    }
}

/// Finds the `|` that ends a cell, from `at` on, or else where to go on searching.
fn cell_end(row: &str, mut at: usize) -> Result<usize, usize> {
    loop {
        step();
        match byte(row, at) {
            0 => return Err(at.min(row.len())),
            b'|' => return Ok(at),
            b'\\' if at + 1 == row.len() => return Err(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Returns the text of a cell without the backslashes that keep a bar from ending it.
fn cell_text(text: &str) -> String {
    let text = trim(text);
    let first = find(text, 0, b'\\');
    let mut out = part(text, 0, first).to_owned();
    let mut from = first;
    for at in first..text.len() {
        if byte(text, at) == b'\\' && byte(text, at + 1) == b'|' {
            out.push_str(part(text, from, at));
            from = at + 1;
        }
    }
    out.push_str(after(text, from));
    out
}

impl Parser {
    /// Returns whether the last line of the open paragraph could be the head of a table of so many columns.
    pub(super) fn is_table_head(&self, columns: usize) -> bool {
        let Some(line) = self.leaf.text.get(self.leaf.line.max(self.leaf.start)..).map(trim) else { return false };
        let mut count = 0;
        let mut start = usize::from(line.starts_with('|'));
        while let Ok(end) = cell_end(line, start) {
            count += 1;
            start = end + 1;
        }
        count + usize::from(!is_blank(line, start)) == columns
    }

    /// Makes the last line of the open paragraph the head of a table.
    pub(super) fn open_table(&mut self, columns: Vec<Align>, painter: &mut dyn Paint) {
        let head = self.leaf.text.split_off(self.leaf.line);
        if self.leaf.shown {
            painter.discard();
            self.leaf.shown = false;
            self.leaf.settled = self.leaf.start;
        }
        self.finish_leaf(painter);
        self.child(painter);
        painter.open(&Container::Table);
        self.leaf.kind = Kind::Table(Table { columns, head: true, column: 0, start: 0, searched: 0 });
        self.open_row(painter);
        self.leaf.text.push_str(trim(head.strip_prefix('|').unwrap_or(&head)));
        self.close_row(painter);
    }

    pub(super) fn open_row(&mut self, painter: &mut dyn Paint) {
        let Kind::Table(table) = &self.leaf.kind else { return };
        painter.open(&Container::Row { head: table.head });
        self.leaf.seen = 0;
    }

    pub(super) fn close_row(&mut self, painter: &mut dyn Paint) {
        self.finish_cells(painter);
        let Kind::Table(table) = &mut self.leaf.kind else { return };
        let text = std::mem::take(&mut self.leaf.text);
        let (start, columns) = (table.start, table.columns.len());
        table.start = 0;
        table.searched = 0;
        if !is_blank(&text, start) {
            self.finish_cell(after(&text, start), painter);
        }
        while matches!(&self.leaf.kind, Kind::Table(table) if table.column < columns) {
            self.finish_cell("", painter);
        }
        if let Kind::Table(table) = &mut self.leaf.kind {
            table.column = 0;
            table.head = false;
        }
        painter.close();
    }

    /// Finishes the cells of a growing row that have ended.
    fn finish_cells(&mut self, painter: &mut dyn Paint) {
        let text = std::mem::take(&mut self.leaf.text);
        while let Kind::Table(table) = &mut self.leaf.kind {
            match cell_end(&text, table.searched) {
                Ok(end) => {
                    let start = table.start;
                    table.start = end + 1;
                    table.searched = end + 1;
                    self.finish_cell(part(&text, start, end), painter);
                }
                Err(searched) => {
                    table.searched = searched;
                    break;
                }
            }
        }
        self.leaf.text = text;
    }

    fn finish_cell(&mut self, text: &str, painter: &mut dyn Paint) {
        if self.open_cell(painter) {
            let text = cell_text(text);
            let parsed = parse(&text, 0, &self.definitions, Extent::Whole);
            painter.inlines(parsed.settled, Vec::new());
            painter.finish(self.keep(parsed.unresolved, &text));
        }
        self.leaf.shown = false;
        if let Kind::Table(table) = &mut self.leaf.kind {
            table.column += 1;
        }
    }

    /// Opens the next cell if it is not open yet. Returns false for a cell too many: it is left out.
    fn open_cell(&mut self, painter: &mut dyn Paint) -> bool {
        let Kind::Table(table) = &self.leaf.kind else { return false };
        let Some(&align) = table.columns.get(table.column) else { return false };
        if !self.leaf.shown {
            painter.leaf(&Leaf::Cell { align, head: table.head });
            self.leaf.shown = true;
        }
        true
    }

    /// Shows the cell that is being written.
    pub(super) fn show_cell(&mut self, painter: &mut dyn Paint) {
        self.finish_cells(painter);
        let Kind::Table(table) = &self.leaf.kind else { return };
        let text = cell_text(after(&self.leaf.text, table.start));
        if !text.is_empty() && self.open_cell(painter) {
            let parsed = parse(&text, 0, &self.definitions, Extent::Growing { settle: false });
            painter.inlines(parsed.settled, parsed.tail);
        }
    }
}
