//! `/privacy`: what a form asks and why, who reads it, how long it is kept. Each unit may put its own words in the place
//! of ours; a unit without words of its own shows those of the unit above it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use crate::db::{Db, DbError, Noted, Unit};
use crate::error::Refusal;
use crate::service::complaints::{responsible, with_those_above};
use crate::service::hotline::hotline;
use crate::web::citizen::page::{Page, send};
use crate::web::citizen::size::Size;
use crate::web::http::block::block;
use crate::web::state::App;

/// The languages in which the notice is kept.
pub const LANGUAGES: [&str; 2] = ["vi", "en"];
/// The longest notice, in characters: two screens of a phone held six times over.
pub const NOTICE_MAX: usize = 6_000;

/// What stands behind the `?` of the notice's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    unit: Option<String>,
    #[serde(default, rename = "large")]
    size: Size,
}

/// A part of the notice: an optional heading and lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Heading; empty where the part is one line.
    pub heading: &'a str,
    /// Lines under it.
    pub lines: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "public/privacy.html")]
struct PrivacyPage<'a> {
    page: Page,
    parts: Vec<Part<'a>>,
    hotline: Option<String>,
}

/// `GET /privacy?unit=…&lang=…`.
pub async fn show(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi").to_owned();
    let (db, wanted, wanted_lang) = (app.db.clone(), ask.unit.clone().unwrap_or_default(), lang.clone());
    let found = block(move || -> Result<_, DbError> {
        let (unit, text) = notice_of(&db, &wanted, &wanted_lang)?;
        let hotline = unit.as_ref().map(|unit| hotline(&db, unit.id)).transpose()?.flatten();
        Ok((unit, text, hotline))
    });
    let (unit, text, hotline) = found.await??;
    let name = unit.as_ref().map(|unit| if lang == "en" { unit.name_en.clone() } else { unit.name_vi.clone() });
    let path = unit
        .map_or_else(|| "/privacy".to_owned(), |_| format!("/privacy?unit={}", ask.unit.clone().unwrap_or_default()));
    let page = Page::new(&lang, &name.unwrap_or_default(), app.demo()).with_size(ask.size, &path);
    let page = page.with_languages(&LANGUAGES.map(str::to_owned), &path);
    Ok(send(StatusCode::OK, &PrivacyPage { page, parts: parts(&text), hotline }))
}

/// The unit that answers for a form of `code`, and its notice: of its own or of a unit above it, else ours.
fn notice_of(db: &Db, code: &str, lang: &str) -> Result<(Option<Unit>, String), DbError> {
    let tree = db.tree()?;
    let chain = with_those_above(&tree, code);
    for unit in &chain {
        if let Some(text) = kept(db, &unit.code, lang)? {
            return Ok((responsible(&chain).cloned(), text));
        }
    }
    let unit = responsible(&chain).cloned();
    let name = unit.as_ref().map(|unit| if lang == "en" { unit.name_en.as_str() } else { &unit.name_vi });
    let text = ours(lang, name);
    Ok((unit, text))
}

/// The words that a unit gave itself, if any.
pub fn kept(db: &Db, unit: &str, lang: &str) -> Result<Option<String>, DbError> {
    Ok(db.meta(&key(unit, lang))?.filter(|text| !text.is_empty()))
}

/// Keeps the words of a unit; empty words bring ours back.
pub fn keep(db: &Noted, unit: &str, lang: &str, text: &str) -> Result<(), DbError> {
    db.keep_words(&key(unit, lang), text)
}

fn key(unit: &str, lang: &str) -> String {
    format!("notice.{lang}.{unit}")
}

/// The parts of a notice: blank lines part them; of a part with several lines the first is its heading.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines().map(str::trim) {
        match parts.last_mut() {
            Some(part) if !line.is_empty() => part.push(line),
            Some(part) if !part.is_empty() => parts.push(Vec::new()),
            _ => {}
        }
    }
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let parts = parts.map(|mut lines| {
        let heading = if lines.len() > 1 { lines.remove(0) } else { "" };
        Part { heading, lines }
    });
    parts.collect()
}

/// Our words, for the unit of this name.
pub fn ours(lang: &str, unit: Option<&str>) -> String {
    if lang == "en" {
        OURS_EN.replace("{unit}", unit.unwrap_or("the office that serves you"))
    } else {
        OURS_VI.replace("{unit}", unit.unwrap_or("nơi phục vụ Ông/Bà"))
    }
}

const OURS_VI: &str = "\
Phiếu khảo sát này do {unit} tổ chức. Trả lời hay không là tùy Ông/Bà; không trả lời không ảnh hưởng gì đến việc giải \
quyết hồ sơ. Phiếu dành cho người từ đủ 18 tuổi.

Phiếu hỏi gì?
Mức độ hài lòng về từng điều, vài câu chọn sẵn không bắt buộc (như giới tính, nhóm tuổi) và một ô góp ý.
Phiếu không hỏi tên, số điện thoại, địa chỉ, số giấy tờ, mã hồ sơ; không hỏi dân tộc, tôn giáo, sức khỏe. Không cần đăng \
nhập, trang này không đặt cookie.

Hỏi để làm gì?
Để biết nơi phục vụ cần sửa điều gì, và để tính chỉ số hài lòng theo kế hoạch cải cách hành chính. Không dùng vào việc khác.

Ai đọc?
Số liệu được cộng chung; nhóm có dưới 10 người trả lời không được hiển thị. Phần góp ý được đọc theo từng tháng đã qua, từ 10 phiếu \
trở lên, số và địa chỉ được che; chỉ người phụ trách khảo sát, lãnh đạo, thủ trưởng đơn vị và người kiểm tra đọc được, mỗi lần đọc được ghi \
lại. Người giữ máy chủ đọc được mọi thứ đã lưu.

Có biết phiếu nào của ai không?
Không ai ở nơi phục vụ. Phiếu được lưu với ngày trả lời, không lưu giờ, địa chỉ mạng hay thông tin về máy. Vì vậy, sau khi gửi, \
không thể tìm lại riêng phiếu của một người để xem, sửa hay xóa. Người giữ máy chủ đọc được từng phiếu mà không biết của ai; ngày chỉ có một \
người đến thì người đã thấy người ấy có thể đoán ra. Trong khoảng một giờ sau khi gửi, máy chủ còn giữ dấu vết về thứ tự các phiếu.
Nếu Ông/Bà tự ghi tên hay số điện thoại vào ô góp ý thì phần đó là dữ liệu cá nhân; xin đừng ghi của mình hay của người khác.

Khi không có mạng thì sao?
Câu trả lời chờ trên chính máy của Ông/Bà, được mã hóa, và tự gửi khi có mạng. Lời góp ý chỉ được giữ ở đó nếu Ông/Bà đồng ý.
Nếu 3 ngày vẫn chưa gửi được, câu trả lời bị xóa khỏi máy. Máy tính bảng tại quầy không giữ câu trả lời nào.
Điện thoại nhớ ngày gửi phiếu gần nhất ở mỗi nơi, để nhắc khi mở lại trong ngày; xóa dữ liệu trang web thì mất.

Còn trang phản ánh?
Phản ánh không gắn với phiếu khảo sát nào. Nếu Ông/Bà để lại cách liên hệ, chỉ người có trách nhiệm và người kiểm tra đọc \
được.
Ai xem cách liên hệ được ghi vào nhật ký. Ông/Bà xóa cách liên hệ được bất cứ lúc nào ở trang tra cứu, hoặc nhờ nơi nhận xóa.
Ai có mã tra cứu xem được việc đến đâu và câu trả lời, không xem được lời viết và cách liên hệ. Khi phường, xã công khai câu trả lời, \
tên người, số điện thoại và số giấy tờ được che.

Giữ bao lâu?
Phiếu được giữ để so sánh giữa các kỳ và các năm, theo quy định lưu trữ của đơn vị. Trong 30 ngày, máy chủ nhớ rằng có một phiếu đã \
gửi, không nhớ nội dung, để phiếu gửi lại không bị lưu hai lần.

Hỏi thêm ở đâu?
Liên hệ {unit}. Việc bảo vệ dữ liệu cá nhân thực hiện theo Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15 và Nghị định \
356/2025/NĐ-CP, có hiệu lực từ 01/01/2026.";

const OURS_EN: &str = "\
This survey is run by {unit}. Whether you answer is up to you; not answering does not affect your case. The \
form is for people aged 18 and over.

What is asked?
How satisfied you were with each point, a few optional closed questions (such as sex and age group), and one comment.
The form asks for no name, phone number, address, identity number or case number, and nothing about ethnicity, religion or \
health. You need not sign in, and this page sets no cookie.

What for?
To learn what the office should improve, and to compute the satisfaction index of the administrative reform plan. Nothing else.

Who reads it?
Figures are added up; groups of fewer than 10 respondents are not shown. Comments are read by months that are over, from 10 answers up, \
with numbers and addresses masked; only those in charge of the survey, leaders, heads of unit and auditors can read them, and every \
reading is logged. Whoever runs the server can read everything that is stored.

Can anybody tell which answers are mine?
Nobody at the office. Answers are stored with their day, without the time, the network address or anything about your device. For \
the same reason, once sent, one person's answers cannot be found again to show, change or delete them. Whoever runs the server can read \
single answers without knowing whose they are; on a day with a single visitor, who saw that person may guess. For about an hour after \
sending, the server still holds traces of the order of answers.
If you write a name or a phone number into the comment, that part is personal data; please leave out yours and other people's.

What if there is no network?
Your answers wait on your own phone, encrypted, and are sent when there is a network. A comment is kept there only if you agree.
If they cannot be sent within 3 days, they are deleted from the phone. A tablet at the counter keeps no answers.
The phone remembers the day of your last answer at each place, to remind you that day; clearing the site's data removes it.

What about complaints?
A complaint is not connected to any survey answers. If you leave a contact, only those in charge, and auditors, can read it.
Who reads your contact stands in a log. You can delete it at any time on the page that looks the complaint up, or ask the office to.
Whoever has the reference can see its progress and the answer, but neither your words nor your contact. When the office publishes an \
answer, names of people, telephone numbers and numbers of papers are masked.

How long is it kept?
Answers are kept to compare periods and years, under the unit's rules for records. For 30 days the server remembers that an answer was \
sent, not what it said, so that one sent again is not stored twice.

Where can I ask?
At {unit}. Personal data are protected under Law 91/2025/QH15 on personal data protection and Decree 356/2025/NĐ-CP, in force \
since 1 January 2026.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_a_notice_and_the_first_of_several_lines_is_a_heading() {
        let found = parts("\n Một câu. \n\n\nHỏi gì?\nMột.\nHai.\n\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Part { heading: "", lines: vec!["Một câu."] });
        assert_eq!(found[1], Part { heading: "Hỏi gì?", lines: vec!["Một.", "Hai."] });
        assert!(parts(" \n").is_empty());
    }

    #[test]
    fn our_notice_has_the_same_parts_in_both_languages_and_fits() {
        let [vi, en] = LANGUAGES.map(|lang| ours(lang, Some("X")));
        let shape = |text: &str| parts(text).iter().map(|part| part.lines.len()).collect::<Vec<_>>();
        assert_eq!(shape(&vi), shape(&en));
        assert!(vi.chars().count() < NOTICE_MAX && en.chars().count() < NOTICE_MAX);
        assert!(!vi.contains("{unit}") && !en.contains("{unit}"));
    }
}
