//! A Word file as rows: each paragraph a row of one cell, each row of a table a row. What Word counts by itself stands with a number.

use super::limits::{Bound, FileFault, ROWS_MAX, UNPACKED_MAX, push};
use super::xml::{Xml, broken, walk};
use super::{Row, Sheet, Table};
use crate::unzip::{self, Limits, UnzipError};

/// An ordinary document has some twenty parts.
const LIMITS: Limits = Limits { parts: 500, part_bytes: UNPACKED_MAX, all_bytes: UNPACKED_MAX };
/// The part with the text.
const TEXT: &str = "word/document.xml";

/// The rows of a Word file; none where the zip is none.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Table>, FileFault> {
    let parts = unzip::unzip(bytes, LIMITS).map_err(|error| match error {
        UnzipError::TooManyParts(_) => FileFault::TooMuch(Bound::Parts),
        UnzipError::PartTooLarge(..) | UnzipError::TooLarge(_) => FileFault::TooMuch(Bound::Unpacked),
        error => FileFault::Workbook(error.to_string()),
    })?;
    let Some(part) = parts.iter().find(|part| part.name == TEXT) else { return Ok(None) };
    let mut reader = Reader::default();
    walk(&part.content, |event| reader.see(&event))?;
    let sheet = Sheet { rows: reader.rows, ..Sheet::default() };
    Ok(Some(Table { sheets: vec![sheet], encoding: None }))
}

/// What is being read.
#[derive(Default)]
struct Reader {
    rows: Vec<Row>,
    line: u64,
    /// How deep in tables.
    tables: usize,
    /// The cells of the row of the outermost table.
    cells: Vec<String>,
    /// The text of the cell.
    cell: String,
    paragraph: String,
    /// Whether Word counts the paragraph.
    counted: bool,
    count: usize,
    in_text: bool,
    /// Words that were taken out, kept by Word with their author.
    deleted: usize,
}

impl Reader {
    fn see(&mut self, event: &Xml<'_>) -> Result<(), FileFault> {
        match event {
            Xml::Open("tbl", _) => {
                self.tables += 1;
                if self.tables == 1 {
                    self.count = 0;
                }
            }
            Xml::Close("tbl") => self.tables = self.tables.saturating_sub(1),
            Xml::Open("tr", _) if self.tables == 1 => self.cells.clear(),
            Xml::Close("tr") if self.tables == 1 => {
                let cells = std::mem::take(&mut self.cells);
                self.row(cells)?;
            }
            Xml::Open("tc", _) if self.tables == 1 => self.cell.clear(),
            Xml::Close("tc") if self.tables == 1 => self.cells.push(std::mem::take(&mut self.cell)),
            Xml::Open("p", _) => (self.paragraph, self.counted) = (String::new(), false),
            Xml::Open("numPr", _) => self.counted = true,
            Xml::Open("t", _) => self.in_text = true,
            Xml::Close("t") => self.in_text = false,
            Xml::Open("del", _) => self.deleted += 1,
            Xml::Close("del") => self.deleted = self.deleted.saturating_sub(1),
            Xml::Open("tab" | "br", _) => self.paragraph.push(' '),
            Xml::Text(text) if self.in_text && self.deleted == 0 => self.paragraph.push_str(text),
            Xml::Close("p") => self.paragraph()?,
            _ => {}
        }
        if self.paragraph.len() > super::CELL_CHARACTERS_MAX * 8 {
            return Err(broken("a paragraph without end"));
        }
        Ok(())
    }

    fn paragraph(&mut self) -> Result<(), FileFault> {
        let mut text = std::mem::take(&mut self.paragraph).trim().to_owned();
        if self.counted {
            self.count += 1;
            text = if text.is_empty() { self.count.to_string() } else { format!("{}. {text}", self.count) };
        }
        if self.tables == 0 {
            return self.row(vec![text]);
        }
        if !text.is_empty() {
            if !self.cell.is_empty() {
                self.cell.push('\n');
            }
            self.cell.push_str(&text);
        }
        Ok(())
    }

    fn row(&mut self, cells: Vec<String>) -> Result<(), FileFault> {
        self.line += 1;
        push(&mut self.rows, Row { line: self.line, cells, ..Row::default() }, ROWS_MAX)
    }
}
