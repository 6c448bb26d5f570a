//! `/staff/complaints/{case}/answer.docx`: the official answer, laid out as an administrative document (Decree 30/2020).

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use super::case::open;
use crate::cases::State;
use crate::error::{Reason, Refusal};
use crate::report::model::{Block, Letter, Report};
use crate::report::{Language, docx, format};
use crate::service::report_file::Format;
use crate::web::staff::session::Staff;
use crate::web::state::App;

/// `GET /staff/complaints/{case}/answer.docx`.
pub async fn take(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let case = &opened.case;
    if case.answer.is_empty() {
        return Err(Reason::NotYours.into());
    }
    let ward = &opened.ward.name_vi;
    let day = case
        .decided_on
        .map_or_else(|| "ngày …… tháng …… năm ……".to_owned(), |day| format::long_date(day, Language::Vi));
    let place = ["Phường ", "Xã ", "phường ", "xã "].iter().find_map(|kind| ward.strip_prefix(kind)).unwrap_or(ward);
    let mut blocks = vec![Block::Paragraph(format!(
        "Ủy ban nhân dân {ward} nhận được phản ánh, kiến nghị của Ông/Bà ngày {} với nội dung như sau:",
        format::date(case.key.day)
    ))];
    blocks.extend(paragraphs(&case.written.text));
    blocks.push(Block::Paragraph(format!("Sau khi xem xét, Ủy ban nhân dân {ward} trả lời như sau:")));
    blocks.extend(paragraphs(&case.answer));
    if case.was_late {
        let due = case.due.map(format::date).unwrap_or_default();
        blocks.push(Block::Paragraph(format!(
            "Câu trả lời này chậm so với thời hạn (ngày {due}). Ủy ban nhân dân {ward} xin lỗi Ông/Bà về sự chậm trễ."
        )));
    }
    blocks.push(Block::Paragraph(format!(
        "Ủy ban nhân dân {ward} cảm ơn Ông/Bà và mong tiếp tục nhận được ý kiến. Ông/Bà có thể đánh giá câu trả lời bằng mã tra cứu tại \
         {}/complaints./.",
        app.config.public_url
    )));
    let drafted = matches!(case.state, State::Drafted | State::Reopened | State::Assigned);
    let report = Report {
        language: Language::Vi,
        letter: Letter {
            signer_name: String::new(),
            agency: vec!["ỦY BAN NHÂN DÂN".to_owned(), ward.to_uppercase()],
            number: "Số:         /TB-UBND".to_owned(),
            place_and_date: format!("{place}, {day}"),
            signer: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
            recipients: vec!["Người gửi phản ánh, kiến nghị".to_owned(), "Lưu: VT.".to_owned()],
        },
        title: "THÔNG BÁO".to_owned(),
        subject: "Kết quả giải quyết phản ánh, kiến nghị".to_owned(),
        banners: if drafted { vec!["DỰ THẢO, CHƯA ĐƯỢC DUYỆT".to_owned()] } else { Vec::new() },
        blocks,
        annexes: Vec::new(),
    };
    let bytes = docx::docx(&report).map_err(Refusal::fault)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, Format::Docx.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"tra-loi-{}.docx\"", case.key.number()),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

fn paragraphs(text: &str) -> impl Iterator<Item = Block> + '_ {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| Block::Paragraph(line.to_owned()))
}
