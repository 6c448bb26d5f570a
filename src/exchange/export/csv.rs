//! CSV as RFC 4180 has it: commas, quotes doubled, lines ended by CR LF, UTF-8.

use std::io::Write;

use chrono::NaiveDate;

use super::{Cell, Table, TableError, inert};

/// A CSV file.
pub struct CsvTable<W: Write> {
    out: csv::Writer<W>,
    /// The last day and its text: rows come by the day.
    day: (NaiveDate, String),
    number: String,
}

impl<W: Write> CsvTable<W> {
    /// Writes to `out`; with a byte order mark where spreadsheets shall not take UTF-8 for an old code page.
    pub fn new(mut out: W, byte_order_mark: bool) -> Result<Self, TableError> {
        if byte_order_mark {
            out.write_all("\u{feff}".as_bytes()).map_err(TableError::of)?;
        }
        let out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(256 * 1024)
            .flexible(false)
            .from_writer(out);
        let day = NaiveDate::default();
        Ok(Self { out, day: (day, day.to_string()), number: String::new() })
    }

    fn cell(&mut self, cell: Cell<'_>) -> Result<(), csv::Error> {
        use std::fmt::Write;
        match cell {
            Cell::Empty => self.out.write_field(b""),
            Cell::Text(text) => self.out.write_field(inert(text).as_bytes()),
            Cell::Whole(whole @ 0..=9) => self.out.write_field([b"0123456789"[usize::try_from(whole).unwrap_or(0)]]),
            Cell::Truth(truth) => self.out.write_field(if truth { "true" } else { "false" }),
            Cell::Day(day) => {
                if self.day.0 != day {
                    self.day = (day, day.to_string());
                }
                self.out.write_field(self.day.1.as_bytes())
            }
            Cell::Whole(_) | Cell::Number(_) => {
                self.number.clear();
                // Writing into a string cannot fail.
                let _ = match cell {
                    Cell::Number(number) => write!(self.number, "{number}"),
                    Cell::Whole(whole) => write!(self.number, "{whole}"),
                    _ => Ok(()),
                };
                self.out.write_field(self.number.as_bytes())
            }
        }
    }
}

impl<W: Write> Table for CsvTable<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        for cell in cells {
            self.cell(*cell).map_err(TableError::of)?;
        }
        self.out.write_record(None::<&[u8]>).map_err(TableError::of)
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.out.flush().map_err(TableError::of)
    }
}
