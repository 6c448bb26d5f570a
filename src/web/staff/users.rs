//! People who sign in, for the administrator: list, add, set a new password, end. Nobody's name is given twice.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::entry::{Choice, Entry};
use super::frame::{Frame, SignedIn, not_found, require, see_other, send};
use super::person::{self, Person};
use super::units::is_open;
use crate::access::{Action, Role};
use crate::app::App;
use crate::clock;
use crate::db::{DbError, NewUser, StaffUser};
use crate::report::format;
use crate::web::failure::Failure;

/// What stands behind the `?` of the list's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/users.html")]
struct ListPage {
    frame: Frame,
    done: Option<&'static str>,
    users: Vec<Line>,
    retired: Vec<Line>,
}

struct Line {
    name: String,
    display_name: String,
    role: &'static str,
    unit: String,
    since: String,
    until: String,
    is_self: bool,
}

/// `GET /staff/users`.
pub async fn list(app: Data<App>, request: HttpRequest, ask: Query<Ask>) -> Result<HttpResponse, Failure> {
    let user = match require(&app, &request, Action::ManageUsers).await? {
        Ok(user) => user,
        Err(answer) => return Ok(answer),
    };
    let people = people(&app, &user).await?;
    let (retired, users): (Vec<_>, Vec<_>) = people.iter().partition(|person| person.retired_at.is_some());
    let page = ListPage {
        frame: user.frame(&app),
        done: match ask.done.as_deref() {
            Some("added") => {
                Some("Đã thêm người dùng. Hãy trao mật khẩu tận tay và nhắc đổi ngay (bấm vào tên ở góc trên).")
            }
            Some("password") => Some("Đã đặt mật khẩu mới; người đó phải đăng nhập lại."),
            Some("retired") => Some("Tài khoản đã ngừng và bị đăng xuất ở mọi nơi."),
            _ => None,
        },
        users: users.into_iter().map(|person| line(&user, person)).collect(),
        retired: retired.into_iter().map(|person| line(&user, person)).collect(),
    };
    Ok(send(StatusCode::OK, &page))
}

/// The people of the user's units.
async fn people(app: &App, user: &SignedIn) -> Result<Vec<StaffUser>, Failure> {
    let db = app.db.clone();
    let mut people = block(move || db.users()).await??;
    people.retain(|person| user.units.iter().any(|unit| unit.id == person.unit));
    Ok(people)
}

fn line(user: &SignedIn, person: &StaffUser) -> Line {
    Line {
        name: person.name.clone(),
        display_name: person.display_name.clone(),
        role: Role::from_name(&person.role).map_or("", Role::name_vi),
        unit: user
            .units
            .iter()
            .find(|unit| unit.id == person.unit)
            .map(|unit| unit.name_vi.clone())
            .unwrap_or_default(),
        since: format::date(clock::civil_date(person.created_at)),
        until: person.retired_at.map(|at| format::date(clock::civil_date(at))).unwrap_or_default(),
        is_self: person.id == user.id,
    }
}

#[derive(Template)]
#[template(path = "staff/user_new.html")]
struct NewPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    roles: Vec<Choice>,
    units: Vec<Choice>,
    password_rule: String,
}

/// `GET /staff/users/new`.
pub async fn new_form(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let user = match require(&app, &request, Action::ManageUsers).await? {
        Ok(user) => user,
        Err(answer) => return Ok(answer),
    };
    Ok(new_page(&app, &user, &Entry::default()))
}

/// `POST /staff/users/new`.
pub async fn add(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Failure> {
    let user = match require(&app, &request, Action::ManageUsers).await? {
        Ok(user) => user,
        Err(answer) => return Ok(answer),
    };
    let mut entry = Entry::sent(&body);
    let Person { name, display_name } = person::person(&mut entry);
    let role = Role::from_name(entry.value("role"));
    if role.is_none() {
        entry.refuse("role", "Chọn vai trò.");
    }
    let today = clock::today();
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, today)).map(|unit| unit.code.clone());
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let hash = person::hashed_password(&app, &mut entry).await?;
    let (Some(role), Some(unit), Some(password_hash)) = (role, unit, hash) else {
        return Ok(new_page(&app, &user, &entry));
    };
    let new = NewUser { name, display_name, password_hash, role: role.name().to_owned(), unit, at: clock::now() };
    let db = app.db.clone();
    match block(move || db.add_user(&new)).await? {
        Ok(added) => {
            tracing::info!(user = user.id, added, role = role.name(), "user added");
            Ok(see_other("/staff/users?done=added"))
        }
        Err(DbError::Exists { .. }) => {
            entry.refuse("name", "Tên đăng nhập này đã dùng, có thể của tài khoản đã ngừng; hãy chọn tên khác.");
            Ok(new_page(&app, &user, &entry))
        }
        Err(error) => Err(error.into()),
    }
}

fn new_page(app: &App, user: &SignedIn, entry: &Entry) -> HttpResponse {
    let page = NewPage {
        frame: user.frame(app),
        entry,
        roles: Role::ALL.map(|role| Choice::new(role.name(), role.name_vi()).with_note(role.purpose_vi())).into(),
        units: super::points::open_units(user, clock::today()),
        password_rule: person::password_rule(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

#[derive(Template)]
#[template(path = "staff/user_change.html")]
struct ChangePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    heading: &'static str,
    person: Line,
    sets_password: bool,
    action: String,
    password_rule: String,
}

/// `GET /staff/users/{name}/retire`.
pub async fn retire_form(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Failure> {
    change_form(&app, &request, &path, false).await
}

/// `POST /staff/users/{name}/retire`.
pub async fn retire(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Failure> {
    let (user, person) = match person_to_change(&app, &request, &path).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let (db, name) = (app.db.clone(), person.name.clone());
    block(move || db.retire_user(&name, clock::now())).await??;
    tracing::info!(user = user.id, retired = person.id, "user retired");
    Ok(see_other("/staff/users?done=retired"))
}

/// `GET /staff/users/{name}/password`.
pub async fn password_form(app: Data<App>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, Failure> {
    change_form(&app, &request, &path, true).await
}

/// `POST /staff/users/{name}/password`: a new password for who forgot theirs; ends their sessions.
pub async fn set_password(
    app: Data<App>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Failure> {
    let (user, person) = match person_to_change(&app, &request, &path).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let mut entry = Entry::sent(&body);
    let Some(hash) = person::hashed_password(&app, &mut entry).await? else {
        return Ok(change_page(&app, &user, &person, &entry, true));
    };
    let (db, id) = (app.db.clone(), person.id);
    block(move || db.change_password(id, &hash)).await??;
    tracing::info!(user = user.id, of = person.id, "password set by the administrator");
    Ok(see_other("/staff/users?done=password"))
}

async fn change_form(
    app: &App,
    request: &HttpRequest,
    name: &str,
    sets_password: bool,
) -> Result<HttpResponse, Failure> {
    let (user, person) = match person_to_change(app, request, name).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    Ok(change_page(app, &user, &person, &Entry::default(), sets_password))
}

fn change_page(app: &App, user: &SignedIn, person: &StaffUser, entry: &Entry, sets_password: bool) -> HttpResponse {
    let page = ChangePage {
        frame: user.frame(app),
        entry,
        heading: if sets_password { "Đặt mật khẩu mới" } else { "Ngừng tài khoản" },
        action: format!("/staff/users/{}/{}", person.name, if sets_password { "password" } else { "retire" }),
        person: line(user, person),
        sets_password,
        password_rule: person::password_rule(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The person of a name whom the user may change: of their units, not retired, not themselves, so that somebody is
/// always left to administer.
async fn person_to_change(
    app: &App,
    request: &HttpRequest,
    name: &str,
) -> Result<Result<(SignedIn, StaffUser), HttpResponse>, Failure> {
    let user = match require(app, request, Action::ManageUsers).await? {
        Ok(user) => user,
        Err(answer) => return Ok(Err(answer)),
    };
    let people = people(app, &user).await?;
    let mut others = people.into_iter().filter(|person| person.retired_at.is_none() && person.id != user.id);
    Ok(match others.find(|person| person.name == name) {
        Some(person) => Ok((user, person)),
        None => Err(not_found(app, &user)),
    })
}
