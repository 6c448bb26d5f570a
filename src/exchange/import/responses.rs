//! Answer sheets from paper, telephone and visits, a row a sheet: point, day, how it was asked, and a column a question.

use chrono::NaiveDate;

use super::words::{day, plain};
use super::{Book, Column, Columns, NamedPoint, Read, Reason, Refused, Row, Table, Wanted};
use crate::sheet::tally::Mode;
use crate::survey::keyed::{self, KeyFault, Keyed};
use crate::survey::{Asked, Questionnaire};

/// The fewest sheets of a file: the hash that is kept of it would tell who holds a copy which sheets a smaller one held.
pub const SHEETS_MIN: usize = 5;
/// The most sheets of a file.
pub const SHEETS_MAX: usize = 2_000;

/// The columns beside those of the questions.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "point",
        heading: "Điểm phục vụ",
        also: &["diem", "ma diem", "ma diem phuc vu", "point", "code"],
        required: true,
    },
    Column {
        key: "day",
        heading: "Ngày trả lời",
        also: &["ngay", "ngay ghi tren phieu", "answered on", "day"],
        required: true,
    },
    Column { key: "mode", heading: "Hình thức", also: &["cach hoi", "mode"], required: true },
    Column { key: "field", heading: "Lĩnh vực", also: &["ma linh vuc", "field"], required: false },
    Column { key: "respondent", heading: "Người trả lời", also: &["doi tuong", "respondent"], required: false },
    Column { key: "comment", heading: "Góp ý", also: &["y kien", "y kien khac", "comment"], required: false },
];

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Code of the point.
    pub point: String,
    /// How it was asked: paper, telephone or interview.
    pub mode: Mode,
    /// The sheet.
    pub keyed: Keyed,
}

/// What a point asks.
#[derive(Debug, Clone, Copy)]
pub struct AskedAt<'a> {
    /// Code of the point.
    pub point: &'a str,
    /// The questionnaire version in force there.
    pub questionnaire: &'a Questionnaire,
}

/// Reads the rows; all points of a file ask one questionnaire. `today` is the last day on which a sheet may be answered.
pub fn read(table: &Table, book: &Book, asked: &[AskedAt<'_>], today: NaiveDate) -> Read<SheetRow> {
    let of_point =
        |point: &NamedPoint| asked.iter().find(|asked| asked.point == point.code).map(|asked| asked.questionnaire);
    let is_question = |cell: &str| asked.iter().any(|asked| question(cell, asked.questionnaire).is_some());
    let columns = match Columns::find(table, COLUMNS, is_question) {
        Ok(columns) => columns,
        Err(refused) => return Read { rows: Vec::new(), refused },
    };
    let mut read = Read { rows: Vec::new(), refused: Vec::new() };
    let mut form: Option<&Questionnaire> = None;
    for row in columns.rows {
        let mut refuse = |reason: Reason| {
            read.refused.push(Refused::new(row.line, columns.heading("point"), reason));
        };
        let found = match columns.cell(row, "point") {
            "" => Err(Reason::Blank(Wanted::Point)),
            typed => book.point(typed, None),
        };
        let point = match found {
            Ok(point) => point,
            Err(reason) => {
                refuse(reason);
                continue;
            }
        };
        let Some(asks) = of_point(point) else {
            refuse(Reason::PointAsksNothing { point: point.name.clone() });
            continue;
        };
        let first = *form.get_or_insert(asks);
        if first.reference() != asks.reference() {
            refuse(Reason::OtherQuestionnaire { asks: asks.reference(), first: first.reference() });
            continue;
        }
        match one(&columns, row, point, asks, book, today) {
            Ok(sheet) => read.rows.push((row.line, sheet)),
            Err(refused) => read.refused.extend(refused),
        }
    }
    let line = columns.rows.first().map_or(1, |row| row.line);
    if let Some(form) = form {
        read.refused.extend(missing_questions(&columns, form, line));
    }
    let sheets = columns.rows.len();
    if sheets < SHEETS_MIN {
        read.refused.push(Refused::new(line, "", Reason::TooFewSheets { sheets }));
    } else if sheets > SHEETS_MAX {
        read.refused.push(Refused::new(line, "", Reason::TooManySheets { sheets }));
    }
    read
}

/// The field's name of the question that a heading means: its identifier, its number (`Câu 3`), or its wording.
fn question(heading: &str, form: &Questionnaire) -> Option<String> {
    let typed = plain(heading);
    let is = |id: &str, text: &str| plain(id) == typed || plain(text) == typed;
    let number = typed.strip_prefix("cau ").or_else(|| typed.strip_prefix('c')).unwrap_or(&typed).parse::<usize>().ok();
    let item = form
        .items()
        .enumerate()
        .find(|(place, item)| number == Some(place + 1) || is(&item.id, item.text.in_language("vi")));
    if let Some((_, item)) = item {
        return Some(format!("q.{}", item.id));
    }
    let asked = form.demographics.iter().find(|asked| is(&asked.id, asked.text.in_language("vi")));
    asked.map(|asked| format!("d.{}", asked.id))
}

/// Every question needs a column, so that a column forgotten is no pile of blanks.
fn missing_questions(columns: &Columns<'_>, form: &Questionnaire, line: u64) -> Vec<Refused> {
    let known: Vec<String> = columns.further.iter().filter_map(|(_, heading)| question(heading, form)).collect();
    let (mut refused, above) = (Vec::new(), line.saturating_sub(1).max(1));
    for (number, item) in (1..).zip(form.items()) {
        if !known.contains(&format!("q.{}", item.id)) {
            let text = item.text.in_language("vi").to_owned();
            refused.push(Refused::new(above, &format!("Câu {number}"), Reason::QuestionMissing { number, text }));
        }
    }
    for (_, heading) in columns.further.iter().filter(|(_, heading)| question(heading, form).is_none()) {
        let reason = Reason::QuestionUnknown { heading: heading.clone(), form: form.reference() };
        refused.push(Refused::new(above, heading, reason));
    }
    refused
}

fn mode_of(typed: &str) -> Option<Mode> {
    match plain(typed).as_str() {
        "giay" | "phieu giay" | "paper" => Some(Mode::Paper),
        "dien thoai" | "goi dien" | "goi dien thoai" | "telephone" => Some(Mode::Telephone),
        "phong van" | "phong van tai nha" | "tai nha" | "interview" => Some(Mode::Interview),
        _ => None,
    }
}

fn respondent_of(typed: &str) -> &str {
    match plain(typed).as_str() {
        "" | "nguoi dan" | "ca nhan" | "cong dan" | "person" => "person",
        "to chuc" | "doanh nghiep" | "doanh nghiep to chuc" | "organisation" => "organisation",
        _ => "?",
    }
}

/// A level as keyed: its digit, or its name.
fn level_of(typed: &str, form: &Questionnaire) -> String {
    let wanted = plain(typed);
    let named = |text: &str| !wanted.is_empty() && plain(text) == wanted;
    if let Some(level) = form.levels.iter().position(|level| named(level.in_language("vi"))) {
        return (level + 1).to_string();
    }
    if named(form.not_used.in_language("vi")) { "0".to_owned() } else { typed.to_owned() }
}

fn option_of(typed: &str, name: &str, form: &Questionnaire) -> String {
    let wanted = plain(typed);
    let options =
        form.demographics.iter().filter(|asked| format!("d.{}", asked.id) == name).flat_map(|asked| &asked.options);
    let mut found =
        options.filter(|option| plain(&option.id) == wanted || plain(option.text.in_language("vi")) == wanted);
    found.next().map_or_else(|| typed.to_owned(), |option| option.id.clone())
}

fn one(
    columns: &Columns<'_>,
    row: &Row,
    point: &NamedPoint,
    form: &Questionnaire,
    book: &Book,
    today: NaiveDate,
) -> Result<SheetRow, Vec<Refused>> {
    let cell = |key: &str| columns.cell(row, key);
    let (line, mut refused) = (row.line, Vec::new());
    let mode = mode_of(cell("mode"));
    if mode.is_none() {
        let reason = not_understood(cell("mode"), Wanted::Mode);
        refused.push(Refused::new(line, columns.heading("mode"), reason));
    }
    let mut pairs = vec![("comment".to_owned(), cell("comment").to_owned())];
    pairs.push(("day".to_owned(), day(cell("day")).map_or_else(String::new, |day| day.to_string())));
    pairs.push(("respondent".to_owned(), respondent_of(cell("respondent")).to_owned()));
    if !cell("field").is_empty() {
        let reason = match book.field(cell("field")) {
            Ok(field) if point.fields.contains(&field.id) => {
                pairs.push(("field".to_owned(), field.id.clone()));
                None
            }
            Ok(field) => Some(Reason::FieldElsewhere { point: point.name.clone(), field: field.name_vi.clone() }),
            Err(reason) => Some(reason),
        };
        refused.extend(reason.map(|reason| Refused::new(line, columns.heading("field"), reason)));
    }
    for (place, heading) in &columns.further {
        let Some(name) = question(heading, form) else { continue };
        let typed = row.cells.get(*place).map_or("", String::as_str);
        let value = if name.starts_with("q.") { level_of(typed, form) } else { option_of(typed, &name, form) };
        pairs.push((name, value));
    }
    let asked = Asked { questionnaire: form, fields: &point.fields, today, page_keys: &[] };
    // The heading of a field of the sheet, and what stands under it.
    let standing = |name: &str| match name {
        "day" | "field" | "respondent" | "comment" => (columns.heading(name), cell(name)),
        name => {
            let found = columns.further.iter().find(|(_, heading)| question(heading, form).as_deref() == Some(name));
            found.map_or(("", ""), |(place, heading)| {
                (heading.as_str(), row.cells.get(*place).map_or("", String::as_str))
            })
        }
    };
    let keyed = keyed::read(&pairs, &asked).map_err(|faults| {
        for (name, fault) in faults {
            // A field that was typed and refused above is not told twice.
            if fault == KeyFault::Field && !cell("field").is_empty() {
                continue;
            }
            let (heading, typed) = standing(&name);
            refused.push(Refused::new(line, heading, reason_of(fault, typed)));
        }
    });
    match (keyed, mode) {
        (Ok(keyed), Some(mode)) if refused.is_empty() => Ok(SheetRow { point: point.code.clone(), mode, keyed }),
        _ => Err(refused),
    }
}

fn not_understood(typed: &str, wanted: Wanted) -> Reason {
    if typed.is_empty() { Reason::Blank(wanted) } else { Reason::NotUnderstood { typed: typed.to_owned(), wanted } }
}

fn reason_of(fault: KeyFault, typed: &str) -> Reason {
    match fault {
        KeyFault::Day => not_understood(typed, Wanted::Day),
        KeyFault::DayAhead => match day(typed) {
            Some(day) => Reason::DayAhead { day },
            None => not_understood(typed, Wanted::Day),
        },
        KeyFault::Field => not_understood(typed, Wanted::FieldOfPoint),
        KeyFault::Respondent => not_understood(typed, Wanted::Respondent),
        KeyFault::Level => not_understood(typed, Wanted::Level),
        KeyFault::Option => not_understood(typed, Wanted::Choice),
        KeyFault::Comment => Reason::Comment,
        KeyFault::Empty => Reason::NoAnswers,
    }
}
