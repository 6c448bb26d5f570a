//! Reads CSV rows as bytes (RFC 4180: comma, double quotes, CRLF or LF, an optional byte order mark), one at a time, without
//! keeping the file. The shares of a million answer sheets are bound by this loop, so it does nothing but find the commas.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

use super::{AnalyseError, RowProblem};
use crate::table::{self, BYTES_MAX, CellFault, FileFault};

/// Bytes read at once: large enough that system calls do not show, small enough for the cache.
const CHUNK_BYTES: usize = 1 << 18;

/// The longest row accepted, so that a stray quote cannot swallow a large file into memory.
const ROW_BYTES_MAX: usize = 1 << 24;

pub struct RowReader {
    file: Box<dyn Read>,
    /// Lines of the rows in the file as it is, where it was brought into this form first; the next one last.
    lines: Option<Vec<u64>>,
    buffer: Vec<u8>,
    /// Unread part of the buffer.
    start: usize,
    end: usize,
    at_end_of_file: bool,
    /// Line of the next row, counted from 1.
    next_line: u64,
    fields: Vec<(u32, u32)>,
}

/// One row: its fields as bytes, unquoted.
pub struct Row<'a> {
    /// Line on which it begins.
    pub line: u64,
    bytes: &'a [u8],
    fields: &'a [(u32, u32)],
}

impl Row<'_> {
    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field; the caller has checked the number of fields.
    #[inline]
    pub fn field(&self, column: usize) -> &[u8] {
        let (start, end) = self.fields[column];
        &self.bytes[start as usize..end as usize]
    }
}

/// Why the next row cannot be had.
pub enum RowError {
    /// The operating system refused.
    Read(std::io::Error),
    /// The row is not CSV.
    Bad(RowProblem),
}

impl RowReader {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, RowError> {
        let (file, lines) = source(path)?;
        let mut reader = Self {
            file,
            lines,
            buffer: vec![0; CHUNK_BYTES],
            start: 0,
            end: 0,
            at_end_of_file: false,
            next_line: 1,
            fields: Vec::new(),
        };
        reader.refill().map_err(RowError::Read)?;
        if reader.buffer[..reader.end].starts_with(&[0xEF, 0xBB, 0xBF]) {
            reader.start = 3;
        }
        Ok(reader)
    }

    /// The next row; blank lines are skipped; `None` at the end of the file.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, RowError> {
        loop {
            let line = self.next_line;
            let Some((row_end, next_start, lines)) = self.split_row(line)? else {
                return Ok(None);
            };
            let row_start = self.start;
            self.start = next_start;
            self.next_line += lines;
            if row_start == row_end {
                continue;
            }
            let line = match &mut self.lines {
                Some(lines) => lines.pop().unwrap_or(line),
                None => line,
            };
            return Ok(Some(Row { line, bytes: &self.buffer[row_start..row_end], fields: &self.fields }));
        }
    }

    /// Finds the fields of the row that begins at `start`: (its end, the start of the next, line breaks in it).
    fn split_row(&mut self, line: u64) -> Result<Option<(usize, usize, u64)>, RowError> {
        loop {
            if self.start == self.end {
                if self.at_end_of_file {
                    return Ok(None);
                }
                self.refill().map_err(RowError::Read)?;
                continue;
            }
            let unread = &mut self.buffer[self.start..self.end];
            match split(unread, &mut self.fields, self.at_end_of_file) {
                Split::Row { end, next, lines } => {
                    return Ok(Some((self.start + end, self.start + next, lines)));
                }
                Split::Incomplete if self.at_end_of_file || unread.len() > ROW_BYTES_MAX => {
                    let text = "a quoted field is opened here and never closed".to_owned();
                    return Err(RowError::Bad(RowProblem { line, column: None, text }));
                }
                Split::Incomplete => self.refill().map_err(RowError::Read)?,
            }
        }
    }

    /// Moves the unread part to the front and reads more behind it.
    fn refill(&mut self) -> std::io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end + CHUNK_BYTES > self.buffer.len() {
            self.buffer.resize(self.end + CHUNK_BYTES, 0);
        }
        let n_read = self.file.read(&mut self.buffer[self.end..])?;
        self.at_end_of_file = n_read == 0;
        self.end += n_read;
        Ok(())
    }
}

/// The bytes of a file, and the lines of its rows where these are others.
type Source = (Box<dyn Read>, Option<Vec<u64>>);

/// The bytes of a file in the form read here, and the lines of its rows where these are others. A file that is in it already is
/// read as it comes, however large: UTF-8 with commas. Any other goes through the reader of tables first, as imports do.
fn source(path: &Path) -> Result<Source, RowError> {
    let mut file = File::open(path).map_err(RowError::Read)?;
    let mut head = vec![0; CHUNK_BYTES];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..]).map_err(RowError::Read)? {
            0 => break,
            read => filled += read,
        }
    }
    head.truncate(filled);
    file.rewind().map_err(RowError::Read)?;
    if is_plain(&head) {
        return Ok((Box::new(file), None));
    }
    let bad = |line: u64, text: String| RowError::Bad(RowProblem { line, column: None, text });
    let mut bytes = Vec::new();
    file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(RowError::Read)?;
    let table = table::Table::read(&bytes).map_err(|fault| bad(1, fault_text(&fault)))?;
    let mut shown = table.sheets.iter().filter(|sheet| !sheet.hidden);
    let (Some(sheet), None) = (shown.next(), shown.next()) else {
        return Err(bad(1, "the workbook must have exactly one sheet with rows that is not hidden".to_owned()));
    };
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let (mut plain, mut lines) = (Vec::new(), Vec::new());
    for row in &sheet.rows {
        if let Some((column, fault)) = row.faults.first() {
            let what = match fault {
                CellFault::NotComputed { formula, .. } => {
                    format!("the formula \"={formula}\" has no value that is sure")
                }
                CellFault::Error => "the cell holds an error".to_owned(),
                CellFault::MergedNumber => "a number stands in a cell merged over rows".to_owned(),
            };
            return Err(bad(row.line, format!("column {}: {what}", column + 1)));
        }
        for column in 0..width {
            if column > 0 {
                plain.push(b',');
            }
            let cell = row.cells.get(column).map_or("", String::as_str);
            plain.push(b'"');
            plain.extend_from_slice(decimal(cell).replace('"', "\"\"").as_bytes());
            plain.push(b'"');
        }
        plain.push(b'\n');
        lines.push(row.line);
    }
    lines.reverse();
    Ok((Box::new(Cursor::new(plain)), Some(lines)))
}

/// Whether a file begins as UTF-8 with commas, or with one column: what is read here as it comes.
fn is_plain(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut at the end of what was looked at.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        // What no encoding explains is told with its line by whoever reads the rows.
        Err(_) => return table::decode(head).is_err(),
    };
    let first = text.trim_start_matches('\u{feff}').split(['\n', '\r']).next().unwrap_or_default();
    let zip = text.starts_with("PK\u{3}\u{4}");
    let cr_only = text.contains('\r') && !text.contains('\n');
    !zip && !cr_only
        && !text.contains('\0')
        && (first.contains(',') || !first.contains([';', '\t', '|']))
        && !first.to_ascii_lowercase().starts_with("sep=")
}

/// A number with a decimal comma, as tables with semicolons and workbooks have it, with a dot.
fn decimal(cell: &str) -> std::borrow::Cow<'_, str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match cell.split_once(',') {
        Some((whole, part)) if digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(part) => {
            format!("{whole}.{part}").into()
        }
        _ => cell.into(),
    }
}

fn fault_text(fault: &FileFault) -> String {
    match fault {
        FileFault::Empty => "the file is empty; its first line must name the columns".to_owned(),
        FileFault::Encoding => "the file is neither UTF-8 nor UTF-16; save it as CSV UTF-8".to_owned(),
        FileFault::TooLarge | FileFault::TooMuch(_) => {
            "a file of this size must be UTF-8 with commas; save it so".to_owned()
        }
        FileFault::Document(_) => "a PDF, Word or OpenDocument file; save the table as .xlsx or CSV".to_owned(),
        FileFault::OldWorkbook => "an old .xls, or a workbook with a password; save it as .xlsx or CSV".to_owned(),
        FileFault::Workbook(words) => format!("the workbook cannot be read: {words}"),
        FileFault::OpenQuote { line } => format!("a quoted field is opened on line {line} and never closed"),
    }
}

enum Split {
    /// A whole row: fields are set relative to its start.
    Row { end: usize, next: usize, lines: u64 },
    /// More bytes are needed.
    Incomplete,
}

/// Splits the first row of `bytes`. Quoted fields are unescaped in place, which only ever shortens them; nothing is written
/// before the row is known to be complete.
#[expect(clippy::cast_possible_truncation, reason = "a row is shorter than ROW_BYTES_MAX + CHUNK_BYTES")]
fn split(bytes: &mut [u8], fields: &mut Vec<(u32, u32)>, at_end_of_file: bool) -> Split {
    fields.clear();
    let mut field_start = 0;
    let mut has_quotes = false;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte > b',' {
            continue;
        }
        match byte {
            b',' => {
                fields.push((field_start as u32, at as u32));
                field_start = at + 1;
            }
            b'\n' => {
                let end = if at > field_start && bytes[at - 1] == b'\r' { at - 1 } else { at };
                fields.push((field_start as u32, end as u32));
                // A blank line with CR is blank too.
                let end = if fields.len() == 1 && field_start == end { field_start } else { end };
                return Split::Row { end, next: at + 1, lines: 1 };
            }
            b'"' if at == field_start => {
                has_quotes = true;
                break;
            }
            _ => {}
        }
    }
    if has_quotes {
        return split_quoted(bytes, fields, at_end_of_file);
    }
    if at_end_of_file {
        fields.push((field_start as u32, bytes.len() as u32));
        return Split::Row { end: bytes.len(), next: bytes.len(), lines: 1 };
    }
    Split::Incomplete
}

/// The slow road for a row with quotes.
#[expect(clippy::cast_possible_truncation, reason = "a row is shorter than ROW_BYTES_MAX + CHUNK_BYTES")]
fn split_quoted(bytes: &mut [u8], fields: &mut Vec<(u32, u32)>, at_end_of_file: bool) -> Split {
    let Some((end, next, lines)) = row_end(bytes, at_end_of_file) else {
        return Split::Incomplete;
    };
    fields.clear();
    let mut read = 0;
    loop {
        let start = read;
        let mut write = read;
        if read < end && bytes[read] == b'"' {
            read += 1;
            while read < end {
                if bytes[read] == b'"' {
                    if read + 1 < end && bytes[read + 1] == b'"' {
                        read += 1;
                    } else {
                        read += 1;
                        break;
                    }
                }
                bytes[write] = bytes[read];
                write += 1;
                read += 1;
            }
        }
        while read < end && bytes[read] != b',' {
            bytes[write] = bytes[read];
            write += 1;
            read += 1;
        }
        fields.push((start as u32, write as u32));
        if read >= end {
            return Split::Row { end, next, lines };
        }
        read += 1;
    }
}

/// Where the first row ends, minding quotes: (end, start of the next, line breaks).
fn row_end(bytes: &[u8], at_end_of_file: bool) -> Option<(usize, usize, u64)> {
    let mut quoted = false;
    let mut lines = 1;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if quoted => lines += 1,
            b'\n' => {
                let end = if at > 0 && bytes[at - 1] == b'\r' { at - 1 } else { at };
                return Some((end, at + 1, lines));
            }
            _ => {}
        }
    }
    (at_end_of_file && !quoted).then_some((bytes.len(), bytes.len(), lines))
}

/// The names of the columns.
pub fn header_of(path: &Path) -> Result<Vec<String>, AnalyseError> {
    let read_error = |source| AnalyseError::Read { path: path.to_path_buf(), source };
    let refused = |error: RowError| match error {
        RowError::Read(source) => read_error(source),
        RowError::Bad(problem) => AnalyseError::Rows { path: path.to_path_buf(), problems: vec![problem] },
    };
    let mut reader = RowReader::open(path).map_err(refused)?;
    let bad = |text: &str| AnalyseError::Rows {
        path: path.to_path_buf(),
        problems: vec![RowProblem { line: 1, column: None, text: text.to_owned() }],
    };
    match reader.next() {
        Ok(Some(row)) => {
            let name = |column| std::str::from_utf8(row.field(column)).map(|name| name.trim().to_owned());
            let names = (0..row.len()).map(name).collect::<Result<Vec<_>, _>>();
            let names = names.map_err(|_| bad("the header is not UTF-8"))?;
            for (at, name) in names.iter().enumerate() {
                if names[..at].contains(name) {
                    return Err(bad(&format!("the column name {name:?} stands twice in the header")));
                }
            }
            Ok(names)
        }
        Ok(None) => Err(bad("the file is empty; its first line must name the columns")),
        Err(error) => Err(refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &str) -> Vec<(u64, Vec<String>)> {
        let dir = std::env::temp_dir().join(format!("sipas-rows-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory for the test");
        let name = text.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let path = dir.join(format!("{name}.csv"));
        std::fs::write(&path, text).expect("a file for the test");
        let mut reader = RowReader::open(&path).unwrap_or_else(|_| panic!("a readable file"));
        let mut rows = Vec::new();
        while let Ok(Some(row)) = reader.next() {
            let text = |column| String::from_utf8_lossy(row.field(column)).into_owned();
            rows.push((row.line, (0..row.len()).map(text).collect()));
        }
        std::fs::remove_file(&path).expect("the file of the test goes");
        rows
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn quotes_line_breaks_and_a_missing_last_line_end_are_read() {
        let text = "\u{feff}a,b,c\r\n1,\"x, \"\"y\"\"\nz\",3\n\n4,,\r\n\"\",5,6";
        let expected = [
            row(1, &["a", "b", "c"]),
            row(2, &["1", "x, \"y\"\nz", "3"]),
            row(5, &["4", "", ""]),
            row(6, &["", "5", "6"]),
        ];
        assert_eq!(rows_of(text), expected);
    }

    #[test]
    fn rows_longer_than_what_is_read_at_once_are_whole() {
        let long = "7".repeat(CHUNK_BYTES + 5);
        let text = format!("a,b\n{long},1\n2,{long}\n");
        assert_eq!(rows_of(&text), [row(1, &["a", "b"]), row(2, &[&long, "1"]), row(3, &["2", &long])]);
    }
}
