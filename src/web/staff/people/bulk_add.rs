//! Many people at once, from a table in the words of people: each gets an invitation, by letter where there is an address, else as a
//! link to hand over; taken back while nobody of them has signed in.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::words;
use crate::access::{AuditedAction, EmailAddress, Role, is_sign_in_name};
use crate::clock;
use crate::db::{DbError, Invitation, LinkPurpose, NewUser, Refused, Together};
use crate::error::Refusal;
use crate::exchange::export::fill_in;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::places::{self, USERS, sign_in_name};
use crate::secrets::password;
use crate::service::report_file::Format;
use crate::table::{Row as TableRow, Table};
use crate::web::http::block::block;
use crate::web::staff::account::credentials::{NO_ADDRESS, NO_NAME};
use crate::web::staff::account::one_time_link::{self, Recipient};
use crate::web::staff::bulk::{self, About, Example, Row, found_unit};
use crate::web::staff::download::attachment;
use crate::web::staff::form::{Entry, NAME_MAX, fold};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

const ABOUT: About = About {
    heading: "Thêm nhiều người dùng từ bảng",
    above: ("/staff/users", "Người dùng"),
    address: "/staff/users/paste",
    template: "/staff/users/template.xlsx",
    lead: "Chép bảng từ Excel hoặc Word rồi dán vào đây, có cả dòng tiêu đề; hoặc chọn tệp. Thứ tự cột nào cũng được: Họ tên, Vai trò, Đơn vị, Thư điện tử (có thì lời mời gửi thẳng tới), Tên đăng nhập (bỏ trống thì đặt theo họ tên, như nguyen.lan). Cột STT, Chức vụ, Điện thoại, Ghi chú được bỏ qua.",
    columns: &["Họ tên", "Tên đăng nhập", "Vai trò", "Đơn vị", "Thư điện tử"],
    named_by: 0,
    noun: "người dùng",
    listed: "",
};

/// `GET /staff/users/paste`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(page(&app, &user, &Entry::default(), &[]))
}

/// `GET /staff/users/template.xlsx`.
pub async fn template(user: Staff) -> Result<HttpResponse, Refusal> {
    let roles = Role::ALL.map(|role| words::role(role).to_owned()).into();
    let today = clock::today();
    let units = user.units.iter().filter(|unit| is_open(unit, today)).map(|unit| unit.name_vi.clone()).collect();
    let lists = [("role", roles), ("unit", units)];
    let file = block(move || fill_in::workbook("Người dùng", USERS, &lists, &[], &[])).await?;
    Ok(attachment("nguoi-dung", Format::Xlsx, file.map_err(Refusal::fault)?))
}

/// `POST /staff/users/paste/file`.
pub async fn submit_file(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::default();
    let table = bulk::of_file(&mut entry, &request, &body, |table| places::find(table, USERS)).await?;
    let rows = tried(&app, &mut entry, table.as_ref(), &user).await?;
    Ok(page(&app, &user, &entry, &rows))
}

/// `POST /staff/users/paste`: adds and invites everybody or nobody, and shows, once, the links of those to whom no letter goes.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let table = bulk::pasted(&mut entry);
    let rows = tried(&app, &mut entry, table.as_ref(), &user).await?;
    if entry.is_wrong() || entry.value("do") != "add" {
        return Ok(page(&app, &user, &entry, &rows));
    }
    let (mut new, mut people, mut until) = (Vec::new(), Vec::new(), String::new());
    for person in rows.iter().filter_map(|row| row.new.clone()) {
        let recipient = Recipient::new(&person, &user);
        let (link, note, made) = one_time_link::draw(&app, &user, &recipient, LinkPurpose::Invitation)?;
        until = clock::date_and_time(made.until);
        people.push(Invited {
            display_name: person.display_name.clone(),
            name: person.name.clone(),
            mailed: made.mailed,
            link: made.address,
        });
        new.push(Invitation { user: person, link, note });
    }
    let note = user.note(AuditedAction::AddUsers, user.code_of_unit(user.unit), new.len().to_string());
    let (db, by) = (app.db.noting(note), user.id);
    match block(move || db.invite_users(&new, by)).await? {
        Ok(_) => {
            people.sort_by(|one, other| one.name.cmp(&other.name));
            let by_hand = people.iter().any(|person| person.mailed.is_none());
            Ok(send(StatusCode::OK, &InvitedPage { frame: user.frame(&app), until, people, by_hand }))
        }
        Err(DbError::Exists { what: "user", value }) => {
            entry.refuse(
                "rows",
                format!("Vừa có người dùng tên đăng nhập “{value}”; hãy kiểm tra lại. Chưa thêm dòng nào."),
            );
            Ok(page(&app, &user, &entry, &rows))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "staff/people/invited.html")]
struct InvitedPage {
    frame: Frame,
    until: String,
    people: Vec<Invited>,
    by_hand: bool,
}

/// Somebody who was invited: by letter to an address, or by a link to hand over.
struct Invited {
    display_name: String,
    name: String,
    mailed: Option<String>,
    link: String,
}

/// `POST /staff/users/take-back`.
pub async fn take_back(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let note = user.note(AuditedAction::TakeUsersBack, user.code_of_unit(user.unit), "");
    let (db, by) = (app.db.noting(note), user.id);
    Ok(match block(move || db.take_together_back(Together::Users, by)).await? {
        Err(DbError::Refused(Refused::TogetherInUse)) => see_other("/staff/users?done=used"),
        Ok(_) => see_other("/staff/users?done=taken-back"),
        Err(error) => return Err(error.into()),
    })
}

fn page(app: &App, user: &SignedIn, entry: &Entry, rows: &[Row<NewUser>]) -> HttpResponse {
    let unit = user.own_unit().map_or("", |unit| unit.name_vi.as_str());
    let text = format!(
        "STT; Họ và tên; Vai trò; Đơn vị; Email\n1; Nguyễn Thị Lan; Phụ trách kế hoạch; {unit}; lan@phuong.gov.vn"
    );
    bulk::page(app, user, &ABOUT, &Example { text, listed: Vec::new() }, entry, rows)
}

async fn tried(
    app: &App,
    entry: &mut Entry,
    table: Option<&Table>,
    user: &SignedIn,
) -> Result<Vec<Row<NewUser>>, Refusal> {
    let Some(table) = table else { return Ok(Vec::new()) };
    let found = places::find(table, USERS);
    if !bulk::is_readable(entry, &found) {
        return Ok(Vec::new());
    }
    let lines = found.blocks.iter().flat_map(|block| block.rows.iter().map(move |cells| (block, cells)));
    let (db, wanted): (_, Vec<String>) =
        (app.db.clone(), lines.map(|(block, cells)| wanted_name(block, cells)).collect());
    let mut names = block(move || db.names_like(&wanted)).await??;
    let mut rows = Vec::new();
    for block in &found.blocks {
        for cells in &block.rows {
            let row = row(block, cells, user, &names, clock::today());
            names.extend(row.new.as_ref().map(|new| new.name.clone()));
            rows.push(row);
        }
    }
    bulk::sum_up(entry, &rows);
    Ok(rows)
}

/// The name to sign in with that a line asks for: the one it says, else the one made of the person's name, which gets a number where it is taken.
fn wanted_name(block: &Columns<'_>, cells: &TableRow) -> String {
    let name = fold(block.cell(cells, "name"));
    if name.is_empty() { sign_in_name(&fold(block.cell(cells, "display_name"))) } else { name.to_lowercase() }
}

fn row(block: &Columns<'_>, cells: &TableRow, user: &SignedIn, names: &[String], today: NaiveDate) -> Row<NewUser> {
    let cell = |key: &str| fold(block.cell(cells, key));
    let [display_name, role, unit, email, name] = ["display_name", "role", "unit", "email", "name"].map(cell);
    let mut faults = Vec::new();
    if display_name.is_empty() {
        faults.push("thiếu họ tên".to_owned());
    } else if display_name.chars().count() > NAME_MAX || display_name.chars().any(char::is_control) {
        faults.push(format!("họ tên dài quá {NAME_MAX} ký tự hoặc có ký tự lạ"));
    }
    let known_role = places::role(&role);
    if known_role.is_none() {
        let known = Role::ALL.map(words::role);
        let what = if role.is_empty() {
            "thiếu vai trò".to_owned()
        } else {
            format!("không hiểu vai trò “{role}”")
        };
        faults.push(format!("{what}; ghi một trong: {}", known.join("; ")));
    }
    let known_unit = found_unit(&unit, user, today).map_err(|fault| faults.push(fault)).ok();
    let address = EmailAddress::parse(&email);
    if address.is_none() && !email.is_empty() {
        faults.push(format!("“{email}”: {NO_ADDRESS}"));
    }
    let taken = |name: &str| names.iter().any(|known| known == name);
    let wanted = wanted_name(block, cells);
    let name = if name.is_empty() { free(&wanted, &taken) } else { wanted };
    if !is_sign_in_name(&name) {
        if !display_name.is_empty() {
            faults.push(format!("“{name}”: {NO_NAME}"));
        }
    } else if taken(&name) {
        faults.push(format!("tên đăng nhập “{name}” đã dùng, có thể của tài khoản đã ngừng"));
    }
    let shown_unit = known_unit.as_ref().and_then(|code| user.unit_of_code(code)).map(|unit| unit.name_vi.clone());
    let shown_role = known_role.map_or(role, |role| words::role(role).to_owned());
    let shown = vec![display_name.clone(), name.clone(), shown_role, shown_unit.unwrap_or(unit), email];
    let new = match (known_role, known_unit) {
        (Some(role), Some(unit)) if faults.is_empty() => Some(NewUser {
            name,
            display_name,
            // Nobody's hash: no password opens the account before the link was used.
            password_hash: password::nobody().to_owned(),
            role: role.name().to_owned(),
            unit,
            email: address,
            at: clock::now(),
        }),
        _ => None,
    };
    Row { line: cells.line, cells: shown, faults, new }
}

/// The name, or the first free one with a number.
fn free(name: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let numbered = (2..1000).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
