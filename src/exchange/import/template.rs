//! Files to fill in: the headings of a kind of import, and a second sheet that explains them.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Column;

/// A workbook with the headings of `columns`, ready to be filled in; `explained` are heading and words for the second sheet,
/// which is never read because the first one holds something.
pub fn workbook(columns: &[(&str, bool)], explained: &[(&str, &str)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let required = Format::new().set_bold().set_background_color("D9EAED").set_text_wrap();
    let optional = Format::new().set_italic().set_background_color("F3F5F6").set_text_wrap();
    // Everything is typed as text, so that 03/2026 does not turn into the third of a month.
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet().set_name("Số liệu")?;
    for (place, (heading, is_required)) in (0_u16..).zip(columns) {
        sheet.set_column_width(place, if heading.chars().count() > 14 { 30 } else { 18 })?;
        sheet.set_column_format(place, &text)?;
        sheet.write_string_with_format(0, place, *heading, if *is_required { &required } else { &optional })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let wrapped = Format::new().set_text_wrap();
    let help = book.add_worksheet().set_name("Cách điền")?;
    help.set_column_width(0, 26)?.set_column_width(1, 90)?;
    for (row, (heading, words)) in (0_u32..).zip(explained) {
        help.write_string_with_format(row, 0, *heading, &required)?;
        help.write_string_with_format(row, 1, *words, &wrapped)?;
    }
    book.save_to_buffer()
}

/// Headings and whether they are required.
pub fn headings(columns: &'static [Column]) -> Vec<(&'static str, bool)> {
    columns.iter().map(|column| (column.heading, column.required)).collect()
}
