//! A table to fill in, with lists to choose from: the headings, and on a second sheet what its cells may say.

use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};

use crate::exchange::import::Column;

/// How many rows lists are laid over.
const ROWS: u32 = 500;

/// A column that is known only when the table is made: its heading, whether it must be filled in, and what its cells may say.
pub type Further = (String, bool, Vec<String>);

/// A workbook with the headings of `columns`, then those of `further`; `lists` are the values of some of the former, `rows` what is filled in
/// already.
pub fn workbook(
    name: &str,
    columns: &[Column],
    lists: &[(&str, Vec<String>)],
    rows: &[Vec<(&str, String)>],
    further: &[Further],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let required = Format::new().set_bold().set_background_color("D9EAED").set_text_wrap();
    let optional = Format::new().set_italic().set_background_color("F3F5F6").set_text_wrap();
    let text = Format::new().set_num_format("@");
    // Heading, whether it must be filled in, its list. Lists of the same values are one.
    let of_key = |key: &str| lists.iter().position(|(known, values)| *known == key && !values.is_empty());
    let mut known: Vec<(String, &[String])> =
        lists.iter().map(|(key, values)| (heading(columns, key), &values[..])).collect();
    let mut laid: Vec<(&str, bool, Option<usize>)> =
        columns.iter().map(|column| (column.heading, column.required, of_key(column.key))).collect();
    for (heading, must, values) in further {
        let same = known.iter().position(|(_, other)| *other == &values[..]).unwrap_or_else(|| {
            known.push((heading.clone(), values));
            known.len() - 1
        });
        laid.push((heading, *must, (!values.is_empty()).then_some(same)));
    }
    let sheet = book.add_worksheet().set_name(name)?;
    for (place, (heading, must, list)) in (0_u16..).zip(&laid) {
        sheet.set_column_width(place, 28)?;
        sheet.set_column_format(place, &text)?;
        sheet.write_string_with_format(0, place, *heading, if *must { &required } else { &optional })?;
        let key = columns.get(usize::from(place)).map(|column| column.key);
        for (line, row) in (1_u32..).zip(rows) {
            if let Some((_, shown)) = row.iter().find(|(known, _)| Some(*known) == key) {
                sheet.write_string_with_format(line, place, shown, &text)?;
            }
        }
        if let Some(at) = *list {
            let letters = letters(at);
            let range = format!("='Danh mục'!${letters}$2:${letters}${}", known[at].1.len() + 1);
            // A cell may name several, so a value of one's own is not refused.
            let rule = DataValidation::new().allow_list_formula(range.as_str().into()).show_error_message(false);
            let last = ROWS.max(u32::try_from(rows.len()).unwrap_or(ROWS));
            sheet.add_data_validation(1, place, last, place, &rule)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let sheet = book.add_worksheet().set_name("Danh mục")?;
    for (place, (heading, values)) in (0_u16..).zip(&known) {
        sheet.set_column_width(place, 40)?;
        sheet.write_string_with_format(0, place, format!("Chọn: {heading}"), &required)?;
        for (row, value) in (1_u32..).zip(*values) {
            sheet.write_string_with_format(row, place, value, &text)?;
        }
    }
    book.save_to_buffer()
}

fn heading(columns: &[Column], key: &str) -> String {
    columns.iter().find(|column| column.key == key).map_or_else(String::new, |column| column.heading.to_owned())
}

/// The letters of a column, from 0: `A` … `Z`, `AA` …
fn letters(place: usize) -> String {
    let last = char::from(b'A' + u8::try_from(place % 26).unwrap_or(0));
    if place < 26 { last.to_string() } else { format!("{}{last}", letters(place / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_on_behind_z() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
