//! What the form of a plan and its history say, in Vietnamese: faults at cells, remarks on the calendar, differences.

use chrono::NaiveDate;

use crate::exchange::export::plan::value;
use crate::exchange::import::plan::heading;
use crate::plan::calendar::Remark;
use crate::plan::difference::Change;
use crate::plan::draft::{Part, Reason};
use crate::plan::problem::{self, Named};
use crate::plan::{FieldOfService, Period, PeriodKind, typed};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::web::staff::form::Choice;

/// What is wrong with a cell and what to write.
pub fn fault(reason: &Reason, fields: &[FieldOfService]) -> String {
    match reason {
        Reason::Missing => "Còn trống; hãy điền.".to_owned(),
        Reason::Day(typed) => format!("“{typed}” không phải là ngày; viết ngày/tháng/năm, như 14/03/2026."),
        // The same with its sign is a share: only that was missing.
        Reason::Share(typed) if typed::share(&format!("{typed}%")).is_some() => {
            format!("“{typed}” không rõ là bao nhiêu phần trăm; viết có dấu %, như 4,31% hoặc 90%.")
        }
        Reason::Share(typed) => format!("“{typed}” không phải là tỷ lệ; viết trên 0 đến 100, như 90 hoặc 87,5%."),
        Reason::Choice(typed) if typed.is_empty() => "Hãy chọn một mục.".to_owned(),
        Reason::Choice(typed) => format!("Không có “{typed}” trong các mục được chọn; hãy chọn lại."),
        Reason::Field(typed) => {
            let known = fields.iter().map(|field| field.name_vi.as_str()).collect::<Vec<_>>().join("; ");
            format!("Không có lĩnh vực “{typed}”; các lĩnh vực: {known}.")
        }
        Reason::PeriodName(typed) => {
            format!("Không hiểu kỳ “{typed}”; ghi Quý I đến Quý IV, 6 tháng, 9 tháng hoặc Cả năm, và năm gồm 4 chữ số.")
        }
        Reason::RowNumber(typed) => format!("Không có chỉ tiêu số {typed}; hãy chọn một chỉ tiêu khác."),
        Reason::Rule(reason) => rule(reason),
    }
}

/// A rule that files keep, too, in the words of a form.
fn rule(reason: &problem::Reason) -> String {
    use problem::Reason as Rule;
    let day = |day: &NaiveDate| format::date(*day);
    match reason {
        Rule::ToBeforeFrom { from, to } => format!("Ngày cuối {} đứng trước ngày đầu {}.", day(to), day(from)),
        Rule::DueBeforeCutOff { due, to } => {
            format!("Hạn báo cáo {} đứng trước ngày chốt số liệu {}.", day(due), day(to))
        }
        Rule::PeriodYear { year, to, .. } => {
            format!("Kỳ của năm {year} nhưng chốt số liệu ngày {}; năm của kỳ là năm chốt số liệu.", day(to))
        }
        Rule::PeriodOutside { days, plan, .. } => format!(
            "Kỳ từ {} đến {} ra ngoài thời gian của kế hoạch, {} đến {}.",
            day(&days.0),
            day(&days.1),
            day(&plan.0),
            day(&plan.1)
        ),
        Rule::TargetOutside { days, plan, .. } => format!(
            "Chỉ tiêu áp dụng từ {} đến {}, ngoài thời gian của kế hoạch, {} đến {}.",
            day(&days.0),
            day(&days.1),
            day(&plan.0),
            day(&plan.1)
        ),
        Rule::Twice { what: Named::PeriodKey, .. } => {
            "Kỳ này đã có ở một dòng khác; mỗi kỳ chỉ ghi một lần.".to_owned()
        }
        Rule::Twice { what: Named::Serves, .. } => {
            "Kế hoạch đã có một nhiệm vụ khác là nơi tiếp nhận phản ánh, kiến nghị; chỉ đánh dấu một nhiệm vụ."
                .to_owned()
        }
        Rule::Twice { .. } => "Đã có một dòng như vậy; chỉ ghi một lần.".to_owned(),
        Rule::PartOfCircle { .. } | Rule::PartOfUnknown { .. } => {
            "Các chỉ tiêu không được là một phần của nhau thành vòng tròn; hãy chọn chỉ tiêu bao trùm.".to_owned()
        }
        Rule::Confidence { .. } => "Độ tin cậy từ 50% đến dưới 100%, thường là 95%.".to_owned(),
        Rule::NotA { .. } => "Giá trị ngoài khoảng cho phép; năm từ 2000 đến 2100.".to_owned(),
        _ => "Chưa dùng được giá trị này; hãy xem lại.".to_owned(),
    }
}

/// Something to look at in the calendar.
pub fn remark(remark: &Remark) -> String {
    let day = |day: &NaiveDate| format::date(*day);
    let name = Period::name_vi;
    match remark {
        Remark::Uncounted { from, to } if from == to => format!("Ngày {} không thuộc kỳ nào.", day(from)),
        Remark::Uncounted { from, to } => format!("Các ngày từ {} đến {} không thuộc kỳ nào.", day(from), day(to)),
        Remark::DueOnDayOff { period, before } => {
            let due = period.due.map(format::date).unwrap_or_default();
            format!("{}: hạn báo cáo {due} là ngày nghỉ; ngày làm việc trước đó là {}.", name(period), day(before))
        }
        Remark::LittleTime { period, working_days } => {
            format!("{}: từ ngày chốt đến hạn báo cáo chỉ còn {working_days} ngày làm việc.", name(period))
        }
        Remark::CalendarAssumed(year) => {
            format!("Lịch nghỉ lễ năm {year} chưa được công bố đủ; hãy xem lại hạn báo cáo khi có thông báo.")
        }
    }
}

/// A difference of two contents.
pub fn change(change: &Change, fields: &[FieldOfService]) -> String {
    match change {
        Change::Cell { part, row, key, before, after } => {
            let shown = |text: &str| match value(*part, key, text, fields) {
                empty if empty.is_empty() => "(để trống)".to_owned(),
                shown if *key == "series" => series_name(&shown),
                shown => format!("“{shown}”"),
            };
            let name = heading(*part, key);
            let name = if name.is_empty() { "Mã" } else { name };
            let whose = if row.is_empty() { String::new() } else { format!("{}: ", row_name(*part, row)) };
            format!("{whose}{name} từ {} thành {}.", shown(before), shown(after))
        }
        Change::Added { part, row } => format!("Thêm {}.", lower(&row_name(*part, row))),
        Change::Removed { part, row } => format!("Bỏ {}.", lower(&row_name(*part, row))),
    }
}

fn row_name(part: Part, row: &str) -> String {
    match part {
        Part::Head => String::new(),
        Part::Target => format!("Chỉ tiêu “{row}”"),
        Part::Period => PeriodKind::of_key(row).map_or_else(|| row.to_owned(), |kind| format!("Kỳ {}", kind.name_vi())),
        Part::Task => format!("Nhiệm vụ “{row}”"),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// What to know before typing a cell.
pub fn hint(part: Part, key: &str) -> &'static str {
    match (part, key) {
        (Part::Target, "minimum") => "Phần trăm, như 90 hoặc 87,5.",
        (Part::Target, "from") => "Để trống thì theo thời gian của kế hoạch.",
        (Part::Head, "number") => "Như 69/KH-UBND; để trống khi chưa có.",
        (_, "dated" | "from" | "to" | "due") => "Ngày/tháng/năm.",
        (Part::Target, "clause") => "Nơi văn bản giao chỉ tiêu, như II.1.1.",
        (Part::Task, "coordinates") => "Các nơi cách nhau bằng dấu chấm phẩy.",
        (Part::Task, "deadline") => "Theo lời văn bản, như Quý III/2026.",
        (Part::Period, "year") => "Để trống thì lấy năm của ngày chốt.",
        _ => "",
    }
}

/// The orders of series that a plan may name.
const SERIES: [&str; 6] =
    ["open", "sample, open", "ticket, open", "sample, ticket, open", "ticket, sample, open", "sample"];

/// The choices of official series; one that a file named is among them.
pub fn series_choices(now: &str) -> Vec<Choice> {
    let known = SERIES.iter().copied().chain(Some(now).filter(|now| !now.is_empty() && !SERIES.contains(now)));
    known.map(|series| Choice::new(series, series_name(series))).collect()
}

fn series_name(series: &str) -> String {
    let name = |word: &str| match word.trim() {
        "sample" => "phiếu điều tra theo mẫu",
        "ticket" => "thẻ mời có mã dùng một lần",
        "open" => "quét mã QR (tự nguyện)",
        _ => "nguồn khác",
    };
    series.split(',').map(name).collect::<Vec<_>>().join(", không đủ thì ")
}
