//! Asking by telephone or at home: the same questions in large print for whoever reads them out. Stored at once, through
//! the same ledger as a citizen's own sheet.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;
use uuid::Uuid;

use super::keying_sheet::RESPONDENTS;
use crate::clock;
use crate::db::{PointFound, PointStatus};
use crate::error::{Reason, Refusal};
use crate::sheet::tally::Mode;
use crate::survey::{self, Asked, FieldError, QuestionKind, code, from_form, peek_form};
use crate::web::accepted::Accepted;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send, told};
use crate::web::staff::questionnaires::further::in_words;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;
use crate::web::submit::accept_said;

/// What stands behind the `?`: the point, the mode, whether one was just stored.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    code: Option<String>,
    mode: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/answers/interview.html")]
struct InterviewPage<'a> {
    frame: Frame,
    done: bool,
    conflict: bool,
    code: &'a str,
    mode: &'static str,
    mode_vi: &'static str,
    unit: &'a str,
    point: &'a str,
    intro: &'a str,
    attempt: String,
    form: String,
    errors: Vec<(String, String)>,
    before: Vec<Question>,
    sections: Vec<(String, Vec<Question>)>,
    about: Vec<Question>,
    comment: Option<(String, String)>,
}

struct Question {
    id: String,
    name: String,
    text: String,
    error: Option<String>,
    options: Vec<(String, String, bool)>,
    /// Whether several may be chosen.
    several: bool,
    /// What was typed, of a number or a short text.
    typed: Option<String>,
}

/// The ways in which staff ask: word in the address, mode, name.
const MODES: [(&str, Mode, &str); 2] =
    [("telephone", Mode::Telephone, "Gọi điện thoại"), ("interview", Mode::Interview, "Phỏng vấn tại nhà")];

/// Keys of the page beside those of the questionnaire.
const PAGE_KEYS: [&str; 2] = ["code", "mode"];

/// `GET /staff/entry/interview?code=…&mode=…`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let typed = ask.code.as_deref().unwrap_or_default();
    let Some((point, mode)) = open(&app, &user, typed, ask.mode.as_deref()).await? else {
        return Ok(see_other("/staff/entry"));
    };
    let page = Laid { user: &user, point: &point, mode, pairs: &[], errors: &[] };
    Ok(page.send(&app, StatusCode::OK, Uuid::new_v4(), ask.done.is_some(), false))
}

/// `POST /staff/entry/interview`.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let Some((point, mode)) = open(&app, &user, sent.get("code").unwrap_or_default(), sent.get("mode")).await? else {
        return Ok(see_other("/staff/entry"));
    };
    let fields: Vec<String> = point.fields.iter().map(|field| field.code.clone()).collect();
    let questionnaire = &point.form.questionnaire;
    let asked = Asked { questionnaire, fields: &fields, today: clock::today(), page_keys: &PAGE_KEYS };
    let attempt = peek_form(&sent.pairs).attempt.unwrap_or_else(Uuid::new_v4);
    let checked = from_form(&sent.pairs, &asked);
    let mut laid = Laid { user: &user, point: &point, mode, pairs: &sent.pairs, errors: &[] };
    let submission = match checked {
        Ok(submission) if sent.unreadable.is_empty() => submission,
        checked => {
            let errors = checked.err().unwrap_or_default();
            laid.errors = &errors;
            return Ok(laid.send(&app, StatusCode::UNPROCESSABLE_ENTITY, attempt, false, false));
        }
    };
    let (word, kind, _) = mode;
    Ok(match accept_said(&app, &point, point.form.id, &submission, kind).await? {
        Accepted::Stored | Accepted::StoredBefore => {
            see_other(&format!("/staff/entry/interview?code={}&mode={word}&done=1", point.code))
        }
        Accepted::OtherContent => laid.send(&app, StatusCode::CONFLICT, Uuid::new_v4(), false, true),
        _ => {
            let sentence = "Hệ thống đang bận nên chưa lưu được. Hãy quay lại và bấm gửi lần nữa; câu trả lời vẫn còn.";
            told(&app, &user, StatusCode::SERVICE_UNAVAILABLE, "Chưa lưu được", sentence)
        }
    })
}

type AskedBy = (&'static str, Mode, &'static str);

/// The open point of a code within the user's units, and the mode of a word; none where either is missing.
async fn open(
    app: &App,
    user: &SignedIn,
    typed: &str,
    mode: Option<&str>,
) -> Result<Option<(Arc<PointFound>, AskedBy)>, Refusal> {
    let mode = MODES.into_iter().find(|(word, ..)| Some(*word) == mode);
    let (Some(code), Some(mode)) = (code::normalise(typed), mode) else { return Ok(None) };
    let db = app.db.clone();
    let found = block(move || db.point(&code)).await??;
    let found = found.filter(|point| user.covers(&point.unit_code));
    match found {
        Some(point) if point.status(clock::today()) == PointStatus::Active => Ok(Some((point, mode))),
        _ => Err(Reason::NotYours.into()),
    }
}

/// What a page is made of.
struct Laid<'a> {
    user: &'a SignedIn,
    point: &'a PointFound,
    mode: AskedBy,
    pairs: &'a [(String, String)],
    errors: &'a [FieldError],
}

impl Laid<'_> {
    fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn question(&self, name: &str, text: String, options: Vec<(String, String)>) -> Question {
        let chosen = self.value(name);
        let error = self.errors.iter().find(|error| error.field == name);
        Question {
            id: name.replace('.', "-"),
            name: name.to_owned(),
            text,
            error: error.map(|error| error.message("vi", &self.point.form.questionnaire)),
            options: options.into_iter().map(|(id, text)| (id.clone(), text, id == chosen)).collect(),
            several: false,
            typed: None,
        }
    }

    /// A question of a further kind; on what it is asked is said, as on the form without script.
    fn further(&self, asked: &survey::Question) -> Question {
        let name = format!("q.{}", asked.id);
        let options = asked.kind.options().iter();
        let options = options.map(|option| (option.id.clone(), option.text.in_language("vi").to_owned())).collect();
        let when = asked.when.as_ref().map(|when| in_words(when, &self.point.form.questionnaire));
        let when = when.map_or_else(String::new, |when| format!(" (chỉ hỏi khi chọn {when})"));
        let mut question = self.question(&name, format!("{}{when}", asked.text.in_language("vi")), options);
        let chosen = |id: &str| self.pairs.iter().any(|(known, value)| *known == name && value == id);
        for (id, _, is_chosen) in &mut question.options {
            *is_chosen = chosen(id);
        }
        question.several = matches!(asked.kind, QuestionKind::Several { .. });
        question.typed = asked.kind.options().is_empty().then(|| self.value(&name).to_owned());
        question
    }

    fn send(&self, app: &App, status: StatusCode, attempt: Uuid, done: bool, conflict: bool) -> HttpResponse {
        let questionnaire = &self.point.form.questionnaire;
        let mut levels: Vec<(String, String)> = ["1", "2", "3", "4", "5"]
            .iter()
            .zip(&questionnaire.levels)
            .map(|(level, text)| ((*level).to_owned(), text.in_language("vi").to_owned()))
            .collect();
        levels.push(("na".to_owned(), questionnaire.not_used.in_language("vi").to_owned()));
        let mut before = Vec::new();
        if self.point.fields.len() > 1 {
            let fields = self.point.fields.iter().map(|field| (field.code.clone(), field.name_vi.clone())).collect();
            before.push(self.question("field", "Ông/Bà đã làm thủ tục thuộc lĩnh vực nào?".to_owned(), fields));
        }
        let mut number = 0;
        let sections = questionnaire.sections.iter().map(|section| {
            let items = section.items.iter().map(|item| {
                number += 1;
                let text = format!("{number}. {}", item.text.in_language("vi"));
                self.question(&format!("q.{}", item.id), text, levels.clone())
            });
            let further = section.questions.iter().map(|asked| self.further(asked));
            (section.title.in_language("vi").to_owned(), items.chain(further).collect())
        });
        let sections = sections.collect();
        let respondents = RESPONDENTS.map(|(id, text)| (id.to_owned(), text.to_owned())).to_vec();
        let mut about = vec![self.question("respondent", "Ông/Bà trả lời với tư cách:".to_owned(), respondents)];
        for question in &questionnaire.demographics {
            let options = question.options.iter();
            let options = options.map(|option| (option.id.clone(), option.text.in_language("vi").to_owned())).collect();
            let text = question.text.in_language("vi").to_owned();
            about.push(self.question(&format!("d.{}", question.id), text, options));
        }
        let message = |error: &FieldError| error.message("vi", questionnaire);
        let page = InterviewPage {
            frame: self.user.frame(app),
            done,
            conflict,
            code: &self.point.code,
            mode: self.mode.0,
            mode_vi: self.mode.2,
            unit: &self.point.unit_name_vi,
            point: &self.point.name_vi,
            intro: questionnaire.intro.in_language("vi"),
            attempt: attempt.to_string(),
            form: questionnaire.reference(),
            errors: self.errors.iter().map(|error| (error.field.replace('.', "-"), message(error))).collect(),
            before,
            sections,
            about,
            comment: questionnaire
                .comment
                .as_ref()
                .map(|text| (text.in_language("vi").to_owned(), self.value("comment").to_owned())),
        };
        send(status, &page)
    }
}
