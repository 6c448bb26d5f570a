//! Fields found and filled in the XML of a DOCX. It reads no more of it than it needs: paragraphs, texts, table rows.

use std::fmt::Write;

use super::OutlineProblem;
use super::fields::{Entry, FIELDS, LISTS, ListOfFields, Values};

/// The part that holds the body.
pub(super) const BODY: &str = "word/document.xml";
/// Letters of a paragraph shown with a problem.
const SHOWN: usize = 40;

/// What a part of the zip is called, where fields may stand in it.
pub(super) fn place(name: &str) -> Option<&'static str> {
    let in_word = name.strip_prefix("word/")?.strip_suffix(".xml")?;
    match in_word {
        "document" => Some("thân văn bản"),
        name if name.contains("header") => Some("đầu trang"),
        name if name.contains("footer") => Some("chân trang"),
        _ => None,
    }
}

/// A mark in double braces.
struct Mark<'a> {
    /// What stands between the braces.
    name: &'a str,
    /// Where the braces open and where they have closed.
    at: std::ops::Range<usize>,
}

/// The marks of a text, in order.
fn marks(text: &str) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|open| from + open) {
        let Some(close) = text[open..].find("}}").map(|close| open + close) else { break };
        found.push(Mark { name: &text[open + 2..close], at: open..close + 2 });
        from = close + 2;
    }
    found
}

/// Whether a tag that opens at `at` is this one, and not one whose name goes on.
fn is_tag(xml: &str, at: usize, tag: &str) -> bool {
    xml[at..].strip_prefix(tag).is_some_and(|rest| rest.starts_with([' ', '>', '/']))
}

/// Begin and end of every element of a tag, as in `<w:t`, that holds text; elements within elements too.
fn texts(xml: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in xml.match_indices("<w:t") {
        if !is_tag(xml, at, "<w:t") {
            continue;
        }
        let Some(begin) = xml[at..].find('>').map(|end| at + end + 1) else { continue };
        if xml[at..begin].ends_with("/>") {
            continue;
        }
        if let Some(end) = xml[begin..].find("</w:t>") {
            found.push(begin..begin + end);
        }
    }
    found
}

/// The paragraphs in their order: number from 1, and the texts in it.
fn paragraphs(xml: &str) -> Vec<(usize, Vec<std::ops::Range<usize>>)> {
    let starts: Vec<usize> =
        xml.match_indices("<w:p").map(|(at, _)| at).filter(|at| is_tag(xml, *at, "<w:p")).collect();
    let mut found: Vec<(usize, Vec<_>)> = (1..=starts.len()).map(|number| (number, Vec::new())).collect();
    for text in texts(xml) {
        let number = starts.partition_point(|start| *start < text.start);
        if let Some((_, texts)) = number.checked_sub(1).and_then(|place| found.get_mut(place)) {
            texts.push(text);
        }
    }
    found
}

/// Begin and end of the innermost table row around a place.
fn row_around(xml: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let mut open = Vec::new();
    let mut from = 0;
    while let Some(next) = xml[from..].find('<').map(|next| from + next) {
        if is_tag(xml, next, "<w:tr") {
            open.push(next);
        } else if xml[next..].starts_with("</w:tr>") {
            let begin = open.pop()?;
            let end = next + "</w:tr>".len();
            if begin < at && at < end {
                return Some(begin..end);
            }
        }
        from = next + 1;
    }
    None
}

fn list(name: &str) -> Option<&'static ListOfFields> {
    LISTS.iter().find(|list| list.name == name)
}

/// Every problem of a part.
pub(super) fn check(place: &'static str, xml: &str) -> Vec<OutlineProblem> {
    let (mut problems, mut missing_end) = (Vec::new(), Vec::new());
    let mut open: Option<(&'static ListOfFields, String, Option<std::ops::Range<usize>>)> = None;
    for (number, texts) in paragraphs(xml) {
        let whole: String = texts.iter().map(|text| &xml[text.clone()]).collect();
        let start: String = whole.chars().take(SHOWN).collect();
        let here = format!("{place}, đoạn {number} («{start}»)");
        let mut problem = |message: String| problems.push(OutlineProblem { place: here.clone(), message });
        let single: usize = texts.iter().map(|text| marks(&xml[text.clone()]).len()).sum();
        let braces = whole.matches("{{").count();
        if braces != whole.matches("}}").count() {
            problem("có dấu {{ hoặc }} lẻ; trường phải viết trọn trong một đoạn, như {{ky}}".to_owned());
            continue;
        }
        if single != marks(&whole).len() {
            problem(
                "một trường bị Word chia thành nhiều mảnh (do sửa dở hoặc đổi kiểu chữ giữa chừng); hãy xóa cả trường rồi gõ \
                 lại liền một mạch, hoặc dán dạng chữ thuần"
                    .to_owned(),
            );
            continue;
        }
        for text in &texts {
            for mark in marks(&xml[text.clone()]) {
                let at = text.start + mark.at.start;
                if let Some(name) = mark.name.strip_prefix('#') {
                    match (list(name), &open) {
                        (None, _) => problem(format!("không có danh sách {{{{#{name}}}}}; {}", lists_known())),
                        (Some(list), unended) => {
                            if let Some((other, there, _)) = unended {
                                missing_end.push((there.clone(), other.name));
                            }
                            let row = row_around(xml, at);
                            if row.is_none() {
                                problem(format!("{{{{#{name}}}}} phải nằm trong một hàng của bảng"));
                            }
                            open = Some((list, here.clone(), row));
                        }
                    }
                } else if let Some(name) = mark.name.strip_prefix('/') {
                    match open.take() {
                        Some((list, _, row)) if list.name == name => {
                            let last = row_around(xml, at);
                            let fits = row.as_ref().zip(last.as_ref()).is_some_and(|(first, last)| {
                                first == last || (first.end <= last.start && same_table(&xml[first.end..last.start]))
                            });
                            if row.is_some() && !fits {
                                problem(format!("{{{{/{name}}}}} phải nằm trong cùng bảng với {{{{#{name}}}}}"));
                            }
                        }
                        Some((list, ..)) => {
                            problem(format!("{{{{/{name}}}}} đóng một danh sách khác với {{{{#{}}}}}", list.name));
                        }
                        None => problem(format!("{{{{/{name}}}}} không có {{{{#{name}}}}} ở trước")),
                    }
                } else {
                    let of_list = open
                        .as_ref()
                        .is_some_and(|(list, ..)| list.fields.iter().any(|(known, _)| *known == mark.name));
                    if !of_list && !FIELDS.iter().any(|(known, _)| *known == mark.name) {
                        problem(unknown(mark.name, open.as_ref().map(|(list, ..)| *list)));
                    }
                }
            }
        }
    }
    missing_end.extend(open.map(|(list, here, _)| (here, list.name)));
    problems.extend(missing_end.into_iter().map(|(place, name)| OutlineProblem {
        place,
        message: format!("{{{{#{name}}}}} không có {{{{/{name}}}}} ở sau"),
    }));
    problems
}

/// Whether what stands between two rows leaves no table.
fn same_table(between: &str) -> bool {
    between.matches("<w:tbl>").count() == between.matches("</w:tbl>").count()
        && !between.trim_start().starts_with("</w:tbl>")
}

fn lists_known() -> String {
    format!("các danh sách có: {}", LISTS.map(|list| list.name).join(", "))
}

fn unknown(name: &str, within: Option<&ListOfFields>) -> String {
    if let Some(list) = within {
        let known: Vec<&str> = list.fields.iter().map(|(name, _)| *name).collect();
        return format!(
            "không có trường {{{{{name}}}}} trong {{{{#{}}}}}; các trường có: {}",
            list.name,
            known.join(", ")
        );
    }
    if LISTS.iter().any(|list| list.fields.iter().any(|(known, _)| *known == name)) {
        return format!("trường {{{{{name}}}}} chỉ dùng trong hàng có {{{{#…}}}}; {}", lists_known());
    }
    let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    format!("không có trường {{{{{name}}}}}; các trường có: {}", known.join(", "))
}

/// A checked part, filled.
pub(super) fn fill(xml: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(xml.len());
    let mut from = 0;
    loop {
        let next = marks_of_lists(xml, from);
        let Some((list, rows)) = next else { break };
        filled.push_str(&replaced(&xml[from..rows.start], &[&values.fields]));
        // The marks of the list itself have no value, and so leave nothing.
        let template = &xml[rows.clone()];
        for entry in values.lists.get(list).map_or(&[][..], Vec::as_slice) {
            filled.push_str(&replaced(template, &[entry, &values.fields]));
        }
        from = rows.end;
    }
    filled.push_str(&replaced(&xml[from..], &[&values.fields]));
    filled
}

/// The next list and its rows.
fn marks_of_lists(xml: &str, from: usize) -> Option<(&'static str, std::ops::Range<usize>)> {
    let open = from + xml[from..].find("{{#")?;
    let name = xml[open + 3..].split("}}").next()?;
    let list = list(name)?;
    let close = open + xml[open..].find(&format!("{{{{/{name}}}}}"))?;
    Some((list.name, row_around(xml, open)?.start..row_around(xml, close)?.end))
}

/// A text with its marks replaced by the first value of each name.
fn replaced(xml: &str, values: &[&Entry]) -> String {
    let mut text = String::with_capacity(xml.len());
    let mut from = 0;
    for mark in marks(xml) {
        text.push_str(&xml[from..mark.at.start]);
        if let Some(value) = values.iter().find_map(|values| values.get(mark.name)) {
            text.push_str(&escaped(value));
        }
        from = mark.at.end;
    }
    text.push_str(&xml[from..]);
    text
}

/// A value as XML text. Braces are parted, so that no value is taken for a field.
fn escaped(text: &str) -> String {
    let text = text.replace("{{", "{ {").replace("}}", "} }");
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// The body with banners on top.
pub(super) fn with_banners(xml: &str, banners: &[String]) -> String {
    let Some(body) = xml.find("<w:body>").map(|at| at + "<w:body>".len()) else { return xml.to_owned() };
    let mut paragraphs = String::new();
    for banner in banners {
        // Writing to a String cannot fail.
        let _ = write!(
            paragraphs,
            "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr><w:b/><w:color w:val=\"A4161A\"/></w:rPr>\
             <w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escaped(banner)
        );
    }
    format!("{}{paragraphs}{}", &xml[..body], &xml[body..])
}
