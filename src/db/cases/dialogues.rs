//! Dialogues of units with people and businesses, planned and held.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::cases::dialogue::Held;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::dialogue;
use crate::db::{Db, DbError, Kept, Noted, day};

impl Coded for Held {
    const WHAT: &'static str = "state of a dialogue";
    const CODES: &'static [(Self, i16)] = &[(Self::Planned, 1), (Self::Held, 2), (Self::CalledOff, 3)];
}

/// A dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// The unit that holds it.
    pub unit: i32,
    /// Its number within the unit; 0 before it is stored.
    pub number: i32,
    /// The day.
    pub on: NaiveDate,
    /// Whether it was held.
    pub state: Held,
    /// What it is about.
    pub topic: String,
    /// Where.
    pub place: String,
    /// Who leads it.
    pub led_by: String,
    /// Whether that is the head of the ward.
    pub by_head: bool,
    /// How many came.
    pub people: u32,
    /// What was asked.
    pub asked: String,
    /// What was answered and promised.
    pub answered: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dialogue)]
struct Row {
    unit_id: i32,
    number: i32,
    on_day: i32,
    state: i16,
    topic: String,
    place: String,
    led_by: String,
    by_head: bool,
    people: i32,
    asked: String,
    answered: String,
}

fn of_row(row: Row) -> Result<Dialogue, DbError> {
    Ok(Dialogue {
        unit: row.unit_id,
        number: row.number,
        on: day::date_of(row.on_day),
        state: Held::of_code(row.state)?,
        topic: row.topic,
        place: row.place,
        led_by: row.led_by,
        by_head: row.by_head,
        people: row.people.unsigned_abs(),
        asked: row.asked,
        answered: row.answered,
    })
}

impl Db {
    /// The dialogues of these units, newest first.
    pub fn dialogues(&self, units: &[i32]) -> Result<Vec<Dialogue>, DbError> {
        let mut rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let of_units = dialogue::table.filter(dialogue::unit_id.eq_any(some));
                Ok(of_units.order((dialogue::unit_id, dialogue::number)).select(Row::as_select()).load(conn)?)
            })
        })?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.on_day));
        rows.into_iter().map(of_row).collect()
    }
}

impl Noted {
    /// Keeps a dialogue: in the place of `before`, as it was seen, or a new one. What stands so already is kept, and counted, once however
    /// often it is sent.
    pub fn keep_dialogue(&self, before: Option<&Dialogue>, kept: &Dialogue) -> Result<Kept, DbError> {
        let (before, kept) = (before.cloned(), kept.clone());
        let keep = move |conn: &mut Conn| {
            let of_unit = dialogue::table.filter(dialogue::unit_id.eq(kept.unit)).order(dialogue::number.desc());
            let rows: Vec<Row> = of_unit.select(Row::as_select()).load(conn)?;
            let known = rows.into_iter().map(of_row).collect::<Result<Vec<_>, _>>()?;
            let number = match before {
                Some(before) if known.contains(&kept) => return Ok(Kept::Already(before.number)),
                Some(before) if known.contains(&before) => before.number,
                Some(_) => return Ok(Kept::Stale),
                None => {
                    let same = |one: &&Dialogue| Dialogue { number: one.number, ..kept.clone() } == **one;
                    if let Some(same) = known.iter().find(same) {
                        return Ok(Kept::Already(same.number));
                    }
                    known.first().map_or(0, |last| last.number) + 1
                }
            };
            let row = Row {
                unit_id: kept.unit,
                number,
                on_day: day::day_number(kept.on),
                state: kept.state.code(),
                topic: kept.topic,
                place: kept.place,
                led_by: kept.led_by,
                by_head: kept.by_head,
                people: i32::try_from(kept.people).unwrap_or(i32::MAX),
                asked: kept.asked,
                answered: kept.answered,
            };
            diesel::delete(dialogue::table.find((row.unit_id, number))).execute(conn)?;
            on_backend!(conn, |c| diesel::insert_into(dialogue::table).values(&row).execute(c))?;
            Ok(Kept::As(number))
        };
        self.write_if_done(keep, Kept::is_new)
    }
}
