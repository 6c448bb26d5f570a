//! How much a file of tables may hold, and why a file is none that can be read.

use super::{Row, tidy};

/// The largest file.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most rows of a sheet, headings and lines above them included.
pub const ROWS_MAX: usize = 10_000;
/// The most columns.
pub const COLUMNS_MAX: usize = 120;
/// The most characters of a cell: more than the longest comment.
pub const CELL_CHARACTERS_MAX: usize = 5_000;
/// What a workbook may unpack to; an ordinary one has a dozen parts.
pub const UNPACKED_MAX: u64 = 48 * 1024 * 1024;

/// Why a file is no table that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// Nothing in it.
    Empty,
    /// Too many bytes.
    TooLarge,
    /// Too much of something.
    TooMuch(Bound),
    /// An old code page that is not known.
    Encoding,
    /// An `.xls`, or a workbook with a password.
    OldWorkbook,
    /// A document that is no table.
    Document(Document),
    /// A workbook that is broken: what the reader says, for whoever mends files.
    Workbook(String),
    /// A quotation mark that opens on this line and never closes.
    OpenQuote { line: u64 },
}

/// A document that is brought where a table is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Pdf,
    /// A Word document.
    Word,
    /// One of `OpenDocument`, as `LibreOffice` writes it: a spreadsheet too is to be saved as another.
    Odf,
}

impl Document {
    /// What a file is by its bytes; none for tables and for what is not known.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        const ZIP: &[u8] = b"PK\x03\x04";
        const WORD: &[u8] = b"word/document.xml";
        if bytes.starts_with(b"%PDF") {
            Some(Self::Pdf)
        } else if bytes.starts_with(ZIP) && bytes.get(30..38) == Some(b"mimetype".as_slice()) {
            // OpenDocument 1.3, part 2, 3.3: the first part of the package, and its name stands at byte 30.
            Some(Self::Odf)
        } else if bytes.starts_with(ZIP) && bytes.windows(WORD.len()).any(|window| window == WORD) {
            Some(Self::Word)
        } else {
            None
        }
    }
}

/// A bound that a file goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// More rows than may be, from this line on.
    Rows(u64),
    /// More columns than may be, on this line.
    Columns(u64),
    /// A longer cell than may be, on this line.
    Cell(u64),
    /// Parts of the workbook.
    Parts,
    /// What the workbook unpacks to.
    Unpacked,
}

/// Adds a row within the bounds, `most` rows among them; its cells are tidied, empty ones at its end dropped, and so is a row that
/// holds nothing.
pub(super) fn push(rows: &mut Vec<Row>, mut row: Row, most: usize) -> Result<(), FileFault> {
    for cell in &mut row.cells {
        *cell = tidy(cell);
    }
    let faulty = row.faults.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
    while row.cells.len() > faulty && row.cells.last().is_some_and(String::is_empty) {
        row.cells.pop();
    }
    if row.cells.iter().all(String::is_empty) && row.faults.is_empty() {
        return Ok(());
    }
    let too_much = if rows.len() >= most {
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
