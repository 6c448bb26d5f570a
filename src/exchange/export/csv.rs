//! CSV as RFC 4180 has it: commas, quotes doubled, lines ended by CR LF, UTF-8. For people whose spreadsheet program speaks Vietnamese
//! with semicolons, decimal commas and a byte order mark.
//!
//! Written here and not by the crate that reads CSV elsewhere: of the hundred and more cells of a sheet most are empty or one
//! digit, and a call for each of them was two thirds of an export.

use std::io::{BufWriter, Write};

use chrono::NaiveDate;

use super::{Cell, Table, TableError, inert};

/// Bytes gathered before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

/// A CSV file.
pub struct CsvTable<W: Write> {
    out: BufWriter<W>,
    line: Vec<u8>,
    /// Cells of the first row; every other has as many.
    columns: Option<usize>,
    separator: u8,
    /// The last day and its text: rows come by the day.
    day: (NaiveDate, String),
}

impl<W: Write> CsvTable<W> {
    /// Writes to `out`; with a byte order mark where spreadsheets shall not take UTF-8 for an old code page.
    pub fn new(out: W, byte_order_mark: bool) -> Result<Self, TableError> {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
        if byte_order_mark {
            out.write_all("\u{feff}".as_bytes()).map_err(TableError::of)?;
        }
        let day = NaiveDate::default();
        Ok(Self { out, line: Vec::new(), columns: None, separator: b',', day: (day, day.to_string()) })
    }

    /// Writes to `out` what a double click opens rightly where commas stand in numbers.
    pub fn with_semicolons(out: W) -> Result<Self, TableError> {
        Ok(Self { separator: b';', ..Self::new(out, true)? })
    }

    fn cell(&mut self, cell: Cell<'_>) -> std::io::Result<()> {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => field(&mut self.line, &inert(text), self.separator),
            Cell::Whole(whole @ 0..=9) => self.line.push(b"0123456789"[usize::try_from(whole).unwrap_or(0)]),
            Cell::Whole(whole) => write!(self.line, "{whole}")?,
            Cell::Number(number) if self.separator == b';' => {
                self.line.extend_from_slice(number.to_string().replace('.', ",").as_bytes());
            }
            Cell::Number(number) => write!(self.line, "{number}")?,
            Cell::Truth(truth) => self.line.extend_from_slice(if truth { b"true" } else { b"false" }),
            Cell::Day(day) => {
                if self.day.0 != day {
                    self.day = (day, day.to_string());
                }
                self.line.extend_from_slice(self.day.1.as_bytes());
            }
        }
        Ok(())
    }
}

/// A text as a field: in quotes where it holds the separator, a quote or the end of a line.
fn field(line: &mut Vec<u8>, text: &str, separator: u8) {
    if !text.contains([char::from(separator), '"', '\r', '\n']) {
        return line.extend_from_slice(text.as_bytes());
    }
    line.push(b'"');
    line.extend(text.bytes().flat_map(|byte| std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 })));
    line.push(b'"');
}

impl<W: Write> Table for CsvTable<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        if *self.columns.get_or_insert(cells.len()) != cells.len() {
            return Err(TableError::of("a row has more or fewer cells than the first one"));
        }
        self.line.clear();
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.line.push(self.separator);
            }
            self.cell(*cell).map_err(TableError::of)?;
        }
        // A line of one empty cell would be no line at all.
        if cells.len() == 1 && self.line.is_empty() {
            self.line.extend_from_slice(b"\"\"");
        }
        self.line.extend_from_slice(b"\r\n");
        self.out.write_all(&self.line).map_err(TableError::of)
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.out.flush().map_err(TableError::of)
    }
}

/// A file of commas as a spreadsheet program in Vietnamese opens it with a double click: semicolons, decimal commas, a mark at its
/// beginning. What is no number stays as it is.
pub fn for_spreadsheets(file: &[u8]) -> Result<Vec<u8>, TableError> {
    let body = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(body);
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    for record in reader.records() {
        let record = record.map_err(TableError::of)?;
        for (place, cell) in record.iter().enumerate() {
            if place > 0 {
                bytes.push(b';');
            }
            let number = cell.contains('.') && cell.bytes().all(|b| b.is_ascii_digit() || b"-.eE+".contains(&b));
            let text = if number && cell.parse::<f64>().is_ok() { cell.replace('.', ",") } else { cell.to_owned() };
            field(&mut bytes, &text, b';');
        }
        bytes.extend_from_slice(b"\r\n");
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of CSV that is not ours makes of what was written.
    fn read_back(rows: &[Vec<Cell<'_>>]) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        let mut table = Box::new(CsvTable::new(&mut bytes, false).expect("a table"));
        for row in rows {
            table.row(row).expect("a row");
        }
        table.finish().expect("the end");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let records = reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect());
        records.collect()
    }

    #[test]
    fn a_reader_finds_every_cell_as_it_was() {
        let texts = ["", "đất đai", "a, b", "\"nói\"", "hai\r\ndòng", "\"", ",", " "];
        let rows: Vec<Vec<Cell<'_>>> = texts
            .iter()
            .map(|text| vec![Cell::Text(text), Cell::Empty, Cell::Whole(7), Cell::Whole(120), Cell::Truth(true)])
            .collect();
        let wanted: Vec<Vec<String>> =
            texts.iter().map(|text| [text, "", "7", "120", "true"].map(str::to_owned).to_vec()).collect();
        assert_eq!(read_back(&rows), wanted);
        assert_eq!(read_back(&[vec![Cell::Empty], vec![Cell::Number(0.5)]]), [[""], ["0.5"]]);
    }

    #[test]
    fn semicolons_come_with_a_mark_and_decimal_commas_and_nothing_runs() {
        let mut bytes = Vec::new();
        let mut table = Box::new(CsvTable::with_semicolons(&mut bytes).expect("a table"));
        table.row(&[Cell::Text("a; b"), Cell::Number(0.5), Cell::Text("=1+1"), Cell::Text("a, b")]).expect("a row");
        table.finish().expect("the end");
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), "\u{feff}\"a; b\";0,5;'=1+1;a, b\r\n");
    }

    #[test]
    fn rows_of_another_length_are_refused() {
        let mut table = CsvTable::new(Vec::new(), true).expect("a table");
        table.row(&[Cell::Empty, Cell::Empty]).expect("a row");
        assert!(table.row(&[Cell::Empty]).is_err());
    }

    #[test]
    fn a_file_of_commas_becomes_one_of_semicolons_with_every_cell_and_decimal_commas() {
        let before = "\u{feff}tên,số,ngày\r\n\"a;b\",0.5,2026-03-14\r\n\"c,\"\"d\"\"\",-1.25e-3,v1.2\r\n";
        let after = for_spreadsheets(before.as_bytes()).expect("written");
        let text = String::from_utf8(after).expect("UTF-8");
        assert_eq!(text, "\u{feff}tên;số;ngày\r\n\"a;b\";0,5;2026-03-14\r\n\"c,\"\"d\"\"\";-1,25e-3;v1.2\r\n");
    }
}
