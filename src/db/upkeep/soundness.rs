//! Whether the tables are those that the migrations make, with nothing added that acts on its own, and whether the rows on which every page
//! rests can be read.

use std::collections::BTreeMap;

use diesel::{Connection, QueryDsl, RunQueryDsl, SqliteConnection};

use super::postgres_schema::{Made, found_and_wanted};
use crate::db::DbError;
use crate::db::cases::complaint_rows;
use crate::db::engine::conn::Conn;
use crate::db::engine::migrate;
use crate::db::engine::schema::plan;
use crate::db::reference::tree;
use crate::plan::Plan;

/// So many things are named; the rest is counted.
const NAMED_MAX: usize = 5;

/// Compares what there is with what the migrations of this program make: whether all is well, and what is to be said. On PostgreSQL within no
/// transaction that only reads.
pub(super) fn schema(conn: &mut Conn) -> Result<(bool, String), DbError> {
    let (found, wanted, whole) = match conn {
        Conn::Sqlite(sqlite) => {
            let mut fresh = SqliteConnection::establish(":memory:")?;
            migrate::run_all(&mut fresh)?;
            (made(sqlite)?, made(&mut fresh)?, true)
        }
        Conn::Postgres(postgres) => found_and_wanted(postgres)?,
    };
    let faults = differences(&found, &wanted);
    let words = match faults.len() {
        0 if !whole => "triggers, views and rules are those of the migrations; tables, keys and functions were not compared, because this user \
                        may make no schema beside them"
            .to_owned(),
        0 => format!("{} tables, keys, indexes and triggers are those of the migrations", wanted.len()),
        _ => format!("{}; somebody has changed the database past the program: restore a backup", named(&faults)),
    };
    Ok((faults.is_empty(), words))
}

/// Everything that the text of a SQLite database makes, white space and quotes left out of its text. A name that begins as those of the engine
/// protects nothing: a trigger can be written into the table itself under any.
fn made(conn: &mut SqliteConnection) -> Result<BTreeMap<String, String>, DbError> {
    let rows: Vec<Made> = diesel::sql_query(
        "SELECT type || ' ' || name AS name, sql AS text FROM sqlite_schema WHERE sql IS NOT NULL \
         AND NOT (type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name",
    )
    .load(conn)?;
    let plain =
        |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>().to_lowercase();
    Ok(rows.into_iter().map(|made| (made.name, plain(&made.text))).collect())
}

fn differences(found: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> Vec<String> {
    let missing = wanted.keys().filter(|name| !found.contains_key(*name)).map(|name| format!("{name} is missing"));
    let other = found.iter().filter_map(|(name, text)| match wanted.get(name) {
        None => Some(format!("{name} is not of this program")),
        Some(wanted) if wanted != text => Some(format!("{name} is another one")),
        Some(_) => None,
    });
    missing.chain(other).collect()
}

/// The first of them by name, the rest counted.
pub(super) fn named(faults: &[String]) -> String {
    let named = faults.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    match faults.len().saturating_sub(NAMED_MAX) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Units and plans that cannot be read: pages leave them out, so it is said here which they are.
pub(super) fn readable(conn: &mut Conn) -> Result<(bool, String), DbError> {
    let (units, damaged) = tree::read(conn)?;
    let mut faults: Vec<String> = damaged.into_iter().map(|(id, why)| format!("unit {id}: {why}")).collect();
    let plans: Vec<(String, i32, String)> =
        plan::table.select((plan::key, plan::revision, plan::content)).order((plan::key, plan::revision)).load(conn)?;
    for (key, revision, content) in &plans {
        if let Err(error) = serde_json::from_str::<Plan>(content) {
            faults.push(format!("plan {key}, revision {revision}: {error}"));
        }
    }
    let words = match faults.len() {
        0 => format!("{} units and {} plans with their revisions can be read", units.len(), plans.len()),
        _ => format!(
            "{}; pages leave them out, and answers of units under them wait for their release; compare with a backup",
            named(&faults)
        ),
    };
    Ok((faults.is_empty(), words))
}

/// Complaints that cannot be read: pages and letters leave them out, so it is said here which they are.
pub(super) fn complaints(conn: &mut Conn) -> Result<(bool, String), DbError> {
    let (read, faults) = complaint_rows::all(conn)?;
    let words = match faults.len() {
        0 => format!("{read} can be read"),
        _ => format!("{}; pages and letters leave them out; compare with a backup", named(&faults)),
    };
    Ok((faults.is_empty(), words))
}
