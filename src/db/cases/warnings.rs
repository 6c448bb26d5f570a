//! What the early warning saw of a ward, and who has read it.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::cases::warning::{About, Way};
use crate::db::engine::codes::Coded;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{warning, warning_watch};
use crate::db::{Db, DbError, Noted, day};

impl Coded for Way {
    const WHAT: &'static str = "way of a warning";
    const CODES: &'static [(Self, i16)] = &[(Self::Down, 1), (Self::Up, 2), (Self::Silent, 3)];
}

const FIELD: i16 = 1;
const CRITERION: i16 = 2;
const POINT: i16 = 3;

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningKept {
    /// Number of the ward.
    pub unit: i32,
    /// Its number within the ward; 0 before it is stored.
    pub number: i32,
    /// What moved.
    pub about: About,
    /// Which way.
    pub way: Way,
    /// From when on.
    pub since: NaiveDate,
    /// The last day of the answers with which it was seen.
    pub seen: NaiveDate,
    /// The night in which it was raised.
    pub raised: NaiveDate,
    /// How many sheets say so.
    pub people: u64,
    /// When it was read, by whom, and what they said.
    pub read: Option<(NaiveDate, String, String)>,
}

/// What is known of the watch over a ward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchKept {
    /// When its answers were last judged.
    pub judged: NaiveDate,
    /// How many things are watched.
    pub watched: u32,
    /// Days between two false alarms of the whole list; none where nothing is tested yet.
    pub days_between: Option<u32>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = warning_watch)]
struct WatchRow {
    judged_day: i32,
    watched: i32,
    days_between: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = warning)]
struct Row {
    unit_id: i32,
    number: i32,
    kind: i16,
    subject: String,
    way: i16,
    since_day: i32,
    seen_day: i32,
    raised_day: i32,
    people: i32,
    read_day: Option<i32>,
    read_by: String,
    note: String,
}

fn about_of(kind: i16, subject: &str) -> Result<About, DbError> {
    let damaged = || DbError::Damaged(format!("a warning about `{subject}`"));
    let two = || subject.split_once('/').ok_or_else(damaged);
    Ok(match kind {
        FIELD => About::Field(subject.to_owned()),
        CRITERION => two().map(|(field, item)| About::Criterion(field.to_owned(), item.to_owned()))?,
        _ => {
            let (unit, point) = two()?;
            About::Point(unit.parse().map_err(|_| damaged())?, point.parse().map_err(|_| damaged())?)
        }
    })
}

fn of_row(row: Row) -> Result<WarningKept, DbError> {
    let about = about_of(row.kind, &row.subject)?;
    Ok(WarningKept {
        unit: row.unit_id,
        number: row.number,
        about,
        way: Way::of_code(row.way)?,
        since: day::date_of(row.since_day),
        seen: day::date_of(row.seen_day),
        raised: day::date_of(row.raised_day),
        people: u64::from(row.people.unsigned_abs()),
        read: row.read_day.map(|on| (day::date_of(on), row.read_by, row.note)),
    })
}

impl Db {
    /// The warnings of these wards, the newest first.
    pub fn warnings(&self, units: &[i32]) -> Result<Vec<WarningKept>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let of_units = warning::table.filter(warning::unit_id.eq_any(some));
                let newest_first = of_units.order((warning::unit_id, warning::number.desc()));
                Ok(newest_first.select(Row::as_select()).load(conn)?)
            })
        })?;
        let mut found = rows.into_iter().map(of_row).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|kept| std::cmp::Reverse(kept.raised));
        Ok(found)
    }

    /// What is known of the watch over a ward; none before its first night.
    pub fn warning_watch(&self, unit: i32) -> Result<Option<WatchKept>, DbError> {
        let found = warning_watch::table.find(unit).select(WatchRow::as_select());
        let row: Option<WatchRow> = self.read(|conn| Ok(found.first(conn).optional()?))?;
        Ok(row.map(|row| WatchKept {
            judged: day::date_of(row.judged_day),
            watched: row.watched.unsigned_abs(),
            days_between: (row.days_between > 0).then(|| row.days_between.unsigned_abs()),
        }))
    }

    /// Keeps what a night saw of a ward; the warnings get the next numbers.
    pub fn keep_warnings(&self, unit: i32, watch: WatchKept, new: Vec<WarningKept>) -> Result<(), DbError> {
        self.write(move |conn| {
            let last: Option<i32> = warning::table
                .filter(warning::unit_id.eq(unit))
                .order(warning::number.desc())
                .select(warning::number)
                .first(conn)
                .optional()?;
            for (number, new) in (last.unwrap_or(0) + 1..).zip(new) {
                let kind = match new.about {
                    About::Field(_) => FIELD,
                    About::Criterion(..) => CRITERION,
                    About::Point(..) => POINT,
                };
                diesel::insert_into(warning::table)
                    .values((
                        warning::unit_id.eq(unit),
                        warning::number.eq(number),
                        warning::kind.eq(kind),
                        warning::subject.eq(new.about.word()),
                        warning::way.eq(new.way.code()),
                        warning::since_day.eq(day::day_number(new.since)),
                        warning::seen_day.eq(day::day_number(new.seen)),
                        warning::raised_day.eq(day::day_number(new.raised)),
                        warning::people.eq(i32::try_from(new.people).unwrap_or(i32::MAX)),
                        warning::note.eq(""),
                    ))
                    .execute(conn)?;
            }
            diesel::delete(warning_watch::table.find(unit)).execute(conn)?;
            let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
            diesel::insert_into(warning_watch::table)
                .values((
                    warning_watch::unit_id.eq(unit),
                    warning_watch::judged_day.eq(day::day_number(watch.judged)),
                    warning_watch::watched.eq(number(watch.watched)),
                    warning_watch::days_between.eq(watch.days_between.map_or(0, number)),
                ))
                .execute(conn)?;
            Ok(())
        })
    }
}

impl Noted {
    /// Enters that a warning was read, with a note; whether there is such a one that nobody had read.
    pub fn read_warning(
        &self,
        (unit, number): (i32, i32),
        on: NaiveDate,
        by: &str,
        note: &str,
    ) -> Result<bool, DbError> {
        let (by, note) = (by.to_owned(), note.to_owned());
        self.write(move |conn| {
            let unread = warning::table.find((unit, number)).filter(warning::read_day.is_null());
            let changed = diesel::update(unread)
                .set((warning::read_day.eq(Some(day::day_number(on))), warning::read_by.eq(by), warning::note.eq(note)))
                .execute(conn)?;
            Ok(changed > 0)
        })
    }
}
