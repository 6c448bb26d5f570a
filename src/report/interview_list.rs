//! Lists for those who ask: whom, on which day, in which area, with room for three calls and the outcome.

use chrono::NaiveDate;

use super::format::{self, Language};
use super::model::{AboutField, Block, Cell, Letter, Report, Table, TableKind};
use super::tables::{body, figures_column, group, words_column};
use crate::plan::round::printed;

/// Somebody to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The number of their sheet.
    pub sheet: u32,
    /// The frame's own number.
    pub number: String,
    pub stratum: String,
    pub area: String,
    /// Whether they are a substitute.
    pub substitute: bool,
}

/// The list of a round: a table for each day, its rows by area. Areas are dealt to days one after the other, as many people on each; where areas
/// are `point_days`, which have their day, there is one table.
pub fn list(
    unit: &str,
    round: &str,
    (from, to): (NaiveDate, NaiveDate),
    mut listed: Vec<Listed>,
    point_days: bool,
) -> Report {
    listed.sort_by(|one, other| (&one.area, &one.stratum, one.sheet).cmp(&(&other.area, &other.stratum, other.sheet)));
    let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).collect();
    let per_day = listed.len().div_ceil(days.len().max(1)).max(1);
    let mut blocks = vec![
        Block::Paragraph(
            "Mỗi người được gọi hoặc đến gặp tối đa ba lần, vào ngày và giờ khác nhau, trước khi ghi “không gặp được”. Không tự đổi người: người thay thế do \
             phần mềm gọi, theo thứ tự đã bốc sẵn. Mã kết quả: 1.1 đầy đủ; 1.2 một phần; 2.1 từ chối; 2.2 không gặp được; 2.3 lý do khác; 3.1 không rõ có ai để \
             hỏi; 3.2 không rõ có thuộc diện hỏi; 4.0 không thuộc diện hỏi."
                .to_owned(),
        ),
        Block::Paragraph("Danh sách chỉ có mã số riêng của khung mẫu. Không ghi họ tên, số điện thoại vào danh sách hay vào phiếu.".to_owned()),
    ];
    if point_days {
        blocks.push(Block::Paragraph(
            "Ở mỗi điểm, trong ngày ghi trên danh sách, đếm những người đến làm thủ tục từ đầu giờ và mời đúng người có số thứ tự ghi ở cột “Mã số trong khung”. \
             Không mời người khác thay. Hết ngày mà chưa đến số ấy thì ghi mã 4.0; đến nhiều hơn dự kiến thì không hỏi thêm."
                .to_owned(),
        ));
        let mut table = of_day(0, from, &listed);
        table.field = None;
        table.caption = format!("Theo ngày và điểm: {} người", listed.len());
        blocks.push(Block::Table(table));
        listed.clear();
    }
    for (at, chunk) in listed.chunks(per_day).enumerate() {
        let day = days.get(at).copied().unwrap_or(to);
        blocks.push(Block::Table(of_day(at, day, chunk)));
    }
    Report {
        language: Language::Vi,
        letter: Letter {
            agency: vec![unit.to_uppercase()],
            number: String::new(),
            place_and_date: format!("Từ {} đến {}", format::date(from), format::date(to)),
            signer: Vec::new(),
            signer_name: String::new(),
            recipients: Vec::new(),
        },
        title: "DANH SÁCH PHỎNG VẤN".to_owned(),
        subject: round.to_owned(),
        banners: Vec::new(),
        blocks,
        annexes: Vec::new(),
    }
}

fn of_day(at: usize, day: NaiveDate, listed: &[Listed]) -> Table {
    let columns = vec![
        figures_column("Phiếu", 8),
        words_column("Mã số trong khung", 22),
        words_column("Tầng", 22),
        words_column("Lần 1", 12),
        words_column("Lần 2", 12),
        words_column("Lần 3", 12),
        words_column("Mã kết quả", 12),
    ];
    let mut rows = Vec::new();
    for area in listed.chunk_by(|one, other| one.area == other.area) {
        if !area[0].area.is_empty() {
            rows.push(group(format!("{} ({} người)", area[0].area, area.len())));
        }
        for one in area {
            let blank = || Cell::Text(String::new());
            let mark = if one.substitute { " (thay thế)" } else { "" };
            rows.push(body(vec![
                Cell::Text(printed(one.sheet)),
                Cell::Text(format!("{}{mark}", one.number)),
                Cell::Text(one.stratum.clone()),
                blank(),
                blank(),
                blank(),
                blank(),
            ]));
        }
    }
    Table {
        kind: TableKind::InterviewList,
        field: Some(AboutField { code: format!("{}", at + 1), name: format::date(day) }),
        number: None,
        caption: format!("Ngày {}: {} người", format::date(day), listed.len()),
        columns,
        rows,
        notes: Vec::new(),
    }
}
