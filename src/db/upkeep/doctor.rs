//! The check-up of an installation: version, settings, integrity, and tallies recounted from the sheets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::ControlFlow;

use diesel::dsl::{exists, not};
use diesel::sql_types::Text;
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl};

use crate::db::answers::release::{TallyRow, decode_into, upsert};
use crate::db::answers::retention::kept_from;
use crate::db::answers::sheets::{SheetFilter, visit_sheets};
use crate::db::answers::{daily_sums, tallies};
use crate::db::engine::conn::{Conn, lock_out_answers, read_transaction, setting};
use crate::db::engine::migrate;
use crate::db::engine::schema::{comment, sheet, tally, unit};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, HEAD, day};
use crate::sheet::tally::{Tally, TallyKey};

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
            let mut findings = vec![version(conn)?];
            findings.extend(settings(conn)?);
            let (damage, sheets) = check_data(conn, &self.inner.forms)?;
            findings.extend(damage);
            Ok(Checkup { findings, sheets })
        })
    }

    /// Makes the tallies anew where they differ from the sheets; the number of keys set right. Tallies that are
    /// right stay as they are, so that what waits for release goes on waiting; one set right counts at once. Sums of days that
    /// differ from their tallies are set aside.
    ///
    /// Other writers wait meanwhile.
    pub fn rebuild_tallies(&self) -> Result<usize, DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock_out_answers(conn)?;
            let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
            let from = kept_from(conn)?;
            let mut repaired = 0;
            for unit in units {
                repaired += set_right(conn, slot, &forms, unit, (from, None), None)?;
            }
            let (differing, _) = daily_sums::differing(conn, &forms)?;
            daily_sums::set_aside(conn, &differing)?;
            Ok(repaired)
        })
    }
}

/// Makes the tallies of a unit and some days, or of one point of it, anew where they differ from the sheets that count; the
/// number of keys set right, which count at once.
pub(in crate::db) fn set_right(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    unit: i32,
    days: Days,
    point: Option<i32>,
) -> Result<usize, DbError> {
    let counted = counted(conn, forms, unit, days)?.sums;
    let (stored, unreadable) = stored(conn, forms, unit, days)?;
    let mut repaired = 0;
    for key in differing(&counted, &stored, &unreadable) {
        if point.is_some_and(|point| point != key.point) {
            continue;
        }
        delete_rows(conn, &key)?;
        daily_sums::set_aside(conn, &BTreeSet::from([(key.unit, key.day)]))?;
        if let Some(tally) = counted.get(&key) {
            upsert(conn, std::iter::once(TallyRow::new(&key, true, slot, tally)))?;
        }
        repaired += 1;
    }
    Ok(repaired)
}

/// What the data themselves say, whatever holds them: orphans, and tallies recounted. With it the number of sheets.
pub(in crate::db) fn check_data(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
) -> Result<(Vec<Finding>, u64), DbError> {
    read_transaction(conn, |conn| check_data_within(conn, forms))
}

/// [`check_data`] within a transaction that is open.
pub(in crate::db) fn check_data_within(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
) -> Result<(Vec<Finding>, u64), DbError> {
    let mut findings = vec![orphans(conn)?];
    let (finding, sheets) = recount(conn, forms)?;
    findings.push(finding);
    findings.push(sums_of_days(conn, forms)?);
    Ok((findings, sheets))
}

fn version(conn: &mut Conn) -> Result<Finding, DbError> {
    let found = migrate::newest(conn)?.unwrap_or_else(|| "none".into());
    let engine = match conn {
        Conn::Sqlite(_) => format!("SQLite {}", setting(conn, "SELECT sqlite_version() AS value")?),
        Conn::Postgres(_) => {
            format!("PostgreSQL {}", setting(conn, "SELECT current_setting('server_version') AS value")?)
        }
    };
    let words = format!("migration {found}, this program knows {HEAD}; {engine}");
    Ok(Finding { what: "version", well: found == HEAD, words })
}

/// The settings on which "stored" rests.
fn settings(conn: &mut Conn) -> Result<Vec<Finding>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let wanted: &[(&str, &str, &[&str])] = match conn {
        Conn::Sqlite(_) => &[
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
    for (what, sql, accepted) in wanted {
        let rows: Vec<Row> = diesel::sql_query(*sql).load(conn)?;
        let found = rows.into_iter().map(|row| row.value).collect::<Vec<_>>().join("; ");
        let well = accepted.contains(&found.as_str());
        let words = if well { found } else { format!("{found}; expected {}", accepted.join(" or ")) };
        findings.push(Finding { what, well, words });
    }
    Ok(findings)
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

/// Compares the stored tallies with the sheets, unit by unit.
fn recount(conn: &mut Conn, forms: &questionnaires::Cache) -> Result<(Finding, u64), DbError> {
    let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
    let from = kept_from(conn)?;
    let (mut sheets, mut keys, mut wrong) = (0, 0, 0);
    for unit in units {
        let counted = counted(conn, forms, unit, (from, None))?;
        let (stored, unreadable) = stored(conn, forms, unit, (from, None))?;
        sheets += counted.sheets;
        keys += counted.sums.len();
        wrong += differing(&counted.sums, &stored, &unreadable).len();
    }
    let mut words = match wrong {
        0 => format!("{keys} tallies equal the recount of {sheets} sheets"),
        _ => format!("{wrong} tallies differ from the recount of {sheets} sheets; run `sipas doctor --rebuild`"),
    };
    if let Some(from) = from {
        let from = day::date_of(from);
        let _ = write!(words, "; sheets before {from} were forgotten, their tallies are kept");
    }
    Ok((Finding { what: "tallies", well: wrong == 0, words }, sheets))
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

struct Counted {
    sums: BTreeMap<TallyKey, Tally>,
    sheets: u64,
}

/// The days that are looked at: first and last, none for no bound.
type Days = (Option<i32>, Option<i32>);

/// The sheets of a unit that count, added up by key.
fn counted(conn: &mut Conn, forms: &questionnaires::Cache, unit: i32, days: Days) -> Result<Counted, DbError> {
    let mut layouts = BTreeMap::new();
    let known: Vec<i32> = crate::db::engine::schema::form::table
        .select(crate::db::engine::schema::form::id)
        .order(crate::db::engine::schema::form::id)
        .load(conn)?;
    for id in known {
        layouts.insert(id, forms.form(conn, id)?);
    }
    let mut counted = Counted { sums: BTreeMap::new(), sheets: 0 };
    let (from, to) = (days.0.map(day::date_of), days.1.map(day::date_of));
    let filter = SheetFilter { units: Some(vec![unit]), from, to };
    visit_sheets(conn, &filter, false, &mut |sheet| {
        // A foreign key keeps out sheets of an unknown questionnaire.
        if let Some(form) = layouts.get(&sheet.key.form) {
            let tally = counted.sums.entry(sheet.key).or_insert_with(|| Tally::empty(&form.layout));
            tally.add(&form.layout, &sheet.answers);
            counted.sheets += 1;
        }
        ControlFlow::Continue(())
    })?;
    Ok(counted)
}

/// The stored tallies of a unit, released and waiting ones together, and the keys whose bytes cannot be read.
fn stored(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    unit: i32,
    days: Days,
) -> Result<(BTreeMap<TallyKey, Tally>, BTreeSet<TallyKey>), DbError> {
    let (mut stored, mut unreadable) = (BTreeMap::new(), BTreeSet::new());
    let days = (days.0.unwrap_or(i32::MIN), days.1.unwrap_or(i32::MAX));
    for row in tallies::rows(conn, unit, days, true)? {
        let key = row.key()?;
        match decode_into(&mut stored, conn, forms, vec![row]) {
            Err(DbError::Damaged(_)) => drop(unreadable.insert(key)),
            other => other?,
        }
    }
    Ok((stored, unreadable))
}

fn differing(
    counted: &BTreeMap<TallyKey, Tally>,
    stored: &BTreeMap<TallyKey, Tally>,
    unreadable: &BTreeSet<TallyKey>,
) -> BTreeSet<TallyKey> {
    let keys = counted.keys().chain(stored.keys());
    let mut differing: BTreeSet<TallyKey> = keys.filter(|key| counted.get(key) != stored.get(key)).copied().collect();
    differing.extend(unreadable);
    differing
}

fn delete_rows(conn: &mut Conn, key: &TallyKey) -> Result<(), DbError> {
    use crate::db::engine::codes::Coded;
    diesel::delete(
        tally::table
            .filter(tally::unit_id.eq(key.unit))
            .filter(tally::released.eq_any([true, false]))
            .filter(tally::day.eq(key.day))
            .filter(tally::point_id.eq(key.point))
            .filter(tally::field_id.eq(key.field))
            .filter(tally::form_id.eq(key.form))
            .filter(tally::series.eq(key.series.code()))
            .filter(tally::mode.eq(key.mode.code()))
            .filter(tally::respondent.eq(key.respondent.code()))
            .filter(tally::suspect.eq(key.suspect)),
    )
    .execute(conn)?;
    Ok(())
}
