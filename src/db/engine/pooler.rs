//! A pooler between this program and PostgreSQL that hands out another session for every transaction is recognised and refused: the
//! slots of writers rest on locks of a session, and two writers in one slot would lose counts without a word.

use diesel::connection::SimpleConnection;

use super::conn::{Conn, Manager};
use crate::db::{DbError, random};
use crate::secrets::hex::hex;

/// What the database is made to say when a session is not one.
const SHARED: &str = "sipas: this session is shared";

/// Refuses a pooler that gives each transaction another session. Only whole texts are sent: a prepared statement would already be lost.
pub(in crate::db) fn refuse_pooler(manager: &Manager, conn: &mut Conn) -> Result<(), DbError> {
    let Conn::Postgres(one) = conn else { return Ok(()) };
    let mark = hex(&random::<16>()?);
    let mut second = manager.open()?;
    let Conn::Postgres(other) = &mut second else { return Ok(()) };
    let raise = |wrong: &str| {
        format!(
            "DO $$ BEGIN IF current_setting('sipas.session', true) {wrong} '{mark}' THEN RAISE EXCEPTION '{SHARED}'; \
             END IF; END $$"
        )
    };
    // While the second session is in a transaction, a pooler has to give the first one's next words to another session.
    let looked = one
        .batch_execute(&format!("SELECT set_config('sipas.session', '{mark}', false)"))
        .and_then(|()| other.batch_execute(&format!("BEGIN; {}", raise("="))))
        .and_then(|()| one.batch_execute(&raise("IS DISTINCT FROM")));
    let _ = other.batch_execute("ROLLBACK");
    match looked {
        Ok(()) => Ok(()),
        Err(error) if error.to_string().contains(SHARED) || takes_no_transaction(manager) => Err(DbError::Url(
            "DATABASE_URL leads to a pooler that gives every transaction another session (PgBouncer: pool_mode = transaction or \
             statement). Writers of this program hold locks of their session, so answers could be counted wrong: lead to the database \
             itself, or set pool_mode = session for it. Nothing was changed"
                .into(),
        )),
        Err(error) => Err(error.into()),
    }
}

/// Whether single statements are served and transactions are not: each statement has another session, and `PgBouncer` ends the connection of whoever
/// begins a transaction, with its own words or none.
fn takes_no_transaction(manager: &Manager) -> bool {
    let serves = |words: &str| match manager.open() {
        Ok(Conn::Postgres(mut conn)) => conn.batch_execute(words).is_ok(),
        _ => false,
    };
    serves("SELECT 1") && !serves("BEGIN") && serves("SELECT 1")
}
