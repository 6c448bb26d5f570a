//! The words of the pages on complaints.

use crate::cases::{CaseAction, Channel, State, Subject};

pub fn state(state: State) -> &'static str {
    match state {
        State::Received => "Mới đến",
        State::Accepted => "Đã tiếp nhận",
        State::Assigned => "Đã giao đơn vị",
        State::Drafted => "Chờ duyệt trả lời",
        State::Approved => "Đã trả lời, chưa chọn công khai",
        State::Published => "Đã trả lời, công khai",
        State::Private => "Đã trả lời riêng",
        State::Rated => "Đã được đánh giá",
        State::Closed => "Đã kết thúc",
        State::Reopened => "Xem xét lại",
        State::Forwarded => "Đã chuyển nơi có thẩm quyền",
        State::Merged => "Đã gộp",
        State::Refused => "Không tiếp nhận",
    }
}

pub fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Procedure => "Giải quyết thủ tục hành chính",
        Subject::Rules => "Quy định hành chính",
        Subject::Attitude => "Thái độ phục vụ",
        Subject::Harassment => "Nhũng nhiễu, gây phiền hà",
        Subject::Facilities => "Cơ sở vật chất, trang thông tin",
        Subject::Praise => "Khen, cảm ơn",
        Subject::Other => "Việc khác",
    }
}

/// How a case came.
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Page => "Trang phản ánh",
        Channel::InPerson => "Trực tiếp",
        Channel::Telephone => "Điện thoại",
        Channel::Letter => "Đơn, thư",
        Channel::IHanoi => "iHanoi",
    }
}

/// A deed that was done.
pub fn done(deed: CaseAction) -> &'static str {
    match deed {
        CaseAction::Accept => "Tiếp nhận",
        CaseAction::Forward => "Chuyển nơi có thẩm quyền",
        CaseAction::Merge => "Gộp với phản ánh trùng",
        CaseAction::Refuse => "Không tiếp nhận",
        CaseAction::Assign => "Giao đơn vị",
        CaseAction::Draft => "Soạn câu trả lời",
        CaseAction::GiveBack => "Trả lại dự thảo",
        CaseAction::Approve => "Duyệt câu trả lời",
        CaseAction::Publish => "Công khai",
        CaseAction::KeepPrivate => "Trả lời riêng",
        CaseAction::Rate => "Người dân đánh giá",
        CaseAction::Reopen => "Xem xét lại",
        CaseAction::Close => "Kết thúc",
        CaseAction::Extend => "Gia hạn",
        CaseAction::Ask => "Hỏi lại người dân",
        CaseAction::Say => "Người dân viết thêm",
        CaseAction::Note => "Ghi chú nội bộ",
        CaseAction::Sort => "Phân loại",
        CaseAction::Receive => "Nhập phản ánh",
    }
}

/// What is said once a deed was done.
pub fn told(deed: CaseAction) -> &'static str {
    match deed {
        CaseAction::Accept => "Đã tiếp nhận. Việc tiếp theo: giao đơn vị trả lời, hoặc tự soạn câu trả lời.",
        CaseAction::Forward => "Đã ghi nơi chuyển đến. Người gửi đọc được ở trang tra cứu.",
        CaseAction::Merge => "Đã gộp.",
        CaseAction::Refuse => "Đã ghi lý do không tiếp nhận. Người gửi đọc được ở trang tra cứu.",
        CaseAction::Assign => "Đã giao đơn vị.",
        CaseAction::Draft => "Đã lưu dự thảo. Lãnh đạo duyệt thì người gửi mới đọc được.",
        CaseAction::GiveBack => "Đã trả lại dự thảo.",
        CaseAction::Approve => "Đã duyệt: người gửi đọc được câu trả lời. Hãy chọn công khai hoặc trả lời riêng.",
        CaseAction::Publish => "Đã công khai.",
        CaseAction::KeepPrivate => "Đã ghi là trả lời riêng.",
        CaseAction::Extend => "Đã gia hạn. Người gửi đọc được lý do.",
        CaseAction::Ask => "Đã gửi câu hỏi. Thời hạn tạm dừng đến khi người gửi trả lời.",
        CaseAction::Note => "Đã ghi chú.",
        CaseAction::Sort => "Đã lưu phân loại.",
        CaseAction::Reopen => "Đã mở lại để xem xét.",
        CaseAction::Receive => "Đã nhập phản ánh.",
        CaseAction::Rate | CaseAction::Close | CaseAction::Say => "",
    }
}
