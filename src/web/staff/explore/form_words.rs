//! What the page of a questionnaire's soundness advises.

use crate::service::soundness::Advice;

/// A sentence or two that say what was found and what to do.
pub(super) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::ManyStraight => {
            "Hơn một nửa số phiếu chọn cùng một mức từ đầu đến cuối: người trả lời có thể không đọc từng câu. Nên rút ngắn phiếu, hỏi câu chung trước, \
             và không để cán bộ cầm máy trả lời hộ."
        }
        Advice::TooAlike => "Các câu của phần này gần như hỏi cùng một điều: có thể bỏ bớt câu mà không mất thông tin.",
        Advice::TooLoose => {
            "Các câu của phần này đo những điều khác nhau: nên đọc từng câu, không nên gộp thành một điểm chung."
        }
        Advice::OftenNotUsed => "Nhiều người không dùng đến: chỉ nên hỏi người đã dùng, hoặc bỏ câu này.",
        Advice::OftenBlank => "Nhiều người bỏ trống: nên viết lại cho dễ hiểu, hoặc đưa lên trước.",
        Advice::FitsBadly => {
            "Ít đi cùng các câu khác trong phần: có thể câu chữ bị hiểu khác, hoặc nên đứng ở phần khác."
        }
        Advice::NearlyAllSatisfied => {
            "Hầu như ai cũng hài lòng: câu này không còn phân biệt được nơi tốt, nơi chưa tốt."
        }
    }
}
