//! The tables spread over machines by unit, where PostgreSQL has the extension Citus: which table goes how, and in which order.

use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use super::conn::{Conn, Manager, claim_slot, others_write};
use super::migrate::require_head;
use super::url::DatabaseUrl;
use crate::db::DbError;

/// Tables that stand whole on every machine, since distributed ones refer to them; what is referred to comes first.
pub const REFERENCE: [&str; 4] = ["unit", "field", "form", "service_point"];
/// Tables that are spread by `unit_id`, each unit's rows of all of them together; what is referred to comes first. The others stay where
/// the database is.
pub const DISTRIBUTED: [&str; 15] = [
    "attempt",
    "sheet",
    "comment",
    "tally",
    "day_sum",
    "kept_share",
    "ticket",
    "voiding",
    "voiding_release",
    "complaint",
    "complaint_contact",
    "complaint_helper",
    "complaint_step",
    "volume",
    "kept_figure",
];

/// What is said to the database, in order.
pub fn statements() -> Vec<String> {
    let first = DISTRIBUTED[0];
    let whole = REFERENCE.iter().map(|table| format!("SELECT create_reference_table('{table}')"));
    let spread = DISTRIBUTED.iter().map(|table| match *table {
        table if table == first => format!("SELECT create_distributed_table('{table}', 'unit_id')"),
        table => format!("SELECT create_distributed_table('{table}', 'unit_id', colocate_with => '{first}')"),
    });
    whole.chain(spread).collect()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Spreads the tables; those that are spread already stay as they are. How each of them stands then.
pub fn distribute(url: &DatabaseUrl) -> Result<Vec<String>, DbError> {
    if url.file().is_some() {
        return Err(DbError::Url(
            "a SQLite file is not spread over machines; `sipas move` brings it to PostgreSQL first. Nothing was changed".into(),
        ));
    }
    let mut conn = Manager(url.clone()).open()?;
    require_head(&mut conn)?;
    claim_slot(&mut conn)?;
    let written = others_write(&mut conn)?;
    let Conn::Postgres(postgres) = &mut conn else { return Ok(Vec::new()) };
    let extension = "SELECT extversion AS line FROM pg_extension WHERE extname = 'citus'";
    if lines(postgres, extension)?.is_empty() {
        return Err(DbError::Url(
            "the extension citus is not installed in this database (CREATE EXTENSION citus, as its owner); nothing was changed"
                .into(),
        ));
    }
    if written {
        return Err(DbError::Url(
            "a server or a command writes into this database; stop it first. Nothing was changed".into(),
        ));
    }
    let known = lines(postgres, "SELECT table_name::text AS line FROM citus_tables ORDER BY table_name::text")?;
    for (table, statement) in REFERENCE.iter().chain(&DISTRIBUTED).zip(statements()) {
        if !known.iter().any(|known| known == table) {
            diesel::sql_query(statement).execute(postgres)?;
        }
    }
    let found = lines(
        postgres,
        "SELECT table_name::text || ': ' || citus_table_type || CASE WHEN distribution_column = '<none>' THEN '' \
         ELSE ' by ' || distribution_column || ', group ' || colocation_id END AS line FROM citus_tables \
         ORDER BY table_name::text",
    )?;
    let missing: Vec<&str> = REFERENCE
        .iter()
        .chain(&DISTRIBUTED)
        .copied()
        .filter(|table| !found.iter().any(|line| line.starts_with(&format!("{table}: "))))
        .collect();
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(DbError::Failed(format!("these tables are not spread: {}", missing.join(", "))))
    }
}

fn lines(conn: &mut PgConnection, sql: &str) -> Result<Vec<String>, DbError> {
    let found: Vec<Line> = diesel::sql_query(sql).load(conn)?;
    Ok(found.into_iter().map(|row| row.line).collect())
}
