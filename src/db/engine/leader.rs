//! Which of several servers on one PostgreSQL does the work of the timer: the one that holds a lock of its session. It goes over to
//! another when that one ends, however it ends. On SQLite there is one server only.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Bool, Integer};
use diesel::{QueryableByName, RunQueryDsl};

use super::conn::{Conn, Manager};
use crate::db::{Db, DbError};

/// First half of the advisory lock of the leader ("sipl" in ASCII).
const LEADER_LOCK: i32 = 0x7369_706c;

/// The lead, or the wish for it. Dropping it gives it up.
#[derive(Default)]
pub struct Lead(Option<Conn>);

impl std::fmt::Debug for Lead {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Lead").field(&self.0.is_some()).finish()
    }
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

impl Db {
    /// Whether this process leads: it still does, or takes the lead where nobody has it.
    pub fn leads(&self, lead: &mut Lead) -> Result<bool, DbError> {
        if self.inner.url.file().is_some() {
            return Ok(true);
        }
        if let Some(Conn::Postgres(held)) = &mut lead.0 {
            // The lock is as alive as its session.
            if held.batch_execute("SELECT 1").is_ok() {
                return Ok(true);
            }
            lead.0 = None;
        }
        let mut conn = Manager(self.inner.url.clone()).open()?;
        let Conn::Postgres(postgres) = &mut conn else { return Ok(true) };
        // Several schemas of one database may each hold a `sipas`, so the schema is part of the lock.
        let sql = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()::text)) AS taken";
        let found: Taken = diesel::sql_query(sql).bind::<Integer, _>(LEADER_LOCK).get_result(postgres)?;
        if found.taken {
            lead.0 = Some(conn);
        }
        Ok(found.taken)
    }
}
