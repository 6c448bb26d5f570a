//! A report as a workbook: its text on the first sheet, every table on a sheet of its own as a table object with filters, figures as numbers, and
//! all figures once more on one long sheet.
//!
//! Shares are numbers from 0 to 1 under a format of percent, so that a spreadsheet shows them with the comma of its own
//! language and can go on computing. Hidden cells hold their words and nothing else.

mod flat;

use flat::Value;
use rust_xlsxwriter::{
    Format, FormatAlign, FormatBorder, Table as ExcelTable, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use super::format::Language;
use super::model::{Block, Report, Table, TableKind};

/// Letters that a sheet's name may have (the format's own limit).
const NAME_MAX: usize = 31;
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
        sheet.set_name(sheet_name(number + 1, table, report))?;
        fill(sheet, table, number + 1, (&formats, report.language))?;
    }
    // A sheet for the city's system is copied as it is.
    if report.table(TableKind::City).is_none() {
        long(book.add_worksheet(), report, &formats)?;
    }
    book.save_to_buffer()
}

/// One table as a workbook.
///
/// # Errors
/// As [`xlsx()`].
pub fn of_table(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = book()?;
    fill(book.add_worksheet().set_name("Bảng")?, table, 1, (&Formats::new(), Language::Vi))?;
    book.save_to_buffer()
}

/// The name of a table's sheet: a number, what it is, and of which field.
fn sheet_name(number: usize, table: &Table, report: &Report) -> String {
    let what = table_name(table.kind, report.language);
    let of = table.field.as_ref().map_or_else(String::new, |field| format!(" – {}", field.name));
    // Letters that the format has for itself.
    let name = format!("{number} {what}{of}").replace(['[', ']', ':', '*', '?', '/', '\\'], " ");
    cut(&name)
}

/// As much of a name as a workbook takes, whole words with a sign that there were more: it begins with its number, so no two are alike.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.trim_end().to_owned();
    }
    let taken: String = name.chars().take(NAME_MAX - 1).collect();
    let cuts_a_word = name.chars().nth(NAME_MAX - 1).is_some_and(char::is_alphanumeric);
    let whole = taken.rsplit_once(' ').filter(|(whole, _)| cuts_a_word && whole.chars().count() > NAME_MAX / 2);
    let words = whole.map_or(taken.as_str(), |(whole, _)| whole);
    format!("{}…", words.trim_end_matches([' ', ',', '–', '-']))
}

/// What a table is called in a workbook.
fn table_name(kind: TableKind, language: Language) -> &'static str {
    match kind {
        TableKind::Round => language.choose("Đợt khảo sát", "Round"),
        TableKind::Designed => language.choose("Ước lượng theo mẫu", "Estimates by design"),
        TableKind::DesignedTargets => language.choose("Chỉ tiêu theo mẫu", "Targets by design"),
        TableKind::DesignedVolunteers => language.choose("Mẫu và phiếu tự nguyện", "Sample and volunteers"),
        TableKind::DesignedOutcomes => language.choose("Kết quả tiếp cận", "Outcomes"),
        TableKind::DesignedWeights => language.choose("Trọng số", "Weights"),
        TableKind::DesignedTotals => language.choose("Tổng đã biết", "Known totals"),
        TableKind::InterviewList => language.choose("Danh sách", "List"),
        TableKind::Profile => language.choose("Người trả lời", "Respondents"),
        TableKind::Targets => language.choose("Chỉ tiêu", "Targets"),
        TableKind::TargetsByField => language.choose("Chỉ tiêu theo lĩnh vực", "Targets by field"),
        TableKind::Counts => language.choose("Chỉ tiêu đếm theo việc", "Counted targets"),
        TableKind::Remedies => language.choose("Khắc phục", "Remedies"),
        TableKind::Tasks => language.choose("Nhiệm vụ", "Tasks"),
        TableKind::Fields => language.choose("Lĩnh vực", "Fields"),
        TableKind::UnitFactors => language.choose("Yếu tố chung", "Factors"),
        TableKind::Units => language.choose("Đơn vị", "Offices"),
        TableKind::Points => language.choose("Điểm phục vụ", "Points"),
        TableKind::Ministry => language.choose("Theo cách của Bộ", "Ministry's way"),
        TableKind::Factors => language.choose("Yếu tố theo lĩnh vực", "Factors by field"),
        TableKind::Criteria => language.choose("Tiêu chí", "Criteria"),
        TableKind::Questionnaire => language.choose("Câu hỏi", "Questions"),
        TableKind::Choices => language.choose("Câu lựa chọn", "Choices"),
        TableKind::Change => language.choose("Trước và sau", "Before and after"),
        TableKind::Weak => language.choose("Cần khắc phục", "To mend"),
        TableKind::Coverage => language.choose("Bao phủ", "Coverage"),
        TableKind::CoveragePoints => language.choose("Bao phủ theo điểm", "Coverage by point"),
        TableKind::External => language.choose("Số liệu nơi khác", "Others' figures"),
        TableKind::City => language.choose("Biểu", "Sheet"),
        TableKind::Template => language.choose("Mẫu", "Template"),
        TableKind::Explored => language.choose("Phân tích", "Explored"),
    }
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

fn fill(
    sheet: &mut Worksheet,
    table: &Table,
    number: usize,
    (formats, language): (&Formats, Language),
) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    sheet.write_string_with_format(0, 0, table.title(), &formats.bold)?;
    let heads = flat::heads(table, language);
    for (place, head) in (0..).zip(&heads) {
        sheet.set_column_width(place, head.width)?;
        sheet.write_string_with_format(1, place, &head.text, &formats.heading)?;
    }
    sheet.set_row_height(1, height(heads.iter().map(|head| (head.text.as_str(), head.width))))?;
    sheet.set_freeze_panes(2, 1)?;
    let rows = flat::rows(table);
    for (at, row) in (2..).zip(&rows) {
        for (place, value) in (0..).zip(row) {
            write(sheet, (at, place), value, formats)?;
        }
        let texts = row.iter().zip(&heads).map(|(value, head)| match value {
            Value::Words(text) => (*text, head.width),
            _ => ("", head.width),
        });
        sheet.set_row_height(at, height(texts))?;
    }
    let last_column = u16::try_from(heads.len().saturating_sub(1)).unwrap_or(0);
    let mut at = 2 + u32::try_from(rows.len()).unwrap_or(0);
    if !rows.is_empty() {
        let column = |head: &flat::Head| TableColumn::new().set_header(&head.text).set_header_format(&formats.heading);
        let columns: Vec<TableColumn> = heads.iter().map(column).collect();
        let object =
            ExcelTable::new().set_name(format!("Bang{number}")).set_columns(&columns).set_style(TableStyle::Light1);
        sheet.add_table(1, 0, at - 1, last_column, &object)?;
    }
    // Apart from the table, so that sorting and filtering leave it alone.
    at += 1;
    let all: f64 = heads.iter().map(|head| head.width).sum();
    for note in &table.notes {
        // Over all columns, so that a long note makes no page wider.
        if last_column > 0 {
            sheet.merge_range(at, 0, at, last_column, note, &formats.note)?;
        } else {
            sheet.write_string_with_format(at, 0, note, &formats.note)?;
        }
        sheet.set_row_height(at, height([(note.as_str(), all)]))?;
        at += 1;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match value {
        Value::Share(share) => sheet.write_number_with_format(row, column, *share, &formats.share)?,
        Value::Count(count) => sheet.write_number_with_format(row, column, *count as f64, &formats.count)?,
        Value::Mean(mean) => sheet.write_number_with_format(row, column, *mean, &formats.mean)?,
        Value::Words(text) => sheet.write_string_with_format(row, column, *text, &formats.words)?,
        Value::Nothing => sheet.write_blank(row, column, &formats.words)?,
    };
    Ok(())
}

/// Every figure of every table on a row of its own, for a `PivotTable`.
fn long(sheet: &mut Worksheet, report: &Report, formats: &Formats) -> Result<(), XlsxError> {
    let language = report.language;
    sheet.set_name(language.choose("Số liệu dài", "Long table"))?;
    let heads = language.choose(
        [
            ("Bảng", 24.0),
            ("Lĩnh vực hoặc phiếu", 24.0),
            ("Nhóm", 24.0),
            ("Dòng", 40.0),
            ("Chỉ số", 28.0),
            ("Loại", 12.0),
            ("Giá trị", 12.0),
            ("Chữ", 24.0),
        ],
        [
            ("Table", 24.0),
            ("Field or form", 24.0),
            ("Group", 24.0),
            ("Row", 40.0),
            ("Measure", 28.0),
            ("Kind", 12.0),
            ("Value", 12.0),
            ("Words", 24.0),
        ],
    );
    for (place, (head, width)) in (0..).zip(heads) {
        sheet.set_column_width(place, width)?;
        sheet.write_string_with_format(0, place, head, &formats.heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut at = 1;
    for table in report.tables() {
        let name = table_name(table.kind, language);
        let field = table.field.as_ref().map_or("", |field| field.name.as_str());
        for figure in flat::figures(table, language) {
            let (kind, format) = match figure.value {
                Value::Share(_) => (language.choose("tỷ lệ", "share"), &formats.share),
                Value::Count(_) => (language.choose("số đếm", "count"), &formats.count),
                Value::Mean(_) => (language.choose("điểm", "score"), &formats.mean),
                Value::Words(_) => (language.choose("chữ", "words"), &formats.words),
                Value::Nothing => continue,
            };
            for (place, text) in (0..).zip([name, field, figure.group, figure.row, figure.measure.as_str(), kind]) {
                sheet.write_string_with_format(at, place, text, &formats.words)?;
            }
            match figure.value {
                Value::Share(number) | Value::Mean(number) => {
                    sheet.write_number_with_format(at, 6, number, format)?;
                }
                Value::Count(number) => {
                    sheet.write_number_with_format(at, 6, number as f64, format)?;
                }
                Value::Words(text) => {
                    sheet.write_string_with_format(at, 7, text, format)?;
                }
                Value::Nothing => {}
            }
            at += 1;
        }
    }
    if at > 1 {
        let column = |(head, _): &(&str, f64)| TableColumn::new().set_header(*head).set_header_format(&formats.heading);
        let columns: Vec<TableColumn> = heads.iter().map(column).collect();
        let object = ExcelTable::new().set_name("SoLieuDai").set_columns(&columns).set_style(TableStyle::Light1);
        sheet.add_table(0, 0, at - 1, 7, &object)?;
    }
    Ok(())
}

/// Height of a row of texts in columns of so many letters. Spreadsheets do not all fit rows to their text by themselves.
fn height<'a>(cells: impl IntoIterator<Item = (&'a str, f64)>) -> f64 {
    let lines = cells.into_iter().map(|(text, width)| (text.chars().count() as f64 * 1.1 / width).ceil());
    LINE * lines.fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_sheet_is_cut_between_words_and_says_so() {
        assert_eq!(cut("3 Chỉ tiêu theo lĩnh vực"), "3 Chỉ tiêu theo lĩnh vực");
        assert_eq!(cut("12 Tiêu chí – Lao động, người có công và xã hội"), "12 Tiêu chí – Lao động, người…");
        assert_eq!(cut("1 Số liệu kỳ trước và kỳ này – và sau"), "1 Số liệu kỳ trước và kỳ này…");
        // One long word is cut where it must be.
        assert_eq!(cut(&"x".repeat(40)), format!("{}…", "x".repeat(30)));
    }
}
