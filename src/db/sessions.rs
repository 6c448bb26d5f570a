//! Sessions of staff. The table keeps the hash of a token, never the token: a copy of it signs nobody in.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};

use super::people::{self, StaffUser};
use super::schema::{session, staff_user};
use super::{Db, DbError, instant};

/// How old the last sign of life of a session may become before it is written anew, milliseconds.
const TOUCH_AFTER_MS: i64 = 60_000;

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Number of the user.
    pub user: i32,
    /// Now.
    pub at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A session in force.
#[derive(Debug, Clone)]
pub struct SessionFound {
    /// Whose it is.
    pub user: StaffUser,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Its last sign of life, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// Begins a session.
    pub fn create_session(&self, new: &NewSession) -> Result<(), DbError> {
        let NewSession { token_hash, user, at, expires_at } = new.clone();
        self.write(move |conn| {
            diesel::insert_into(session::table)
                .values((
                    session::token_hash.eq(token_hash.to_vec()),
                    session::user_id.eq(user),
                    session::created_ms.eq(at.timestamp_millis()),
                    session::last_seen_ms.eq(at.timestamp_millis()),
                    session::expires_ms.eq(expires_at.timestamp_millis()),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// The session of a token and its user; none when it is unknown, over, or the user is retired. Its sign of life
    /// is written at most once a minute, and nobody waits for that.
    pub fn session(&self, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SessionFound>, DbError> {
        type Row = ((i64, i64, i64), people::Row);
        let (token_hash, now_ms) = (token_hash.to_vec(), now.timestamp_millis());
        let row: Option<Row> = self.read(|conn| {
            let joined = session::table.inner_join(staff_user::table.on(staff_user::id.eq(session::user_id)));
            let found = joined
                .filter(session::token_hash.eq(&token_hash))
                .filter(session::expires_ms.gt(now_ms))
                .filter(staff_user::retired_ms.is_null());
            let times = (session::created_ms, session::last_seen_ms, session::expires_ms);
            let ordered = found.order(session::token_hash);
            Ok(ordered.select((times, staff_user::all_columns)).first(conn).optional()?)
        })?;
        let Some(((created_ms, last_seen_ms, expires_ms), user)) = row else { return Ok(None) };
        if now_ms - last_seen_ms >= TOUCH_AFTER_MS {
            self.inner.writer.run_later("noting that a session is used", move |conn| {
                let seen = session::last_seen_ms.eq(now_ms);
                diesel::update(session::table.find(token_hash)).set(seen).execute(conn)?;
                Ok(())
            });
        }
        Ok(Some(SessionFound {
            user: StaffUser::of_row(user),
            created_at: instant::of_ms(created_ms),
            last_seen_at: instant::of_ms(last_seen_ms),
            expires_at: instant::of_ms(expires_ms),
        }))
    }

    /// Ends one session; ending it twice is no error.
    pub fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), DbError> {
        let token_hash = token_hash.to_vec();
        self.write(move |conn| {
            diesel::delete(session::table.find(token_hash)).execute(conn)?;
            Ok(())
        })
    }

    /// Ends every session of a user.
    pub fn delete_sessions_of(&self, user: i32) -> Result<usize, DbError> {
        self.write(move |conn| Ok(diesel::delete(session::table.filter(session::user_id.eq(user))).execute(conn)?))
    }

    /// Deletes the sessions that are over; how many there were.
    pub fn prune_sessions(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| Ok(diesel::delete(session::table.filter(session::expires_ms.le(now_ms))).execute(conn)?))
    }
}
