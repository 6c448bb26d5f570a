//! What stands before every handler, decided on the matched row and never on the text of the path: where a request comes
//! from, who asks and whether they may, how long a body may be and how much of bodies waits, how long it may all take. The body
//! is read after all that, here, so that what waits is counted as it comes. Behind the handler: whatever was refused becomes the page of its readers, and is counted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};

use tokio::time::{Instant, timeout, timeout_at};

use super::bodies::{self, Held};
use super::client::client_address;
use super::kept::{self, Typed};
use super::request_log::{self, Class};
use crate::access::{Action, AuditedAction, may};
use crate::db::{Note, Outcome, Stage};
use crate::error::{Reason, Refusal};
use crate::web::error::{answer, refusal_of};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::row::{Need, Row, Scope};
use crate::web::staff::layout::see_other;
use crate::web::staff::session;
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// How long a form may take whose sign-in had ended.
const TIME_TO_KEEP: std::time::Duration = std::time::Duration::from_secs(30);

/// Passes a request on to the row of its method, among those of its address.
pub async fn pass(
    rows: &'static [Row],
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = std::time::Instant::now();
    let method = request.method().clone();
    let seen = request.request().clone();
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    let scope = rows.first().map_or(Scope::Citizens, |row| row.scope);
    // Else whoever asks would see the connection drop. What panicked stands on standard error; its words may be a citizen's.
    let passed = caught(through(&app, rows, request, next)).await;
    let passed = passed.unwrap_or_else(|| Err(Refusal::fault("a handler panicked, as standard error says").into()));
    let mut answered = match passed {
        Ok(response) => response,
        Err(Stopped::Answer(answer)) => ServiceResponse::new(seen.clone(), *answer),
        Err(Stopped::Refused(refusal)) => ServiceResponse::new(seen.clone(), answer(&app, &seen, scope, &refusal)),
    };
    say_when(&mut answered);
    let class = Class::of(scope, rows.first().map_or(Need::Anyone, |row| row.need));
    request_log::count(&app.requests, class, &method, answered.status(), seen.match_pattern().as_deref(), began);
    Ok(answered)
}

/// Who is told that it was too often is told when to come again: where the page itself knows no better, as JSON says it.
fn say_when(answer: &mut ServiceResponse<BoxBody>) {
    let says = answer.headers().contains_key(header::RETRY_AFTER);
    if let (StatusCode::TOO_MANY_REQUESTS, false, Some(seconds)) =
        (answer.status(), says, Reason::TooMany.retry_after())
    {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
}

/// What a future comes to; none where it panics.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        // After a panic the future is never polled again, so that nothing of it is seen half changed.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(polled) => polled.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

/// Why a request went no further.
enum Stopped {
    /// With this answer.
    Answer(Box<HttpResponse>),
    Refused(Refusal),
}

impl From<Reason> for Stopped {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

async fn through(
    app: &Data<App>,
    rows: &'static [Row],
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Stopped> {
    let row = rows.iter().find(|row| row.takes(request.method()));
    let Some(row) = row else {
        // Where there is nothing, no method helps.
        let nowhere = rows.iter().all(|row| row.path.is_empty());
        let reason = if nowhere { Reason::UnknownAddress } else { Reason::WrongMethod { allowed: allowed(rows) } };
        return Err(reason.into());
    };
    refuse_nul(request.request())?;
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    // A session works for programs' addresses too.
    let by_session = row.scope == Scope::Staff || matches!(row.need, Need::May(_));
    if !safe && !is_same_origin(app, request.request(), by_session) {
        return Err(Reason::OtherSite.into());
    }
    if let Need::May(action) = row.need {
        let user = match staff(app, row, request.request()).await {
            Err(Stopped::Answer(to_sign_in)) if !safe => {
                let kept = keep_typed(app, row, action, &mut request).await?;
                return Err(Stopped::Answer(kept.unwrap_or(to_sign_in)));
            }
            found => found?,
        };
        request.extensions_mut().insert(Staff::clone(&user));
        if !may(user.role, action) {
            let refused = user.note(AuditedAction::OpenPage, user.code_of_unit(user.unit), row.path);
            let (db, note) = (app.db.clone(), Note { outcome: Outcome::Refused, ..refused });
            block(move || db.note(note)).await.map_err(Refusal::fault)?.map_err(Refusal::from)?;
            return Err(Reason::RoleMayNot.into());
        }
    }
    let until = Instant::now() + row.time_max;
    let _held = if safe { None } else { Some(read_body(app, row, &mut request, until).await?) };
    let (seen, scope) = (request.request().clone(), row.scope);
    let Ok(called) = timeout_at(until, next.call(request)).await else {
        return Err(Reason::TooSlow.into());
    };
    let response = match called {
        Ok(response) => response,
        Err(error) => return Err(Stopped::Refused(refusal_of(&error, row.body_max))),
    };
    let refused = response.response().error().map(|error| refusal_of(error, row.body_max));
    Ok(match refused {
        Some(refusal) => {
            let laid_out = answer(app, &seen, scope, &refusal);
            response.into_response(laid_out)
        }
        None => response.map_into_boxed_body(),
    })
}

/// Refuses an address with the character NUL in it: none of ours has one, and PostgreSQL keeps no text with one.
fn refuse_nul(request: &HttpRequest) -> Result<(), Reason> {
    const NUL: &str = "%00";
    if request.uri().path().contains(NUL) {
        return Err(Reason::BadPath);
    }
    if request.query_string().contains(NUL) { Err(Reason::BadQuery) } else { Ok(()) }
}

/// The person whose full session a request carries, or what sends them to sign in.
async fn staff(app: &App, row: &Row, request: &HttpRequest) -> Result<Staff, Stopped> {
    // A program's key opens what is for programs only, and instead of a session: a wrong key is no session.
    if row.scope == Scope::Programs && request.headers().contains_key(header::AUTHORIZATION) {
        let program = session::find_program(app, request).await.map_err(Stopped::Refused)?;
        let program = program.ok_or(Reason::NotSignedIn)?;
        // Whatever a key asks costs more than a citizen's page; one that asks in a circle must not cost the others.
        if !app.programs.allows_key(&program.token_hash) {
            return Err(Reason::TooMany.into());
        }
        return Ok(Staff::new(program));
    }
    let found = session::find(app, request).await.map_err(Stopped::Refused)?;
    if let Some((user, Stage::Full)) = found {
        return Ok(Staff::new(user));
    }
    if row.scope == Scope::Programs {
        return Err(Reason::NotSignedIn.into());
    }
    let next = request.uri().path_and_query().map_or("/staff/", |address| address.as_str());
    Err(Stopped::Answer(Box::new(see_other(&format!("/staff/sign-in?next={}", percent_encode(next))))))
}

/// Keeps a form that was sent when its sign-in had ended, and sends to sign in with what was typed waiting behind it. Nothing is read of
/// whoever never had a session, nor a file, nor a page that takes passwords.
async fn keep_typed(
    app: &App,
    row: &Row,
    action: Action,
    request: &mut ServiceRequest,
) -> Result<Option<Box<HttpResponse>>, Stopped> {
    let header = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_form =
        header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    let fits = length.is_some_and(|length| length <= row.body_max.min(kept::BYTES_MAX));
    if !is_form || !fits || matches!(action, Action::ChangeOwnPassword | Action::ManageUsers) {
        return Ok(None);
    }
    let Some(user) = session::ended(app, request.request()).await? else { return Ok(None) };
    let mut held = room(app, row, request.request())?;
    let address = request.uri().path_and_query().map_or("/staff/", |address| address.as_str()).to_owned();
    let most = row.body_max.min(kept::BYTES_MAX);
    let read = timeout(TIME_TO_KEEP, bodies::read(request.take_payload(), most, &mut held)).await;
    let Ok(Ok(body)) = read else { return Ok(None) };
    let typed = Typed { user, address, body: body.to_vec() };
    Ok(app.kept.keep(typed).map(|token| Box::new(see_other(&format!("/staff/sign-in?next=/staff/kept/{token}")))))
}

/// Reads the body of a request, which its handler then finds whole; the room that it holds.
async fn read_body(app: &App, row: &Row, request: &mut ServiceRequest, until: Instant) -> Result<Held, Stopped> {
    let mut held = room(app, row, request.request())?;
    let read = bodies::read(request.take_payload(), row.body_max, &mut held);
    let Ok(body) = timeout_at(until, read).await else { return Err(Reason::TooSlow.into()) };
    request.set_payload(Payload::from(body?));
    Ok(held)
}

/// The first room for the body of a request; none for one that says that it is too long, or encoded: no page of ours sends one so,
/// and what it unpacks to is in no head.
fn room(app: &App, row: &Row, request: &HttpRequest) -> Result<Held, Stopped> {
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING);
    let is_plain = |value: &header::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if !encodings.all(is_plain) {
        return Err(Reason::BodyEncoded.into());
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > row.body_max) {
        return Err(Reason::BodyTooLong { max: row.body_max }.into());
    }
    let held = app.bodies.hold(matches!(row.need, Need::May(_)), client_address(&app.config, request));
    held.ok_or_else(|| Reason::TooManyBodies.into())
}

/// What the header `Allow` lists for an address.
fn allowed(rows: &[Row]) -> &'static str {
    match (rows.iter().any(|row| row.takes(&Method::GET)), rows.iter().any(|row| row.takes(&Method::POST))) {
        (true, true) => "GET, HEAD, POST",
        (true, false) => "GET, HEAD",
        (false, _) => "POST",
    }
}

/// Whether a request comes from our own pages, or from a program, which sends none of the headers that tell a browser's page.
/// Nobody else's page makes its visitors answer or complain, and none works with somebody's session.
///
/// Browsers send `Sec-Fetch-Site`, which no page can set, and which decides alone; `same-site` is a sibling host, another site
/// like any other. Older browsers, and all where a page came without TLS, send `Origin` only. There forms of citizens' pages come
/// from `null`, since those pages tell their address to nobody (`no-referrer`): it is taken where no session is at stake. The
/// session cookie is `SameSite=Lax` besides.
fn is_same_origin(app: &App, request: &HttpRequest, by_session: bool) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (header("sec-fetch-site"), header("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some("null")) => !by_session,
        (None, Some(origin)) => {
            let host = header("host").unwrap_or_default();
            app.config.public_url == origin || origin.split_once("://").is_some_and(|(_, from)| from == host)
        }
        // Neither: not a browser of this decade, so no other site is at work.
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_panic_is_caught_wherever_it_comes() {
        assert_eq!(caught(async { 1 }).await, Some(1));
        let late = async {
            actix_web::rt::task::yield_now().await;
            assert!(caught(async {}).await.is_none(), "on purpose");
        };
        assert_eq!(caught(late).await, None);
    }
}
