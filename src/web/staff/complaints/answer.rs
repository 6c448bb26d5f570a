//! `/staff/complaints/{case}/answer.docx` and `apology.docx`: the official answer, and the letter of apology for one that came late, laid out
//! as administrative documents (Decree 30/2020).

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use super::opened::{Opened, is_late, open};
use super::{answer_template, words};
use crate::cases::State;
use crate::error::{Reason, Refusal};
use crate::report::model::{Block, Letter, Report};
use crate::report::template::{Answer, TemplateProblem, fill_answer};
use crate::report::{Language, docx, format};
use crate::service::report_file::Format;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// `GET /staff/complaints/{case}/answer.docx`.
pub async fn take(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let case = &opened.case;
    if case.answer.is_empty() {
        return Err(Reason::NotYours.into());
    }
    let answer = Answered {
        committee: office(&opened),
        apology: if case.was_late { late_answer(&opened) } else { String::new() },
        look_up: format!("{}/complaints", app.config.public_url),
    };
    let titles = ("THÔNG BÁO", "Kết quả giải quyết phản ánh, kiến nghị", "TB");
    let name = format!("tra-loi-{}.docx", case.key.number());
    if let Some(template) = answer_template::current(&app, &opened.ward).await? {
        match in_own_template(&opened, &answer, titles, &template.body) {
            Ok(bytes) => return Ok(sent(&name, bytes)),
            // A template is checked when it is brought. Whoever answers gets a document all the same.
            Err(problems) => {
                let problems = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                tracing::warn!(ward = opened.ward.code, problems, "the ward's template of answers cannot be filled");
            }
        }
    }
    document(&opened, titles, blocks(&opened, &answer), &name)
}

/// What an answer says beside case and answer.
struct Answered {
    committee: String,
    /// Empty for an answer in time.
    apology: String,
    look_up: String,
}

fn late_answer(opened: &Opened) -> String {
    let due = opened.case.due.map(format::date).unwrap_or_default();
    format!("Câu trả lời này chậm so với thời hạn (ngày {due}). {} xin lỗi Ông/Bà về sự chậm trễ.", office(opened))
}

/// The answer in the program's own layout.
fn blocks(opened: &Opened, answer: &Answered) -> Vec<Block> {
    let (case, ward) = (&opened.case, &answer.committee);
    let mut blocks = vec![Block::Paragraph(format!(
        "{ward} nhận được phản ánh, kiến nghị của Ông/Bà ngày {} với nội dung như sau:",
        format::date(case.key.day)
    ))];
    blocks.extend(paragraphs(&case.written.text));
    blocks.push(Block::Paragraph(format!("Sau khi xem xét, {ward} trả lời như sau:")));
    blocks.extend(paragraphs(&case.answer));
    blocks.extend(paragraphs(&answer.apology));
    blocks.push(Block::Paragraph(format!(
        "Ông/Bà có thể đánh giá câu trả lời tại {} bằng mã tra cứu. {ward} cảm ơn Ông/Bà và mong tiếp tục nhận được ý kiến./.",
        answer.look_up
    )));
    blocks
}

/// The answer in the ward's own template.
fn in_own_template(
    opened: &Opened,
    answer: &Answered,
    titles: (&str, &str, &str),
    template: &[u8],
) -> Result<Vec<u8>, Vec<TemplateProblem>> {
    let (case, report) = (&opened.case, laid_out(opened, titles, Vec::new()));
    let filling = Answer {
        letter: &report.letter,
        subject: &report.subject,
        banners: &report.banners,
        committee: answer.committee.clone(),
        office: opened.lead().map_or_else(|| opened.ward.name_vi.clone(), |unit| unit.name_vi.clone()),
        received: format::date(case.key.day),
        channel: words::channel(case.channel).to_lowercase(),
        outside_number: case.outside_number.clone(),
        words: case.written.text.clone(),
        reply: case.answer.clone(),
        apology: answer.apology.clone(),
        look_up: answer.look_up.clone(),
    };
    fill_answer(template, &filling)
}

/// `GET /staff/complaints/{case}/apology.docx`: for a case that was answered late, or is late now.
pub async fn apology(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let case = &opened.case;
    if !is_late(&opened) {
        return Err(Reason::NotYours.into());
    }
    let ward = office(&opened);
    let due = case.due.map(format::date).unwrap_or_default();
    let now = match case.decided_on {
        Some(on) => format!("Câu trả lời được gửi ngày {}, chậm so với thời hạn.", format::date(on)),
        None if case.reopened => {
            "Câu trả lời trước đã được gửi đến Ông/Bà; việc đang được xem xét lại và đến nay chưa có câu trả lời mới."
                .to_owned()
        }
        None => "Đến nay câu trả lời chưa được gửi đến Ông/Bà.".to_owned(),
    };
    let blocks = vec![
        Block::Paragraph("Kính gửi: Ông/Bà đã gửi phản ánh, kiến nghị.".to_owned()),
        Block::Paragraph(format!(
            "Ngày {}, {ward} nhận được phản ánh, kiến nghị của Ông/Bà, thời hạn trả lời là ngày {due}. {now}",
            format::date(case.key.day)
        )),
        Block::Paragraph("Lý do chậm: ……………………………………………………………………".to_owned()),
        Block::Paragraph(format!(
            "{ward} chân thành xin lỗi Ông/Bà về sự chậm trễ này và đã yêu cầu đơn vị được giao rút kinh nghiệm. Thời gian trả lời (nếu \
             chưa trả lời): ngày …… tháng …… năm ……"
        )),
        Block::Paragraph(format!("{ward} mong nhận được sự thông cảm của Ông/Bà./.")),
    ];
    let name = format!("xin-loi-{}.docx", case.key.number());
    document(&opened, ("THƯ XIN LỖI", "Về việc chậm trả lời phản ánh, kiến nghị", "TXL"), blocks, &name)
}

/// The office that answers, within and at the beginning of a sentence.
fn office(opened: &Opened) -> String {
    format!("Ủy ban nhân dân {}", format::in_a_sentence(&opened.ward.name_vi))
}

/// A document of the ward: its kind, its subject and the letters of its number.
fn document(
    opened: &Opened,
    titles: (&str, &str, &str),
    blocks: Vec<Block>,
    name: &str,
) -> Result<HttpResponse, Refusal> {
    Ok(sent(name, docx::docx(&laid_out(opened, titles, blocks)).map_err(Refusal::fault)?))
}

fn laid_out(opened: &Opened, (title, subject, symbol): (&str, &str, &str), blocks: Vec<Block>) -> Report {
    let (case, ward) = (&opened.case, &opened.ward.name_vi);
    let day = case
        .decided_on
        .map_or_else(|| "ngày …… tháng …… năm ……".to_owned(), |day| format::long_date(day, Language::Vi));
    let place = ["Phường ", "Xã ", "phường ", "xã "].iter().find_map(|kind| ward.strip_prefix(kind)).unwrap_or(ward);
    let drafted = matches!(case.state, State::Drafted | State::Reopened | State::Assigned);
    Report {
        language: Language::Vi,
        letter: Letter {
            signer_name: String::new(),
            agency: vec!["ỦY BAN NHÂN DÂN".to_owned(), ward.to_uppercase()],
            number: format!("Số:         /{symbol}-UBND"),
            place_and_date: format!("{place}, {day}"),
            signer: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
            recipients: vec!["Người gửi phản ánh, kiến nghị".to_owned(), "Lưu: VT.".to_owned()],
        },
        title: title.to_owned(),
        subject: subject.to_owned(),
        banners: if drafted { vec!["DỰ THẢO, CHƯA ĐƯỢC DUYỆT".to_owned()] } else { Vec::new() },
        blocks,
        annexes: Vec::new(),
    }
}

fn sent(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, Format::Docx.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}

fn paragraphs(text: &str) -> impl Iterator<Item = Block> + '_ {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| Block::Paragraph(line.to_owned()))
}
