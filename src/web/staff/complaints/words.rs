//! The words of the pages on complaints.

use crate::cases::{Channel, Deed, State, Subject};

/// A state.
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

/// A subject.
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
pub fn done(deed: Deed) -> &'static str {
    match deed {
        Deed::Accept => "Tiếp nhận",
        Deed::Forward => "Chuyển nơi có thẩm quyền",
        Deed::Merge => "Gộp với phản ánh trùng",
        Deed::Refuse => "Không tiếp nhận",
        Deed::Assign => "Giao đơn vị",
        Deed::Draft => "Soạn câu trả lời",
        Deed::GiveBack => "Trả lại dự thảo",
        Deed::Approve => "Duyệt câu trả lời",
        Deed::Publish => "Công khai",
        Deed::KeepPrivate => "Trả lời riêng",
        Deed::Rate => "Người dân đánh giá",
        Deed::Reopen => "Xem xét lại",
        Deed::Close => "Kết thúc",
        Deed::Extend => "Gia hạn",
        Deed::Ask => "Hỏi lại người dân",
        Deed::Say => "Người dân viết thêm",
        Deed::Note => "Ghi chú nội bộ",
        Deed::Sort => "Phân loại",
        Deed::Receive => "Nhập phản ánh",
    }
}

/// What is said once a deed was done.
pub fn told(deed: Deed) -> &'static str {
    match deed {
        Deed::Accept => "Đã tiếp nhận. Việc tiếp theo: giao đơn vị trả lời, hoặc tự soạn câu trả lời.",
        Deed::Forward => "Đã ghi nơi chuyển đến. Người gửi đọc được ở trang tra cứu.",
        Deed::Merge => "Đã gộp.",
        Deed::Refuse => "Đã ghi lý do không tiếp nhận. Người gửi đọc được ở trang tra cứu.",
        Deed::Assign => "Đã giao đơn vị.",
        Deed::Draft => "Đã lưu dự thảo. Lãnh đạo duyệt thì người gửi mới đọc được.",
        Deed::GiveBack => "Đã trả lại dự thảo.",
        Deed::Approve => "Đã duyệt: người gửi đọc được câu trả lời. Hãy chọn công khai hoặc trả lời riêng.",
        Deed::Publish => "Đã công khai.",
        Deed::KeepPrivate => "Đã ghi là trả lời riêng.",
        Deed::Extend => "Đã gia hạn. Người gửi đọc được lý do.",
        Deed::Ask => "Đã gửi câu hỏi. Thời hạn tạm dừng đến khi người gửi trả lời.",
        Deed::Note => "Đã ghi chú.",
        Deed::Sort => "Đã lưu phân loại.",
        Deed::Reopen => "Đã mở lại để xem xét.",
        Deed::Receive => "Đã nhập phản ánh.",
        Deed::Rate | Deed::Close | Deed::Say => "",
    }
}
