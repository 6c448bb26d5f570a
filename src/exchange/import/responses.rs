//! Answer sheets from paper, telephone and visits, a row a sheet: point, day, how it was asked, and a column a question.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::columns::find;
use super::names::{Meant, meant, plain, same};
use super::values::{day, whole};
use super::{Book, Column, Columns, NamedPoint, Place, Read, Reason, Refused, Wanted};
use crate::sheet::tally::Mode;
use crate::survey::keyed::{self, KeyFault, Keyed};
use crate::survey::{Asked, ChoiceOption, Question, QuestionKind, Questionnaire};
use crate::table::{Row, Table};

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
    Column {
        key: "form",
        heading: "Phiếu hỏi",
        also: &["phieu", "ma phieu", "mau phieu", "phien ban", "form"],
        required: false,
    },
    Column { key: "comment", heading: "Góp ý", also: &["y kien", "y kien khac", "comment"], required: false },
];

/// The heading of a column, for whoever refuses what stands in it by a rule that no file knows.
pub fn heading(key: &str) -> &'static str {
    COLUMNS.iter().find(|column| column.key == key).map_or("", |column| column.heading)
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Code of the point.
    pub point: String,
    /// The questionnaire and its version, as in `dat-dai@2`.
    pub form: String,
    /// How it was asked: paper, telephone or interview.
    pub mode: Mode,
    /// The sheet.
    pub keyed: Keyed,
}

/// What a point asks.
#[derive(Debug, Clone)]
pub struct AskedAt<'a> {
    /// Code of the point.
    pub point: &'a str,
    /// The versions of its questionnaire that were published, the one in force first.
    pub versions: Vec<&'a Questionnaire>,
}

/// Reads the rows; all points of a file ask one questionnaire in one version. `today` is the last day on which a sheet may be
/// answered.
pub fn read(table: &Table, book: &Book, asked: &[AskedAt<'_>], today: NaiveDate) -> Read<SheetRow> {
    let wordings = Wordings::of(asked);
    let is_question = |cell: &str| wordings.know(cell);
    let found = find(table, COLUMNS, &is_question);
    let (sheets, first_place) = (found.row_count(), found.first_place());
    let no_rows = found.refused.is_empty() && sheets == 0;
    let mut read = Read { rows: Vec::new(), refused: found.refused, notes: found.notes };
    let mut first: Option<&Questionnaire> = None;
    for columns in &found.blocks {
        // The form of the rows above, and what its headings mean.
        let mut of_block: Option<(&Questionnaire, Vec<Asking<'_>>)> = None;
        for row in &columns.rows {
            let mut refuse = |key: &str, reason: Reason| {
                read.refused.push(Refused::new(columns.place(row), columns.heading(key), reason));
            };
            let point = match columns.cell(row, "point") {
                "" => Err(Reason::Blank(Wanted::Point)),
                typed => book.point(typed, None),
            };
            let point = match point {
                Ok(point) => point,
                Err(reason) => {
                    refuse("point", reason);
                    continue;
                }
            };
            let versions = asked.iter().find(|asked| asked.point == point.code).map(|asked| asked.versions.as_slice());
            let Some(versions) = versions.filter(|versions| !versions.is_empty()) else {
                refuse("point", Reason::PointAsksNothing { point: point.name.clone() });
                continue;
            };
            let form = match version(columns.cell(row, "form"), versions, columns) {
                Ok(form) => form,
                Err(reason) => {
                    refuse("form", reason);
                    continue;
                }
            };
            let before = *first.get_or_insert(form);
            if before.reference() != form.reference() {
                refuse("point", Reason::OtherQuestionnaire { asks: form.reference(), first: before.reference() });
                continue;
            }
            let (_, questions) = of_block.get_or_insert_with(|| (form, askings(columns, form)));
            match one(columns, row, (point, form, questions), book, today) {
                Ok(sheet) => read.rows.push((columns.place(row), sheet)),
                Err(refused) => read.refused.extend(refused),
            }
        }
        if let Some((form, _)) = of_block {
            read.refused.extend(missing_questions(columns, form));
        }
    }
    if no_rows {
        read.refused.push(Refused::new(Place::line(1), "", Reason::NoRows));
    } else if sheets > SHEETS_MAX {
        read.refused.push(Refused::new(first_place, "", Reason::TooManySheets { sheets }));
    } else if sheets < SHEETS_MIN && !found.blocks.is_empty() {
        read.refused.push(Refused::new(first_place, "", Reason::TooFewSheets { sheets }));
    }
    read
}

/// The version that a row is of: the one it names, else the one in force, where the headings mean the same questions in all.
fn version<'a>(
    typed: &str,
    versions: &[&'a Questionnaire],
    columns: &Columns<'_>,
) -> Result<&'a Questionnaire, Reason> {
    let names = || versions.iter().map(|form| form.reference()).collect::<Vec<_>>();
    if !typed.is_empty() {
        let number = plain(typed);
        let number = number.rsplit(' ').next().unwrap_or_default();
        let is = |form: &&&Questionnaire| {
            form.reference() == typed || (!typed.contains('@') && form.version.to_string() == number)
        };
        let unknown = || Reason::VersionUnknown { typed: typed.to_owned(), versions: names() };
        return versions.iter().find(is).copied().ok_or_else(unknown);
    }
    let [newest, older @ ..] = versions else { return Err(Reason::WhichVersion { versions: names() }) };
    let differs = |heading: &str| {
        number(heading).is_some_and(|place| {
            let at = |form: &Questionnaire| {
                let (_, item) = form.numbered().find(|(number, _)| *number == Some(place))?;
                Some((item.id.clone(), item.text.in_language("vi").to_owned()))
            };
            older.iter().any(|form| at(form) != at(newest))
        })
    };
    if columns.further.iter().any(|(_, heading)| differs(heading)) {
        return Err(Reason::WhichVersion { versions: names() });
    }
    Ok(newest)
}

/// The number of a heading that is nothing but one: `Câu 3`, `C3`, `3`.
fn number(heading: &str) -> Option<usize> {
    let typed = plain(heading);
    let number = typed.strip_prefix("cau ").or_else(|| typed.strip_prefix('c')).unwrap_or(&typed);
    number.parse().ok().filter(|number| *number > 0)
}

/// The field's name of the question that a heading means: its identifier, its number (`Câu 3`), its wording, or number and wording,
/// which must agree.
fn question(heading: &str, form: &Questionnaire) -> Option<String> {
    if let Some(place) = number(heading) {
        return form.numbered().find(|(number, _)| *number == Some(place)).map(|(_, item)| format!("q.{}", item.id));
    }
    let wording = same(heading);
    let words = wording.strip_prefix("câu ").unwrap_or(&wording);
    let numbered =
        words.split_once(' ').and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest.to_owned())));
    let is = |prefix: &str, id: &str, text: &str| {
        let typed = heading.trim();
        typed == id || typed.strip_prefix(prefix) == Some(id) || same(text) == wording || plain(text) == plain(heading)
    };
    let item = form.numbered().find(|(place, item)| {
        let text = item.text.in_language("vi");
        let by_number = numbered.as_ref().is_some_and(|(number, rest)| *place == Some(*number) && same(text) == *rest);
        by_number || is("q.", &item.id, text)
    });
    if let Some((_, item)) = item {
        return Some(format!("q.{}", item.id));
    }
    let asked = form.demographics.iter().find(|asked| is("d.", &asked.id, asked.text.in_language("vi")));
    let about = || asked.map(|asked| format!("d.{}", asked.id));
    form.questions().find_map(|further| further_column(heading, further, &is)).or_else(about)
}

/// What every questionnaire of a file's points calls its questions, each questionnaire and each text once: many points ask the same ones, and
/// every cell of the first rows is asked about.
struct Wordings<'a> {
    forms: Vec<&'a Questionnaire>,
    identifiers: HashSet<&'a str>,
    texts: HashSet<String>,
}

impl<'a> Wordings<'a> {
    fn of(asked: &[AskedAt<'a>]) -> Self {
        let mut forms: Vec<&Questionnaire> = Vec::new();
        let mut known = HashSet::new();
        for form in asked.iter().flat_map(|asked| asked.versions.iter().copied()) {
            if known.insert((&form.id, form.version)) {
                forms.push(form);
            }
        }
        let (mut identifiers, mut texts) = (HashSet::new(), HashSet::new());
        for form in &forms {
            let items = form.numbered().map(|(_, item)| (item.id.as_str(), &item.text));
            let about = form.demographics.iter().map(|asked| (asked.id.as_str(), &asked.text));
            let further = form.questions().map(|asked| (asked.id.as_str(), &asked.text));
            for (id, text) in items.chain(about).chain(further) {
                let text = text.in_language("vi");
                identifiers.insert(id);
                texts.extend([same(text), plain(text)]);
            }
        }
        Self { forms, identifiers, texts }
    }

    /// Whether a cell means a question of one of them; most mean none, and are not compared with every question.
    fn know(&self, cell: &str) -> bool {
        self.may_mean(cell) && self.forms.iter().any(|form| question(cell, form).is_some())
    }

    fn may_mean(&self, cell: &str) -> bool {
        let typed = cell.trim();
        let typed = typed.strip_prefix("q.").or_else(|| typed.strip_prefix("d.")).unwrap_or(typed);
        // A column of one option has that behind the question's identifier.
        let id = typed.split_once('.').map_or(typed, |(id, _)| id);
        if self.identifiers.contains(typed) || self.identifiers.contains(id) || number(cell).is_some() {
            return true;
        }
        let (wording, marks) = (same(cell), plain(cell));
        let behind_number = wording.strip_prefix("câu ").unwrap_or(&wording).split_once(' ').map(|(_, rest)| rest);
        [Some(wording.as_str()), Some(marks.as_str()), behind_number]
            .into_iter()
            .flatten()
            .any(|text| self.texts.contains(text))
    }
}

/// [`question`] for files of other programs.
pub(super) fn column_of(heading: &str, form: &Questionnaire) -> Option<String> {
    question(heading, form)
}

/// The name of a column of a question of a further kind: of the question, or of one of several options, a column each, as responses are
/// exported.
fn further_column(heading: &str, asked: &Question, is: &impl Fn(&str, &str, &str) -> bool) -> Option<String> {
    if is("q.", &asked.id, asked.text.in_language("vi")) {
        return Some(format!("q.{}", asked.id));
    }
    let QuestionKind::Several { options } = &asked.kind else { return None };
    let heading = heading.trim();
    let heading = heading.strip_prefix("q.").unwrap_or(heading);
    let option = heading.strip_prefix(&asked.id)?.strip_prefix('.')?;
    options.iter().any(|known| known.id == option).then(|| format!("q.{}.{option}", asked.id))
}

/// Every numbered question needs a column, so that a column forgotten is no pile of blanks. Tables from before the overall question
/// was asked lack it, and leave it blank.
fn missing_questions(columns: &Columns<'_>, form: &Questionnaire) -> Vec<Refused> {
    let known: Vec<String> = columns.further.iter().filter_map(|(_, heading)| question(heading, form)).collect();
    let (mut refused, above) = (Vec::new(), columns.heading_place());
    for (number, item) in form.numbered().filter_map(|(number, item)| Some((number?, item))) {
        if !known.contains(&format!("q.{}", item.id)) {
            let text = item.text.in_language("vi").to_owned();
            refused.push(Refused::new(
                above.clone(),
                &format!("Câu {number}"),
                Reason::QuestionMissing { number, text },
            ));
        }
    }
    for (place, (_, heading)) in columns.further.iter().enumerate() {
        let reason = match question(heading, form) {
            None => Reason::QuestionUnknown { heading: heading.clone(), form: form.reference() },
            // Two headings that mean one question.
            Some(name)
                if columns.further[..place].iter().any(|(_, other)| question(other, form).as_ref() == Some(&name)) =>
            {
                Reason::ColumnTwice { heading: heading.clone() }
            }
            Some(_) => continue,
        };
        refused.push(Refused::new(above.clone(), heading, reason));
    }
    refused
}

fn mode_of(typed: &str) -> Option<Mode> {
    match plain(typed).as_str() {
        "giay" | "phieu giay" | "tren giay" | "paper" | "on paper" => Some(Mode::Paper),
        "dien thoai"
        | "goi dien"
        | "goi dien thoai"
        | "qua dien thoai"
        | "phong van qua dien thoai"
        | "telephone"
        | "telephone call"
        | "by telephone" => Some(Mode::Telephone),
        "phong van" | "phong van truc tiep" | "phong van tai nha" | "tai nha" | "interview" => Some(Mode::Interview),
        _ => None,
    }
}

fn respondent_of(typed: &str) -> &str {
    match plain(typed).as_str() {
        "" | "nguoi dan" | "ca nhan" | "cong dan" | "person" => "person",
        "to chuc" | "doanh nghiep" | "doanh nghiep to chuc" | "to chuc doanh nghiep" | "organisation" => "organisation",
        _ => "?",
    }
}

/// A level as keyed: its digit, `5.0` as statistics programs write it, its name, or both; what else stands there stays as it is.
fn level_of(typed: &str, form: &Questionnaire) -> String {
    let digit = whole(typed);
    if typed.is_empty() || digit.len() == 1 {
        return digit.to_owned();
    }
    // Words of the questionnaire, of this program's pages and files.
    let unused = [
        "Không sử dụng",
        "Không dùng",
        "Không có ý kiến",
        "na",
        form.not_used.in_language("vi"),
        form.not_used.in_language("en"),
    ];
    let levels = form.levels.iter().zip(["1", "2", "3", "4", "5"]);
    let levels = levels.map(|(text, digit)| (digit, vec![text.in_language("vi"), text.in_language("en")]));
    let names: Vec<(&str, Vec<&str>)> = levels.chain([("0", unused.to_vec())]).collect();
    let of = |words: &str| match meant(words, names.iter().map(|(digit, names)| (*digit, names.iter().copied()))) {
        Meant::One(digit) if words != "NA" && words != "Na" => Some(digit),
        _ => None,
    };
    let (number, words) = typed.split_at(typed.chars().next().map_or(0, char::len_utf8));
    let words = words.trim_start_matches([' ', '-', '–', '.', ':', ')', '=']);
    match of(typed) {
        Some(digit) => digit.to_owned(),
        // `5 – Rất hài lòng`, where both agree.
        None if of(words) == Some(number) => number.to_owned(),
        None => typed.to_owned(),
    }
}

fn option_of(typed: &str, name: &str, form: &Questionnaire) -> String {
    let asked = form.demographics.iter().find(|asked| name.strip_prefix("d.") == Some(&asked.id));
    one_of(typed, asked.map_or(&[], |asked| asked.options.as_slice()))
}

/// The identifier of the option that is meant; what was typed where it is none.
fn one_of(typed: &str, options: &[ChoiceOption]) -> String {
    let options = options.iter().map(|option| {
        (&option.id, [option.id.as_str(), option.text.in_language("vi"), option.text.in_language("en")].into_iter())
    });
    match meant(typed, options) {
        Meant::One(id) if !typed.is_empty() => id.clone(),
        _ => typed.to_owned(),
    }
}

/// What was typed under a question of a further kind, as it is keyed: options by their identifiers, several apart by a comma.
fn further_of(typed: &str, kind: &QuestionKind) -> String {
    match kind {
        QuestionKind::Text => typed.to_owned(),
        QuestionKind::Number { .. } => whole(typed).to_owned(),
        QuestionKind::Several { options } => {
            let alone = one_of(typed, options);
            let apart = if typed.contains([';', '\n', '|']) { [';', '\n', '|'].as_slice() } else { [','].as_slice() };
            if options.iter().any(|option| option.id == alone) {
                return alone;
            }
            let each = typed.split(apart).map(str::trim).filter(|part| !part.is_empty());
            each.map(|part| one_of(whole(part), options)).collect::<Vec<_>>().join(",")
        }
        QuestionKind::One { options } | QuestionKind::Scale { options } => one_of(whole(typed), options),
    }
}

/// Whether a cell under one of several options says that it was chosen; none where it says neither.
fn is_ticked(typed: &str) -> Option<bool> {
    match plain(whole(typed)).as_str() {
        "" | "0" | "khong" | "no" | "n" | "false" => Some(false),
        "1" | "x" | "co" | "yes" | "y" | "true" => Some(true),
        _ => None,
    }
}

/// A column of a question: its place, its heading, the name of its field.
type Asking<'c> = (usize, &'c str, String);

fn askings<'c>(columns: &'c Columns<'_>, form: &Questionnaire) -> Vec<Asking<'c>> {
    let named = |(column, heading): &'c (usize, String)| Some((*column, heading.as_str(), question(heading, form)?));
    columns.further.iter().filter_map(named).collect()
}

fn one(
    columns: &Columns<'_>,
    row: &Row,
    (point, form, questions): (&NamedPoint, &Questionnaire, &[Asking<'_>]),
    book: &Book,
    today: NaiveDate,
) -> Result<SheetRow, Vec<Refused>> {
    let cell = |key: &str| columns.cell(row, key);
    let (place, mut refused) = (columns.place(row), Vec::new());
    let mode = mode_of(cell("mode"));
    if mode.is_none() {
        let reason = not_understood(cell("mode"), Wanted::Mode);
        refused.push(Refused::new(place.clone(), columns.heading("mode"), reason));
    }
    let mut pairs = vec![("comment".to_owned(), cell("comment").to_owned())];
    pairs.push(("day".to_owned(), day(cell("day"), columns.from_1904).map_or_else(String::new, |day| day.to_string())));
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
        refused.extend(reason.map(|reason| Refused::new(place.clone(), columns.heading("field"), reason)));
    }
    let at = |column: usize| row.cells.get(column).map_or("", String::as_str);
    for (column, heading, name) in questions {
        let typed = at(*column);
        let further = name.strip_prefix("q.").and_then(|id| {
            let (id, option) = id.split_once('.').map_or((id, None), |(id, option)| (id, Some(option)));
            Some((form.questions().find(|asked| asked.id == id)?, option))
        });
        let value = match further {
            Some((asked, None)) => further_of(typed, &asked.kind),
            // A column an option; what says neither yes nor no is refused under its own heading.
            Some((asked, Some(option))) => {
                let whole = format!("q.{}", asked.id);
                let known = pairs.iter_mut().find(|(known, _)| *known == whole);
                match (is_ticked(typed), known) {
                    (None, _) => {
                        refused.push(Refused::new(place.clone(), heading, not_understood(typed, Wanted::Choice)));
                    }
                    (Some(false), _) => {}
                    (Some(true), Some((_, value))) => *value = format!("{value},{option}"),
                    (Some(true), None) => pairs.push((whole, option.to_owned())),
                }
                continue;
            }
            None if name.starts_with("q.") => level_of(typed, form),
            None => option_of(typed, name, form),
        };
        pairs.push((name.clone(), value));
    }
    let asked = Asked { questionnaire: form, fields: &point.fields, today, page_keys: &[] };
    // The heading of a field of the sheet, and what stands under it.
    let standing = |name: &str| match name {
        "day" | "field" | "respondent" | "comment" => (columns.heading(name), cell(name)),
        name => {
            let found = questions.iter().find(|(_, _, known)| known == name);
            found.map_or(("", ""), |(column, heading, _)| (*heading, at(*column)))
        }
    };
    let keyed = keyed::read(&pairs, &asked).map_err(|faults| {
        for (name, fault) in faults {
            // A field that was typed and refused above is not told twice.
            if fault == KeyFault::Field && !cell("field").is_empty() {
                continue;
            }
            let (heading, typed) = standing(&name);
            refused.push(Refused::new(place.clone(), heading, reason_of(fault, typed, day(typed, columns.from_1904))));
        }
    });
    match (keyed, mode) {
        (Ok(keyed), Some(mode)) if refused.is_empty() => {
            Ok(SheetRow { point: point.code.clone(), form: form.reference(), mode, keyed })
        }
        _ => Err(refused),
    }
}

fn not_understood(typed: &str, wanted: Wanted) -> Reason {
    if typed.is_empty() { Reason::Blank(wanted) } else { Reason::NotUnderstood { typed: typed.to_owned(), wanted } }
}

fn reason_of(fault: KeyFault, typed: &str, day: Option<NaiveDate>) -> Reason {
    match fault {
        KeyFault::Day => not_understood(typed, Wanted::Day),
        KeyFault::DayAhead => match day {
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
