//! Signing in and out. A session is 32 random bytes in a cookie; the database keeps their SHA-256 only.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::tries::{Try, told_to_wait};
use crate::access::{AuditedAction, Role};
use crate::clock;
use crate::db::{FirstFactor, NewSession, Note, Outcome, StaffUser, Stage};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::secrets::password;
use crate::service::single_sign_on::password_opens;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send, tell_anyone};
use crate::web::staff::session::{self, cookie_name};
use crate::web::state::App;

/// Where a sign-in with an account of the provider begins.
const BEGIN: &str = "/staff/sign-in/oidc";

#[derive(Template)]
#[template(path = "staff/account/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    error: Option<&'a str>,
    name: &'a str,
    next: &'a str,
    /// Whose account may be used instead, and where.
    provider: Option<(&'a str, String)>,
}

/// What stands behind the `?` of the sign-in's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// A working day; after that one signs in again.
const SESSION_LENGTH: chrono::TimeDelta = chrono::TimeDelta::hours(12);

/// How long the second factor may take.
const HALF_WAY_LENGTH: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

const WRONG: &str = "Tên đăng nhập hoặc mật khẩu không đúng.";
const NOT_SET_UP: &str = "Chưa có người dùng nào. Khi khởi động, máy chủ in ra một địa chỉ thiết lập dùng một lần, có hiệu \
                          lực 24 giờ: hãy hỏi người vận hành địa chỉ đó. Quá 24 giờ thì khởi động lại máy chủ để có địa chỉ mới.";
const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
/// What is said where a password would travel in the open.
pub const NOT_SECURE: &str = "Chỉ đăng nhập được qua https hoặc ngay trên máy chủ. Hãy hỏi người vận hành.";

/// `GET /staff/sign-in`.
pub async fn show(app: Data<App>, next: Query<Next>) -> Result<HttpResponse, Refusal> {
    let db = app.db.clone();
    if block(move || db.any_user()).await?? {
        return Ok(page(&app, StatusCode::OK, None, "", &local(next.next.as_deref())));
    }
    Ok(tell_anyone(&app, StatusCode::OK, "Hệ thống chưa được thiết lập", NOT_SET_UP))
}

/// `POST /staff/sign-in`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let (name, typed) = (sent.get("name").unwrap_or_default().trim().to_lowercase(), sent.get("password"));
    let next = local(sent.get("next"));
    if !is_private(&app, &request) {
        return Ok(page(&app, StatusCode::FORBIDDEN, Some(NOT_SECURE), &name, &next));
    }
    let Some(begun) = Try::begin(&app, &request, Some(&name)) else {
        tracing::warn!("sign-in attempts limited");
        return Ok(told_to_wait(page(&app, StatusCode::TOO_MANY_REQUESTS, Some(SLOW_DOWN), &name, &next)));
    };
    let name_typed = name.clone();
    let user = user_of(&app, &name, typed.unwrap_or_default().to_owned()).await?;
    let Some(user) = user else {
        tracing::info!("sign-in refused");
        // What was typed is not kept: people type passwords into the wrong field.
        let db = app.db.clone();
        block(move || {
            let known = db.user_by_name(&name_typed)?.map_or_else(String::new, |user| user.name);
            let (at, outcome) = (clock::now(), Outcome::Refused);
            db.note(Note {
                at,
                actor: String::new(),
                action: AuditedAction::SignIn,
                unit: String::new(),
                object: known,
                outcome,
            })
        })
        .await??;
        return Ok(page(&app, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG), &name, &next));
    };
    begun.was_right();
    if !opens_by_password(&app, &user).await? {
        return Ok(page(&app, StatusCode::FORBIDDEN, Some(&by_provider(&app)), &name, &next));
    }
    enter(&app, &request, &user, &next).await
}

/// Whether a user's password opens their account, or only an account of the provider does.
pub async fn opens_by_password(app: &App, user: &StaffUser) -> Result<bool, Refusal> {
    let (db, here, id) = (app.db.clone(), app.single_sign_on.clone(), user.id);
    Ok(block(move || password_opens(&db, here.as_deref(), id)).await??)
}

/// What is said to whoever has a password that opens nothing.
pub fn by_provider(app: &App) -> String {
    let name = app.single_sign_on.as_ref().map_or("nơi khác", |here| here.provider.name());
    format!(
        "Tài khoản này chỉ vào được bằng tài khoản {name}, không bằng mật khẩu. Nếu không vào được bằng cách ấy, hãy nhờ người \
         quản trị bỏ liên kết."
    )
}

/// Lets someone in whose password was right: at once, or by way of the second factor.
pub async fn enter(app: &App, request: &HttpRequest, user: &StaffUser, next: &str) -> Result<HttpResponse, Refusal> {
    let stage = stage_after(app, user, FirstFactor::Password);
    begin_session(app, request, user, stage, &ahead(stage, next)).await
}

/// How far a sign-in is once the first factor was right.
pub(super) fn stage_after(app: &App, user: &StaffUser, first: FirstFactor) -> Stage {
    let required = Role::from_name(&user.role).is_some_and(|role| app.second_factor(role));
    match (user.has_second_factor(), required) {
        (true, _) => Stage::CodeAsked(first),
        (false, true) => Stage::MustEnrol(first),
        (false, false) => Stage::Full,
    }
}

/// Where a sign-in goes on to that is so far.
pub(super) fn ahead(stage: Stage, next: &str) -> String {
    match stage {
        Stage::Full => next.to_owned(),
        _ => format!("/staff/second-factor?next={}", percent_encode(next)),
    }
}

/// Whether this is the password of the user of this name, who is not retired.
pub async fn is_password_of(app: &App, name: &str, typed: String) -> Result<bool, Refusal> {
    Ok(user_of(app, name, typed).await?.is_some())
}

/// The user of this name and password. It takes as long for an unknown name as for a known one.
async fn user_of(app: &App, name: &str, typed: String) -> Result<Option<StaffUser>, Refusal> {
    let (db, wanted) = (app.db.clone(), name.to_owned());
    let user = block(move || db.user_by_name(&wanted)).await??.filter(|user| user.retired_at.is_none());
    let hash = user.as_ref().map_or(password::nobody(), |user| user.password_hash.as_str()).to_owned();
    let right = app.hasher.verify(typed, hash).await?;
    Ok(user.filter(|_| right))
}

/// Begins a session of `user`, who gave their password, and goes on to `next`, one of our own pages.
pub async fn begin_session(
    app: &App,
    request: &HttpRequest,
    user: &StaffUser,
    stage: Stage,
    next: &str,
) -> Result<HttpResponse, Refusal> {
    let mut answer = see_other(next);
    let cookie = new_session(app, request, user, stage, FirstFactor::Password).await?;
    answer.add_cookie(&cookie).map_err(Refusal::fault)?;
    Ok(answer)
}

/// Begins a session of `user` by this way in, which the audit log names; the cookie that carries it. One that waits for the second
/// factor lives ten minutes. The session that the request carries, whosever it is and however far, ends in the same transaction: the
/// browser has one cookie, and whoever copied the old one must not go on with it.
pub(super) async fn new_session(
    app: &App,
    request: &HttpRequest,
    user: &StaffUser,
    stage: Stage,
    first: FirstFactor,
) -> Result<Cookie<'static>, Refusal> {
    let action = match first {
        FirstFactor::Password => AuditedAction::SignIn,
        FirstFactor::SingleSignOn => AuditedAction::SignInBySingleSignOn,
    };
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Refusal::fault)?;
    let token = hex(&bytes);
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let now = clock::now();
    let length = if stage == Stage::Full { SESSION_LENGTH } else { HALF_WAY_LENGTH };
    let agent = agent_words(request);
    let (expires_at, replaces) = (now + length, session::carried(app, request));
    let session = NewSession { token_hash: hash, user: user.id, at: now, expires_at, stage, agent, replaces };
    let db = app.db.clone();
    let name = user.name.clone();
    block(move || {
        if stage != Stage::Full {
            return db.create_session(&session);
        }
        let (unit, object, outcome) = (String::new(), String::new(), Outcome::Done);
        db.noting(Note { at: now, actor: name, action, unit, object, outcome }).sign_in(&session)
    })
    .await??;
    tracing::info!(user = user.id, ?stage, "session begun");
    Ok(session_cookie(app, token).finish())
}

/// Browser and system in two words, so that one knows one's own sessions again.
fn agent_words(request: &HttpRequest) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| agent.contains(sign)).map_or("", |(_, word)| *word)
    };
    // The order matters: Edge and Chrome call themselves Safari too.
    let browser = first(&[
        ("Zalo", "Zalo"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("CocCoc", "Cốc Cốc"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("", "") => "Trình duyệt không rõ".to_owned(),
        ("", system) => system.to_owned(),
        (browser, "") => browser.to_owned(),
        (browser, system) => format!("{browser}, {system}"),
    }
}

/// Whether a password may travel as this request does: encrypted, or without leaving the machine.
pub fn is_private(app: &App, request: &HttpRequest) -> bool {
    // A forwarded request came over a network, whatever address the proxy has.
    let forwarded =
        ["x-forwarded-for", "forwarded", "x-real-ip", "via"].iter().any(|name| request.headers().contains_key(*name));
    app.config.secure_cookies() || (!forwarded && client_address(&app.config, request).is_loopback())
}

/// What a browser throws away at sign-out: pages that it kept for going back. Not `storage`: a citizen's answers that wait for
/// the network on the same phone, and the page that sends them, live there under the same origin. Not `cookies`: browsers
/// then throw away those of every site under the same registered name, other systems of the office among them; our one
/// cookie is taken back by name.
const CLEARED: (header::HeaderName, header::HeaderValue) =
    (header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\""));

/// `POST /staff/sign-out`.
pub async fn sign_out(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if let Some((user, _)) = session::find(&app, &request).await? {
        let db = app.db.noting(user.note(AuditedAction::SignOut, "", ""));
        block(move || db.sign_out(&user.token_hash)).await??;
    }
    let mut cookie = session_cookie(&app, String::new()).finish();
    cookie.make_removal();
    let mut answer = see_other("/staff/sign-in");
    answer.add_cookie(&cookie).map_err(Refusal::fault)?;
    let (name, value) = CLEARED;
    answer.headers_mut().insert(name, value);
    Ok(answer)
}

fn session_cookie(app: &App, token: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(cookie_name(app), token)
        .path("/")
        .http_only(true)
        .secure(app.config.secure_cookies())
        .same_site(SameSite::Lax)
}

/// The address to go on to: only one of our own staff pages.
pub fn local(next: Option<&str>) -> String {
    let next = next.unwrap_or_default();
    let safe = next.starts_with("/staff/")
        && !next.contains(['\\', '\r', '\n'])
        && !["/staff/sign-", "/staff/second-factor", "/staff/link/"].iter().any(|own| next.starts_with(own));
    if safe { next.to_owned() } else { "/staff/".to_owned() }
}

/// The page that asks for name and password.
pub(super) fn page(app: &App, status: StatusCode, error: Option<&str>, name: &str, next: &str) -> HttpResponse {
    let here = app.single_sign_on.as_deref();
    let provider = here.map(|here| (here.provider.name(), provider_address(next)));
    send(status, &SignInPage { frame: Frame::anonymous(app), error, name, next, provider })
}

/// The address at which a sign-in begins that goes on to `next`.
pub fn provider_address(next: &str) -> String {
    format!("{BEGIN}?next={}", percent_encode(next))
}
