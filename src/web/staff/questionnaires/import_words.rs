//! What of a brought form could not be taken, in Vietnamese.

use crate::exchange::import::ward_form::{LeftOutLine, LineReason};
use crate::exchange::import::xlsform::{Remark, XlsformReason};
use crate::survey::ITEMS_PER_SECTION_MAX;

/// The sentence about a row of an XLSForm.
pub fn xlsform(remark: &Remark) -> String {
    let name = if remark.name.is_empty() { String::new() } else { format!(" (“{}”)", remark.name) };
    format!("Trang {}, dòng {}{name}: {}", remark.sheet, remark.row, reason(&remark.reason))
}

fn reason(reason: &XlsformReason) -> String {
    match reason {
        XlsformReason::Type(kind) => format!("loại câu “{kind}” không hỏi được ở đây; đã bỏ qua."),
        XlsformReason::Repeat => {
            "phần hỏi lặp lại; phiếu ở đây hỏi mỗi câu một lần, nên cả phần được bỏ qua.".to_owned()
        }
        XlsformReason::InRepeat => "nằm trong phần hỏi lặp lại; đã bỏ qua.".to_owned(),
        XlsformReason::Calculate => "giá trị tự tính; phiếu ở đây không tính gì, đã bỏ qua.".to_owned(),
        XlsformReason::Metadata => {
            "thông tin máy tự ghi; ở đây không ghi gì về máy và thời điểm, đã bỏ qua.".to_owned()
        }
        XlsformReason::ListUnknown(list) => format!("trang choices không có danh sách “{list}”; đã bỏ qua."),
        XlsformReason::ChoiceCount(count) => format!("có {count} lựa chọn, hỏi được từ 2 đến 12; đã bỏ qua."),
        XlsformReason::ChoiceFilter => {
            "lựa chọn lọc theo câu khác (choice_filter); ở đây hiện tất cả lựa chọn.".to_owned()
        }
        XlsformReason::Condition(text) => {
            format!("điều kiện “{text}” không phải là lựa chọn của một câu; câu này hỏi mọi người.")
        }
        XlsformReason::ConditionQuestion(question) => {
            format!("điều kiện nhắc câu “{question}” đã bị bỏ qua hoặc không có lựa chọn ấy; câu này hỏi mọi người.")
        }
        XlsformReason::ConditionInGroup => "nhóm cũng có điều kiện; chỉ giữ điều kiện riêng của câu.".to_owned(),
        XlsformReason::GroupOfItems => {
            "nhóm có điều kiện: câu năm mức vẫn hiện cho mọi người, nhưng không tính cho người không thuộc điều kiện."
                .to_owned()
        }
        XlsformReason::Decimal => "số thập phân; ở đây hỏi số nguyên.".to_owned(),
        XlsformReason::Constraint(text) => {
            format!("giới hạn “{text}” không phải hai số nguyên; hãy sửa số nhỏ nhất, lớn nhất.")
        }
        XlsformReason::ConstraintOfWords(text) => {
            format!("kiểm tra chữ “{text}” không dùng được ở đây; câu vẫn được lấy.")
        }
        XlsformReason::Note => "lời dẫn không có câu nào đứng sau; đã bỏ qua.".to_owned(),
        XlsformReason::Hint => {
            "lời gợi ý không có chỗ (guidance_hint, hoặc ở câu về người trả lời); đã bỏ qua.".to_owned()
        }
        XlsformReason::Media => "hình, tiếng hoặc phim; đã bỏ qua.".to_owned(),
        XlsformReason::Default => "giá trị điền sẵn; ở đây không trả lời hộ ai, đã bỏ qua.".to_owned(),
        XlsformReason::Piped => "lời có chèn câu trả lời khác; hãy viết lại lời.".to_owned(),
        XlsformReason::Language(name) => format!("không biết ngôn ngữ “{name}”; cột được bỏ qua."),
        XlsformReason::OrOther => "“or_other”: đã thêm lựa chọn “Khác” và một câu ghi rõ.".to_owned(),
        XlsformReason::Groups(_) => "nhóm mở và đóng không khớp nhau; hãy xem lại các phần.".to_owned(),
        XlsformReason::Cut => format!("nhóm có hơn {ITEMS_PER_SECTION_MAX} câu năm mức; đã tách thành hai phần."),
        XlsformReason::Disabled => "dòng bị tắt (disabled); đã bỏ qua.".to_owned(),
    }
}

/// The sentence about a line of a ward's form.
pub fn line(left: &LeftOutLine) -> String {
    let reason = match left.reason {
        LineReason::NotUnderstood => "không nhận ra là câu hỏi, tên phần hay lựa chọn; đã bỏ qua.",
        LineReason::Person => "hỏi người trả lời là ai; phiếu không bao giờ hỏi, đã bỏ qua.",
        LineReason::Sensitive => "hỏi dữ liệu cá nhân nhạy cảm; phiếu không hỏi, đã bỏ qua.",
        LineReason::Choices => "có ít hơn 2 hoặc nhiều hơn 12 lựa chọn; đã bỏ qua.",
        LineReason::Levels => "thang ít hơn 5 mức; ở đây câu này hỏi theo 5 mức hài lòng.",
    };
    match left.line {
        0 => format!("“{}”: {reason}", left.text),
        line => format!("Dòng {line} (“{}”): {reason}", left.text),
    }
}
