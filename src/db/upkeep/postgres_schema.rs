//! What a schema of PostgreSQL is made of, in the words in which the server itself says it, and what the migrations of this program make there:
//! run in a schema beside it, within a transaction that is taken back.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::result::Error as Diesel;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};

use crate::db::DbError;
use crate::db::engine::migrate;

/// Everything that a table is held by or that acts by itself, with the text of each. What an extension of the server brought with it
/// (`pg_stat_statements`, Citus) is left out.
const EVERYTHING: &str = "\
WITH here AS (SELECT current_schema()::regnamespace::oid AS oid), \
brought AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'), \
held AS (SELECT c.* FROM pg_class c, here WHERE c.relnamespace = here.oid \
  AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_class'::regclass AND b.objid = c.oid)) \
SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' WHEN 'S' THEN 'sequence ' ELSE 'table ' END || relname AS name, \
  concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END) AS text \
  FROM held WHERE relkind NOT IN ('i', 'I', 't', 'c') \
UNION ALL SELECT 'column ' || c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, \
  a.attidentity, a.attgenerated, (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation), pg_get_expr(d.adbin, d.adrelid)) \
  FROM held c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
  WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped \
UNION ALL SELECT 'index ' || c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid) \
  FROM held c JOIN pg_index i ON i.indexrelid = c.oid \
UNION ALL SELECT 'key ' || k.conname || ' of ' || c.relname, concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated) \
  FROM held c JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype <> 'n' \
UNION ALL SELECT 'trigger ' || t.tgname || ' of ' || c.relname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled) \
  FROM held c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal \
  AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_trigger'::regclass AND b.objid = t.oid) \
UNION ALL SELECT DISTINCT 'switched off: key ' || k.conname || ' of ' || c.relname, '' \
  FROM held c JOIN pg_trigger t ON t.tgrelid = c.oid JOIN pg_constraint k ON k.oid = t.tgconstraint \
  WHERE t.tgisinternal AND t.tgenabled <> 'O' \
UNION ALL SELECT 'rule ' || r.rulename || ' of ' || c.relname, concat_ws(' ', pg_get_ruledef(r.oid), r.ev_enabled) \
  FROM held c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN' \
UNION ALL SELECT 'policy ' || p.polname || ' of ' || c.relname, concat_ws(' ', p.polcmd, p.polpermissive, \
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM held c JOIN pg_policy p ON p.polrelid = c.oid \
UNION ALL SELECT 'function ' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')', \
  concat_ws(' ', md5(f.prosrc), f.prolang, f.prosecdef, f.provolatile, f.proconfig::text) FROM pg_proc f, here \
  WHERE f.pronamespace = here.oid AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_proc'::regclass AND b.objid = f.oid) \
ORDER BY name";

/// The names of what acts by itself, for whoever may make no schema: triggers and views.
const ACTS: [&str; 3] = ["trigger ", "view ", "rule "];

/// A thing of a schema, on either engine.
#[derive(QueryableByName)]
pub(super) struct Made {
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) text: String,
}

/// What a schema is made of: name and text of each thing.
pub(super) type Things = BTreeMap<String, String>;

/// What there is and what the migrations make, and whether their texts could be compared: a user who may make no schema compares the names of
/// what acts by itself.
pub(super) fn found_and_wanted(conn: &mut PgConnection) -> Result<(Things, Things, bool), DbError> {
    let found = things(conn)?;
    if let Some(wanted) = wanted(conn)? {
        return Ok((found, wanted, true));
    }
    let acting = found.into_keys().filter(|name| ACTS.iter().any(|kind| name.starts_with(kind)));
    let tables = ["audit", "closing_part", "closing_step", "issued_file", "issued_report"];
    let wanted = tables.map(|table| (format!("trigger {table}_no_change of {table}"), String::new()));
    Ok((acting.map(|name| (name, String::new())).collect(), wanted.into_iter().collect(), false))
}

/// Everything in the schema that comes first, its name left out of the texts.
fn things(conn: &mut PgConnection) -> Result<Things, DbError> {
    let own: Made =
        diesel::sql_query("SELECT quote_ident(current_schema()) || '.' AS name, '' AS text").get_result(conn)?;
    let rows: Vec<Made> = diesel::sql_query(EVERYTHING).load(conn)?;
    Ok(rows.into_iter().map(|made| (made.name, made.text.replace(&own.name, ""))).collect())
}

/// How the transaction of [`wanted`] ends: never otherwise, so that nothing of it stays.
enum TakenBack {
    Wanted(Things),
    NoSchema,
    Failed(DbError),
}

impl From<Diesel> for TakenBack {
    fn from(error: Diesel) -> Self {
        Self::Failed(error.into())
    }
}

/// What the migrations make; none where this user may make no schema.
fn wanted(conn: &mut PgConnection) -> Result<Option<Things>, DbError> {
    let ended = conn.transaction(|conn| {
        let made = conn.transaction(|conn| {
            conn.batch_execute(
                "DO $$ BEGIN EXECUTE format('CREATE SCHEMA sipas_check_%s', pg_backend_pid()); \
                 PERFORM set_config('search_path', format('sipas_check_%s', pg_backend_pid()), true); END $$",
            )
        });
        if let Err(Diesel::DatabaseError(..)) = made {
            return Err::<(), _>(TakenBack::NoSchema);
        }
        made?;
        migrate::run_all_of_postgres(conn).map_err(TakenBack::Failed)?;
        Err(TakenBack::Wanted(things(conn).map_err(TakenBack::Failed)?))
    });
    match ended {
        Err(TakenBack::Wanted(things)) => Ok(Some(things)),
        Err(TakenBack::Failed(error)) => Err(error),
        Ok(()) | Err(TakenBack::NoSchema) => Ok(None),
    }
}
