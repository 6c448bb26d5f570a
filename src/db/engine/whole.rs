//! Whether a SQLite file is whole, looked at before it is served.

use std::fs;

use super::conn::{Manager, setting};
use super::lock::has_log;
use super::place::{damaged, named};
use super::url::DatabaseUrl;
use crate::db::DbError;

/// Up to here every page is looked at before a start: about a tenth of a second.
const LOOKED_THROUGH_MAX: u64 = 64 * 1024 * 1024;

/// Refuses a database that is damaged, before it is served and thanks are given for what may not last: a file cut off in the
/// middle of a page, and pages that do not hang together. A large file's pages are left to `sipas doctor`.
pub(in crate::db) fn require_whole(url: &DatabaseUrl) -> Result<(), DbError> {
    let Some(path) = url.file() else { return Ok(()) };
    let Some(bytes) = fs::metadata(path).ok().map(|file| file.len()).filter(|bytes| *bytes > 0) else { return Ok(()) };
    // With a write-ahead log the file may be half written: the log makes it whole when it is opened.
    let alone = !has_log(path);
    let look = || -> Result<Option<String>, DbError> {
        let mut conn = Manager(url.clone()).open()?;
        let page = setting(&mut conn, "SELECT CAST(page_size AS TEXT) AS value FROM pragma_page_size")?;
        let page: u64 = page.parse().unwrap_or(4_096);
        if alone && bytes % page != 0 {
            return Ok(Some(format!("its {bytes} bytes are no whole number of pages of {page}: it was cut off")));
        }
        if bytes > LOOKED_THROUGH_MAX {
            return Ok(None);
        }
        let found = setting(&mut conn, "SELECT quick_check AS value FROM pragma_quick_check LIMIT 1")?;
        Ok((found != "ok").then_some(found))
    };
    let damage = match look() {
        Ok(None) => return Ok(()),
        Ok(Some(damage)) => damage,
        Err(error) => return Err(named(path, error)),
    };
    Err(damaged(path, &damage))
}
