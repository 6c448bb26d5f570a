//! A report as a workbook: its text on the first sheet, every table on a sheet of its own, figures as numbers.
//!
//! Shares are numbers from 0 to 1 under a format of percent, so that a spreadsheet shows them with the comma of its own
//! language and can go on computing. Hidden cells hold their words and nothing else.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::model::{Block, Cell, Column, Report, Table};

/// Letters that a sheet's name may have (the format's own limit).
const NAME_MAX: usize = 31;
/// The narrowest column, in letters.
const COLUMN_LEAST: f64 = 9.0;
/// Width of the sheet of words, in letters.
const WORDS_WIDTH: f64 = 80.0;
/// Height of a line, in points.
const LINE: f64 = 16.5;
/// A4, as the format numbers papers.
const A4: u8 = 9;

/// The bytes of the XLSX.
///
/// # Errors
/// When the workbook is refused: a fault of this program.
pub fn xlsx(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = book()?;
    let formats = Formats::new();
    text(book.add_worksheet(), report, &formats)?;
    for (number, table) in report.tables().enumerate() {
        let sheet = book.add_worksheet();
        let name: String = format!("{} {}", number + 1, table.id()).chars().take(NAME_MAX).collect();
        sheet.set_name(name)?;
        fill(sheet, table, &formats)?;
    }
    book.save_to_buffer()
}

/// One table as a workbook.
///
/// # Errors
/// As [`xlsx()`].
pub fn of_table(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = book()?;
    fill(book.add_worksheet().set_name("Bảng")?, table, &Formats::new())?;
    book.save_to_buffer()
}

fn book() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The format's own first day: the same report gives the same bytes.
    book.set_properties(
        &rust_xlsxwriter::DocProperties::new()
            .set_creation_datetime(&rust_xlsxwriter::ExcelDateTime::from_ymd(1980, 1, 1)?),
    );
    Ok(book)
}

struct Formats {
    bold: Format,
    wrapped: Format,
    note: Format,
    heading: Format,
    group: Format,
    words: Format,
    share: Format,
    count: Format,
    mean: Format,
}

impl Formats {
    fn new() -> Self {
        let font = || Format::new().set_font_name("Times New Roman").set_font_size(12);
        let cell = || font().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let shaded = || cell().set_bold().set_background_color(0x00ED_EDED).set_text_wrap();
        Self {
            bold: font().set_bold(),
            wrapped: font().set_text_wrap().set_align(FormatAlign::Top),
            note: font().set_italic().set_font_size(11).set_text_wrap().set_align(FormatAlign::Top),
            heading: shaded().set_align(FormatAlign::Center),
            group: shaded(),
            words: cell().set_text_wrap(),
            share: cell().set_num_format("0.0%"),
            count: cell().set_num_format("#,##0"),
            mean: cell().set_num_format("0.00"),
        }
    }
}

/// The words of the report, a line each; where a table stands, its caption and its sheet.
fn text(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(report.language.choose("Báo cáo", "Report"))?;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_column_width(0, WORDS_WIDTH)?;
    let mut row = 0;
    let mut line = |text: &str, format: &Format| -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text, format)?;
        sheet.set_row_height(row, height([(text, WORDS_WIDTH)]))?;
        row += 1;
        Ok(())
    };
    for agency in &report.letter.agency {
        line(agency, &formats.bold)?;
    }
    line("", &formats.wrapped)?;
    line(&report.title, &formats.bold)?;
    line(&report.subject, &formats.bold)?;
    for banner in &report.banners {
        line(banner, &formats.bold)?;
    }
    for block in &report.blocks {
        match block {
            Block::Heading(heading) => line(&heading.numbered(), &formats.bold)?,
            Block::Paragraph(text) => line(text, &formats.wrapped)?,
            Block::Point(text) => line(&format!("– {text}"), &formats.wrapped)?,
            Block::Table(table) => line(&table.title(), &formats.note)?,
            Block::Chart(_) => {}
        }
    }
    Ok(())
}

fn fill(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    sheet.write_string_with_format(0, 0, table.title(), &formats.bold)?;
    let columns = spread(table);
    for ((from, wide), column) in columns.iter().zip(&table.columns) {
        let width = width_of(column);
        sheet.set_column_width(*from, width)?;
        if *wide {
            sheet.set_column_width(from + 1, width)?;
            sheet.merge_range(1, *from, 1, from + 1, &column.heading, &formats.heading)?;
        } else {
            sheet.write_string_with_format(1, *from, &column.heading, &formats.heading)?;
        }
    }
    let headings = table.columns.iter().map(|column| (column.heading.as_str(), width_of(column)));
    sheet.set_row_height(1, height(headings))?;
    let end = columns.last().map_or(0, |(from, wide)| from + u16::from(*wide));
    sheet.set_freeze_panes(2, 1)?;
    let mut at = 2;
    for row in &table.rows {
        for (place, cell) in row.cells.iter().enumerate() {
            let Some((column, wide)) = columns.get(place).copied() else { break };
            let words = if row.group { &formats.group } else { &formats.words };
            match cell {
                Cell::Share(share, _) => sheet.write_number_with_format(at, column, *share, &formats.share)?,
                Cell::Interval(low, high, _) => {
                    sheet.write_number_with_format(at, column, *low, &formats.share)?;
                    sheet.write_number_with_format(at, column + 1, *high, &formats.share)?
                }
                Cell::Count(count, _) => sheet.write_number_with_format(at, column, *count as f64, &formats.count)?,
                Cell::Mean(mean, _) => sheet.write_number_with_format(at, column, *mean, &formats.mean)?,
                // The last cell of a short row spans what is left of it.
                _ if place + 1 == row.cells.len() && column < end && row.cells.len() < columns.len() => {
                    sheet.merge_range(at, column, at, end, cell.text(), words)?
                }
                _ if wide => sheet.merge_range(at, column, at, column + 1, cell.text(), words)?,
                Cell::Text(_) | Cell::Verdict(..) | Cell::Hidden(_) | Cell::Empty => {
                    sheet.write_string_with_format(at, column, cell.text(), words)?
                }
            };
        }
        // The last cell of a short row has the width of what it spans.
        let widths = table.columns.iter().enumerate().map(|(place, column)| {
            let rest =
                if place + 1 == row.cells.len() { &table.columns[place..] } else { std::slice::from_ref(column) };
            rest.iter().map(width_of).sum()
        });
        sheet.set_row_height(at, height(row.cells.iter().map(Cell::text).zip(widths)))?;
        at += 1;
    }
    let all: f64 = table.columns.iter().map(width_of).sum();
    for note in &table.notes {
        // Over all columns, so that a long note makes no page wider.
        if end > 0 {
            sheet.merge_range(at, 0, at, end, note, &formats.note)?;
        } else {
            sheet.write_string_with_format(at, 0, note, &formats.note)?;
        }
        sheet.set_row_height(at, height([(note.as_str(), all)]))?;
        at += 1;
    }
    Ok(())
}

/// Width of a column, in letters.
fn width_of(column: &Column) -> f64 {
    f64::from(column.width).max(COLUMN_LEAST)
}

/// Height of a row of texts in columns of so many letters. Spreadsheets do not all fit rows to their text by themselves.
fn height<'a>(cells: impl IntoIterator<Item = (&'a str, f64)>) -> f64 {
    let lines = cells.into_iter().map(|(text, width)| (text.chars().count() as f64 * 1.1 / width).ceil());
    LINE * lines.fold(1.0, f64::max)
}

/// Where each column of a table begins on the sheet, and whether it takes two: an interval has a low and a high end.
fn spread(table: &Table) -> Vec<(u16, bool)> {
    let mut next = 0;
    let columns = (0..table.columns.len()).map(|place| {
        let wide = table.rows.iter().any(|row| matches!(row.cells.get(place), Some(Cell::Interval(..))));
        let from = next;
        next += if wide { 2 } else { 1 };
        (from, wide)
    });
    columns.collect()
}
