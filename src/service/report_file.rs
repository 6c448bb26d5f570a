//! The report of a period as a file, in every format: the one place for the command, the page and whoever sends it.

use crate::exchange::export::{Cell, CsvTable, Table, TableError, figures};
use crate::index::IndexReport;
use crate::print::letter::letter;
use crate::print::pdf::PdfError;
use crate::report::{self, Report, city, docx, text, xlsx};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, as on a terminal.
    Txt,
    /// Word, to be edited.
    Docx,
    /// The letter, to be printed and signed.
    Pdf,
    /// A workbook, figures as numbers.
    Xlsx,
    /// The figures, a row a node, as `sipas export index` has them.
    Csv,
}

/// Why there is no file: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The DOCX.
    #[error("the docx could not be written: {0}")]
    Docx(#[from] crate::report::docx::DocxError),
    /// The PDF.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The workbook.
    #[error("the xlsx could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The CSV.
    #[error(transparent)]
    Csv(#[from] TableError),
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [Format::Docx, Format::Pdf, Format::Xlsx, Format::Csv, Format::Txt];

    /// The name on the command line and at the end of a file's name.
    pub fn name(self) -> &'static str {
        match self {
            Format::Txt => "txt",
            Format::Docx => "docx",
            Format::Pdf => "pdf",
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        }
    }

    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Its media type (IANA).
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Txt => "text/plain; charset=utf-8",
            Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Format::Pdf => "application/pdf",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// The sheet to copy into the city's reporting system, as a workbook or CSV.
pub fn city_sheet(
    report: &Report,
    index: &IndexReport,
    about: city::About<'_>,
    format: Format,
) -> Result<Vec<u8>, DocumentError> {
    let sheet = city::sheet(report, index, about);
    if format != Format::Csv {
        return Ok(xlsx::xlsx(&sheet)?);
    }
    csv(sheet.tables())
}

/// One table as a workbook or CSV.
pub fn table_file(table: &report::model::Table, format: Format) -> Result<Vec<u8>, DocumentError> {
    if format == Format::Csv { csv(std::iter::once(table)) } else { Ok(xlsx::of_table(table)?) }
}

/// Tables as the words that stand in them, one under the other.
fn csv<'a>(tables: impl Iterator<Item = &'a report::model::Table>) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = Vec::new();
    let mut out: Box<dyn Table> = Box::new(CsvTable::new(&mut bytes, true)?);
    for table in tables {
        let headings: Vec<Cell<'_>> = table.columns.iter().map(|column| Cell::Text(&column.heading)).collect();
        out.row(&headings)?;
        for row in &table.rows {
            let cells: Vec<Cell<'_>> = row.cells.iter().map(cell_of).collect();
            out.row(&cells)?;
        }
    }
    out.finish()?;
    Ok(bytes)
}

/// The words of a cell; of a difference its number, because spreadsheets take a plus for a formula and "−" for a letter.
fn cell_of(cell: &report::model::Cell) -> Cell<'_> {
    let words = cell.text();
    match cell {
        report::model::Cell::Share(..) => points_of(words).map_or(Cell::Text(words), Cell::Number),
        report::model::Cell::Interval(..) => Cell::Text(words.strip_prefix('+').unwrap_or(words)),
        _ => Cell::Text(words),
    }
}

/// The number of a difference in points, in either language; a share has its sign, and is none.
fn points_of(words: &str) -> Option<f64> {
    let is_difference = words.starts_with(['+', '−']) || matches!(words, "0,0" | "0.0");
    let plain = words.trim_start_matches('+').replace('−', "-").replace(',', ".");
    plain.parse().ok().filter(|_| is_difference)
}

/// The bytes of a report in a format; `index` are the figures it was made from.
pub fn bytes(report: &Report, index: &IndexReport, format: Format) -> Result<Vec<u8>, DocumentError> {
    Ok(match format {
        Format::Txt => text::text(report).into_bytes(),
        Format::Docx => docx::docx(report)?,
        Format::Pdf => letter(report)?,
        Format::Xlsx => xlsx::xlsx(report)?,
        Format::Csv => {
            let mut bytes = Vec::new();
            // Spreadsheets take UTF-8 for an old code page without the mark.
            let mut table = Box::new(CsvTable::new(&mut bytes, true)?);
            figures::write(index, table.as_mut())?;
            table.finish()?;
            bytes
        }
    })
}
