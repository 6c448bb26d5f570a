//! Tables out: answer sheets, figures and the codebook, as CSV or XLSX. Row after row, in flat memory.
//!
//! Rows are made of [`Cell`]s by `responses.rs`, `figures.rs` and `codebook.rs`; `csv.rs`, `xlsx.rs`, `sav.rs` and `parquet.rs` write them. Whoever
//! calls it says where the bytes go.

pub mod codebook;
mod csv;
pub mod figures;
pub mod fill_in;
pub mod open_data;
pub mod parquet;
pub mod plan;
pub mod responses;
pub mod sav;
pub mod sav_columns;
mod words;
pub mod xlsform;
mod xlsx;

use std::borrow::Cow;

use chrono::NaiveDate;

pub use csv::{CsvTable, for_spreadsheets};
pub use xlsx::XlsxTable;

/// The word of a mode in exported tables.
pub fn mode_word(mode: crate::sheet::tally::Mode) -> &'static str {
    words::mode(mode).0
}

/// What stands in one place of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text: names, codes, what citizens wrote.
    Text(&'a str),
    /// A count or a level.
    Whole(u64),
    /// A share or a score, as the program computed it.
    Number(f64),
    /// A civil day.
    Day(NaiveDate),
    /// Yes or no.
    Truth(bool),
}

/// Why a table could not be written: a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TableError(String);

impl TableError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Takes rows, one after the other.
pub trait Table {
    /// Adds a row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError>;

    /// Ends the table.
    fn finish(self: Box<Self>) -> Result<(), TableError>;
}

/// Text that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front (ASVS 5.0, 1.2.10).
fn inert(text: &str) -> Cow<'_, str> {
    if begins_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a spreadsheet may take a text for a formula.
fn begins_like_formula(text: &str) -> bool {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠');
    text.starts_with(formula)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_begins_like_a_formula_stays_one() {
        for text in ["=1+1", "+84", "-1", "@A1", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠A"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["", "1=1", "Tốt lắm", "'=1", "a-b"] {
            assert_eq!(inert(text), text);
        }
    }
}
