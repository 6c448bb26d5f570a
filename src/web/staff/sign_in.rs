//! Signing in and out. A session is 32 random bytes in a cookie; the database keeps their SHA-256 only.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::frame::{Frame, see_other, send, signed_in, tell_anyone};
use crate::app::App;
use crate::clock;
use crate::db::{NewSession, StaffUser};
use crate::hex::hex;
use crate::password::{self, BadPassword};
use crate::web::client::client_address;
use crate::web::failure::Failure;
use crate::web::form_body::FormBody;

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    error: Option<&'a str>,
    name: &'a str,
    next: &'a str,
}

/// What stands behind the `?` of the sign-in's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// A working day; after that one signs in again.
const SESSION_LENGTH: chrono::TimeDelta = chrono::TimeDelta::hours(12);

const WRONG: &str = "Tên đăng nhập hoặc mật khẩu không đúng.";
const NOT_SET_UP: &str = "Chưa có người dùng nào. Khi khởi động, máy chủ in ra một địa chỉ thiết lập dùng một lần, có hiệu \
                          lực 24 giờ: hãy hỏi người vận hành địa chỉ đó. Quá 24 giờ thì khởi động lại máy chủ để có địa chỉ mới.";
const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
/// What is said where a password would travel in the open.
pub const NOT_SECURE: &str = "Chỉ đăng nhập được qua https hoặc ngay trên máy chủ. Hãy hỏi người vận hành.";

/// Name of the session cookie. `__Host-` binds it to this host and to HTTPS; only loopback goes without.
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.secure_cookies() { "__Host-sipas" } else { "sipas" }
}

/// `GET /staff/sign-in`.
pub async fn show(app: Data<App>, next: Query<Next>) -> Result<HttpResponse, Failure> {
    let db = app.db.clone();
    if block(move || db.any_user()).await?? {
        return Ok(page(&app, StatusCode::OK, None, "", &local(next.next.as_deref())));
    }
    Ok(tell_anyone(&app, StatusCode::OK, "Hệ thống chưa được thiết lập", NOT_SET_UP))
}

/// `POST /staff/sign-in`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Failure> {
    let sent = FormBody::parse(&body);
    let (name, typed) = (sent.get("name").unwrap_or_default().trim().to_lowercase(), sent.get("password"));
    let next = local(sent.get("next"));
    let from = client_address(&app.config, &request);
    if !is_private(&app, &request) {
        return Ok(page(&app, StatusCode::FORBIDDEN, Some(NOT_SECURE), &name, &next));
    }
    // By name and network together, so that nobody can lock a colleague out from elsewhere.
    if !app.sign_ins.allows(&name, from) || !app.sign_ins_of_network.allows("", from) {
        tracing::warn!("sign-in attempts limited");
        return Ok(page(&app, StatusCode::TOO_MANY_REQUESTS, Some(SLOW_DOWN), &name, &next));
    }
    let user = user_of(&app, &name, typed.unwrap_or_default().to_owned()).await?;
    let Some(user) = user else {
        tracing::info!("sign-in refused");
        return Ok(page(&app, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG), &name, &next));
    };
    begin_session(&app, user.id, &next).await
}

/// Whether this is the password of the user of this name, who is not retired.
pub async fn is_password_of(app: &App, name: &str, typed: String) -> Result<bool, Failure> {
    Ok(user_of(app, name, typed).await?.is_some())
}

/// The user of this name and password. It takes as long for an unknown name as for a known one.
async fn user_of(app: &App, name: &str, typed: String) -> Result<Option<StaffUser>, Failure> {
    let permit = app.hashing.acquire().await.map_err(Failure::unexpected)?;
    let (db, wanted) = (app.db.clone(), name.to_owned());
    let user = block(move || {
        let user = db.user_by_name(&wanted)?.filter(|user| user.retired_at.is_none());
        let hash = user.as_ref().map_or(password::nobody(), |user| user.password_hash.as_str());
        let right = password::verify(&typed, hash);
        Ok::<_, crate::db::DbError>(user.filter(|_| right))
    })
    .await??;
    drop(permit);
    Ok(user)
}

/// Begins a session of `user` and goes on to `next`, one of our own pages.
pub async fn begin_session(app: &App, user: i32, next: &str) -> Result<HttpResponse, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::unexpected)?;
    let token = hex(&bytes);
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let now = clock::now();
    let session = NewSession { token_hash: hash, user, at: now, expires_at: now + SESSION_LENGTH };
    let db = app.db.clone();
    block(move || db.create_session(&session)).await??;
    tracing::info!(user, "signed in");
    let mut answer = see_other(next);
    let cookie = session_cookie(app, token).finish();
    answer.add_cookie(&cookie).map_err(Failure::unexpected)?;
    Ok(answer)
}

/// Whether a password may travel as this request does: encrypted, or without leaving the machine.
pub fn is_private(app: &App, request: &HttpRequest) -> bool {
    // A forwarded request came over a network, whatever address the proxy has.
    let forwarded =
        ["x-forwarded-for", "forwarded", "x-real-ip", "via"].iter().any(|name| request.headers().contains_key(*name));
    app.config.secure_cookies() || (!forwarded && client_address(&app.config, request).is_loopback())
}

/// Hashes a new password off the threads that serve requests, a few at a time.
pub async fn hash_password(app: &App, typed: String) -> Result<Result<String, BadPassword>, Failure> {
    let permit = app.hashing.acquire().await.map_err(Failure::unexpected)?;
    let hashed = block(move || password::hash(&typed)).await?;
    drop(permit);
    Ok(hashed)
}

/// `POST /staff/sign-out`.
pub async fn sign_out(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    if let Some(user) = signed_in(&app, &request).await? {
        let db = app.db.clone();
        block(move || db.delete_session(&user.token_hash)).await??;
    }
    let mut cookie = session_cookie(&app, String::new()).finish();
    cookie.make_removal();
    Ok(HttpResponse::SeeOther()
        .cookie(cookie)
        .insert_header((header::LOCATION, "/staff/sign-in"))
        .insert_header(("Clear-Site-Data", "\"cache\""))
        .finish())
}

fn session_cookie(app: &App, token: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(cookie_name(app), token)
        .path("/")
        .http_only(true)
        .secure(app.config.secure_cookies())
        .same_site(SameSite::Lax)
}

/// The address to go on to: only one of our own staff pages.
fn local(next: Option<&str>) -> String {
    let next = next.unwrap_or_default();
    let safe = next.starts_with("/staff/") && !next.contains(['\\', '\r', '\n']) && !next.starts_with("/staff/sign-");
    if safe { next.to_owned() } else { "/staff/".to_owned() }
}

fn page(app: &App, status: StatusCode, error: Option<&str>, name: &str, next: &str) -> HttpResponse {
    send(status, &SignInPage { frame: Frame::anonymous(app), error, name, next })
}
