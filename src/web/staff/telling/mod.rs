//! `/staff/telling`: what citizens are told: drafted from published figures, edited, approved by a second person, published, kept.

pub mod decide;
pub mod edit;
pub mod files;
pub mod list;

use chrono::NaiveDate;

use crate::cases::telling::{State, Topic};
use crate::report::format;

/// What a telling is about, in words.
fn topic_words(topic: Topic) -> &'static str {
    match topic {
        Topic::Results => "Kết quả lấy ý kiến",
        Topic::Mended => "Ông bà nói – phường làm",
    }
}

/// How far a telling is, in words, and the class of its mark.
fn state_words(state: State, out: bool) -> (&'static str, &'static str) {
    match (state, out) {
        (State::Draft, false) => ("Bản nháp, chờ duyệt", "cannot_say"),
        (State::Draft, true) => ("Đã đăng; có bản sửa chờ duyệt", "cannot_say"),
        (State::Approved, false) => ("Đã duyệt, chưa đăng", "cannot_say"),
        (State::Approved, true) => ("Đã đăng; bản sửa đã duyệt", "cannot_say"),
        (State::Published, _) => ("Đã đăng", "met"),
    }
}

/// That the figures of a telling were opened anew on a day, and what to do about it.
fn opened_anew_words(on: NaiveDate, out: bool) -> String {
    let then = if out {
        "hãy gỡ hoặc đính chính bằng bài mới"
    } else {
        "không duyệt, không đăng được nữa; soạn bài mới khi kỳ được công bố lại"
    };
    format!("Số liệu của bài này đã mở lại ngày {}: {then}.", format::date(on))
}
