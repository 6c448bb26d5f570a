//! Answers that another survey program exported (`LimeSurvey`, `KoboToolbox` and their like), brought into the form of our own files by what
//! somebody says each column means. What is not said to be anything is left out: addresses of machines, times, names and places never
//! come along.

use super::names::plain;
use super::responses::{COLUMNS, column_of};
use super::values::whole;
use super::{Note, Refused};
use crate::survey::{QuestionKind, Questionnaire};
use crate::table::{Row, Sheet, Table};

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
    let Some(sheet) = shown(table).next() else { return Vec::new() };
    let sample = |column: usize| {
        let below = sheet.rows[1..].iter().filter_map(|row| row.cells.get(column));
        below.clone().find(|cell| !cell.is_empty()).cloned().unwrap_or_default()
    };
    let named = sheet.rows[0].cells.iter().enumerate();
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

/// Names of the column that says the day, the surest first. The day that somebody wrote down stands before the moment at which a phone sent
/// the sheet: Kobo's `_submission_time` is that of the server, in Greenwich's time and maybe days later.
const DAYS: [&str; 7] = ["ngay tra loi", "ngay", "today", "end", "submitdate", "date submitted", "submission time"];

/// The word of what each heading seems to mean, no word twice; empty where it seems to mean nothing.
pub fn guesses(headings: &[Heading], form: &Questionnaire) -> Vec<String> {
    let rank = |heading: &Heading| DAYS.iter().position(|day| *day == plain(name_of(&heading.text)));
    let days = headings.iter().enumerate().filter_map(|(place, heading)| Some((rank(heading)?, place)));
    let day = days.min().map(|(_, place)| place);
    let mut words: Vec<String> = Vec::new();
    for (place, heading) in headings.iter().enumerate() {
        let word = if day == Some(place) { "day".to_owned() } else { guess(&heading.text, form) };
        words.push(if words.contains(&word) { String::new() } else { word });
    }
    words
}

/// The name in a heading: Kobo puts the group before it, parted by a stroke.
fn name_of(heading: &str) -> &str {
    heading.rsplit('/').next().unwrap_or_default().trim()
}

fn guess(heading: &str, form: &Questionnaire) -> String {
    let name = name_of(heading);
    // LimeSurvey may write the code and then the wording, `G01Q01. Wording`.
    let wording = name.split_once(". ").map_or(name, |(_, wording)| wording);
    // One option of several: Kobo writes `question/option`, LimeSurvey `question[option]`.
    let mut parts = heading.trim().rsplit('/');
    let option = match (parts.next(), parts.next()) {
        (Some(option), Some(asked)) => Some(format!("{asked}.{option}")),
        _ => name
            .strip_suffix(']')
            .and_then(|name| name.split_once('['))
            .map(|(asked, option)| format!("{asked}.{option}")),
    };
    let headings = [Some(heading), Some(name), Some(wording), option.as_deref()];
    if let Some(known) = headings.into_iter().flatten().find_map(|heading| column_of(heading, form)) {
        return known;
    }
    match plain(name).as_str() {
        "linh vuc" | "field" => "field".to_owned(),
        "gop y" | "y kien" | "y kien khac" | "comment" | "comments" => "comment".to_owned(),
        _ => String::new(),
    }
}

/// A file under our own headings.
#[derive(Debug)]
pub struct Relabelled {
    /// Its rows, each with its line, its faults and whether it is hidden as in the file.
    pub table: Table,
    /// Our headings, and those of the file in their place.
    headings: Vec<(String, String)>,
    /// The worksheets beside the one that is read.
    others: Vec<Note>,
}

impl Relabelled {
    /// What came of reading the table, in the headings of the file and with the worksheets that were left out.
    pub fn told(self, refused: &mut [Refused], notes: &mut Vec<Note>) {
        for refused in refused {
            if let Some((_, of_file)) = self.headings.iter().find(|(ours, _)| *ours == refused.column) {
                of_file.clone_into(&mut refused.column);
            }
        }
        notes.extend(self.others);
    }
}

/// The table under our own headings: `meant` says what each column means, empty for what is left out. A question that no column is said
/// to be stays blank.
pub fn relabelled(table: &Table, meant: &[String], form: &Questionnaire, fixed: &Fixed) -> Relabelled {
    let taken: Vec<(usize, &str)> =
        meant.iter().map(String::as_str).enumerate().filter(|(_, word)| !word.is_empty()).collect();
    let heading = |word: &str| {
        let known = COLUMNS.iter().find(|column| column.key == word);
        known.map_or_else(|| word.to_owned(), |column| column.heading.to_owned())
    };
    let blank = form.numbered().filter(|(number, _)| number.is_some()).map(|(_, item)| format!("q.{}", item.id));
    let blank = blank.filter(|word| taken.iter().all(|(_, known)| known != word));
    let first = ["point", "mode", "form"];
    let own = first.into_iter().chain(taken.iter().map(|(_, word)| *word)).map(heading);
    let own: Vec<String> = own.chain(blank).collect();

    // Where a column of the file stands now.
    let moved = |column: usize| Some(first.len() + taken.iter().position(|(place, _)| *place == column)?);
    let row = |row: &Row| {
        let at = |column: &usize| row.cells.get(*column).map_or("", String::as_str);
        let cells = taken.iter().map(|(column, word)| cell(at(column), word, form, fixed.reversed));
        Row {
            line: row.line,
            cells: [&fixed.point, &fixed.mode, &fixed.form].into_iter().cloned().chain(cells).collect(),
            faults: row.faults.iter().filter_map(|(column, fault)| Some((moved(*column)?, fault.clone()))).collect(),
            formulas: row.formulas.iter().filter_map(|column| moved(*column)).collect(),
            numbers: row.numbers.iter().filter_map(|(column, said)| Some((moved(*column)?, said.clone()))).collect(),
            hidden: row.hidden,
        }
    };
    let mut headings = Vec::new();
    let mut sheet = |sheet: &Sheet| {
        let [head, rows @ ..] = sheet.rows.as_slice() else { return sheet.clone() };
        let of_file = |column: usize| head.cells.get(column).cloned().unwrap_or_default();
        headings = taken.iter().map(|(column, word)| (heading(word), of_file(*column))).collect();
        let head = Row { line: head.line, cells: own.clone(), hidden: head.hidden, ..Row::default() };
        Sheet { rows: std::iter::once(head).chain(rows.iter().map(row)).collect(), ..sheet.clone() }
    };
    let read = shown(table).next().map(&mut sheet);
    let hidden = table.sheets.iter().filter(|sheet| sheet.hidden).cloned();
    let sheets = read.into_iter().chain(hidden).collect();
    let other =
        |sheet: &Sheet| Note::SheetOther { sheet: sheet.name.clone().unwrap_or_default(), rows: sheet.rows.len() };
    let others = shown(table).skip(1).map(other).collect();
    Relabelled { table: Table { sheets, encoding: table.encoding }, headings, others }
}

/// The worksheets that are shown and hold anything; the first is read.
fn shown(table: &Table) -> impl Iterator<Item = &Sheet> {
    table.sheets.iter().filter(|sheet| !sheet.hidden && !sheet.rows.is_empty())
}

/// A value in our own spelling: a level without the letters that `LimeSurvey` puts before a code, turned round where 1 is the best.
fn cell(typed: &str, word: &str, form: &Questionnaire, reversed: bool) -> String {
    let is_level = word.strip_prefix("q.").is_some_and(|id| form.items().any(|item| item.id == id));
    if !is_level {
        return typed.to_owned();
    }
    // As levels are read afterwards: `1.0` of a statistics program is 1.
    let level = whole(code(typed));
    let turned = match level {
        "1" => "5",
        "2" => "4",
        "4" => "2",
        "5" => "1",
        known => known,
    };
    if reversed { turned.to_owned() } else { level.to_owned() }
}

/// `A5` and `AO05` are 5; anything else is what it is.
fn code(typed: &str) -> &str {
    let digits = typed.strip_prefix("AO").or_else(|| typed.strip_prefix('A')).map(|rest| rest.trim_start_matches('0'));
    digits.filter(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(typed)
}

#[cfg(test)]
mod tests {
    use super::super::{Place, Reason};
    use super::*;
    use crate::survey::parse;
    use crate::table::CellFault;

    fn form() -> Questionnaire {
        let fields = ["general".to_owned()];
        let text = include_str!("../../../survey_forms/bo-noi-vu-2026.toml");
        parse("bo-noi-vu-2026.toml", text, &fields).expect("a questionnaire")
    }

    #[test]
    fn every_spelling_of_a_level_is_turned_round_where_1_is_the_best() {
        let form = form();
        let item = form.items().next().expect("a question");
        let word = format!("q.{}", item.id);
        for (typed, straight, turned) in [
            ("1", "1", "5"),
            ("1.0", "1", "5"),
            ("5,00", "5", "1"),
            ("2,0", "2", "4"),
            ("3.0", "3", "3"),
            ("A4", "4", "2"),
            ("AO05", "5", "1"),
            ("0", "0", "0"),
            ("", "", ""),
            ("Rất hài lòng", "Rất hài lòng", "Rất hài lòng"),
        ] {
            assert_eq!(cell(typed, &word, &form, false), straight, "{typed:?}");
            assert_eq!(cell(typed, &word, &form, true), turned, "{typed:?}");
        }
    }

    #[test]
    fn only_levels_lose_the_letters_of_a_code() {
        let form = form();
        for word in ["comment", "day", "field", "q.age_years", "q.interest_economy", "d.age"] {
            assert_eq!(cell("A5", word, &form, true), "A5", "{word}");
        }
        let moment = "2026-03-14T23:30:00.000Z";
        assert_eq!(cell(moment, "day", &form, false), moment, "whose day it is depends on its hour");
    }

    #[test]
    fn the_day_somebody_wrote_down_is_guessed_before_the_moment_of_sending_and_no_meaning_twice() {
        let form = form();
        let guessed = |texts: &[&str]| {
            let heading = |text: &&str| Heading { text: (*text).to_owned(), sample: String::new() };
            guesses(&texts.iter().map(heading).collect::<Vec<_>>(), &form).join(",")
        };
        assert_eq!(guessed(&["_submission_time", "start", "end", "nhom/today"]), ",,,day");
        assert_eq!(guessed(&["start", "end", "_submission_time"]), ",day,");
        assert_eq!(guessed(&["_submission_time", "Góp ý", "comments"]), "day,comment,");
        assert_eq!(guessed(&["submitdate", "Ngày trả lời"]), ",day");
    }

    #[test]
    fn a_relabelled_table_keeps_lines_faults_and_what_is_hidden() {
        let form = form();
        let item = form.items().next().expect("a question").id.clone();
        let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let faults = vec![(0, CellFault::Error), (2, CellFault::Error)];
        let rows = vec![
            Row { line: 3, cells: cells(&["id", "today", "muc"]), ..Row::default() },
            Row { line: 7, cells: cells(&["1", "14/03/2026", "A1"]), formulas: vec![0, 1], ..Row::default() },
            Row { line: 9, cells: cells(&["2", "14/03/2026", "#N/A"]), faults, hidden: true, ..Row::default() },
        ];
        let sheet =
            |name: &str| Sheet { name: Some(name.to_owned()), from_1904: true, rows: rows.clone(), ..Sheet::default() };
        let hidden = Sheet { hidden: true, ..sheet("an") };
        let table = Table { sheets: vec![hidden.clone(), sheet("phieu"), sheet("lap")], encoding: None };
        let fixed = Fixed { point: "EK2MNZS".into(), form: "f@1".into(), mode: "giấy".into(), reversed: true };
        let made = relabelled(&table, &cells(&["", "day", &format!("q.{item}")]), &form, &fixed);
        assert_eq!(made.table.sheets[1], hidden);
        let read = &made.table.sheets[0];
        assert!(read.from_1904);
        assert_eq!(
            read.rows.iter().map(|row| (row.line, row.hidden)).collect::<Vec<_>>(),
            [(3, false), (7, false), (9, true)]
        );
        assert_eq!(
            read.rows[0].cells[..5],
            cells(&["Điểm phục vụ", "Hình thức", "Phiếu hỏi", "Ngày trả lời", &format!("q.{item}")])
        );
        assert_eq!(read.rows[1].cells, cells(&["EK2MNZS", "giấy", "f@1", "14/03/2026", "5"]));
        assert_eq!((&read.rows[1].formulas, &read.rows[2].faults), (&vec![3], &vec![(4, CellFault::Error)]));
        let (mut refused, mut notes) =
            ([Refused::new(Place::line(9), &format!("q.{item}"), Reason::Comment)], Vec::new());
        made.told(&mut refused, &mut notes);
        assert_eq!(refused[0].column, "muc");
        assert_eq!(notes, [Note::SheetOther { sheet: "lap".into(), rows: 3 }]);
    }
}
