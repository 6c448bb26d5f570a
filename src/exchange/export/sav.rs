//! A table as SPSS reads it (`.sav`, system file of format 2, little-endian, not compressed, UTF-8), row after row in flat memory. Codes
//! become numbers with value labels, days become dates, "not used" a value that is declared missing. The format is that which
//! PSPP's developers' guide describes ("System File Format").

use std::collections::HashMap;
use std::io::Write;

use chrono::NaiveDate;

use super::{Cell, Table, TableError};
use crate::clock;

/// A column of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name, as in the other formats; what SPSS does not allow in names becomes `_`.
    pub name: String,
    /// What it means.
    pub label: String,
    /// What stands in it.
    pub kind: Kind,
}

/// What stands in a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Kind {
    /// Numbers as they are.
    #[default]
    Number,
    /// Civil days.
    Day,
    /// Text of so many bytes at most, 255 or fewer.
    Text(usize),
    /// Codes, each a number in the file.
    Codes(Vec<Code>),
}

/// A code with its number and its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// The code in the other formats.
    pub written: String,
    /// The number that stands for it.
    pub number: f64,
    /// What it means.
    pub label: String,
    /// Whether it counts as missing.
    pub missing: bool,
}

impl Code {
    /// The whole number that is written, where the code is one and nothing is lost of it: `01` is none.
    pub(super) fn own_number(&self) -> Option<i32> {
        self.written.parse().ok().filter(|number: &i32| number.to_string() == self.written)
    }
}

/// A value that is not there (SPSS: system-missing).
const NOTHING: f64 = -f64::MAX;
/// Seconds of a day; a date is the seconds since 14 October 1582.
const DAY_SECONDS: f64 = 86_400.0;
/// The longest label of a value, in bytes.
const VALUE_LABEL_MAX: usize = 120;
/// The longest label of a variable, and the longest text.
const TEXT_MAX: usize = 255;
/// Formats of printing: text, number, date.
const FORMAT_TEXT: i32 = 1;
const FORMAT_NUMBER: i32 = 5;
const FORMAT_DATE: i32 = 20;

/// The file.
pub struct SavTable<W: Write> {
    out: W,
    variables: Vec<Column>,
    row: Vec<u8>,
}

struct Column {
    kind: Kind,
    numbers: HashMap<String, f64>,
}

impl<W: Write> SavTable<W> {
    /// Begins a file with these columns, made on a day.
    pub fn new(mut out: W, variables: Vec<Variable>, made: NaiveDate) -> Result<Self, TableError> {
        let mut head = Vec::new();
        header(&mut head, &variables, made);
        dictionary(&mut head, &variables);
        out.write_all(&head).map_err(TableError::of)?;
        let column = |variable: Variable| {
            let numbers = match &variable.kind {
                Kind::Codes(codes) => codes.iter().map(|code| (code.written.clone(), code.number)).collect(),
                _ => HashMap::new(),
            };
            Column { kind: variable.kind, numbers }
        };
        Ok(Self { out, variables: variables.into_iter().map(column).collect(), row: Vec::new() })
    }
}

impl<W: Write> Table for SavTable<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), TableError> {
        self.row.clear();
        for (column, cell) in self.variables.iter().zip(cells) {
            match &column.kind {
                Kind::Text(width) => {
                    let text = match cell {
                        Cell::Text(text) => cut(text, *width),
                        _ => "",
                    };
                    padded(&mut self.row, text.as_bytes(), width.div_ceil(8) * 8);
                }
                _ => self.row.extend(number(column, cell).to_le_bytes()),
            }
        }
        self.out.write_all(&self.row).map_err(TableError::of)
    }

    fn finish(mut self: Box<Self>) -> Result<(), TableError> {
        self.out.flush().map_err(TableError::of)
    }
}

fn number(column: &Column, cell: &Cell<'_>) -> f64 {
    match (&column.kind, cell) {
        (Kind::Codes(_), Cell::Text(code)) => column.numbers.get(*code).copied().unwrap_or(NOTHING),
        (_, Cell::Whole(number)) => *number as f64,
        (_, Cell::Number(number)) => *number,
        (_, Cell::Truth(yes)) => f64::from(u8::from(*yes)),
        (_, Cell::Day(day)) => days(*day) * DAY_SECONDS,
        _ => NOTHING,
    }
}

/// Days since 14 October 1582, the first of the calendar.
fn days(day: NaiveDate) -> f64 {
    /// From there to 1970-01-01.
    const TO_1970: i32 = 141_428;
    f64::from(clock::day_number(day) + TO_1970)
}

/// As much of a text as fits, whole letters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes.min(text.len()))]
}

fn padded(into: &mut Vec<u8>, text: &[u8], width: usize) {
    let text = &text[..text.len().min(width)];
    into.extend(text);
    into.extend(std::iter::repeat_n(b' ', width - text.len()));
}

fn whole(into: &mut Vec<u8>, number: i32) {
    into.extend(number.to_le_bytes());
}

/// Eight-byte elements that a variable takes in a row.
fn elements(kind: &Kind) -> usize {
    match kind {
        Kind::Text(width) => width.div_ceil(8),
        _ => 1,
    }
}

/// A count that fits, since there are a few hundred columns of 255 bytes at most.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn header(into: &mut Vec<u8>, variables: &[Variable], made: NaiveDate) {
    into.extend(b"$FL2");
    padded(into, b"@(#) SPSS DATA FILE sipas", 60);
    // The layout; elements of a row; no compression; no weight; the number of rows is not known yet.
    for number in [2, count(variables.iter().map(|variable| elements(&variable.kind)).sum()), 0, 0, -1] {
        whole(into, number);
    }
    into.extend(100.0_f64.to_le_bytes());
    padded(into, made.format("%d %b %y").to_string().as_bytes(), 9);
    padded(into, b"00:00:00", 8);
    padded(into, b"", 64);
    into.extend([0; 3]);
}

fn dictionary(into: &mut Vec<u8>, variables: &[Variable]) {
    let mut place = 1;
    let mut places = Vec::new();
    for (number, variable) in (1..).zip(variables) {
        places.push(place);
        variable_record(into, number, variable);
        place += count(elements(&variable.kind));
    }
    for (variable, place) in variables.iter().zip(&places) {
        if let Kind::Codes(codes) = &variable.kind
            && !codes.is_empty()
        {
            value_labels(into, codes, *place);
        }
    }
    // Numbers of this machine: IEEE 754, little-endian, UTF-8 (code page 65001).
    extension(into, 3, 4, &[1, 0, 0, -1, 1, 1, 2, 65_001].map(i32::to_le_bytes).concat());
    extension(into, 4, 8, &[NOTHING, f64::MAX, (-f64::MAX).next_up()].map(f64::to_le_bytes).concat());
    let mut known = std::collections::HashSet::new();
    let names: Vec<String> = (1..)
        .zip(variables)
        .map(|(number, variable): (u32, _)| format!("V{number}={}", long_name(&variable.name, number, &mut known)))
        .collect();
    extension(into, 13, 1, names.join("\t").as_bytes());
    extension(into, 20, 1, b"UTF-8");
    whole(into, 999);
    whole(into, 0);
}

fn variable_record(into: &mut Vec<u8>, number: u32, variable: &Variable) {
    let (width, format) = match &variable.kind {
        Kind::Text(width) => (count(*width), (FORMAT_TEXT << 16) | (count(*width) << 8)),
        Kind::Day => (0, (FORMAT_DATE << 16) | (11 << 8)),
        Kind::Number | Kind::Codes(_) => (0, (FORMAT_NUMBER << 16) | (8 << 8)),
    };
    let missing: Vec<f64> = match &variable.kind {
        Kind::Codes(codes) => codes.iter().filter(|code| code.missing).map(|code| code.number).take(3).collect(),
        _ => Vec::new(),
    };
    for value in [2, width, 1, count(missing.len()), format, format] {
        whole(into, value);
    }
    padded(into, format!("V{number}").as_bytes(), 8);
    let label = cut(&variable.label, TEXT_MAX);
    whole(into, count(label.len()));
    padded(into, label.as_bytes(), label.len().div_ceil(4) * 4);
    into.extend(missing.iter().flat_map(|value| value.to_le_bytes()));
    // The further elements of a text.
    for _ in 1..elements(&variable.kind) {
        for value in [2, -1, 0, 0, 0, 0] {
            whole(into, value);
        }
        padded(into, b"", 8);
    }
}

fn value_labels(into: &mut Vec<u8>, codes: &[Code], place: i32) {
    whole(into, 3);
    whole(into, count(codes.len()));
    for code in codes {
        into.extend(code.number.to_le_bytes());
        let label = cut(&code.label, VALUE_LABEL_MAX);
        into.push(u8::try_from(label.len()).unwrap_or(0));
        padded(into, label.as_bytes(), (label.len() + 1).div_ceil(8) * 8 - 1);
    }
    for value in [4, 1, place] {
        whole(into, value);
    }
}

fn extension(into: &mut Vec<u8>, kind: i32, size: usize, bytes: &[u8]) {
    for value in [7, kind, count(size), count(bytes.len() / size)] {
        whole(into, value);
    }
    into.extend(bytes);
}

/// A name that SPSS takes, and no other column has: letters, digits, `.`, `_`, a letter first, 64 bytes at most.
fn long_name(name: &str, number: u32, known: &mut std::collections::HashSet<String>) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '_' { c } else { '_' };
    let mut text: String = name.chars().map(allowed).take(60).collect();
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        text.insert(0, 'v');
    }
    let text = text.trim_end_matches(['.', '_']).to_owned();
    let is_new = known.insert(text.to_lowercase());
    if is_new { text } else { format!("{}_{number}", cut(&text, 56)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads whole numbers, fractions and texts one after the other, as the format's description has them.
    struct Reader<'a>(&'a [u8]);

    impl Reader<'_> {
        fn bytes(&mut self, count: usize) -> Vec<u8> {
            let (now, rest) = self.0.split_at(count);
            self.0 = rest;
            now.to_vec()
        }

        fn whole(&mut self) -> i32 {
            i32::from_le_bytes(self.bytes(4).try_into().expect("four"))
        }

        /// The bits of a fraction, so that they are compared as they stand.
        fn fraction(&mut self) -> u64 {
            u64::from_le_bytes(self.bytes(8).try_into().expect("eight"))
        }

        fn text(&mut self, count: usize) -> String {
            String::from_utf8(self.bytes(count)).expect("UTF-8").trim_end().to_owned()
        }
    }

    /// Bytes that stay when their table ends.
    struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn code(code: &str, number: f64, label: &str, missing: bool) -> Code {
        Code { written: code.to_owned(), number, label: label.to_owned(), missing }
    }

    fn written() -> Vec<u8> {
        let variable = |name: &str, label: &str, kind| Variable { name: name.into(), label: label.into(), kind };
        let variables = vec![
            variable("unit", "Mã đơn vị", Kind::Text(12)),
            variable("day", "Ngày", Kind::Day),
            variable(
                "q.a-b",
                "Thời gian",
                Kind::Codes(vec![code("1", 1.0, "Rất không hài lòng", false), code("na", 9.0, "Không sử dụng", true)]),
            ),
            variable("flagged", "Nghi vấn", Kind::Number),
        ];
        let bytes = std::rc::Rc::default();
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a day");
        let mut table = Box::new(SavTable::new(Shared(std::rc::Rc::clone(&bytes)), variables, day(1)).expect("a file"));
        let rows = [
            [Cell::Text("phuong-ô"), Cell::Day(day(2)), Cell::Whole(1), Cell::Truth(true)],
            [Cell::Text("xa"), Cell::Day(day(3)), Cell::Text("na"), Cell::Truth(false)],
            [Cell::Text(""), Cell::Empty, Cell::Empty, Cell::Empty],
        ];
        for row in &rows {
            table.row(row).expect("a row");
        }
        table.finish().expect("an end");
        bytes.take()
    }

    #[test]
    fn the_file_says_names_labels_missing_values_and_rows_as_the_format_has_them() {
        let bytes = written();
        let mut read = Reader(&bytes);
        assert_eq!(read.text(4), "$FL2");
        read.bytes(60);
        // A text of two elements, and three numbers.
        assert_eq!([0; 5].map(|_: i32| read.whole()), [2, 5, 0, 0, -1]);
        assert_eq!(read.fraction(), 100.0_f64.to_bits());
        assert_eq!((read.text(9), read.text(8)), ("01 Mar 26".into(), "00:00:00".into()));
        read.bytes(67);
        // The text of twelve bytes takes two elements.
        let expected = [
            ("V1", 12, "Mã đơn vị", 0),
            ("", -1, "", 0),
            ("V2", 0, "Ngày", 0),
            ("V3", 0, "Thời gian", 1),
            ("V4", 0, "Nghi vấn", 0),
        ];
        for (name, width, label, n_missing) in expected {
            let [kind, found, has_label, missing, print, write] = [0; 6].map(|_: i32| read.whole());
            assert_eq!((kind, found, missing), (2, width, n_missing));
            assert_eq!(print, write);
            assert_eq!(read.text(8), name);
            if has_label == 1 {
                let length = usize::try_from(read.whole()).expect("a length");
                assert_eq!(read.text(length.div_ceil(4) * 4), label);
            }
            for _ in 0..missing {
                assert_eq!(read.fraction(), 9.0_f64.to_bits());
            }
        }
        assert_eq!((read.whole(), read.whole()), (3, 2));
        for (number, label) in [(1.0_f64, "Rất không hài lòng"), (9.0, "Không sử dụng")] {
            assert_eq!(read.fraction(), number.to_bits());
            let length = usize::from(read.bytes(1)[0]);
            assert_eq!(read.text((length + 1).div_ceil(8) * 8 - 1), label);
        }
        // Of the fourth element.
        assert_eq!((read.whole(), read.whole(), read.whole()), (4, 1, 4));
        let mut said = Vec::new();
        loop {
            match (read.whole(), read.whole()) {
                (7, kind) => {
                    let (size, n) = (read.whole(), read.whole());
                    said.push((kind, read.bytes(usize::try_from(size * n).expect("a size"))));
                }
                (999, 0) => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(said.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [3, 4, 13, 20]);
        assert_eq!(said[2].1, b"V1=unit\tV2=day\tV3=q.a_b\tV4=flagged");
        assert_eq!(said[3].1, b"UTF-8");
        // 2 and 3 March 2026: by PSPP's rule, whole days since 14 October 1582; the calendar's day 1970-01-01 is number 141 428 there.
        for (unit, day, level, flagged) in [
            ("phuong-ô", (141_428.0 + 20_514.0) * 86_400.0, 1.0, 1.0),
            ("xa", (141_428.0 + 20_515.0) * 86_400.0, 9.0, 0.0),
            ("", -f64::MAX, -f64::MAX, -f64::MAX),
        ] {
            assert_eq!(read.text(16), unit);
            assert_eq!([0; 3].map(|_: i32| read.fraction()), [day, level, flagged].map(f64::to_bits));
        }
        assert!(read.0.is_empty(), "nothing follows the rows");
    }

    #[test]
    fn names_are_those_that_spss_takes_and_no_two_are_one() {
        let mut known = std::collections::HashSet::new();
        let names = ["q.a-b", "q.a.b", "Q.A_B", "1st", "d.tuổi"].map(|name| long_name(name, 7, &mut known));
        assert_eq!(names, ["q.a_b", "q.a.b", "Q.A_B_7", "v1st", "d.tu_i"]);
    }
}
