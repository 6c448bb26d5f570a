//! The broadcast: read aloud within two minutes, numbers in words, no tables, no addresses to type.

use super::item::{bare, ended};
use super::{BROADCAST_SYLLABLES, Facts, fitted};
use crate::report::format::{self, Language, date};
use crate::report::spoken::{aloud, syllables};

/// What was asked and what came of it.
pub(super) fn results(facts: &Facts) -> String {
    let mut lines = vec![greeting(facts, "đánh giá của người dân về dịch vụ công")];
    if let Some(figures) = &facts.figures {
        lines.push(format!(
            "Từ ngày {} đến ngày {}, đã có {} lượt người dân, tổ chức cho ý kiến.",
            date(figures.days.0),
            date(figures.days.1),
            format::count(figures.respondents, Language::Vi)
        ));
        lines.extend(figures.targets.iter().map(|target| {
            // One figure a sentence: who listens cannot look back.
            let (title, ten, comes_to) = (lower_head(&target.title), target.of_ten(), target.comes_to());
            if target.apart {
                format!("Về {title}: {ten}. Tính theo từng câu trả lời thì {comes_to}.")
            } else {
                format!("Về {title}: {ten}, {comes_to}.")
            }
        }));
        lines.push(ended(&figures.disclaimer));
    } else {
        lines.push("Kết quả của thời gian này chưa được công bố.".to_owned());
    }
    lines.extend(complaints(facts));
    lines.extend(mended_lines(facts).into_iter().take(1));
    closed(lines, 2)
}

/// What was mended after citizens had said what was wrong.
pub(super) fn mended(facts: &Facts) -> String {
    let mut lines = vec![greeting(facts, "những việc phường đã làm từ ý kiến của người dân")];
    let mended = mended_lines(facts);
    if mended.is_empty() {
        lines.push("Trong thời gian này chưa có việc nào hoàn thành.".to_owned());
    }
    lines.extend(mended);
    lines.extend(complaints(facts));
    closed(lines, 1)
}

fn greeting(facts: &Facts, about: &str) -> String {
    format!("Kính thưa toàn thể nhân dân {}! Sau đây là thông tin về {about}, {}.", facts.ward(), facts.span)
}

fn complaints(facts: &Facts) -> Option<String> {
    facts.complaints.filter(|complaints| complaints.received > 0).map(|complaints| complaints.said(&facts.span))
}

fn mended_lines(facts: &Facts) -> Vec<String> {
    facts
        .mended
        .iter()
        .map(|one| format!("Ông bà nói: {} Phường đã làm: {}.", ended(&one.said), bare(&one.work)))
        .collect()
}

fn closed(mut lines: Vec<String>, must: usize) -> String {
    lines.push(
        "Mời ông bà tiếp tục quét mã QR hoặc xin phiếu giấy tại nơi phục vụ để cho ý kiến. Phiếu không hỏi tên. Xin trân trọng cảm ơn!".to_owned(),
    );
    let lines: Vec<String> = lines.iter().map(|line| aloud(line)).collect();
    let mut keep: Vec<usize> = (0..must).collect();
    keep.push(lines.len() - 1);
    fitted(lines, &keep, BROADCAST_SYLLABLES, syllables).join("\n")
}

/// A title within a sentence: its first letter small, unless its word is an abbreviation.
fn lower_head(title: &str) -> String {
    let first = title.split_whitespace().next().unwrap_or_default();
    if first.chars().count() > 1 && first.chars().all(char::is_uppercase) {
        return title.to_owned();
    }
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
