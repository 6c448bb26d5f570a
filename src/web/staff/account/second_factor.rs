//! The second factor: asked after the password, or set up first by those whose role needs it. Six digits of an app, or one
//! of ten recovery codes, each of which opens once.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::sign_in;
use crate::clock;
use crate::db::{StaffUser, Stage};
use crate::error::Refusal;
use crate::print::qr::Qr;
use crate::secrets::totp;
use crate::web::http::client::client_address;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::session;
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::state::App;

/// Recovery codes made at once.
const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 120 bits, 24 letters.
const RECOVERY_BYTES: usize = 15;

const WRONG: &str =
    "Mã không đúng hoặc đã dùng. Chờ mã mới hiện trên ứng dụng rồi nhập lại; giờ trên điện thoại phải đúng.";
const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/account/second_factor.html")]
struct FactorPage<'a> {
    frame: Frame,
    error: Option<&'a str>,
    next: &'a str,
    /// QR code and secret while the factor is set up; none when a code is asked.
    offer: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "staff/account/recovery_codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
    next: String,
}

/// `GET /staff/second-factor`.
pub async fn show(app: Data<App>, request: HttpRequest, next: Query<Next>) -> Result<HttpResponse, Refusal> {
    let next = sign_in::local(next.next.as_deref());
    let Some((user, stage)) = session::find(&app, &request).await? else { return Ok(see_other("/staff/sign-in")) };
    if stage == Stage::Full {
        return Ok(see_other(&next));
    }
    let person = person(&app, &user).await?;
    page(&app, &person, stage, StatusCode::OK, None, &next).await
}

/// `POST /staff/second-factor`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let next = sign_in::local(sent.get("next"));
    let Some((user, stage)) = session::find(&app, &request).await? else { return Ok(see_other("/staff/sign-in")) };
    if stage == Stage::Full {
        return Ok(see_other(&next));
    }
    let person = person(&app, &user).await?;
    let from = client_address(&app.config, &request);
    // As tries to sign in: who has the password must not try all codes.
    if !app.sign_ins.allows(&format!("code of {}", user.name), from) || !app.sign_ins_of_network.allows("", from) {
        return page(&app, &person, stage, StatusCode::TOO_MANY_REQUESTS, Some(SLOW_DOWN), &next).await;
    }
    let typed = sent.get("code").unwrap_or_default().to_owned();
    let codes = match stage {
        Stage::MustEnrol => confirm(&app, &user, &person, &typed).await?,
        _ => use_code(&app, &user, &person, &typed).await?.then(Vec::new),
    };
    let Some(codes) = codes else {
        let note = crate::db::Note { outcome: crate::db::Outcome::Refused, ..user.note("second_factor", "", "") };
        let db = app.db.clone();
        block(move || db.note(note)).await??;
        return page(&app, &person, stage, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG), &next).await;
    };
    // A new token, and the one that waited is dead.
    let cookie = sign_in::new_session(&app, &request, &person, Stage::Full).await?;
    let db = app.db.clone();
    block(move || db.delete_session(&user.token_hash)).await??;
    let mut answer = if codes.is_empty() {
        see_other(&next)
    } else {
        send(StatusCode::OK, &CodesPage { frame: Frame::anonymous(&app), codes, next })
    };
    answer.add_cookie(&cookie).map_err(Refusal::fault)?;
    Ok(answer)
}

/// `POST /staff/recovery-codes`: new recovery codes in place of the old, for who proves the second factor again.
pub async fn renew(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let person = person(&app, &user).await?;
    let typed = FormBody::parse(&body).get("code").unwrap_or_default().to_owned();
    let from = client_address(&app.config, &request);
    let allowed = app.sign_ins.allows(&format!("code of {}", user.name), from);
    if !person.has_second_factor() || !allowed || !use_code(&app, &user, &person, &typed).await? {
        return Ok(see_other("/staff/sessions?done=wrong-code"));
    }
    let codes = fresh_codes()?;
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| hash(code)).collect();
    let db = app.db.noting(user.note("renew_recovery_codes", "", ""));
    block(move || db.renew_recovery_codes(person.id, &hashes)).await??;
    Ok(send(StatusCode::OK, &CodesPage { frame: user.frame(&app), codes, next: "/staff/sessions".to_owned() }))
}

async fn person(app: &App, user: &SignedIn) -> Result<StaffUser, Refusal> {
    let (db, id) = (app.db.clone(), user.id);
    block(move || db.user(id)).await??.ok_or_else(|| Refusal::fault("a user with a session is not there"))
}

/// Confirms the offered secret; the recovery codes, or none when the code is wrong.
async fn confirm(app: &App, user: &SignedIn, person: &StaffUser, typed: &str) -> Result<Option<Vec<String>>, Refusal> {
    let Some(secret) = &person.totp_secret else { return Ok(None) };
    let Some(step) = totp::accepted(secret, typed, clock::now().timestamp(), -1) else { return Ok(None) };
    let codes = fresh_codes()?;
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| hash(code)).collect();
    let (db, id, note) = (app.db.clone(), person.id, user.note("set_up_second_factor", "", ""));
    let confirmed = block(move || db.confirm_totp(id, step, &hashes, note)).await??;
    Ok(confirmed.then_some(codes))
}

/// Whether what was typed is the app's code or a recovery code; it is used up.
async fn use_code(app: &App, user: &SignedIn, person: &StaffUser, typed: &str) -> Result<bool, Refusal> {
    let Some(secret) = &person.totp_secret else { return Ok(false) };
    let last = person.totp_step.unwrap_or(-1);
    let step = totp::accepted(secret, typed, clock::now().timestamp(), last);
    let (db, id, hash) = (app.db.clone(), person.id, hash(typed));
    let note = user.note("use_recovery_code", "", "");
    Ok(block(move || match step {
        Some(step) => db.use_totp_step(id, step),
        None => db.use_recovery_code(id, &hash, note),
    })
    .await??)
}

fn fresh_codes() -> Result<Vec<String>, Refusal> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; RECOVERY_BYTES];
        getrandom::fill(&mut bytes).map_err(Refusal::fault)?;
        let letters: Vec<char> = totp::base32(&bytes).chars().collect();
        codes.push(letters.chunks(6).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"));
    }
    Ok(codes)
}

/// The hash of a recovery code, however it is typed.
fn hash(code: &str) -> [u8; 32] {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(letters.to_ascii_uppercase().as_bytes()).into()
}

async fn page(
    app: &App,
    person: &StaffUser,
    stage: Stage,
    status: StatusCode,
    error: Option<&str>,
    next: &str,
) -> Result<HttpResponse, Refusal> {
    let offer = if stage == Stage::MustEnrol { Some(offer(app, person).await?) } else { None };
    Ok(send(status, &FactorPage { frame: Frame::anonymous(app), error, next, offer }))
}

/// The secret offered to a user, made when there is none yet: as a QR code and in groups to type.
async fn offer(app: &App, person: &StaffUser) -> Result<(String, String), Refusal> {
    let secret = if let Some(secret) = person.totp_secret.clone().filter(|_| !person.has_second_factor()) {
        secret
    } else {
        let mut secret = vec![0; totp::SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(Refusal::fault)?;
        let (db, id, kept) = (app.db.clone(), person.id, secret.clone());
        block(move || db.offer_totp(id, &kept)).await??;
        secret
    };
    let code = Qr::of(&totp::address(&secret, &person.name)).map_err(Refusal::fault)?;
    let letters: Vec<char> = totp::base32(&secret).chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok((code.svg("Mã QR để quét bằng ứng dụng xác thực"), groups.join(" ")))
}
