//! What a version changes, in Vietnamese, before it is published.

use std::collections::HashMap;

use crate::survey::difference::{Change, Whole};
use crate::web::citizen::words::language_name;

/// The sentence about a change.
pub fn sentence(change: &Change, fields: &HashMap<String, String>) -> String {
    let field = |id: &str| fields.get(id).map_or_else(|| id.to_owned(), Clone::clone);
    match change {
        Change::Words(which, before, after) => whole(*which, before, after),
        Change::FieldAdded(id) => format!("Dùng thêm cho lĩnh vực {}.", field(id)),
        Change::FieldRemoved(id) => format!("Không dùng cho lĩnh vực {} nữa.", field(id)),
        Change::LanguageAdded(tag) => format!("Thêm {}.", language_name(tag)),
        Change::LanguageRemoved(tag) => format!("Bỏ {}.", language_name(tag)),
        Change::SectionAdded(title, count) => format!("Thêm phần “{title}” với {count} câu."),
        Change::SectionRemoved(title) => format!("Bỏ phần “{title}”."),
        Change::SectionRenamed(before, after) if before == after => format!("Sửa bản dịch tên phần “{after}”."),
        Change::SectionRenamed(before, after) => format!("Đổi tên phần “{before}” thành “{after}”."),
        Change::SectionCounts(title) => {
            format!("Phần “{title}” tính vào yếu tố, chỉ số hoặc người trả lời khác trước.")
        }
        Change::SectionOptional(title, true) => format!("Phần “{title}” thành phần trả lời thêm."),
        Change::SectionOptional(title, false) => format!("Phần “{title}” hỏi cùng các phần chính."),
        Change::SectionOrder => "Các phần xếp theo thứ tự khác.".to_owned(),
        Change::Added(text) => format!("Thêm câu “{text}”."),
        Change::Removed(text) => format!("Bỏ câu “{text}”."),
        Change::Reworded(before, after) => {
            format!("Sửa lời câu “{before}” thành “{after}”; vẫn so sánh với các kỳ trước.")
        }
        Change::Translated(text, tag) => format!("Sửa bản dịch {} của câu “{text}”.", language_name(tag)),
        Change::Help(text) => format!("Sửa lời gợi ý dưới câu “{text}”."),
        Change::Required(text, true) => format!("Câu “{text}” bắt buộc trả lời."),
        Change::Required(text, false) => format!("Câu “{text}” không còn bắt buộc."),
        Change::Kind(text) => format!("Câu “{text}” trả lời theo cách khác."),
        Change::Condition(text) => format!("Câu “{text}” hỏi những người khác trước."),
        Change::Moved(text, section) => format!("Chuyển câu “{text}” sang phần “{section}”."),
        Change::OptionAdded(text, option) => format!("Câu “{text}”: thêm lựa chọn “{option}”."),
        Change::OptionRemoved(text, option) => format!("Câu “{text}”: bỏ lựa chọn “{option}”."),
        Change::OptionReworded(text, before, after) if before == after => {
            format!("Câu “{text}”: sửa bản dịch lựa chọn “{after}”.")
        }
        Change::OptionReworded(text, before, after) => {
            format!("Câu “{text}”: sửa lựa chọn “{before}” thành “{after}”.")
        }
        Change::Order => "Các câu xếp theo thứ tự khác.".to_owned(),
    }
}

fn whole(which: Whole, before: &str, after: &str) -> String {
    let name = match which {
        Whole::Title => "tên phiếu",
        Whole::Intro => "lời mở đầu",
        Whole::Comment => "câu góp ý",
        Whole::Level => "tên mức",
        Whole::Seconds => "thời gian trả lời (giây)",
    };
    match (before.is_empty(), after.is_empty()) {
        (true, false) => format!("Thêm {name}: “{after}”."),
        (false, true) => format!("Bỏ {name} “{before}”."),
        _ if before == after => format!("Sửa bản dịch của {name} “{after}”."),
        _ => format!("Sửa {name}: “{before}” thành “{after}”."),
    }
}
