//! The fields that an outline may name, and the texts that stand for them: cells of the report's own tables.

use std::collections::BTreeMap;

use super::Filling;
use crate::report::content::summary;
use crate::report::format::date;
use crate::report::model::{Block, Cell, Row, Table, TableKind};
use crate::report::words;

/// Fields of the whole report, with what each holds.
pub const FIELDS: [(&str, &str); 20] = [
    ("co_quan", "tên cơ quan ban hành, chữ in"),
    ("so_van_ban", "số, ký hiệu văn bản"),
    ("dia_danh_ngay", "địa danh, ngày tháng năm"),
    ("trich_yeu", "trích yếu: kết quả gì, kỳ nào"),
    ("can_cu", "câu mở đầu, nêu kế hoạch làm căn cứ"),
    ("don_vi", "đơn vị được đo lường"),
    ("ke_hoach", "tên kế hoạch"),
    ("ky", "kỳ báo cáo, như Quý I/2026"),
    ("tu_ngay", "ngày đầu của số liệu"),
    ("den_ngay", "ngày chốt số liệu"),
    ("han_bao_cao", "hạn gửi báo cáo; để trống nếu không có"),
    ("nguon", "theo ý kiến tự nguyện, hay theo mẫu"),
    ("luu_y", "câu nhắc: không thay thế SIPAS của Bộ Nội vụ"),
    ("tom_tat", "bao nhiêu chỉ tiêu đạt, chưa đạt"),
    ("canh_bao", "chữ BẢN NHÁP và lý do, khi kỳ chưa công bố"),
    ("phien_ban", "phiên bản của kỳ đã khóa"),
    ("ma_kiem_chung", "mã kiểm chứng số liệu của kỳ đã khóa"),
    ("nguoi_ky", "thể thức ký: TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH"),
    ("noi_nhan", "nơi nhận"),
    ("phuong_phap", "các câu về phương pháp"),
];

/// A list whose entries fill repeated table rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOfFields {
    /// Its name, in `{{#name}}` and `{{/name}}`.
    pub name: &'static str,
    /// What it holds.
    pub about: &'static str,
    /// The fields of an entry.
    pub fields: &'static [(&'static str, &'static str)],
}

const NUMBER: (&str, &str) = ("tt", "số thứ tự");
const NAME: (&str, &str) = ("ten", "tên");
const SHARE: (&str, &str) = ("ty_le", "tỷ lệ hài lòng");
const INTERVAL: (&str, &str) = ("khoang", "khoảng tin cậy");
const PEOPLE: (&str, &str) = ("n", "số người trả lời");
const MEAN: (&str, &str) = ("diem", "điểm trung bình, 1–5");
const FIELD: (&str, &str) = ("linh_vuc", "lĩnh vực");
const FACTOR: (&str, &str) = ("nhan_to", "yếu tố");

pub const LISTS: [ListOfFields; 5] = [
    ListOfFields {
        name: "ds_chi_tieu",
        about: "từng chỉ tiêu của kế hoạch trong kỳ",
        fields: &[
            NUMBER,
            ("muc", "mục của kế hoạch"),
            NAME,
            FIELD,
            ("toi_thieu", "chỉ tiêu giao"),
            SHARE,
            INTERVAL,
            PEOPLE,
            ("theo_diem", "bằng hoặc cao hơn, hay thấp hơn chỉ tiêu"),
            ("ket_luan", "đạt, chưa đạt, chưa đủ căn cứ kết luận"),
            ("can_them", "cần thêm bao nhiêu người trả lời"),
        ],
    },
    ListOfFields {
        name: "ds_linh_vuc",
        about: "từng lĩnh vực",
        fields: &[NUMBER, NAME, SHARE, INTERVAL, PEOPLE, MEAN],
    },
    ListOfFields {
        name: "ds_nhan_to",
        about: "từng yếu tố của từng lĩnh vực",
        fields: &[NUMBER, FIELD, NAME, SHARE, INTERVAL, PEOPLE, MEAN],
    },
    ListOfFields {
        name: "ds_tieu_chi",
        about: "từng tiêu chí của từng lĩnh vực",
        fields: &[NUMBER, FIELD, FACTOR, NAME, SHARE, INTERVAL, PEOPLE],
    },
    ListOfFields {
        name: "ds_khac_phuc",
        about: "các tiêu chí cần ưu tiên khắc phục",
        fields: &[NUMBER, NAME, FIELD, FACTOR, SHARE, INTERVAL, PEOPLE],
    },
];

/// What a template may name.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Fields of the whole document, with what each holds.
    pub fields: &'static [(&'static str, &'static str)],
    pub lists: &'static [ListOfFields],
}

/// What the template of a report may name.
pub static OF_REPORTS: Vocabulary = Vocabulary { fields: &FIELDS, lists: &LISTS };

/// One entry of a list: text by field.
pub(super) type Entry = BTreeMap<&'static str, String>;

/// The texts of every field.
pub(super) struct Values {
    pub(super) fields: Entry,
    pub(super) lists: BTreeMap<&'static str, Vec<Entry>>,
}

/// The texts of a report.
pub(super) fn values(filling: &Filling<'_>) -> Values {
    let Filling { report, index, unit, plan, period } = *filling;
    let language = report.language;
    let first = report.blocks.iter().find_map(|block| match block {
        Block::Paragraph(text) => Some(text.clone()),
        _ => None,
    });
    let fields = [
        ("co_quan", report.letter.agency.join(" ")),
        ("so_van_ban", report.letter.number.clone()),
        ("dia_danh_ngay", report.letter.place_and_date.clone()),
        ("trich_yeu", report.subject.clone()),
        ("can_cu", first.unwrap_or_default()),
        ("don_vi", unit.to_owned()),
        ("ke_hoach", plan.to_owned()),
        ("ky", period.to_owned()),
        ("tu_ngay", date(index.from)),
        ("den_ngay", date(index.to)),
        ("han_bao_cao", index.due.map(date).unwrap_or_default()),
        ("nguon", words::basis(index.basis, language).to_owned()),
        ("luu_y", words::disclaimer(index.basis, language).to_owned()),
        ("tom_tat", summary(index, language)),
        ("canh_bao", report.banners.join(". ")),
        ("phien_ban", index.version.map(|version| version.to_string()).unwrap_or_default()),
        ("ma_kiem_chung", index.frozen.clone().unwrap_or_default()),
        ("nguoi_ky", report.letter.signer.join(", ")),
        ("noi_nhan", report.letter.recipients.join("; ")),
        ("phuong_phap", method(&report.blocks)),
    ];
    let lists = LISTS.map(|list| {
        let mut entries: Vec<Entry> = match list.name {
            "ds_chi_tieu" => report.table(TableKind::Targets).map(targets),
            "ds_linh_vuc" => report.table(TableKind::Fields).map(rows_of_figures),
            "ds_nhan_to" => report.table(TableKind::Factors).map(|table| under_groups(table, "linh_vuc")),
            "ds_khac_phuc" => report.table(TableKind::Weak).map(weak),
            _ => Some(report.tables().filter(|table| table.kind == TableKind::Criteria).flat_map(criteria).collect()),
        }
        .unwrap_or_default();
        for (number, entry) in (1..).zip(&mut entries) {
            entry.insert("tt", number.to_string());
        }
        (list.name, entries)
    });
    Values { fields: fields.into(), lists: lists.into() }
}

/// The points under the last heading.
fn method(blocks: &[Block]) -> String {
    let last = blocks.iter().rposition(|block| matches!(block, Block::Heading(_))).unwrap_or(0);
    let points = blocks.iter().skip(last).filter_map(|block| match block {
        Block::Point(text) => Some(text.as_str()),
        _ => None,
    });
    points.collect::<Vec<_>>().join(" ")
}

fn text(row: &Row, place: usize) -> String {
    row.cells.get(place).map_or_else(String::new, |cell| cell.text().to_owned())
}

fn targets(table: &Table) -> Vec<Entry> {
    let names = ["muc", "ten", "linh_vuc", "toi_thieu", "ty_le", "khoang", "n", "theo_diem", "ket_luan", "can_them"];
    table
        .rows
        .iter()
        .map(|row| names.into_iter().enumerate().map(|(place, name)| (name, text(row, place))).collect())
        .collect()
}

/// Name, share, interval, n, mean; a hidden row says why instead of its share.
fn figures(row: &Row) -> Entry {
    let names = ["ten", "ty_le", "khoang", "n", "diem"];
    names.into_iter().enumerate().map(|(place, name)| (name, text(row, place))).collect()
}

fn rows_of_figures(table: &Table) -> Vec<Entry> {
    table.rows.iter().filter(|row| !row.group).map(figures).collect()
}

/// Rows that stand under rows naming their group.
fn under_groups(table: &Table, name: &'static str) -> Vec<Entry> {
    let mut group = String::new();
    let mut entries = Vec::new();
    for row in &table.rows {
        if row.group {
            group = text(row, 0);
            continue;
        }
        let mut entry = figures(row);
        // A field that is hidden as a whole stands under no group: it is its own.
        let hidden =
            row.cells.len() < table.columns.len() && row.cells.iter().any(|cell| matches!(cell, Cell::Hidden(_)));
        entry.insert(name, if hidden && group.is_empty() { text(row, 0) } else { group.clone() });
        entries.push(entry);
    }
    entries
}

fn criteria(table: &Table) -> Vec<Entry> {
    let field = table.field.as_ref().map_or("", |field| field.name.as_str());
    let mut entries = under_groups(table, "nhan_to");
    for entry in &mut entries {
        entry.insert("linh_vuc", field.to_owned());
        entry.remove("diem");
    }
    entries
}

fn weak(table: &Table) -> Vec<Entry> {
    let names = ["hang", "ten", "linh_vuc", "nhan_to", "ty_le", "khoang", "n"];
    table
        .rows
        .iter()
        .map(|row| names.into_iter().enumerate().map(|(place, name)| (name, text(row, place))).collect())
        .collect()
}
