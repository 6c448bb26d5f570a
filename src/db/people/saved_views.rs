//! Pages of exploring that somebody keeps under a name.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::db::engine::conn::Conn;
use crate::db::engine::schema::saved_view;
use crate::db::{Db, DbError, Noted};

/// The most views that one person keeps.
pub const VIEWS_MAX: usize = 50;

impl Db {
    /// The views of a user by name, each with its address.
    pub fn saved_views(&self, user: i32) -> Result<Vec<(String, String)>, DbError> {
        let found = saved_view::table.filter(saved_view::user_id.eq(user)).order(saved_view::name);
        self.read(|conn| Ok(found.select((saved_view::name, saved_view::address)).load(conn)?))
    }
}

impl Noted {
    /// Keeps an address under a name; a name that is known leads there from now on. False where the user has too many.
    pub fn save_view(&self, user: i32, name: &str, address: &str, at: DateTime<Utc>) -> Result<bool, DbError> {
        let (name, address, note) = (name.to_owned(), address.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            diesel::delete(saved_view::table.find((user, &name))).execute(conn)?;
            let known: i64 = saved_view::table.filter(saved_view::user_id.eq(user)).count().get_result(conn)?;
            if usize::try_from(known).unwrap_or(usize::MAX) >= VIEWS_MAX {
                return Ok(false);
            }
            diesel::insert_into(saved_view::table)
                .values((
                    saved_view::user_id.eq(user),
                    saved_view::name.eq(name),
                    saved_view::address.eq(address),
                    saved_view::at_ms.eq(at.timestamp_millis()),
                ))
                .execute(conn)?;
            crate::db::audit::append_if(conn, note.as_ref())?;
            Ok(true)
        })
    }

    pub fn forget_view(&self, user: i32, name: &str) -> Result<(), DbError> {
        let name = name.to_owned();
        let forget = move |conn: &mut Conn| Ok(diesel::delete(saved_view::table.find((user, name))).execute(conn)? > 0);
        self.write_if_done(forget, |done| *done).map(|_| ())
    }
}
