//! The first sheet of a workbook that holds anything, cell by cell. Two bounds keep a small file from growing in memory: what
//! the parts of the zip unpack to is measured before anything is read, and cells far from the others are refused instead of
//! being given room.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use chrono::{Days, NaiveDate};

use super::limits::{COLUMNS_MAX, ROWS_MAX, Row, UNPACKED_MAX, push};
use super::reason::{Bound, FileFault};
use crate::unzip::{self, Limits, UnzipError};

/// An ordinary workbook has a dozen parts.
const LIMITS: Limits = Limits { parts: 500, part_bytes: UNPACKED_MAX, all_bytes: UNPACKED_MAX };

/// The rows of the workbook.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, FileFault> {
    // The reader of workbooks knows no bounds of its own.
    unzip::measure(bytes, LIMITS).map_err(|error| refused(&error))?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    for sheet in book.sheet_names() {
        let rows = sheet_rows(&mut book, &sheet)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

fn broken(error: &dyn std::fmt::Display) -> FileFault {
    FileFault::Workbook(error.to_string())
}

fn refused(error: &UnzipError) -> FileFault {
    match error {
        UnzipError::TooManyParts(_) => FileFault::TooMuch(Bound::Parts),
        UnzipError::PartTooLarge(..) | UnzipError::TooLarge(_) => FileFault::TooMuch(Bound::Unpacked),
        error => broken(error),
    }
}

fn sheet_rows(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Vec<Row>, FileFault> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| broken(&error))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut current: Option<Row> = None;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, usize::try_from(column).unwrap_or(usize::MAX));
        if column >= COLUMNS_MAX {
            return Err(FileFault::TooMuch(Bound::Columns(line)));
        }
        if line > ROWS_MAX as u64 {
            return Err(FileFault::TooMuch(Bound::Rows(line)));
        }
        if current.as_ref().is_some_and(|current| current.line != line)
            && let Some(done) = current.take()
        {
            push(&mut rows, done)?;
        }
        let current = current.get_or_insert_with(|| Row { line, cells: Vec::new() });
        if current.cells.len() <= column {
            current.cells.resize(column + 1, String::new());
        }
        current.cells[column] = text;
    }
    if let Some(done) = current {
        push(&mut rows, done)?;
    }
    Ok(rows)
}

/// A cell as a Vietnamese writes it.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        // What `{}` prints is the shortest text that means the same number: 1234, 87.5.
        DataRef::Float(number) => number.to_string().replace('.', ","),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => {
            date_of_serial(moment.as_f64()).map_or_else(String::new, |day| day.format("%d/%m/%Y").to_string())
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("#{error:?}"),
    }
}

/// The civil day of a spreadsheet's number: days since 30/12/1899, the time of day cut off.
fn date_of_serial(serial: f64) -> Option<NaiveDate> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the year 9999")]
    let days = serial as u64;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    #[test]
    fn numbers_days_and_words_come_out_as_a_vietnamese_writes_them() {
        let mut book = Workbook::new();
        book.add_worksheet();
        let sheet = book.add_worksheet();
        sheet.write_string(1, 0, " Lĩnh vực ").expect("written");
        sheet.write_number(1, 2, 1234.0).expect("written");
        sheet.write_number(3, 0, 0.875).expect("written");
        let day = ExcelDateTime::from_ymd(2026, 3, 14).expect("a day");
        let format = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_datetime_with_format(3, 1, &day, &format).expect("written");
        let bytes = book.save_to_buffer().expect("a workbook");
        let rows = rows(&bytes).expect("rows");
        assert_eq!(rows.len(), 2, "the first sheet is empty");
        assert_eq!((rows[0].line, rows[0].cells.clone()), (2, vec!["Lĩnh vực".into(), String::new(), "1234".into()]));
        assert_eq!((rows[1].line, rows[1].cells.clone()), (4, vec!["0,875".to_owned(), "14/03/2026".to_owned()]));
    }

    #[test]
    fn a_cell_at_the_far_corner_is_refused_and_given_no_room() {
        let mut book = Workbook::new();
        book.add_worksheet().write_number(1_048_575, 16_383, 1.0).expect("written");
        let bytes = book.save_to_buffer().expect("a workbook");
        assert!(matches!(rows(&bytes), Err(FileFault::TooMuch(_))));
    }

    #[test]
    fn a_zip_that_unpacks_to_far_more_is_refused_before_it_is_read() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("xl/worksheets/sheet1.xml", options).expect("a part");
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..=UNPACKED_MAX / 1024 / 1024 {
            zip.write_all(&zeros).expect("written");
        }
        let bytes = zip.finish().expect("a zip").into_inner();
        assert!(bytes.len() < 100_000, "{} bytes packed", bytes.len());
        assert!(matches!(rows(&bytes), Err(FileFault::TooMuch(_))));
    }
}
