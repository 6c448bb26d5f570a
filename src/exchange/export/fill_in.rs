//! A table to fill in, with lists to choose from: the headings, and on a second sheet what its cells may say.

use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};

use crate::exchange::import::Column;

/// How many rows lists are laid over.
const ROWS: u32 = 500;

/// A workbook with the headings of `columns`; `lists` are the values of some of them, `rows` what is filled in already.
pub fn workbook(
    name: &str,
    columns: &[Column],
    lists: &[(&str, Vec<String>)],
    rows: &[Vec<(&str, String)>],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let required = Format::new().set_bold().set_background_color("D9EAED").set_text_wrap();
    let optional = Format::new().set_italic().set_background_color("F3F5F6").set_text_wrap();
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet().set_name(name)?;
    for (place, column) in (0_u16..).zip(columns) {
        sheet.set_column_width(place, 28)?;
        sheet.set_column_format(place, &text)?;
        let format = if column.required { &required } else { &optional };
        sheet.write_string_with_format(0, place, column.heading, format)?;
        for (line, row) in (1_u32..).zip(rows) {
            if let Some((_, shown)) = row.iter().find(|(key, _)| *key == column.key) {
                sheet.write_string_with_format(line, place, shown, &text)?;
            }
        }
        let list = lists.iter().position(|(key, values)| *key == column.key && !values.is_empty());
        if let Some(at) = list {
            let letter = char::from(b'A' + u8::try_from(at).unwrap_or(0));
            let range = format!("='Danh mục'!${letter}$2:${letter}${}", lists[at].1.len() + 1);
            // A cell may name several, so a value of one's own is not refused.
            let rule = DataValidation::new().allow_list_formula(range.as_str().into()).show_error_message(false);
            let last = ROWS.max(u32::try_from(rows.len()).unwrap_or(ROWS));
            sheet.add_data_validation(1, place, last, place, &rule)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let known = book.add_worksheet().set_name("Danh mục")?;
    for (place, (key, values)) in (0_u16..).zip(lists) {
        let heading = columns.iter().find(|column| column.key == *key).map_or("", |column| column.heading);
        known.set_column_width(place, 40)?;
        known.write_string_with_format(0, place, format!("Chọn: {heading}"), &required)?;
        for (row, value) in (1_u32..).zip(values) {
            known.write_string_with_format(row, place, value, &text)?;
        }
    }
    book.save_to_buffer()
}
