//! A workbook taken apart: its worksheets with their names, which of them are hidden, and what belongs to all of them: shared texts,
//! formats, the first day of its calendar, whether its formulas are still to be computed. Bounded before anything is read.

use std::collections::HashMap;

use super::limits::{Bound, FileFault, UNPACKED_MAX};
use super::number_format::{Digits, Shows, digits, shows};
use super::shared::{Shared, unescaped};
use super::xml::{Xml, attribute, broken, is_true, walk};
use super::{Sheet, Table, sheet_xml};
use crate::unzip::{self, Limits, UnzipError};

/// An ordinary workbook has a dozen parts.
const LIMITS: Limits = Limits { parts: 500, part_bytes: UNPACKED_MAX, all_bytes: UNPACKED_MAX };

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

/// The worksheets that hold anything, each with so many rows at the most.
pub(super) fn read(bytes: &[u8], most: usize) -> Result<Table, FileFault> {
    let parts = unzip::unzip(bytes, LIMITS).map_err(|error| match error {
        UnzipError::TooManyParts(_) => FileFault::TooMuch(Bound::Parts),
        UnzipError::PartTooLarge(..) | UnzipError::TooLarge(_) => FileFault::TooMuch(Bound::Unpacked),
        error => FileFault::Workbook(error.to_string()),
    })?;
    let part = |name: &str| {
        let name = name.trim_start_matches('/');
        parts.iter().find(|part| part.name.eq_ignore_ascii_case(name)).map(|part| part.content.as_slice())
    };
    let main = relations(part("_rels/.rels").unwrap_or_default(), "")?
        .into_values()
        .find(|(kind, _)| kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, target)| target);
    let content = part(&main).ok_or_else(|| broken("no workbook in the file"))?;
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let related = relations(part(&format!("{folder}/_rels/{file}.rels")).unwrap_or_default(), folder)?;
    let mut shared = Shared::default();
    let listed = list(content, &mut shared)?;
    for (kind, target) in related.values() {
        match (kind.rsplit('/').next(), part(target)) {
            (Some("sharedStrings"), Some(content)) => shared.strings = strings(content)?,
            (Some("styles"), Some(content)) => (shared.styles, shared.digits) = styles(content)?,
            _ => {}
        }
    }
    let mut table = Table::default();
    for sheet in listed {
        // Sheets of charts and dialogues hold no rows.
        let Some((kind, target)) = related.get(&sheet.relation) else { continue };
        if !kind.ends_with("/worksheet") {
            continue;
        }
        let content = part(target).ok_or_else(|| broken("a worksheet is missing"))?;
        let rows = sheet_xml::rows(content, &shared, most)?;
        if !rows.is_empty() {
            let from_1904 = shared.from_1904;
            table.sheets.push(Sheet { name: Some(sheet.name), hidden: sheet.hidden, from_1904, rows });
        }
    }
    Ok(table)
}

/// Relations by their id: kind and target, as a path in the file.
fn relations(content: &[u8], folder: &str) -> Result<HashMap<String, (String, String)>, FileFault> {
    let mut found = HashMap::new();
    walk(content, |xml| {
        if let Xml::Open("Relationship", start) = xml
            && let (Some(id), Some(kind), Some(target)) =
                (attribute(start, "Id"), attribute(start, "Type"), attribute(start, "Target"))
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None if folder.is_empty() => target,
                None => format!("{folder}/{target}"),
            };
            found.insert(id, (kind, path));
        }
        Ok(())
    })?;
    Ok(found)
}

fn list(content: &[u8], shared: &mut Shared) -> Result<Vec<Listed>, FileFault> {
    let mut listed = Vec::new();
    walk(content, |xml| {
        match xml {
            Xml::Open("sheet", start) => listed.push(Listed {
                name: attribute(start, "name").unwrap_or_default(),
                hidden: attribute(start, "state").is_some_and(|state| state != "visible"),
                // The number and the id of a sheet are other attributes; `r:id` alone ends in `id` after a colon.
                relation: attribute(start, "id").unwrap_or_default(),
            }),
            Xml::Open("workbookPr", start) => shared.from_1904 = is_true(start, "date1904"),
            Xml::Open("calcPr", start) => {
                let unfinished =
                    attribute(start, "calcCompleted").is_some_and(|value| value == "0" || value == "false");
                shared.to_compute = is_true(start, "fullCalcOnLoad") || unfinished;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(listed)
}

fn strings(content: &[u8]) -> Result<Vec<String>, FileFault> {
    let mut strings = Vec::new();
    // Between `si` and its end the texts of `t`, without those that only say how to pronounce them.
    let (mut text, mut in_text, mut phonetic) = (String::new(), false, false);
    walk(content, |xml| {
        match xml {
            Xml::Open("si", _) => text.clear(),
            Xml::Close("si") => strings.push(unescaped(&text)),
            Xml::Open("rPh", _) => phonetic = true,
            Xml::Close("rPh") => phonetic = false,
            Xml::Open("t", _) => in_text = true,
            Xml::Close("t") => in_text = false,
            Xml::Text(more) if in_text && !phonetic => text.push_str(more),
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

fn styles(content: &[u8]) -> Result<(Vec<Shows>, Vec<Digits>), FileFault> {
    let (mut custom, mut styles, mut of_cells) = (HashMap::new(), Vec::new(), false);
    walk(content, |xml| {
        let number =
            |start: &_, name: &str| attribute(start, name).and_then(|value| value.parse::<u32>().ok()).unwrap_or(0);
        match xml {
            Xml::Open("numFmt", start) => {
                custom.insert(number(start, "numFmtId"), attribute(start, "formatCode").unwrap_or_default());
            }
            Xml::Open("cellXfs", _) => of_cells = true,
            Xml::Close("cellXfs") => of_cells = false,
            Xml::Open("xf", start) if of_cells => styles.push(number(start, "numFmtId")),
            _ => {}
        }
        Ok(())
    })?;
    Ok(styles.into_iter().map(|format| (shows(format, &custom), digits(format, &custom))).unzip())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

    use super::super::limits::ROWS_MAX;
    use super::super::{CellFault, Row};
    use super::*;

    fn first(book: &mut Workbook) -> Vec<Row> {
        let bytes = book.save_to_buffer().expect("a workbook");
        read(&bytes, ROWS_MAX).expect("a table").sheets.swap_remove(0).rows
    }

    #[test]
    fn numbers_days_percentages_and_words_come_out_as_a_vietnamese_writes_them() {
        let mut book = Workbook::new();
        book.add_worksheet();
        let sheet = book.add_worksheet();
        sheet.write_string(1, 0, " Lĩnh vực ").expect("written");
        sheet.write_number(1, 2, 1234.0).expect("written");
        sheet.write_number(3, 0, 0.875).expect("written");
        let day = ExcelDateTime::from_ymd(2026, 3, 14).expect("a day");
        let format = |code: &str| Format::new().set_num_format(code);
        sheet.write_datetime_with_format(3, 1, &day, &format("dd/mm/yyyy")).expect("written");
        sheet.write_number_with_format(3, 2, 0.875, &format("0.0%")).expect("written");
        let rows = first(&mut book);
        assert_eq!(rows.len(), 2, "the first sheet is empty");
        assert_eq!((rows[0].line, rows[0].cells.clone()), (2, vec!["Lĩnh vực".into(), String::new(), "1234".into()]));
        assert_eq!(
            (rows[1].line, rows[1].cells.clone()),
            (4, ["0,875", "14/03/2026", "87,5%"].map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn formulas_of_a_file_that_asks_to_be_computed_are_not_believed() {
        let mut book = Workbook::new();
        // The writer says of every workbook that it is to be computed on opening.
        book.add_worksheet().write_formula(0, 1, Formula::new("=100+9").set_result("0")).expect("written");
        let rows = first(&mut book);
        let kept = Some("0".to_owned());
        assert_eq!(rows[0].faults, [(1, CellFault::NotComputed { formula: "100+9".to_owned(), kept })]);
    }

    #[test]
    fn a_cell_at_the_far_corner_is_refused_and_given_no_room() {
        let mut book = Workbook::new();
        book.add_worksheet().write_number(1_048_575, 16_383, 1.0).expect("written");
        let bytes = book.save_to_buffer().expect("a workbook");
        assert!(matches!(read(&bytes, ROWS_MAX), Err(FileFault::TooMuch(_))));
    }

    #[test]
    fn a_zip_that_unpacks_to_far_more_is_refused_before_it_is_read() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("xl/worksheets/sheet1.xml", options).expect("a part");
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..=UNPACKED_MAX / 1024 / 1024 {
            zip.write_all(&zeros).expect("written");
        }
        let bytes = zip.finish().expect("a zip").into_inner();
        assert!(bytes.len() < 100_000, "{} bytes packed", bytes.len());
        assert!(matches!(read(&bytes, ROWS_MAX), Err(FileFault::TooMuch(_))));
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_read() {
        assert_eq!(unescaped("một_x000D_\nhai_x0041_"), "một\nhaiA");
        assert_eq!(unescaped("_x_xZZZZ_ _x00"), "_x_xZZZZ_ _x00");
    }
}
