//! Sums of whole days, a row a unit and civil day, made from its released tallies once the day is over: what a period's
//! figures are read from. A row without sums says that the tallies of its day have changed, or are of today, and must be read
//! themselves. There is a row for every unit and day with a released tally, so nobody searches for days.
//!
//! Whatever changes released tallies calls [`invalidate`] in the same transaction; a job makes the sums anew.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::dsl::{Eq, NotEq, not};
use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::tallies::TallyRow;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, lock_out_answers, on_backend, read_transaction};
use crate::db::engine::parts::{AT_ONCE, in_parts};
use crate::db::engine::schema::{day_sum, tally};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, day};
use crate::sheet::day_sum::{DaySum, SumKey};
use crate::sheet::tally::{Respondent, Series, Tally, read_leb128, write_leb128};

/// First byte of the sums: how the rest is written. Rows written otherwise are passed over for their tallies; a migration to
/// another form empties them, so that they are made anew.
const FORMAT: u8 = 2;
/// Days that one transaction makes sums of: some milliseconds, for which answers wait.
const DAYS_AT_ONCE: usize = 16;

/// Days named in one statement.
const DAYS_IN_STATEMENT: usize = 500;

/// Reads sums from one state of the database.
pub struct SumReader<'a> {
    conn: &'a mut Conn,
    forms: &'a questionnaires::Cache,
}

/// Takes the sums of a day, one key after the other.
type Visit<'a> = dyn FnMut(&SumKey, &DaySum) + 'a;

impl Db {
    /// Runs `work` with a reader of sums. What it reads is released; today's is in it.
    pub fn read_sums<T>(&self, work: impl FnOnce(&mut SumReader<'_>) -> Result<T, DbError>) -> Result<T, DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        self.read(|conn| read_transaction(conn, |conn| work(&mut SumReader { conn, forms: &forms })))
    }

    /// Makes the sums of days before `today` that have none; how many days. Nothing that anybody sees changes.
    pub fn keep_day_sums(&self, today: NaiveDate) -> Result<usize, DbError> {
        self.keep_day_sums_while(today, &|| true)
    }

    /// [`Db::keep_day_sums`] for as long as `go_on` says.
    pub fn keep_day_sums_while(&self, today: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<usize, DbError> {
        let today = day::day_number(today);
        let waiting: Vec<(i32, i32)> = self.read(|conn| {
            let rows = day_sum::table.filter(day_sum::day.lt(today)).filter(day_sum::sums.eq(Vec::new()));
            Ok(rows.select((day_sum::unit_id, day_sum::day)).order((day_sum::unit_id, day_sum::day)).load(conn)?)
        })?;
        let mut made = 0;
        for some in waiting.chunks(DAYS_AT_ONCE) {
            if !go_on() {
                break;
            }
            made += some.len();
            let (some, forms) = (some.to_vec(), std::sync::Arc::clone(&self.inner.forms));
            self.writer().run_in_slot(move |conn, _| {
                // Whoever stores answers invalidates days before COMMIT: what is read here is all there is.
                lock_out_answers(conn)?;
                for (unit, day) in some {
                    let sums = match of_tallies(conn, &forms, unit, true, &[day]) {
                        // Nothing was written for it; the sums of the other days do not wait for it.
                        Err(DbError::Damaged(why)) => {
                            tracing::error!(
                                unit,
                                day,
                                why,
                                "the sums of a day wait: a row cannot be read; run `sipas doctor`"
                            );
                            continue;
                        }
                        sums => sums?,
                    };
                    let (counts, sums) = encoded(&sums);
                    diesel::update(day_sum::table.find((unit, day)))
                        .set((day_sum::counts.eq(counts), day_sum::sums.eq(sums)))
                        .execute(conn)?;
                }
                Ok(())
            })?;
        }
        Ok(made)
    }
}

impl SumReader<'_> {
    /// The sums of `units` from one day to another, those of a point and day one after the other.
    pub fn visit(
        &mut self,
        units: &[i32],
        (from, to): (NaiveDate, NaiveDate),
        visit: &mut Visit<'_>,
    ) -> Result<(), DbError> {
        let days = (day::day_number(from), day::day_number(to));
        let mut scratch = BTreeMap::new();
        for unit in units {
            let rows: Vec<DayRow> = day_sum::table
                .filter(day_sum::unit_id.eq(unit))
                .filter(day_sum::day.between(days.0, days.1))
                .order(day_sum::day)
                .select(DayRow::as_select())
                .load(self.conn)?;
            let mut raw = Vec::new();
            for row in rows {
                if row.sums.first() == Some(&FORMAT) {
                    self.visit_row(&row, &mut scratch, visit)?;
                } else {
                    raw.push(row.day);
                }
            }
            for (key, sum) in of_tallies(self.conn, self.forms, *unit, true, &raw)? {
                visit(&key, &sum);
            }
        }
        Ok(())
    }

    /// How many sheets the sums of `units` hold from one day to another, key by key: the counts alone are read, a thousand units in a
    /// statement, and nothing is kept.
    pub fn visit_counts(
        &mut self,
        units: &[i32],
        (from, to): (NaiveDate, NaiveDate),
        visit: &mut dyn FnMut(&SumKey, u64),
    ) -> Result<(), DbError> {
        let days = (day::day_number(from), day::day_number(to));
        let mut raw: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for some in units.chunks(AT_ONCE) {
            let rows: Vec<CountsRow> = day_sum::table
                .filter(day_sum::unit_id.eq_any(some))
                .filter(day_sum::day.between(days.0, days.1))
                .select(CountsRow::as_select())
                .order((day_sum::unit_id, day_sum::day))
                .load(self.conn)?;
            let mut keys = Vec::new();
            for row in rows {
                if row.is_empty {
                    raw.entry(row.unit_id).or_default().push(row.day);
                    continue;
                }
                keys.clear();
                decode_counts(row.unit_id, row.day, &row.counts, &mut keys)?;
                for (key, sheets) in &keys {
                    visit(key, *sheets);
                }
            }
        }
        for (unit, days) in raw {
            for (key, sum) in of_tallies(self.conn, self.forms, unit, true, &days)? {
                visit(&key, sum.sheets());
            }
        }
        Ok(())
    }

    /// How many sheets of `units` wait, without release, of the days from one to another: a thousand units in a statement.
    pub fn count_waiting(&mut self, units: &[i32], (from, to): (NaiveDate, NaiveDate)) -> Result<u64, DbError> {
        let days = (day::day_number(from), day::day_number(to));
        let mut sheets = 0;
        for some in units.chunks(AT_ONCE) {
            let rows: Vec<TallyRow> = tally::table
                .filter(tally::unit_id.eq_any(some))
                .filter(not(tally::released))
                .filter(tally::day.between(days.0, days.1))
                .order((tally::unit_id, tally::day))
                .select(TallyRow::as_select())
                .load(self.conn)?;
            for row in rows {
                let form = self.forms.form(self.conn, row.form_id)?;
                let tally = Tally::decode(&form.layout, &row.body).map_err(|bad| DbError::Damaged(bad.to_string()))?;
                sheets += tally.sheets;
            }
        }
        Ok(sheets)
    }

    /// The sums of what waits, without release, in the same way.
    pub fn visit_waiting(
        &mut self,
        units: &[i32],
        (from, to): (NaiveDate, NaiveDate),
        visit: &mut Visit<'_>,
    ) -> Result<(), DbError> {
        for unit in units {
            let rows = tally::table.filter(tally::unit_id.eq(unit)).filter(tally::released.eq(false));
            let rows = rows.filter(tally::day.between(day::day_number(from), day::day_number(to)));
            let days: Vec<i32> = rows.select(tally::day).distinct().order(tally::day).load(self.conn)?;
            for (key, sum) in of_tallies(self.conn, self.forms, *unit, false, &days)? {
                visit(&key, &sum);
            }
        }
        Ok(())
    }

    /// One day; `scratch` holds sums of every questionnaire to read into.
    fn visit_row(
        &mut self,
        row: &DayRow,
        scratch: &mut BTreeMap<i32, DaySum>,
        visit: &mut Visit<'_>,
    ) -> Result<(), DbError> {
        let mut keys = Vec::new();
        decode_counts(row.unit_id, row.day, &row.counts, &mut keys)?;
        let mut rest = &row.sums[1..];
        for (key, _) in keys {
            let sums = match scratch.entry(key.form) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let form = self.forms.form(self.conn, key.form)?;
                    place.insert(DaySum::empty(&form.layout))
                }
            };
            sums.decode_next(&mut rest).map_err(|_| damaged(row.unit_id, row.day))?;
            visit(&key, sums);
        }
        if rest.is_empty() { Ok(()) } else { Err(damaged(row.unit_id, row.day)) }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = day_sum)]
struct DayRow {
    unit_id: i32,
    day: i32,
    counts: Vec<u8>,
    sums: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = day_sum)]
struct CountsRow {
    unit_id: i32,
    day: i32,
    counts: Vec<u8>,
    #[diesel(select_expression = day_sum::sums.eq(Vec::new()), select_expression_type = Eq<day_sum::sums, Vec<u8>>)]
    is_empty: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = day_sum)]
struct DayKnown {
    unit_id: i32,
    day: i32,
    #[diesel(select_expression = day_sum::sums.ne(Vec::new()), select_expression_type = NotEq<day_sum::sums, Vec<u8>>)]
    has_sums: bool,
}

/// Says that released tallies of these units and days change. After the attempts and sheets of a transaction, never before:
/// by then PostgreSQL keeps [`Db::keep_day_sums`] away from it.
pub(in crate::db) fn invalidate(conn: &mut Conn, days: &BTreeSet<(i32, i32)>) -> Result<(), DbError> {
    if days.is_empty() {
        return Ok(());
    }
    let units: BTreeSet<i32> = days.iter().map(|(unit, _)| *unit).collect();
    let some: BTreeSet<i32> = days.iter().map(|(_, day)| *day).collect();
    let some: Vec<i32> = some.into_iter().collect();
    let mut known: BTreeSet<(i32, i32)> = BTreeSet::new();
    let units: Vec<i32> = units.into_iter().collect();
    for some in some.chunks(DAYS_IN_STATEMENT) {
        let rows: Vec<DayKnown> = in_parts(&units, |units| {
            Ok(day_sum::table
                .filter(day_sum::unit_id.eq_any(units))
                .filter(day_sum::day.eq_any(some))
                .select(DayKnown::as_select())
                .order((day_sum::unit_id, day_sum::day))
                .load(conn)?)
        })?;
        for row in rows.iter().filter(|row| row.has_sums && days.contains(&(row.unit_id, row.day))) {
            diesel::update(day_sum::table.find((row.unit_id, row.day)))
                .set((day_sum::counts.eq(Vec::new()), day_sum::sums.eq(Vec::new())))
                .execute(conn)?;
        }
        known.extend(rows.into_iter().map(|row| (row.unit_id, row.day)));
    }
    for (unit, day) in days.difference(&known) {
        let row = (
            day_sum::unit_id.eq(*unit),
            day_sum::day.eq(*day),
            day_sum::counts.eq(Vec::new()),
            day_sum::sums.eq(Vec::new()),
        );
        on_backend!(conn, |c| diesel::insert_into(day_sum::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// The days whose sums are not those of their tallies, and how many have sums at all.
pub(in crate::db) fn differing(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
) -> Result<(BTreeSet<(i32, i32)>, usize), DbError> {
    let mut days: BTreeSet<(i32, i32)> = BTreeSet::new();
    let mut kept = 0;
    let known: Vec<(i32, i32)> =
        day_sum::table.select((day_sum::unit_id, day_sum::day)).order((day_sum::unit_id, day_sum::day)).load(conn)?;
    let known: BTreeSet<(i32, i32)> = known.into_iter().collect();
    // Days that have released tallies and no row would be missing in every figure.
    let tallied: Vec<(i32, i32)> = tally::table
        .filter(tally::released.eq(true))
        .select((tally::unit_id, tally::day))
        .distinct()
        .order((tally::unit_id, tally::day))
        .load(conn)?;
    days.extend(tallied.into_iter().filter(|day| !known.contains(day)));
    for (unit, day) in known {
        let row: DayRow = day_sum::table.find((unit, day)).select(DayRow::as_select()).first(conn)?;
        if row.sums.is_empty() {
            continue;
        }
        kept += 1;
        match of_tallies(conn, forms, unit, true, &[day]) {
            Ok(sums) if encoded(&sums) == (row.counts, row.sums) => {}
            // Tallies that cannot be read are told of where tallies are.
            Ok(_) | Err(DbError::Damaged(_)) => drop(days.insert((unit, day))),
            Err(error) => return Err(error),
        }
    }
    Ok((days, kept))
}

/// The sums of some days of a unit, made of its released tallies, or of those that wait.
fn of_tallies(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    unit: i32,
    released: bool,
    days: &[i32],
) -> Result<BTreeMap<SumKey, DaySum>, DbError> {
    let mut sums: BTreeMap<SumKey, DaySum> = BTreeMap::new();
    for days in days.chunks(DAYS_IN_STATEMENT) {
        let rows: Vec<TallyRow> = tally::table
            .filter(tally::unit_id.eq(unit))
            .filter(tally::released.eq(released))
            .filter(tally::day.eq_any(days.to_vec()))
            .order((tally::day, tally::point_id))
            .select(TallyRow::as_select())
            .load(conn)?;
        for row in rows {
            let key = row.key()?;
            let form = forms.form(conn, row.form_id)?;
            let tally = Tally::decode(&form.layout, &row.body).map_err(|bad| DbError::Damaged(bad.to_string()))?;
            let sum = sums.entry(SumKey::of(&key, row.release_id)).or_insert_with(|| DaySum::empty(&form.layout));
            sum.add_tally(key.mode, &tally);
        }
    }
    Ok(sums)
}

/// The counts and the sums of one day as they are stored. Counts: point, field, questionnaire, the small parts of the key in
/// one number, release, sheets. Sums, in the same order: as [`DaySum::encode_into`] writes them.
fn encoded(sums: &BTreeMap<SumKey, DaySum>) -> (Vec<u8>, Vec<u8>) {
    let (mut counts, mut bytes) = (Vec::new(), vec![FORMAT]);
    for (key, sum) in sums {
        let small =
            (i64::from(key.series.code()) << 3) | (i64::from(key.respondent.code()) << 1) | i64::from(key.suspect);
        for number in [i64::from(key.point), i64::from(key.field), i64::from(key.form), small, i64::from(key.release)] {
            write_leb128(&mut counts, number.cast_unsigned());
        }
        write_leb128(&mut counts, sum.sheets());
        sum.encode_into(&mut bytes);
    }
    (counts, bytes)
}

fn decode_counts(unit: i32, day: i32, mut bytes: &[u8], found: &mut Vec<(SumKey, u64)>) -> Result<(), DbError> {
    let damaged = || damaged(unit, day);
    while !bytes.is_empty() {
        let mut next = || read_leb128(&mut bytes).ok_or_else(damaged);
        let (point, field, form, small, release, sheets) = (next()?, next()?, next()?, next()?, next()?, next()?);
        let narrow = |number: u64| i32::try_from(number.cast_signed()).map_err(|_| damaged());
        let code = |number: u64| i16::try_from(number).map_err(|_| damaged());
        let key = SumKey {
            unit,
            day,
            point: narrow(point)?,
            field: i16::try_from(narrow(field)?).map_err(|_| damaged())?,
            form: narrow(form)?,
            series: Series::of_code(code(small >> 3)?)?,
            respondent: Respondent::of_code(code(small >> 1 & 3)?)?,
            suspect: small & 1 == 1,
            release: narrow(release)?,
        };
        found.push((key, sheets));
    }
    Ok(())
}

fn damaged(unit: i32, day: i32) -> DbError {
    let day = day::date_of(day);
    DbError::Damaged(format!("the sums of unit {unit} on {day} cannot be read; run `sipas doctor --rebuild`"))
}
