//! Refusals in words: for citizens in their language, for staff in Vietnamese, for programs in English. Every match is
//! exhaustive: a new reason does not compile until each reader is told of it.

use crate::error::{Class, Reason};

/// What a citizen reads: a heading, and sentences that say what to do.
pub fn for_citizens(reason: &Reason, lang: &str) -> (&'static str, &'static [&'static str]) {
    let (vi, en) = match reason.class() {
        Class::Missing | Class::Gone | Class::Unknown | Class::WrongMethod => (
            (
                "Không tìm thấy trang",
                &["Địa chỉ này không có trang nào.", "Hãy quét lại mã QR, hoặc gõ lại đúng địa chỉ in dưới mã."][..],
            ),
            (
                "Page not found",
                &["There is no page at this address.", "Scan the QR code again, or type the address printed under it."]
                    [..],
            ),
        ),
        Class::Forbidden => (
            (
                "Yêu cầu bị từ chối",
                &[
                    "Nội dung này được gửi từ một trang mạng khác nên chưa được lưu.",
                    "Hãy quét mã QR, hoặc gõ địa chỉ in dưới mã, rồi gửi từ trang đó.",
                ][..],
            ),
            (
                "Request refused",
                &[
                    "This was sent from another website and was not saved.",
                    "Scan the QR code, or type the address printed under it, and send from that page.",
                ][..],
            ),
        ),
        Class::Malformed | Class::Invalid | Class::Conflict => (
            (
                "Địa chỉ hoặc nội dung không đọc được",
                &["Hãy quay lại trang trước và làm lại, hoặc quét lại mã QR."][..],
            ),
            ("The address or what was sent cannot be read", &["Go back and try again, or scan the QR code again."][..]),
        ),
        Class::TooLarge => (
            (
                "Nội dung quá dài",
                &["Nội dung gửi lên quá dài nên chưa được lưu. Hãy quay lại, rút ngắn rồi gửi lại."][..],
            ),
            ("Too long", &["What you sent is too long and was not saved. Go back, shorten it and send it again."][..]),
        ),
        Class::WrongType => (
            (
                "Không đọc được phiếu",
                &["Phiếu gửi lên không đúng kiểu nên chưa được lưu. Hãy quét lại mã QR và gửi từ trang đó."][..],
            ),
            (
                "We could not read this",
                &[
                    "What was sent is of another kind and was not saved. Scan the QR code again and send from that page.",
                ][..],
            ),
        ),
        Class::TooSlow => (
            ("Gửi quá lâu nên đã dừng", &["Hãy quay lại và gửi lại: phiếu không bị ghi hai lần."][..]),
            ("This took too long and was ended", &["Go back and send again: nothing is stored twice."][..]),
        ),
        Class::TooMany => (
            ("Quá nhiều lần từ một nơi", &["Hãy chờ vài phút rồi thử lại."][..]),
            ("Too many from one place", &["Please wait a few minutes and try again."][..]),
        ),
        Class::Busy | Class::Unavailable | Class::Fault => (
            (
                "Có lỗi ở phía hệ thống",
                &["Chưa có gì được lưu. Hãy chờ một phút, quay lại trang trước và thử lại."][..],
            ),
            (
                "Something went wrong on our side",
                &["Nothing was saved. Please wait a minute, go back and try again."][..],
            ),
        ),
    };
    if lang == "en" { en } else { vi }
}

/// What staff read: a heading and a sentence.
pub fn for_staff(reason: &Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::UnknownAddress
        | Reason::NotYours
        | Reason::UnknownPoint
        | Reason::RetiredPoint { .. }
        | Reason::BadPath
        | Reason::UnknownReference => ("Không tìm thấy", "Địa chỉ này không có trang nào, hoặc thuộc đơn vị khác."),
        Reason::WrongMethod { .. } => {
            ("Địa chỉ không đúng", "Không mở được địa chỉ này bằng cách đó. Hãy mở lại từ trang đầu.")
        }
        Reason::BadQuery => (
            "Địa chỉ không đúng",
            "Một giá trị trong địa chỉ không dùng được. Hãy mở lại từ trang trước, hoặc sửa địa chỉ.",
        ),
        Reason::BodyTooLong { .. } => {
            ("Nội dung quá dài", "Nội dung gửi lên quá dài nên chưa được lưu. Hãy quay lại, rút ngắn rồi gửi lại.")
        }
        Reason::BodyBroken | Reason::WrongType { .. } | Reason::BodyEncoded => (
            "Không đọc được nội dung",
            "Nội dung gửi lên bị đứt hoặc không đúng kiểu, chưa có gì được lưu. Hãy quay lại rồi gửi lại.",
        ),
        Reason::TooSlow => ("Gửi quá lâu nên đã dừng", "Chưa có gì được lưu. Hãy quay lại rồi gửi lại."),
        Reason::TooManyBodies | Reason::Busy => {
            ("Hệ thống đang bận", "Chưa có gì được lưu. Hãy chờ một lát rồi gửi lại.")
        }
        Reason::PasswordsBusy => (
            "Hệ thống đang bận",
            "Đang có quá nhiều người đăng nhập cùng lúc nên mật khẩu chưa được kiểm tra. Hãy chờ một lát, quay lại trang trước rồi gửi lại.",
        ),
        Reason::OtherSite => (
            "Yêu cầu bị từ chối",
            "Yêu cầu này đến từ một trang khác nên bị từ chối. Hãy mở lại trang cán bộ rồi thử lại.",
        ),
        Reason::NotSignedIn => ("Chưa đăng nhập", "Hãy đăng nhập rồi mở lại trang này."),
        Reason::RoleMayNot => {
            ("Không có quyền", "Vai trò của bạn không xem được trang này. Nếu cần, hãy hỏi người quản trị.")
        }
        Reason::OtherForm { .. } | Reason::Fields | Reason::OtherContent | Reason::TicketUnusable | Reason::NoKiosk => {
            ("Cần xem lại nội dung", "Nội dung gửi lên chưa dùng được, chưa có gì được lưu. Hãy quay lại rồi sửa.")
        }
        Reason::TooMany => ("Quá nhiều lần", "Đã thử quá nhiều lần. Hãy chờ ít phút rồi thử lại."),
        Reason::KeptUnreadable => (
            "Số liệu đã khóa không đọc được",
            "Bản đã lưu của kỳ này bị hỏng hoặc do phiên bản khác của chương trình ghi. Các tệp báo cáo đã công bố vẫn tải được ở trang khóa kỳ (thêm /closing vào địa chỉ của kỳ). Hãy gửi mã tham chiếu dưới đây cho người vận hành để chạy sipas period verify.",
        ),
        Reason::Database(_) | Reason::Fault => match reason.class() {
            Class::Busy => ("Hệ thống đang bận", "Chưa có gì được lưu. Hãy chờ một lát rồi gửi lại."),
            Class::Unavailable => (
                "Trang này chưa mở được",
                "Hệ thống chưa đọc hoặc ghi được dữ liệu, chưa có gì thay đổi. Hãy chờ một phút rồi thử lại.",
            ),
            _ => (
                "Trang này chưa mở được",
                "Có lỗi ở phía hệ thống, chưa có gì thay đổi. Hãy thử lại; nếu vẫn lỗi, hãy gửi mã tham chiếu dưới đây cho người vận hành.",
            ),
        },
    }
}

/// What a program reads that asked at `path`; empty where the reason says enough.
pub fn for_programs(reason: &Reason, path: &str) -> String {
    let sentence = match reason {
        Reason::UnknownAddress => "there is nothing at this address",
        Reason::NotYours => missing(path),
        Reason::WrongMethod { allowed } => return format!("this address takes {allowed}"),
        Reason::BadQuery => "a value in the query is not one that this address knows",
        Reason::BadPath => "a part of the path cannot be read",
        Reason::BodyTooLong { max } => return format!("the body is larger than {} KiB", max / 1024),
        Reason::BodyBroken => "the body broke off or cannot be read",
        Reason::WrongType { wanted } => return format!("the body must be sent as {wanted}"),
        Reason::BodyEncoded => "the body must be sent as it is, without Content-Encoding",
        Reason::TooSlow => "the request took too long; send it again, nothing is stored twice",
        Reason::PasswordsBusy => "busy; too many passwords wait to be checked, send again in a moment",
        Reason::TooManyBodies | Reason::Busy => BUSY,
        Reason::OtherSite => "the request came from another site",
        Reason::NotSignedIn => {
            "no key that is good came with this: send `Authorization: Bearer sipas_…` with one that has not ended, or sign in"
        }
        Reason::RoleMayNot => "the role of this key or account may not do this",
        Reason::UnknownPoint => "no service point has this code",
        Reason::RetiredPoint { .. } => "this code is no longer used",
        Reason::OtherForm { .. } => "the answers are not for this point's form",
        Reason::Fields => "what was sent needs another look; `errors` names the fields",
        Reason::NoKiosk => "no tablet is allowed at this point",
        Reason::OtherContent if path.ends_with("/complaints") || path.ends_with("/tickets") => {
            "this `once` was used for other content; send with a new one"
        }
        Reason::OtherContent => "this attempt was used for other content; send with a new attempt",
        Reason::TicketUnusable => "the ticket cannot be used",
        Reason::UnknownReference => "there is nothing under this reference",
        Reason::TooMany => "too many from one place; try again later",
        Reason::KeptUnreadable => {
            "what is kept of this closed period cannot be read; its cause is logged under the reference"
        }
        Reason::Database(_) | Reason::Fault => match reason.class() {
            Class::Busy => BUSY,
            Class::Unavailable => "nothing can be stored or read now; send the same again later",
            _ => "a fault of the program; its cause is logged under the reference",
        },
    };
    sentence.to_owned()
}

const BUSY: &str = "busy, and nothing was stored; send the same again in a moment";

/// What is not there, or not of whoever asked.
fn missing(path: &str) -> &'static str {
    if path.starts_with("/api/v1/complaints") {
        "no such complaint of yours"
    } else if path.starts_with("/api/v1/points") {
        "no such service point of yours that takes answers"
    } else if path.contains("/rounds") {
        "no such plan or survey round of yours"
    } else {
        "no such plan, period, version or unit of yours"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_of_what_it_asked_for() {
        for (path, named) in [
            ("/api/v1/complaints/cases/0000000000000000", "complaint"),
            ("/api/v1/points/2222222/tickets", "service point"),
            ("/api/v1/plans/a/rounds/1", "survey round"),
            ("/api/v1/plans/a/periods/2026-q1/index", "period"),
        ] {
            let told = for_programs(&Reason::NotYours, path);
            assert!(told.contains(named), "{path}: {told}");
        }
        assert!(for_programs(&Reason::OtherContent, "/api/v1/points/2222222/tickets").contains("`once`"));
        assert!(for_programs(&Reason::OtherContent, "/api/v1/points/2222222/responses").contains("attempt"));
        assert!(for_programs(&Reason::NotSignedIn, "/api/v1/points").contains("key"));
    }
}
