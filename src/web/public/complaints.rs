//! `/complaints`: the page for what needs an answer, apart from the survey: no attempt, no point, no rating goes along.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::complaint_words::{ComplaintWords, complaint_words};
use super::privacy::{LANGUAGES, responsible, with_those_above};
use crate::cases::{Deed, Fault, Hand, Kind, check, moved, normalise, reference};
use crate::clock;
use crate::db::{Complaint, ComplaintStep, Db, DbError, Stored, Unit, UnitKind};
use crate::error::Refusal;
use crate::report::format;
use crate::service::complaints::{NotDone, arrival, rate, say};
use crate::web::citizen::form::{is_form, see_other};
use crate::web::citizen::page::{Message, Page, send, send_again};
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    lang: Option<String>,
    unit: Option<String>,
    large: Option<String>,
    reference: Option<String>,
    new: Option<String>,
    done: Option<String>,
}

impl Ask {
    fn lang(&self) -> &str {
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
    notice: Option<&'static str>,
}

impl ComplaintPage<'_> {
    fn error(&self, field: &str) -> Option<&'static str> {
        self.errors.iter().find(|(known, _)| *known == field).map(|(_, sentence)| *sentence)
    }
}

#[derive(Template)]
#[template(path = "public/complaint_seen.html")]
struct SeenPage<'a> {
    page: Page,
    w: &'static ComplaintWords,
    heading: &'a str,
    done: bool,
    reference: String,
    facts: Vec<(&'static str, String)>,
    told: Option<&'static str>,
    error: Option<&'static str>,
    waits: bool,
    answer: Vec<String>,
    history: Vec<(String, &'static str, Vec<String>)>,
    may_say: bool,
    may_rate: bool,
    has_contact: bool,
    news: String,
    published: String,
}

#[derive(Template)]
#[template(path = "public/complaints_published.html")]
struct PublishedPage {
    page: Page,
    w: &'static ComplaintWords,
    lines: Vec<PublishedLine>,
    complain: String,
}

struct PublishedLine {
    heading: String,
    late: bool,
    words: Vec<String>,
    answer: Vec<String>,
}

/// The most published cases shown.
const PUBLISHED_MAX: u32 = 100;

/// What was typed, shown again.
#[derive(Clone, Copy, Default)]
struct Kept<'a> {
    kind: &'a str,
    text: &'a str,
    contact: &'a str,
}

/// `GET /complaints?unit=…`; with `reference=…` on to that complaint.
pub async fn show(app: Data<App>, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    if let Some(typed) = ask.reference.as_deref() {
        return Ok(match normalise(typed) {
            Some(reference) => see_other(&format!("/complaints/{reference}?lang={}", ask.lang())),
            None => not_found(&app, ask.lang()),
        });
    }
    let units = receivers(&app, ask.unit.as_deref()).await?;
    let kept = Kept::default();
    Ok(render(&app, ask.lang(), ask.large.is_some(), &units, Uuid::new_v4(), kept, StatusCode::OK, Vec::new(), None))
}

/// `POST /complaints`.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    ask: Query<Ask>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let words = crate::web::citizen::words::words(ask.lang());
    if !is_form(&request) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Ok(told(&app, ask.lang(), status, words.wrong_type_title, words.wrong_type));
    }
    let sent = FormBody::parse(&body);
    let value = |name: &str| sent.get(name).unwrap_or_default();
    let lang = LANGUAGES.into_iter().find(|lang| *lang == value("lang")).unwrap_or("vi");
    match take(&app, &request, &ask, &sent, lang).await {
        // Whatever failed, what was typed stays on the page.
        Err(refusal) => {
            let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            Ok(send_again(Page::new(lang, "", app.demo()), &address, &sent.pairs, &refusal))
        }
        answered => answered,
    }
}

async fn take(
    app: &App,
    request: &HttpRequest,
    ask: &Ask,
    sent: &FormBody,
    lang: &'static str,
) -> Result<HttpResponse, Refusal> {
    let value = |name: &str| sent.get(name).unwrap_or_default();
    let (words, w) = (crate::web::citizen::words::words(lang), complaint_words(lang));
    let kept = Kept { kind: value("kind"), text: value("text"), contact: value("contact") };
    let units = receivers(app, Some(value("unit")).filter(|unit| !unit.is_empty())).await?;
    let once = Uuid::try_parse(value("once")).ok().filter(|once| !once.is_nil()).unwrap_or_else(Uuid::new_v4);
    let again = |status, once, errors, notice| {
        render(app, lang, ask.large.is_some(), &units, once, kept, status, errors, notice)
    };
    let mut errors: Vec<(&'static str, &'static str)> = Vec::new();
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
    if !app.submissions.allows("complaints", client_address(&app.config, request)) {
        return Ok(told(app, lang, StatusCode::TOO_MANY_REQUESTS, words.too_many_title, words.too_many));
    }
    let (db, ward, key, today) = (app.db.clone(), unit.clone(), *once.as_bytes(), clock::today());
    let stored = block(move || db.add_complaint(ward.id, &key, &written, &arrival(&db, &ward, today)?, today));
    match stored.await?? {
        Stored::New | Stored::Before => {
            let reference = reference(once.as_bytes());
            Ok(see_other(&format!("/complaints/{reference}?new=1&lang={lang}")))
        }
        Stored::OtherContent | Stored::TicketRefused => {
            Ok(again(StatusCode::CONFLICT, Uuid::new_v4(), Vec::new(), Some(w.other_content)))
        }
    }
}

/// `GET /complaints/{reference}`: how far it is, and the answer. Neither what was written nor who wrote it.
pub async fn seen(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang();
    let Some(reference) = normalise(&path) else { return Ok(not_found(&app, lang)) };
    if let Some(refused) = too_many(&app, &request, lang) {
        return Ok(refused);
    }
    case_page(&app, &reference, &ask, lang, StatusCode::OK, None).await
}

/// `POST /complaints/{reference}`: a word more, a rating, an address for news, no contact any more.
pub async fn go_on(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Ask>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let words = crate::web::citizen::words::words(ask.lang());
    if !is_form(&request) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Ok(told(&app, ask.lang(), status, words.wrong_type_title, words.wrong_type));
    }
    let sent = FormBody::parse(&body);
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let lang = LANGUAGES.into_iter().find(|lang| *lang == value("lang")).unwrap_or("vi");
    let Some(reference) = normalise(&path) else { return Ok(not_found(&app, lang)) };
    if let Some(refused) = too_many(&app, &request, lang) {
        return Ok(refused);
    }
    let w = complaint_words(lang);
    let (db, key, today) = (app.db.clone(), reference.clone(), clock::today());
    let (what, word, news, why) = (value("do"), value("word"), value("news").trim().to_owned(), value("why"));
    let level = value("level").parse::<u8>().ok().filter(|level| (1..=5).contains(level));
    let done = block(move || {
        let Some(case) = db.complaint(&key)? else { return Ok::<_, NotDone>(None) };
        let done = match what.as_str() {
            "say" => say(&db, &case, &word, today).map(|()| Ok("say"))?,
            "rate" => match level {
                Some(level) => {
                    let state = rate(&db, &case, level, &why, today)?;
                    Ok(if state.is_open() { "reopened" } else { "rate" })
                }
                None => Err(w.fault_level),
            },
            "news" if is_address(&news) => db.set_complaint_news(case.key, &news).map(|()| Ok("news"))?,
            "news" => Err(w.fault_news),
            "erase" => db.erase_contact(case.key).map(|()| Ok("erase"))?,
            _ => Err(w.moved_on),
        };
        Ok(Some(done))
    })
    .await?;
    let fault = match done {
        Ok(Some(Ok(done))) => return Ok(see_other(&format!("/complaints/{reference}?done={done}&lang={lang}"))),
        Ok(None) => return Ok(not_found(&app, lang)),
        Ok(Some(Err(fault))) => fault,
        Err(NotDone::Database(error)) => return Err(error.into()),
        Err(NotDone::WordsMissing(_) | NotDone::TooLong(_)) => w.fault_word,
        Err(_) => w.moved_on,
    };
    case_page(&app, &reference, &ask, lang, StatusCode::UNPROCESSABLE_ENTITY, Some(fault)).await
}

/// Whether a letter could go there.
fn is_address(typed: &str) -> bool {
    let (name, host) = typed.split_once('@').unwrap_or_default();
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"@,;<>()\"\\".contains(c));
    typed.len() <= crate::cases::CONTACT_MAX && plain(name) && plain(host) && host.contains('.') && !host.ends_with('.')
}

fn too_many(app: &App, request: &HttpRequest, lang: &str) -> Option<HttpResponse> {
    let words = crate::web::citizen::words::words(lang);
    let allowed = app.submissions.allows("complaints looked up", client_address(&app.config, request));
    (!allowed).then(|| told(app, lang, StatusCode::TOO_MANY_REQUESTS, words.too_many_title, words.too_many))
}

async fn case_page(
    app: &App,
    reference: &str,
    ask: &Ask,
    lang: &str,
    status: StatusCode,
    error: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (db, key) = (app.db.clone(), reference.to_owned());
    let found = block(move || {
        let Some(found) = db.complaint(&key)? else { return Ok::<_, DbError>(None) };
        let unit = db.units()?.into_iter().find(|unit| unit.id == found.key.unit);
        let steps = db.complaint_steps(found.key)?;
        let contact = db.complaint_contact(found.key)?;
        Ok(Some((found, unit, steps, contact)))
    })
    .await??;
    let Some((found, unit, steps, contact)) = found else { return Ok(not_found(app, lang)) };
    let w = complaint_words(lang);
    let code = unit.as_ref().map(|unit| unit.code.clone()).unwrap_or_default();
    let name = unit.map(|unit| local(lang, &unit)).unwrap_or_default();
    let address = format!("/complaints/{reference}");
    let page = Page::new(lang, &name, app.demo()).with_size(ask.large.is_some(), &address);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &address);
    page.further = true;
    let (done, heading) = (ask.new.is_some(), if ask.new.is_some() { w.received } else { w.look_up });
    let told = match ask.done.as_deref().filter(|_| error.is_none()) {
        Some("say") => Some(w.done_say),
        Some("rate") => Some(w.done_rate),
        Some("reopened") => Some(w.done_reopened),
        Some("news") => Some(w.done_news),
        Some("erase") => Some(w.done_erase),
        _ => None,
    };
    let may = |deed| moved(found.state, deed, &[Hand::Citizen], found.reopened).is_ok();
    let content = SeenPage {
        page,
        w,
        heading,
        done,
        reference: reference.to_owned(),
        facts: facts(w, &name, &found),
        told,
        error,
        waits: found.waiting_since.is_some(),
        answer: lines(if found.state.is_answered() || found.reopened { &found.answer } else { "" }),
        history: history(w, &steps),
        may_say: may(Deed::Say),
        may_rate: may(Deed::Rate),
        has_contact: contact.is_some(),
        news: contact.map(|contact| contact.news).unwrap_or_default(),
        published: format!("/complaints/published?unit={code}&lang={lang}"),
    };
    Ok(send(status, &content))
}

fn facts(w: &'static ComplaintWords, unit: &str, case: &Complaint) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (w.to, unit.to_owned()),
        (w.kind, w.kind_name(case.written.kind).to_owned()),
        (w.received_on, format::date(case.key.day)),
        (w.state, w.state_name(case.state).to_owned()),
    ];
    if let Some(due) = case.due.filter(|_| case.state.is_open()) {
        facts.push((w.due, format::date(due)));
    }
    if !case.outcome.is_empty() && case.state != crate::cases::State::Merged {
        facts.push((w.outcome, case.outcome.clone()));
    }
    facts
}

fn history(w: &'static ComplaintWords, steps: &[ComplaintStep]) -> Vec<(String, &'static str, Vec<String>)> {
    let told = steps.iter().filter(|step| step.deed.is_told());
    let line = |step: &ComplaintStep| {
        let name = w.deed_name(step.deed)?;
        // Words between offices stay there.
        let said = match step.deed {
            Deed::Assign => step.words.lines().take(1).map(str::to_owned).collect(),
            _ => lines(&step.words),
        };
        Some((format::date(step.on), name, said))
    };
    told.filter_map(line).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// `GET /complaints/published?unit=…`: cases that were answered in public, masked.
pub async fn published(app: Data<App>, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang();
    let (db, code) = (app.db.clone(), ask.unit.clone().unwrap_or_default());
    let found = block(move || {
        let unit = receiver_of(&db, &code)?;
        let cases = match &unit {
            Some(unit) => db.published_complaints(unit.id, PUBLISHED_MAX)?,
            None => Vec::new(),
        };
        Ok::<_, DbError>((unit, cases))
    });
    let (unit, cases) = found.await??;
    let w = complaint_words(lang);
    let code = unit.as_ref().map(|unit| unit.code.clone()).unwrap_or_default();
    let name = unit.map(|unit| local(lang, &unit)).unwrap_or_default();
    let address =
        if code.is_empty() { "/complaints/published".to_owned() } else { format!("/complaints/published?unit={code}") };
    let page = Page::new(lang, &name, app.demo()).with_size(ask.large.is_some(), &address);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &address);
    page.further = true;
    let line = |case: Complaint| PublishedLine {
        heading: format!("{} · {}", w.kind_name(case.written.kind), format::date(case.key.day)),
        late: case.was_late,
        words: lines(&case.published_words),
        answer: lines(&case.published_answer),
    };
    let complain = if code.is_empty() {
        format!("/complaints?lang={lang}")
    } else {
        format!("/complaints?unit={code}&lang={lang}")
    };
    Ok(send(StatusCode::OK, &PublishedPage { page, w, lines: cases.into_iter().map(line).collect(), complain }))
}

/// Who can be written to, and who is.
struct Receivers {
    chosen: Option<Unit>,
    all: Vec<Unit>,
}

async fn receivers(app: &App, code: Option<&str>) -> Result<Receivers, Refusal> {
    let (db, code) = (app.db.clone(), code.map(str::to_owned));
    Ok(block(move || receivers_of(&db, code.as_deref())).await??)
}

/// The ward or commune that answers for the unit of `code`, and all that could be chosen.
pub fn receiver_of(db: &Db, code: &str) -> Result<Option<Unit>, DbError> {
    Ok(receivers_of(db, Some(code))?.chosen)
}

fn receivers_of(db: &Db, code: Option<&str>) -> Result<Receivers, DbError> {
    let units = db.units()?;
    let chosen = code.and_then(|code| responsible(&with_those_above(&units, code)).cloned());
    let today = clock::today();
    let open = |unit: &Unit| unit.valid_to.is_none_or(|last| last >= today);
    let all = units.into_iter().filter(|unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune) && open(unit));
    Ok(Receivers { chosen: chosen.filter(open), all: all.collect() })
}

fn local(lang: &str, unit: &Unit) -> String {
    if lang == "en" { unit.name_en.clone() } else { unit.name_vi.clone() }
}

#[expect(clippy::too_many_arguments, reason = "one place lays out every state in which the page is shown")]
fn render(
    app: &App,
    lang: &str,
    large: bool,
    units: &Receivers,
    once: Uuid,
    kept: Kept<'_>,
    status: StatusCode,
    errors: Vec<(&'static str, &'static str)>,
    notice: Option<&'static str>,
) -> HttpResponse {
    let w = complaint_words(lang);
    let unit = units.chosen.as_ref().map(|unit| (unit.code.clone(), local(lang, unit)));
    let place = unit.as_ref().map_or_else(|| "/complaints".to_owned(), |(code, _)| format!("/complaints?unit={code}"));
    let name = unit.as_ref().map_or("", |(_, name)| name.as_str());
    let page = Page::new(lang, name, app.demo()).with_size(large, &place);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &place);
    page.further = true;
    let page = match &unit {
        Some((code, _)) => page.with_privacy(code),
        None => page,
    };
    let action = if large { "/complaints?large=1".to_owned() } else { "/complaints".to_owned() };
    let kinds = Kind::ALL.map(|kind| (kind.name(), w.kind_name(kind), kept.kind == kind.name()));
    let all = units.all.iter().map(|unit| (unit.code.clone(), local(lang, unit)));
    let content = ComplaintPage {
        page,
        w,
        action,
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

fn not_found(app: &App, lang: &str) -> HttpResponse {
    let w = complaint_words(lang);
    told(app, lang, StatusCode::NOT_FOUND, w.look_up, &[w.not_found])
}

fn told(app: &App, lang: &str, status: StatusCode, heading: &str, paragraphs: &[&str]) -> HttpResponse {
    let link = Some((complaint_words(lang).title, format!("/complaints?lang={lang}")));
    let page = Page::new(lang, "", app.demo());
    send(status, &Message { page, heading, done: false, paragraphs, link, reference: None })
}
