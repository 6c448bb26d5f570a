//! A few facts about the installation, by name: whether it holds demonstration data, and such.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::conn::{Conn, on_backend};
use super::schema::meta;
use crate::db::{Db, DbError, Noted};

impl Db {
    /// The value kept under `key`.
    pub fn meta(&self, key: &str) -> Result<Option<String>, DbError> {
        self.read(|conn| find(conn, key))
    }

    /// Keeps `value` under `key`.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<(), DbError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |conn| keep(conn, &key, &value))
    }
}

impl Noted {
    /// Keeps words of the ward's own under `key`, as a page of the guide.
    pub fn keep_words(&self, key: &str, words: &str) -> Result<(), DbError> {
        let (key, words) = (key.to_owned(), words.to_owned());
        self.write(move |conn| keep(conn, &key, &words))
    }
}

/// [`Db::meta`] within a transaction.
pub(in crate::db) fn find(conn: &mut Conn, key: &str) -> Result<Option<String>, DbError> {
    Ok(meta::table.find(key).select(meta::value).first(conn).optional()?)
}

/// Forgets what is kept under `key`; whether there was something.
pub(in crate::db) fn forget(conn: &mut Conn, key: &str) -> Result<bool, DbError> {
    Ok(diesel::delete(meta::table.find(key)).execute(conn)? > 0)
}

/// [`Db::set_meta`] within a transaction.
pub(in crate::db) fn keep(conn: &mut Conn, key: &str, value: &str) -> Result<(), DbError> {
    let row = (meta::key.eq(key), meta::value.eq(value));
    on_backend!(conn, |c| {
        diesel::insert_into(meta::table)
            .values(row)
            .on_conflict(meta::key)
            .do_update()
            .set(meta::value.eq(value))
            .execute(c)
    })?;
    Ok(())
}
