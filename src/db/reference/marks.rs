//! What is read once and kept until it changes, in whatever process: who changes it writes another mark into `meta` in the same
//! transaction, and whoever asks looks at the mark first, which is one row.

use std::sync::{Arc, Mutex, PoisonError};

use crate::db::engine::conn::Conn;
use crate::db::engine::meta;
use crate::db::{Db, DbError, random};
use crate::secrets::hex::hex;

/// The mark of the units in `meta`.
pub(in crate::db) const UNITS: &str = "mark.units";
/// The mark of the plans.
pub(in crate::db) const PLANS: &str = "mark.plans";

/// What was read under a mark; none before the first reading.
pub(in crate::db) type Kept<T> = Mutex<Option<(String, Arc<T>)>>;

/// Says that what is kept under a mark has changed. Within the transaction of the change: who sees the one sees the other.
pub(in crate::db) fn mark_changed(conn: &mut Conn, mark: &str) -> Result<(), DbError> {
    meta::keep(conn, mark, &hex(&random::<16>()?))
}

impl Db {
    /// What is kept under `mark`, read anew if the mark is another one now.
    pub(in crate::db) fn kept<T>(
        &self,
        kept: &Kept<T>,
        mark: &str,
        read: impl FnOnce(&mut Conn, Option<&T>) -> Result<T, DbError>,
    ) -> Result<Arc<T>, DbError> {
        self.read(|conn| {
            // The mark first: what is read then is as new as the mark, or newer.
            let now = meta::find(conn, mark)?.unwrap_or_default();
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, value)) = kept.as_ref().filter(|(known, _)| *known == now) {
                return Ok(Arc::clone(value));
            }
            let value = Arc::new(read(conn, kept.as_ref().map(|(_, before)| before.as_ref()))?);
            *kept = Some((now, Arc::clone(&value)));
            Ok(value)
        })
    }
}
