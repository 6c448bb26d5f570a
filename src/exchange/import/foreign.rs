//! Answers that another survey program exported (`LimeSurvey`, `KoboToolbox` and their like), brought into the form of our own files by what
//! somebody says each column means. What is not said to be anything is left out: addresses of machines, times, names and places never
//! come along.

use super::Column;
use super::names::plain;
use super::responses::column_of;
use crate::survey::{QuestionKind, Questionnaire};
use crate::table::Table;

/// Columns of a file that are shown.
pub const COLUMNS_MAX: usize = 200;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What stands above it.
    pub text: String,
    /// The first value under it.
    pub sample: String,
}

/// What a column can be said to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Its word: `day`, `field`, `respondent`, `comment`, or the name of a question as in our own files.
    pub word: String,
    /// What it is called.
    pub name: String,
}

/// What holds for every row.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    /// Code of the point.
    pub point: String,
    /// The questionnaire and its version.
    pub form: String,
    /// How it was asked, in a word of our own files.
    pub mode: String,
    /// Whether 1 is the best level.
    pub reversed: bool,
}

/// The columns of the first worksheet that holds anything: the first row is their headings, as these programs write them.
pub fn headings(table: &Table) -> Vec<Heading> {
    let Some(sheet) = table.sheets.iter().find(|sheet| !sheet.hidden && !sheet.rows.is_empty()) else {
        return Vec::new();
    };
    let sample = |column: usize| {
        let below = sheet.rows[1..].iter().filter_map(|row| row.cells.get(column));
        below.clone().find(|cell| !cell.is_empty()).cloned().unwrap_or_default()
    };
    let named = sheet.rows[0].cells.iter().take(COLUMNS_MAX).enumerate();
    named.map(|(column, text)| Heading { text: text.clone(), sample: sample(column) }).collect()
}

/// What columns can mean where a point asks `form`.
pub fn meanings(form: &Questionnaire) -> Vec<Meaning> {
    let meaning = |word: String, name: &str| Meaning { word, name: name.to_owned() };
    let mut all: Vec<Meaning> =
        [("day", "Ngày trả lời"), ("field", "Lĩnh vực"), ("respondent", "Người trả lời"), ("comment", "Góp ý")]
            .map(|(word, name)| meaning(word.to_owned(), name))
            .into();
    for (number, item) in form.numbered() {
        let text = item.text.in_language("vi");
        let name = number.map_or_else(|| text.to_owned(), |number| format!("Câu {number}. {text}"));
        all.push(meaning(format!("q.{}", item.id), &name));
    }
    for question in &form.demographics {
        all.push(meaning(format!("d.{}", question.id), question.text.in_language("vi")));
    }
    for question in form.questions() {
        let text = question.text.in_language("vi");
        match &question.kind {
            QuestionKind::Several { options } => {
                for option in options {
                    let name = format!("{text} – {}", option.text.in_language("vi"));
                    all.push(meaning(format!("q.{}.{}", question.id, option.id), &name));
                }
            }
            _ => all.push(meaning(format!("q.{}", question.id), text)),
        }
    }
    all
}

/// The word of what a heading seems to mean; empty where it seems to mean nothing.
pub fn guess(heading: &str, form: &Questionnaire) -> String {
    // A group stands before the name: Kobo parts it by a stroke.
    let last = heading.rsplit('/').next().unwrap_or_default().trim();
    // LimeSurvey may write the code and then the wording, `G01Q01. Wording`.
    let wording = last.split_once(". ").map_or(last, |(_, wording)| wording);
    if let Some(known) = [heading, last, wording].iter().find_map(|heading| column_of(heading, form)) {
        return known;
    }
    match plain(last).as_str() {
        "submitdate" | "date submitted" | "submission time" | "today" | "ngay" | "ngay tra loi" => "day".to_owned(),
        "linh vuc" | "field" => "field".to_owned(),
        "gop y" | "y kien" | "y kien khac" | "comment" | "comments" => "comment".to_owned(),
        _ => String::new(),
    }
}

/// The rows as a CSV of our own: `meant` says what each column means, empty for what is left out. A question that no column is said to be
/// stays blank.
pub fn translated(table: &Table, meant: &[String], form: &Questionnaire, fixed: &Fixed) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let Some(sheet) = table.sheets.iter().find(|sheet| !sheet.hidden && !sheet.rows.is_empty()) else {
        return Ok(Vec::new());
    };
    let taken: Vec<(usize, &str)> =
        meant.iter().map(String::as_str).enumerate().filter(|(_, word)| !word.is_empty()).collect();
    let blank: Vec<String> = form
        .numbered()
        .filter(|(number, _)| number.is_some())
        .map(|(_, item)| format!("q.{}", item.id))
        .filter(|word| taken.iter().all(|(_, known)| known != word))
        .collect();
    let heading = |word: &str| match word {
        "point" | "day" | "mode" | "field" | "respondent" | "form" | "comment" => heading_of(word).to_owned(),
        question => question.to_owned(),
    };
    let first = ["point", "mode", "form"].map(heading).into_iter();
    out.write_record(first.chain(taken.iter().map(|(_, word)| heading(word))).chain(blank.iter().cloned()))?;
    for row in &sheet.rows[1..] {
        let fixed_cells = [fixed.point.clone(), fixed.mode.clone(), fixed.form.clone()].into_iter();
        let cells = taken.iter().map(|(column, word)| {
            let typed = row.cells.get(*column).map_or("", String::as_str);
            cell(typed, word, form, fixed.reversed)
        });
        out.write_record(fixed_cells.chain(cells).chain(blank.iter().map(|_| String::new())))?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// The heading of one of our own columns.
fn heading_of(key: &str) -> &'static str {
    super::responses::COLUMNS.iter().find(|column: &&Column| column.key == key).map_or("", |column| column.heading)
}

/// A value in our own spelling: a day without its time, a level without the letters that `LimeSurvey` puts before a code.
fn cell(typed: &str, word: &str, form: &Questionnaire, reversed: bool) -> String {
    if word == "day" {
        return typed.split([' ', 'T']).next().unwrap_or_default().to_owned();
    }
    let is_level = word.strip_prefix("q.").is_some_and(|id| form.items().any(|item| item.id == id));
    if !is_level {
        return code(typed).to_owned();
    }
    match (code(typed), reversed) {
        ("1", true) => "5".to_owned(),
        ("2", true) => "4".to_owned(),
        ("4", true) => "2".to_owned(),
        ("5", true) => "1".to_owned(),
        (known, _) => known.to_owned(),
    }
}

/// `A5` and `AO05` are 5; anything else is what it is.
fn code(typed: &str) -> &str {
    let digits = typed.strip_prefix("AO").or_else(|| typed.strip_prefix('A')).map(|rest| rest.trim_start_matches('0'));
    digits.filter(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(typed)
}
