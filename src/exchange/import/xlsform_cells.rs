//! The sheets of an XLSForm by their headings, and what cells say: switches, and words without marks of layout.

use super::xlsform_syntax::{Heading, heading};
use crate::table::{Row, Sheet};

/// A sheet by its headings.
pub(super) struct Rows<'t> {
    pub heads: Vec<Heading>,
    pub cells: Vec<&'t str>,
    pub list: Vec<&'t Row>,
}

impl<'t> Rows<'t> {
    pub fn of(sheet: Option<&'t Sheet>) -> Self {
        let Some((first, rest)) = sheet.and_then(|sheet| sheet.rows.split_first()) else {
            return Self { heads: Vec::new(), cells: Vec::new(), list: Vec::new() };
        };
        let cells: Vec<&str> = first.cells.iter().map(String::as_str).collect();
        Self { heads: cells.iter().map(|cell| heading(cell)).collect(), cells, list: rest.iter().collect() }
    }

    pub fn cell<'r>(&self, row: &'r Row, what: &str) -> &'r str {
        let place = self.heads.iter().position(|head| head.what == what);
        place.and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }
}

/// Whether a switch of a row is on.
pub(super) fn is_yes(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "yes" | "true" | "true()" | "1" | "y" | "có" | "x")
}

/// Words without marks of layout: line breaks, asterisks, tags.
pub(super) fn plain_words(cell: &str) -> String {
    let mut words = String::new();
    let mut tag = false;
    for letter in cell.replace("**", "").chars() {
        match letter {
            '<' => tag = true,
            '>' if tag => {
                tag = false;
                words.push(' ');
            }
            _ if tag => {}
            _ => words.push(letter),
        }
    }
    // A lone `<` is a sign, no tag.
    let words = if tag { cell.to_owned() } else { words };
    words.split_whitespace().collect::<Vec<_>>().join(" ").trim_start_matches('#').trim().to_owned()
}
