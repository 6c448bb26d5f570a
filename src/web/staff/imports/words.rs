//! What the pages of imports say, in Vietnamese: what is wrong with a file or a row and what to do, headings and values as they were
//! understood.

use crate::exchange::import::responses::{SHEETS_MAX, SHEETS_MIN};
use crate::exchange::import::{LeftOut, Note, Place, Reason, TooLate, TwiceKind, Wanted};
use crate::report::external::index_name;
use crate::report::words::plan::period_name;
use crate::report::{Language, format, words};
use crate::service::imports::{Before, Heading, RowOutcome, Value};
use crate::survey::RespondentKind;
use crate::table::{BYTES_MAX, Bound, CELL_CHARACTERS_MAX, COLUMNS_MAX, Document, FileFault, ROWS_MAX, UNPACKED_MAX};

/// Why a file was not taken up: a sentence that says what to do.
pub fn file(fault: &FileFault) -> String {
    match fault {
        FileFault::Empty => "Tệp không có dòng nào. Hãy chọn lại tệp, hoặc điền vào tệp mẫu.".to_owned(),
        FileFault::TooLarge => format!("Tệp lớn hơn {} MB. Hãy chia thành nhiều tệp.", BYTES_MAX / 1024 / 1024),
        FileFault::TooMuch(bound) => {
            let what = match bound {
                Bound::Rows(line) => format!("Bảng có hơn {ROWS_MAX} dòng (dòng {line})"),
                Bound::Columns(line) => format!("Bảng có hơn {COLUMNS_MAX} cột (dòng {line})"),
                Bound::Cell(line) => format!("Dòng {line} có ô dài hơn {CELL_CHARACTERS_MAX} ký tự"),
                Bound::Parts => "Tệp Excel có quá nhiều phần".to_owned(),
                Bound::Unpacked => format!("Tệp Excel mở ra lớn hơn {} MB", UNPACKED_MAX / 1024 / 1024),
            };
            format!("{what}. Hãy xóa phần thừa hoặc chia thành nhiều tệp.")
        }
        FileFault::Encoding => {
            "Tệp CSV không phải UTF-8. Trong Excel chọn Lưu thành (Save As) › CSV UTF-8, hoặc gửi tệp .xlsx.".to_owned()
        }
        FileFault::OldWorkbook => {
            "Không đọc được tệp Excel dạng .xls cũ hoặc có mật khẩu. Hãy lưu lại dạng .xlsx, không đặt mật khẩu."
                .to_owned()
        }
        FileFault::Document(document) => {
            let what = match document {
                Document::Pdf => "PDF",
                Document::Word => "Word",
                Document::Odf => "LibreOffice (ODS, ODT)",
            };
            format!("Đây là tệp {what}, không phải bảng tính. Hãy lưu bảng thành .xlsx hoặc CSV rồi gửi lại.")
        }
        FileFault::Workbook(_) => {
            "Không đọc được tệp Excel. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi lại.".to_owned()
        }
        FileFault::OpenQuote { line } => {
            format!("Dòng {line} mở dấu ngoặc kép mà không đóng. Hãy sửa dòng đó, hoặc gửi tệp .xlsx.")
        }
    }
}

/// What is wrong with a row or a value, and what to do.
pub fn refused(reason: &Reason) -> (String, String) {
    let own = str::to_owned;
    match reason {
        Reason::NoHeading { known } => (
            own("không tìm thấy dòng tiêu đề"),
            format!("Dòng đầu bảng cần có các cột: {}. Có thể tải tệp mẫu.", known.join(", ")),
        ),
        Reason::ColumnUnknown { heading, known } => (
            format!("không biết cột “{heading}”"),
            format!("Xóa cột này, hoặc đặt tên một trong: {}.", known.join(", ")),
        ),
        Reason::ColumnTwice { heading } => (format!("cột “{heading}” có hai lần"), own("Xóa một trong hai cột.")),
        Reason::ColumnMissing { heading } => {
            (format!("thiếu cột “{heading}”"), own("Thêm cột này vào dòng tiêu đề, hoặc dùng tệp mẫu."))
        }
        Reason::QuestionMissing { number, text } => {
            (format!("thiếu cột của câu {number}: “{text}”"), own("Thêm cột; câu không ai trả lời thì để trống."))
        }
        Reason::QuestionUnknown { heading, form } => {
            (format!("phiếu {form} không có câu “{heading}”"), own("Xóa cột này."))
        }
        Reason::NoRows => (own("dưới dòng tiêu đề không có dòng nào"), own("Điền ít nhất một dòng.")),
        Reason::Blank(wanted) => (own("ô trống"), todo(*wanted)),
        Reason::NotUnderstood { typed, wanted } => (not_understood(typed, *wanted), todo(*wanted)),
        Reason::UnitUnknown { typed, near } => (
            format!("không có đơn vị “{typed}” trong các đơn vị của bạn"),
            near.as_ref().map_or_else(
                || own("Ghi đúng tên hoặc mã như trên trang Đơn vị."),
                |near| format!("Nếu là “{near}”, hãy ghi đúng như vậy hoặc ghi mã đơn vị."),
            ),
        ),
        Reason::UnitAmbiguous { typed, codes } => (
            format!("có {} đơn vị tên “{typed}”", codes.len()),
            format!("Ghi mã đơn vị thay cho tên: {}.", codes.join(", ")),
        ),
        Reason::PointUnknown { typed, in_unit, near } => (
            format!("không có điểm phục vụ “{typed}”{}", if *in_unit { " ở đơn vị này" } else { "" }),
            near.as_ref().map_or_else(
                || own("Ghi mã điểm như trên trang Điểm phục vụ."),
                |near| format!("Nếu là “{near}”, hãy ghi đúng như vậy hoặc ghi mã điểm."),
            ),
        ),
        Reason::PointAmbiguous { typed, codes } => (
            format!("có {} điểm tên “{typed}”", codes.len()),
            format!("Ghi mã điểm thay cho tên: {}.", codes.join(", ")),
        ),
        Reason::FieldUnknown { typed, near, known } => (
            format!("không có lĩnh vực “{typed}”"),
            near.as_ref().map_or_else(
                || format!("Ghi một trong: {}.", known.join("; ")),
                |near| format!("Nếu là “{near}”, hãy ghi đúng như vậy. Các lĩnh vực: {}.", known.join("; ")),
            ),
        ),
        Reason::FieldElsewhere { point, field } => (
            format!("điểm “{point}” không phục vụ lĩnh vực “{field}”"),
            own("Sửa điểm hoặc lĩnh vực; số hồ sơ của cả đơn vị thì để trống cột Điểm phục vụ."),
        ),
        Reason::PointAsksNothing { point } => {
            (format!("điểm “{point}” không còn hỏi phiếu nào"), own("Chọn điểm đang mở."))
        }
        Reason::OtherQuestionnaire { asks, first } => (
            format!("điểm này hỏi phiếu {asks}, các dòng trên hỏi phiếu {first}"),
            own("Chia thành mỗi phiếu hỏi một tệp."),
        ),
        Reason::MonthOutOfRange { month } => {
            (format!("tháng {} chưa đến hoặc quá xa", month.format("%m/%Y")), own("Sửa lại tháng và năm."))
        }
        Reason::DayAhead { day } => (format!("ngày {} chưa tới", format::date(*day)), own("Xem lại ngày trên phiếu.")),
        Reason::PointClosed { day } => {
            (format!("ngày {} điểm này chưa mở hoặc đã ngừng", format::date(*day)), own("Xem lại ngày hoặc điểm."))
        }
        Reason::Late(found) => (late(found), own("Bỏ dòng này và cất phiếu cùng biên bản.")),
        Reason::NoAnswers => (own("phiếu không có câu trả lời nào"), own("Bỏ dòng này.")),
        Reason::Comment => (own("góp ý quá dài hoặc có ký tự lạ"), own("Viết gọn lại.")),
        Reason::TwoWays { place, by_point } => (
            format!(
                "lĩnh vực này trong tháng đã ghi {} ở {}",
                if *by_point { "theo điểm" } else { "cho cả đơn vị" },
                lower(place)
            ),
            own(
                "Với một đơn vị, một lĩnh vực, một tháng: ghi theo từng điểm, hoặc một dòng cho cả đơn vị; không ghi cả hai.",
            ),
        ),
        Reason::Twice { place, kind } => match kind {
            TwiceKind::Cases => (
                format!("trùng với {}: cùng đơn vị, điểm, lĩnh vực và tháng", lower(place)),
                own("Giữ lại một dòng, hoặc cộng hai số."),
            ),
            TwiceKind::Complaint => (format!("trùng với {}: cùng số phản ánh", lower(place)), own("Giữ lại một dòng.")),
            TwiceKind::Figure => (
                format!("trùng với {}: cùng đơn vị, chỉ số, lĩnh vực, kỳ và nguồn", lower(place)),
                own("Giữ lại một dòng."),
            ),
        },
        Reason::TooFewSheets { sheets } => {
            (format!("tệp có {sheets} phiếu; cần ít nhất {SHEETS_MIN}"), own("Phiếu lẻ thì nhập ở trang Nhập phiếu."))
        }
        Reason::TooManySheets { sheets } => {
            (format!("tệp có {sheets} phiếu; nhiều nhất {SHEETS_MAX}"), own("Chia thành nhiều tệp."))
        }
        Reason::TakenBefore { on, name } => (
            format!("đúng các phiếu này đã được nhập ngày {} (tệp “{name}”)", format::date(*on)),
            own("Không nhập lần 2."),
        ),
        Reason::NotComputed { formula, kept } => (
            match kept {
                None => format!("ô là công thức “={formula}” chưa có kết quả trong tệp"),
                Some(kept) => {
                    format!("ô là công thức “={formula}”, tệp ghi kết quả “{kept}” nhưng còn chờ tính lại")
                }
            },
            own("Mở tệp bằng Excel, lưu lại rồi gửi; hoặc thay công thức bằng số."),
        ),
        Reason::ErrorValue { typed } => {
            (format!("ô đang báo lỗi “{typed}”"), own("Sửa công thức trong Excel, hoặc gõ giá trị vào ô."))
        }
        Reason::MergedNumber { typed } => {
            (format!("số “{typed}” nằm trong ô gộp nhiều dòng"), own("Bỏ gộp ô (Merge) và ghi số của từng dòng."))
        }
        Reason::NameAsNumber { typed } => (
            format!("mã, số “{typed}” nằm trong ô kiểu số, ngày nên có thể đã mất số 0 ở đầu, ở cuối hoặc bị đổi"),
            own("Trong Excel định dạng cả cột là Văn bản (Text), gõ lại mã, số như trên hồ sơ rồi gửi lại."),
        ),
        Reason::WhichVersion { versions } => (
            own("phiếu hỏi này có nhiều phiên bản, số thứ tự câu không đủ để biết câu nào"),
            format!(
                "Thêm cột “Phiếu hỏi” ghi phiên bản in ở chân phiếu ({}), hoặc đặt tên cột bằng nguyên văn câu hỏi.",
                versions.join(", ")
            ),
        ),
        Reason::VersionUnknown { typed, versions } => {
            (format!("điểm này không có phiếu hỏi “{typed}”"), format!("Ghi một trong: {}.", versions.join(", ")))
        }
        Reason::OldFont { typed } => {
            (format!("“{typed}” viết bằng phông chữ cũ (TCVN3, VNI)"), own("Chuyển cả tệp sang Unicode rồi gửi lại."))
        }
    }
}

/// Why a sheet can count nowhere, to whoever keys it or brings it in a file.
pub fn late(found: &TooLate) -> String {
    let periods = found
        .periods
        .iter()
        .map(|known| format!("{} của “{}”", period_name(&known.period, Language::Vi), known.plan_vi));
    format!(
        "Phiếu ghi ngày {} chỉ thuộc các kỳ đã khóa số liệu ({}), nên không còn kỳ nào tính phiếu này. Hãy cất phiếu cùng biên bản, \
         hoặc đề nghị lãnh đạo mở lại kỳ.",
        format::date(found.day),
        periods.collect::<Vec<_>>().join("; ")
    )
}

fn not_understood(typed: &str, wanted: Wanted) -> String {
    match wanted {
        Wanted::Cases => format!("“{typed}” không phải số hồ sơ"),
        Wanted::Month => format!("không hiểu tháng “{typed}”"),
        Wanted::Day | Wanted::DayReceived => format!("không hiểu ngày “{typed}”"),
        Wanted::Mode => format!("không hiểu hình thức “{typed}”"),
        Wanted::Respondent => format!("không hiểu người trả lời “{typed}”"),
        Wanted::Level => format!("“{typed}” không phải một mức"),
        Wanted::Choice => format!("câu này không có lựa chọn “{typed}”"),
        Wanted::Unit
        | Wanted::UnitOrPoint
        | Wanted::Point
        | Wanted::Field
        | Wanted::FieldOfPoint
        | Wanted::Index
        | Wanted::Period
        | Wanted::Share
        | Wanted::Respondents
        | Wanted::Source
        | Wanted::OutsideNumber
        | Wanted::Told
        | Wanted::Ward
        | Wanted::ComplaintKind => format!("không hiểu “{typed}”"),
    }
}

fn todo(wanted: Wanted) -> String {
    let words = match wanted {
        Wanted::Unit => "Ghi tên hoặc mã đơn vị.",
        Wanted::UnitOrPoint => "Ghi đơn vị hoặc điểm phục vụ.",
        Wanted::Point => "Ghi mã điểm như trên trang Điểm phục vụ.",
        Wanted::Field => "Ghi tên hoặc mã lĩnh vực.",
        Wanted::FieldOfPoint => "Điểm này phục vụ nhiều lĩnh vực: ghi lĩnh vực trên phiếu.",
        Wanted::Month => "Ghi tháng và năm, ví dụ 03/2026.",
        Wanted::Cases => {
            "Ghi số nguyên, ví dụ 1234 hoặc 1.234, không có hồ sơ nào thì ghi 0; dấu phẩy là phần thập phân nên không dùng."
        }
        Wanted::Index => "Ghi một trong: SIPAS, Thủ tục hành chính, Dịch vụ công, Chính sách.",
        Wanted::Period => "Ghi năm hoặc quý, ví dụ 2025, Quý I/2025, 6 tháng đầu năm 2025.",
        Wanted::Share => "Ghi tỷ lệ từ 0 đến 100%, ví dụ 87,5%; số trên 1 đến 10 phải có dấu %, ví dụ 4,31%.",
        Wanted::Respondents => "Ghi số nguyên, hoặc để trống nếu nguồn không nêu.",
        Wanted::Source => "Ghi cơ quan công bố hoặc số văn bản, tối đa 120 ký tự.",
        Wanted::Mode => "Ghi một trong: giấy, điện thoại, phỏng vấn.",
        Wanted::Day => "Ghi ngày trên phiếu, ví dụ 14/03/2026.",
        Wanted::Respondent => "Ghi người dân hoặc tổ chức; để trống là người dân.",
        Wanted::Level => "Ghi 1 đến 5, 0 cho “không sử dụng”, hoặc để trống.",
        Wanted::OutsideNumber => "Ghi số của phản ánh trên iHanoi, tối đa 60 ký tự.",
        Wanted::DayReceived => "Ghi ngày nhận, ví dụ 14/03/2026, không sau hôm nay.",
        Wanted::Told => "Ghi nguyên văn nội dung, tối đa 4.000 ký tự.",
        Wanted::Ward => "Ghi tên phường, xã nhận phản ánh.",
        Wanted::ComplaintKind => "Ghi phản ánh hoặc kiến nghị; để trống là phản ánh.",
        Wanted::Choice => "Ghi đúng chữ của lựa chọn trên phiếu, hoặc để trống.",
    };
    words.to_owned()
}

/// A heading of what was understood.
pub fn heading(heading: Heading) -> &'static str {
    match heading {
        Heading::Unit => "Đơn vị",
        Heading::Point => "Điểm phục vụ",
        Heading::Field => "Lĩnh vực",
        Heading::Month => "Tháng",
        Heading::Cases => "Số hồ sơ",
        Heading::Day => "Ngày trả lời",
        Heading::Mode => "Hình thức",
        Heading::Respondent => "Người trả lời",
        Heading::Answers => "Câu trả lời",
        Heading::Index => "Chỉ số",
        Heading::Period => "Kỳ",
        Heading::Share => "Tỷ lệ hài lòng",
        Heading::Respondents => "Số người trả lời",
        Heading::Source => "Nguồn",
        Heading::OutsideNumber => "Số phản ánh",
        Heading::DayReceived => "Ngày nhận",
        Heading::Told => "Nội dung",
    }
}

/// A value as it was understood.
pub fn value(value: &Value) -> String {
    let language = Language::Vi;
    match value {
        Value::Text(text) => text.clone(),
        Value::WholeUnit => "Cả đơn vị".to_owned(),
        Value::AllFields => "Tất cả lĩnh vực".to_owned(),
        Value::NotStated => "–".to_owned(),
        Value::Count(count) => format::count(*count, language),
        Value::Day(day) => format::date(*day),
        Value::Month(month) => month.format("%m/%Y").to_string(),
        Value::Mode(mode) => words::mode(*mode, language).to_owned(),
        Value::Respondent(RespondentKind::Person) => "Người dân".to_owned(),
        Value::Respondent(RespondentKind::Organisation) => "Tổ chức".to_owned(),
        Value::Index(index) => index_name(*index, language).to_owned(),
        Value::Period(period) => period_name(period, language),
        Value::Share(share) => format::share(*share, &[], language),
    }
}

/// What would become of a row.
pub fn fate(fate: &RowOutcome) -> String {
    let count = |cases: u64| format::count(cases, Language::Vi);
    match fate {
        RowOutcome::New => "mới".to_owned(),
        RowOutcome::Same => "không đổi".to_owned(),
        RowOutcome::Replaces(Before::Cases(cases)) => format!("thay {}", count(*cases)),
        RowOutcome::Replaces(Before::CasesOfUnit(cases)) => format!("thay {} của cả đơn vị", count(*cases)),
        RowOutcome::Replaces(Before::CasesOfPoints(cases)) => format!("thay {} của các điểm", count(*cases)),
        RowOutcome::Replaces(Before::Share(share)) => format!("thay {}", format::share(*share, &[], Language::Vi)),
    }
}

/// Where a row stands, as a label.
pub fn place(place: &Place) -> String {
    let sheet = place.sheet.as_ref().map_or_else(String::new, |sheet| format!(", trang tính “{sheet}”"));
    format!("Dòng {}{sheet}", place.line)
}

/// Where a row stands, in a narrow column.
pub fn place_short(place: &Place) -> String {
    let sheet = place.sheet.as_ref().map_or_else(String::new, |sheet| format!("{sheet}: "));
    format!("{sheet}{}", place.line)
}

fn lower(place: &Place) -> String {
    self::place(place).replacen("Dòng", "dòng", 1)
}

/// What was read, and what was left out or should be looked at.
pub fn notes(notes: &[Note]) -> (Vec<String>, Vec<String>) {
    let (mut read, mut left_out) = (Vec::new(), Vec::new());
    let of =
        |sheet: &Option<String>| sheet.as_ref().map_or_else(String::new, |sheet| format!(" ở trang tính “{sheet}”"));
    for note in notes {
        match note {
            Note::Read { sheet, first, last, rows } => {
                read.push(format!("Đã đọc {rows} dòng{}, từ dòng {first} đến dòng {last}.", of(sheet)));
            }
            Note::Windows1258 => read.push("Tệp dùng bảng mã Windows-1258, đã chuyển sang Unicode.".to_owned()),
            Note::HiddenRows { sheet, rows } => {
                read.push(format!("Trong đó có {rows} dòng bị ẩn trong Excel{}.", of(sheet)));
            }
            Note::Formulas { sheet, cells } => {
                read.push(format!("{cells} ô là công thức{}: lấy kết quả Excel đã lưu.", of(sheet)));
            }
            Note::SheetHidden { sheet, rows } => {
                left_out.push(format!("Bỏ qua trang tính ẩn “{sheet}” ({rows} dòng)."));
            }
            Note::SheetOther { sheet, rows } => {
                left_out.push(format!("Bỏ qua trang tính “{sheet}” ({rows} dòng): không có các cột cần đọc."));
            }
            Note::Row { place, kind, typed } => {
                let what = match kind {
                    LeftOut::Total => "dòng cộng",
                    LeftOut::Signature => "phần ký, ghi chú",
                    LeftOut::Heading => "tiêu đề lặp lại",
                    LeftOut::Numbers => "số thứ tự cột",
                };
                left_out.push(format!("Bỏ qua {} ({what}): “{typed}”.", lower(place)));
            }
            Note::ColumnPassed { sheet, heading } => left_out.push(format!("Bỏ qua cột “{heading}”{}.", of(sheet))),
            Note::ColumnUnnamed { sheet, column } => {
                left_out.push(format!("Bỏ qua cột thứ {} không có tiêu đề{}.", column + 1, of(sheet)));
            }
            Note::NotFilled { rows } => {
                left_out.push(format!("Bỏ qua {rows} dòng của các tháng chưa điền số nào."));
            }
            Note::TotalDiffers { place, said, sum } => {
                let count = |cases: u64| format::count(cases, Language::Vi);
                left_out.push(format!(
                    "Hãy xem lại: {} ghi tổng {}, cộng các dòng đọc được là {}.",
                    lower(place),
                    count(*said),
                    count(*sum)
                ));
            }
        }
    }
    (read, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::too_late_for_two;

    #[test]
    fn a_sheet_that_counts_nowhere_is_refused_in_vietnamese_with_its_periods() {
        let (what, todo) = refused(&Reason::Late(too_late_for_two()));
        assert_eq!(
            what,
            "Phiếu ghi ngày 03/02/2026 chỉ thuộc các kỳ đã khóa số liệu (Quý I/2026 của “Kế hoạch năm 2026”; 6 tháng đầu năm 2026 của \
             “Kế hoạch năm 2026”), nên không còn kỳ nào tính phiếu này. Hãy cất phiếu cùng biên bản, hoặc đề nghị lãnh đạo mở lại kỳ."
        );
        assert_eq!(todo, "Bỏ dòng này và cất phiếu cùng biên bản.");
    }
}
