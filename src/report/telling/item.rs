//! The item for the ward's site and the one for the city's.

use super::{Facts, Figures, ITEM_WORDS, fitted, word_count};
use crate::report::format::{self, Language, date};

/// What was asked and what came of it.
pub(super) fn results(facts: &Facts) -> (String, String) {
    let ward = facts.ward();
    let title = if facts.figures.is_some() {
        format!("Người dân {ward} đánh giá dịch vụ công {}", facts.span)
    } else {
        format!("Lấy ý kiến người dân {ward} {}: kết quả chưa được công bố", facts.span)
    };
    let mut lines = opening(facts);
    let must = lines.len();
    if let Some(figures) = &facts.figures {
        lines.extend(targets(figures));
        lines.push(figures.disclaimer.clone());
    }
    lines.extend(complaints(facts));
    lines.extend(mended_lines(facts).into_iter().take(2));
    (title, closed(facts, lines, must))
}

/// What was mended after citizens had said what was wrong.
pub(super) fn mended(facts: &Facts) -> (String, String) {
    let ward = facts.ward();
    let title = format!("Ông bà nói – phường làm: {ward}, {}", facts.span);
    let lines = mended_lines(facts);
    let first = match lines.len() {
        0 => format!("Trong {}, {ward} chưa có việc nào hoàn thành từ ý kiến của người dân.", facts.span),
        many => format!("Từ ý kiến của người dân, {ward} đã làm xong {many} việc trong {}.", facts.span),
    };
    let mut all = vec![first];
    all.extend(lines);
    all.extend(complaints(facts));
    (title, closed(facts, all, 1))
}

/// The same for the city's site: who did it, by which plan, what it came to.
pub(super) fn for_the_city(facts: &Facts) -> (String, String) {
    let title = if facts.figures.is_some() {
        format!("{}: kết quả đo lường sự hài lòng của người dân {}", facts.unit, facts.span)
    } else {
        format!("{}: chưa công bố kết quả đo lường sự hài lòng của người dân {}", facts.unit, facts.span)
    };
    let mut lines = Vec::new();
    if let Some(figures) = &facts.figures {
        lines.push(format!(
            "UBND {} vừa công bố kết quả {} thực hiện {}. Có {} lượt người dân, tổ chức cho ý kiến trong các ngày {} – {}.",
            facts.ward(),
            figures.period,
            format::lower_first(&figures.plan),
            format::count(figures.respondents, Language::Vi),
            date(figures.days.0),
            date(figures.days.1)
        ));
        lines.extend(targets(figures));
        lines.push(figures.disclaimer.clone());
    } else {
        lines.push(no_figures(facts));
    }
    let must = 1;
    lines.extend(complaints(facts));
    lines.extend(mended_lines(facts).into_iter().take(2));
    (title, closed(facts, lines, must))
}

/// See [`mended`], for the city's site.
pub(super) fn mended_for_the_city(facts: &Facts) -> (String, String) {
    let title = format!("{}: cải thiện phục vụ từ ý kiến của người dân, {}", facts.unit, facts.span);
    let (_, body) = mended(facts);
    (title, body)
}

/// The first paragraph: who was asked when, and how many answered.
fn opening(facts: &Facts) -> Vec<String> {
    let Some(figures) = &facts.figures else { return vec![no_figures(facts)] };
    let of = if figures.period == facts.span {
        String::new()
    } else {
        format!(" (kết quả công bố mới nhất: {})", figures.period)
    };
    vec![format!(
        "Từ ngày {} đến ngày {}, {} lượt người dân, tổ chức đã cho ý kiến về sự phục vụ của các cơ quan, đơn vị thuộc {}{of}.",
        date(figures.days.0),
        date(figures.days.1),
        format::count(figures.respondents, Language::Vi),
        facts.ward()
    )]
}

fn no_figures(facts: &Facts) -> String {
    format!("Trong {}, kết quả lấy ý kiến người dân của {} chưa được công bố.", facts.span, facts.ward())
}

fn targets(figures: &Figures) -> Vec<String> {
    let said = figures.targets.iter().map(|target| {
        let (title, ten, comes_to) = (&target.title, target.of_ten(), target.comes_to());
        let (share, minimum) = (&target.share, &target.minimum);
        if target.apart {
            format!(
                "{title}: {ten}. Tính theo câu trả lời, tỷ lệ hài lòng là {share}, mức đặt ra {minimum}; {comes_to}."
            )
        } else {
            format!("{title}: {ten} ({share}, mức đặt ra {minimum}); {comes_to}.")
        }
    });
    said.collect()
}

fn complaints(facts: &Facts) -> Option<String> {
    facts.complaints.filter(|complaints| complaints.received > 0).map(|complaints| complaints.said(&facts.span))
}

fn mended_lines(facts: &Facts) -> Vec<String> {
    let line = |one: &super::Mended| {
        let done = one.done.map_or_else(String::new, |done| format!(" (xong ngày {})", date(done)));
        format!("Ông bà nói: {} Phường làm: {}{done}.", ended(&one.said), bare(&one.work))
    };
    facts.mended.iter().map(line).collect()
}

/// The last paragraph, and all of it within the bound.
fn closed(facts: &Facts, mut lines: Vec<String>, must: usize) -> String {
    lines.push(format!(
        "Ông/Bà có thể quét mã QR hoặc xin phiếu giấy tại nơi phục vụ để cho ý kiến, gửi phản ánh, kiến nghị và xem kết quả tại {}.",
        facts.address
    ));
    let last = lines.len() - 1;
    let mut keep: Vec<usize> = (0..must).collect();
    keep.push(last);
    fitted(lines, &keep, ITEM_WORDS, word_count).join("\n")
}

/// A sentence with its end.
pub(super) fn ended(text: &str) -> String {
    let text = one_line(text);
    if text.ends_with(['.', '!', '?', '…']) { text } else { format!("{text}.") }
}

/// A sentence without its end.
pub(super) fn bare(text: &str) -> String {
    one_line(text).trim_end_matches(['.', ' ']).to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
