//! New answers folded into tallies that wait, and waiting sheets released: by the rule of `sheet::release`, in the night, at
//! a closing, or at once where they came in a file.
//!
//! A sheet knows its release, and so do its tallies, so that everything can be recounted. Every writer keeps tally rows of its own
//! (`slot`), so two writers never meet on a row; readers add up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use diesel::dsl::not;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::pools::{OfRoot, Rules};
use super::shares::{self, NewRelease};
use super::sheet::SheetRow;
use super::tallies::{TallyRow, decode_into, merge_into};
use super::{daily_sums, shuffle, voided};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, lock_out_answers, lock_out_other_writers, on_backend};
use crate::db::engine::meta;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{sheet, tally};
use crate::db::outgoing::webhook_events;
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, day};
use crate::sheet::release::{Bounds, Cell, Kind, Moment, Release, Waiting, releases};
use crate::sheet::tally::{Tally, TallyKey};
use crate::survey::{Feed, Questionnaire};

/// Tally rows in one statement: 500 × 13 columns stays far below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 500;
/// Days named in one statement.
const DAYS_PER_STATEMENT: usize = 500;
/// Sheets named in one statement.
const SHEETS_PER_STATEMENT: usize = 1_000;
/// Key in `meta` of the day after the night whose releases were made.
const RELEASED: &str = "released_on";
/// Key in `meta` of how far a night came: its day and the last root whose releases were made. Roots go in the order of their numbers.
const REACHED: &str = "released_to";
/// Key in `meta` of the month in which releases were last divided by offices.
const DIVIDED: &str = "releases_divided_in";

impl Db {
    /// [`Db::release_nightly_while`], to its end. Only for tests and examples.
    #[doc(hidden)]
    pub fn release_nightly(&self, today: NaiveDate) -> Result<Option<usize>, DbError> {
        self.release_nightly_while(today, &|| true)
    }

    /// Releases what waits, and in a new month divides releases by offices; how many sheets were released. Once a day: none
    /// where it was done before, so that restarts of the server tell nobody how many answers came in between.
    ///
    /// It goes on for as long as `go_on` says. Each root has a transaction of its own, so that answers wait for one
    /// ward at a time; a night that broke off goes on where it was, and no root has two releases in a night. A root whose rows
    /// cannot be read is logged and passed over, and the others have theirs.
    pub fn release_nightly_while(&self, today: NaiveDate, go_on: &dyn Fn() -> bool) -> Result<Option<usize>, DbError> {
        let month = format!("{:04}-{:02}", today.year(), today.month());
        let (date, today) = (today.to_string(), day::day_number(today));
        let (is_done, divides) = self.read(|conn| {
            Ok((
                meta::find(conn, RELEASED)?.as_ref() == Some(&date),
                meta::find(conn, DIVIDED)?.as_ref() != Some(&month),
            ))
        })?;
        if is_done {
            return Ok(None);
        }
        let (rules, forms) = (Arc::new(self.release_rules()?), Arc::clone(&self.inner.forms));
        let roots = self.read(|conn| {
            let mut roots: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
            for unit in units_that_wait(conn)? {
                roots.entry(rules.root(unit)).or_default().push(unit);
            }
            if divides {
                for root in shares::undivided_roots(conn)? {
                    roots.entry(root).or_default();
                }
            }
            Ok(roots)
        })?;
        let mut released = 0;
        for (root, units) in roots {
            if !go_on() {
                return Ok(Some(released));
            }
            if rules.is_held(root) || units.iter().any(|unit| rules.is_held(*unit)) {
                let code = self.tree()?.unit(root).map(|unit| unit.code.clone()).unwrap_or_default();
                tracing::error!(
                    unit = code,
                    number = root,
                    "no release tonight of this unit and those under it: a row of a unit or a plan cannot be read; see `sipas doctor`"
                );
                continue;
            }
            let (divided, forms, date) = (Arc::clone(&rules), Arc::clone(&forms), date.clone());
            let rules = Arc::clone(&rules);
            let done = self.writer().run_in_slot(move |conn, slot| {
                lock(conn)?;
                if is_past(conn, &date, root)? {
                    return Ok(0);
                }
                let days = waiting_days(conn, &units)?;
                let released = release_days(conn, slot, &forms, &rules, root, days, Moment::Night { today })?;
                if divides {
                    shares::divide(conn, &rules, Some(root), today)?;
                }
                meta::keep(conn, REACHED, &format!("{date} {root}"))?;
                if released > 0 {
                    shuffle::owe_clearing(conn)?;
                }
                Ok(released)
            });
            match done {
                Ok(sheets) => released += sheets,
                Err(DbError::Damaged(what)) => {
                    let code = self.tree()?.unit(root).map(|unit| unit.code.clone()).unwrap_or_default();
                    tracing::error!(
                        unit = code,
                        what,
                        "no release tonight of this unit and those under it: stored data is damaged"
                    );
                    // Shares of releases of before read no sheets: the month's dividing does not wait for the damaged row.
                    if divides {
                        let rules = Arc::clone(&divided);
                        self.writer().run_in_slot(move |conn, _| {
                            lock(conn)?;
                            shares::divide(conn, &rules, Some(root), today).map(drop)
                        })?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.write(move |conn| {
            meta::keep(conn, RELEASED, &date)?;
            if divides { meta::keep(conn, DIVIDED, &month) } else { Ok(()) }
        })?;
        Ok(Some(released))
    }

    /// Lets in all that waits of a period that is being closed, where ten are together, and divides releases by offices; how
    /// many sheets were released. `unit` is that of the plan.
    pub fn release_at_closing(
        &self,
        unit: &str,
        (from, to): (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> Result<usize, DbError> {
        let (rules, forms) = (self.release_rules()?, Arc::clone(&self.inner.forms));
        let unit = self.unit_by_code(unit)?.ok_or_else(|| DbError::unknown("unit", unit.to_owned()))?.id;
        rules.require_free(unit)?;
        let days = (day::day_number(from), day::day_number(to));
        let today = day::day_number(today);
        self.writer().run_in_slot(move |conn, slot| {
            lock(conn)?;
            let root = rules.root(unit);
            let released = run_root(conn, slot, &forms, &rules, root, Moment::Closing { days })?;
            shares::divide(conn, &rules, Some(root), today)?;
            Ok(released)
        })
    }
}

/// Lets in all that waits of a survey round, where ten are together, and divides its releases by offices; how many sheets were released.
pub(in crate::db) fn release_round(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    rules: &Rules,
    (round, unit): (i32, i32),
    today: i32,
) -> Result<usize, DbError> {
    rules.require_free(unit)?;
    let root = rules.root(unit);
    let released = run_root(conn, slot, forms, rules, root, Moment::Round { round })?;
    shares::divide(conn, rules, Some(root), today)?;
    Ok(released)
}

impl Db {
    /// How many sheets of a period waited at last midnight, and how many of them would enter if it were closed now. `unit` is that
    /// of the plan.
    pub fn would_enter(
        &self,
        unit: &str,
        (from, to): (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> Result<(usize, usize), DbError> {
        let (rules, forms) = (self.release_rules()?, Arc::clone(&self.inner.forms));
        let unit = self.unit_by_code(unit)?.ok_or_else(|| DbError::unknown("unit", unit.to_owned()))?.id;
        let days = (day::day_number(from), day::day_number(to));
        let yesterday = day::day_number(today) - 1;
        let root = rules.root(unit);
        let Some(asked) = rules.of(root) else { return Ok((0, 0)) };
        self.read(|conn| {
            let mut sheets = Vec::new();
            for (unit, found) in waiting_days(conn, rules.under(root))? {
                let of_period = |day: &i32| (days.0..=days.1.min(yesterday)).contains(day);
                let found: Vec<i32> = found.into_iter().filter(of_period).collect();
                sheets.extend(waiting(conn, unit, &found)?);
            }
            let waiting = told_apart(conn, &forms, &rules, asked, &sheets)?;
            let standing = shares::counted_alone(conn, root)?;
            let made = releases(&waiting, &asked.bounds, Moment::Closing { days }, &standing);
            Ok((waiting.len(), made.iter().map(|release| release.members.len()).sum()))
        })
    }
}

/// Nobody stores or releases answers meanwhile.
pub(in crate::db) fn lock(conn: &mut Conn) -> Result<(), DbError> {
    lock_out_other_writers(conn)?;
    lock_out_answers(conn)
}

/// Folds `new` into the waiting tallies of this writer.
pub(in crate::db) fn add_waiting(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    mut new: BTreeMap<TallyKey, Tally>,
) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    let mut stored = BTreeMap::new();
    let days = distinct(new.keys().map(|key| key.day));
    // One statement for all units: a list of values is a new statement each time, and preparing one for every unit of a batch
    // took a sixth of the server's processor time.
    for days in days.chunks(DAYS_PER_STATEMENT) {
        let rows: Vec<TallyRow> = tally::table
            .filter(tally::unit_id.eq_any(distinct(new.keys().map(|key| key.unit))))
            .filter(tally::released.eq(false))
            .filter(tally::day.eq_any(days.to_vec()))
            .filter(tally::point_id.eq_any(distinct(new.keys().map(|key| key.point))))
            .filter(tally::slot.eq(slot))
            .order((tally::unit_id, tally::day, tally::point_id))
            .select(TallyRow::as_select())
            .load(conn)?;
        let mut wanted = Vec::new();
        for row in rows {
            if new.contains_key(&row.key()?) {
                wanted.push(row);
            }
        }
        decode_into(&mut stored, conn, forms, wanted)?;
    }
    merge_into(&mut new, stored);
    upsert(conn, new.iter().map(|(key, tally)| TallyRow::new(key, 0, slot, tally)))
}

/// A waiting sheet as it is read.
struct Found {
    random: i64,
    key: TallyKey,
    channel: i16,
    answers: Vec<u8>,
    demographics: Vec<u8>,
}

/// Unit and civil day.
type Day = (i32, i32);

/// Days of units.
type Days = BTreeMap<i32, Vec<i32>>;

/// The units of which something waits. Written as the index of what waits says it.
fn units_that_wait(conn: &mut Conn) -> Result<Vec<i32>, DbError> {
    let rows = tally::table.filter(not(tally::released));
    Ok(rows.select(tally::unit_id).distinct().order(tally::unit_id).load(conn)?)
}

/// The days of these units of which something waits.
fn waiting_days(conn: &mut Conn, units: &[i32]) -> Result<Days, DbError> {
    let found: Vec<Day> = in_parts(units, |some| {
        let rows = tally::table.filter(not(tally::released)).filter(tally::unit_id.eq_any(some));
        Ok(rows.select((tally::unit_id, tally::day)).distinct().order((tally::unit_id, tally::day)).load(conn)?)
    })?;
    let mut days = Days::new();
    for (unit, day) in found {
        days.entry(unit).or_default().push(day);
    }
    Ok(days)
}

/// Whether the releases of a root were made in the night before `date`.
fn is_past(conn: &mut Conn, date: &str, root: i32) -> Result<bool, DbError> {
    let reached = meta::find(conn, REACHED)?.unwrap_or_default();
    let reached = reached.strip_prefix(date).and_then(|root| root.trim_start().parse::<i32>().ok());
    Ok(reached.is_some_and(|reached| reached >= root) || meta::find(conn, RELEASED)?.as_deref() == Some(date))
}

/// Releases what waits anywhere and keeps it; how many sheets.
pub(in crate::db) fn run(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    rules: &Rules,
    moment: Moment,
) -> Result<usize, DbError> {
    let roots: BTreeSet<i32> = units_that_wait(conn)?.into_iter().map(|unit| rules.root(unit)).collect();
    let mut released = 0;
    for root in roots {
        released += run_root(conn, slot, forms, rules, root, moment)?;
    }
    Ok(released)
}

/// Releases what waits under `root` and keeps it; how many sheets.
pub(in crate::db) fn run_root(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    rules: &Rules,
    root: i32,
    moment: Moment,
) -> Result<usize, DbError> {
    let days = waiting_days(conn, rules.under(root))?;
    release_days(conn, slot, forms, rules, root, days, moment)
}

/// Releases what waits of some days of units under `root`.
fn release_days(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    rules: &Rules,
    root: i32,
    units: Days,
    moment: Moment,
) -> Result<usize, DbError> {
    // The past may be long, and no release of it crosses a stretch: it is read one stretch after the other.
    let parts = match rules.of(root).filter(|_| moment == Moment::Upgrade) {
        Some(asked) => by_stretch(&units, &asked.bounds),
        None => vec![units],
    };
    let mut released = 0;
    for units in parts {
        let mut sheets = Vec::new();
        for (unit, days) in units {
            sheets.extend(waiting(conn, unit, &days)?);
        }
        released += release_of_root(conn, slot, forms, rules, root, &sheets, moment)?;
    }
    Ok(released)
}

/// Days of units by the stretch in which they lie.
fn by_stretch(units: &Days, bounds: &Bounds) -> Vec<Days> {
    let mut stretches: BTreeMap<usize, Days> = BTreeMap::new();
    for (unit, day) in units.iter().flat_map(|(unit, days)| days.iter().map(|day| (*unit, *day))) {
        stretches.entry(bounds.stretch(day)).or_default().entry(unit).or_default().push(day);
    }
    stretches.into_values().collect()
}

fn release_of_root(
    conn: &mut Conn,
    slot: i16,
    forms: &questionnaires::Cache,
    rules: &Rules,
    root: i32,
    sheets: &[Found],
    moment: Moment,
) -> Result<usize, DbError> {
    let Some(asked) = rules.of(root) else { return Ok(0) };
    let waiting = told_apart(conn, forms, rules, asked, sheets)?;
    let made = releases(&waiting, &asked.bounds, moment, &shares::counted_alone(conn, root)?);
    if made.is_empty() {
        return Ok(0);
    }
    let mut next = shares::last_number(conn)?;
    let mut numbers = vec![0; sheets.len()];
    let mut touched: BTreeSet<Day> = BTreeSet::new();
    for release in &made {
        next += 1;
        let mut of_units: BTreeMap<i32, u64> = BTreeMap::new();
        let mut of_days: BTreeMap<Day, Vec<i64>> = BTreeMap::new();
        for place in &release.members {
            let key = sheets[*place].key;
            numbers[*place] = next;
            *of_units.entry(key.unit).or_default() += 1;
            of_days.entry((key.unit, key.day)).or_default().push(sheets[*place].random);
        }
        for ((unit, day), keys) in of_days {
            touched.insert((unit, day));
            for keys in keys.chunks(SHEETS_PER_STATEMENT) {
                let rows = sheet::table.filter(sheet::unit_id.eq(unit)).filter(sheet::day.eq(day));
                diesel::update(rows.filter(sheet::random.eq_any(keys.to_vec())))
                    .set(sheet::release_id.eq(next))
                    .execute(conn)?;
            }
        }
        let stretches = (asked.bounds.stretch(release.days.0), asked.bounds.stretch(release.days.1));
        let pool = pool_name(&waiting, release, stretches);
        let new = NewRelease { number: next, root, pool, days: release.days, mixed: release.mixed };
        shares::keep(conn, &new, &of_units)?;
    }
    // What is left of the touched days waits on; its tallies are made anew, whoever wrote them.
    let mut sums: BTreeMap<(TallyKey, i32), Tally> = BTreeMap::new();
    for (found, number) in sheets.iter().zip(&numbers) {
        if touched.contains(&(found.key.unit, found.key.day)) {
            let form = forms.form(conn, found.key.form)?;
            let sum = sums.entry((found.key, *number)).or_insert_with(|| Tally::empty(&form.layout));
            sum.add(&form.layout, &found.answers, &found.demographics);
        }
    }
    for (unit, day) in &touched {
        let rows = tally::table.filter(tally::unit_id.eq(unit)).filter(tally::released.eq(false));
        diesel::delete(rows.filter(tally::day.eq(day))).execute(conn)?;
    }
    upsert(conn, sums.iter().map(|((key, number), tally)| TallyRow::new(key, *number, slot, tally)))?;
    let released = made.iter().map(|release| release.members.len()).sum();
    webhook_events::answers_released(conn, root, released)?;
    Ok(released)
}

/// Waiting sheets as the rule of releases tells them apart.
fn told_apart(
    conn: &mut Conn,
    forms: &questionnaires::Cache,
    rules: &Rules,
    asked: &OfRoot,
    sheets: &[Found],
) -> Result<Vec<Waiting>, DbError> {
    let unnamed: Arc<str> = "".into();
    let mut joins: BTreeMap<i32, Option<u8>> = BTreeMap::new();
    for form in sheets.iter().map(|found| found.key.form) {
        if let std::collections::btree_map::Entry::Vacant(unknown) = joins.entry(form) {
            unknown.insert(indices_of(&forms.form(conn, form)?.questionnaire));
        }
    }
    let waiting = sheets.iter().map(|found| Waiting {
        cell: Cell {
            field: found.key.field,
            questionnaire: Arc::clone(rules.questionnaires.get(&found.key.form).unwrap_or(&unnamed)),
            series: found.key.series,
        },
        kind: Kind {
            respondent: asked.by_respondent.then(|| found.key.respondent.code()),
            channel: asked.by_channel.then_some(found.channel),
            round: rules.rounds.get(&(found.key.unit, found.key.point)).copied(),
        },
        suspect: found.key.suspect,
        day: found.key.day,
        random: found.random,
        joins: joins[&found.key.form],
    });
    Ok(waiting.collect())
}

/// The indices that a questionnaire's service part feeds, a bit each; none where it has no such part.
fn indices_of(questionnaire: &Questionnaire) -> Option<u8> {
    let feeds = |feed| questionnaire.sections.iter().any(|section| section.feeds.contains(&feed));
    let bit = |place: u8, feed| if feeds(feed) { 1 << place } else { 0 };
    feeds(Feed::Sipas).then(|| bit(0, Feed::Sipas) | bit(1, Feed::Procedures) | bit(2, Feed::PublicServices))
}

/// What the sheets of a release have in common, for whoever reads the table, and to divide like with like.
fn pool_name(waiting: &[Waiting], release: &Release, (first, last): (usize, usize)) -> String {
    let Waiting { cell: Cell { field, questionnaire, series }, kind, suspect, .. } = &waiting[release.members[0]];
    let of_kind = |kind: Option<i16>| kind.map_or_else(|| "-".to_owned(), |kind| kind.to_string());
    let flag = if release.mixed {
        "both"
    } else if *suspect {
        "flagged"
    } else {
        "plain"
    };
    if release.together {
        let fields: BTreeSet<i16> = release.members.iter().map(|place| waiting[*place].cell.field).collect();
        return shares::pool_together(&fields, *series, &format!("{flag}/{first}-{last}"));
    }
    let (respondent, channel) = (of_kind(kind.respondent), of_kind(kind.channel));
    let round = kind.round.map_or_else(String::new, |round| format!("/round-{round}"));
    format!("{field}/{questionnaire}/{}/{respondent}/{channel}/{flag}/{first}-{last}{round}", series.code())
}

/// The sheets of some days of a unit that wait and are not voided.
fn waiting(conn: &mut Conn, unit: i32, days: &[i32]) -> Result<Vec<Found>, DbError> {
    let in_force = voided::of_waiting(conn, unit)?;
    let mut found = Vec::new();
    for days in days.chunks(DAYS_PER_STATEMENT) {
        let rows: Vec<SheetRow> = sheet::table
            .filter(sheet::unit_id.eq(unit))
            .filter(sheet::day.eq_any(days.to_vec()))
            .filter(sheet::release_id.eq(0))
            .select(SheetRow::as_select())
            .order((sheet::day, sheet::random))
            .load(conn)?;
        for row in rows {
            let key = row.key()?;
            if !in_force.covers(&key) {
                let SheetRow { random, channel, answers, demographics, .. } = row;
                found.push(Found { random, key, channel, answers, demographics });
            }
        }
    }
    Ok(found)
}

fn distinct(numbers: impl Iterator<Item = i32>) -> Vec<i32> {
    numbers.collect::<BTreeSet<i32>>().into_iter().collect()
}

/// Writes rows over those with the same key, in the order of the key, so that writers cannot lock each other out. The sums of
/// days whose released rows change are invalidated.
pub(in crate::db) fn upsert(conn: &mut Conn, rows: impl Iterator<Item = TallyRow>) -> Result<(), DbError> {
    use diesel::upsert::excluded;
    let rows: Vec<TallyRow> = rows.collect();
    daily_sums::invalidate(conn, &rows.iter().filter(|row| row.released).map(|row| (row.unit_id, row.day)).collect())?;
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        on_backend!(conn, |c| {
            diesel::insert_into(tally::table)
                .values(rows)
                .on_conflict((
                    tally::unit_id,
                    tally::released,
                    tally::day,
                    tally::point_id,
                    tally::field_id,
                    tally::form_id,
                    tally::series,
                    tally::mode,
                    tally::respondent,
                    tally::suspect,
                    tally::release_id,
                    tally::slot,
                ))
                .do_update()
                .set(tally::body.eq(excluded(tally::body)))
                .execute(c)
        })?;
    }
    Ok(())
}
