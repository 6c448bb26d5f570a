//! Accounts that are opened by an account of a provider: allowed by an administrator, bound at the first sign-in, shut when the
//! provider gives no right any more. A person of a provider has one account here, and an account one person.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::users::{self, NewUser, StaffUser, insert_user, shut_out};
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{single_sign_on, staff_user};
use crate::db::reference::units::id_of_code;
use crate::db::{Db, DbError, Noted, error, instant};

/// What is known of an account and its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnAccount {
    /// Number of the account.
    pub user: i32,
    /// The provider.
    pub issuer: String,
    /// When an administrator allowed it, or it was made.
    pub allowed_at: DateTime<Utc>,
    /// Since when somebody of the provider opens it; none while it is only allowed.
    pub bound_at: Option<DateTime<Utc>>,
    /// Since when the provider gives no right here.
    pub closed_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = single_sign_on)]
struct Row {
    user_id: i32,
    issuer: String,
    allowed_ms: i64,
    bound_ms: Option<i64>,
    closed_ms: Option<i64>,
}

fn of_row(row: Row) -> SignOnAccount {
    let at = |ms: Option<i64>| ms.map(instant::of_ms);
    SignOnAccount {
        user: row.user_id,
        issuer: row.issuer,
        allowed_at: instant::of_ms(row.allowed_ms),
        bound_at: at(row.bound_ms),
        closed_at: at(row.closed_ms),
    }
}

impl Db {
    /// What is known of a user's account at a provider; none for one that opens by password only.
    pub fn single_sign_on(&self, user: i32) -> Result<Option<SignOnAccount>, DbError> {
        let found = single_sign_on::table.find(user).select(Row::as_select());
        let row: Option<Row> = self.read(|conn| Ok(found.first(conn).optional()?))?;
        Ok(row.map(of_row))
    }

    /// Every account that is allowed or bound, by number.
    pub fn single_sign_ons(&self) -> Result<Vec<SignOnAccount>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            Ok(single_sign_on::table.order(single_sign_on::user_id).select(Row::as_select()).load(conn)?)
        })?;
        Ok(rows.into_iter().map(of_row).collect())
    }

    /// The account of a person of a provider, retired or not.
    pub fn user_of_subject(&self, issuer: &str, subject: &str) -> Result<Option<(StaffUser, SignOnAccount)>, DbError> {
        let joined = single_sign_on::table.inner_join(staff_user::table.on(staff_user::id.eq(single_sign_on::user_id)));
        let found = joined
            .filter(single_sign_on::issuer.eq(issuer))
            .filter(single_sign_on::subject.eq(subject))
            .order(single_sign_on::user_id)
            .select((users::Row::as_select(), Row::as_select()));
        let row: Option<(users::Row, Row)> = self.read(|conn| Ok(found.first(conn).optional()?))?;
        Ok(row.map(|(user, account)| (StaffUser::of_row(user), of_row(account))))
    }
}

impl Noted {
    /// Lets somebody of a provider be bound to a user's account; one that is bound already stays so.
    pub fn allow_single_sign_on(&self, user: i32, issuer: &str, at: DateTime<Utc>) -> Result<(), DbError> {
        let issuer = issuer.to_owned();
        self.write(move |conn| insert(conn, user, &issuer, None, at))
    }

    /// Takes a user's account away from the provider, and ends what was opened through it.
    pub fn unbind_single_sign_on(&self, user: i32) -> Result<(), DbError> {
        self.write(move |conn| {
            let found = single_sign_on::table.find(user);
            let bound_ms: Option<Option<i64>> = found.select(single_sign_on::bound_ms).first(conn).optional()?;
            let missing = || DbError::unknown("single sign-on of user", user.to_string());
            let was_bound = bound_ms.ok_or_else(missing)?.is_some();
            diesel::delete(found).execute(conn)?;
            if was_bound { shut_out(conn, user) } else { Ok(()) }
        })
    }

    /// Binds a user's account, which an administrator has allowed, to a person of the provider; sessions and links of before end.
    pub fn bind_single_sign_on(
        &self,
        user: i32,
        issuer: &str,
        subject: &str,
        at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.write(move |conn| {
            let allowed = single_sign_on::table
                .find(user)
                .filter(single_sign_on::issuer.eq(&issuer))
                .filter(single_sign_on::subject.is_null());
            let bound = (single_sign_on::subject.eq(&subject), single_sign_on::bound_ms.eq(at.timestamp_millis()));
            match diesel::update(allowed).set(bound).execute(conn) {
                Err(refused) if error::is_duplicate(&refused) => Err(DbError::exists("single sign-on", String::new())),
                Ok(0) => Err(DbError::unknown("single sign-on of user", user.to_string())),
                // What the password had opened ends where the provider begins.
                Ok(_) => shut_out(conn, user),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Adds a user who is bound to a person of a provider from the beginning.
    pub fn add_user_by_single_sign_on(&self, new: &NewUser, issuer: &str, subject: &str) -> Result<i32, DbError> {
        let (new, issuer, subject) = (new.clone(), issuer.to_owned(), subject.to_owned());
        self.write(move |conn| {
            let id = insert_user(conn, &new)?;
            insert(conn, id, &issuer, Some(&subject), new.at)?;
            Ok(id)
        })
    }

    /// Gives a user the role and the unit that the provider says, opens the account anew if it was shut, and ends the sessions and
    /// links of before.
    pub fn set_rights_by_single_sign_on(&self, user: i32, role: &str, unit: &str) -> Result<(), DbError> {
        let (role, unit) = (role.to_owned(), unit.to_owned());
        self.write(move |conn| {
            let unit = id_of_code(conn, &unit)?;
            let rights = (staff_user::role.eq(&role), staff_user::unit_id.eq(unit));
            diesel::update(staff_user::table.find(user)).set(rights).execute(conn)?;
            let open = single_sign_on::closed_ms.eq(None::<i64>);
            diesel::update(single_sign_on::table.find(user)).set(open).execute(conn)?;
            shut_out(conn, user)
        })
    }

    /// Shuts an account to which the provider gives no right any more, and ends its sessions and links.
    pub fn close_by_single_sign_on(&self, user: i32, at: DateTime<Utc>) -> Result<(), DbError> {
        self.write(move |conn| {
            let closed = single_sign_on::closed_ms.eq(at.timestamp_millis());
            diesel::update(single_sign_on::table.find(user)).set(closed).execute(conn)?;
            shut_out(conn, user)
        })
    }
}

fn insert(conn: &mut Conn, user: i32, issuer: &str, subject: Option<&str>, at: DateTime<Utc>) -> Result<(), DbError> {
    let at_ms = at.timestamp_millis();
    let inserted = diesel::insert_into(single_sign_on::table)
        .values((
            single_sign_on::user_id.eq(user),
            single_sign_on::issuer.eq(issuer),
            single_sign_on::subject.eq(subject),
            single_sign_on::allowed_ms.eq(at_ms),
            single_sign_on::bound_ms.eq(subject.map(|_| at_ms)),
        ))
        .execute(conn);
    match inserted {
        Err(refused) if error::is_duplicate(&refused) => Err(DbError::exists("single sign-on", String::new())),
        other => Ok(other.map(|_| ())?),
    }
}
