//! What people write: sentences without names, kind and critical, by what they are about.

use super::random::Dice;

const KIND: [&str; 5] = [
    "Rất hài lòng, mong giữ được như vậy.",
    "Nhiệt tình, hướng dẫn dễ hiểu.",
    "Thái độ phục vụ tốt hơn trước nhiều.",
    "Nơi chờ sạch sẽ, mát mẻ, có nước uống.",
    "Không có gì phải góp ý thêm, cảm ơn.",
];
const KIND_PROCEDURES: [&str; 5] = [
    "Làm nhanh, không phải chờ lâu.",
    "Từ ngày có bảng hướng dẫn, dân đỡ phải hỏi nhiều.",
    "Cảm ơn các anh chị đã giúp người lớn tuổi điền tờ khai.",
    "Nhận kết quả sớm hơn ngày hẹn một ngày.",
    "Lấy số thứ tự rõ ràng, không ai chen ngang.",
];
const KIND_ONLINE: [&str; 2] = ["Nộp ở nhà buổi tối, khỏi phải xin nghỉ làm.", "Có tin nhắn báo từng bước, rất tiện."];
const KIND_HEALTH: [&str; 3] = [
    "Nhân viên trạm ân cần, dặn dò kỹ.",
    "Tiêm cho cháu rất nhẹ nhàng, nhắc lịch đầy đủ.",
    "Khám gần nhà, đỡ phải lên tuyến trên.",
];
const KIND_SCHOOL: [&str; 3] = [
    "Cô giáo quan tâm các cháu, trao đổi với phụ huynh thường xuyên.",
    "Cháu đi học về rất vui.",
    "Nhà trường công khai các khoản thu rõ ràng.",
];
const CRITICAL: [&str; 5] = [
    "Gửi góp ý rồi nhưng không thấy trả lời.",
    "Gọi điện hỏi không ai nghe máy.",
    "Chỗ để xe chật, trời mưa không có mái che.",
    "Mong giải thích rõ hơn, nói nhanh quá dân không kịp hiểu.",
    "Nên có người hướng dẫn ở cửa cho người già.",
];
const CRITICAL_PROCEDURES: [&str; 8] = [
    "Đi lại mấy lần mới xong vì mỗi lần lại thiếu một giấy.",
    "Buổi sáng đông quá, thiếu ghế ngồi chờ.",
    "Trễ hẹn mà không thấy báo trước.",
    "Phải nộp thêm giấy tờ không thấy ghi trong bảng niêm yết.",
    "Giấy nhận về sai năm sinh, phải làm lại.",
    "Mẫu tờ khai khó hiểu, chữ quá nhỏ.",
    "Máy lấy số hay hỏng.",
    "Giờ nhận hồ sơ buổi chiều ngắn quá, người đi làm không kịp.",
];
const CRITICAL_LAND: [&str; 3] = [
    "Hồ sơ đất đai để quá lâu, hỏi thì bảo chờ.",
    "Hẹn ba lần chưa nhận được giấy chứng nhận.",
    "Đo đạc lại nhiều lần mà không nói rõ vì sao.",
];
const CRITICAL_BUILDING: [&str; 3] = [
    "Phí thu không rõ tính thế nào, nên ghi cụ thể.",
    "Doanh nghiệp phải đi hai nơi cho cùng một việc.",
    "Bản vẽ phải sửa nhiều lần, mỗi lần một yêu cầu khác.",
];
const CRITICAL_HEALTH: [&str; 5] = [
    "Chờ khám gần hai tiếng mới đến lượt.",
    "Nhà vệ sinh của trạm cần dọn thường xuyên hơn.",
    "Thuốc bảo hiểm hay hết.",
    "Nên cho đặt lịch tiêm qua điện thoại.",
    "Phòng khám chưa kín đáo, người ngoài nghe được.",
];
const CRITICAL_SCHOOL: [&str; 4] = [
    "Nhà vệ sinh học sinh chưa sạch.",
    "Lớp đông quá, mong bớt sĩ số.",
    "Các khoản thu đầu năm cần giải thích rõ hơn.",
    "Giờ tan học cổng trường tắc đường, rất nguy hiểm.",
];
const CRITICAL_ONLINE: [&str; 4] = [
    "Nộp trên mạng xong vẫn phải mang bản giấy ra nơi tiếp nhận.",
    "Trang hay báo lỗi lúc tải tệp lên.",
    "Đăng nhập nhiều bước, người lớn tuổi không làm được.",
    "Không biết hồ sơ đang ở bước nào.",
];

/// A comment that fits the field and how the person answered.
pub(super) fn comment(dice: &mut Dice, field: &str, satisfied: bool, online: bool) -> String {
    let own: &[&str] = match (satisfied, field) {
        (true, "health") => &KIND_HEALTH,
        (false, "health") => &CRITICAL_HEALTH,
        (true, "education") => &KIND_SCHOOL,
        (false, "education") => &CRITICAL_SCHOOL,
        (_, "general") => &[],
        (true, _) if online => &KIND_ONLINE,
        (false, _) if online => &CRITICAL_ONLINE,
        (true, _) => &KIND_PROCEDURES,
        (false, "land") if dice.chance(0.5) => &CRITICAL_LAND,
        (false, "construction" | "investment" | "planning") if dice.chance(0.5) => &CRITICAL_BUILDING,
        (false, _) => &CRITICAL_PROCEDURES,
    };
    let common: &[&str] = if satisfied { &KIND } else { &CRITICAL };
    // What is said of the place in particular is said more often.
    let chosen = if !own.is_empty() && dice.chance(0.7) { own } else { common };
    dice.one_of(chosen).to_owned()
}
