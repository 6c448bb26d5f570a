//! Samples drawn from a frame: the frame, who was drawn, what became of each number, the cells that answers are known by, and what was
//! computed when the round was closed. No answer refers to any of it.

use chrono::NaiveDate;
use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::read::visit_with_release;
use super::sheet::{Sheet, SheetFilter};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::{service_point, survey_cell, survey_drawn, survey_frame, survey_frame_unit};
use crate::db::reference::points::{insert_point, owner};
use crate::db::{Db, DbError, NewPoint, Noted, day};
use crate::plan::round::Returns;
use crate::sampling::cells::Cell;
use crate::sampling::draw::Drawn;
use crate::sampling::frame::FrameUnit;
use crate::sampling::outcome::Outcome;

/// Rows in one statement: 1000 × 7 values stays far below what either database takes.
const ROWS_PER_STATEMENT: usize = 1_000;

/// How far a sample has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameState {
    /// The frame is there.
    Listed,
    /// People are drawn.
    Drawn,
    /// What became of them is known, and cells are made.
    Celled,
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameStored {
    /// Name of the file it came from.
    pub file: String,
    /// How far the sample has come.
    pub state: FrameState,
    /// How people were drawn, JSON; empty before.
    pub design: String,
    /// Weights and estimates, JSON; empty before the round is closed.
    pub result: String,
    /// Known totals that weights are calibrated to, JSON; empty where none are known.
    pub totals: String,
}

/// Whether somebody drawn is of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Drawn.
    Main,
    /// A substitute who waits.
    Spare,
    /// A substitute who was called in.
    CalledIn,
}

/// A number drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnStored {
    /// The number of their sheet.
    pub sheet: u32,
    /// What the frame says of them.
    pub unit: FrameUnit,
    /// Probability of being drawn.
    pub probability: f64,
    /// Whether they are of the sample.
    pub standing: Standing,
    /// What became of them.
    pub outcome: Option<Outcome>,
    /// How often they were called on.
    pub calls: u16,
}

/// A cell, with the point that its answers stand at.
#[derive(Debug, Clone, PartialEq)]
pub struct CellStored {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the point.
    pub point: i32,
    /// Name of the point.
    pub name: String,
    /// What it stands for.
    pub body: Cell,
    /// Of its numbers those that refused.
    pub refused: u32,
}

impl CellStored {
    /// The first and the last sheet that answered.
    pub fn numbers(&self) -> (u32, u32) {
        let sheets = &self.body.sheets;
        (sheets.first().copied().unwrap_or_default(), sheets.last().copied().unwrap_or_default())
    }
}

impl Coded for FrameState {
    const WHAT: &'static str = "state of a frame";
    const CODES: &'static [(Self, i16)] = &[(Self::Listed, 1), (Self::Drawn, 2), (Self::Celled, 3)];
}

impl Coded for Standing {
    const WHAT: &'static str = "standing of a number drawn";
    const CODES: &'static [(Self, i16)] = &[(Self::Main, 1), (Self::Spare, 2), (Self::CalledIn, 3)];
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = survey_frame_unit)]
struct UnitRow {
    round_id: i32,
    place: i32,
    number: String,
    stratum: String,
    group_name: String,
    cluster: String,
    size: i32,
}

impl UnitRow {
    fn unit(self) -> FrameUnit {
        FrameUnit {
            number: self.number,
            stratum: self.stratum,
            group: self.group_name,
            cluster: self.cluster,
            size: self.size.unsigned_abs(),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = survey_drawn)]
struct DrawnRow {
    round_id: i32,
    sheet: i32,
    place: i32,
    probability: String,
    standing: i16,
    outcome: i16,
    calls: i16,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_frame)]
struct FrameRow {
    file_name: String,
    state: i16,
    design: String,
    result: String,
    totals: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_cell)]
struct CellRow {
    unit_id: i32,
    point_id: i32,
    name: String,
    body: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_cell)]
struct CellPoint {
    unit_id: i32,
    point_id: i32,
    #[diesel(column_name = round_id)]
    round: i32,
}

impl Db {
    /// The frame of a round.
    pub fn frame(&self, round: i32) -> Result<Option<FrameStored>, DbError> {
        self.read(|conn| {
            let found = survey_frame::table.find(round).select(FrameRow::as_select());
            let row: Option<FrameRow> = found.first(conn).optional()?;
            row.map(|FrameRow { file_name: file, state, design, result, totals }| {
                Ok(FrameStored { file, state: FrameState::of_code(state)?, design, result, totals })
            })
            .transpose()
        })
    }

    /// The rows of a frame, in their order.
    pub fn frame_units(&self, round: i32) -> Result<Vec<FrameUnit>, DbError> {
        self.read(|conn| {
            let own = survey_frame_unit::table.filter(survey_frame_unit::round_id.eq(round));
            let rows: Vec<UnitRow> = own.order(survey_frame_unit::place).select(UnitRow::as_select()).load(conn)?;
            Ok(rows.into_iter().map(UnitRow::unit).collect())
        })
    }

    /// Who was drawn, by the numbers of their sheets.
    pub fn drawn(&self, round: i32) -> Result<Vec<DrawnStored>, DbError> {
        self.read(|conn| {
            let on = survey_frame_unit::round_id.eq(survey_drawn::round_id);
            let joined = survey_drawn::table.inner_join(
                survey_frame_unit::table
                    .on(diesel::BoolExpressionMethods::and(on, survey_frame_unit::place.eq(survey_drawn::place))),
            );
            let columns = (DrawnRow::as_select(), UnitRow::as_select());
            let own = joined.filter(survey_drawn::round_id.eq(round)).select(columns);
            let rows: Vec<(DrawnRow, UnitRow)> = own.order(survey_drawn::sheet).load(conn)?;
            rows.into_iter().map(drawn_of).collect()
        })
    }

    /// The cells of a round, in their order.
    pub fn cells(&self, round: i32) -> Result<Vec<CellStored>, DbError> {
        self.read(|conn| cells(conn, round))
    }

    /// The sheets at some points that figures count.
    pub fn released_sheets_at(
        &self,
        points: &[(i32, i32)],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Sheet>, DbError> {
        let units = points.iter().map(|(unit, _)| *unit).collect();
        let filter = SheetFilter { units: Some(units), from: Some(from), to: Some(to) };
        let mut sheets = Vec::new();
        self.read(|conn| {
            visit_with_release(conn, &filter, false, &mut |sheet, release| {
                if release != 0 && points.contains(&(sheet.key.unit, sheet.key.point)) {
                    sheets.push(sheet.clone());
                }
                ControlFlow::Continue(())
            })
        })?;
        Ok(sheets)
    }

    /// Keeps what was computed when the round was closed.
    pub fn keep_sample_result(&self, round: i32, result: String) -> Result<(), DbError> {
        self.write(move |conn| {
            diesel::update(survey_frame::table.find(round)).set(survey_frame::result.eq(result)).execute(conn)?;
            Ok(())
        })
    }
}

impl Noted {
    /// Keeps a frame in the place of the one before; `false` where people were drawn from that one already.
    pub fn keep_frame(&self, round: i32, file: &str, units: Vec<FrameUnit>) -> Result<bool, DbError> {
        let file = file.to_owned();
        self.write(move |conn| {
            if state(conn, round)?.is_some_and(|state| state != FrameState::Listed) {
                return Ok(false);
            }
            // What is known of the people stays when their list is replaced.
            let totals: Option<String> =
                survey_frame::table.find(round).select(survey_frame::totals).first(conn).optional()?;
            diesel::delete(survey_frame_unit::table.filter(survey_frame_unit::round_id.eq(round))).execute(conn)?;
            diesel::delete(survey_frame::table.find(round)).execute(conn)?;
            diesel::insert_into(survey_frame::table)
                .values((
                    survey_frame::round_id.eq(round),
                    survey_frame::file_name.eq(file),
                    survey_frame::state.eq(FrameState::Listed.code()),
                    survey_frame::design.eq(""),
                    survey_frame::result.eq(""),
                    survey_frame::totals.eq(totals.unwrap_or_default()),
                ))
                .execute(conn)?;
            let mut rows = Vec::with_capacity(units.len());
            for (place, unit) in (0..).zip(units) {
                rows.push(UnitRow {
                    round_id: round,
                    place,
                    number: unit.number,
                    stratum: unit.stratum,
                    group_name: unit.group,
                    cluster: unit.cluster,
                    size: i32::try_from(unit.size).unwrap_or(i32::MAX),
                });
            }
            for rows in rows.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(survey_frame_unit::table).values(rows).execute(c))?;
            }
            Ok(true)
        })
    }

    /// Keeps known totals in the place of those before; `false` where there is no frame, or estimates were made.
    pub fn keep_totals(&self, round: i32, totals: String) -> Result<bool, DbError> {
        self.write(move |conn| {
            let open = survey_frame::table.filter(survey_frame::round_id.eq(round)).filter(survey_frame::result.eq(""));
            Ok(diesel::update(open).set(survey_frame::totals.eq(totals)).execute(conn)? > 0)
        })
    }

    /// Keeps who was drawn, numbered from 1 in their order; `false` where people were drawn already or there is no frame.
    pub fn keep_draw(&self, round: i32, design: String, drawn: Vec<Drawn>) -> Result<bool, DbError> {
        self.write(move |conn| {
            if state(conn, round)? != Some(FrameState::Listed) {
                return Ok(false);
            }
            let mut rows = Vec::with_capacity(drawn.len());
            for (sheet, drawn) in (1..).zip(drawn) {
                rows.push(DrawnRow {
                    round_id: round,
                    sheet,
                    place: i32::try_from(drawn.unit).unwrap_or(i32::MAX),
                    // The shortest digits that give the same number back.
                    probability: drawn.probability.to_string(),
                    standing: if drawn.substitute { Standing::Spare } else { Standing::Main }.code(),
                    outcome: 0,
                    calls: 0,
                });
            }
            for rows in rows.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(survey_drawn::table).values(rows).execute(c))?;
            }
            diesel::update(survey_frame::table.find(round))
                .set((survey_frame::design.eq(design), survey_frame::state.eq(FrameState::Drawn.code())))
                .execute(conn)?;
            Ok(true)
        })
    }

    /// Keeps what became of numbers: sheet, outcome, calls. `false` once cells are made.
    pub fn keep_outcomes(&self, round: i32, outcomes: Vec<(u32, Option<Outcome>, u16)>) -> Result<bool, DbError> {
        self.write(move |conn| {
            if state(conn, round)? != Some(FrameState::Drawn) {
                return Ok(false);
            }
            for (sheet, outcome, calls) in outcomes {
                let sheet = i32::try_from(sheet).unwrap_or(i32::MAX);
                let calls = i16::try_from(calls).unwrap_or(i16::MAX);
                diesel::update(survey_drawn::table.find((round, sheet)))
                    .set((survey_drawn::outcome.eq(outcome.map_or(0, Coded::code)), survey_drawn::calls.eq(calls)))
                    .execute(conn)?;
            }
            Ok(true)
        })
    }

    /// Calls a substitute in; `false` where there is none of that number who waits.
    pub fn call_in(&self, round: i32, sheet: u32) -> Result<bool, DbError> {
        self.write(move |conn| {
            if state(conn, round)? != Some(FrameState::Drawn) {
                return Ok(false);
            }
            let sheet = i32::try_from(sheet).unwrap_or(i32::MAX);
            let waits = survey_drawn::table
                .filter(survey_drawn::round_id.eq(round))
                .filter(survey_drawn::sheet.eq(sheet))
                .filter(survey_drawn::standing.eq(Standing::Spare.code()));
            let called =
                diesel::update(waits).set(survey_drawn::standing.eq(Standing::CalledIn.code())).execute(conn)?;
            Ok(called > 0)
        })
    }

    /// Makes the cells, each with a point of its own; `false` where they were made before or nobody is drawn.
    pub fn keep_cells(&self, round: i32, until: NaiveDate, cells: Vec<(NewPoint, Cell)>) -> Result<bool, DbError> {
        let forms = Arc::clone(&self.inner.forms);
        self.write_reference(move |conn| {
            if state(conn, round)? != Some(FrameState::Drawn) {
                return Ok(false);
            }
            for (number, (point, body)) in (1_i32..).zip(cells) {
                let code = insert_point(conn, &forms, &point)?;
                let (unit, id) = owner(conn, &code)?.place();
                let retired_on = service_point::retired_on.eq(day::day_number(until) + 1);
                diesel::update(service_point::table.find((unit, id))).set(retired_on).execute(conn)?;
                let body = serde_json::to_string(&body).map_err(|error| DbError::Failed(error.to_string()))?;
                diesel::insert_into(survey_cell::table)
                    .values((
                        survey_cell::round_id.eq(round),
                        survey_cell::cell.eq(number),
                        survey_cell::unit_id.eq(unit),
                        survey_cell::point_id.eq(id),
                        survey_cell::name.eq(point.name_vi),
                        survey_cell::body.eq(body),
                    ))
                    .execute(conn)?;
            }
            let made = survey_frame::state.eq(FrameState::Celled.code());
            diesel::update(survey_frame::table.find(round)).set(made).execute(conn)?;
            Ok(true)
        })
    }
}

fn state(conn: &mut Conn, round: i32) -> Result<Option<FrameState>, DbError> {
    let code: Option<i16> = survey_frame::table.find(round).select(survey_frame::state).first(conn).optional()?;
    code.map(FrameState::of_code).transpose()
}

fn drawn_of((drawn, unit): (DrawnRow, UnitRow)) -> Result<DrawnStored, DbError> {
    let DrawnRow { probability, outcome, .. } = &drawn;
    Ok(DrawnStored {
        sheet: drawn.sheet.unsigned_abs(),
        unit: unit.unit(),
        probability: probability.parse().map_err(|_| DbError::Damaged(format!("a probability of {probability}")))?,
        standing: Standing::of_code(drawn.standing)?,
        outcome: (*outcome != 0).then(|| <Outcome as Coded>::of_code(*outcome)).transpose()?,
        calls: drawn.calls.unsigned_abs(),
    })
}

/// A point by unit and number, and the round of its cell.
pub(in crate::db) type PointOfRound = ((i32, i32), i32);

/// Points of cells, by unit and number, with their round.
pub(in crate::db) fn points(conn: &mut Conn) -> Result<Vec<PointOfRound>, DbError> {
    let cells = survey_cell::table.order((survey_cell::round_id, survey_cell::cell));
    let rows: Vec<CellPoint> = cells.select(CellPoint::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| ((row.unit_id, row.point_id), row.round)).collect())
}

/// The round of the cell that a point belongs to.
pub(in crate::db) fn round_of_point(conn: &mut Conn, unit: i32, point: i32) -> Result<Option<i32>, DbError> {
    let own = survey_cell::table.filter(survey_cell::unit_id.eq(unit)).filter(survey_cell::point_id.eq(point));
    Ok(own.select(survey_cell::round_id).order(survey_cell::round_id).first(conn).optional()?)
}

/// The cells of a round, in their order.
pub(in crate::db) fn cells(conn: &mut Conn, round: i32) -> Result<Vec<CellStored>, DbError> {
    let own = survey_cell::table.filter(survey_cell::round_id.eq(round)).select(CellRow::as_select());
    let rows: Vec<CellRow> = own.order(survey_cell::cell).load(conn)?;
    let cell = |CellRow { unit_id: unit, point_id: point, name, body }: CellRow| {
        let body = serde_json::from_str(&body).map_err(|error| DbError::Damaged(error.to_string()))?;
        Ok(CellStored { unit, point, name, body, refused: 0 })
    };
    rows.into_iter().map(cell).collect()
}

/// What became of the numbers drawn, substitutes that were not called in left out; none where nobody was drawn.
pub(in crate::db) fn returns(conn: &mut Conn, round: i32) -> Result<Option<Returns>, DbError> {
    let own = survey_drawn::table.filter(survey_drawn::round_id.eq(round));
    let own = own.filter(survey_drawn::standing.ne(Standing::Spare.code())).select(survey_drawn::outcome);
    let outcomes: Vec<i16> = own.order(survey_drawn::sheet).load(conn)?;
    if outcomes.is_empty() {
        return Ok(None);
    }
    let count = |keep: &dyn Fn(i16) -> bool| {
        u32::try_from(outcomes.iter().filter(|outcome| keep(**outcome)).count()).unwrap_or(u32::MAX)
    };
    let [complete, partial, refused] = [Outcome::Complete, Outcome::Partial, Outcome::Refused].map(Coded::code);
    Ok(Some(Returns {
        issued: count(&|_| true),
        collected: count(&|outcome| outcome == complete || outcome == partial),
        valid: 0,
        refused: count(&|outcome| outcome == refused),
    }))
}
