//! Staff who sign in. A name once given is never given again, so that the audit log stays clear.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Text};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::access::EmailAddress;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{entry_batch, one_time_link, session, staff_user};
use crate::db::reference::units::id_of_code;
use crate::db::{Db, DbError, Noted, error, instant};

/// A user to add.
#[derive(Clone)]
pub struct NewUser {
    /// Name to sign in with; kept in lower case.
    pub name: String,
    /// Name to show.
    pub display_name: String,
    /// Hash of the password in PHC form.
    pub password_hash: String,
    /// Role, as the room `access` names it.
    pub role: String,
    /// Code of the unit.
    pub unit: String,
    /// Address for letters.
    pub email: Option<EmailAddress>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Someone who may sign in, or could.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffUser {
    /// Number in the tables.
    pub id: i32,
    /// Name to sign in with, in lower case.
    pub name: String,
    /// Name to show.
    pub display_name: String,
    /// Hash of the password in PHC form.
    pub password_hash: String,
    /// Role, as the room `access` names it.
    pub role: String,
    /// Number of the unit.
    pub unit: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was retired.
    pub retired_at: Option<DateTime<Utc>>,
    /// Address for letters.
    pub email: Option<String>,
    /// Secret of the second factor, confirmed or not.
    pub totp_secret: Option<Vec<u8>>,
    /// The last step used of the second factor; -1 while its secret is not confirmed.
    pub totp_step: Option<i64>,
    /// Number of the user who took over.
    pub successor: Option<i32>,
}

/// Without the hash of the password.
impl fmt::Debug for NewUser {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NewUser {{ {}, {} of {} }}", self.name, self.role, self.unit)
    }
}

/// Without the hash of the password.
impl fmt::Debug for StaffUser {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "StaffUser {{ {}, {}, {} of {} }}", self.id, self.name, self.role, self.unit)
    }
}

/// A user as the table keeps one.
#[derive(Queryable, Selectable)]
#[diesel(table_name = staff_user)]
pub(in crate::db) struct Row {
    id: i32,
    name: String,
    display_name: String,
    password_hash: String,
    role: String,
    unit_id: i32,
    created_ms: i64,
    retired_ms: Option<i64>,
    email: Option<String>,
    totp_secret: Option<Vec<u8>>,
    totp_step: Option<i64>,
    successor_id: Option<i32>,
}

impl StaffUser {
    pub(in crate::db) fn of_row(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            display_name: row.display_name,
            password_hash: row.password_hash,
            role: row.role,
            unit: row.unit_id,
            created_at: instant::of_ms(row.created_ms),
            retired_at: row.retired_ms.map(instant::of_ms),
            email: row.email,
            totp_secret: row.totp_secret,
            totp_step: row.totp_step,
            successor: row.successor_id,
        }
    }

    /// Whether a second factor is set up.
    pub fn has_second_factor(&self) -> bool {
        self.totp_secret.is_some() && self.totp_step.is_some_and(|step| step >= 0)
    }
}

impl Db {
    /// The user with this number, retired or not.
    pub fn user(&self, id: i32) -> Result<Option<StaffUser>, DbError> {
        let row: Option<Row> =
            self.read(|conn| Ok(staff_user::table.find(id).select(Row::as_select()).first(conn).optional()?))?;
        Ok(row.map(StaffUser::of_row))
    }

    /// Whether anybody was ever added, retired ones included.
    pub fn any_user(&self) -> Result<bool, DbError> {
        self.read(any_user)
    }

    /// The user with this name, in whatever case it is typed; retired ones too.
    pub fn user_by_name(&self, name: &str) -> Result<Option<StaffUser>, DbError> {
        let found = staff_user::table.filter(staff_user::name.eq(name.to_lowercase())).order(staff_user::id);
        let row: Option<Row> = self.read(|conn| Ok(found.select(Row::as_select()).first(conn).optional()?))?;
        Ok(row.map(StaffUser::of_row))
    }

    /// The active users of some units, by name.
    pub fn users_of_units(&self, units: &[i32]) -> Result<Vec<StaffUser>, DbError> {
        let active = staff_user::table.filter(staff_user::retired_ms.is_null());
        let found = active.filter(staff_user::unit_id.eq_any(units)).order(staff_user::name);
        let rows: Vec<Row> = self.read(|conn| Ok(found.select(Row::as_select()).load(conn)?))?;
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }

    /// The users of some units, by name; retired ones too.
    pub fn all_users_of_units(&self, units: &[i32]) -> Result<Vec<StaffUser>, DbError> {
        let load = |conn: &mut Conn, some: &[i32]| {
            Ok(staff_user::table.filter(staff_user::unit_id.eq_any(some)).select(Row::as_select()).load(conn)?)
        };
        let mut rows: Vec<Row> = self.read(|conn| in_parts(units, |some| load(conn, some)))?;
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }

    /// The users of some numbers, by name; retired ones too.
    pub fn users_of_ids(&self, ids: &[i32]) -> Result<Vec<StaffUser>, DbError> {
        let load = |conn: &mut Conn, some: &[i32]| {
            Ok(staff_user::table.filter(staff_user::id.eq_any(some)).select(Row::as_select()).load(conn)?)
        };
        let mut rows: Vec<Row> = self.read(|conn| in_parts(ids, |some| load(conn, some)))?;
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }

    /// The users of some names as they are kept, by name; retired ones too.
    pub fn users_of_names(&self, names: &[String]) -> Result<Vec<StaffUser>, DbError> {
        let load = |conn: &mut Conn, some: &[String]| {
            Ok(staff_user::table.filter(staff_user::name.eq_any(some)).select(Row::as_select()).load(conn)?)
        };
        let mut rows: Vec<Row> = self.read(|conn| in_parts(names, |some| load(conn, some)))?;
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }

    /// The users whose address this is, whichever the case of its ASCII letters, by name; retired ones too.
    pub fn users_of_address(&self, address: &str) -> Result<Vec<StaffUser>, DbError> {
        self.find_users(address, |conn, address| {
            let is_theirs = sql::<Bool>(is_address(conn)).bind::<Text, _>(address);
            let found = staff_user::table.filter(is_theirs).order(staff_user::name);
            Ok(found.select(Row::as_select()).load(conn)?)
        })
    }

    /// The users whose name or address this is, whichever the case of its ASCII letters, by name; retired ones too.
    pub fn users_known_as(&self, typed: &str) -> Result<Vec<StaffUser>, DbError> {
        self.find_users(typed, |conn, typed| {
            let is_theirs = sql::<Bool>(is_address(conn)).bind::<Text, _>(typed);
            let is_meant = staff_user::name.eq(typed).or(is_theirs);
            let found = staff_user::table.filter(is_meant).order(staff_user::name);
            Ok(found.select(Row::as_select()).load(conn)?)
        })
    }

    /// Those found by what somebody typed, in small letters.
    fn find_users(
        &self,
        typed: &str,
        find: impl FnOnce(&mut Conn, &str) -> Result<Vec<Row>, DbError>,
    ) -> Result<Vec<StaffUser>, DbError> {
        // No text of a table has this character, and PostgreSQL refuses to be asked for one that has.
        if typed.contains('\0') {
            return Ok(Vec::new());
        }
        let rows = self.read(|conn| find(conn, &typed.to_ascii_lowercase()))?;
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }

    /// The names that were ever given and are one of these, or one of these but for digits at the end.
    pub fn names_like(&self, names: &[String]) -> Result<Vec<String>, DbError> {
        let stems: Vec<String> = names.iter().map(|name| name.trim_end_matches(DIGITS).to_owned()).collect();
        self.read(|conn| {
            in_parts(&stems, |some| {
                let digits: String = DIGITS.iter().collect();
                let found = staff_user::table.filter(rtrim(staff_user::name, digits).eq_any(some));
                Ok(found.select(staff_user::name).order(staff_user::name).load(conn)?)
            })
        })
    }

    /// Every user, by name.
    pub fn users(&self) -> Result<Vec<StaffUser>, DbError> {
        let rows: Vec<Row> =
            self.read(|conn| Ok(staff_user::table.order(staff_user::name).select(Row::as_select()).load(conn)?))?;
        Ok(rows.into_iter().map(StaffUser::of_row).collect())
    }
}

impl Noted {
    /// Adds a user and returns its number.
    pub fn add_user(&self, new: &NewUser) -> Result<i32, DbError> {
        let new = new.clone();
        self.write(move |conn| insert_user(conn, &new))
    }

    /// Sets the hash of a user's password, and ends what the old one had opened, in one transaction.
    pub fn change_password(&self, user: i32, password_hash: &str) -> Result<(), DbError> {
        let password_hash = password_hash.to_owned();
        self.write(move |conn| set_password(conn, user, &password_hash))
    }

    /// Retires a user, ends what is open to it, and hands over: the successor keys on where they keyed, and with
    /// `with_role` takes their role and unit, and must sign in anew.
    pub fn hand_over(&self, from: i32, to: Option<i32>, with_role: bool, at: DateTime<Utc>) -> Result<(), DbError> {
        self.write(move |conn| {
            let row = staff_user::table.find(from).select(Row::as_select()).first(conn)?;
            let leaver = StaffUser::of_row(row);
            retire(conn, from, to, at)?;
            let Some(to) = to else { return Ok(()) };
            let keyed = entry_batch::table.filter(entry_batch::second_by.eq(from));
            diesel::update(keyed).set(entry_batch::second_by.eq(to)).execute(conn)?;
            if with_role {
                let taken = (staff_user::role.eq(&leaver.role), staff_user::unit_id.eq(leaver.unit));
                diesel::update(staff_user::table.find(to)).set(taken).execute(conn)?;
                diesel::delete(session::table.filter(session::user_id.eq(to))).execute(conn)?;
            }
            Ok(())
        })
    }

    /// Retires a user and ends what is open to it.
    pub fn retire_user(&self, name: &str, at: DateTime<Utc>) -> Result<(), DbError> {
        let name = name.to_lowercase();
        self.write(move |conn| {
            let found =
                staff_user::table.filter(staff_user::name.eq(&name)).select(staff_user::id).order(staff_user::id);
            let id: Option<i32> = found.first(conn).optional()?;
            let id = id.ok_or_else(|| DbError::unknown("user", name))?;
            retire(conn, id, None, at)
        })
    }
}

const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

diesel::define_sql_function! {
    /// The text without those signs at its end, as both engines know it.
    fn rtrim(text: Text, signs: Text) -> Text;
}

/// The beginning of the question whether an address is one in small letters. PostgreSQL is told to fold ASCII alone, as SQLite does: in a
/// Turkish database the small letter of I is another.
fn is_address(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "lower(email) = ",
        Conn::Postgres(_) => "lower(email COLLATE \"C\") = ",
    }
}

/// The only way to a new password: whoever holds a session or a one-time link got it under the old one, so both end here.
pub(in crate::db) fn set_password(conn: &mut Conn, user: i32, password_hash: &str) -> Result<(), DbError> {
    let set = staff_user::password_hash.eq(password_hash);
    if diesel::update(staff_user::table.find(user)).set(set).execute(conn)? == 0 {
        return Err(DbError::unknown("user number", user.to_string()));
    }
    shut_out(conn, user)
}

/// The only way to end an account.
fn retire(conn: &mut Conn, user: i32, successor: Option<i32>, at: DateTime<Utc>) -> Result<(), DbError> {
    let ended = (staff_user::retired_ms.eq(at.timestamp_millis()), staff_user::successor_id.eq(successor));
    diesel::update(staff_user::table.find(user)).set(ended).execute(conn)?;
    shut_out(conn, user)
}

/// Ends all that opens an account without its password: every session, and every one-time link.
pub(in crate::db) fn shut_out(conn: &mut Conn, user: i32) -> Result<(), DbError> {
    diesel::delete(session::table.filter(session::user_id.eq(user))).execute(conn)?;
    diesel::delete(one_time_link::table.filter(one_time_link::user_id.eq(user))).execute(conn)?;
    Ok(())
}

pub(in crate::db) fn insert_user(conn: &mut Conn, new: &NewUser) -> Result<i32, DbError> {
    let name = new.name.to_lowercase();
    let unit = id_of_code(conn, &new.unit)?;
    let newest: Option<i32> = staff_user::table.select(diesel::dsl::max(staff_user::id)).get_result(conn)?;
    let id = newest.unwrap_or(0) + 1;
    let inserted = diesel::insert_into(staff_user::table)
        .values((
            staff_user::id.eq(id),
            staff_user::name.eq(&name),
            staff_user::display_name.eq(&new.display_name),
            staff_user::password_hash.eq(&new.password_hash),
            staff_user::role.eq(&new.role),
            staff_user::unit_id.eq(unit),
            staff_user::created_ms.eq(new.at.timestamp_millis()),
            staff_user::email.eq(new.email.as_ref().map(EmailAddress::as_str)),
        ))
        .execute(conn);
    match inserted {
        Err(refused) if error::is_duplicate(&refused) => Err(DbError::exists("user", name)),
        other => Ok(other.map(|_| id)?),
    }
}

pub(in crate::db) fn any_user(conn: &mut Conn) -> Result<bool, DbError> {
    let first: Option<i32> = staff_user::table.select(staff_user::id).order(staff_user::id).first(conn).optional()?;
    Ok(first.is_some())
}
