//! A plan as a workbook: what people fill in and bring back, or paste from a document's tables. The headings are those of the
//! page's form; the cells become a [`Draft`], which is checked like a typed one.

use super::columns::{self, Columns};
use super::{Column, Note, Refused};
use crate::plan::draft::{Draft, Part, Row};
use crate::table::{Sheet, Table};

/// Headings of what stands once: two columns, name and value.
const HEAD: &[Column] = &[
    column("number", "Số, ký hiệu văn bản", &["so ky hieu", "so van ban", "so hieu"], false),
    column("dated", "Ngày văn bản", &["ngay ban hanh", "ngay ky"], false),
    column("title_vi", "Tên kế hoạch", &["ten", "ten van ban", "trich yeu"], true),
    column("from", "Số liệu từ ngày", &["tu ngay"], true),
    column("to", "Số liệu đến ngày", &["den ngay"], true),
    column("weights", "Gộp các lĩnh vực", &["trong so"], false),
    column("title_en", "Tên tiếng Anh", &[], false),
    column("series", "Nguồn phiếu chính thức", &[], false),
    column("confidence", "Độ tin cậy", &[], false),
];

const TARGETS: &[Column] = &[
    column("clause", "Mục", &["can cu", "muc trong van ban", "muc so"], false),
    column("title_vi", "Nội dung chỉ tiêu", &["chi tieu", "ten chi tieu", "noi dung"], true),
    column(
        "minimum",
        "Chỉ tiêu giao",
        &["muc tieu", "muc toi thieu", "ty le toi thieu", "ty le", "chi tieu giao"],
        true,
    ),
    column("index", "Chỉ số", &["loai chi so"], false),
    column("fields", "Lĩnh vực", &["cac linh vuc"], false),
    column("respondents", "Người trả lời", &["doi tuong"], false),
    column("channel", "Kênh", &["kenh tiep nhan"], false),
    column("measure", "Cách tính", &["cach do"], false),
    column("from", "Áp dụng từ ngày", &["tu ngay"], false),
    column("to", "Áp dụng đến ngày", &["den ngay"], false),
    column("part_of", "Trong đó của chỉ tiêu số", &["thuoc chi tieu so"], false),
    column("title_en", "Tên tiếng Anh", &[], false),
];

const PERIODS: &[Column] = &[
    column("kind", "Kỳ báo cáo", &["ky", "ten ky"], true),
    column("year", "Năm", &[], false),
    column("from", "Số liệu từ ngày", &["tu ngay"], true),
    column("to", "Chốt số liệu ngày", &["chot so lieu", "den ngay", "ngay chot"], true),
    column("due", "Hạn báo cáo", &["han gui bao cao", "thoi han bao cao"], false),
    column("clause", "Mục", &["can cu", "muc trong van ban"], false),
    column("assumed", "Tạm xác định", &["gia dinh"], false),
];

const TASKS: &[Column] = &[
    column("clause", "Mục", &["can cu", "muc trong van ban", "phu luc"], false),
    column(
        "title_vi",
        "Nhiệm vụ",
        &["noi dung nhiem vu", "noi dung cong viec", "ten nhiem vu", "nhiem vu cu the"],
        true,
    ),
    column("product", "Sản phẩm", &["san pham ket qua", "ket qua san pham"], false),
    column("leader", "Lãnh đạo phụ trách", &["lanh dao chi dao"], false),
    column("lead", "Chủ trì", &["co quan chu tri", "don vi chu tri", "bo phan chu tri"], true),
    column("coordinates", "Phối hợp", &["co quan phoi hop", "don vi phoi hop"], false),
    column(
        "deadline",
        "Thời hạn",
        &["thoi gian", "thoi gian thuc hien", "thoi gian hoan thanh", "thoi han hoan thanh"],
        false,
    ),
    column("due", "Hạn là ngày", &["ngay den han"], false),
    column("serves", "Nơi tiếp nhận phản ánh, kiến nghị", &[], false),
    column("title_en", "Tên tiếng Anh", &[], false),
    column("served_by", "Chức năng hỗ trợ", &["phan mem giup gi"], false),
];

const fn column(key: &'static str, heading: &'static str, also: &'static [&'static str], required: bool) -> Column {
    Column { key, heading, also, required }
}

/// The columns of a part, in the order of forms and workbooks.
pub fn columns_of(part: Part) -> &'static [Column] {
    match part {
        Part::Head => HEAD,
        Part::Target => TARGETS,
        Part::Period => PERIODS,
        Part::Task => TASKS,
    }
}

/// What a cell is called.
pub fn heading(part: Part, key: &str) -> &'static str {
    columns_of(part).iter().find(|column| column.key == key).map_or("", |column| column.heading)
}

/// What was read of a file.
#[derive(Debug, Clone, Default)]
pub struct PlanRead {
    /// The cells. Parts that the file lacks are empty.
    pub draft: Draft,
    /// The parts that the file holds.
    pub parts: Vec<Part>,
    /// What was read and what was left out.
    pub notes: Vec<Note>,
    /// What could not be taken.
    pub refused: Vec<Refused>,
}

/// Reads every worksheet as the part whose headings it has most of.
pub fn read(table: &Table) -> PlanRead {
    let mut read = PlanRead::default();
    for sheet in table.sheets.iter().filter(|sheet| !sheet.hidden) {
        if let Some(head) = head_of(sheet) {
            read.draft.head = head;
            read.parts.push(Part::Head);
            continue;
        }
        let alone = Table { sheets: vec![sheet.clone()], encoding: table.encoding };
        let found = Part::TABLES.into_iter().map(|part| (part, columns::find(&alone, columns_of(part), &|_| false)));
        let known =
            |block: &Columns<'_>, part: Part| columns_of(part).iter().filter(|column| block.has(column.key)).count();
        let best = found
            .map(|(part, found)| {
                let count = found.blocks.first().map_or(0, |block| known(block, part));
                // A sheet that nearly is one says what it lacks; one without any heading says nothing.
                (part, if count == 0 { usize::from(found.refused.len() == 1) } else { count + 1 }, found)
            })
            .max_by_key(|(_, count, _)| *count);
        let Some((part, count, found)) = best else { continue };
        if count < 3 && table.sheets.len() > 1 {
            read.notes.push(Note::SheetOther { sheet: sheet.name.clone().unwrap_or_default(), rows: sheet.rows.len() });
            continue;
        }
        read.notes.extend(found.notes);
        read.refused.extend(found.refused);
        for block in &found.blocks {
            let rows = block.rows.iter().map(|row| {
                let mut cells = Row::default();
                for column in columns_of(part) {
                    cells.set(column.key, block.cell(row, column.key));
                }
                cells
            });
            if let Some(into) = read.draft.rows_mut(part) {
                into.extend(rows);
            }
            read.parts.push(part);
        }
    }
    read.parts.sort_unstable();
    read.parts.dedup();
    read
}

/// The values of a sheet of names and values; none where it is no such sheet.
fn head_of(sheet: &Sheet) -> Option<Row> {
    let mut head = Row::default();
    let mut found = 0;
    for row in &sheet.rows {
        let Some(name) = row.cells.first() else { continue };
        // The number of a document that is kept as a number stands as its cell shows it.
        let spelled = row.numbers.iter().find(|(column, _)| *column == 1).and_then(|(_, spelled)| spelled.as_deref());
        let name = super::names::plain(name);
        let is = |column: &&Column| super::names::plain(column.heading) == name || column.also.contains(&name.as_str());
        if let Some(column) = HEAD.iter().find(is) {
            let value = row.cells.get(1).map_or("", String::as_str);
            head.set(column.key, if column.key == "number" { spelled.unwrap_or(value) } else { value });
            found += 1;
        }
    }
    (found >= 3).then_some(head)
}
