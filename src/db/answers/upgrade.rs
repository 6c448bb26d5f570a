//! Answers that shown figures counted before releases were kept, made into releases at the first start. Looks taken before are
//! outside of what is promised since.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use super::pools::Rules;
use super::rebuild::counted;
use super::release::{lock, run, upsert};
use super::retention::kept_from;
use super::shares::{self, NewRelease};
use super::tallies::TallyRow;
use crate::db::engine::conn::Conn;
use crate::db::engine::meta;
use crate::db::engine::schema::{service_point, tally, unit};
use crate::db::reference::questionnaires;
use crate::db::{Db, DbError, day};
use crate::sheet::release::{LEAST, Moment};
use crate::sheet::tally::Tally;

/// Key in `meta` of the day since which releases are kept, where there were answers before.
const SINCE: &str = "releases_kept_since";

impl Db {
    /// Makes releases of what shown figures counted before there were any; how many sheets. Done once.
    pub fn release_the_past(&self, today: NaiveDate) -> Result<usize, DbError> {
        let before = tally::table.filter(tally::released.eq(true)).filter(tally::release_id.eq(0));
        let (done, some) = self.read(|conn| {
            let some: Option<i32> = before.select(tally::day).order(tally::day).first(conn).optional()?;
            Ok((meta::find(conn, SINCE)?.is_some(), some.is_some()))
        })?;
        if done || !some {
            return Ok(0);
        }
        let (rules, forms) = (self.release_rules()?, Arc::clone(&self.inner.forms));
        self.writer().run_in_slot(move |conn, slot| {
            lock(conn)?;
            let from = kept_from(conn)?;
            let forgotten = from.map_or(Ok(0), |from| forgotten(conn, &rules, from))?;
            to_waiting(conn, slot, &forms, from)?;
            let released = run(conn, slot, &forms, &rules, Moment::Upgrade)?;
            shares::divide(conn, &rules, None, day::day_number(today))?;
            meta::keep(conn, SINCE, &today.to_string())?;
            Ok(released + forgotten)
        })
    }
}

/// All sheets that are still there wait, from `from` on.
fn to_waiting(conn: &mut Conn, slot: i16, forms: &questionnaires::Cache, from: Option<i32>) -> Result<(), DbError> {
    let units: Vec<i32> = unit::table.select(unit::id).order(unit::id).load(conn)?;
    for unit in units {
        let sums = counted(conn, forms, unit, (from, None))?.sums;
        let rows = tally::table.filter(tally::unit_id.eq(unit)).filter(tally::release_id.eq(0));
        diesel::delete(rows.filter(tally::day.ge(from.unwrap_or(i32::MIN)))).execute(conn)?;
        let waiting = sums.iter().filter(|((_, release), _)| *release == 0);
        upsert(conn, waiting.map(|((key, release), tally)| TallyRow::new(key, *release, slot, tally)))?;
    }
    // Every released day changed.
    let days: Vec<(i32, i32)> = {
        use crate::db::engine::schema::day_sum;
        day_sum::table.select((day_sum::unit_id, day_sum::day)).order((day_sum::unit_id, day_sum::day)).load(conn)?
    };
    super::daily_sums::invalidate(conn, &days.into_iter().collect())
}

/// What sheets of one release have in common: respondent and channel where a plan asks.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pool {
    root: i32,
    field: i16,
    questionnaire: Arc<str>,
    series: i16,
    respondent: Option<i16>,
    channel: Option<i16>,
    suspect: bool,
    stretch: usize,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
struct ChannelRow {
    unit_id: i32,
    id: i32,
    channel: i16,
}

/// Of sheets that were forgotten only tallies are left: of each pool they become one release, where they are ten.
fn forgotten(conn: &mut Conn, rules: &Rules, from: i32) -> Result<usize, DbError> {
    let rows: Vec<TallyRow> = tally::table
        .filter(tally::released.eq(true).and(tally::release_id.eq(0)).and(tally::day.lt(from)))
        .order((tally::unit_id, tally::day, tally::point_id))
        .select(TallyRow::as_select())
        .load(conn)?;
    let channels: Vec<ChannelRow> = service_point::table
        .select(ChannelRow::as_select())
        .order((service_point::unit_id, service_point::id))
        .load(conn)?;
    let channels: BTreeMap<(i32, i32), i16> =
        channels.into_iter().map(|row| ((row.unit_id, row.id), row.channel)).collect();
    let mut pools: BTreeMap<Pool, Vec<TallyRow>> = BTreeMap::new();
    for row in rows {
        let root = rules.root(row.unit_id);
        let Some(asked) = rules.of(root) else { continue };
        let channel = || channels.get(&(row.unit_id, row.point_id)).copied().unwrap_or(0);
        let pool = Pool {
            root,
            field: row.field_id,
            questionnaire: rules.questionnaires.get(&row.form_id).cloned().unwrap_or_else(|| "".into()),
            series: row.series,
            respondent: asked.by_respondent.then_some(row.respondent),
            channel: asked.by_channel.then(channel),
            suspect: row.suspect,
            stretch: asked.bounds.stretch(row.day),
        };
        pools.entry(pool).or_default().push(row);
    }
    let mut released = 0;
    for (pool, rows) in pools {
        let mut of_units: BTreeMap<i32, u64> = BTreeMap::new();
        for row in &rows {
            let sheets = Tally::decode_sheets(&row.body).map_err(|bad| DbError::Damaged(bad.to_string()))?;
            *of_units.entry(row.unit_id).or_default() += sheets;
        }
        let sheets = usize::try_from(of_units.values().sum::<u64>()).unwrap_or(usize::MAX);
        if sheets < LEAST {
            continue;
        }
        let number = shares::last_number(conn)? + 1;
        let days = rows.iter().fold((i32::MAX, i32::MIN), |(first, last), row| (first.min(row.day), last.max(row.day)));
        let Pool { root, field, questionnaire, series, stretch, .. } = &pool;
        let name = format!("{field}/{questionnaire}/{series}/forgotten/{stretch}");
        shares::keep(conn, &NewRelease { number, root: *root, pool: name, days, mixed: false }, &of_units)?;
        released += sheets;
        for mut row in rows {
            let same = tally::table
                .filter(tally::unit_id.eq(row.unit_id).and(tally::released.eq(true)).and(tally::day.eq(row.day)))
                .filter(tally::point_id.eq(row.point_id).and(tally::field_id.eq(row.field_id)))
                .filter(tally::form_id.eq(row.form_id).and(tally::series.eq(row.series)))
                .filter(tally::mode.eq(row.mode).and(tally::respondent.eq(row.respondent)))
                .filter(tally::suspect.eq(row.suspect).and(tally::slot.eq(row.slot)))
                .filter(tally::release_id.eq(0));
            diesel::delete(same).execute(conn)?;
            row.release_id = number;
            upsert(conn, std::iter::once(row))?;
        }
    }
    Ok(released)
}
