//! A file as rows of text. CSV in UTF-8 or UTF-16 with commas, semicolons or tabs; XLSX through `workbook.rs`. Both bounded.

use super::limits::{BYTES_MAX, Row, push};
use super::reason::FileFault;
use super::workbook;

/// A file as rows of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows that are not empty.
    pub rows: Vec<Row>,
}

impl Table {
    /// The rows of a file: a workbook where its bytes begin as one, else CSV.
    pub fn read(bytes: &[u8]) -> Result<Self, FileFault> {
        if bytes.len() > BYTES_MAX {
            return Err(FileFault::TooLarge);
        }
        let rows = match bytes {
            [b'P', b'K', 3, 4, ..] => workbook::rows(bytes)?,
            // The compound file of .xls and of workbooks with a password.
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(FileFault::OldWorkbook),
            bytes => csv_rows(&text(bytes)?)?,
        };
        if rows.is_empty() { Err(FileFault::Empty) } else { Ok(Self { rows }) }
    }

    /// The same rows as a CSV text, each at its line: what a page hands back when the import is confirmed.
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        let mut line = 1;
        for row in &self.rows {
            while line < row.line {
                text.push('\n');
                line += 1;
            }
            let cells: Vec<String> = row.cells.iter().map(|cell| quoted(cell)).collect();
            text.push_str(&cells.join(";"));
            // A row of one cell must not be taken for one with commas in it.
            if row.cells.len() == 1 {
                text.push(';');
            }
            text.push('\n');
            line += 1 + row.cells.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        }
        text
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ';', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// The text of a CSV: UTF-8 with or without a mark, or UTF-16 with one ("Unicode text" of spreadsheets).
fn text(bytes: &[u8]) -> Result<String, FileFault> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| FileFault::Encoding)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| FileFault::Encoding),
        bytes => String::from_utf8(bytes.to_vec()).map_err(|_| FileFault::Encoding),
    }
}

fn csv_rows(text: &str) -> Result<Vec<Row>, FileFault> {
    // With plain ends of line the reader counts lines as people do.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter(&text)).trim(csv::Trim::All);
    let mut rows = Vec::new();
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|_| FileFault::Encoding)?;
        // The reader's position is where it looked for the record: before the empty lines that it passed over.
        let line = record.position().map_or(0, |at| {
            let from = usize::try_from(at.byte()).ok().and_then(|from| text.as_bytes().get(from..)).unwrap_or_default();
            at.line() + from.iter().take_while(|byte| **byte == b'\n').count() as u64
        });
        if record.iter().all(str::is_empty) {
            continue;
        }
        let cells = record.iter().map(ToOwned::to_owned).collect();
        push(&mut rows, Row { line, cells })?;
    }
    Ok(rows)
}

/// The most frequent of tab, semicolon and comma outside quotes, in the first lines; a semicolon wins over as many commas, which
/// stand in numbers too.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b'\t', 0_usize), (b';', 0), (b',', 0)];
    let mut quoted = false;
    for byte in text.lines().take(12).flat_map(str::bytes) {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == byte) {
            *count += 1;
        }
    }
    // Of equal counts the first: `max_by_key` would take the last.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::super::limits::{CELL_CHARACTERS_MAX, COLUMNS_MAX, ROWS_MAX};
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        Table::read(bytes).expect("a table").rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    #[test]
    fn commas_semicolons_tabs_and_both_encodings_are_one_table() {
        let expected = vec![
            (1, vec!["Lĩnh vực".to_owned(), "Số".to_owned()]),
            (3, vec!["Đất đai".to_owned(), "1.234".to_owned()]),
        ];
        for text in [
            "Lĩnh vực,Số\n\nĐất đai,1.234\n",
            "Lĩnh vực;Số\r\n;\r\nĐất đai ; 1.234",
            "Lĩnh vực\tSố\n\nĐất đai\t1.234\t\t",
        ] {
            assert_eq!(rows(text.as_bytes()), expected, "{text:?}");
            assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
            let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(rows(&wide), expected);
        }
        // A value with a decimal comma does not make commas the delimiter.
        assert_eq!(rows("a;b\n1,5;2,5".as_bytes())[1].1, ["1,5", "2,5"]);
    }

    #[test]
    fn what_a_page_hands_back_is_the_same_table() {
        let text = "Tên;Ghi chú\n\n\"một; hai\";\"dòng\nhai \"\"q\"\"\"\nba;4,5\nmột ô\n";
        let first = Table::read(text.as_bytes()).expect("a table");
        assert_eq!(Table::read(first.to_csv().as_bytes()).expect("a table"), first);
    }

    #[test]
    fn files_out_of_bounds_are_refused_with_a_reason() {
        let fault = |bytes: &[u8]| Table::read(bytes).expect_err("a refusal");
        assert_eq!(fault(b""), FileFault::Empty);
        assert_eq!(fault(b" ; ;\n\n"), FileFault::Empty);
        assert_eq!(fault(&vec![b'a'; BYTES_MAX + 1]), FileFault::TooLarge);
        assert_eq!(fault(b"Ph\xf4 h\xe0nh"), FileFault::Encoding, "windows-1258");
        assert!(matches!(fault("a;b\n".repeat(ROWS_MAX + 1).as_bytes()), FileFault::TooMuch(_)));
        assert!(matches!(fault(format!("{}b", "a;".repeat(COLUMNS_MAX)).as_bytes()), FileFault::TooMuch(_)));
        assert!(matches!(fault("a".repeat(CELL_CHARACTERS_MAX + 1).as_bytes()), FileFault::TooMuch(_)));
        assert!(matches!(fault(b"\xd0\xcf\x11\xe0 old"), FileFault::OldWorkbook));
        assert!(matches!(fault(b"PK\x03\x04 broken"), FileFault::Workbook(_)));
    }
}
