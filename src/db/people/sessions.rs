//! Sessions of staff. The table keeps the hash of a token, never the token: a copy of it signs nobody in.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper,
};

use super::users::{self, StaffUser};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{session, staff_user};
use crate::db::{Db, DbError, Noted, instant};

/// How old the last sign of life of a session may become before it is written anew, milliseconds.
const TOUCH_AFTER_MS: i64 = 60_000;

/// After so long without a sign of life a session is over. A clerk's morning at the counter fits; a forgotten browser does
/// not.
const IDLE_MS: i64 = 2 * 60 * 60 * 1_000;

/// What somebody has shown before a code is asked of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstFactor {
    Password,
    /// An account of the provider.
    SingleSignOn,
}

/// How far a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Signed in.
    Full,
    /// The first factor was right; a code of the second is asked.
    CodeAsked(FirstFactor),
    /// The first factor was right; a second has to be set up first.
    MustEnrol(FirstFactor),
}

impl Coded for Stage {
    const WHAT: &'static str = "stage of a session";
    const CODES: &'static [(Self, i16)] = &[
        (Self::Full, 1),
        (Self::CodeAsked(FirstFactor::Password), 2),
        (Self::MustEnrol(FirstFactor::Password), 3),
        (Self::CodeAsked(FirstFactor::SingleSignOn), 4),
        (Self::MustEnrol(FirstFactor::SingleSignOn), 5),
    ];
}

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
    /// How far the sign-in is.
    pub stage: Stage,
    /// Browser and system, in words.
    pub agent: String,
    /// SHA-256 of the token in whose place it comes: that session ends with this one's beginning.
    pub replaces: Option<[u8; 32]>,
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
    /// How far the sign-in is.
    pub stage: Stage,
}

/// A session in the list of a user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionListed {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Its last sign of life, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Browser and system, in words.
    pub agent: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = session)]
struct Row {
    created_ms: i64,
    last_seen_ms: i64,
    expires_ms: i64,
    stage: i16,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = session)]
struct ListedRow {
    token_hash: Vec<u8>,
    created_ms: i64,
    last_seen_ms: i64,
    agent: String,
}

impl Db {
    /// Begins a session that is no sign-in yet: one that waits for the second factor.
    pub fn create_session(&self, new: &NewSession) -> Result<(), DbError> {
        let new = new.clone();
        self.write(move |conn| insert(conn, &new))
    }

    /// The session of a token and its user; none when it is unknown, over, or the user is retired. Its sign of life
    /// is written at most once a minute, and nobody waits for that.
    pub fn session(&self, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SessionFound>, DbError> {
        let (token_hash, now_ms) = (token_hash.to_vec(), now.timestamp_millis());
        let row: Option<(Row, users::Row)> = self.read(|conn| {
            let joined = session::table.inner_join(staff_user::table.on(staff_user::id.eq(session::user_id)));
            let found = joined
                .filter(session::token_hash.eq(&token_hash))
                .filter(session::expires_ms.gt(now_ms))
                .filter(session::last_seen_ms.gt(now_ms - IDLE_MS))
                .filter(staff_user::retired_ms.is_null());
            let ordered = found.order(session::token_hash);
            Ok(ordered.select((Row::as_select(), users::Row::as_select())).first(conn).optional()?)
        })?;
        let Some((row, user)) = row else { return Ok(None) };
        if now_ms - row.last_seen_ms >= TOUCH_AFTER_MS {
            self.inner.writer.run_later("noting that a session is used", move |conn| {
                let seen = session::last_seen_ms.eq(now_ms);
                diesel::update(session::table.find(token_hash)).set(seen).execute(conn)?;
                Ok(())
            });
        }
        Ok(Some(SessionFound {
            user: StaffUser::of_row(user),
            created_at: instant::of_ms(row.created_ms),
            last_seen_at: instant::of_ms(row.last_seen_ms),
            expires_at: instant::of_ms(row.expires_ms),
            stage: Stage::of_code(row.stage)?,
        }))
    }

    /// Whose full session a token was, over or not, as long as its row stands.
    pub fn session_that_was(&self, token_hash: &[u8; 32]) -> Result<Option<i32>, DbError> {
        let token_hash = token_hash.to_vec();
        self.read(|conn| {
            let whole = session::table.find(&token_hash).filter(session::stage.eq(Stage::Full.code()));
            Ok(whole.select(session::user_id).first(conn).optional()?)
        })
    }

    /// Ends one session; ending it twice is no error.
    pub fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), DbError> {
        let token_hash = *token_hash;
        self.write(move |conn| delete(conn, &token_hash))
    }

    /// The sessions of a user that are in force at `now`, the last used first.
    pub fn sessions_of(&self, user: i32, now: DateTime<Utc>) -> Result<Vec<SessionListed>, DbError> {
        let now_ms = now.timestamp_millis();
        let rows: Vec<ListedRow> = self.read(|conn| {
            let found = session::table
                .filter(session::user_id.eq(user))
                .filter(session::stage.eq(Stage::Full.code()))
                .filter(session::expires_ms.gt(now_ms))
                .filter(session::last_seen_ms.gt(now_ms - IDLE_MS));
            let ordered = found.order((session::last_seen_ms.desc(), session::token_hash));
            Ok(ordered.select(ListedRow::as_select()).load(conn)?)
        })?;
        let listed = |ListedRow { token_hash, created_ms, last_seen_ms, agent }: ListedRow| {
            let token_hash =
                token_hash.try_into().map_err(|_| DbError::Damaged("a token hash is not 32 bytes".into()))?;
            let (created_at, last_seen_at) = (instant::of_ms(created_ms), instant::of_ms(last_seen_ms));
            Ok(SessionListed { token_hash, created_at, last_seen_at, agent })
        };
        rows.into_iter().map(listed).collect()
    }

    /// Deletes the sessions that are over; how many there were.
    pub fn prune_sessions(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            let over = session::expires_ms.le(now_ms).or(session::last_seen_ms.le(now_ms - IDLE_MS));
            Ok(diesel::delete(session::table.filter(over)).execute(conn)?)
        })
    }
}

impl Noted {
    /// Begins a session by a whole sign-in.
    pub fn sign_in(&self, new: &NewSession) -> Result<(), DbError> {
        let new = new.clone();
        self.write(move |conn| insert(conn, &new))
    }

    /// Ends one session at its user's wish; ending it twice is no error.
    pub fn sign_out(&self, token_hash: &[u8; 32]) -> Result<(), DbError> {
        let token_hash = *token_hash;
        self.write(move |conn| delete(conn, &token_hash))
    }

    /// Ends every session of a user but one.
    pub fn delete_other_sessions(&self, user: i32, kept: &[u8; 32]) -> Result<usize, DbError> {
        let kept = kept.to_vec();
        self.write(move |conn| {
            let others = session::table.filter(session::user_id.eq(user)).filter(session::token_hash.ne(kept));
            Ok(diesel::delete(others).execute(conn)?)
        })
    }

    /// Ends every session of a user.
    pub fn delete_sessions_of(&self, user: i32) -> Result<usize, DbError> {
        self.write(move |conn| Ok(diesel::delete(session::table.filter(session::user_id.eq(user))).execute(conn)?))
    }
}

fn insert(conn: &mut Conn, new: &NewSession) -> Result<(), DbError> {
    if let Some(before) = &new.replaces {
        delete(conn, before)?;
    }
    diesel::insert_into(session::table)
        .values((
            session::token_hash.eq(new.token_hash.to_vec()),
            session::user_id.eq(new.user),
            session::created_ms.eq(new.at.timestamp_millis()),
            session::last_seen_ms.eq(new.at.timestamp_millis()),
            session::expires_ms.eq(new.expires_at.timestamp_millis()),
            session::stage.eq(new.stage.code()),
            session::agent.eq(&new.agent),
        ))
        .execute(conn)?;
    Ok(())
}

fn delete(conn: &mut Conn, token_hash: &[u8; 32]) -> Result<(), DbError> {
    diesel::delete(session::table.find(token_hash.to_vec())).execute(conn)?;
    Ok(())
}
