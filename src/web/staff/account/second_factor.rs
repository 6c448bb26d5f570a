//! The second factor: asked after the password, or set up first by those whose role needs it. Six digits of an app, or one
//! of ten recovery codes, each of which opens once.

use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::code_tries::{OF_ACCOUNT, OF_SESSION, TOLD_AT, TooMany};
use super::sign_in;
use super::tries::{Try, told_to_wait};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{NewLetter, Note, Outcome, StaffUser, Stage};
use crate::error::Refusal;
use crate::print::qr::Qr;
use crate::secrets::totp;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::session;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// Recovery codes made at once.
const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 120 bits, 24 letters.
const RECOVERY_BYTES: usize = 15;

const WRONG: &str =
    "Mã không đúng hoặc đã dùng. Chờ mã mới hiện trên ứng dụng rồi nhập lại; giờ trên điện thoại phải đúng.";
const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
const SIGN_IN_ANEW: &str =
    "Mã xác thực đã nhập sai nhiều lần. Hãy đăng nhập lại, chờ mã mới hiện trên ứng dụng rồi nhập.";

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
    page(&app, &person, enrols(stage), StatusCode::OK, None, &next).await
}

/// `POST /staff/second-factor`.
pub async fn submit(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let next = sign_in::local(sent.get("next"));
    let Some((user, stage)) = session::find(&app, &request).await? else { return Ok(see_other("/staff/sign-in")) };
    let (Stage::CodeAsked(first) | Stage::MustEnrol(first)) = stage else { return Ok(see_other(&next)) };
    let person = person(&app, &user).await?;
    // As tries to sign in: who has the password must not try all codes.
    let Some(begun) = Try::begin(&app, &request, Some(&format!("code of {}", user.name))) else {
        let status = StatusCode::TOO_MANY_REQUESTS;
        return Ok(told_to_wait(page(&app, &person, enrols(stage), status, Some(SLOW_DOWN), &next).await?));
    };
    let typed = sent.get("code").unwrap_or_default().to_owned();
    // While the factor is set up its secret stands on the page: there is nothing to guess.
    let guessable = matches!(stage, Stage::CodeAsked(_)) && !is_recovery_code(&typed);
    if guessable && let Err(too_many) = app.code_tries.begin(user.id, user.token_hash, Instant::now()) {
        return refused(&app, &user, &person, too_many, &next).await;
    }
    let codes = match stage {
        Stage::MustEnrol(_) => confirm(&app, &user, &person, &typed).await?,
        _ => use_code(&app, &user, &person, &typed).await?.then(Vec::new),
    };
    let Some(codes) = codes else {
        let note = Note { outcome: Outcome::Refused, ..user.note(AuditedAction::SecondFactor, "", "") };
        let db = app.db.clone();
        block(move || db.note(note)).await??;
        if guessable && wrong(&app, &user, &person).await? {
            return refused(&app, &user, &person, TooMany::OfSession, &next).await;
        }
        return page(&app, &person, enrols(stage), StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG), &next).await;
    };
    begun.was_right();
    if guessable {
        app.code_tries.take_back(user.id, user.token_hash);
    }
    // A new token, and the one that waited is dead.
    let cookie = sign_in::new_session(&app, &request, &person, Stage::Full, first).await?;
    let mut answer = if codes.is_empty() {
        see_other(&next)
    } else {
        send(StatusCode::OK, &CodesPage { frame: Frame::anonymous(&app), codes, next })
    };
    answer.add_cookie(&cookie).map_err(Refusal::fault)?;
    Ok(answer)
}

/// `POST /staff/recovery-codes`: new recovery codes in place of the old, for whoever proves the second factor again.
pub async fn renew(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let person = person(&app, &user).await?;
    let typed = FormBody::parse(&body).get("code").unwrap_or_default().to_owned();
    let begun = Try::begin(&app, &request, Some(&format!("code of {}", user.name)));
    let Some(begun) = begun.filter(|_| person.has_second_factor()) else {
        return Ok(see_other("/staff/sessions?done=wrong-code"));
    };
    // A found session must not become a way to guess the code.
    let guessable = !is_recovery_code(&typed);
    if guessable && let Err(too_many) = app.code_tries.begin(user.id, user.token_hash, Instant::now()) {
        return refused(&app, &user, &person, too_many, "/staff/sessions").await;
    }
    if !use_code(&app, &user, &person, &typed).await? {
        let note = Note { outcome: Outcome::Refused, ..user.note(AuditedAction::RenewRecoveryCodes, "", "") };
        let db = app.db.clone();
        block(move || db.note(note)).await??;
        if guessable && wrong(&app, &user, &person).await? {
            return refused(&app, &user, &person, TooMany::OfSession, "/staff/sessions").await;
        }
        return Ok(see_other("/staff/sessions?done=wrong-code"));
    }
    begun.was_right();
    if guessable {
        app.code_tries.take_back(user.id, user.token_hash);
    }
    let codes = fresh_codes()?;
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| hash(code)).collect();
    let db = app.db.noting(user.note(AuditedAction::RenewRecoveryCodes, "", ""));
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
    let (db, id, note) = (app.db.clone(), person.id, user.note(AuditedAction::SetUpSecondFactor, "", ""));
    let confirmed = block(move || db.confirm_totp(id, step, &hashes, note)).await??;
    Ok(confirmed.then_some(codes))
}

/// Whether what was typed is the app's code or a recovery code; it is used up.
async fn use_code(app: &App, user: &SignedIn, person: &StaffUser, typed: &str) -> Result<bool, Refusal> {
    let Some(secret) = &person.totp_secret else { return Ok(false) };
    let last = person.totp_step.unwrap_or(-1);
    let step = totp::accepted(secret, typed, clock::now().timestamp(), last);
    let (db, id, hash) = (app.db.clone(), person.id, hash(typed));
    let note = user.note(AuditedAction::UseRecoveryCode, "", "");
    Ok(block(move || match step {
        Some(step) => db.use_totp_step(id, step),
        None => db.use_recovery_code(id, &hash, note),
    })
    .await??)
}

/// Whether a text is as long as a recovery code. Nobody guesses 120 bits, so these are not counted, and their owner gets in
/// with one while somebody else tries codes.
fn is_recovery_code(typed: &str) -> bool {
    typed.chars().filter(char::is_ascii_alphanumeric).count() == RECOVERY_BYTES * 8 / 5
}

/// A code was wrong: tells the owner, once a day, when there were many. Whether the session is used up.
async fn wrong(app: &App, user: &SignedIn, person: &StaffUser) -> Result<bool, Refusal> {
    let (of_session, of_account) = app.code_tries.wrong(user.id, user.token_hash);
    let email = person.email.as_deref().filter(|_| of_account >= TOLD_AT && !app.mailer.is_off());
    if let Some(email) = email {
        let (db, letter) = (app.db.clone(), letter(person, email, &app.config.public_url));
        block(move || db.write_letter(&letter, clock::now())).await??;
    }
    Ok(of_session >= OF_SESSION)
}

/// The answer to whoever has tried too many codes: the password is asked again, or the account takes no code for a while.
async fn refused(
    app: &App,
    user: &SignedIn,
    person: &StaffUser,
    too_many: TooMany,
    next: &str,
) -> Result<HttpResponse, Refusal> {
    tracing::warn!(user = user.id, ?too_many, "codes of the second factor limited");
    let TooMany::OfAccount(left) = too_many else {
        let (db, token_hash) = (app.db.clone(), user.token_hash);
        block(move || db.delete_session(&token_hash)).await??;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(sign_in::page(app, status, Some(SIGN_IN_ANEW), &person.name, next));
    };
    let until = clock::date_and_time(clock::now() + left);
    let sentence = format!(
        "Mã xác thực của tài khoản này đã bị nhập sai {OF_ACCOUNT} lần trong một giờ. Từ {until} mới nhận mã tiếp; mã dự phòng \
         vẫn dùng được. Nếu không phải bạn đã nhập thì có người biết mật khẩu của bạn: hãy đổi mật khẩu."
    );
    let mut answer = page(app, person, false, StatusCode::TOO_MANY_REQUESTS, Some(&sentence), next).await?;
    answer.headers_mut().insert(header::RETRY_AFTER, left.as_secs().max(1).into());
    Ok(answer)
}

/// Tells the owner of an account that somebody who knows the password tries codes. Its key allows one a day.
fn letter(person: &StaffUser, email: &str, public_url: &str) -> NewLetter {
    let body = [
        format!("Kính gửi {},", person.display_name),
        format!(
            "Trong một giờ qua, mã xác thực của tài khoản {} đã bị nhập sai {TOLD_AT} lần. Người nhập đã nhập đúng mật khẩu. \
             Các mã sai không mở được tài khoản.",
            person.name
        ),
        format!(
            "Nếu chính bạn nhập sai: kiểm tra giờ trên điện thoại, chờ mã mới hiện rồi nhập lại. Đủ {OF_ACCOUNT} lần sai trong một \
             giờ thì tài khoản tạm không nhận mã; mã dự phòng vẫn dùng được."
        ),
        format!(
            "Nếu không phải bạn: mật khẩu đã lộ. Hãy đổi mật khẩu ngay tại {public_url}/staff/password hoặc xin người quản trị \
             đặt lại mật khẩu. Không đọc mã xác thực cho bất cứ ai."
        ),
        "Thư này do hệ thống khảo sát sự hài lòng gửi tự động.".to_owned(),
    ];
    NewLetter {
        key: format!("wrong-codes/{}/{}", clock::today(), person.name),
        recipient: email.to_owned(),
        subject: "Có người thử mã xác thực của tài khoản bạn".to_owned(),
        body: body.join("\n\n"),
        until: clock::now() + chrono::TimeDelta::days(1),
    }
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

fn enrols(stage: Stage) -> bool {
    matches!(stage, Stage::MustEnrol(_))
}

async fn page(
    app: &App,
    person: &StaffUser,
    enrols: bool,
    status: StatusCode,
    error: Option<&str>,
    next: &str,
) -> Result<HttpResponse, Refusal> {
    let offer = if enrols { Some(offer(app, person).await?) } else { None };
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
