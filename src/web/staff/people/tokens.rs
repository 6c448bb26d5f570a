//! Keys of programs, for the administrator: made with a role, a unit and a last day, shown once, listed, ended.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;
use chrono::{Days, NaiveDate, TimeDelta};
use sha2::{Digest, Sha256};

use super::words;
use crate::access::{AuditedAction, Role};
use crate::clock;
use crate::db::{DbError, NewToken, Token};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::secrets::hex::hex;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

/// A key that nobody renews ends by itself within two years.
const DAYS_MAX: u64 = 731;
/// What a program may be: whoever reads. Keying, approving and administering are for people.
const ROLES: [Role; 5] = [Role::Viewer, Role::UnitHead, Role::Auditor, Role::PlanOwner, Role::Leader];

/// What stands behind the `?` of the list's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/people/tokens.html")]
struct Page<'a> {
    frame: Frame,
    done: Option<&'static str>,
    /// The secret of a key just made: on this page and never again.
    made: Option<&'a str>,
    address: String,
    entry: &'a Entry,
    roles: Vec<Choice>,
    units: Vec<Choice>,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    role: &'static str,
    unit: String,
    unit_code: String,
    made: String,
    used: String,
    state: String,
    open: bool,
}

/// `GET /staff/tokens`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let done = match ask.done.as_deref() {
        Some("revoked") => Some("Khóa đã bị thu hồi; phần mềm dùng khóa ấy không đọc được nữa."),
        Some("gone") => Some("Chưa thu hồi khóa nào: không có khóa tên ấy, hoặc khóa đã bị thu hồi từ trước."),
        _ => None,
    };
    let last = clock::today().checked_add_days(Days::new(365)).unwrap_or_else(clock::today);
    let entry = Entry::fresh(&[("role", Role::Viewer.name()), ("until", &last.to_string())]);
    page(&app, &user, &entry, done, None).await
}

/// `POST /staff/tokens`: makes a key and shows its secret, once.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let name = entry.required_line("name", "Nhập tên của phần mềm, như Power BI của phòng.");
    let role = ROLES.into_iter().find(|role| role.name() == entry.value("role"));
    if role.is_none() {
        entry.refuse("role", "Chọn quyền.");
    }
    let today = clock::today();
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, today)).cloned();
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let until = entry.day("until");
    if until.is_some_and(|day| day < today || day > furthest(today)) {
        entry.refuse("until", format!("Chọn một ngày từ hôm nay đến {}.", format::date(furthest(today))));
    }
    let (Some(role), Some(unit), Some(until), false) = (role, unit, until, entry.is_wrong()) else {
        return page(&app, &user, &entry, None, None).await;
    };
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Refusal::fault)?;
    let secret = format!("sipas_{}", hex(&bytes));
    let new = NewToken {
        token_hash: Sha256::digest(secret.as_bytes()).into(),
        name: name.clone(),
        role: role.name().to_owned(),
        unit: unit.id,
        made_by: user.name.clone(),
        at: clock::now(),
        // The whole of the last day, by Vietnam's clock.
        expires_at: clock::now() + TimeDelta::days((until - today).num_days() + 1),
    };
    let db = app.db.noting(user.note(AuditedAction::AddToken, &unit.code, format!("{name}, {}", role.name())));
    match block(move || db.add_token(&new)).await? {
        Ok(()) => page(&app, &user, &Entry::default(), None, Some(&secret)).await,
        Err(DbError::Exists { .. }) => {
            entry.refuse("name", "Đơn vị này đã có khóa mang tên ấy; hãy đặt tên khác.");
            page(&app, &user, &entry, None, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /staff/tokens/revoke`: ends a key of the user's units.
pub async fn revoke(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(&body);
    let unit = user.unit_of_code(entry.value("unit")).cloned().ok_or(Reason::NotYours)?;
    let name = entry.value("name").to_owned();
    let db = app.db.noting(user.note(AuditedAction::RevokeToken, &unit.code, name.as_str()));
    let revoked = block(move || db.revoke_token(unit.id, &name, clock::now())).await??;
    Ok(see_other(if revoked { "/staff/tokens?done=revoked" } else { "/staff/tokens?done=gone" }))
}

fn furthest(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(DAYS_MAX)).unwrap_or(today)
}

async fn page(
    app: &Data<App>,
    user: &SignedIn,
    entry: &Entry,
    done: Option<&'static str>,
    made: Option<&str>,
) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let tokens = block(move || db.api_tokens(&units)).await??;
    let page = Page {
        frame: user.frame(app),
        done,
        made,
        address: format!("{}/api/v1/plans", app.config.public_url.trim_end_matches('/')),
        entry,
        roles: ROLES.map(|role| Choice::new(role.name(), words::role(role)).with_note(words::purpose(role))).into(),
        units: crate::web::staff::units::shown::open_units(user, clock::today()),
        lines: tokens.iter().map(|token| line(user, token)).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn line(user: &SignedIn, token: &Token) -> Line {
    let unit = user.units.iter().find(|unit| unit.id == token.unit);
    let last = format::date(clock::civil_date(token.expires_at - TimeDelta::days(1)));
    let over = token.expires_at <= clock::now();
    Line {
        name: token.name.clone(),
        role: Role::from_name(&token.role).map_or("", words::role),
        unit: unit.map(|unit| unit.name_vi.clone()).unwrap_or_default(),
        unit_code: unit.map(|unit| unit.code.clone()).unwrap_or_default(),
        made: format!("{}, {}", format::date(clock::civil_date(token.made_at)), token.made_by),
        used: token.used_on.map_or_else(|| "chưa dùng".to_owned(), format::date),
        state: match token.revoked_at {
            Some(at) => format!("thu hồi {}", format::date(clock::civil_date(at))),
            None if over => format!("hết hạn {last}"),
            None => format!("đến {last}"),
        },
        open: token.revoked_at.is_none() && !over,
    }
}
