//! One-time links: an invitation, a new password. The database keeps the hash of the secret, never the secret.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};

use super::users::{Row, StaffUser, set_password};
use crate::access::EmailAddress;
use crate::db::audit;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{one_time_link, staff_user};
use crate::db::{Db, DbError, Noted};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// The first password of a new user.
    Invitation,
    /// A new password.
    Reset,
}

impl Coded for LinkPurpose {
    const WHAT: &'static str = "purpose of a link";
    const CODES: &'static [(Self, i16)] = &[(Self::Invitation, 1), (Self::Reset, 2)];
}

impl Db {
    /// The user of a link that still opens, and what it is for.
    pub fn link(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<(StaffUser, LinkPurpose)>, DbError> {
        let hash = hash.to_vec();
        self.read(|conn| find(conn, hash, now))
    }

    /// Uses a link up: sets the password, which ends this and every other link and session of the user, in one transaction
    /// with its row in the audit log. None when the link does not open any more; then nothing was changed.
    pub fn use_link(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
        password_hash: &str,
        note: impl FnOnce(&StaffUser) -> audit::Note + Send + 'static,
    ) -> Result<Option<StaffUser>, DbError> {
        let (hash, password_hash) = (hash.to_vec(), password_hash.to_owned());
        self.write(move |conn| {
            let Some((user, _)) = find(conn, hash, now)? else { return Ok(None) };
            set_password(conn, user.id, &password_hash)?;
            audit::append(conn, &note(&user))?;
            Ok(Some(user))
        })
    }

    /// Forgets links that are over; how many there were.
    pub fn prune_links(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            Ok(diesel::delete(one_time_link::table.filter(one_time_link::expires_ms.le(now_ms))).execute(conn)?)
        })
    }
}

impl Noted {
    /// Sets where letters to a user go; none for nowhere. Links for a new password that went to the old address end.
    pub fn set_email(&self, user: i32, email: Option<&EmailAddress>) -> Result<(), DbError> {
        let email = email.map(|email| email.as_str().to_owned());
        self.write(move |conn| {
            diesel::update(staff_user::table.find(user)).set(staff_user::email.eq(email)).execute(conn)?;
            let resets = one_time_link::table
                .filter(one_time_link::user_id.eq(user))
                .filter(one_time_link::purpose.eq(LinkPurpose::Reset.code()));
            diesel::delete(resets).execute(conn)?;
            Ok(())
        })
    }

    /// Makes a link for a user in place of those made before.
    pub fn make_link(
        &self,
        user: i32,
        purpose: LinkPurpose,
        hash: [u8; 32],
        expires_at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        self.write(move |conn| {
            diesel::delete(one_time_link::table.filter(one_time_link::user_id.eq(user))).execute(conn)?;
            diesel::insert_into(one_time_link::table)
                .values((
                    one_time_link::hash.eq(hash.to_vec()),
                    one_time_link::purpose.eq(purpose.code()),
                    one_time_link::user_id.eq(user),
                    one_time_link::expires_ms.eq(expires_at.timestamp_millis()),
                ))
                .execute(conn)?;
            Ok(())
        })
    }
}

fn find(conn: &mut Conn, hash: Vec<u8>, now: DateTime<Utc>) -> Result<Option<(StaffUser, LinkPurpose)>, DbError> {
    let link: Option<(i16, i32, i64)> = one_time_link::table
        .find(hash)
        .select((one_time_link::purpose, one_time_link::user_id, one_time_link::expires_ms))
        .first(conn)
        .optional()?;
    let Some((purpose, user, _)) = link.filter(|link| now.timestamp_millis() < link.2) else { return Ok(None) };
    let row = staff_user::table.find(user).select(Row::as_select()).first(conn)?;
    let user = StaffUser::of_row(row);
    Ok(if user.retired_at.is_some() { None } else { Some((user, LinkPurpose::of_code(purpose)?)) })
}
