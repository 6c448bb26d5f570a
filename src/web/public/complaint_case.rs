//! `/complaints/{reference}`: where a case stands, the answer, what its citizen may do; and `/complaints/published`.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::complaint_words::{ComplaintWords, complaint_words};
use super::complaints::{Params, local, misread, not_found, told};
use super::privacy::LANGUAGES;
use crate::cases::{CaseAction, Hand, moved, normalise};
use crate::clock;
use crate::db::{Complaint, ComplaintStep, DbError, Unit};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::service::complaints::{NotDone, Receivers, rate, receivers_of, say};
use crate::web::citizen::form::{is_form, retry_after, see_other};
use crate::web::citizen::page::{Page, send, send_again};
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "public/complaint_seen.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page of its own")]
struct SeenPage<'a> {
    page: Page,
    w: &'static ComplaintWords,
    heading: &'a str,
    done: bool,
    reference: String,
    facts: Vec<(&'static str, String)>,
    told: Option<&'static str>,
    waits: bool,
    answer: Vec<String>,
    history: Vec<(String, &'static str, Vec<String>)>,
    /// Where its forms are sent to.
    action: String,
    may_say: bool,
    may_rate: bool,
    has_contact: bool,
    news: String,
    published: String,
    /// What was typed and is refused.
    kept: Kept,
    /// What was written where the case takes no more words.
    unsent: Vec<String>,
}

/// What a citizen typed, shown again with what is wrong with it.
#[derive(Default)]
struct Kept {
    error: Option<&'static str>,
    level: usize,
    why: String,
    word: String,
    news: Option<String>,
}

#[derive(Template)]
#[template(path = "public/complaints_published.html")]
struct PublishedPage {
    page: Page,
    w: &'static ComplaintWords,
    /// Whether a ward was asked for; else the list of all.
    chosen: bool,
    units: Vec<(String, String)>,
    lines: Vec<PublishedLine>,
    complain: String,
}

struct PublishedLine {
    heading: String,
    late: bool,
    /// The day of the answer.
    answered: String,
    words: Vec<String>,
    answer: Vec<String>,
}

/// The most published cases shown.
const PUBLISHED_MAX: u32 = 100;
/// What is counted against guesses of references.
const LOOKED_UP: &str = "complaints looked up";

/// `GET /complaints/{reference}`: how far it is, and the answer. Neither what was written nor who wrote it.
pub async fn seen(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang();
    let Some(reference) = normalise(&path) else { return Ok(not_found(&app, &ask, lang, &path)) };
    if let Some(refused) = too_many(&app, &request, &ask, lang) {
        return Ok(refused);
    }
    case_page(&app, &reference, &ask, lang, StatusCode::OK, Kept::default()).await
}

/// `POST /complaints/{reference}`: a word more, a rating, an address for news, no contact any more.
pub async fn go_on(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let words = crate::web::citizen::words::words(ask.lang());
    if !is_form(&request) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Ok(told(&app, &ask, ask.lang(), status, (words.wrong_type_title, words.wrong_type)));
    }
    let sent = FormBody::parse(&body);
    let lang = LANGUAGES.into_iter().find(|lang| Some(*lang) == sent.get("lang")).unwrap_or("vi");
    let Some(reference) = normalise(&path) else { return Ok(not_found(&app, &ask, lang, &path)) };
    let allowed = app.submissions.allows(LOOKED_UP, client_address(&app.config, &request));
    let done = if allowed { take(&app, &reference, &ask, &sent, lang).await } else { Err(Reason::TooMany.into()) };
    // Whatever failed, what was typed stays on the page; over the limit nothing is said of the reference.
    done.or_else(|refusal| {
        let (w, address) = (complaint_words(lang), ask.size.at(&format!("/complaints/{reference}")));
        let written = [("word", w.say), ("why", w.why)];
        Ok(send_again(Page::new(lang, "", app.demo()).in_size(ask.size), &address, &sent.pairs, &written, &refusal))
    })
}

async fn take(
    app: &App,
    reference: &str,
    ask: &Params,
    sent: &FormBody,
    lang: &'static str,
) -> Result<HttpResponse, Refusal> {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let w = complaint_words(lang);
    let (db, key, today) = (app.db.clone(), reference.to_owned(), clock::today());
    let (what, word, news, why) = (value("do"), value("word"), value("news").trim().to_owned(), value("why"));
    let level = value("level").parse::<u8>().ok().filter(|level| (1..=5).contains(level));
    let mut kept = Kept {
        error: None,
        level: level.map_or(0, usize::from),
        why: why.clone(),
        word: word.clone(),
        news: sent.get("news").map(str::to_owned),
    };
    let misread = misread(sent, lang).next().map(|(_, sentence)| sentence);
    let done = block(move || {
        let Some(case) = db.complaint(&key)? else { return Ok::<_, NotDone>(None) };
        if let Some(fault) = misread {
            return Ok(Some(Err(fault)));
        }
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
    kept.error = Some(match done {
        Ok(Some(Ok(done))) => {
            return Ok(see_other(&ask.size.at(&format!("/complaints/{reference}?done={done}&lang={lang}"))));
        }
        Ok(None) => return Ok(not_found(app, ask, lang, reference)),
        Ok(Some(Err(fault))) => fault,
        Err(NotDone::Database(error)) => return Err(error.into()),
        Err(NotDone::WordsMissing(_) | NotDone::TooLong(_)) => w.fault_word,
        Err(_) => w.moved_on,
    });
    case_page(app, reference, ask, lang, StatusCode::UNPROCESSABLE_ENTITY, kept).await
}

/// Whether a letter could go there.
fn is_address(typed: &str) -> bool {
    let (name, host) = typed.split_once('@').unwrap_or_default();
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !"@,;<>()\"\\".contains(c));
    typed.len() <= crate::cases::CONTACT_MAX && plain(name) && plain(host) && host.contains('.') && !host.ends_with('.')
}

/// The answer to a look-up where there were too many: nothing was sent, so nothing is said of what was not kept.
fn too_many(app: &App, request: &HttpRequest, ask: &Params, lang: &str) -> Option<HttpResponse> {
    let allowed = app.submissions.allows(LOOKED_UP, client_address(&app.config, request));
    (!allowed).then(|| {
        let w = complaint_words(lang);
        let words = (w.too_many_title, w.too_many);
        retry_after(told(app, ask, lang, StatusCode::TOO_MANY_REQUESTS, words), "300")
    })
}

async fn case_page(
    app: &App,
    reference: &str,
    ask: &Params,
    lang: &str,
    status: StatusCode,
    kept: Kept,
) -> Result<HttpResponse, Refusal> {
    let (db, key) = (app.db.clone(), reference.to_owned());
    let found = block(move || {
        let Some(found) = db.complaint(&key)? else { return Ok::<_, DbError>(None) };
        let tree = db.tree()?;
        let desk = found.desk.and_then(|desk| tree.unit(desk)).cloned();
        let unit = tree.unit(found.key.unit).cloned();
        let steps = db.complaint_steps(found.key)?;
        let contact = db.complaint_contact(found.key)?;
        Ok(Some((found, unit, desk, steps, contact)))
    })
    .await??;
    let Some((found, unit, desk, steps, contact)) = found else { return Ok(not_found(app, ask, lang, reference)) };
    let w = complaint_words(lang);
    let code = unit.as_ref().map(|unit| unit.code.clone()).unwrap_or_default();
    let name = unit.map(|unit| local(lang, &unit)).unwrap_or_default();
    // Whoever sends one on or refuses it is named, as the office that it is.
    let decided_by = desk.map_or_else(|| name.clone(), |desk| local(lang, &desk));
    let address = format!("/complaints/{reference}");
    let page = Page::new(lang, &name, app.demo()).with_size(ask.size, &address);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &address);
    page.further = true;
    let (done, heading) = (ask.new.is_some(), if ask.new.is_some() { w.received } else { w.look_up });
    let told = match ask.done.as_deref().filter(|_| kept.error.is_none()) {
        Some("say") => Some(w.done_say),
        Some("rate") => Some(w.done_rate),
        Some("reopened") => Some(w.done_reopened),
        Some("news") => Some(w.done_news),
        Some("erase") => Some(w.done_erase),
        _ => None,
    };
    let may = |deed| moved(found.state, deed, &[Hand::Citizen], found.reopened).is_ok();
    let (may_say, may_rate) = (may(CaseAction::Say), may(CaseAction::Rate));
    let unsent = [(may_say, &kept.word), (may_rate, &kept.why)].into_iter().filter(|(may, _)| !may);
    let unsent = unsent.flat_map(|(_, words)| lines(words)).collect();
    let news = contact.as_ref().map(|contact| contact.news.clone()).unwrap_or_default();
    let content = SeenPage {
        w,
        heading,
        done,
        reference: reference.to_owned(),
        facts: facts(w, (&name, &decided_by), &found),
        told,
        waits: found.waiting_since.is_some(),
        answer: lines(if found.state.is_answered() || found.reopened { &found.answer } else { "" }),
        history: history(w, &steps),
        may_say,
        may_rate,
        has_contact: contact.is_some(),
        news: kept.news.clone().unwrap_or(news),
        published: page.to_unit("/complaints/published", &code),
        action: page.action(&address),
        page,
        kept,
        unsent,
    };
    Ok(send(status, &content))
}

fn facts(
    w: &'static ComplaintWords,
    (unit, decided_by): (&str, &str),
    case: &Complaint,
) -> Vec<(&'static str, String)> {
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
        facts.push((w.decided_by, decided_by.to_owned()));
    }
    facts
}

fn history(w: &'static ComplaintWords, steps: &[ComplaintStep]) -> Vec<(String, &'static str, Vec<String>)> {
    let told = steps.iter().filter(|step| step.deed.is_told());
    let line = |step: &ComplaintStep| {
        let name = w.deed_name(step.deed)?;
        // Words between offices stay there.
        let said = match step.deed {
            CaseAction::Assign => step.words.lines().take(1).map(str::to_owned).collect(),
            _ => lines(&step.words),
        };
        Some((format::date(step.on), name, said))
    };
    told.filter_map(line).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// `GET /complaints/published?unit=…`: cases that were answered in public, masked, the newest first; without a unit the list of wards.
pub async fn published(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang();
    let (db, code) = (app.db.clone(), ask.unit.clone());
    let found = block(move || {
        let Receivers { chosen, all } = receivers_of(&db, code.as_deref(), clock::today())?;
        let cases = match &chosen {
            Some(unit) => db.published_complaints(unit.id, PUBLISHED_MAX)?,
            None => Vec::new(),
        };
        Ok::<_, DbError>((chosen, all, cases))
    });
    let (unit, all, cases) = found.await??;
    let w = complaint_words(lang);
    let code = unit.as_ref().map(|unit| unit.code.clone()).unwrap_or_default();
    let name = unit.map(|unit| local(lang, &unit)).unwrap_or_default();
    let address =
        if code.is_empty() { "/complaints/published".to_owned() } else { format!("/complaints/published?unit={code}") };
    let page = Page::new(lang, &name, app.demo()).with_size(ask.size, &address);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &address);
    page.further = true;
    let line = |(case, answered): (Complaint, Option<NaiveDate>)| PublishedLine {
        heading: format!("{} · {}", w.kind_name(case.written.kind), format::date(case.key.day)),
        late: case.was_late,
        answered: answered.map(format::date).unwrap_or_default(),
        words: lines(&case.published_words),
        answer: lines(&case.published_answer),
    };
    let complain = if code.is_empty() { page.to("/complaints") } else { page.to_unit("/complaints", &code) };
    let choice = |unit: &Unit| (page.to_unit("/complaints/published", &unit.code), local(lang, unit));
    let units = all.iter().map(choice).collect();
    let lines = cases.into_iter().map(line).collect();
    Ok(send(StatusCode::OK, &PublishedPage { page, w, chosen: !code.is_empty(), units, lines, complain }))
}
