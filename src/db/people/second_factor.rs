//! The second factor of users: the secret that their app shares, the last step used, and recovery codes as hashes.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::db::audit;
use crate::db::engine::schema::{recovery_code, session, staff_user};
use crate::db::{Db, DbError, Note, Noted};

impl Db {
    /// Keeps a new secret that is not confirmed yet.
    pub fn offer_totp(&self, user: i32, secret: &[u8]) -> Result<(), DbError> {
        let secret = secret.to_vec();
        self.write(move |conn| {
            let offered = (staff_user::totp_secret.eq(secret), staff_user::totp_step.eq(-1_i64));
            diesel::update(staff_user::table.find(user)).set(offered).execute(conn)?;
            Ok(())
        })
    }

    /// Confirms the secret by the step of its first code, and keeps the hashes of new recovery codes. False when the
    /// secret was confirmed meanwhile.
    pub fn confirm_totp(&self, user: i32, step: i64, recovery: &[[u8; 32]], note: Note) -> Result<bool, DbError> {
        let recovery = recovery.to_vec();
        self.write(move |conn| {
            let waiting = staff_user::table.filter(staff_user::id.eq(user)).filter(staff_user::totp_step.lt(0));
            if diesel::update(waiting).set(staff_user::totp_step.eq(step)).execute(conn)? == 0 {
                return Ok(false);
            }
            keep_recovery(conn, user, &recovery)?;
            audit::append(conn, &note)?;
            Ok(true)
        })
    }

    /// Uses a step up; false when it or a later one was used before.
    pub fn use_totp_step(&self, user: i32, step: i64) -> Result<bool, DbError> {
        self.write(move |conn| {
            let unused = staff_user::table
                .filter(staff_user::id.eq(user))
                .filter(staff_user::totp_step.ge(0))
                .filter(staff_user::totp_step.lt(step));
            Ok(diesel::update(unused).set(staff_user::totp_step.eq(step)).execute(conn)? == 1)
        })
    }

    /// Uses a recovery code up; false when there is none of this hash.
    pub fn use_recovery_code(&self, user: i32, hash: &[u8; 32], note: Note) -> Result<bool, DbError> {
        let hash = hash.to_vec();
        self.write(move |conn| {
            let used = diesel::delete(recovery_code::table.find((user, hash))).execute(conn)? == 1;
            if used {
                audit::append(conn, &note)?;
            }
            Ok(used)
        })
    }

    /// How many recovery codes a user has left.
    pub fn recovery_codes_left(&self, user: i32) -> Result<usize, DbError> {
        let count: i64 = self.read(|conn| {
            Ok(recovery_code::table.filter(recovery_code::user_id.eq(user)).count().get_result(conn)?)
        })?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

impl Noted {
    /// New recovery codes in place of the old ones.
    pub fn renew_recovery_codes(&self, user: i32, recovery: &[[u8; 32]]) -> Result<(), DbError> {
        let recovery = recovery.to_vec();
        self.write(move |conn| keep_recovery(conn, user, &recovery))
    }

    /// Takes the second factor of a user away, who must set one up anew, and ends their sessions.
    pub fn clear_second_factor(&self, user: i32) -> Result<(), DbError> {
        self.write(move |conn| {
            let none = (staff_user::totp_secret.eq(None::<Vec<u8>>), staff_user::totp_step.eq(None::<i64>));
            diesel::update(staff_user::table.find(user)).set(none).execute(conn)?;
            diesel::delete(recovery_code::table.filter(recovery_code::user_id.eq(user))).execute(conn)?;
            diesel::delete(session::table.filter(session::user_id.eq(user))).execute(conn)?;
            Ok(())
        })
    }
}

fn keep_recovery(conn: &mut crate::db::engine::conn::Conn, user: i32, recovery: &[[u8; 32]]) -> Result<(), DbError> {
    diesel::delete(recovery_code::table.filter(recovery_code::user_id.eq(user))).execute(conn)?;
    for hash in recovery {
        diesel::insert_into(recovery_code::table)
            .values((recovery_code::user_id.eq(user), recovery_code::hash.eq(hash.to_vec())))
            .execute(conn)?;
    }
    Ok(())
}
