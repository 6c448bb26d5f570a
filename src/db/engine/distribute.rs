//! The tables spread over machines by unit, where PostgreSQL has the extension Citus: which table goes how, and in which order.

use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use super::conn::{Conn, Manager, claim_slot, others_write};
use super::migrate::require_head;
use super::url::DatabaseUrl;
use crate::db::DbError;

/// Tables that stand whole on every machine, since distributed ones refer to them; what is referred to comes first.
pub const REFERENCE: [&str; 4] = ["unit", "field", "form", "service_point"];
/// Tables that are spread by `unit_id`, each unit's rows of all of them together; what is referred to comes first. The others stay where
/// the database is.
pub const DISTRIBUTED: [&str; 16] = [
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
    "order_done",
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
    let found: Vec<Spread> = diesel::sql_query(
        "SELECT table_name::text, citus_table_type::text AS kind, distribution_column::text AS by_column, \
         colocation_id::int4 AS together FROM citus_tables ORDER BY table_name::text",
    )
    .load(postgres)?;
    let amiss = misplaced(&found);
    if !amiss.is_empty() {
        return Err(DbError::Failed(format!("tables do not stand as they should: {}", amiss.join("; "))));
    }
    let line = |table: &Spread| match table.kind.as_str() {
        "distributed" => format!("{}: distributed by {}, group {}", table.table_name, table.by_column, table.together),
        kind => format!("{}: {kind}", table.table_name),
    };
    Ok(found.iter().map(line).collect())
}

/// How a table stands on a cluster.
#[derive(QueryableByName, Debug, Clone, PartialEq, Eq)]
struct Spread {
    #[diesel(sql_type = Text)]
    table_name: String,
    /// `reference`, `distributed`, or another kind of the extension's.
    #[diesel(sql_type = Text)]
    kind: String,
    /// The column by which it is spread.
    #[diesel(sql_type = Text)]
    by_column: String,
    /// Tables of one number have the rows of a unit on the same machine.
    #[diesel(sql_type = Integer)]
    together: i32,
}

/// What stands otherwise than it should, a phrase each: whoever spread tables by hand may have spread them by another column or apart.
fn misplaced(found: &[Spread]) -> Vec<String> {
    let of = |table: &str| found.iter().find(|spread| spread.table_name == table);
    let group = of(DISTRIBUTED[0]).map(|first| first.together);
    let whole = REFERENCE.iter().filter_map(|table| match of(table) {
        None => Some(format!("{table} does not stand whole on every machine")),
        Some(spread) if spread.kind != "reference" => {
            Some(format!("{table} is {}, and should be reference", spread.kind))
        }
        Some(_) => None,
    });
    let spread = DISTRIBUTED.iter().filter_map(|table| match of(table) {
        None => Some(format!("{table} is not spread")),
        Some(spread) if spread.kind != "distributed" || spread.by_column != "unit_id" => {
            Some(format!("{table} is {} by {}, and should be distributed by unit_id", spread.kind, spread.by_column))
        }
        Some(spread) if Some(spread.together) != group => {
            Some(format!("{table} does not stand together with {}", DISTRIBUTED[0]))
        }
        Some(_) => None,
    });
    whole.chain(spread).collect()
}

fn lines(conn: &mut PgConnection, sql: &str) -> Result<Vec<String>, DbError> {
    let found: Vec<Line> = diesel::sql_query(sql).load(conn)?;
    Ok(found.into_iter().map(|row| row.line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_was_spread_otherwise_or_apart_is_named() {
        let spread = |table: &str, kind: &str, by_column: &str, together| Spread {
            table_name: table.to_owned(),
            kind: kind.to_owned(),
            by_column: by_column.to_owned(),
            together,
        };
        let whole = REFERENCE.map(|table| spread(table, "reference", "<none>", 2));
        let all = || DISTRIBUTED.map(|table| spread(table, "distributed", "unit_id", 1));
        let amiss = |spread: &[Spread]| misplaced(&[&whole[..], spread].concat());
        assert_eq!(amiss(&all()), Vec::<String>::new());
        let mut by_day = all();
        by_day[1].by_column = "day".to_owned();
        assert_eq!(amiss(&by_day), ["sheet is distributed by day, and should be distributed by unit_id"]);
        let mut apart = all();
        apart[3].together = 7;
        assert_eq!(amiss(&apart), ["tally does not stand together with attempt"]);
        assert_eq!(amiss(&all()[..15]), ["order_done is not spread"]);
        assert_eq!(misplaced(&all()).len(), REFERENCE.len());
    }
}
