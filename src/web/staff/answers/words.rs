//! What is said to people whose work on answers is refused.

use crate::db::VoidingRefused;
use crate::report::{Language, format};

/// Why a group of sheets cannot be voided: the field of the form that has to change, and what to do.
pub fn voiding_refused(reason: &VoidingRefused) -> (&'static str, String) {
    match reason {
        VoidingRefused::DaysReversed => ("from", "Ngày đầu không thể sau ngày cuối.".to_owned()),
        VoidingRefused::DaysOpen { last, open_days, .. } => {
            let last = format::date(*last);
            let words = format!(
                "Phiếu gửi chậm còn có thể đến trong {open_days} ngày; chọn ngày cuối đến {last} là muộn nhất."
            );
            ("to", words)
        }
        VoidingRefused::NoReason { .. } => ("reason", "Nêu lý do bằng một câu, để sau này ai cũng hiểu.".to_owned()),
        VoidingRefused::Forgotten { first } => {
            let first = format::date(*first);
            ("from", format!("Phiếu trước ngày {first} đã xóa theo thời hạn lưu; chọn ngày đầu từ {first} trở đi."))
        }
        VoidingRefused::UndoForgotten { first } => {
            let first = format::date(*first);
            let words = format!(
                "Phiếu của nhóm này đã xóa theo thời hạn lưu (mọi phiếu trước ngày {first}), nên không tính lại được. Nhóm vẫn bị loại \
                 như trước."
            );
            ("reason", words)
        }
        VoidingRefused::TooFew { sheets, least } => {
            let sheets = format::count(*sheets, Language::Vi);
            let words = format!(
                "Nhóm này chỉ có {sheets} phiếu đang được tính; ít nhất phải là {least}, vì số liệu trước và sau sẽ cho biết \
                 vài người ấy đã trả lời thế nào. Hãy chọn nhiều ngày hơn."
            );
            ("from", words)
        }
        VoidingRefused::Undone(_) => ("from", "Nhóm này vừa được khôi phục.".to_owned()),
    }
}
