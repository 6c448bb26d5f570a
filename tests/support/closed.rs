//! The periods that an earlier program closed, with what its database holds of them. It is read by SQL and unpacked here, so
//! that what a test expects does not pass through the program's own readers.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;

use diesel::sql_types::{Binary, Integer, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use flate2::read::{DeflateDecoder, GzDecoder};
use serde_json::Value;

use crate::support::FreshDb;

/// The plan whose periods were closed.
pub const PLAN: &str = "cau-giay-2026";
/// The unit of that plan.
pub const UNIT: &str = "phuong-cau-giay";

/// What was closed when the databases were made.
pub struct Closed {
    /// Key of the period.
    pub period: &'static str,
    /// Its version.
    pub version: i32,
    /// The state as commands and JSON name it.
    pub state: &'static str,
    /// The state as the pages name it.
    pub name: &'static str,
    /// Whether it is the version that counts.
    pub in_force: bool,
}

/// Every version, in the order of `sipas period list`.
pub const CLOSED: [Closed; 4] = [
    closed("2026-h1", 1, "reopened", "Đã mở lại", false),
    closed("2026-h1", 2, "approved", "Đã duyệt", true),
    closed("2026-q1", 1, "published", "Đã công bố", true),
    closed("2026-q3", 1, "checked", "Đã kiểm tra", true),
];

const fn closed(period: &'static str, version: i32, state: &'static str, name: &'static str, in_force: bool) -> Closed {
    Closed { period, version, state, name, in_force }
}

impl Closed {
    /// How the commands name it.
    pub fn named(&self) -> String {
        format!("{PLAN} {} v{}", self.period, self.version)
    }

    /// Address of its page.
    pub fn path(&self) -> String {
        format!("/staff/plans/{PLAN}/{}", self.period)
    }

    /// Whether it is this version.
    pub fn is(&self, period: &str, version: i32) -> bool {
        (self.period, self.version) == (period, version)
    }
}

/// A part as it lies in the database.
#[derive(QueryableByName)]
pub struct Part {
    #[diesel(sql_type = Text)]
    pub period: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Binary)]
    pub hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub body: Vec<u8>,
}

/// The hash that somebody signed for when a version was checked.
#[derive(QueryableByName)]
struct Signed {
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// What the database holds of its closed periods.
pub struct Kept {
    parts: Vec<Part>,
    signed: Vec<Signed>,
}

/// Figures that were kept: whose, and which.
pub struct Figures {
    pub unit: String,
    pub series: String,
    pub suspects: String,
    pub report: Value,
}

impl Kept {
    /// All of it as it lies there now.
    pub fn read(fresh: &FreshDb) -> Self {
        let parts = "SELECT period, version, name, hash, body FROM closing_part ORDER BY period, version, name";
        let signed = "SELECT period, version, hash FROM closing_step WHERE deed = 1";
        if let Some(file) = fresh.url().file() {
            let mut conn = SqliteConnection::establish(file.to_str().expect("UTF-8")).expect("the file");
            let parts = diesel::sql_query(parts).load(&mut conn).expect("parts");
            Self { parts, signed: diesel::sql_query(signed).load(&mut conn).expect("steps") }
        } else {
            let mut conn = PgConnection::establish(&fresh.address()).expect("the schema");
            let parts = diesel::sql_query(parts).load(&mut conn).expect("parts");
            Self { parts, signed: diesel::sql_query(signed).load(&mut conn).expect("steps") }
        }
    }

    /// The parts whose names begin with `folder`, by what follows it.
    pub fn of<'a>(&'a self, closed: &'a Closed, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Part)> {
        let parts = self.parts.iter().filter(|part| closed.is(&part.period, part.version));
        parts.filter_map(move |part| Some((part.name.strip_prefix(folder)?, part)))
    }

    /// One part.
    pub fn part<'a>(&'a self, closed: &'a Closed, name: &'a str) -> &'a Part {
        let found = self.of(closed, name).find(|(rest, _)| rest.is_empty());
        found.unwrap_or_else(|| panic!("{name} of {}", closed.named())).1
    }

    /// One part that is JSON.
    pub fn json(&self, closed: &Closed, name: &str) -> Value {
        let part = self.part(closed, name);
        serde_json::from_slice(&content(part)).expect("JSON")
    }

    /// The figures of every unit, series and way of counting.
    pub fn figures(&self, closed: &Closed) -> Vec<Figures> {
        let figures = self.of(closed, "figures/").map(|(name, _)| {
            let mut parts = name.trim_end_matches(".json").split('/').map(str::to_owned);
            let mut part = || parts.next().expect("unit/series/suspects.json");
            let report = self.json(closed, &format!("figures/{name}"))["report"].take();
            Figures { unit: part(), series: part(), suspects: part(), report }
        });
        figures.collect()
    }

    /// The figures of the report that goes out.
    pub fn official(&self, closed: &Closed) -> Value {
        self.json(closed, &format!("figures/{UNIT}/open/in.json"))["report"].take()
    }

    /// The hash that was signed for, as digits.
    pub fn hash(&self, closed: &Closed) -> String {
        let signed = self.signed.iter().find(|signed| closed.is(&signed.period, signed.version));
        digits(&signed.expect("a check").hash)
    }

    /// The name of a field as it was then.
    pub fn field(&self, closed: &Closed, code: &str) -> String {
        let places = self.json(closed, "input/places.json");
        let field = places["fields"].as_array().expect("fields").iter().find(|field| field["code"] == code);
        field.expect("a kept field")["name_vi"].as_str().expect("a name").to_owned()
    }
}

/// The content of a part.
pub fn content(part: &Part) -> Vec<u8> {
    let mut content = Vec::new();
    DeflateDecoder::new(part.body.as_slice()).read_to_end(&mut content).expect("a deflated part");
    content
}

/// Bytes as hexadecimal digits.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn unpacked(name: &str) -> Vec<u8> {
    let file = File::open(format!("tests/fixtures/{name}")).expect("the fixture");
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).expect("a whole file");
    bytes
}

/// Lets everything that is only added to be changed, as somebody with the database's password can.
pub fn unguarded(fresh: &FreshDb) {
    let tables = ["closing_part", "closing_step", "audit"];
    let sqlite = |table: &str| format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete;");
    let postgres = |table: &str| format!("DROP TRIGGER {table}_no_change ON {table};");
    let is_file = fresh.url().file().is_some();
    fresh.sql(&tables.map(|table| if is_file { sqlite(table) } else { postgres(table) }).concat());
}

/// A statement that makes something.
#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The statements that make again what [`unguarded`] drops.
fn guards(fresh: &FreshDb) -> String {
    let made: Vec<Made> = if let Some(file) = fresh.url().file() {
        let mut conn = SqliteConnection::establish(file.to_str().expect("UTF-8")).expect("the file");
        let guards = "SELECT sql AS text FROM sqlite_schema WHERE type = 'trigger' \
                      AND tbl_name IN ('closing_part', 'closing_step', 'audit') \
                      AND name IN (tbl_name || '_no_update', tbl_name || '_no_delete')";
        diesel::sql_query(guards).load(&mut conn).expect("triggers")
    } else {
        let mut conn = PgConnection::establish(&fresh.address()).expect("the schema");
        let guards = "SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
                      WHERE c.relnamespace = current_schema()::regnamespace \
                      AND c.relname IN ('closing_part', 'closing_step', 'audit') AND t.tgname = c.relname || '_no_change'";
        diesel::sql_query(guards).load(&mut conn).expect("triggers")
    };
    assert_eq!(made.len(), if fresh.url().file().is_some() { 6 } else { 3 });
    made.into_iter().map(|made| made.text + ";\n").collect()
}

/// Bytes as the engine writes them in SQL.
pub fn literal(fresh: &FreshDb, bytes: &[u8]) -> String {
    if fresh.url().file().is_some() { format!("x'{}'", digits(bytes)) } else { format!("'\\x{}'", digits(bytes)) }
}

/// [`put`], with quarter I in the form in which a still earlier program kept it.
pub fn put_with_the_first_form(fresh: &FreshDb) -> Kept {
    put(fresh);
    let guards = guards(fresh);
    unguarded(fresh);
    let statements = String::from_utf8(unpacked("closed-periods-1/format-1.sql.gz")).expect("UTF-8");
    let begins = if fresh.url().file().is_some() { "x'" } else { "'\\x" };
    fresh.sql(&statements.replace("HEX'", begins));
    // That program's database had them, and `sipas doctor` misses what is not there.
    fresh.sql(&guards);
    Kept::read(fresh)
}

/// Puts the database in its place, as it was left, and reads what it holds.
pub fn put(fresh: &FreshDb) -> Kept {
    let unpacked = |name: &str| unpacked(&format!("closed-periods/{name}"));
    match fresh.url().file() {
        Some(file) => std::fs::write(file, unpacked("sqlite.db.gz")).expect("written"),
        None => fresh.sql(&String::from_utf8(unpacked("postgres.sql.gz")).expect("UTF-8")),
    }
    let kept = Kept::read(fresh);
    let files = |closed: &Closed| kept.of(closed, "file/").count();
    assert_eq!(CLOSED.each_ref().map(files), [6, 0, 6, 0], "five formats and the office's own outline");
    for closed in &CLOSED {
        assert_eq!(kept.figures(closed).len(), 54, "9 units, 3 series, with flagged sheets and without");
    }
    kept
}
