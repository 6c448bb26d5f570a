//! Where the columns of a file stand: found by their headings, with or without marks, in any order, in one row of headings or two, on
//! every worksheet that has them. What is not read is told.

use std::sync::Arc;

use super::names::{from_tcvn3, plain};
use super::notes::{LeftOut, Note};
use super::{Place, Reason, Refused};
use crate::table::{CellFault, Encoding, Row, Sheet, Table};

/// A column that a kind of file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the program.
    pub key: &'static str,
    /// Its heading in the template.
    pub heading: &'static str,
    /// Other headings, without marks.
    pub also: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
}

/// Headings of columns that are passed over: what people number and note for themselves.
const PASSED_OVER: [&str; 5] = ["stt", "tt", "so thu tu", "ghi chu", "note"];
/// Columns of what people call a thing: the number of a case, the code of a point or unit, a clause, a stratum. Of a number every digit counts
/// there, a nought at its beginning or end too.
const NAMING: [&str; 9] = ["number", "point", "code", "unit", "parent", "stratum", "cluster", "group", "clause"];
/// The heading stands among so many rows that hold anything; above it may stand titles.
const SEARCHED: usize = 12;

/// The columns of one worksheet, or of a text file.
#[derive(Debug, Clone)]
pub struct Columns<'a> {
    known: &'static [Column],
    sheet: Option<Arc<str>>,
    places: Vec<(&'static str, usize)>,
    /// Columns of another kind that `further` took: place and heading.
    pub further: Vec<(usize, String)>,
    /// The line of the headings.
    pub heading_line: u64,
    /// The rows under the headings that say something.
    pub rows: Vec<&'a Row>,
    /// Rows of totals.
    pub totals: Vec<&'a Row>,
    /// How many rows were refused because a cell of theirs is not to be believed.
    pub faulty: usize,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
}

/// What a file holds of a kind.
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// The worksheets to be read.
    pub blocks: Vec<Columns<'a>>,
    /// What is read and what is left out.
    pub notes: Vec<Note>,
    /// What is wrong with headings and cells.
    pub refused: Vec<Refused>,
}

impl Found<'_> {
    /// How many rows say something, refused ones included.
    pub fn row_count(&self) -> usize {
        self.blocks.iter().map(|block| block.rows.len() + block.faulty).sum()
    }

    /// What is read of the file as text that can be pasted: the headings once, under them the rows of every worksheet, tabs between the
    /// columns.
    pub fn as_text(&self) -> String {
        let known = self.blocks.first().map_or(&[][..], |block| block.known);
        let shown: Vec<&Column> =
            known.iter().filter(|column| self.blocks.iter().any(|block| block.has(column.key))).collect();
        let mut text = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
        // Writing into memory does not fail.
        let _ = text.write_record(shown.iter().map(|column| column.heading));
        for block in &self.blocks {
            for row in &block.rows {
                let cell =
                    |column: &&Column| block.cell(row, column.key).split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = text.write_record(shown.iter().map(cell));
            }
        }
        text.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The place of the first row, for what is wrong with the file as a whole.
    pub fn first_place(&self) -> Place {
        let first = self.blocks.first().and_then(|block| Some(block.place(block.rows.first()?)));
        first.unwrap_or_else(|| Place::line(1))
    }
}

/// Finds the headings on every worksheet that is shown. `further` takes headings that are not `known`.
pub fn find<'a>(table: &'a Table, known: &'static [Column], further: &dyn Fn(&str) -> bool) -> Found<'a> {
    let mut found = Found::default();
    if table.encoding == Some(Encoding::Windows1258) {
        found.notes.push(Note::Windows1258);
    }
    let shown: Vec<&Sheet> = table.sheets.iter().filter(|sheet| !sheet.hidden).collect();
    for sheet in table.sheets.iter().filter(|sheet| sheet.hidden) {
        found.notes.push(Note::SheetHidden { sheet: sheet.name.clone().unwrap_or_default(), rows: sheet.rows.len() });
    }
    let headings = Headings { known, further };
    let several = shown.len() > 1;
    let mut others = Vec::new();
    for sheet in shown {
        let name = sheet.name.as_deref().filter(|_| several).map(Arc::from);
        let Some(heading) = headings.row(sheet) else { continue };
        // Among several, a sheet that is no table of this kind: explanations, lists to choose from.
        let columns = heading.columns(&headings);
        let missing = known.iter().filter(|column| column.required && !columns.contains(&Some(column.key))).count();
        let named = columns.iter().flatten().count();
        if several && (named < 2 || missing > 1) {
            others.push((sheet, name, heading));
            continue;
        }
        headings.read(sheet, name, &heading, &mut found);
    }
    // Where no sheet is one of this kind, the first is told what it lacks.
    let none = found.blocks.is_empty() && found.refused.is_empty();
    for (place, (sheet, name, heading)) in others.into_iter().enumerate() {
        if none && place == 0 {
            headings.read(sheet, name, &heading, &mut found);
        } else {
            let rows = sheet.rows.len();
            found.notes.push(Note::SheetOther { sheet: sheet.name.clone().unwrap_or_default(), rows });
        }
    }
    if found.blocks.is_empty() && found.refused.is_empty() {
        let known = known.iter().map(|column| column.heading).collect();
        found.refused.push(Refused::new(Place::line(1), "", Reason::NoHeading { known }));
    }
    found
}

/// What headings a kind of file knows.
struct Headings<'h> {
    known: &'static [Column],
    further: &'h dyn Fn(&str) -> bool,
}

/// The row of headings of a sheet: its place among the rows, its cells, maybe of two rows.
struct Heading {
    /// Place of its last row among the rows of the sheet.
    last: usize,
    line: u64,
    cells: Vec<String>,
}

impl Heading {
    fn columns(&self, headings: &Headings<'_>) -> Vec<Option<&'static str>> {
        self.cells.iter().map(|cell| headings.key(cell)).collect()
    }
}

impl Headings<'_> {
    fn key(&self, cell: &str) -> Option<&'static str> {
        let typed = plain(cell);
        let is = |column: &&Column| plain(column.heading) == typed || column.also.contains(&typed.as_str());
        self.known.iter().find(is).map(|column| column.key).filter(|_| !typed.is_empty())
    }

    fn knows(&self, cell: &str) -> bool {
        !cell.is_empty() && (self.key(cell).is_some() || (self.further)(cell))
    }

    /// A heading in Unicode, where it was typed in an old font.
    fn unicode(&self, cell: &str) -> String {
        if self.knows(cell) {
            return cell.to_owned();
        }
        from_tcvn3(cell).filter(|new| self.knows(new)).unwrap_or_else(|| cell.to_owned())
    }

    /// The row, or the two rows, with most of the known headings; the first of equals.
    fn row(&self, sheet: &Sheet) -> Option<Heading> {
        let count = |cells: &[String]| cells.iter().filter(|cell| self.knows(cell)).count();
        let mut best: Option<(usize, Heading)> = None;
        for (place, row) in sheet.rows.iter().enumerate().take(SEARCHED) {
            let cells: Vec<String> = row.cells.iter().map(|cell| self.unicode(cell)).collect();
            let mut take = |last: usize, cells: Vec<String>| {
                let score = count(&cells);
                if best.as_ref().is_none_or(|(most, _)| score > *most) {
                    best = Some((score, Heading { last, line: sheet.rows[last].line, cells }));
                }
            };
            // Names of groups above, headings below: the lower one counts, where it says anything.
            if let Some(below) = sheet.rows.get(place + 1) {
                let lower: Vec<String> = below.cells.iter().map(|cell| self.unicode(cell)).collect();
                if lower.iter().all(|cell| cell.is_empty() || self.knows(cell)) {
                    let width = cells.len().max(lower.len());
                    let at = |cells: &[String], place: usize| cells.get(place).cloned().unwrap_or_default();
                    let joined = (0..width).map(|place| match at(&lower, place) {
                        empty if empty.is_empty() => at(&cells, place),
                        said => said,
                    });
                    let joined: Vec<String> = joined.collect();
                    take(place, cells.clone());
                    take(place + 1, joined);
                    continue;
                }
            }
            take(place, cells);
        }
        best.map(|(_, heading)| heading)
    }

    /// The columns and rows of a sheet.
    fn read<'a>(&self, sheet: &'a Sheet, name: Option<Arc<str>>, heading: &Heading, found: &mut Found<'a>) {
        let mut columns = Columns {
            known: self.known,
            sheet: name,
            places: Vec::new(),
            further: Vec::new(),
            heading_line: heading.line,
            rows: Vec::new(),
            totals: Vec::new(),
            faulty: 0,
            from_1904: sheet.from_1904,
        };
        let at = Place { sheet: columns.sheet.clone(), line: heading.line };
        let all: Vec<&'static str> = self.known.iter().map(|column| column.heading).collect();
        let mut refused = Vec::new();
        let mut refuse = |heading: &str, reason: Reason| refused.push(Refused::new(at.clone(), heading, reason));
        for (place, cell) in heading.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match self.key(cell) {
                Some(key) if columns.at(key).is_some() => refuse(cell, Reason::ColumnTwice { heading: cell.clone() }),
                Some(key) => columns.places.push((key, place)),
                None if (self.further)(cell) => columns.further.push((place, cell.clone())),
                None if PASSED_OVER.contains(&plain(cell).as_str()) => {
                    let sheet = columns.sheet.as_deref().map(str::to_owned);
                    found.notes.push(Note::ColumnPassed { sheet, heading: cell.clone() });
                }
                None => refuse(cell, Reason::ColumnUnknown { heading: cell.clone(), known: all.clone() }),
            }
        }
        for column in self.known.iter().filter(|column| column.required && columns.at(column.key).is_none()) {
            refuse(column.heading, Reason::ColumnMissing { heading: column.heading });
        }
        // A file in which nothing is a heading is told so once, not column by column.
        if columns.places.is_empty() {
            refused = vec![Refused::new(at, "", Reason::NoHeading { known: all })];
        }
        if !refused.is_empty() {
            found.refused.extend(refused);
            return;
        }
        columns.sort_rows(&sheet.rows[heading.last + 1..], heading, found);
        found.blocks.push(columns);
    }
}

impl<'a> Columns<'a> {
    fn at(&self, key: &str) -> Option<usize> {
        self.places.iter().find(|(known, _)| *known == key).map(|(_, place)| *place)
    }

    /// Whether the file has the column.
    pub fn has(&self, key: &str) -> bool {
        self.at(key).is_some()
    }

    /// What stands in a column; empty where the file lacks it.
    pub fn cell<'r>(&self, row: &'r Row, key: &str) -> &'r str {
        let Some(place) = self.at(key) else { return "" };
        let spelled = row.numbers.iter().find(|(column, _)| *column == place && NAMING.contains(&key));
        match spelled {
            Some((_, Some(spelled))) => spelled,
            _ => row.cells.get(place).map_or("", String::as_str),
        }
    }

    /// What is wrong with numbers under headings of what people call a thing: those of which nobody can tell how they were written.
    fn misspelled(&self, row: &Row) -> Vec<Refused> {
        let named = self.places.iter().filter(|(key, _)| NAMING.contains(key));
        let lost = named.filter(|(_, place)| row.numbers.contains(&(*place, None)));
        let refused = lost.map(|(key, place)| {
            let typed = row.cells.get(*place).cloned().unwrap_or_default();
            Refused::new(self.place(row), self.heading(key), Reason::NameAsNumber { typed })
        });
        refused.collect()
    }

    /// The heading of a column for the report.
    pub fn heading(&self, key: &str) -> &'static str {
        self.known.iter().find(|column| column.key == key).map_or("", |column| column.heading)
    }

    /// Where a row stands.
    pub fn place(&self, row: &Row) -> Place {
        Place { sheet: self.sheet.clone(), line: row.line }
    }

    /// Where the headings stand.
    pub fn heading_place(&self) -> Place {
        Place { sheet: self.sheet.clone(), line: self.heading_line }
    }

    /// Tells rows that say something from those that add up, sign or repeat the headings.
    fn sort_rows(&mut self, rows: &'a [Row], heading: &Heading, found: &mut Found<'a>) {
        let sheet = self.sheet.as_deref().map(str::to_owned);
        let (mut signed, mut hidden, mut formulas) = (false, 0, 0);
        let mut unnamed: Vec<usize> = Vec::new();
        let foot = self.foot(rows);
        for (place, row) in rows.iter().enumerate() {
            let left_out = self.left_out(row, heading, place == 0, (place >= foot, signed));
            if let Some(kind) = left_out {
                signed |= kind == LeftOut::Signature;
                if kind == LeftOut::Total {
                    self.totals.push(row);
                }
                let typed = row.cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
                found.notes.push(Note::Row { place: self.place(row), kind, typed });
                continue;
            }
            hidden += usize::from(row.hidden);
            let empty = String::new();
            for (column, _) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let named = !heading.cells.get(column).unwrap_or(&empty).is_empty();
                if !named && !unnamed.contains(&column) {
                    unnamed.push(column);
                }
            }
            let mut faults: Vec<Refused> =
                row.faults.iter().filter_map(|(column, fault)| self.fault(row, *column, fault)).collect();
            if faults.is_empty() {
                faults = self.misspelled(row);
            }
            formulas += row.formulas.iter().filter(|column| self.name_of(**column).is_some()).count();
            if faults.is_empty() {
                self.rows.push(row);
            } else {
                self.faulty += 1;
                found.refused.extend(faults);
            }
        }
        let first = self.rows.first().map_or(self.heading_line, |row| row.line);
        let last = self.rows.last().map_or(self.heading_line, |row| row.line);
        found.notes.push(Note::Read { sheet: sheet.clone(), first, last, rows: self.rows.len() });
        found.notes.extend(unnamed.into_iter().map(|column| Note::ColumnUnnamed { sheet: sheet.clone(), column }));
        if hidden > 0 {
            found.notes.push(Note::HiddenRows { sheet: sheet.clone(), rows: hidden });
        }
        if formulas > 0 {
            found.notes.push(Note::Formulas { sheet, cells: formulas });
        }
    }

    /// The heading of a column that is read.
    fn name_of(&self, column: usize) -> Option<&str> {
        let known = self.places.iter().find(|(_, place)| *place == column).map(|(key, _)| self.heading(key));
        known.or_else(|| self.further.iter().find(|(place, _)| *place == column).map(|(_, heading)| heading.as_str()))
    }

    fn fault(&self, row: &Row, column: usize, fault: &CellFault) -> Option<Refused> {
        let heading = self.name_of(column)?;
        let typed = row.cells.get(column).cloned().unwrap_or_default();
        let reason = match fault {
            CellFault::NotComputed { formula, kept } => {
                Reason::NotComputed { formula: formula.clone(), kept: kept.clone() }
            }
            CellFault::Error => Reason::ErrorValue { typed },
            CellFault::MergedNumber => Reason::MergedNumber { typed },
        };
        Some(Refused::new(self.place(row), heading, reason))
    }

    fn required(&self) -> impl Iterator<Item = &'static Column> {
        self.known.iter().filter(|column| column.required)
    }

    fn is_full(&self, row: &Row) -> bool {
        self.required().all(|column| !self.cell(row, column.key).is_empty())
    }

    /// From which row on nothing but signatures may follow: behind the last row that has all that is required; where one column alone
    /// is, among the last few.
    fn foot(&self, rows: &[Row]) -> usize {
        if self.required().count() > 1 {
            rows.iter().rposition(|row| self.is_full(row)).map_or(0, |last| last + 1)
        } else {
            rows.len().saturating_sub(SIGNATURE_ROWS)
        }
    }

    /// Why a row says nothing that is to be read; none for all others, those included that lack what is required: they are refused, not
    /// left out. `end` tells whether the row stands at the foot of the table, and whether somebody signed above it.
    fn left_out(&self, row: &Row, heading: &Heading, is_first: bool, end: (bool, bool)) -> Option<LeftOut> {
        let said: Vec<&str> = row.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        let again =
            row.cells.iter().enumerate().all(|(place, cell)| cell.is_empty() || heading.cells.get(place) == Some(cell));
        if again && said.len() > 1 && row.faults.is_empty() {
            return Some(LeftOut::Heading);
        }
        let numbers = said.iter().map(|cell| cell.trim_matches(['(', ')']).parse::<usize>().ok());
        let numbers: Vec<Option<usize>> = numbers.collect();
        let counts_on = numbers.windows(2).all(|pair| pair[0].is_some() && pair[1] == pair[0].map(|number| number + 1));
        if is_first && said.len() > 2 && counts_on && said.len() >= self.places.len() {
            return Some(LeftOut::Numbers);
        }
        // A row with all that has to be there is one to be read, whatever its words; one column alone says too little for that.
        let one_column = self.required().count() == 1;
        if self.is_full(row) && !one_column {
            return None;
        }
        if adds_up(&said) {
            return Some(LeftOut::Total);
        }
        let (at_foot, signed) = end;
        if !at_foot || said.len() > 4 {
            return None;
        }
        let plains: Vec<String> = said.iter().map(|cell| plain(cell)).collect();
        let signs = |words: &String| if one_column { is_sure_signature(words) } else { is_signature(words) };
        // A number, a day, a file number beside it: somebody's row that begins like a signature.
        let only_words = plains.iter().all(|words| signs(words) || !has_digit(words));
        if only_words && plains.iter().any(signs) {
            return Some(LeftOut::Signature);
        }
        // Under the first signature stand names, which are words and nothing else.
        (signed && !said.iter().any(|cell| has_digit(cell))).then_some(LeftOut::Signature)
    }
}

/// A signature, the words above it and the name below it take at most so many rows.
const SIGNATURE_ROWS: usize = 6;

fn has_digit(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether the first cell that says anything is the word for a sum, with numbers alone behind it: `Tổng cộng | | 120`, `Tổng số 3 quầy`.
/// “Tổng hợp báo cáo” is a task, and a day is no sum.
fn adds_up(said: &[&str]) -> bool {
    let [label, behind @ ..] = said else { return false };
    let label = plain(label);
    let is_number = |cell: &&str| has_digit(cell) && !cell.contains(char::is_alphabetic);
    let is_day = |cell: &&str| cell.matches('/').count() == 2 || cell.matches('-').count() == 2;
    is_total(&label)
        && behind.iter().all(is_number)
        && !behind.iter().any(is_day)
        && (!behind.is_empty() || has_digit(&label) || is_bare_total(&label))
}

fn is_bare_total(words: &str) -> bool {
    matches!(
        words,
        "tong" | "cong" | "tong cong" | "tong so" | "cong tong" | "total" | "grand total" | "sum" | "luy ke"
    )
}

fn is_total(words: &str) -> bool {
    matches!(words, "tong" | "cong" | "total" | "sum" | "luy ke")
        || ["tong cong", "tong so", "cong tong", "tong hop", "cong theo", "grand total", "total "]
            .iter()
            .any(|start| words.starts_with(start))
}

/// What nobody calls an office or a file.
fn is_sure_signature(words: &str) -> bool {
    is_signature(words)
        && (["nguoi lap", "nguoi tong hop", "nguoi nhap", "nguoi ky", "can bo lap", "lap bieu", "lap bang"]
            .iter()
            .any(|start| words.starts_with(start))
            || ["ky ten", "ky ghi ro", "ky va ghi ro", " thang "].iter().any(|word| words.contains(word)))
}

fn is_signature(words: &str) -> bool {
    const STARTS: [&str; 19] = [
        "nguoi lap",
        "nguoi tong hop",
        "nguoi nhap",
        "nguoi ky",
        "nguoi kiem tra",
        "nguoi bao cao",
        "can bo lap",
        "lap bieu",
        "lap bang",
        "thu truong",
        "truong phong",
        "lanh dao",
        "chu tich",
        "pho chu tich",
        "giam doc",
        "pho giam doc",
        "xac nhan",
        "ghi chu",
        "luu y",
    ];
    let signs = ["ky ten", "ky ghi ro", "ky va ghi ro", "da ky"].iter().any(|word| words.contains(word));
    let dated = words.contains("ngay ") && words.contains(" thang ") && words.contains(" nam ");
    signs
        || dated
        || STARTS.iter().any(|start| words.starts_with(start))
        || words == "tm"
        || words.starts_with("tm uy ban")
        || words.starts_with("kt ")
}
