//! `/staff/telling`: what citizens are told: drafted from published figures, edited, approved by a second person, published, kept.

pub mod decide;
pub mod edit;
pub mod files;
pub mod list;

use crate::cases::telling::{State, Topic};

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
