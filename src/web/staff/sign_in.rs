//! Signing in and out. A session is 32 random bytes in a cookie; the database keeps their SHA-256 only.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::frame::{Frame, send, signed_in};
use crate::app::App;
use crate::clock;
use crate::db::NewSession;
use crate::hex::hex;
use crate::password;
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
const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
const NOT_SECURE: &str = "Chỉ đăng nhập được qua https hoặc ngay trên máy chủ. Hãy hỏi người vận hành.";

/// Name of the session cookie. `__Host-` binds it to this host and to HTTPS; only loopback goes without.
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.secure_cookies() { "__Host-sipas" } else { "sipas" }
}

/// `GET /staff/sign-in`.
pub async fn show(app: Data<App>, next: Query<Next>) -> HttpResponse {
    page(&app, StatusCode::OK, None, "", &local(next.next.as_deref()))
}

/// `POST /staff/sign-in`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Failure> {
    let sent = FormBody::parse(&body);
    let (name, typed) = (sent.get("name").unwrap_or_default().trim().to_lowercase(), sent.get("password"));
    let next = local(sent.get("next"));
    let from = client_address(&app.config, &request);
    // A forwarded request came over a network, whatever address the proxy has.
    let forwarded =
        ["x-forwarded-for", "forwarded", "x-real-ip", "via"].iter().any(|name| request.headers().contains_key(*name));
    if !app.config.secure_cookies() && (forwarded || !from.is_loopback()) {
        return Ok(page(&app, StatusCode::FORBIDDEN, Some(NOT_SECURE), &name, &next));
    }
    // By name and network together, so that nobody can lock a colleague out from elsewhere.
    if !app.sign_ins.allows(&name, from) || !app.sign_ins_of_network.allows("", from) {
        tracing::warn!("sign-in attempts limited");
        return Ok(page(&app, StatusCode::TOO_MANY_REQUESTS, Some(SLOW_DOWN), &name, &next));
    }
    let typed = typed.unwrap_or_default().to_owned();
    let permit = app.hashing.acquire().await.map_err(Failure::unexpected)?;
    let (db, wanted) = (app.db.clone(), name.clone());
    let user = block(move || {
        let user = db.user_by_name(&wanted)?.filter(|user| user.retired_at.is_none());
        let hash = user.as_ref().map_or(password::nobody(), |user| user.password_hash.as_str());
        let right = password::verify(&typed, hash);
        Ok::<_, crate::db::DbError>(user.filter(|_| right))
    })
    .await??;
    drop(permit);
    let Some(user) = user else {
        tracing::info!("sign-in refused");
        return Ok(page(&app, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG), &name, &next));
    };
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::unexpected)?;
    let token = hex(&bytes);
    let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let (db, id) = (app.db.clone(), user.id);
    let now = clock::now();
    let session = NewSession { token_hash: hash, user: id, at: now, expires_at: now + SESSION_LENGTH };
    block(move || db.create_session(&session)).await??;
    tracing::info!(user = id, "signed in");
    let cookie = session_cookie(&app, token).finish();
    Ok(HttpResponse::SeeOther()
        .cookie(cookie)
        .insert_header((header::LOCATION, next))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
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
    send(status, &SignInPage { frame: Frame { user: None, demo: app.demo() }, error, name, next })
}
