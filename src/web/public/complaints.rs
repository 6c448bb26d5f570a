//! `/complaints`: the page for what needs an answer, apart from the survey: no attempt, no point, no rating goes along.

use std::collections::HashSet;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::complaint_words::{ComplaintWords, complaint_words};
use super::privacy::LANGUAGES;
use crate::cases::{Fault, Kind, Written, check, normalise, reference};
use crate::clock;
use crate::db::{Stored, Unit};
use crate::error::Refusal;
use crate::service::complaints::{Receivers, arrival, receivers_of};
use crate::web::citizen::form::{is_form, retry_after, see_other};
use crate::web::citizen::page::{Message, Page, TypeAgain, send, send_again};
use crate::web::citizen::size::Size;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    pub(super) unit: Option<String>,
    #[serde(default, rename = "large")]
    pub(super) size: Size,
    reference: Option<String>,
    pub(super) new: Option<String>,
    pub(super) done: Option<String>,
}

impl Params {
    pub(super) fn lang(&self) -> &str {
        self.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi")
    }
}

#[derive(Template)]
#[template(path = "public/complaint.html")]
struct ComplaintPage<'a> {
    page: Page,
    w: &'static ComplaintWords,
    action: String,
    once: String,
    unit: Option<(String, String)>,
    units: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str, bool)>,
    text: &'a str,
    contact: &'a str,
    errors: Vec<(&'static str, &'static str)>,
    notice: Option<String>,
    /// The address of what was answered in public.
    published: String,
}

impl ComplaintPage<'_> {
    fn error(&self, field: &str) -> Option<&'static str> {
        self.errors.iter().find(|(known, _)| *known == field).map(|(_, sentence)| *sentence)
    }
}

/// What was typed, shown again.
#[derive(Clone, Copy, Default)]
struct Kept<'a> {
    kind: &'a str,
    text: &'a str,
    contact: &'a str,
}

/// A state in which the page is shown.
struct Shown<'a> {
    lang: &'a str,
    size: Size,
    units: &'a Receivers,
    /// By this number a page that is sent twice is one complaint.
    once: Uuid,
    kept: Kept<'a>,
    status: StatusCode,
    /// Fields and what is wrong with them.
    errors: Vec<(&'static str, &'static str)>,
    /// What else stands on top.
    notice: Option<String>,
}

/// `GET /complaints?unit=…`; with `reference=…` on to that complaint.
pub async fn show(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    if let Some(typed) = ask.reference.as_deref() {
        return Ok(match normalise(typed) {
            Some(reference) => see_other(&ask.size.at(&format!("/complaints/{reference}?lang={}", ask.lang()))),
            None => not_found(&app, &ask, ask.lang(), typed),
        });
    }
    let units = receivers(&app, ask.unit.as_deref()).await?;
    let kept = Kept::default();
    let (lang, size, once) = (ask.lang(), ask.size, Uuid::new_v4());
    let (status, errors, notice) = (StatusCode::OK, Vec::new(), None);
    Ok(render(&app, Shown { lang, size, units: &units, once, kept, status, errors, notice }))
}

/// `POST /complaints`.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let words = crate::web::citizen::words::words(ask.lang());
    if !is_form(&request) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Ok(told(&app, &ask, ask.lang(), status, (words.wrong_type_title, words.wrong_type)));
    }
    let sent = FormBody::parse(&body);
    let value = |name: &str| sent.get(name).unwrap_or_default();
    let lang = LANGUAGES.into_iter().find(|lang| *lang == value("lang")).unwrap_or("vi");
    match take(&app, &request, &ask, &sent, lang).await {
        // Whatever failed, what was typed stays on the page.
        Err(refusal) => {
            let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            let written = [("text", complaint_words(lang).text)];
            Ok(send_again(Page::new(lang, "", app.demo()).in_size(ask.size), &address, &sent.pairs, &written, &refusal))
        }
        answered => answered,
    }
}

async fn take(
    app: &App,
    request: &HttpRequest,
    ask: &Params,
    sent: &FormBody,
    lang: &'static str,
) -> Result<HttpResponse, Refusal> {
    let value = |name: &str| sent.get(name).unwrap_or_default();
    let (words, w) = (crate::web::citizen::words::words(lang), complaint_words(lang));
    let kept = Kept { kind: value("kind"), text: value("text"), contact: value("contact") };
    let units = receivers(app, Some(value("unit")).filter(|unit| !unit.is_empty())).await?;
    let once = Uuid::try_parse(value("once")).ok().filter(|once| !once.is_nil()).unwrap_or_else(Uuid::new_v4);
    let again = |status, once, errors, notice| {
        render(app, Shown { lang, size: ask.size, units: &units, once, kept, status, errors, notice })
    };
    let named = ["kind", "text", "contact"];
    let at = |name: &str| named.into_iter().find(|known| *known == name).unwrap_or("send");
    let mut errors: Vec<_> = misread(sent, lang).map(|(name, sentence)| (at(name), sentence)).collect();
    errors.sort_unstable();
    errors.dedup();
    if units.chosen.is_none() {
        errors.push(("unit", w.unit_missing));
    }
    let written = check(kept.kind, kept.text, kept.contact);
    if let Err(faults) = &written {
        errors.extend(faults.iter().map(|fault: &Fault| (fault.field(), w.fault(*fault))));
    }
    let (Ok(written), Some(unit), true) = (written, &units.chosen, errors.is_empty()) else {
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, once, errors, None));
    };
    let Some(stored) = store(app, request, unit.clone(), once, written).await? else {
        let notice = format!("{}. {}", words.too_many_title, words.too_many.join(" "));
        return Ok(retry_after(again(StatusCode::TOO_MANY_REQUESTS, once, errors, Some(notice)), "300"));
    };
    match stored {
        Stored::New | Stored::Before => {
            let reference = reference(once.as_bytes());
            Ok(see_other(&ask.size.at(&format!("/complaints/{reference}?new=1&lang={lang}"))))
        }
        Stored::OtherContent | Stored::TicketRefused | Stored::PointRetired => {
            Ok(again(StatusCode::CONFLICT, Uuid::new_v4(), Vec::new(), Some(w.other_content.to_owned())))
        }
    }
}

/// The fields of a form that cannot be read, and those that came twice: which of the two was meant, nobody knows.
pub(super) fn misread<'a>(sent: &'a FormBody, lang: &str) -> impl Iterator<Item = (&'a str, &'static str)> {
    let (unreadable, twice) = (crate::web::citizen::words::words(lang).unreadable, complaint_words(lang).twice);
    let mut seen = HashSet::new();
    let again = sent.pairs.iter().filter(move |(name, _)| !seen.insert(name.as_str()));
    let broken = sent.unreadable.iter().map(move |name| (name.as_str(), unreadable));
    broken.chain(again.map(move |(name, _)| (name.as_str(), twice)))
}

/// Stores what was written to `unit`, once; none over the limit of its network. What was stored before is told so before any limit is asked.
pub(in crate::web) async fn store(
    app: &App,
    request: &HttpRequest,
    unit: Unit,
    once: Uuid,
    written: Written,
) -> Result<Option<Stored>, Refusal> {
    let (db, key, today) = (app.db.clone(), *once.as_bytes(), clock::today());
    if !app.submissions.allows("complaints", client_address(&app.config, request)) {
        return Ok(block(move || db.complaint_before(unit.id, &key, &written)).await??);
    }
    let stored = block(move || db.add_complaint(unit.id, &key, &written, &arrival(&db, &unit, today)?, today));
    Ok(Some(stored.await??))
}

async fn receivers(app: &App, code: Option<&str>) -> Result<Receivers, Refusal> {
    let (db, code) = (app.db.clone(), code.map(str::to_owned));
    Ok(block(move || receivers_of(&db, code.as_deref(), clock::today())).await??)
}

pub(super) fn local(lang: &str, unit: &Unit) -> String {
    if lang == "en" { unit.name_en.clone() } else { unit.name_vi.clone() }
}

fn render(app: &App, shown: Shown<'_>) -> HttpResponse {
    let Shown { lang, size, units, once, kept, status, errors, notice } = shown;
    let w = complaint_words(lang);
    let unit = units.chosen.as_ref().map(|unit| (unit.code.clone(), local(lang, unit)));
    let place = unit.as_ref().map_or_else(|| "/complaints".to_owned(), |(code, _)| format!("/complaints?unit={code}"));
    let name = unit.as_ref().map_or("", |(_, name)| name.as_str());
    let page = Page::new(lang, name, app.demo()).with_size(size, &place);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &place);
    page.further = true;
    let page = match &unit {
        Some((code, _)) => page.with_privacy(code),
        None => page,
    };
    let kinds = Kind::ALL.map(|kind| (kind.name(), w.kind_name(kind), kept.kind == kind.name()));
    let all = units.all.iter().map(|unit| (unit.code.clone(), local(lang, unit)));
    let of_unit = unit.as_ref().map(|(code, _)| format!("?unit={code}")).unwrap_or_default();
    let content = ComplaintPage {
        published: page.to(&format!("/complaints/published{of_unit}")),
        action: page.action("/complaints"),
        page,
        w,
        once: once.to_string(),
        unit,
        units: all.collect(),
        kinds: kinds.to_vec(),
        text: kept.text,
        contact: kept.contact,
        errors,
        notice,
    };
    send(status, &content)
}

/// No case has the reference that was typed: the box with it, to be mended.
pub(super) fn not_found(app: &App, ask: &Params, lang: &str, typed: &str) -> HttpResponse {
    let w = complaint_words(lang);
    let again = TypeAgain { action: "/complaints", name: "reference", label: w.reference, button: w.open, typed };
    let page = frame(app, ask, lang);
    Message { link: Some(complain(&page)), ..Message::new(page, w.look_up, &[w.not_found]) }
        .asking(again)
        .sent(StatusCode::NOT_FOUND)
}

pub(super) fn told(
    app: &App,
    ask: &Params,
    lang: &str,
    status: StatusCode,
    (heading, paragraphs): (&str, &[&str]),
) -> HttpResponse {
    let page = frame(app, ask, lang);
    Message { link: Some(complain(&page)), ..Message::new(page, heading, paragraphs) }.sent(status)
}

fn frame(app: &App, ask: &Params, lang: &str) -> Page {
    let page = Page::new(lang, "", app.demo()).with_size(ask.size, "/complaints");
    page.with_languages(&LANGUAGES.map(str::to_owned), "/complaints")
}

fn complain<'a>(page: &Page) -> (&'a str, String) {
    (complaint_words(&page.lang).title, page.to("/complaints"))
}
