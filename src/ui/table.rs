//! One table for all: columns as wide as what stands in them, whatever its characters and styles. Only the last
//! column gives way on a narrow terminal: it is broken between words, below itself, or below the row.

use anstyle::Style;

use super::style::{self, styled};
use super::wrap::{columns, wrap};

/// Blanks between two columns.
const GAP: usize = 2;
/// In a last column that is narrower, the text goes on below the row instead.
const NARROWEST: usize = 24;

/// One field.
#[derive(Clone)]
pub(crate) struct Cell(String);

impl Cell {
    /// A field in a style.
    pub(crate) fn styled(style: Style, text: impl AsRef<str>) -> Self {
        // Cleaned here already: the width is that of what is shown.
        let text = super::net::one_line(text.as_ref());
        Self(if text.is_empty() { text } else { styled(style, text) })
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(super::net::one_line(text.as_ref()))
    }
}

/// Rows of fields.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// With a head of names.
    pub(crate) fn with_head<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let head = names.into_iter().map(|name| Cell::styled(style::DIM, name)).collect();
        Self { rows: vec![head] }
    }

    /// Adds a row. One that is shorter than others ends with empty fields.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of the table, for a terminal of so many columns if there is one.
    pub(crate) fn lines(&self, width: Option<usize>) -> Vec<String> {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest =
            |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(&cell.0)).max();
        // The last is padded in no row.
        let widths: Vec<usize> = (0..count.saturating_sub(1)).filter_map(widest).collect();
        self.rows.iter().flat_map(|row| row_lines(row, &widths, width)).collect()
    }
}

fn row_lines(row: &[Cell], widths: &[usize], width: Option<usize>) -> Vec<String> {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(&cell.0);
        line.push_str(&" ".repeat(width.saturating_sub(columns(&cell.0)) + GAP));
    }
    let at = columns(&line);
    let last = row.get(widths.len()).map_or("", |cell| cell.0.as_str());
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(at));
    if room < NARROWEST {
        let whole = wrap(&(line + last), width, 2 * GAP);
        return whole.iter().map(|line| line.trim_end().to_owned()).collect();
    }
    let mut lines = wrap(last, Some(room), 0).into_iter();
    let first = lines.next().map(|first| (line + &first).trim_end().to_owned());
    first.into_iter().chain(lines.map(|more| " ".repeat(at) + &more)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::with_head(["", "NAME"]);
        table.row([
            "日本".into(),
            Cell::styled(style::GOOD, "ok"),
            "one two three four five six seven".into(),
        ]);
        table.row(["abcde".into(), "x".into()]);
        table
    }

    fn plain(lines: Vec<String>) -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn column_width_counts_visible_cells() {
        let lines = plain(table().lines(None));
        assert_eq!(lines, ["       NAME", "日本   ok    one two three four five six seven", "abcde  x"]);
    }

    #[test]
    fn only_the_last_column_wraps() {
        let lines = plain(table().lines(Some(40)));
        assert_eq!(lines[1..3], ["日本   ok    one two three four five six", "             seven"]);
        let lines = plain(table().lines(Some(30)));
        assert_eq!(lines[1..], ["日本   ok    one two three", "    four five six seven", "abcde  x"]);
    }

    #[test]
    fn table_cells_cannot_inject_control_characters() {
        let mut table = Table::default();
        table.row(["a\u{1b}[2J\nb".into()]);
        assert_eq!(table.lines(None), ["a\\u{1b}[2J\\nb"]);
    }
}
