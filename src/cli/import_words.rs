//! What `sipas import` says, in English: what is wrong with a file or a row and what to do, values as they were understood.

use crate::exchange::import::responses::{SHEETS_MAX, SHEETS_MIN};
use crate::exchange::import::{LeftOut, Note, Place, Reason, TooLate, TwiceKind, Wanted};
use crate::plan::IndexKind;
use crate::report::Language;
use crate::report::words::plan::period_name;
use crate::service::imports::{Before, Heading, IntakeError, RowOutcome, Value};
use crate::table::{BYTES_MAX, Bound, CELL_CHARACTERS_MAX, COLUMNS_MAX, FileFault, ROWS_MAX, UNPACKED_MAX};

/// Why an import failed.
pub fn intake(error: &IntakeError) -> String {
    match error {
        IntakeError::File(fault) => file(fault),
        IntakeError::Database(error) => error.to_string(),
        IntakeError::Refused | IntakeError::Template(_) => error.to_string(),
    }
}

fn file(fault: &FileFault) -> String {
    match fault {
        FileFault::Empty => "the file has no rows".to_owned(),
        FileFault::TooLarge => format!("the file is larger than {} MB; split it", BYTES_MAX / 1024 / 1024),
        FileFault::TooMuch(bound) => match bound {
            Bound::Rows(line) => format!("line {line}: more than {ROWS_MAX} rows; split the file"),
            Bound::Columns(line) => format!("line {line}: more than {COLUMNS_MAX} columns; delete what is not needed"),
            Bound::Cell(line) => format!("line {line}: a cell of more than {CELL_CHARACTERS_MAX} characters"),
            Bound::Parts => "the workbook has too many parts".to_owned(),
            Bound::Unpacked => format!("the workbook unpacks to more than {} MB", UNPACKED_MAX / 1024 / 1024),
        },
        FileFault::Encoding => "the file is neither UTF-8 nor UTF-16; save it as CSV UTF-8 or as .xlsx".to_owned(),
        FileFault::Document(_) => "a PDF, Word or OpenDocument file; save the table as .xlsx or CSV".to_owned(),
        FileFault::OldWorkbook => "an old .xls, or a workbook with a password; save it as .xlsx without one".to_owned(),
        FileFault::Workbook(words) => {
            format!("the workbook cannot be read ({words}); open it in Excel and save it again")
        }
        FileFault::OpenQuote { line } => format!("line {line}: a quotation mark opens here and never closes"),
    }
}

/// What is wrong with a row or a value, and what to do.
pub fn refused(reason: &Reason) -> (String, String) {
    let own = str::to_owned;
    let near_or = |near: &Option<String>, otherwise: String| {
        near.as_ref().map_or(otherwise, |near| format!("if “{near}” is meant, write it so, or write the code"))
    };
    match reason {
        Reason::NoHeading { known } => {
            (own("no row of headings"), format!("the first row of the table names the columns: {}", known.join(", ")))
        }
        Reason::ColumnUnknown { heading, known } => {
            (format!("unknown column “{heading}”"), format!("delete it, or name it one of: {}", known.join(", ")))
        }
        Reason::ColumnTwice { heading } => (format!("column “{heading}” stands twice"), own("delete one")),
        Reason::ColumnMissing { heading } => (format!("no column “{heading}”"), own("add it, or use the template")),
        Reason::QuestionMissing { number, text } => {
            (format!("no column of question {number}: “{text}”"), own("add it; leave it empty where nobody answered"))
        }
        Reason::QuestionUnknown { heading, form } => {
            (format!("questionnaire {form} has no question “{heading}”"), own("delete the column"))
        }
        Reason::NoRows => (own("no rows under the headings"), own("fill in at least one")),
        Reason::Blank(wanted) => (own("empty cell"), todo(*wanted)),
        Reason::NotUnderstood { typed, wanted } => (format!("“{typed}” is not {}", kind(*wanted)), todo(*wanted)),
        Reason::UnitUnknown { typed, near } => (
            format!("there is no unit “{typed}”"),
            near_or(near, own("write its name or code as in `sipas unit list`")),
        ),
        Reason::UnitAmbiguous { typed, codes } => (
            format!("{} units are named “{typed}”", codes.len()),
            format!("write the code instead: {}", codes.join(", ")),
        ),
        Reason::PointUnknown { typed, in_unit, near } => (
            format!("there is no point “{typed}”{}", if *in_unit { " in this unit" } else { "" }),
            near_or(near, own("write its code as in `sipas point list`")),
        ),
        Reason::PointAmbiguous { typed, codes } => (
            format!("{} points are named “{typed}”", codes.len()),
            format!("write the code instead: {}", codes.join(", ")),
        ),
        Reason::FieldUnknown { typed, near, known } => {
            (format!("there is no field “{typed}”"), near_or(near, format!("write one of: {}", known.join("; "))))
        }
        Reason::FieldElsewhere { point, field } => (
            format!("point “{point}” does not serve the field “{field}”"),
            own("mend one of them; leave the point empty for cases of the whole unit"),
        ),
        Reason::PointAsksNothing { point } => {
            (format!("point “{point}” asks no questionnaire any more"), own("name an open point"))
        }
        Reason::OtherQuestionnaire { asks, first } => {
            (format!("this point asks {asks}, the rows above {first}"), own("one questionnaire a file"))
        }
        Reason::MonthOutOfRange { month } => {
            (format!("month {} is still to come or too far back", month.format("%Y-%m")), own("mend the month"))
        }
        Reason::DayAhead { day } => (format!("{day} is still to come"), own("look at the day on the sheet")),
        Reason::PointClosed { day } => (format!("the point was not open on {day}"), own("mend the day or the point")),
        Reason::Late(found) => (late(found), own("take the row out; keep the sheet with the minutes")),
        Reason::NoAnswers => (own("a sheet without one answer"), own("take the row out")),
        Reason::Comment => (own("the comment is too long or holds odd characters"), own("shorten it")),
        Reason::TwoWays { place: at, by_point } => (
            format!(
                "{} says this field and month {}",
                place(at),
                if *by_point { "by point" } else { "for the unit as a whole" }
            ),
            own("say it by point or as a whole, not both"),
        ),
        Reason::Twice { place: at, kind } => (
            match kind {
                TwiceKind::Cases => format!("{} has the same unit, point, field and month", place(at)),
                TwiceKind::Complaint => format!("{} has the same number", place(at)),
                TwiceKind::Figure => format!("{} has the same unit, index, field, period and source", place(at)),
            },
            own("keep one of them"),
        ),
        Reason::TooFewSheets { sheets } => {
            (format!("{sheets} sheets; a file has at least {SHEETS_MIN}"), own("key single sheets on the page"))
        }
        Reason::TooManySheets { sheets } => {
            (format!("{sheets} sheets; a file has at most {SHEETS_MAX}"), own("split it"))
        }
        Reason::TakenBefore { on, name } => {
            (format!("these very sheets were taken in on {on} (file “{name}”)"), own("they are not taken in twice"))
        }
        Reason::NotComputed { formula, kept } => (
            match kept {
                None => format!("formula “={formula}” without a value in the file"),
                Some(kept) => format!("formula “={formula}” whose value “{kept}” is still to be computed"),
            },
            own("open the file in a spreadsheet program and save it, or write the value"),
        ),
        Reason::ErrorValue { typed } => (format!("the cell holds the error “{typed}”"), own("write the value")),
        Reason::MergedNumber { typed } => {
            (format!("the number “{typed}” stands in a cell merged over rows"), own("write the number of each row"))
        }
        Reason::NameAsNumber { typed } => (
            format!("“{typed}” is kept as a number or day, which may have lost noughts of a code or case number"),
            own("format the column as text and write it anew"),
        ),
        Reason::WhichVersion { versions } => (
            own("the questionnaire has several versions, and a number means another question in each"),
            format!("add a column “Phiếu hỏi” with one of {}, or head columns with wordings", versions.join(", ")),
        ),
        Reason::VersionUnknown { typed, versions } => {
            (format!("the point does not ask “{typed}”"), format!("write one of: {}", versions.join(", ")))
        }
        Reason::OldFont { typed } => {
            (format!("“{typed}” is written for an old font (TCVN3, VNI)"), own("convert the file to Unicode"))
        }
    }
}

/// Why a sheet can count nowhere.
fn late(found: &TooLate) -> String {
    let periods = found
        .periods
        .iter()
        .map(|known| format!("{} of “{}”", period_name(&known.period, Language::En), known.plan_en));
    let periods = periods.collect::<Vec<_>>().join("; ");
    format!("a sheet of {} counts nowhere: every period that contains the day is frozen ({periods})", found.day)
}

fn kind(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Unit => "a unit",
        Wanted::UnitOrPoint => "a unit or a point",
        Wanted::Point => "a point",
        Wanted::Field | Wanted::FieldOfPoint => "a field",
        Wanted::Month => "a month",
        Wanted::Cases => "a number of cases",
        Wanted::Index => "an index",
        Wanted::Period => "a period",
        Wanted::Share => "a share",
        Wanted::Respondents => "a number of respondents",
        Wanted::Source => "a source",
        Wanted::Mode => "a way of asking",
        Wanted::Day | Wanted::DayReceived => "a day",
        Wanted::Respondent => "a kind of respondent",
        Wanted::Level => "a level",
        Wanted::Choice => "an option of the question",
        Wanted::OutsideNumber => "the number of a complaint",
        Wanted::Told => "what was written",
        Wanted::Ward => "a ward or commune",
        Wanted::ComplaintKind => "a kind of complaint",
    }
}

fn todo(wanted: Wanted) -> String {
    let words = match wanted {
        Wanted::Unit => "write a unit's name or code",
        Wanted::UnitOrPoint => "write a unit or a service point",
        Wanted::Point => "write the code of a point",
        Wanted::Field => "write a field's name or code",
        Wanted::FieldOfPoint => "the point serves several fields: write the one on the sheet",
        Wanted::Month => "write month and year, as in 03/2026",
        Wanted::Cases => "write a whole number, as in 1234 or 1.234, 0 for none; a comma begins a fraction",
        Wanted::Index => "write one of: SIPAS, Thủ tục hành chính, Dịch vụ công, Chính sách",
        Wanted::Period => "write a year or a quarter, as in 2025, Quý I/2025, 6 tháng đầu năm 2025",
        Wanted::Share => "write a share from 0 to 100 %, as in 87,5%; above 1 up to 10 with its sign, as in 4,31%",
        Wanted::Respondents => "write a whole number, or leave it empty",
        Wanted::Source => "write who published it or the document, at most 120 characters",
        Wanted::Mode => "write one of: giấy, điện thoại, phỏng vấn",
        Wanted::Day => "write the day on the sheet, as in 14/03/2026",
        Wanted::Respondent => "write người dân or tổ chức; empty means người dân",
        Wanted::Level => "write 1 to 5, 0 for not used, or leave it empty",
        Wanted::OutsideNumber => "write the number that it has there, at most 60 characters",
        Wanted::DayReceived => "write the day it came, as in 14/03/2026, not later than today",
        Wanted::Told => "write what the citizen wrote, at most 4,000 characters",
        Wanted::Ward => "write the ward or commune that the complaint is for",
        Wanted::ComplaintKind => "write phản ánh or kiến nghị; empty means phản ánh",
        Wanted::Choice => "write an option as the questionnaire has it, or leave it empty",
    };
    words.to_owned()
}

/// The name of what was understood.
pub fn heading(heading: Heading) -> &'static str {
    match heading {
        Heading::Unit => "unit",
        Heading::Point => "point",
        Heading::Field => "field",
        Heading::Month => "month",
        Heading::Cases => "cases",
        Heading::Day => "day",
        Heading::Mode => "mode",
        Heading::Respondent => "respondent",
        Heading::Answers => "answers",
        Heading::Index => "index",
        Heading::Period => "period",
        Heading::Share => "share",
        Heading::Respondents => "respondents",
        Heading::Source => "source",
        Heading::OutsideNumber => "number",
        Heading::DayReceived => "received",
        Heading::Told => "words",
    }
}

/// A value as it was understood: days and numbers as scripts read them.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::WholeUnit => "whole unit".to_owned(),
        Value::AllFields => "all".to_owned(),
        Value::NotStated => String::new(),
        Value::Count(count) => count.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Month(month) => month.format("%Y-%m").to_string(),
        Value::Mode(mode) => crate::exchange::export::mode_word(*mode).to_owned(),
        Value::Respondent(respondent) => respondent.as_str().to_owned(),
        Value::Index(index) => index_word(*index).to_owned(),
        Value::Period(period) => period.clone(),
        Value::Share(share) => share.to_string(),
    }
}

fn index_word(index: IndexKind) -> &'static str {
    match index {
        IndexKind::Sipas => "sipas",
        IndexKind::Procedures => "procedures",
        IndexKind::PublicServices => "public_services",
        IndexKind::Policy => "policy",
    }
}

/// What would become of a row, as JSON.
pub fn fate(fate: &RowOutcome) -> serde_json::Value {
    let replaces = |before: String| serde_json::json!({ "replaces": before });
    match fate {
        RowOutcome::New => "new".into(),
        RowOutcome::Same => "same".into(),
        RowOutcome::Replaces(Before::Cases(cases)) => replaces(cases.to_string()),
        RowOutcome::Replaces(Before::CasesOfUnit(cases)) => replaces(format!("{cases} of the whole unit")),
        RowOutcome::Replaces(Before::CasesOfPoints(cases)) => replaces(format!("{cases} of the points")),
        RowOutcome::Replaces(Before::Share(share)) => replaces(share.to_string()),
    }
}

/// Where a row stands.
pub fn place(place: &Place) -> String {
    match &place.sheet {
        Some(sheet) => format!("line {} of sheet “{sheet}”", place.line),
        None => format!("line {}", place.line),
    }
}

/// What was read or left out.
pub fn note(note: &Note) -> String {
    let of = |sheet: &Option<String>| sheet.as_ref().map_or_else(String::new, |sheet| format!(" of sheet “{sheet}”"));
    match note {
        Note::Read { sheet, first, last, rows } => format!("read {rows} rows{}, lines {first} to {last}", of(sheet)),
        Note::Windows1258 => "read as Windows-1258".to_owned(),
        Note::HiddenRows { sheet, rows } => format!("{rows} of the rows{} are hidden in the workbook", of(sheet)),
        Note::Formulas { sheet, cells } => {
            format!("{cells} cells{} are formulas: their kept values were read", of(sheet))
        }
        Note::SheetHidden { sheet, rows } => format!("left out: hidden sheet “{sheet}” ({rows} rows)"),
        Note::SheetOther { sheet, rows } => format!("left out: sheet “{sheet}” ({rows} rows), without these columns"),
        Note::Row { place: at, kind, typed } => {
            let what = match kind {
                LeftOut::Total => "a total",
                LeftOut::Signature => "a signature or a remark",
                LeftOut::Heading => "the headings again",
                LeftOut::Numbers => "numbers of columns",
            };
            format!("left out: {} ({what}): “{typed}”", place(at))
        }
        Note::ColumnPassed { sheet, heading } => format!("left out: column “{heading}”{}", of(sheet)),
        Note::ColumnUnnamed { sheet, column } => {
            format!("left out: column {}{}, which has no heading", column + 1, of(sheet))
        }
        Note::NotFilled { rows } => format!("left out: {rows} rows of months without any number"),
        Note::TotalDiffers { place: at, said, sum } => {
            format!("look again: {} says {said}, the rows add up to {sum}", place(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::too_late_for_two;

    #[test]
    fn a_sheet_that_counts_nowhere_is_refused_in_english_with_its_periods() {
        let (what, todo) = refused(&Reason::Late(too_late_for_two()));
        assert_eq!(
            what,
            "a sheet of 2026-02-03 counts nowhere: every period that contains the day is frozen (Quarter I/2026 of “Plan of 2026”; \
             First 6 months of 2026 of “Plan of 2026”)"
        );
        assert_eq!(todo, "take the row out; keep the sheet with the minutes");
    }
}
