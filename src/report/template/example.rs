//! An outline to begin with: the report's own layout with fields in the place of figures, to be edited in Word.

use super::values::LISTS;
use crate::report::format::Language;
use crate::report::model::{Block, Cell, Column, Heading, Letter, Report, Row, Table, TableKind};

pub(super) fn field(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// The outline as a report whose words are fields; `docx` makes the file of it.
pub fn example() -> Report {
    let paragraph = |name: &str| Block::Paragraph(field(name));
    let heading = |number, text: &str| Block::Heading(Heading { number, text: text.to_owned() });
    let mut blocks = vec![
        paragraph("can_cu"),
        heading("I", "Thông tin chung"),
        Block::Point(format!(
            "Đơn vị: {}; kỳ báo cáo: {}, số liệu từ {} đến hết {}.",
            field("don_vi"),
            field("ky"),
            field("tu_ngay"),
            field("den_ngay")
        )),
        Block::Point(format!("{} {}", field("nguon"), field("luu_y"))),
        heading("II", "Kết quả so với chỉ tiêu"),
        paragraph("tom_tat"),
    ];
    blocks.push(table(
        "ds_chi_tieu",
        &[
            ("TT", "tt", 5),
            ("Chỉ tiêu", "ten", 36),
            ("Tối thiểu", "toi_thieu", 12),
            ("Tỷ lệ", "ty_le", 12),
            ("Khoảng tin cậy", "khoang", 22),
            ("Người trả lời", "n", 12),
            ("Kết luận", "ket_luan", 22),
        ],
    ));
    blocks.push(heading("III", "Kết quả theo lĩnh vực"));
    blocks.push(table(
        "ds_linh_vuc",
        &[
            ("TT", "tt", 6),
            ("Lĩnh vực", "ten", 44),
            ("Tỷ lệ", "ty_le", 14),
            ("Khoảng tin cậy", "khoang", 24),
            ("Người trả lời", "n", 14),
            ("Điểm", "diem", 14),
        ],
    ));
    blocks.push(heading("IV", "Tiêu chí cần ưu tiên khắc phục"));
    blocks.push(table(
        "ds_khac_phuc",
        &[
            ("TT", "tt", 6),
            ("Tiêu chí", "ten", 52),
            ("Lĩnh vực", "linh_vuc", 24),
            ("Tỷ lệ", "ty_le", 14),
            ("Người trả lời", "n", 14),
        ],
    ));
    blocks.push(heading("V", "Kiến nghị, đề xuất"));
    blocks.push(Block::Paragraph("(đơn vị viết phần này)".to_owned()));
    letter("BÁO CÁO", blocks)
}

/// A letter whose head and foot are fields.
pub(super) fn letter(title: &str, blocks: Vec<Block>) -> Report {
    Report {
        language: Language::Vi,
        letter: Letter {
            signer_name: String::new(),
            agency: vec![field("co_quan")],
            number: field("so_van_ban"),
            place_and_date: field("dia_danh_ngay"),
            signer: vec![field("nguoi_ky")],
            recipients: vec![field("noi_nhan")],
        },
        title: title.to_owned(),
        subject: field("trich_yeu"),
        banners: vec![field("canh_bao")],
        blocks,
        annexes: Vec::new(),
    }
}

/// A table of one repeated row.
fn table(list: &str, columns: &[(&str, &str, u32)]) -> Block {
    debug_assert!(LISTS.iter().any(|known| known.name == list), "{list} is no list");
    let last = columns.len().saturating_sub(1);
    let cells = columns.iter().enumerate().map(|(place, (_, name, _))| {
        let open = if place == 0 { format!("{{{{#{list}}}}}") } else { String::new() };
        let close = if place == last { format!("{{{{/{list}}}}}") } else { String::new() };
        Cell::Text(format!("{open}{}{close}", field(name)))
    });
    let rows = vec![Row { group: false, cells: cells.collect() }];
    let figures = |name: &str| matches!(name, "tt" | "toi_thieu" | "ty_le" | "khoang" | "n" | "diem");
    let columns = columns.iter().map(|(heading, name, width)| Column {
        heading: (*heading).to_owned(),
        figures: figures(name),
        width: *width,
    });
    let columns = columns.collect();
    let (kind, caption) = (TableKind::Template, String::new());
    Block::Table(Table { kind, field: None, number: None, caption, columns, rows, notes: Vec::new() })
}
