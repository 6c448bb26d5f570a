//! The sheet to copy into the city's reporting system: a row a target, every figure as the report words it, whole and in the
//! order in which it is typed. As one more report of one table, so that workbook and CSV are written as all others.

use super::Report;
use super::format::{self, date};
use super::model::{Block, Cell, Column, Row, Table, TableKind};
use super::words;
use crate::index::IndexReport;

/// What stands in every row.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Name of the unit measured.
    pub unit: &'a str,
    /// Title of the plan.
    pub plan: &'a str,
    /// Name of the period, as in `Quý I/2026`.
    pub period: &'a str,
}

/// Of this heading the plan's confidence is a part.
const INTERVAL: &str = "Khoảng tin cậy";

/// Heading and width of the columns; those that hold figures are set to the right.
const COLUMNS: [(&str, u32, bool); 15] = [
    ("TT", 5, true),
    ("Đơn vị", 22, false),
    ("Kế hoạch", 30, false),
    ("Kỳ báo cáo", 14, false),
    ("Từ ngày", 12, false),
    ("Đến ngày", 12, false),
    ("Mục", 9, false),
    ("Chỉ tiêu", 34, false),
    ("Lĩnh vực", 20, false),
    ("Chỉ tiêu giao", 10, true),
    ("Tỷ lệ hài lòng", 10, true),
    (INTERVAL, 18, true),
    ("Số người trả lời", 10, true),
    ("So với chỉ tiêu", 14, false),
    ("Kết luận", 24, false),
];

/// The sheet made from a report.
pub fn sheet(report: &Report, index: &IndexReport, about: About<'_>) -> Report {
    let language = report.language;
    let text = |text: &str| Cell::Text(text.to_owned());
    let targets = report.table(TableKind::Targets).map_or(&[][..], |table| &table.rows);
    let rows = (1_u64..).zip(targets).map(|(number, row)| {
        // Clause, name, fields, minimum, share, interval, n, by the point, verdict.
        let cell = |place: usize| row.cells.get(place).cloned().unwrap_or(Cell::Empty);
        let cells = vec![
            Cell::Count(number, number.to_string()),
            text(about.unit),
            text(about.plan),
            text(about.period),
            Cell::Text(date(index.from)),
            Cell::Text(date(index.to)),
            cell(0),
            cell(1),
            cell(2),
            cell(3),
            cell(4),
            cell(5),
            cell(6),
            cell(7),
            cell(8),
        ];
        Row { group: false, cells }
    });
    let listed = report.table(TableKind::Targets).map_or(0, |table| table.rows.len() as u64);
    let counted = report.table(TableKind::Counts).map_or(&[][..], |table| &table.rows);
    let of_counts = (listed + 1..).zip(counted).map(|(number, row)| {
        // Clause, name, what there is, verdict.
        let cell = |place: usize| row.cells.get(place).cloned().unwrap_or(Cell::Empty);
        let cells = vec![
            Cell::Count(number, number.to_string()),
            text(about.unit),
            text(about.plan),
            text(about.period),
            Cell::Text(date(index.from)),
            Cell::Text(date(index.to)),
            cell(0),
            cell(1),
            Cell::Empty,
            Cell::Empty,
            cell(2),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            cell(3),
        ];
        Row { group: false, cells }
    });
    let mut notes = vec![format!(
        "Số liệu {}, thu qua {}. {}",
        words::basis(index.basis, language),
        words::series(index.series, language),
        words::disclaimer(index.basis, language)
    )];
    if let (Some(hash), Some(version)) = (&index.frozen, index.version) {
        notes.push(format!("Kỳ đã khóa, phiên bản {version}; mã kiểm chứng {hash}."));
    }
    let confidence = index.targets.iter().find_map(|target| target.estimate.as_ref()).map(|known| known.confidence);
    let columns = COLUMNS.map(|(heading, width, figures)| {
        let heading = match confidence {
            Some(confidence) if heading == INTERVAL => format!("{heading} {}", format::minimum(confidence, language)),
            _ => heading.to_owned(),
        };
        Column { heading, figures, width }
    });
    let table = Table {
        kind: TableKind::City,
        field: None,
        number: None,
        caption: "Biểu sao chép vào hệ thống báo cáo của thành phố".to_owned(),
        columns: columns.to_vec(),
        rows: rows.chain(of_counts).collect(),
        notes,
    };
    Report { blocks: vec![Block::Table(table)], ..report.clone() }
}
