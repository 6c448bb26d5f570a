//! The one place where a refusal becomes an answer: JSON for programs, the staff frame for staff, else the citizens' page.

use actix_web::error::PayloadError;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use serde_json::{Value, json};

use super::citizen::page::{self, Page};
use super::citizen::size::Size;
use super::error_words::{for_citizens, for_programs, for_staff};
use super::http::block::Broken;
use super::row::Scope;
use super::staff::layout::{self, Frame};
use super::staff::signed_in::Staff;
use super::state::App;
use super::status::{SAID, json_answer, status};
use crate::error::{Reason, Refusal};
use crate::service::closing::ClosingError;
use crate::service::figures::MeasureError;
use crate::service::imports::IntakeError;
use crate::service::samples::SampleError;

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        status(self.reason.class())
    }

    /// Without a page: what stands before every handler lays the page out, since it knows who asked where.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        Self::fault(broken)
    }
}

/// A plan, period, unit or version that is not there is an address that leads to nothing; the database speaks for itself.
impl From<MeasureError> for Refusal {
    fn from(error: MeasureError) -> Self {
        match error {
            MeasureError::Database(error) => error.into(),
            MeasureError::Unreadable { .. } => Self::because(Reason::KeptUnreadable, error),
            MeasureError::NoPlan(_)
            | MeasureError::NoPeriod { .. }
            | MeasureError::NoUnit { .. }
            | MeasureError::NoVersion { .. } => Reason::NotYours.into(),
        }
    }
}

/// What a page has no words of its own for: where a step may be refused, its page says so before this is asked.
impl From<ClosingError> for Refusal {
    fn from(error: ClosingError) -> Self {
        match error {
            ClosingError::Database(error) => error.into(),
            ClosingError::Measure(error) => error.into(),
            ClosingError::Refused(_)
            | ClosingError::NumberTaken(_)
            | ClosingError::SoFar
            | ClosingError::Document(_)
            | ClosingError::ReportTemplate(_) => Self::fault(error),
        }
    }
}

impl From<SampleError> for Refusal {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::Database(error) => error.into(),
            error => Self::fault(error),
        }
    }
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Database(error) => error.into(),
            error => Self::fault(error),
        }
    }
}

/// What an error of actix's own means: its extractors refuse in the same words as handlers.
pub fn refusal_of(error: &actix_web::Error, body_max: usize) -> Refusal {
    if let Some(refusal) = error.as_error::<Refusal>() {
        return refusal.clone();
    }
    let response = error.as_response_error().status_code();
    let overflow = matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow));
    match response {
        _ if overflow => Reason::BodyTooLong { max: body_max }.into(),
        StatusCode::PAYLOAD_TOO_LARGE => Reason::BodyTooLong { max: body_max }.into(),
        status if status.is_client_error() => Reason::BodyBroken.into(),
        _ => Refusal::fault(error),
    }
}

/// The answer to a refused request, for whoever reads that address.
pub fn answer(app: &App, request: &HttpRequest, scope: Scope, refusal: &Refusal) -> HttpResponse {
    let status = status(refusal.reason.class());
    let mut answer = match scope {
        Scope::Programs | Scope::Operators => problem_at(request.path(), refusal, Value::Null),
        Scope::Staff => staff_page(app, request, status, refusal),
        Scope::Citizens => citizens_page(app, request, status, refusal),
    };
    let headers = answer.headers_mut();
    if let Some(seconds) = refusal.reason.retry_after() {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    match &refusal.reason {
        Reason::WrongMethod { allowed } => {
            headers.insert(header::ALLOW, header::HeaderValue::from_static(allowed));
        }
        // RFC 9110, 15.5.16: what would have been taken.
        Reason::BodyEncoded => {
            headers.insert(header::ACCEPT_ENCODING, header::HeaderValue::from_static("identity"));
        }
        // RFC 9110, 15.5.2: how to come in. A browser asks nobody for such a key.
        Reason::NotSignedIn if scope == Scope::Programs => {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        // What is left of the body is not read.
        Reason::TooSlow | Reason::BodyTooLong { .. } | Reason::TooManyBodies => {
            headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        }
        _ => {}
    }
    answer
}

/// A refusal as JSON: `{"error": sentence, "code": word, …}`.
pub fn problem(refusal: &Refusal, more: Value) -> HttpResponse {
    problem_at("", refusal, more)
}

fn problem_at(path: &str, refusal: &Refusal, more: Value) -> HttpResponse {
    let reason = &refusal.reason;
    let mut body = json!({"error": for_programs(reason, path), "code": reason.code()});
    if let Some(known) = body.as_object_mut() {
        if let Value::Object(more) = more {
            known.extend(more);
        }
        if let Some(reference) = &refusal.reference {
            known.insert("reference".to_owned(), json!(reference));
        }
    }
    let mut answer = json_answer(status(reason.class()), &body);
    answer.headers_mut().insert(SAID, header::HeaderValue::from_static(reason.code()));
    if let Some(seconds) = reason.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    answer
}

fn staff_page(app: &App, request: &HttpRequest, status: StatusCode, refusal: &Refusal) -> HttpResponse {
    let frame = match request.extensions().get::<Staff>() {
        Some(user) => user.frame(app),
        None => Frame::anonymous(app),
    };
    let (heading, sentence) = for_staff(&refusal.reason);
    layout::message(status, frame, heading, sentence, refusal.reference.as_deref())
}

fn citizens_page(app: &App, request: &HttpRequest, status: StatusCode, refusal: &Refusal) -> HttpResponse {
    let lang = lang_of(request.query_string());
    let (heading, paragraphs) = for_citizens(&refusal.reason, lang);
    let size = Size::of_query(request.query_string());
    let mut page = Page::new(lang, "", app.demo()).in_size(size);
    // What was sent is not read again at an address alone.
    if request.method() == Method::GET {
        let path = format!("/{}", request.path().trim_start_matches(['/', '\\']));
        // The rest of the address comes along: a one-time code must not be typed again because of a press on a language.
        let chosen = |part: &&str| !matches!(part.split('=').next(), None | Some("" | "lang" | "large"));
        let rest: Vec<&str> = request.query_string().split('&').filter(chosen).collect();
        let path = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
        page = page.with_size(size, &path).with_languages(&["vi".to_owned(), "en".to_owned()], &path);
    }
    let words = page.words;
    let mut message = page::Message::new(page, heading, paragraphs);
    message.reference.clone_from(&refusal.reference);
    if status == StatusCode::NOT_FOUND {
        message = message.asking(page::TypeAgain::code(words, ""));
    }
    message.sent(status)
}

/// The language that an address asks for, of those in which refusals are worded.
pub fn lang_of(query: &str) -> &'static str {
    if query.split('&').any(|part| part == "lang=en") { "en" } else { "vi" }
}
