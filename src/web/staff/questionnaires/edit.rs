//! Writing and publishing a version of a questionnaire. A published version is never changed: what is published here is
//! always newer. Who publishes must cover every open point that asks the questionnaire, because all of them ask the new
//! version from then on.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};

use super::editor::{EditorPage, ProblemLine, peek, with_unix_line_ends};
use super::list::{address, open_points, preview_page, preview_thanks_in, see_other};
use super::words;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{Db, DbError, PointListed, PublishedOnPage};
use crate::error::{Reason, Refusal};
use crate::survey::follow_up::{FOLLOW_UP_SUFFIX, FollowUpError, follow_up};
use crate::survey::{Problem, Questionnaire, hash, parse, to_toml};
use crate::web::citizen::page::{self, Message, Page};
use crate::web::citizen::sheet::Kept;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{send, told};
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?` of a preview's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    lang: Option<String>,
}

/// `GET /staff/forms/{id}/edit`: the newest version as text, under the next number.
pub async fn edit(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    let Some(form) = block(move || db.newest_form(&path)).await?? else { return Err(Reason::NotYours.into()) };
    let mut draft = form.questionnaire.clone();
    draft.version += 1;
    Ok(send(StatusCode::OK, &page(&app, &user, to_toml(&draft), Vec::new(), false)))
}

/// `GET /staff/forms/{id}/follow-up?item=…&item=…`: the chosen criteria as a draft that asks them again.
pub async fn follow_up_draft(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let asked = FormBody::parse(request.query_string().as_bytes()).pairs;
    let items: Vec<String> = asked.into_iter().filter(|(name, _)| name == "item").map(|(_, value)| value).collect();
    let db = app.db.clone();
    let found = block(move || {
        let Some(source) = db.newest_form(&path)? else { return Ok(None) };
        let id = &source.questionnaire.id;
        let id = if id.ends_with(FOLLOW_UP_SUFFIX) { id.clone() } else { format!("{id}{FOLLOW_UP_SUFFIX}") };
        let version = db.newest_form(&id)?.map_or(1, |newest| newest.questionnaire.version + 1);
        Ok::<_, DbError>(Some((source, version)))
    })
    .await??;
    let Some((source, version)) = found else { return Err(Reason::NotYours.into()) };
    Ok(match follow_up(&source.questionnaire, &items, version) {
        Ok(draft) => send(StatusCode::OK, &page(&app, &user, to_toml(&draft), Vec::new(), false)),
        Err(FollowUpError::NoItems) => {
            let sentence = "Hãy quay lại trang trước và chọn ít nhất một tiêu chí cần hỏi lại.";
            told(&app, &user, StatusCode::UNPROCESSABLE_ENTITY, "Chưa chọn tiêu chí nào", sentence)
        }
        // A criterion that the questionnaire does not have: the address is none of ours.
        Err(FollowUpError::ItemUnknown { .. }) => return Err(Reason::NotYours.into()),
    })
}

/// `POST /staff/forms/publish`: checks the text, and publishes it when that was asked for.
pub async fn publish(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let text = with_unix_line_ends(sent.get("text").unwrap_or_default());
    let (db, covered) = (app.db.clone(), user.clone());
    let (checked, text) = block(move || Ok::<_, DbError>((check(&db, &covered, &text)?, text))).await??;
    let draft = match checked {
        Ok(draft) => draft,
        Err(problems) => {
            return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &user, text, problems, false)));
        }
    };
    if sent.get("do") != Some("keep") {
        return Ok(send(StatusCode::OK, &page(&app, &user, text, Vec::new(), true)));
    }
    let note = user.note(AuditedAction::PublishForm, user.code_of_unit(user.unit), draft.reference());
    let (db, published) = (app.db.noting(note), draft.clone());
    let done = block(move || {
        db.publish_on_page(&published, &hash::content_hash(&published), &hash::to_json(&published), clock::today())
    });
    Ok(match done.await?? {
        PublishedOnPage::New => {
            tracing::info!(form = draft.reference(), "questionnaire published on a page");
            see_other(&address(&draft.id, draft.version))
        }
        // Somebody else published between the check and the writing.
        PublishedOnPage::NotNewer { newest } => {
            let problems = vec![not_newer(&text, &draft, newest)];
            send(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &user, text, problems, false))
        }
    })
}

/// `POST /staff/forms/preview`: the citizens' page of the text under way; it stores nothing.
pub async fn preview(app: Data<App>, user: Staff, view: Query<View>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let text = with_unix_line_ends(sent.get("text").unwrap_or_default());
    let db = app.db.clone();
    let read = block(move || read(&db, &text)).await??;
    let lang = view.lang.as_deref().unwrap_or("vi");
    Ok(match read {
        Ok(draft) => {
            let action = "/staff/forms/preview/thanks";
            let lang = if draft.languages.iter().any(|known| known == lang) { lang } else { "vi" };
            // One language: a link to another one would lose the text.
            let draft = Questionnaire { languages: vec![lang.to_owned()], ..draft };
            preview_page(&app, &user, &draft, lang, action, StatusCode::OK, Kept::default())
        }
        Err(problems) => {
            let sentence = format!("Bản soạn còn {} chỗ cần sửa. Bấm “Kiểm tra lỗi” để xem từng chỗ.", problems.len());
            let message = Message {
                page: Page::new("vi", "", app.demo()),
                heading: "Chưa xem thử được",
                done: false,
                paragraphs: &[&sentence],
                link: None,
                reference: None,
            };
            page::send(StatusCode::UNPROCESSABLE_ENTITY, &message)
        }
    })
}

/// `POST /staff/forms/preview/thanks`: what the preview of a text under way posts to.
pub async fn preview_thanks(app: Data<App>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    Ok(preview_thanks_in(&app, sent.get("lang").unwrap_or("vi")))
}

/// The questionnaire of a text, or what is wrong with the text itself.
fn read(db: &Db, text: &str) -> Result<Result<Questionnaire, Vec<ProblemLine>>, DbError> {
    let known: Vec<String> = db.fields()?.into_iter().map(|field| field.code).collect();
    let name = format!("{}.toml", peek(text, "id").unwrap_or_default());
    let lines = |problem: &Problem| ProblemLine::new(text, problem.line, words::problem(problem, text));
    Ok(parse(&name, text, &known).map_err(|problems| problems.iter().map(lines).collect()))
}

/// The questionnaire of a text that `user` may publish now, or everything that stands in the way.
fn check(db: &Db, user: &SignedIn, text: &str) -> Result<Result<Questionnaire, Vec<ProblemLine>>, DbError> {
    let draft = match read(db, text)? {
        Ok(draft) => draft,
        Err(problems) => return Ok(Err(problems)),
    };
    let mut problems = Vec::new();
    if let Some(newest) = db.newest_form(&draft.id)?.map(|newest| newest.questionnaire.version)
        && draft.version <= newest
    {
        problems.push(not_newer(text, &draft, newest));
    }
    let points = open_points(db, &draft.id)?;
    let others = points.iter().filter(|point| !user.covers(&point.unit_code)).count();
    if others > 0 {
        let message = format!(
            "Phiếu này đang được hỏi ở {others} điểm của đơn vị khác, nên bạn không đổi được. Hãy đặt `id` khác để lập \
             phiếu riêng."
        );
        problems.push(ProblemLine::at_key(text, "id", message));
    }
    problems.extend(points.iter().filter_map(|point| unserved(text, &draft, point)));
    problems.sort();
    Ok(if problems.is_empty() { Ok(draft) } else { Err(problems) })
}

fn not_newer(text: &str, draft: &Questionnaire, newest: u32) -> ProblemLine {
    let message = format!(
        "Phiếu {} đã có phiên bản {newest}; phiên bản đã công bố không sửa được. Hãy đặt `version` là {} hoặc lớn hơn.",
        draft.id,
        newest + 1
    );
    ProblemLine::at_key(text, "version", message)
}

/// The problem of an open point that serves a field the draft leaves out.
fn unserved(text: &str, draft: &Questionnaire, point: &PointListed) -> Option<ProblemLine> {
    let missing: Vec<&str> =
        point.field_codes.iter().filter(|field| !draft.fields.contains(field)).map(String::as_str).collect();
    let message = format!(
        "Điểm “{}” ({}) đang hỏi phiếu này cho lĩnh vực {}; hãy giữ lĩnh vực đó trong `fields`.",
        point.name_vi,
        point.code,
        missing.join(", ")
    );
    (!missing.is_empty()).then(|| ProblemLine::at_key(text, "fields", message))
}

fn page(app: &App, user: &SignedIn, text: String, problems: Vec<ProblemLine>, sound: bool) -> EditorPage {
    EditorPage {
        frame: user.frame(app),
        back: ("Phiếu khảo sát".to_owned(), "/staff/forms".to_owned()),
        heading: "Soạn phiếu khảo sát".to_owned(),
        hints: &[
            "Mỗi dòng là một mục: `text.vi` là lời tiếng Việt, `text.en` là lời tiếng Anh. Giữ nguyên `id` của câu để so \
             sánh được với các kỳ trước; câu hỏi điều khác thì cần `id` khác.",
            "Sau khi công bố, mọi điểm đang dùng phiếu sẽ hỏi phiên bản mới ngay; câu trả lời cũ vẫn gắn với phiên bản cũ. \
             Đặt `id` mới ở đầu tệp để lập một phiếu riêng.",
        ],
        action: "/staff/forms/publish".to_owned(),
        hidden: Vec::new(),
        previews: [("Tiếng Việt", "vi"), ("English", "en")]
            .map(|(name, lang)| (name.to_owned(), format!("/staff/forms/preview?lang={lang}")))
            .into(),
        problems,
        sound,
        text,
        button: "Công bố phiên bản",
    }
}
