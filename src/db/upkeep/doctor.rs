//! The check-up of an installation: version, settings, integrity, and tallies recounted from the sheets.

use std::fmt::Write;

use diesel::dsl::{exists, not};
use diesel::sql_types::Text;
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl};

use super::soundness;
use crate::clock;
use crate::db::answers::daily_sums;
use crate::db::answers::rebuild::{Counted, counted, differing, stored};
use crate::db::answers::retention::kept_from;
use crate::db::audit;
use crate::db::engine::conn::{Conn, read_transaction, setting};
use crate::db::engine::migrate;
use crate::db::engine::place;
use crate::db::engine::schema::{comment, sheet, unit};
use crate::db::outgoing::outbox::outbox_load;
use crate::db::outgoing::webhooks::webhook_load;
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, HEAD, day};

/// From here on letters that wait need attention.
const WAITS_TOO_LONG: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// What the check-up of one matter said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The matter, as in `tallies`.
    pub what: &'static str,
    /// Whether all is well.
    pub well: bool,
    /// What was found, and what to do where something is wrong.
    pub words: String,
}

impl Finding {
    /// What was found, or that it could not be read.
    fn of(what: &'static str, found: Result<Self, DbError>) -> Self {
        found.unwrap_or_else(|error| Self { what, well: false, words: error.to_string() })
    }
}

/// The result of a check-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// One finding a matter.
    pub findings: Vec<Finding>,
    /// Sheets that were recounted.
    pub sheets: u64,
}

impl Checkup {
    /// Whether every matter is well.
    pub fn is_well(&self) -> bool {
        self.findings.iter().all(|finding| finding.well)
    }
}

impl Db {
    /// Checks the installation; changes nothing. It reads every sheet once.
    pub fn check(&self) -> Result<Checkup, DbError> {
        self.read(|conn| {
            // What cannot be read is a finding of its own: the rest is looked at all the same.
            let mut findings = vec![Finding::of("version", version(conn))];
            findings.extend(settings(conn, self.only_read().is_some()));
            // Before the transaction that only reads: the schema of PostgreSQL is compared with one that is made and taken back.
            let mut data =
                vec![readable("schema", schema(conn)).unwrap_or_else(|error| Finding::of("schema", Err(error)))];
            let counted = read_transaction(conn, |conn| check_data_into(conn, &self.inner.forms, &mut data));
            findings.extend(data);
            let sheets = counted.unwrap_or_else(|error| {
                findings.push(Finding::of("data", Err(self.named(error))));
                0
            });
            findings.push(Finding::of("letters", letters(conn)));
            findings.push(Finding::of("webhooks", webhooks(conn)));
            Ok(Checkup { findings, sheets })
        })
    }
}

impl Db {
    /// Whether an answer could be stored in the SQLite file now; none on PostgreSQL, whose server says what it lets nobody write. Nothing is
    /// changed: a transaction that writes is begun, and a file beside the database made and taken away.
    pub fn writing(&self) -> Option<Finding> {
        let file = self.url().file()?;
        let tried = match self.only_read() {
            Some(words) => Err(words),
            None => self.write(|_| Ok(())).and_then(|()| place::require_room(file)).map_err(|error| error.to_string()),
        };
        let well = tried.is_ok();
        let words = tried.err().unwrap_or_else(|| "the database, and files beside it, can be written".to_owned());
        Some(Finding { what: "writing", well, words })
    }
}

/// What the data themselves say, whatever holds them: orphans, and tallies recounted. With it the number of sheets.
pub(in crate::db) fn check_data(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
) -> Result<(Vec<Finding>, u64), DbError> {
    let mut findings = vec![readable("schema", schema(conn))?];
    let sheets = read_transaction(conn, |conn| check_data_into(conn, forms, &mut findings))?;
    Ok((findings, sheets))
}

/// [`check_data`] within a transaction that is open.
pub(in crate::db) fn check_data_within(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
) -> Result<(Vec<Finding>, u64), DbError> {
    let mut findings = vec![readable("schema", schema(conn))?];
    let sheets = check_data_into(conn, forms, &mut findings)?;
    Ok((findings, sheets))
}

/// Looks at one matter after the other. A row that cannot be read is the finding of its own matter, and the rest is looked at all the
/// same; what the database refuses altogether ends the look, with what was found before.
fn check_data_into(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    findings: &mut Vec<Finding>,
) -> Result<u64, DbError> {
    findings.push(readable("units and plans", plainly("units and plans", soundness::readable(conn)))?);
    findings.push(readable("complaints", plainly("complaints", soundness::complaints(conn)))?);
    findings.push(readable("orphans", orphans(conn))?);
    let mut sheets = 0;
    findings.push(readable("tallies", recount(conn, forms, &mut sheets))?);
    findings.push(readable("day sums", sums_of_days(conn, forms))?);
    findings.push(readable("audit log", audit_chain(conn))?);
    Ok(sheets)
}

/// Whether the tables are those of the migrations.
fn schema(conn: &mut Conn) -> Result<Finding, DbError> {
    plainly("schema", soundness::schema(conn))
}

fn plainly(what: &'static str, found: Result<(bool, String), DbError>) -> Result<Finding, DbError> {
    found.map(|(well, words)| Finding { what, well, words })
}

/// What was found; where a row could not be read, that.
fn readable(what: &'static str, found: Result<Finding, DbError>) -> Result<Finding, DbError> {
    match found {
        Err(error @ DbError::Damaged(_)) => Ok(Finding::of(what, Err(error))),
        other => other,
    }
}

fn version(conn: &mut Conn) -> Result<Finding, DbError> {
    let found = migrate::newest(conn)?.unwrap_or_else(|| "none".into());
    let engine = match conn {
        Conn::Sqlite(_) => format!("SQLite {}", setting(conn, "SELECT sqlite_version() AS value")?),
        Conn::Postgres(_) => {
            format!("PostgreSQL {}", setting(conn, "SELECT current_setting('server_version') AS value")?)
        }
    };
    let mut words = format!("migration {found}, this program knows {HEAD}; {engine}");
    let missing = if found == "none" { Vec::new() } else { migrate::missing(conn)? };
    if !missing.is_empty() {
        let _ = write!(words, "; migrations that never ran here: {}; restore a backup", missing.join(", "));
    }
    Ok(Finding { what: "version", well: found == HEAD && missing.is_empty(), words })
}

/// The settings on which "stored" rests.
fn settings(conn: &mut Conn, only_read: bool) -> Vec<Finding> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let wanted: &[(&str, &str, &[&str])] = match conn {
        Conn::Sqlite(_) => &[
            // Not told of a file that is read as it stands: whatever its mode is, no log is opened.
            ("journal mode", "SELECT journal_mode AS value FROM pragma_journal_mode", &["wal"]),
            ("synchronous", "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous", &["2"]),
            ("foreign keys", "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys", &["1"]),
            ("secure delete", "SELECT CAST(secure_delete AS TEXT) AS value FROM pragma_secure_delete", &["1"]),
            ("integrity", "SELECT integrity_check AS value FROM pragma_integrity_check", &["ok"]),
        ],
        Conn::Postgres(_) => &[
            ("fsync", "SELECT current_setting('fsync') AS value", &["on"]),
            ("full page writes", "SELECT current_setting('full_page_writes') AS value", &["on"]),
            (
                "synchronous commit",
                "SELECT current_setting('synchronous_commit') AS value",
                &["on", "local", "remote_write", "remote_apply"],
            ),
            ("encoding", "SELECT current_setting('server_encoding') AS value", &["UTF8"]),
        ],
    };
    let mut findings = Vec::new();
    for (what, sql, accepted) in wanted.iter().filter(|(what, ..)| !only_read || *what != "journal mode") {
        let found = match diesel::sql_query(*sql).load::<Row>(conn) {
            Ok(rows) => rows.into_iter().map(|row| row.value).collect::<Vec<_>>().join("; "),
            Err(error) => error.to_string(),
        };
        let well = accepted.contains(&found.as_str());
        let words = if well { found } else { format!("{found}; expected {}", accepted.join(" or ")) };
        findings.push(Finding { what, well, words });
    }
    findings
}

/// Comments without their sheet. Other orphans are kept out by foreign keys.
fn orphans(conn: &mut Conn) -> Result<Finding, DbError> {
    use diesel::BoolExpressionMethods;
    let its_sheet = sheet::table
        .filter(sheet::unit_id.eq(comment::unit_id))
        .filter(sheet::day.eq(comment::day).and(sheet::random.eq(comment::random)));
    let lost: i64 = comment::table.filter(not(exists(its_sheet))).count().get_result(conn)?;
    Ok(Finding { what: "orphans", well: lost == 0, words: format!("{lost} comments without their sheet") })
}

/// The chain of the audit log, row by row.
fn audit_chain(conn: &mut Conn) -> Result<Finding, DbError> {
    let (well, words) = match audit::verify(conn)? {
        Ok(head) => (true, format!("{} rows, each sealed with the row before", head.number)),
        Err(broken) => (
            false,
            format!("row {}: {}; compare with a backup and with heads kept elsewhere", broken.number, broken.why),
        ),
    };
    Ok(Finding { what: "audit log", well, words })
}

/// Letters that wait: a day is more than any mail server should be away.
fn letters(conn: &mut Conn) -> Result<Finding, DbError> {
    let load = outbox_load(conn)?;
    let mut words = format!("{} wait", load.waiting);
    if let Some(oldest) = load.oldest {
        let _ = write!(words, ", the oldest since {}", clock::date_and_time(oldest));
    }
    let _ = write!(words, "; {} were given up; the last went ", load.failed);
    words += &load.last_sent.map_or_else(|| "never".to_owned(), clock::date_and_time);
    let well = load.oldest.is_none_or(|oldest| clock::now() - oldest < WAITS_TOO_LONG);
    if !well {
        words += "; look into the log for what the mail server says, and try `sipas doctor --mail-to ADDRESS`";
    }
    Ok(Finding { what: "letters", well, words })
}

/// Events that wait for other programs.
fn webhooks(conn: &mut Conn) -> Result<Finding, DbError> {
    let load = webhook_load(conn)?;
    let mut words = format!("{} addresses; {} events wait", load.addresses, load.waiting);
    if let Some(oldest) = load.oldest {
        let _ = write!(words, ", the oldest since {}", clock::date_and_time(oldest));
    }
    let _ = write!(words, "; {} were given up; the last went ", load.dead);
    words += &load.last_sent.map_or_else(|| "never".to_owned(), clock::date_and_time);
    let well = load.oldest.is_none_or(|oldest| clock::now() - oldest < WAITS_TOO_LONG);
    if !well {
        words += "; /staff/webhooks says which address takes none, and why";
    }
    Ok(Finding { what: "webhooks", well, words })
}

/// Compares the stored tallies with the sheets, unit by unit, and counts the sheets into `sheets`. A unit with a row that cannot be read is
/// named, and the others are compared.
fn recount(conn: &mut Conn, forms: &questionnaires::Cache, sheets: &mut u64) -> Result<Finding, DbError> {
    let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
    let from = kept_from(conn)?;
    let (mut keys, mut wrong, mut damaged) = (0, 0, Vec::new());
    for unit in units {
        match recount_of_unit(conn, forms, unit, from) {
            Ok((counted, differing)) => {
                *sheets += counted.sheets;
                keys += counted.sums.len();
                wrong += differing;
            }
            Err(DbError::Damaged(why)) => damaged.push(why),
            Err(error) => return Err(error),
        }
    }
    let mut words = match wrong {
        0 => format!("{keys} tallies equal the recount of {sheets} sheets"),
        _ => format!("{wrong} tallies differ from the recount of {sheets} sheets; run `sipas doctor --rebuild`"),
    };
    if let Some(from) = from {
        let from = day::date_of(from);
        let _ = write!(words, "; sheets before {from} were forgotten, their tallies are kept");
    }
    if !damaged.is_empty() {
        let damaged = soundness::named(&damaged);
        let _ = write!(words, "; not compared, because a row cannot be read: {damaged}; compare with a backup");
    }
    Ok(Finding { what: "tallies", well: wrong == 0 && damaged.is_empty(), words })
}

/// The sheets of a unit counted, and how many stored tallies differ from them.
fn recount_of_unit(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    unit: i32,
    from: Option<i32>,
) -> Result<(Counted, usize), DbError> {
    let counted = counted(conn, forms, unit, (from, None))?;
    let (stored, unreadable) = stored(conn, forms, unit, (from, None))?;
    let differing = differing(&counted.sums, &stored, &unreadable).len();
    Ok((counted, differing))
}

/// Compares the sums of days with the tallies they were made of.
fn sums_of_days(conn: &mut Conn, forms: &questionnaires::Cache) -> Result<Finding, DbError> {
    let (differing, kept) = daily_sums::differing(conn, forms)?;
    let words = match differing.len() {
        0 => format!("the sums of {kept} days equal their tallies"),
        wrong => format!("the sums of {wrong} days differ from their tallies; run `sipas doctor --rebuild`"),
    };
    Ok(Finding { what: "day sums", well: differing.is_empty(), words })
}
