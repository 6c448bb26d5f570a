//! Where the columns of a file stand: found by their headings, with or without marks, in any order.

use super::words::plain;
use super::{Reason, Refused, Row, Table};

/// A column that a kind of file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the program.
    pub key: &'static str,
    /// Its heading in the template.
    pub heading: &'static str,
    /// Other headings, without marks.
    pub also: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
}

/// Headings of columns that are passed over: what people number and note for themselves.
const PASSED_OVER: [&str; 5] = ["stt", "tt", "so thu tu", "ghi chu", "note"];
/// The heading stands among so many rows that hold anything; above it may stand titles.
const SEARCHED: usize = 12;

/// The columns of one file.
#[derive(Debug, Clone)]
pub struct Columns<'a> {
    known: &'static [Column],
    places: Vec<(&'static str, usize)>,
    /// Columns of another kind that `further` took: place and heading as typed.
    pub further: Vec<(usize, String)>,
    /// The rows under the heading.
    pub rows: &'a [Row],
}

impl<'a> Columns<'a> {
    /// Finds the heading row: the one with most of the known columns. `further` takes headings that are not `known`.
    pub fn find(
        table: &'a Table,
        known: &'static [Column],
        further: impl Fn(&str) -> bool,
    ) -> Result<Self, Vec<Refused>> {
        let known_as = |cell: &str| {
            let typed = plain(cell);
            let is = |column: &&Column| plain(column.heading) == typed || column.also.contains(&typed.as_str());
            known.iter().find(is).map(|column| column.key)
        };
        let count = |row: &Row| row.cells.iter().filter(|cell| known_as(cell).is_some()).count();
        let candidates = table.rows.iter().take(SEARCHED).enumerate().rev();
        let Some((place, heading)) = candidates.max_by_key(|(_, row)| count(row)) else { return Err(Vec::new()) };
        let mut columns = Self { known, places: Vec::new(), further: Vec::new(), rows: &table.rows[place + 1..] };
        let mut refused = Vec::new();
        let all: Vec<&str> = known.iter().map(|column| column.heading).collect();
        for (place, cell) in heading.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match known_as(cell) {
                Some(key) if columns.place(key).is_some() => {
                    refused.push(Refused::new(heading.line, cell, Reason::ColumnTwice { heading: cell.clone() }))
                }
                Some(key) => columns.places.push((key, place)),
                None if further(cell) => columns.further.push((place, cell.clone())),
                None if PASSED_OVER.contains(&plain(cell).as_str()) => {}
                None => refused.push(Refused::new(
                    heading.line,
                    cell,
                    Reason::ColumnUnknown { heading: cell.clone(), known: all.clone() },
                )),
            }
        }
        for column in known.iter().filter(|column| column.required && columns.place(column.key).is_none()) {
            refused.push(Refused::new(heading.line, column.heading, Reason::ColumnMissing { heading: column.heading }));
        }
        // A file in which nothing is a heading is told so once, not column by column.
        if columns.places.is_empty() {
            refused = vec![Refused::new(heading.line, "", Reason::NoHeading { known: all })];
        }
        if refused.is_empty() { Ok(columns) } else { Err(refused) }
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.places.iter().find(|(known, _)| *known == key).map(|(_, place)| *place)
    }

    /// What stands in a column; empty where the file lacks it.
    pub fn cell<'r>(&self, row: &'r Row, key: &str) -> &'r str {
        self.place(key).and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }

    /// The heading of a column for the report.
    pub fn heading(&self, key: &str) -> &'static str {
        self.known.iter().find(|column| column.key == key).map_or("", |column| column.heading)
    }
}
