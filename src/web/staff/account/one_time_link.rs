//! One-time links: made by an administrator, opened by who sets a password with them. The secret has 256 random bits, the
//! database keeps its hash, and the address begins with `PUBLIC_URL`, whatever a request says its host is.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::tries::{Try, told_to_wait};
use super::{credentials, sign_in};
use crate::access::{AuditedAction, EmailAddress, Role};
use crate::clock;
use crate::db::{LinkPurpose, NewLetter, NewLink, NewUser, Note, Outcome, StaffUser, Unit};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, send, tell_anyone};
use crate::web::staff::signed_in::SignedIn;
use crate::web::state::App;

/// How long an invitation opens: somebody may be on leave for a week.
const INVITATION_LIFE: TimeDelta = TimeDelta::days(7);
/// How long a reset opens.
const RESET_LIFE: TimeDelta = TimeDelta::hours(24);

const GONE: &str = "Liên kết này đã dùng, đã quá hạn, hoặc chép thiếu. Hãy xin người quản trị một liên kết mới.";

#[derive(Template)]
#[template(path = "staff/account/one_time_link_made.html")]
struct MadePage<'a> {
    frame: Frame,
    invites: bool,
    person: &'a str,
    name: &'a str,
    address: String,
    mailed: Option<String>,
    until: String,
    second_factor: bool,
}

/// Whom a link is for.
pub(in crate::web::staff) struct Recipient<'a> {
    pub name: &'a str,
    pub display_name: &'a str,
    pub role: &'a str,
    pub email: Option<&'a str>,
    /// Their unit, among those of whoever makes the link.
    pub unit: Option<&'a Unit>,
}

impl<'a> Recipient<'a> {
    /// Somebody whose account is there.
    fn known(person: &'a StaffUser, user: &'a SignedIn) -> Self {
        Self {
            name: &person.name,
            display_name: &person.display_name,
            role: &person.role,
            email: person.email.as_deref(),
            unit: user.units.iter().find(|unit| unit.id == person.unit),
        }
    }

    /// Somebody whose account is added together with the link.
    pub fn new(new: &'a NewUser, user: &'a SignedIn) -> Self {
        Self {
            name: &new.name,
            display_name: &new.display_name,
            role: &new.role,
            email: new.email.as_ref().map(EmailAddress::as_str),
            unit: user.unit_of_code(&new.unit),
        }
    }
}

/// The letter that carries a link. It is kept as it is until it is sent, then its text is forgotten.
fn letter(
    person: &Recipient<'_>,
    email: &str,
    address: &str,
    until: DateTime<Utc>,
    invites: bool,
    hash: &[u8; 32],
) -> NewLetter {
    let told = clock::date_and_time(until);
    let (subject, why) = if invites {
        ("mời sử dụng hệ thống khảo sát sự hài lòng", "Bạn được mời sử dụng hệ thống khảo sát sự hài lòng.")
    } else {
        (
            "liên kết đặt lại mật khẩu hệ thống khảo sát sự hài lòng",
            "Người quản trị đã tạo liên kết để bạn đặt lại mật khẩu.",
        )
    };
    let body = [
        format!("Kính gửi {},", person.display_name),
        format!("{why} Tên đăng nhập: {}", person.name),
        format!("Bấm vào liên kết sau để tự đặt mật khẩu, dùng được một lần, đến {told}:\n{address}"),
        "Nếu không chờ thư này, xin báo người quản trị và đừng bấm. Không ai được hỏi mật khẩu của bạn.".to_owned(),
    ];
    // Known by the link's hash, so that every link has its own letter.
    let key = format!("link/{}", hex(&hash[..16]));
    let unit = person.unit.map_or("SIPAS", |unit| unit.name_vi.as_str());
    NewLetter {
        key,
        recipient: email.to_owned(),
        subject: format!("{unit}: {subject}"),
        body: body.join("\n\n"),
        until,
    }
}

/// A link as it is shown, once, when it stands in the database.
pub(in crate::web::staff) struct Made {
    pub address: String,
    /// Where a letter with it goes.
    pub mailed: Option<String>,
    /// Until when it opens.
    pub until: DateTime<Utc>,
}

/// A link for `person` with its letter, where they have an address, and what the audit log keeps of it; nothing is stored yet.
pub(in crate::web::staff) fn draw(
    app: &App,
    user: &SignedIn,
    person: &Recipient<'_>,
    purpose: LinkPurpose,
) -> Result<(NewLink, Note, Made), Refusal> {
    let (secret, hash) = new_secret().ok_or_else(|| Refusal::fault("no random bytes"))?;
    let invites = purpose == LinkPurpose::Invitation;
    let at = clock::now();
    let until = at + if invites { INVITATION_LIFE } else { RESET_LIFE };
    let action = if invites { AuditedAction::Invite } else { AuditedAction::ResetLink };
    let note = user.note(action, person.unit.map_or("", |unit| unit.code.as_str()), person.name);
    let address = format!("{}/staff/link/{secret}", app.config.public_url);
    let mailed = person.email.filter(|_| !app.mailer.is_off()).map(str::to_owned);
    let letter = mailed.as_deref().map(|email| letter(person, email, &address, until, invites, &hash));
    Ok((NewLink { purpose, hash, at, expires_at: until, letter }, note, Made { address, mailed, until }))
}

/// Makes a link for a new password of `person` and shows it, once.
pub(in crate::web::staff) async fn reset(
    app: &App,
    user: &SignedIn,
    person: &StaffUser,
) -> Result<HttpResponse, Refusal> {
    let recipient = Recipient::known(person, user);
    let (link, note, made) = draw(app, user, &recipient, LinkPurpose::Reset)?;
    let (db, id) = (app.db.noting(note), person.id);
    if !block(move || db.make_link(id, &link)).await?? {
        return Err(Refusal::fault("the letter of a new link was written before"));
    }
    Ok(made_page(app, user, &recipient, made, false))
}

/// The page that shows a link, once.
pub(in crate::web::staff) fn made_page(
    app: &App,
    user: &SignedIn,
    person: &Recipient<'_>,
    made: Made,
    invites: bool,
) -> HttpResponse {
    let Made { address, mailed, until } = made;
    let page = MadePage {
        frame: user.frame(app),
        invites,
        person: person.display_name,
        name: person.name,
        address,
        mailed,
        until: clock::date_and_time(until),
        second_factor: Role::from_name(person.role).is_some_and(|role| app.second_factor(role)),
    };
    send(StatusCode::OK, &page)
}

/// A secret to stand in an address, and its hash; none where the system gives no random bytes.
pub(super) fn new_secret() -> Option<(String, [u8; 32])> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    let secret = hex(&bytes);
    let hash = hashed(&secret);
    Some((secret, hash))
}

fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[derive(Template)]
#[template(path = "staff/account/one_time_link.html")]
struct LinkPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    secret: &'a str,
    name: &'a str,
    display_name: &'a str,
    password_rule: String,
}

/// `GET /staff/link/{secret}`.
pub async fn show(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = match open(&app, &request, &path).await? {
        Ok(person) => person,
        Err(answer) => return Ok(answer),
    };
    Ok(page(&app, &person, &path, &Entry::default()))
}

/// `POST /staff/link/{secret}`: sets the password, uses the link up, and lets its user in.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let person = match open(&app, &request, &path).await? {
        Ok(person) => person,
        Err(answer) => return Ok(answer),
    };
    let Some(begun) = Try::begin(&app, &request, None) else {
        let sentence = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
        let told = tell_anyone(&app, StatusCode::TOO_MANY_REQUESTS, "Hãy chờ một lát", sentence);
        return Ok(told_to_wait(told));
    };
    let mut entry = Entry::sent(&body);
    // So that the password is not the person's own name.
    entry.add("name", &person.name);
    entry.add("display_name", &person.display_name);
    let Some(hash) = credentials::hashed_password(&app, &mut entry, Some(person.unit)).await? else {
        // The link was right; a password that will not do tells nothing of a secret.
        begun.was_right();
        return Ok(page(&app, &person, &path, &entry));
    };
    let (db, secret) = (app.db.clone(), hashed(&path));
    let used = block(move || {
        db.use_link(&secret, clock::now(), &hash, |user| Note {
            at: clock::now(),
            actor: user.name.clone(),
            action: AuditedAction::SetPasswordByLink,
            unit: String::new(),
            object: String::new(),
            outcome: Outcome::Done,
        })
    });
    match used.await?? {
        // A second factor that was set up is asked: a link alone opens nothing that it guards.
        Some(user) => {
            begun.was_right();
            sign_in::enter(&app, &request, &user, "/staff/").await
        }
        None => Ok(tell_anyone(&app, StatusCode::GONE, "Liên kết không còn dùng được", GONE)),
    }
}

/// The user of a link that still opens, or the answer to give instead. Looking is not counted: nobody guesses 256 bits, and any page
/// could count for the whole network of whoever opens it.
async fn open(app: &App, request: &HttpRequest, secret: &str) -> Result<Result<StaffUser, HttpResponse>, Refusal> {
    if !sign_in::is_private(app, request) {
        let sentence = sign_in::NOT_SECURE;
        return Ok(Err(tell_anyone(app, StatusCode::FORBIDDEN, "Đường truyền chưa an toàn", sentence)));
    }
    let (db, hash) = (app.db.clone(), hashed(secret));
    let found = block(move || db.link(&hash, clock::now())).await??;
    Ok(match found {
        Some((person, _)) if sign_in::opens_by_password(app, &person).await? => Ok(person),
        Some(_) => {
            let sentence = sign_in::by_provider(app);
            Err(tell_anyone(app, StatusCode::FORBIDDEN, "Tài khoản này không dùng mật khẩu", &sentence))
        }
        None => Err(tell_anyone(app, StatusCode::GONE, "Liên kết không còn dùng được", GONE)),
    })
}

fn page(app: &App, person: &StaffUser, secret: &str, entry: &Entry) -> HttpResponse {
    let page = LinkPage {
        frame: Frame::anonymous(app),
        entry,
        secret,
        name: &person.name,
        display_name: &person.display_name,
        password_rule: credentials::password_rule(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
