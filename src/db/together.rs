//! Units and people that were added as one table, whole or not at all, and taken back as one while nothing hangs on them. What was
//! added last is remembered for each who adds.

use std::collections::HashSet;

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};

use super::engine::conn::Conn;
use super::engine::meta;
use super::engine::schema::{letter_choice, one_time_link, service_point, session, single_sign_on, staff_user, unit};
use super::people::users::insert_user;
use super::reference::marks::{UNITS, mark_changed};
use super::reference::units::insert_unit;
use super::{Db, DbError, NewUnit, NewUser, Noted};
use crate::db::engine::parts::any_in_parts;
use crate::secrets::password;

/// What is added as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Units.
    Units,
    /// People.
    Users,
}

impl Together {
    /// Key in the facts of the installation of what a user added last.
    fn key(self, by: i32) -> String {
        match self {
            Self::Units => format!("units-together/{by}"),
            Self::Users => format!("users-together/{by}"),
        }
    }
}

impl Db {
    /// Numbers of what a user added last as one table, as far as it can be taken back; empty where something hangs on one of them.
    pub fn added_together(&self, what: Together, by: i32) -> Result<Vec<i32>, DbError> {
        self.read(move |conn| {
            let ids = remembered(conn, what, by)?;
            Ok(if is_free(conn, what, &ids)? { ids } else { Vec::new() })
        })
    }
}

impl Noted {
    /// Adds every unit or none; the units above stand before those below. Their numbers.
    pub fn add_units(&self, new: &[NewUnit], by: i32) -> Result<Vec<i32>, DbError> {
        let new = new.to_vec();
        self.write_reference(move |conn| {
            let ids = new.iter().map(|new| insert_unit(conn, new)).collect::<Result<Vec<_>, _>>()?;
            remember(conn, Together::Units, by, &ids)?;
            Ok(ids)
        })
    }

    /// Adds every person or none. Their numbers.
    pub fn add_users(&self, new: &[NewUser], by: i32) -> Result<Vec<i32>, DbError> {
        let new = new.to_vec();
        self.write(move |conn| {
            let ids = new.iter().map(|new| insert_user(conn, new)).collect::<Result<Vec<_>, _>>()?;
            remember(conn, Together::Users, by, &ids)?;
            Ok(ids)
        })
    }

    /// Takes back what a user added last as one table; how many there were, none where something hangs on one of them.
    pub fn take_together_back(&self, what: Together, by: i32) -> Result<usize, DbError> {
        self.write_reference(move |conn| {
            let ids = remembered(conn, what, by)?;
            if !is_free(conn, what, &ids)? {
                return Ok(0);
            }
            for id in ids.iter().rev() {
                match what {
                    Together::Units => diesel::delete(unit::table.find(id)).execute(conn)?,
                    Together::Users => {
                        diesel::delete(one_time_link::table.filter(one_time_link::user_id.eq(id))).execute(conn)?;
                        diesel::delete(letter_choice::table.filter(letter_choice::user_id.eq(id))).execute(conn)?;
                        diesel::delete(single_sign_on::table.find(id)).execute(conn)?;
                        diesel::delete(staff_user::table.find(id)).execute(conn)?
                    }
                };
            }
            if what == Together::Units {
                mark_changed(conn, UNITS)?;
            }
            meta::keep(conn, &what.key(by), "")?;
            Ok(ids.len())
        })
    }
}

fn remember(conn: &mut Conn, what: Together, by: i32, ids: &[i32]) -> Result<(), DbError> {
    let ids: Vec<String> = ids.iter().map(i32::to_string).collect();
    meta::keep(conn, &what.key(by), &ids.join(" "))
}

fn remembered(conn: &mut Conn, what: Together, by: i32) -> Result<Vec<i32>, DbError> {
    let kept = meta::find(conn, &what.key(by))?.unwrap_or_default();
    Ok(kept.split(' ').filter_map(|id| id.parse().ok()).collect())
}

/// Whether nothing hangs on any of these: no point, no other unit, nobody; nobody has signed in.
fn is_free(conn: &mut Conn, what: Together, ids: &[i32]) -> Result<bool, DbError> {
    let own: HashSet<i32> = ids.iter().copied().collect();
    let used = match what {
        Together::Units => any_in_parts(ids, |some| {
            let points: i64 =
                service_point::table.filter(service_point::unit_id.eq_any(some)).count().get_result(conn)?;
            let people: i64 = staff_user::table.filter(staff_user::unit_id.eq_any(some)).count().get_result(conn)?;
            let below = unit::table.filter(unit::parent_id.eq_any(some)).select(unit::id).order(unit::id);
            let below: Vec<i32> = below.load(conn)?;
            let others = below.iter().any(|below| !own.contains(below));
            let ended: i64 =
                unit::table.filter(unit::id.eq_any(some).and(unit::valid_to.is_not_null())).count().get_result(conn)?;
            Ok(others || points + people + ended > 0)
        })?,
        Together::Users => {
            let nobody = password::nobody();
            any_in_parts(ids, |some| {
                let entered: i64 = staff_user::table
                    .filter(staff_user::id.eq_any(some))
                    .filter(staff_user::password_hash.ne(&nobody).or(staff_user::retired_ms.is_not_null()))
                    .count()
                    .get_result(conn)?;
                let sessions: i64 = session::table.filter(session::user_id.eq_any(some)).count().get_result(conn)?;
                Ok(entered + sessions > 0)
            })?
        }
    };
    Ok(!used)
}
