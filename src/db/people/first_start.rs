//! The first start: a one-time secret while nobody can sign in, and the one transaction in which it is used up.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::secrets::hex::hex;

use super::users::{any_user, insert_user};
use crate::db::audit;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::meta;
use crate::db::reference::points::insert_point;
use crate::db::reference::units::insert_unit;
use crate::db::{Db, DbError, NewPoint, NewUnit, NewUser, Noted};

/// Key in `meta`: SHA-256 of the secret in hexadecimal digits, a space, and the end of its life, milliseconds since
/// 1970-01-01 UTC. The secret itself is kept nowhere.
const SECRET: &str = "first_start_secret";

/// Everything the first start makes.
#[derive(Debug, Clone)]
pub struct FirstStart {
    /// Hash of the secret that allows it.
    pub secret_hash: [u8; 32],
    /// Now.
    pub at: DateTime<Utc>,
    /// Units, each after the one above it.
    pub units: Vec<NewUnit>,
    /// Points of these units.
    pub points: Vec<NewPoint>,
    /// The first user.
    pub user: NewUser,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstStarted {
    /// All of it stands.
    Done {
        /// Number of the user.
        user: i32,
        /// Codes of the points, in their order.
        codes: Vec<String>,
    },
    /// The secret is wrong, too old, or used; nothing was made.
    Refused,
}

impl Db {
    /// Keeps the hash of a new secret in place of the last one, unless somebody can sign in; whether it was kept.
    pub fn keep_first_start_secret(&self, hash: &[u8; 32], expires_at: DateTime<Utc>) -> Result<bool, DbError> {
        let value = format!("{} {}", hex(hash), expires_at.timestamp_millis());
        self.write(move |conn| {
            diesel::delete(meta::table.find(SECRET)).execute(conn)?;
            if any_user(conn)? {
                return Ok(false);
            }
            diesel::insert_into(meta::table).values((meta::key.eq(SECRET), meta::value.eq(value))).execute(conn)?;
            Ok(true)
        })
    }

    /// Whether the secret of this hash opens the first start at `now`.
    pub fn first_start_secret_holds(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Result<bool, DbError> {
        self.read(|conn| Ok(!any_user(conn)? && holds(conn, hash, now)?))
    }
}

impl Noted {
    /// Makes everything, and uses the secret up, in one transaction.
    pub fn first_start(&self, new: &FirstStart) -> Result<FirstStarted, DbError> {
        let new = new.clone();
        let forms = Arc::clone(&self.inner.forms);
        let note = self.note.clone();
        self.db.write_reference(move |conn| {
            if any_user(conn)? || !holds(conn, &new.secret_hash, new.at)? {
                return Ok(FirstStarted::Refused);
            }
            diesel::delete(meta::table.find(SECRET)).execute(conn)?;
            for unit in &new.units {
                insert_unit(conn, unit)?;
            }
            let codes: Result<_, DbError> = new.points.iter().map(|point| insert_point(conn, &forms, point)).collect();
            let done = FirstStarted::Done { codes: codes?, user: insert_user(conn, &new.user)? };
            audit::append_if(conn, note.as_ref())?;
            Ok(done)
        })
    }
}

fn holds(conn: &mut Conn, hash: &[u8; 32], now: DateTime<Utc>) -> Result<bool, DbError> {
    let kept: Option<String> = meta::table.find(SECRET).select(meta::value).first(conn).optional()?;
    let Some(kept) = kept else { return Ok(false) };
    let (known, expires_ms) = kept.split_once(' ').unwrap_or_default();
    Ok(known == hex(hash) && expires_ms.parse().is_ok_and(|expires_ms: i64| now.timestamp_millis() < expires_ms))
}
