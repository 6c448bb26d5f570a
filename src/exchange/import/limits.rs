//! How much a file of rows may hold, and a row of it.

use super::reason::{Bound, FileFault};

/// The largest file.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most rows, the heading and lines above it included.
pub const ROWS_MAX: usize = 10_000;
/// The most columns.
pub const COLUMNS_MAX: usize = 120;
/// The most characters of a cell: more than the longest comment.
pub const CELL_CHARACTERS_MAX: usize = 5_000;

/// What a workbook may unpack to; an ordinary one has a dozen parts.
pub const UNPACKED_MAX: u64 = 48 * 1024 * 1024;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1; in a workbook the number of the row.
    pub line: u64,
    /// Cells, white space at their ends removed. Numbers of a workbook stand as a Vietnamese writes them: `1234`, `87,5`;
    /// days as `14/03/2026`.
    pub cells: Vec<String>,
}

/// Adds a row within the bounds; empty cells at its end are dropped.
pub(super) fn push(rows: &mut Vec<Row>, mut row: Row) -> Result<(), FileFault> {
    while row.cells.last().is_some_and(String::is_empty) {
        row.cells.pop();
    }
    let too_much = if rows.len() >= ROWS_MAX {
        Bound::Rows(row.line)
    } else if row.cells.len() > COLUMNS_MAX {
        Bound::Columns(row.line)
    } else if row.cells.iter().any(|cell| cell.chars().count() > CELL_CHARACTERS_MAX) {
        Bound::Cell(row.line)
    } else {
        rows.push(row);
        return Ok(());
    };
    Err(FileFault::TooMuch(too_much))
}
