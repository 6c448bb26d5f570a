//! XLSX in flat memory: rows go to a file without a name as they come, and into the workbook at the end.

use std::io::{Seek, Write};
use std::path::Path;

use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::{Cell, Table, TableError, begins_like_formula};

/// Rows of one sheet of a workbook, its header included.
const ROWS_MAX: u32 = 1_048_576;

/// An XLSX file.
pub struct XlsxTable<W: Write + Seek + Send> {
    book: Workbook,
    out: W,
    rows: u32,
    formats: Formats,
}

impl<W: Write + Seek + Send> XlsxTable<W> {
    /// Writes to `out` at the end; rows lie in `folder` meanwhile, because the system's folder of temporary files may be
    /// another's.
    pub fn new(out: W, name: &str, folder: &Path) -> Result<Self, TableError> {
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(TableError::of)?;
        book.add_worksheet_with_constant_memory().map_err(TableError::of)?.set_name(name).map_err(TableError::of)?;
        let formats = Formats {
            day: Format::new().set_num_format("yyyy-mm-dd"),
            text: Format::new().set_num_format("@").set_quote_prefix(),
        };
        Ok(Self { book, out, rows: 0, formats })
    }
}

/// Formats of cells.
struct Formats {
    day: Format,
    /// A text that stays one when the cell is edited, as what begins like a formula must.
    text: Format,
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell<'_>,
    formats: &Formats,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Empty => Ok(()),
        // A cell of text is none of a formula, whatever it begins with: no sign is put in front.
        Cell::Text(text) if begins_like_formula(text) => {
            sheet.write_string_with_format(row, column, text, &formats.text).map(drop)
        }
        Cell::Text(text) => sheet.write_string(row, column, text).map(drop),
        Cell::Whole(whole) => sheet.write_number(row, column, whole as f64).map(drop),
        Cell::Number(number) => sheet.write_number(row, column, number).map(drop),
        Cell::Truth(truth) => sheet.write_boolean(row, column, truth).map(drop),
        Cell::Day(date) => {
            let [month, of_month] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
            let date = ExcelDateTime::from_ymd(u16::try_from(date.year()).unwrap_or(1970), month, of_month)?;
            sheet.write_datetime_with_format(row, column, &date, &formats.day).map(drop)
        }
    }
}

impl<W: Write + Seek + Send> Table for XlsxTable<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        if self.rows == ROWS_MAX {
            let words = "a sheet of a workbook ends at 1 048 576 rows: use --format csv, or fewer days";
            return Err(TableError(words.to_owned()));
        }
        let sheet = self.book.worksheet_from_index(0).map_err(TableError::of)?;
        for (column, cell) in (0..).zip(cells) {
            write(sheet, (self.rows, column), *cell, &self.formats).map_err(TableError::of)?;
        }
        if self.rows == 0 {
            sheet.set_freeze_panes(1, 0).map_err(TableError::of)?;
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.book.save_to_writer(&mut self.out).map_err(TableError::of)
    }
}
