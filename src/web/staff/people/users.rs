//! People who sign in, for the administrator: list, invite, reset a password by a link, hand over and end. Nobody's name
//! is given twice, and no administrator knows anybody's password.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::person::{people, person_to_change};
use super::single_sign_on;
use super::words;
use crate::access::{AuditedAction, Role};
use crate::clock;
use crate::db::{DbError, Invitation, LinkPurpose, NewUser, StaffUser, Together};
use crate::error::Refusal;
use crate::report::format;
use crate::secrets::password;
use crate::web::http::block::block;
use crate::web::staff::account::credentials::{self, Person};
use crate::web::staff::account::one_time_link::{self, Recipient};
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

/// What stands behind the `?` of the list's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
    page: Option<usize>,
}

/// People on one page of the list, those who are there before those who are gone.
const PEOPLE_ON_A_PAGE: usize = 200;

#[derive(Template)]
#[template(path = "staff/people/users.html")]
struct ListPage {
    frame: Frame,
    done: Option<&'static str>,
    /// How many were added last as one table, and can be taken back.
    undo: usize,
    users: Vec<Line>,
    retired: Vec<Line>,
    /// How many are gone, on all pages.
    n_retired: usize,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
    /// Whether an account of a provider may be used here.
    has_provider: bool,
}

/// A user in the list.
pub(in crate::web::staff) struct Line {
    pub name: String,
    pub display_name: String,
    pub role: &'static str,
    pub unit: String,
    pub since: String,
    pub until: String,
    pub is_self: bool,
    pub second_factor: bool,
    pub email: String,
    pub successor: String,
    /// How the account stands with the provider of single sign-on; empty where it has nothing to do with one.
    pub sign_on: String,
}

/// `GET /staff/users`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let people = people(&app, &user).await?;
    let (db, by) = (app.db.clone(), user.id);
    let read = move || Ok::<_, DbError>((db.added_together(Together::Users, by)?, db.single_sign_ons()?));
    let (together, sign_ons) = block(read).await??;
    let by_id: HashMap<i32, &StaffUser> = people.iter().map(|person| (person.id, person)).collect();
    let sign_on_of: HashMap<i32, _> = sign_ons.iter().map(|account| (account.user, account)).collect();
    let successor = |id: Option<i32>| id.and_then(|id| by_id.get(&id).copied());
    let (gone, there): (Vec<&StaffUser>, _) = people.iter().partition(|person| person.retired_at.is_some());
    let n_retired = gone.len();
    let all = there.into_iter().chain(gone).collect();
    let Pages { shown, links } = Pages::of(all, ask.page, PEOPLE_ON_A_PAGE, "/staff/users", &[]);
    let lines = |retired: bool| {
        let these = shown.iter().copied().filter(|person| person.retired_at.is_some() == retired);
        let sign_on = |person: &StaffUser| sign_on_of.get(&person.id).copied();
        let full = |person| Line {
            sign_on: sign_on(person).map(|account| single_sign_on::standing(&app, account)).unwrap_or_default(),
            ..line(&user, person, successor(person.successor))
        };
        these.map(full).collect()
    };
    let page = ListPage {
        frame: user.frame(&app),
        done: match ask.done.as_deref() {
            Some("retired") => Some("Tài khoản đã ngừng và bị đăng xuất ở mọi nơi."),
            Some("second-factor") => Some(
                "Đã bỏ xác thực hai bước của người này; lần đăng nhập tới phải thiết lập lại. Hãy chắc rằng đúng người.",
            ),
            Some("taken-back") => {
                Some("Đã hoàn tác: bỏ những người vừa thêm từ bảng; tên đăng nhập của họ dùng lại được.")
            }
            Some("used") => Some("Chưa hoàn tác: đã có người trong bảng vào hệ thống. Hãy ngừng từng tài khoản."),
            Some("sessions") => Some("Người này đã bị đăng xuất ở mọi nơi."),
            _ => None,
        },
        undo: together.len(),
        has_provider: app.single_sign_on.is_some() || !sign_ons.is_empty(),
        users: lines(false),
        retired: lines(true),
        n_retired,
        pages: links,
    };
    Ok(send(StatusCode::OK, &page))
}

/// A user as lists show them.
pub(in crate::web::staff) fn line(user: &SignedIn, person: &StaffUser, successor: Option<&StaffUser>) -> Line {
    let unit = user.tree.unit(person.unit).filter(|unit| user.covers(&unit.code));
    Line {
        name: person.name.clone(),
        display_name: person.display_name.clone(),
        role: Role::from_name(&person.role).map_or("", words::role),
        unit: unit.map(|unit| unit.name_vi.clone()).unwrap_or_default(),
        since: format::date(clock::civil_date(person.created_at)),
        until: person.retired_at.map(|at| format::date(clock::civil_date(at))).unwrap_or_default(),
        is_self: person.id == user.id,
        second_factor: person.has_second_factor(),
        email: person.email.clone().unwrap_or_default(),
        successor: successor.map(|other| other.display_name.clone()).unwrap_or_default(),
        sign_on: String::new(),
    }
}

#[derive(Template)]
#[template(path = "staff/people/user_new.html")]
struct NewPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    roles: Vec<Choice>,
    units: Vec<Choice>,
}

/// `GET /staff/users/new`.
pub async fn new_form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(new_page(&app, &user, &Entry::default()))
}

/// `POST /staff/users/new`: adds a user without a password and shows the link of the invitation, once.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let Person { name, display_name } = credentials::person(&mut entry);
    let email = credentials::address(&mut entry, "email");
    let role = Role::from_name(entry.value("role"));
    if role.is_none() {
        entry.refuse("role", "Chọn vai trò.");
    }
    let today = clock::today();
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, today)).map(|unit| unit.code.clone());
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let (Some(role), Some(unit), false) = (role, unit, entry.is_wrong()) else {
        return Ok(new_page(&app, &user, &entry));
    };
    // Nobody's hash: no password opens the account before the link was used.
    let password_hash = password::nobody().to_owned();
    let note = user.note(AuditedAction::AddUser, &unit, format!("{name}, {}", role.name()));
    let (role, at) = (role.name().to_owned(), clock::now());
    let new = NewUser { name, display_name, password_hash, role, unit, email, at };
    let recipient = Recipient::new(&new, &user);
    let (link, invited, made) = one_time_link::draw(&app, &user, &recipient, LinkPurpose::Invitation)?;
    let (db, invitation) = (app.db.noting(note), Invitation { user: new.clone(), link, note: invited });
    match block(move || db.invite_user(&invitation)).await? {
        Ok(_) => Ok(one_time_link::made_page(&app, &user, &recipient, made, true)),
        Err(DbError::Exists { what: "user", .. }) => {
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
        roles: Role::ALL.map(|role| Choice::new(role.name(), words::role(role)).with_note(words::purpose(role))).into(),
        units: crate::web::staff::units::shown::open_units(user, clock::today()),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

#[derive(Template)]
#[template(path = "staff/people/user_change.html")]
struct ChangePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    heading: &'static str,
    person: Line,
    retires: bool,
    last_of_role: bool,
    successors: Vec<Choice>,
    action: String,
}

/// `GET /staff/users/{name}/retire`.
pub async fn retire_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    change_page(&app, &user, &person, &Entry::default(), true).await
}

/// `POST /staff/users/{name}/retire`: ends an account and hands its work over.
pub async fn retire(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    let mut entry = Entry::sent(&body);
    let wanted = entry.value("successor").to_owned();
    let others = people(&app, &user).await?;
    let mut others = others.iter().filter(|other| other.retired_at.is_none() && other.id != person.id);
    let successor = others.find(|other| other.name == wanted);
    if !wanted.is_empty() && successor.is_none() {
        entry.refuse("successor", "Chọn một người trong danh sách.");
    }
    let with_role = entry.holds("with_role", "yes");
    if with_role && successor.is_some_and(|other| other.id == user.id) {
        entry.refuse("successor", "Không tự đổi vai trò của mình; hãy nhờ một người quản trị khác.");
    }
    if with_role && successor.is_none() {
        entry.refuse("successor", "Chọn người nhận vai trò.");
    }
    if entry.is_wrong() {
        return change_page(&app, &user, &person, &entry, true).await;
    }
    let to = successor.map(|other| other.id);
    let object = match successor {
        Some(other) if with_role => {
            format!("{}, bàn giao cho {} cùng vai trò {}", person.name, other.name, person.role)
        }
        Some(other) => format!("{}, bàn giao cho {}", person.name, other.name),
        None => person.name.clone(),
    };
    let db = app.db.noting(user.note(AuditedAction::RetireUser, user.code_of_unit(person.unit), object));
    let from = person.id;
    block(move || db.hand_over(from, to, with_role, clock::now())).await??;
    tracing::info!(user = user.id, retired = person.id, "user retired");
    Ok(see_other("/staff/users?done=retired"))
}

/// `GET /staff/users/{name}/password`.
pub async fn password_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    change_page(&app, &user, &person, &Entry::default(), false).await
}

/// `POST /staff/users/{name}/password`: a link with which who forgot theirs sets a new password.
pub async fn set_password(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    one_time_link::reset(&app, &user, &person).await
}

/// `POST /staff/users/{name}/second-factor`: takes away the second factor of whoever lost it; they set up a new one.
pub async fn clear_second_factor(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let person = person_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::ClearSecondFactor, user.code_of_unit(person.unit), person.name.as_str());
    let db = app.db.noting(note);
    block(move || db.clear_second_factor(person.id)).await??;
    Ok(see_other("/staff/users?done=second-factor"))
}

async fn change_page(
    app: &App,
    user: &SignedIn,
    person: &StaffUser,
    entry: &Entry,
    retires: bool,
) -> Result<HttpResponse, Refusal> {
    let people = people(app, user).await?;
    let others: Vec<&StaffUser> =
        people.iter().filter(|other| other.retired_at.is_none() && other.id != person.id).collect();
    let choice = |other: &&StaffUser| {
        let role = Role::from_name(&other.role).map_or("", words::role);
        Choice::new(other.name.clone(), other.display_name.clone()).with_note(role)
    };
    let nobody = Choice::new("", "– không bàn giao –");
    let page = ChangePage {
        frame: user.frame(app),
        entry,
        heading: if retires { "Ngừng tài khoản" } else { "Đặt lại mật khẩu" },
        action: format!("/staff/users/{}/{}", person.name, if retires { "retire" } else { "password" }),
        person: line(user, person, None),
        retires,
        last_of_role: !others.iter().any(|other| other.role == person.role),
        successors: std::iter::once(nobody).chain(others.iter().map(choice)).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
