//! What citizens are told: tellings of a ward with every version of their texts.

use chrono::NaiveDate;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::cases::telling::{NotDone, State, TellingAction, Topic};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::{telling, telling_version};
use crate::db::{Db, DbError, Kept, Noted, day};

impl Coded for Topic {
    const WHAT: &'static str = "topic of a telling";
    const CODES: &'static [(Self, i16)] = &[(Self::Results, 1), (Self::Mended, 2)];
}

impl Coded for State {
    const WHAT: &'static str = "state of a telling";
    const CODES: &'static [(Self, i16)] = &[(Self::Draft, 1), (Self::Approved, 2), (Self::Published, 3)];
}

/// A telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Number of the ward.
    pub unit: i32,
    /// Its number within the ward.
    pub number: i32,
    /// What it is about.
    pub topic: Topic,
    /// Its time: `2026-09` or `plan/period`.
    pub span: String,
    /// The published figures that it is made of, JSON.
    pub facts: String,
    /// How far its newest version is.
    pub state: State,
    /// The newest version.
    pub version: u32,
    /// Who approved the newest version; empty where nobody did yet.
    pub approved_by: String,
    /// The version that everybody reads.
    pub out_version: Option<u32>,
    /// When it was begun.
    pub made_on: NaiveDate,
    /// When it first went out.
    pub published_on: Option<NaiveDate>,
    /// When it last went out.
    pub updated_on: Option<NaiveDate>,
    /// When it was read aloud.
    pub broadcast_on: Option<NaiveDate>,
    /// When it was sent to the city.
    pub sent_on: Option<NaiveDate>,
    /// When the city's site accepted it.
    pub accepted_on: Option<NaiveDate>,
}

/// The texts of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Heading of the item.
    pub title: String,
    /// The item for the ward's site.
    pub item: String,
    pub broadcast: String,
    /// Heading of the item for the city's site.
    pub city_title: String,
    /// That item.
    pub city: String,
}

/// A version: its texts, who wrote it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// From 1.
    pub version: u32,
    pub texts: Texts,
    /// Who wrote them.
    pub by: String,
    /// When.
    pub on: NaiveDate,
}

/// A telling that is to be kept: begun, or written anew.
#[derive(Debug, Clone)]
pub struct Told {
    /// Number of the ward.
    pub unit: i32,
    /// Its number and the version that was seen; zeros for a new one.
    pub seen: (i32, u32),
    /// What a new one is about, and its time.
    pub about: (Topic, String),
    /// The figures; none leaves those that it has.
    pub facts: Option<String>,
    pub texts: Texts,
    /// By whom.
    pub by: String,
    /// When.
    pub on: NaiveDate,
}

/// What is decided about a telling.
#[derive(Debug, Clone)]
pub struct TellingDeed {
    /// Number of the ward.
    pub unit: i32,
    /// Number of the telling.
    pub number: i32,
    /// The version that was seen.
    pub version: u32,
    /// What is decided.
    pub deed: TellingAction,
    /// By whom.
    pub by: String,
    /// When.
    pub on: NaiveDate,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellingDone {
    Done,
    /// There is no such telling.
    Unknown,
    /// Somebody wrote a newer version meanwhile.
    Newer,
    /// It may not be done.
    Not(NotDone),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = telling, treat_none_as_default_value = false)]
struct Row {
    unit_id: i32,
    number: i32,
    topic: i16,
    span: String,
    facts: String,
    state: i16,
    version: i32,
    approved_by: String,
    out_version: Option<i32>,
    made_day: i32,
    published_day: Option<i32>,
    updated_day: Option<i32>,
    broadcast_day: Option<i32>,
    sent_day: Option<i32>,
    accepted_day: Option<i32>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = telling_version)]
struct VersionRow {
    unit_id: i32,
    number: i32,
    version: i32,
    title: String,
    item: String,
    broadcast: String,
    city_title: String,
    city: String,
    by_name: String,
    on_day: i32,
}

fn of_row(row: Row) -> Result<Telling, DbError> {
    Ok(Telling {
        unit: row.unit_id,
        number: row.number,
        topic: Topic::of_code(row.topic)?,
        span: row.span,
        facts: row.facts,
        state: State::of_code(row.state)?,
        version: row.version.unsigned_abs(),
        approved_by: row.approved_by,
        out_version: row.out_version.map(i32::unsigned_abs),
        made_on: day::date_of(row.made_day),
        published_on: day::of_option(row.published_day),
        updated_on: day::of_option(row.updated_day),
        broadcast_on: day::of_option(row.broadcast_day),
        sent_on: day::of_option(row.sent_day),
        accepted_on: day::of_option(row.accepted_day),
    })
}

fn of_version(row: VersionRow) -> Wording {
    let VersionRow { version, title, item, broadcast, city_title, city, by_name, on_day, .. } = row;
    let texts = Texts { title, item, broadcast, city_title, city };
    Wording { version: version.unsigned_abs(), texts, by: by_name, on: day::date_of(on_day) }
}

impl Db {
    /// The tellings of a ward, newest first.
    pub fn tellings(&self, unit: i32) -> Result<Vec<Telling>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            let of_unit = telling::table.filter(telling::unit_id.eq(unit)).order(telling::number.desc());
            Ok(of_unit.select(Row::as_select()).load(conn)?)
        })?;
        rows.into_iter().map(of_row).collect()
    }

    /// Every version of a telling, oldest first.
    pub fn telling_versions(&self, unit: i32, number: i32) -> Result<Vec<Wording>, DbError> {
        let rows: Vec<VersionRow> = self.read(|conn| {
            let of_telling = telling_version::table
                .filter(telling_version::unit_id.eq(unit))
                .filter(telling_version::number.eq(number));
            Ok(of_telling.order(telling_version::version).select(VersionRow::as_select()).load(conn)?)
        })?;
        Ok(rows.into_iter().map(of_version).collect())
    }

    /// What of a ward everybody reads, newest first: tellings with the version that is out.
    pub fn published_tellings(&self, unit: i32) -> Result<Vec<(Telling, Wording)>, DbError> {
        let (rows, versions): (Vec<Row>, Vec<VersionRow>) = self.read(|conn| {
            let out = telling::table.filter(telling::unit_id.eq(unit)).filter(telling::out_version.is_not_null());
            let out = out.order((telling::published_day.desc(), telling::number.desc()));
            let rows: Vec<Row> = out.select(Row::as_select()).load(conn)?;
            let numbers: Vec<i32> = rows.iter().map(|row| row.number).collect();
            let versions = telling_version::table
                .filter(telling_version::unit_id.eq(unit))
                .filter(telling_version::number.eq_any(numbers))
                .select(VersionRow::as_select())
                .load(conn)?;
            Ok((rows, versions))
        })?;
        let mut versions: Vec<(i32, Wording)> = versions.into_iter().map(|row| (row.number, of_version(row))).collect();
        let mut found = Vec::new();
        for row in rows {
            let telling = of_row(row)?;
            let out = |(number, wording): &(i32, Wording)| {
                *number == telling.number && Some(wording.version) == telling.out_version
            };
            if let Some(place) = versions.iter().position(out) {
                found.push((telling, versions.swap_remove(place).1));
            }
        }
        Ok(found)
    }
}

fn row_of(conn: &mut Conn, unit: i32, number: i32) -> Result<Option<Row>, DbError> {
    Ok(telling::table.find((unit, number)).select(Row::as_select()).first(conn).optional()?)
}

fn put(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    diesel::delete(telling::table.find((row.unit_id, row.number))).execute(conn)?;
    on_backend!(conn, |c| diesel::insert_into(telling::table).values(row).execute(c))?;
    Ok(())
}

/// Whether what is asked was done already, as after a double press.
fn is_decided(row: &Row, asked: &TellingDeed) -> Result<bool, DbError> {
    let (state, is_out) = (State::of_code(row.state)?, row.out_version == Some(row.version));
    Ok(match asked.deed {
        TellingAction::Approve => state == State::Approved && row.approved_by == asked.by,
        TellingAction::Publish => state == State::Published && is_out,
        TellingAction::TakeBack => state == State::Draft && !is_out,
        TellingAction::Withdraw => row.out_version.is_none(),
        TellingAction::Edit => false,
    })
}

/// Whether the newest telling of a ward is the very one that is begun here, by the same person, untouched since.
fn is_just_begun(conn: &mut Conn, new: &Told, number: i32) -> Result<bool, DbError> {
    let Some(row) = row_of(conn, new.unit, number)? else { return Ok(false) };
    let first = telling_version::table.find((new.unit, number, 1));
    let first: VersionRow = first.select(VersionRow::as_select()).first(conn)?;
    let (topic, span) = &new.about;
    Ok(row.version == 1
        && row.state == State::Draft.code()
        && (row.topic, &row.span) == (topic.code(), span)
        && of_version(first) == Wording { version: 1, texts: new.texts.clone(), by: new.by.clone(), on: new.on })
}

impl Noted {
    /// Keeps a version of a telling, which is a draft by that; a new telling where its number is 0. What the newest version says already is
    /// kept once however often it is sent. Stale where there is no such telling, or a newer version.
    pub fn keep_telling(&self, kept: &Told) -> Result<Kept, DbError> {
        let kept = kept.clone();
        let keep = move |conn: &mut Conn| {
            let today = day::day_number(kept.on);
            let (number, seen) = kept.seen;
            let mut row = if number > 0 {
                let newest: Option<VersionRow> = telling_version::table
                    .filter(telling_version::unit_id.eq(kept.unit))
                    .filter(telling_version::number.eq(number))
                    .order(telling_version::version.desc())
                    .select(VersionRow::as_select())
                    .first(conn)
                    .optional()?;
                if newest.is_some_and(|newest| of_version(newest).texts == kept.texts) {
                    return Ok(Kept::Already(number));
                }
                match row_of(conn, kept.unit, number)? {
                    Some(row) if row.version.unsigned_abs() == seen => row,
                    _ => return Ok(Kept::Stale),
                }
            } else {
                let of_unit = telling::table.filter(telling::unit_id.eq(kept.unit)).select(telling::number);
                let last: Option<i32> = of_unit.order(telling::number.desc()).first(conn).optional()?;
                if let Some(newest) = last
                    && is_just_begun(conn, &kept, newest)?
                {
                    return Ok(Kept::Already(newest));
                }
                Row {
                    unit_id: kept.unit,
                    number: last.unwrap_or(0) + 1,
                    topic: kept.about.0.code(),
                    span: kept.about.1.clone(),
                    facts: String::new(),
                    state: State::Draft.code(),
                    version: 0,
                    approved_by: String::new(),
                    out_version: None,
                    made_day: today,
                    published_day: None,
                    updated_day: None,
                    broadcast_day: None,
                    sent_day: None,
                    accepted_day: None,
                }
            };
            row.version += 1;
            row.state = State::Draft.code();
            row.approved_by.clear();
            if let Some(facts) = kept.facts {
                row.facts = facts;
            }
            let Texts { title, item, broadcast, city_title, city } = kept.texts;
            let (unit_id, number, version) = (row.unit_id, row.number, row.version);
            let words = VersionRow {
                unit_id,
                number,
                version,
                title,
                item,
                broadcast,
                city_title,
                city,
                by_name: kept.by,
                on_day: today,
            };
            put(conn, &row)?;
            diesel::insert_into(telling_version::table).values(&words).execute(conn)?;
            Ok(Kept::As(number))
        };
        self.write_if_done(keep, Kept::is_new)
    }

    /// Approves, publishes or takes back; what is not done leaves no row in the audit log.
    pub fn decide_telling(&self, asked: &TellingDeed) -> Result<TellingDone, DbError> {
        let (asked, note) = (asked.clone(), self.note.clone());
        self.db.write(move |conn| {
            let Some(mut row) = row_of(conn, asked.unit, asked.number)? else { return Ok(TellingDone::Unknown) };
            if row.version.unsigned_abs() != asked.version {
                return Ok(TellingDone::Newer);
            }
            if is_decided(&row, &asked)? {
                return Ok(TellingDone::Done);
            }
            let writer: String = telling_version::table
                .find((asked.unit, asked.number, row.version))
                .select(telling_version::by_name)
                .first(conn)?;
            let state = match State::of_code(row.state)?.after(asked.deed, writer == asked.by) {
                Ok(state) => state,
                Err(why) => return Ok(TellingDone::Not(why)),
            };
            row.state = state.code();
            let today = day::day_number(asked.on);
            match asked.deed {
                TellingAction::Approve => row.approved_by = asked.by,
                TellingAction::Publish => {
                    row.out_version = Some(row.version);
                    row.published_day = row.published_day.or(Some(today));
                    row.updated_day = Some(today);
                }
                TellingAction::TakeBack => {
                    // An approval that is taken back leaves what is out; what is out is taken back by itself.
                    if row.out_version == Some(row.version) {
                        row.out_version = None;
                    }
                    row.approved_by.clear();
                }
                TellingAction::Withdraw => row.out_version = None,
                TellingAction::Edit => {}
            }
            put(conn, &row)?;
            crate::db::append_if(conn, note.as_ref())?;
            Ok(TellingDone::Done)
        })
    }

    /// Says when a telling was read aloud, sent to the city and accepted there, in the place of the days that were `seen`.
    /// What is said already is said once. Stale where somebody said otherwise meanwhile, or there is no such telling.
    pub fn record_telling(
        &self,
        unit: i32,
        number: i32,
        seen: [Option<NaiveDate>; 3],
        days: [Option<NaiveDate>; 3],
    ) -> Result<Kept, DbError> {
        let record = move |conn: &mut Conn| {
            let Some(mut row) = row_of(conn, unit, number)? else { return Ok(Kept::Stale) };
            let [seen, days] = [seen, days].map(|three| three.map(|known| known.map(day::day_number)));
            let stands = [row.broadcast_day, row.sent_day, row.accepted_day];
            if stands == days {
                return Ok(Kept::Already(number));
            }
            if seen != stands {
                return Ok(Kept::Stale);
            }
            [row.broadcast_day, row.sent_day, row.accepted_day] = days;
            put(conn, &row)?;
            Ok(Kept::As(number))
        };
        self.write_if_done(record, Kept::is_new)
    }
}
