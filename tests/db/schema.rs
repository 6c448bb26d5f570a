//! The tables: the same on both engines, and fit for an engine that distributes them by unit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::sql_types::{Bool, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use sipas::db::{DISTRIBUTED, HEAD, REFERENCE, Together, migrate};

use crate::support::{Backend, FreshDb, fresh_db};

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

#[derive(QueryableByName, Debug)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn migrated(backend: Backend) -> FreshDb {
    let fresh = fresh_db(backend);
    migrate(fresh.url()).expect("migrated");
    fresh
}

fn sqlite(fresh: &FreshDb) -> SqliteConnection {
    SqliteConnection::establish(fresh.url().file().expect("a file").to_str().expect("UTF-8")).expect("the file")
}

fn postgres(fresh: &FreshDb) -> PgConnection {
    PgConnection::establish(&fresh.address()).expect("the schema")
}

/// `table.column` → type family and whether a value is required.
fn shape(columns: Vec<Column>) -> BTreeMap<String, (String, bool)> {
    let family = |kind: &str| match kind.to_ascii_lowercase().as_str() {
        "smallint" | "integer" | "bigint" | "boolean" => "number".to_owned(),
        "text" | "character varying" => "text".to_owned(),
        "bytea" | "blob" => "bytes".to_owned(),
        other => other.to_owned(),
    };
    let own = columns.into_iter().filter(|column| !column.table_name.starts_with("__"));
    own.map(|column| {
        let name = format!("{}.{}", column.table_name, column.name);
        (name, (family(&column.kind), column.required))
    })
    .collect()
}

#[test]
fn both_engines_have_the_same_tables_columns_and_required_values() {
    let on_sqlite: Vec<Column> = diesel::sql_query(
        "SELECT m.name AS table_name, c.name, c.type AS kind, c.\"notnull\" AS required \
         FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid",
    )
    .load(&mut sqlite(&migrated(Backend::Sqlite)))
    .expect("columns");
    let on_postgres: Vec<Column> = diesel::sql_query(
        "SELECT table_name::text, column_name::text AS name, data_type::text AS kind, is_nullable = 'NO' AS required \
         FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
    )
    .load(&mut postgres(&migrated(Backend::Postgres)))
    .expect("columns");
    let (on_sqlite, on_postgres) = (shape(on_sqlite), shape(on_postgres));
    assert_eq!(on_sqlite, on_postgres);
    assert!(on_sqlite.len() > 60, "{on_sqlite:?}");
}

#[test]
fn both_engines_have_the_same_primary_keys_and_unique_columns() {
    let on_sqlite: Vec<Line> = diesel::sql_query(
        "SELECT m.name || ': ' || (SELECT group_concat(name, ', ') FROM \
            (SELECT i.name FROM pragma_index_info(x.name) i ORDER BY i.seqno)) AS line \
         FROM sqlite_master m JOIN pragma_index_list(m.name) x WHERE x.\"unique\" AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
         UNION SELECT m.name || ': id' FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.pk = 1 AND c.name = 'id' \
           AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) x WHERE x.origin = 'pk') ORDER BY line",
    )
    .load(&mut sqlite(&migrated(Backend::Sqlite)))
    .expect("keys");
    let on_postgres: Vec<Line> = diesel::sql_query(
        "SELECT c.relname || ': ' || (SELECT string_agg(a.attname::text, ', ' ORDER BY k.place) \
            FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place) \
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number) AS line \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
         WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace AND c.relname !~ '^__' \
         ORDER BY line",
    )
    .load(&mut postgres(&migrated(Backend::Postgres)))
    .expect("keys");
    // Sorted here, because the engines collate differently.
    let lines = |lines: Vec<Line>| lines.into_iter().map(|line| line.line).collect::<BTreeSet<_>>();
    let (on_sqlite, on_postgres) = (lines(on_sqlite), lines(on_postgres));
    assert_eq!(on_sqlite, on_postgres);
    assert!(on_postgres.contains("sheet: unit_id, day, random"), "{on_postgres:?}");
}

#[test]
fn both_folders_hold_migrations_of_the_same_names_up_to_head() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                let path = entry.expect("an entry").path();
                for file in ["up.sql", "down.sql"] {
                    assert!(path.join(file).is_file(), "{}/{file} is missing", path.display());
                }
                path.file_name().expect("a name").to_string_lossy().into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let (on_sqlite, on_postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(on_sqlite, on_postgres);
    assert!(
        !on_sqlite.iter().any(|name| name.starts_with("0033")),
        "a number that was taken back: migrations/README.md"
    );
    assert!(on_sqlite.last().expect("a migration").starts_with(&format!("{HEAD}_")), "{on_sqlite:?} against {HEAD}");
}

/// So that no table that comes later is forgotten: whatever refers to a unit or a person by a key, or by the name of its column.
#[test]
fn who_takes_units_and_people_back_knows_every_column_that_refers_to_them() {
    for (what, table, name) in [(Together::Units, "unit", "unit"), (Together::Users, "staff_user", "user")] {
        let on_sqlite: Vec<Line> = diesel::sql_query(format!(
            "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = '{table}' \
             UNION SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name LIKE '%{name}\\_id' ESCAPE '\\' ORDER BY line",
        ))
        .load(&mut sqlite(&migrated(Backend::Sqlite)))
        .expect("columns");
        let on_postgres: Vec<Line> = diesel::sql_query(format!(
            "SELECT c.relname || '.' || a.attname AS line FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
             JOIN pg_class r ON r.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey) \
             WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND r.relname = '{table}' \
             UNION SELECT table_name::text || '.' || column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND column_name LIKE '%{name}\\_id' ORDER BY line",
        ))
        .load(&mut postgres(&migrated(Backend::Postgres)))
        .expect("columns");
        let known: BTreeSet<String> = what.referring().into_iter().collect();
        for found in [on_sqlite, on_postgres] {
            let found: BTreeSet<String> = found.into_iter().map(|line| line.line).collect();
            assert!(found.len() > 8, "{found:?}");
            let forgotten: Vec<&String> = found.difference(&known).collect();
            assert!(forgotten.is_empty(), "name them in src/db/people/together.rs: {forgotten:?}");
        }
    }
}

/// The rules that Citus was seen to enforce: what breaks one of them, as a list of lines.
fn broken_rules(conn: &mut PgConnection) -> Vec<String> {
    let tables = DISTRIBUTED.map(|table| format!("'{table}'")).join(", ");
    let whole = REFERENCE.map(|table| format!("'{table}'")).join(", ");
    let here = "relnamespace = current_schema()::regnamespace";
    let rules = [
        format!(
            "SELECT c.relname || ': a unique index does not begin with unit_id' AS line FROM pg_index i \
             JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND c.{here} AND c.relname IN ({tables}) \
               AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'unit_id' \
                 AND a.attnum = i.indkey[0]) ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': no primary key' AS line FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.{here} \
             AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': a trigger' AS line FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             WHERE NOT t.tgisinternal AND c.relname NOT IN ('audit', 'closing_part', 'closing_step', 'issued_report', 'issued_file') AND c.{here} ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': refers to a distributed table' AS line FROM pg_constraint k \
             JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
             WHERE k.contype = 'f' AND c.{here} AND r.relname IN ({tables}) \
               AND NOT (c.relname IN ({tables}) AND k.conrelid <> k.confrelid \
                 AND pg_get_constraintdef(k.oid) LIKE 'FOREIGN KEY (unit_id, %REFERENCES%(unit_id, %') ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': refers to ' || r.relname || ', which stays where it is' AS line FROM pg_constraint k \
             JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
             WHERE k.contype = 'f' AND c.{here} AND c.relname IN ({tables}) AND r.relname NOT IN ({tables}, {whole}) ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': a sequence' AS line FROM pg_class c WHERE c.relkind = 'S' AND c.{here} \
             UNION ALL SELECT c.relname || '.' || a.attname || ': numbered by the database' FROM pg_attribute a \
             JOIN pg_class c ON c.oid = a.attrelid WHERE c.{here} AND (a.attidentity <> '' OR EXISTS \
               (SELECT 1 FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum \
                AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%')) ORDER BY line"
        ),
        format!(
            "SELECT c.relname || ': no unit_id' AS line FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.{here} \
             AND c.relname IN ({tables}) AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid \
               AND a.attname = 'unit_id' AND a.attnotnull) ORDER BY line"
        ),
    ];
    let lines = rules.iter().flat_map(|rule| diesel::sql_query(rule).load::<Line>(conn).expect("a rule"));
    lines.map(|line| line.line).collect()
}

#[test]
fn the_tables_can_be_distributed_by_unit() {
    let fresh = migrated(Backend::Postgres);
    let mut conn = postgres(&fresh);
    let named = DISTRIBUTED.map(|table| format!("'{table}'")).join(", ");
    let found: Vec<Line> = diesel::sql_query(format!(
        "SELECT relname::text AS line FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
         AND relname IN ({named}) ORDER BY relname",
    ))
    .load(&mut conn)
    .expect("tables");
    assert_eq!(found.len(), DISTRIBUTED.len());
    assert_eq!(broken_rules(&mut conn), Vec::<String>::new());
    // The lint notices what it is for.
    fresh.sql(
        "CREATE UNIQUE INDEX ON sheet (random); ALTER TABLE tally DROP CONSTRAINT tally_pkey; \
         CREATE SEQUENCE numbers; ALTER TABLE comment DROP CONSTRAINT comment_pkey; \
         ALTER TABLE comment ALTER unit_id DROP NOT NULL; \
         ALTER TABLE attempt ADD FOREIGN KEY (unit_id, hash) REFERENCES attempt (unit_id, hash); \
         CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER wakes BEFORE INSERT ON sheet FOR EACH ROW EXECUTE FUNCTION nothing();",
    );
    assert_eq!(
        broken_rules(&mut conn),
        [
            "sheet: a unique index does not begin with unit_id",
            "comment: no primary key",
            "tally: no primary key",
            "sheet: a trigger",
            "attempt: refers to a distributed table",
            "numbers: a sequence",
            "comment: no unit_id",
        ]
    );
}
