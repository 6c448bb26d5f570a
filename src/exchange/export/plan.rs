//! A plan as a workbook to fill in, change and bring back: a worksheet a part, with lists to choose from.

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use crate::exchange::import::plan::columns_of;
use crate::plan::draft::{Draft, Part};
use crate::plan::{
    Channel, FieldOfService, IndexKind, Measure, Plan, Respondents, Serves, Weights, field_name_vi, typed,
};

/// How many empty rows lists are laid over.
const ROWS: u32 = 200;

/// The workbook of a plan.
pub fn workbook(plan: &Plan, fields: &[FieldOfService]) -> Result<Vec<u8>, XlsxError> {
    let draft = Draft::of(plan);
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_background_color("D9EAED").set_text_wrap();
    // Everything is text, so that no program turns 03/02 into the second of March.
    let text = Format::new().set_num_format("@").set_text_wrap();
    let sheet = book.add_worksheet().set_name("Kế hoạch")?;
    sheet.set_column_width(0, 28)?.set_column_width(1, 70)?;
    for (row, column) in (0_u32..).zip(columns_of(Part::Head)) {
        let shown = value(Part::Head, column.key, draft.head.get(column.key), fields);
        sheet.write_string_with_format(row, 0, column.heading, &bold)?;
        sheet.write_string_with_format(row, 1, shown, &text)?;
    }
    for part in Part::TABLES {
        let name = match part {
            Part::Target => "Chỉ tiêu",
            Part::Period => "Kỳ báo cáo",
            _ => "Nhiệm vụ",
        };
        let sheet = book.add_worksheet().set_name(name)?;
        for (place, column) in (0_u16..).zip(columns_of(part)) {
            sheet.set_column_width(place, if column.key == "title_vi" { 48 } else { 20 })?;
            sheet.set_column_format(place, &text)?;
            sheet.write_string_with_format(0, place, column.heading, &bold)?;
            for (row, cells) in (1_u32..).zip(draft.rows(part)) {
                let shown = value(part, column.key, cells.get(column.key), fields);
                sheet.write_string_with_format(row, place, shown, &text)?;
            }
            list(sheet, place, part, column.key)?;
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

/// A list to choose from, where a column has one.
fn list(sheet: &mut Worksheet, place: u16, part: Part, key: &str) -> Result<(), XlsxError> {
    let choices: Vec<&'static str> = match (part, key) {
        (Part::Target, "index") => IndexKind::WORDS.iter().map(|(_, choice)| choice.spelled_vi()).collect(),
        (Part::Target, "channel") => Channel::WORDS.iter().map(|(_, choice)| choice.spelled_vi()).collect(),
        (Part::Target, "measure") => Measure::WORDS.iter().map(|(_, choice)| choice.spelled_vi()).collect(),
        (Part::Period, "kind") => PERIODS.iter().map(|(_, name)| *name).collect(),
        (Part::Period, "assumed") | (Part::Task, "serves") => vec!["có", "không"],
        _ => return Ok(()),
    };
    let rule = DataValidation::new().allow_list_strings(&choices)?;
    sheet.add_data_validation(1, place, ROWS, place, &rule)?;
    Ok(())
}

/// The kinds of periods and what people call them.
pub const PERIODS: [(&str, &str); 7] = [
    ("q1", "Quý I"),
    ("q2", "Quý II"),
    ("h1", "6 tháng đầu năm"),
    ("q3", "Quý III"),
    ("9m", "9 tháng đầu năm"),
    ("q4", "Quý IV"),
    ("year", "Cả năm"),
];

/// A cell as people read it: names for the words of files.
pub fn value(part: Part, key: &str, text: &str, fields: &[FieldOfService]) -> String {
    fn named<T: Copy>(text: &str, words: &[(&'static str, T)], name: fn(T) -> &'static str) -> String {
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map_or_else(|| text.to_owned(), |(_, choice)| name(*choice).to_owned())
    }
    match (part, key) {
        (_, "weights") => named(text, &Weights::WORDS, Weights::spelled_vi),
        (_, "index") => named(text, &IndexKind::WORDS, IndexKind::spelled_vi),
        (_, "respondents") => named(text, &Respondents::WORDS, Respondents::spelled_vi),
        (_, "channel") => named(text, &Channel::WORDS, Channel::spelled_vi),
        (_, "measure") => named(text, &Measure::WORDS, Measure::spelled_vi),
        (_, "fields") => match typed::fields(text, fields) {
            Ok(ids) if ids.is_empty() => "tất cả lĩnh vực".to_owned(),
            Ok(ids) => ids.iter().map(|id| field_name_vi(fields, id)).collect::<Vec<_>>().join("; "),
            Err(_) => text.to_owned(),
        },
        (Part::Period, "kind") => PERIODS
            .iter()
            .find(|(word, _)| *word == text)
            .map_or_else(|| text.to_owned(), |(_, name)| (*name).to_owned()),
        (_, "serves") if text.is_empty() => "không".to_owned(),
        (_, "serves") => named(text, &Serves::WORDS, Serves::spelled_vi),
        (_, "assumed") => if text.is_empty() { "không" } else { "có" }.to_owned(),
        _ => text.to_owned(),
    }
}
