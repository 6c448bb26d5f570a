//! XLSX in flat memory: rows go to a file without a name as they come, and into the workbook at the end.

use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::{Cell, Table, TableError, begins_like_formula};

/// Rows of one sheet of a workbook, its header included.
const ROWS_MAX: u32 = 1_048_576;

/// An XLSX file.
///
/// What does not fit into one sheet of a workbook goes on in the next one, `NAME 2`, under the same header.
pub struct XlsxTable<W: Write + Seek + Send> {
    book: Workbook,
    out: W,
    name: String,
    /// Place of the sheet that is written, and its rows so far.
    sheet: usize,
    rows: u32,
    rows_max: u32,
    header: Vec<String>,
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
        let (name, header) = (name.to_owned(), Vec::new());
        Ok(Self { book, out, name, sheet: 0, rows: 0, rows_max: ROWS_MAX, header, formats })
    }

    /// Begins the next sheet with the header of the first.
    fn next_sheet(&mut self) -> Result<(), TableError> {
        self.sheet += 1;
        let name = format!("{} {}", self.name, self.sheet + 1);
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(TableError::of)?;
        sheet.set_name(name).map_err(TableError::of)?;
        self.rows = 0;
        let header = std::mem::take(&mut self.header);
        let cells: Vec<Cell<'_>> = header.iter().map(|name| Cell::Text(name)).collect();
        self.row(&cells)
    }
}

/// Runs what writes rows into their file without a name. The library panics where the system does not take them, which is a disk without
/// room; the workbook is of no use afterwards.
fn guarded(work: impl FnOnce() -> Result<(), rust_xlsxwriter::XlsxError>) -> Result<(), TableError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(TableError::of),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map_or("", String::as_str);
            Err(TableError(format!("the workbook cannot be written; is the disk full? ({words})")))
        }
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
        if self.rows == self.rows_max {
            self.next_sheet()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheet).map_err(TableError::of)?;
        guarded(|| {
            for (column, cell) in (0..).zip(cells) {
                write(sheet, (self.rows, column), *cell, &self.formats)?;
            }
            Ok(())
        })?;
        if self.rows == 0 {
            sheet.set_freeze_panes(1, 0).map_err(TableError::of)?;
            let text = |cell: &Cell<'_>| if let Cell::Text(text) = cell { (*text).to_owned() } else { String::new() };
            self.header = cells.iter().map(text).collect();
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        guarded(|| self.book.save_to_writer(&mut self.out))?;
        self.out.flush().map_err(TableError::of)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader, Xlsx, open_workbook_from_rs};

    use super::*;

    #[test]
    fn rows_beyond_a_sheet_go_on_in_the_next_under_the_same_header() {
        let file = std::env::temp_dir().join(format!("sipas_xlsx_{}.xlsx", std::process::id()));
        let out = std::fs::File::create(&file).expect("a file");
        let mut table = XlsxTable::new(out, "responses", &std::env::temp_dir()).expect("a workbook");
        table.rows_max = 4;
        table.row(&[Cell::Text("day"), Cell::Text("level")]).expect("a header");
        for level in 0..7 {
            table.row(&[Cell::Empty, Cell::Whole(level)]).expect("a row");
        }
        Box::new(table).finish().expect("written");
        let bytes = std::fs::read(&file).expect("a file");
        std::fs::remove_file(&file).expect("removed");
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
        assert_eq!(book.sheet_names(), ["responses", "responses 2", "responses 3"]);
        let mut levels = Vec::new();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).expect("a sheet");
            let column: Vec<String> = range.rows().map(|row| row[row.len() - 1].to_string()).collect();
            assert_eq!(column[0], "level", "{name}");
            levels.extend(column.into_iter().skip(1));
        }
        assert_eq!(levels, ["0", "1", "2", "3", "4", "5", "6"]);
    }
}
