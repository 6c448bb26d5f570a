//! `/s/{code}`: the form of a service point, and what is sent from it.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::page::{Link, Message, Page, Thanks, TypeAgain, send, send_again, send_prerendered};
use super::prerendered_form::{FieldChoice, PrerenderedForm};
use super::scripts;
use super::sheet::{Kept, Online, SheetPage, TICKET_REFUSED};
use super::size::Size;
use crate::clock;
use crate::db::{Form, PointFound, PointStatus};
use crate::error::{Reason, Refusal};
use crate::service::telling::newest_mended;
use crate::survey::{Asked, FieldError, Submission, code, from_form, peek_form};
use crate::web::accepted::Accepted;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::state::App;
use crate::web::status::status as web_status;
use crate::web::submit::accept;

/// What may stand behind the `?` of a form's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    preview: Option<String>,
    #[serde(default, rename = "large")]
    size: Size,
    kiosk: Option<String>,
    /// A one-time code, as the card's QR code carries it; empty to type one.
    ticket: Option<String>,
}

impl Params {
    fn is_preview(&self) -> bool {
        self.preview.is_some()
    }

    /// What the address keeps from page to page, with its `?`, but language and size.
    fn place(&self) -> String {
        match self.place_part() {
            "" => String::new(),
            part => format!("?{part}"),
        }
    }

    /// What an address keeps in another language or size: the one-time code too.
    fn here(&self) -> String {
        match self.ticket() {
            Some(code) if self.place_part().is_empty() => format!("?ticket={code}"),
            _ => self.place(),
        }
    }

    /// The same page of another code, which took the place of this one. A one-time code is the point's, whichever code leads to it.
    fn form_of(&self, code: &str, lang: &str) -> String {
        let kiosk = if self.kiosk.is_some() { "&kiosk=1" } else { "" };
        let ticket = self.ticket().map_or_else(String::new, |ticket| format!("&ticket={ticket}"));
        format!("/s/{code}?lang={lang}{}{kiosk}{ticket}", self.size.part())
    }

    fn place_part(&self) -> &'static str {
        match (self.is_preview(), self.kiosk.is_some()) {
            (true, _) => "preview=1",
            (false, true) => "kiosk=1",
            (false, false) => "",
        }
    }

    /// The one-time code, when it could be one: letters, digits, hyphens.
    fn ticket(&self) -> Option<&str> {
        let written = |code: &&str| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        self.ticket.as_deref().map(str::trim).filter(written)
    }
}

/// The texts that differ from one point or request to the next.
struct Texts<'a> {
    unit: &'a str,
    unit_code: &'a str,
    point: &'a str,
    code: &'a str,
    attempt: &'a str,
}

/// `GET /s/{code}` and `/S/{CODE}`.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().unwrap_or("vi");
    let point = match open_point(&app, &path, &ask, lang).await? {
        Ok(point) => point,
        // Nobody stands at a tablet who would press a link.
        Err(answer) if ask.kiosk.is_some() => {
            let on = |new: Arc<PointFound>| see_other(&ask.form_of(&new.code, shown_language(&new.form, lang)));
            return Ok(successor(&app, &path).await?.map_or(answer, on));
        }
        Err(answer) => return Ok(answer),
    };
    if ask.kiosk.is_some() && !point.kiosk {
        return Ok(no_kiosk(&app, &point, lang, ask.size));
    }
    let form = Arc::clone(&point.form);
    let attempt = Uuid::new_v4();
    app.suspicion.shown(attempt.as_bytes());
    if let Some(page) = first_page(&app, &request, &point, &ask, lang, attempt) {
        return Ok(page);
    }
    let pairs: Vec<(String, String)> =
        ask.ticket().map(|code| ("ticket".to_owned(), code.to_owned())).into_iter().collect();
    let kept = Kept { pairs: &pairs, ..Kept::default() };
    Ok(render(&app, &point, &form, &ask, lang, StatusCode::OK, attempt, kept, false))
}

/// `POST /s/{code}`.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    ask: Query<Params>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let address_lang = ask.lang.as_deref().unwrap_or("vi");
    if !is_form(&request) {
        let words = crate::web::citizen::words::words(address_lang);
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let page = message_frame(&app, "", &path, &ask, address_lang);
        return Ok(Message::new(page, words.wrong_type_title, words.wrong_type).sent(status));
    }
    let sent = FormBody::parse(&body);
    let lang = sent.get("lang").unwrap_or(address_lang).to_owned();
    match take(&app, &request, &path, &ask, &sent, &lang).await {
        // Whatever failed, what was typed stays on the page.
        Err(refusal) => {
            let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            Ok(send_again(Page::new(&lang, "", app.demo()).in_size(ask.size), &address, &sent.pairs, &[], &refusal))
        }
        answered => answered,
    }
}

async fn take(
    app: &App,
    request: &HttpRequest,
    path: &str,
    ask: &Params,
    sent: &FormBody,
    lang: &str,
) -> Result<HttpResponse, Refusal> {
    let point = match open_point(app, path, ask, lang).await? {
        Ok(point) => point,
        Err(gone) => return replaced_meanwhile(app, path, ask, sent, lang).await.map(|page| page.unwrap_or(gone)),
    };
    let words = crate::web::citizen::words::words(lang);
    let peek = peek_form(&sent.pairs);
    let Some(answered) = answered_form(app, &point, peek.form.as_ref()).await? else {
        let notes = [("form".to_owned(), words.old_form.to_owned())];
        let kept = Kept { pairs: &sent.pairs, errors: &[], notes: &notes };
        let form = Arc::clone(&point.form);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(render(app, &point, &form, ask, lang, status, Uuid::new_v4(), kept, false));
    };
    let attempt = peek.attempt.unwrap_or_else(Uuid::new_v4);
    let again = |status, errors: &[FieldError], notes: &[(String, String)], attempt, conflict| {
        let kept = Kept { pairs: &sent.pairs, errors, notes };
        render(app, &point, &answered, ask, lang, status, attempt, kept, conflict)
    };
    let submission = match check(sent, &point, &answered) {
        Ok(submission) => submission,
        Err(errors) => {
            let notes: Vec<_> =
                sent.unreadable.iter().map(|field| (field.clone(), words.unreadable.to_owned())).collect();
            return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, &errors, &notes, attempt, false));
        }
    };
    if ask.is_preview() {
        let thanks = format!("/s/{}/thanks?preview=1&lang={}", point.code, submission.language);
        return Ok(see_other(&ask.size.at(&thanks)));
    }
    let from = client_address(&app.config, request);
    let accepted = match accept(app, &point, answered.id, &submission, from).await {
        // Retired elsewhere since it was looked up: it is looked up anew, and its page says so.
        Err(refusal) if matches!(refusal.reason, Reason::RetiredPoint { .. }) => {
            let Err(gone) = open_point(app, path, ask, lang).await? else { return Err(refusal) };
            return replaced_meanwhile(app, path, ask, sent, lang).await.map(|page| page.unwrap_or(gone));
        }
        accepted => accepted?,
    };
    Ok(match accepted {
        Accepted::Stored | Accepted::StoredBefore => see_other(&thanks_address(&point.code, ask, &submission.language)),
        Accepted::OtherContent => again(StatusCode::CONFLICT, &[], &[], Uuid::new_v4(), true),
        Accepted::TicketUnknown => {
            let notes = [(TICKET_REFUSED.to_owned(), words.ticket_unknown.to_owned())];
            again(StatusCode::UNPROCESSABLE_ENTITY, &[], &notes, attempt, false)
        }
        Accepted::NoKiosk => no_kiosk(app, &point, lang, ask.size),
        Accepted::TooMany => {
            let notes = [("send".to_owned(), format!("{}. {}", words.too_many_title, words.too_many.join(" ")))];
            retry_after(again(StatusCode::TOO_MANY_REQUESTS, &[], &notes, attempt, false), "300")
        }
        Accepted::Unavailable(refusal) => {
            let reference = refusal.reference.unwrap_or_default();
            let note = format!("{}. {} {} {reference}", words.failed_title, words.failed.join(" "), words.reference);
            let notes = [("send".to_owned(), note)];
            retry_after(again(web_status(refusal.reason.class()), &[], &notes, attempt, false), "10")
        }
        Accepted::Busy => {
            let notes = [("send".to_owned(), format!("{}. {}", words.busy_title, words.busy.join(" ")))];
            retry_after(again(StatusCode::SERVICE_UNAVAILABLE, &[], &notes, attempt, false), "5")
        }
    })
}

/// The form of the code that took the place of the one an answer was sent to, with everything that was typed and a button that
/// sends it there; none where no code did, and where a tablet is not let there.
async fn replaced_meanwhile(
    app: &App,
    path: &str,
    ask: &Params,
    sent: &FormBody,
    lang: &str,
) -> Result<Option<HttpResponse>, Refusal> {
    let Some(point) = successor(app, path).await? else { return Ok(None) };
    if ask.kiosk.is_some() && !point.kiosk {
        return Ok(Some(no_kiosk(app, &point, lang, ask.size)));
    }
    let words = crate::web::citizen::words::words(lang);
    let peek = peek_form(&sent.pairs);
    let answered = answered_form(app, &point, peek.form.as_ref()).await?;
    // What answers for the old code now may ask another questionnaire.
    let note = if answered.is_some() { ("send", words.code_replaced) } else { ("form", words.old_form) };
    let form = answered.unwrap_or_else(|| Arc::clone(&point.form));
    let mut notes = vec![(note.0.to_owned(), note.1.to_owned())];
    notes.extend(sent.unreadable.iter().map(|field| (field.clone(), words.unreadable.to_owned())));
    let kept = Kept { pairs: &sent.pairs, errors: &[], notes: &notes };
    let attempt = peek.attempt.unwrap_or_else(Uuid::new_v4);
    Ok(Some(render(app, &point, &form, ask, lang, StatusCode::GONE, attempt, kept, false)))
}

/// The open point whose code took the place of `typed`.
async fn successor(app: &App, typed: &str) -> Result<Option<Arc<PointFound>>, Refusal> {
    let Some(code) = code::normalise(typed) else { return Ok(None) };
    let Some(point) = find(app, code).await? else { return Ok(None) };
    let PointStatus::Retired { replaced_by: Some(new), .. } = point.status(clock::today()) else { return Ok(None) };
    let new = find(app, new).await?;
    Ok(new.filter(|point| point.status(clock::today()) == PointStatus::Active))
}

/// `GET /s/{code}/thanks`.
pub async fn thanks(app: Data<App>, path: Path<String>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().unwrap_or("vi");
    let point = match code::normalise(&path) {
        Some(code) => find(&app, code).await?,
        None => None,
    };
    let Some(point) = point else {
        let page = Page::new(lang, "", app.demo()).in_size(ask.size);
        return Ok(send(StatusCode::OK, &Thanks { page, links: Vec::new(), mended: None }));
    };
    let mut page = Page::new(lang, &unit_name(&point, lang), app.demo());
    page = page.with_size(ask.size, &format!("/s/{}/thanks{}", point.code, ask.place()));
    page.at_kiosk(ask.kiosk.is_some());
    if !page.kiosk {
        page = page.with_privacy(&point.unit_code);
    }
    if ask.is_preview() {
        let (heading, paragraphs) = (page.words.thanks_title, page.words.preview_thanks);
        return Ok(Message::new(page, heading, paragraphs).sent(StatusCode::OK));
    }
    let links = if page.kiosk {
        vec![Link { address: home(&point.code), text: page.words.kiosk_start }]
    } else {
        links(&point.unit_code, lang, ask.size)
    };
    // A kiosk is blank soon and waits for the next citizen.
    let mended = if page.kiosk {
        None
    } else {
        let (db, unit) = (app.db.clone(), point.unit_code.clone());
        // What cannot be read now is no reason not to thank.
        block(move || newest_mended(&db, &unit)).await?.unwrap_or_default()
    };
    Ok(send(StatusCode::OK, &Thanks { page, links, mended: mended.map(|one| (one.said, one.work)) }))
}

/// Where a kiosk begins.
fn home(code: &str) -> String {
    format!("/s/{code}?kiosk=1")
}

fn thanks_address(code: &str, ask: &Params, lang: &str) -> String {
    let kiosk = if ask.kiosk.is_some() { "&kiosk=1" } else { "" };
    format!("/s/{code}/thanks?lang={lang}{}{kiosk}", ask.size.part())
}

/// Where thanks lead: what is published, and the page for what needs an answer.
fn links(unit: &str, lang: &str, size: Size) -> Vec<Link> {
    let words = crate::web::citizen::words::words(lang);
    // Vietnamese needs no word: the page has little room.
    let lang = if lang == "vi" { String::new() } else { format!("&lang={lang}") };
    let address = |page: &str| size.at(&format!("/{page}?unit={unit}{lang}"));
    vec![
        Link { address: address("results"), text: words.results },
        Link { address: address("complaints"), text: words.complain },
    ]
}

fn no_kiosk(app: &App, point: &PointFound, lang: &str, size: Size) -> HttpResponse {
    let page = Page::new(lang, &unit_name(point, lang), app.demo()).in_size(size);
    let words = page.words;
    let link = Some((words.kiosk_own, page.to(&format!("/s/{}", point.code))));
    let (heading, paragraphs) = (words.kiosk_off_title, &[words.kiosk_off]);
    Message { link, ..Message::new(page, heading, paragraphs) }.sent(StatusCode::NOT_FOUND)
}

fn check(sent: &FormBody, point: &PointFound, form: &Form) -> Result<Submission, Vec<FieldError>> {
    let fields: Vec<String> = point.fields.iter().map(|field| field.code.clone()).collect();
    let asked = Asked { questionnaire: &form.questionnaire, fields: &fields, today: clock::today(), page_keys: &[] };
    let checked = from_form(&sent.pairs, &asked);
    if sent.unreadable.is_empty() { checked } else { Err(checked.err().unwrap_or_default()) }
}

pub(super) async fn find(app: &App, code: String) -> Result<Option<Arc<PointFound>>, Refusal> {
    if let Some(point) = app.db.point_in_memory(&code) {
        return Ok(Some(point));
    }
    let db = app.db.clone();
    Ok(block(move || db.point(&code)).await??)
}

/// The open point of a code, or the page that says why there is none.
async fn open_point(
    app: &App,
    typed: &str,
    ask: &Params,
    lang: &str,
) -> Result<Result<Arc<PointFound>, HttpResponse>, Refusal> {
    let words = crate::web::citizen::words::words(lang);
    let not_found = || {
        let page = message_frame(app, "", typed, ask, lang);
        let message = Message::new(page, words.not_found_title, words.not_found);
        message.asking(TypeAgain::code(words, typed)).sent(StatusCode::NOT_FOUND)
    };
    let Some(code) = code::normalise(typed) else { return Ok(Err(not_found())) };
    let Some(point) = find(app, code).await? else { return Ok(Err(not_found())) };
    match point.status(clock::today()) {
        PointStatus::Active => Ok(Ok(point)),
        PointStatus::Retired { replaced_by, .. } => {
            let link = replaced_by.as_ref().map(|code| (words.go_to_new, ask.form_of(code, lang)));
            let sentence = if link.is_some() { words.retired_replaced } else { words.retired };
            let page = message_frame(app, &unit_name(&point, lang), typed, ask, lang);
            let (paragraphs, replaced) = ([sentence], link.is_some());
            let mut gone = Message { link, ..Message::new(page, words.retired_title, &paragraphs) };
            if !replaced {
                gone = gone.asking(TypeAgain::code(words, typed));
            }
            Ok(Err(gone.sent(StatusCode::GONE)))
        }
    }
}

/// The published version that was answered: any version of the questionnaire that the point asks.
async fn answered_form(
    app: &App,
    point: &PointFound,
    reference: Option<&(String, u32)>,
) -> Result<Option<Arc<Form>>, Refusal> {
    let Some((id, version)) = reference else { return Ok(Some(Arc::clone(&point.form))) };
    if *id != point.form.questionnaire.id {
        return Ok(None);
    }
    if *version == point.form.questionnaire.version {
        return Ok(Some(Arc::clone(&point.form)));
    }
    let (db, id, version) = (app.db.clone(), id.clone(), *version);
    Ok(block(move || db.form_by_reference(&id, version)).await??)
}

#[expect(clippy::too_many_arguments, reason = "one place lays out every state in which the form is shown")]
fn render(
    app: &App,
    point: &PointFound,
    form: &Form,
    ask: &Params,
    lang: &str,
    status: StatusCode,
    attempt: Uuid,
    kept: Kept<'_>,
    conflict: bool,
) -> HttpResponse {
    let lang = shown_language(form, lang);
    let attempt = attempt.to_string();
    let texts = Texts {
        unit: &unit_name(point, lang),
        unit_code: &point.unit_code,
        point: local(lang, &point.name_vi, &point.name_en),
        code: &point.code,
        attempt: &attempt,
    };
    let mut sheet = lay_out(app, form, ask, lang, &texts, &fields_to_choose(point, lang), kept);
    sheet.conflict = conflict;
    // Only on a page where nothing is chosen yet, which the link would lose.
    if point.has_tickets
        && ask.kiosk.is_none()
        && status == StatusCode::OK
        && sheet.ticket.is_none()
        && !ask.is_preview()
    {
        sheet.ticket_link = Some(ticket_link(&point.code, lang, ask));
    }
    send(status, &sheet)
}

/// The page as nothing was sent yet, from its mould; none where it has to be rendered.
fn first_page(
    app: &App,
    request: &HttpRequest,
    point: &PointFound,
    ask: &Params,
    lang: &str,
    attempt: Uuid,
) -> Option<HttpResponse> {
    let form = &point.form;
    let lang = shown_language(form, lang);
    let (unit, attempt) = (unit_name(point, lang), attempt.to_string());
    let texts: [&str; 5] =
        [&unit, &point.unit_code, local(lang, &point.name_vi, &point.name_en), &point.code, &attempt];
    // An empty text may leave out more than itself.
    if ask.is_preview() || ask.kiosk.is_some() || ask.ticket.is_some() || texts.iter().any(|text| text.is_empty()) {
        return None;
    }
    let (fields, has_tickets) = (fields_to_choose(point, lang), point.has_tickets);
    let render = |texts: &[&str]| {
        let &[unit, unit_code, point, code, attempt] = texts else { return None };
        let texts = Texts { unit, unit_code, point, code, attempt };
        let mut sheet = lay_out(app, form, ask, lang, &texts, &fields, Kept::default());
        sheet.ticket_link = has_tickets.then(|| ticket_link(code, lang, ask));
        sheet.render().ok()
    };
    let key =
        PrerenderedForm { form: form.id, lang: lang.to_owned(), fields: fields.clone(), has_tickets, size: ask.size };
    let mould = app.forms_shown.mould(key, &texts, render)?;
    Some(send_prerendered(request, &mould, &texts))
}

/// The language shown to whoever asks for `lang`.
fn shown_language<'a>(form: &Form, lang: &'a str) -> &'a str {
    if form.questionnaire.languages.iter().any(|known| known == lang) { lang } else { "vi" }
}

/// The fields of service that the page asks to choose from; none where the point serves one.
fn fields_to_choose(point: &PointFound, lang: &str) -> Vec<FieldChoice> {
    if point.fields.len() < 2 {
        return Vec::new();
    }
    let fields = point.fields.iter();
    fields.map(|field| (field.code.clone(), local(lang, &field.name_vi, &field.name_en).to_owned())).collect()
}

/// Where the page asks for the one-time code.
fn ticket_link(code: &str, lang: &str, ask: &Params) -> String {
    ask.size.at(&format!("/s/{code}?ticket=&lang={lang}"))
}

fn lay_out<'a>(
    app: &App,
    form: &'a Form,
    ask: &Params,
    lang: &str,
    texts: &Texts<'a>,
    fields: &[FieldChoice],
    kept: Kept<'_>,
) -> SheetPage<'a> {
    let questionnaire = &form.questionnaire;
    let here = format!("/s/{}{}", texts.code, ask.here());
    let page = Page::new(lang, texts.unit, app.demo()).with_size(ask.size, &here);
    let mut page = page.with_languages(&questionnaire.languages, &here);
    page.at_kiosk(ask.kiosk.is_some());
    page.heard = app.config.audio_dir.is_some();
    page.origin = Some(app.config.public_url.trim_end_matches('/').to_owned());
    if !page.kiosk {
        page = page.with_privacy(texts.unit_code);
    }
    let mut sheet = SheetPage::new(page, questionnaire, texts.point, fields, kept);
    sheet.action = sheet.page.action(&format!("/s/{}{}", texts.code, ask.place()));
    texts.attempt.clone_into(&mut sheet.attempt);
    sheet.preview = ask.is_preview();
    sheet.works = ask.is_preview();
    sheet.online = (!ask.is_preview()).then(|| Online {
        code: texts.code.to_owned(),
        lasting: app.config.offline,
        script: &scripts::SEND_ADDRESS,
        thanks: thanks_address(texts.code, ask, lang),
        home: home(texts.code),
        links: if ask.kiosk.is_some() { Vec::new() } else { links(texts.unit_code, lang, ask.size) },
    });
    sheet
}

fn unit_name(point: &PointFound, lang: &str) -> String {
    local(lang, &point.unit_name_vi, &point.unit_name_en).to_owned()
}

/// Of a Vietnamese and an English name the one for a page in `lang`; other languages keep the official name.
fn local<'a>(lang: &str, vi: &'a str, en: &'a str) -> &'a str {
    if lang == "en" { en } else { vi }
}

/// The frame of a message at the address of a code, in both languages and sizes; a tablet's leads nowhere.
fn message_frame(app: &App, unit: &str, code: &str, ask: &Params, lang: &str) -> Page {
    let mut page = Page::new(lang, unit, app.demo());
    page.at_kiosk(ask.kiosk.is_some());
    if page.kiosk {
        return page;
    }
    // A code is letters and digits; whatever else was typed leads to the front page.
    let path = if code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        format!("/s/{code}{}", ask.here())
    } else {
        "/".to_owned()
    };
    page.with_size(ask.size, &path).with_languages(&["vi".to_owned(), "en".to_owned()], &path)
}

pub(in crate::web) fn is_form(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

pub(in crate::web) fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

pub(in crate::web) fn retry_after(mut response: HttpResponse, seconds: &'static str) -> HttpResponse {
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(seconds));
    response
}
