//! What was done to complaints, in order.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::complaint_rows::{ComplaintKey, ComplaintStep};
use crate::cases::CaseAction;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::complaint_step;
use crate::db::{Db, DbError, day};

impl Db {
    /// What was done to a complaint, in order.
    pub fn complaint_steps(&self, key: ComplaintKey) -> Result<Vec<ComplaintStep>, DbError> {
        self.read(|conn| steps_of(conn, key))
    }
}

/// On which days answers of some cases of a unit were approved and published, in order.
pub(super) struct PublishedAnswers(Vec<StepDay>);

impl PublishedAnswers {
    /// Those of the `cases`, by their random numbers.
    pub fn of(conn: &mut Conn, unit: i32, cases: &[i64]) -> Result<Self, DbError> {
        let steps = in_parts(cases, |some| {
            let of_cases = complaint_step::table.filter(complaint_step::unit_id.eq(unit));
            let of_cases = of_cases.filter(complaint_step::random.eq_any(some));
            let deeds = [CaseAction::Approve.code(), CaseAction::Publish.code()];
            let of_cases = of_cases.filter(complaint_step::deed.eq_any(deeds));
            Ok(of_cases.order(complaint_step::number).select(StepDay::as_select()).load(conn)?)
        })?;
        Ok(Self(steps))
    }

    /// The day on which the answer of a case that is published was approved.
    pub fn day_of(&self, key: ComplaintKey) -> Option<NaiveDate> {
        let place = (day::day_number(key.day), key.random);
        let (mut approved, mut answered) = (None, None);
        for step in self.0.iter().filter(|step| (step.day, step.random) == place) {
            if step.deed == CaseAction::Approve.code() {
                approved = Some(step.on_day);
            } else {
                answered = approved;
            }
        }
        answered.map(day::date_of)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = complaint_step)]
struct StepRow {
    on_day: i32,
    deed: i16,
    by_name: String,
    words: String,
}

/// When something was done to which complaint of a unit.
#[derive(Queryable, Selectable)]
#[diesel(table_name = complaint_step)]
struct StepDay {
    day: i32,
    random: i64,
    on_day: i32,
    deed: i16,
}

/// The steps of a case, oldest first.
fn steps_of(conn: &mut Conn, key: ComplaintKey) -> Result<Vec<ComplaintStep>, DbError> {
    let of_case = complaint_step::table
        .filter(complaint_step::unit_id.eq(key.unit))
        .filter(complaint_step::day.eq(day::day_number(key.day)))
        .filter(complaint_step::random.eq(key.random));
    let rows: Vec<StepRow> = of_case.order(complaint_step::number).select(StepRow::as_select()).load(conn)?;
    let step = |StepRow { on_day, deed, by_name: by, words }: StepRow| {
        Ok(ComplaintStep { on: day::date_of(on_day), deed: CaseAction::of_code(deed)?, by, words })
    };
    rows.into_iter().map(step).collect()
}

/// Whether a citizen has just said this, as after a double press: the newest steps are these.
pub(super) fn is_said(conn: &mut Conn, key: ComplaintKey, steps: &[ComplaintStep]) -> Result<bool, DbError> {
    let is_citizens = steps.first().is_some_and(|step| matches!(step.deed, CaseAction::Say | CaseAction::Rate));
    Ok(is_citizens && steps_of(conn, key)?.ends_with(steps))
}

/// Adds a step behind the last.
pub(super) fn add_step(conn: &mut Conn, key: ComplaintKey, step: &ComplaintStep) -> Result<(), DbError> {
    let of_case = complaint_step::table
        .filter(complaint_step::unit_id.eq(key.unit))
        .filter(complaint_step::day.eq(day::day_number(key.day)))
        .filter(complaint_step::random.eq(key.random));
    let last: Option<i32> =
        of_case.select(complaint_step::number).order(complaint_step::number.desc()).first(conn).optional()?;
    diesel::insert_into(complaint_step::table)
        .values((
            complaint_step::unit_id.eq(key.unit),
            complaint_step::day.eq(day::day_number(key.day)),
            complaint_step::random.eq(key.random),
            complaint_step::number.eq(last.unwrap_or(0) + 1),
            complaint_step::on_day.eq(day::day_number(step.on)),
            complaint_step::deed.eq(step.deed.code()),
            complaint_step::by_name.eq(&step.by),
            complaint_step::words.eq(&step.words),
        ))
        .execute(conn)?;
    Ok(())
}
