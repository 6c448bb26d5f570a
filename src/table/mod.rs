//! A file as tables of text: CSV in the encodings and with the separators that people's programs write, and workbooks. What is read
//! keeps its place in the file; what a program has not computed, shows as an error or hides is told and never guessed.

mod decode;
mod delimited;
mod document;
mod limits;
mod number_format;
mod shared;
mod sheet_xml;
mod workbook;
mod xml;

pub use decode::{Encoding, decode};
pub use limits::{BYTES_MAX, Bound, CELL_CHARACTERS_MAX, COLUMNS_MAX, Document, FileFault, ROWS_MAX, UNPACKED_MAX};
pub use number_format::day as day_of_serial;

/// A file as tables of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The worksheets that hold anything, in the order of the file; one without a name for a text file.
    pub sheets: Vec<Sheet>,
    /// How a text file was encoded.
    pub encoding: Option<Encoding>,
}

/// A worksheet, or the whole of a text file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name in a workbook.
    pub name: Option<String>,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Whether its days are counted from 1904.
    pub from_1904: bool,
    /// The rows that are not empty.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1, whatever ends its lines; in a workbook the number of the row.
    pub line: u64,
    /// Cells, white space at their ends removed, without characters that show nothing. Numbers of a workbook stand as a Vietnamese
    /// writes them: `1234`, `87,5`, and `87,5%` where the cell shows a percentage; days as `14/03/2026`.
    pub cells: Vec<String>,
    /// Cells whose text is not to be believed.
    pub faults: Vec<(usize, CellFault)>,
    /// Cells that are formulas with a value.
    pub formulas: Vec<usize>,
    /// Cells that a workbook keeps as a number, day or time, with the number as its cell spells it, `00123`, `1.10`; none where that cannot
    /// be told.
    pub numbers: Vec<(usize, Option<String>)>,
    /// Whether the workbook hides it.
    pub hidden: bool,
}

/// Why the text of a cell is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellFault {
    /// A formula whose value the file does not know: none is kept, or the file asks to be computed anew.
    NotComputed {
        formula: String,
        /// The value that is kept, where one is.
        kept: Option<String>,
    },
    /// A cell with an error of the spreadsheet.
    Error,
    /// A number in a cell that is merged over several rows: whose number it is, nobody can tell.
    MergedNumber,
}

impl Table {
    /// Reads a file: a workbook where its bytes begin as one, else text.
    pub fn read(bytes: &[u8]) -> Result<Self, FileFault> {
        Self::read_up_to(bytes, ROWS_MAX)
    }

    /// [`Table::read`] for a list that may be longer: so many rows at the most, headings and lines above them included.
    pub fn read_up_to(bytes: &[u8], most: usize) -> Result<Self, FileFault> {
        if bytes.len() > BYTES_MAX {
            return Err(FileFault::TooLarge);
        }
        if let Some(document) = Document::of(bytes) {
            return Err(FileFault::Document(document));
        }
        let table = match bytes {
            [b'P', b'K', 3, 4, ..] => workbook::read(bytes, most)?,
            // The compound file of .xls and of workbooks with a password.
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(FileFault::OldWorkbook),
            bytes => {
                let (text, encoding) = decode(bytes)?;
                let sheet = Sheet { rows: delimited::rows(&text, most)?, ..Sheet::default() };
                Self { sheets: vec![sheet], encoding: Some(encoding) }
            }
        };
        if table.sheets.iter().all(|sheet| sheet.rows.is_empty()) { Err(FileFault::Empty) } else { Ok(table) }
    }

    /// [`Table::read`] for a file that may be a Word document too: its paragraphs and rows of tables.
    pub fn read_document(bytes: &[u8]) -> Result<Self, FileFault> {
        if bytes.len() <= BYTES_MAX
            && bytes.starts_with(b"PK\x03\x04")
            && let Some(table) = document::read(bytes)?
        {
            return if table.sheets[0].rows.is_empty() { Err(FileFault::Empty) } else { Ok(table) };
        }
        Self::read(bytes)
    }
}

/// A text without white space at its ends and without characters that show nothing; letters whole (Unicode NFC).
fn tidy(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_owned();
    }
    // A soft hyphen is a letter of old Vietnamese fonts, which know none above U+00FF.
    let old = text.chars().all(|letter| letter <= '\u{ff}');
    let shows = |letter: &char| {
        (*letter != '\u{ad}' || old)
            && !matches!(letter, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let kept: String = text.chars().filter(shows).collect();
    let joiner =
        |letter: char| letter.is_whitespace() || matches!(letter, '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}');
    icu_normalizer::ComposingNormalizer::new_nfc().normalize(kept.trim_matches(joiner)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let table = Table::read(bytes).expect("a table");
        table.sheets[0].rows.iter().map(|row| (row.line, row.cells.clone())).collect()
    }

    #[test]
    fn commas_semicolons_tabs_and_every_unicode_encoding_are_one_table() {
        let expected = vec![
            (1, vec!["Lĩnh vực".to_owned(), "Số".to_owned()]),
            (3, vec!["Đất đai".to_owned(), "1.234".to_owned()]),
        ];
        for text in [
            "Lĩnh vực,Số\n\nĐất đai,1.234\n",
            "Lĩnh vực;Số\r\n;\r\nĐất đai ; 1.234",
            "Lĩnh vực\tSố\n\nĐất đai\t1.234\t\t",
            "Lĩnh vực|Số\r\rĐất đai|1.234\r",
        ] {
            assert_eq!(rows(text.as_bytes()), expected, "{text:?}");
            assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
            for mark in [&[0xfeff][..], &[]] {
                let units: Vec<u16> = mark.iter().copied().chain(text.encode_utf16()).collect();
                let little: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).collect();
                let big: Vec<u8> = units.iter().copied().flat_map(u16::to_be_bytes).collect();
                assert_eq!(rows(&little), expected, "UTF-16, low byte first, {mark:?}");
                assert_eq!(rows(&big), expected, "UTF-16, high byte first, {mark:?}");
            }
        }
    }

    #[test]
    fn characters_that_show_nothing_are_no_part_of_a_cell() {
        for cell in ["4\u{a0}", "\u{200b}4", "\u{feff}4\u{2060}", "\u{202f}4\u{3000}", "\u{200e}4\u{200f}", "\u{200d}4"]
        {
            assert_eq!(rows(format!("a;b\n{cell};x").as_bytes())[1].1, ["4", "x"], "{cell:?}");
        }
        assert_eq!(rows("a;b\nHa\u{300}i;\u{200b}".as_bytes())[1].1, ["Hài"]);
        // A joiner inside of a sign is part of what was written.
        assert_eq!(rows("a;b\n👩\u{200d}⚕;x".as_bytes())[1].1, ["👩\u{200d}⚕", "x"]);
    }

    #[test]
    fn files_out_of_bounds_are_refused_with_a_reason() {
        let fault = |bytes: &[u8]| Table::read(bytes).expect_err("a refusal");
        assert_eq!(fault(b""), FileFault::Empty);
        assert_eq!(fault(b" ; ;\n\n"), FileFault::Empty);
        assert_eq!(fault(&vec![b'a'; BYTES_MAX + 1]), FileFault::TooLarge);
        assert_eq!(fault(b"Ph\xf4 h\xe0nh"), FileFault::Encoding, "nothing says which old code page");
        assert!(matches!(fault("a;b\n".repeat(ROWS_MAX + 1).as_bytes()), FileFault::TooMuch(Bound::Rows(_))));
        let long = Table::read_up_to("a;b\n".repeat(ROWS_MAX + 1).as_bytes(), ROWS_MAX + 1).expect("a longer list");
        assert_eq!(long.sheets[0].rows.len(), ROWS_MAX + 1);
        let wide = format!("{}b", "a;".repeat(COLUMNS_MAX));
        assert_eq!(fault(wide.as_bytes()), FileFault::TooMuch(Bound::Columns(1)));
        assert_eq!(fault("a".repeat(CELL_CHARACTERS_MAX + 1).as_bytes()), FileFault::TooMuch(Bound::Cell(1)));
        assert_eq!(fault(b"\xd0\xcf\x11\xe0 old"), FileFault::OldWorkbook);
        assert_eq!(fault(b"%PDF-1.7"), FileFault::Document(Document::Pdf));
        let zip = |name: &str| [b"PK\x03\x04".as_slice(), &[0; 26], name.as_bytes()].concat();
        assert_eq!(fault(&zip("mimetypeapplication/vnd.oasis.opendocument")), FileFault::Document(Document::Odf));
        assert_eq!(fault(&zip("[Content_Types].xml word/document.xml")), FileFault::Document(Document::Word));
        assert!(matches!(fault(b"PK\x03\x04 broken"), FileFault::Workbook(_)));
    }
}
