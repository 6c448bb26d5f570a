//! Survey rounds: their offices, the point that each has for the round alone, what came back, and closing, which lets all of a round's
//! sheets into figures.
//!
//! The numbers printed on sheets are dealt to offices here and stand nowhere beside an answer.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::release::{lock, release_round};
use super::samples;
use crate::db::audit;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{entry_batch, form, service_point, survey_round, survey_round_office, tally};
use crate::db::reference::points::{insert_point, owner};
use crate::db::reference::units::id_of_code;
use crate::db::{Db, DbError, NewPoint, Noted, day};
use crate::plan::Channel;
use crate::plan::round::{Returns, Selection, numbers};
use crate::sheet::tally::{Mode, Series, Tally};

/// A round to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRound {
    /// Key of the plan.
    pub plan: String,
    /// Code of the plan's unit.
    pub unit: String,
    /// Clause of the plan that asks for it.
    pub clause: String,
    pub name: String,
    /// Questionnaire identifier; its newest published version is printed.
    pub form: String,
    /// Fields that the sheets may be about.
    pub fields: Vec<String>,
    /// Valid sheets wanted.
    pub quota: u32,
    /// How people are chosen.
    pub selection: Selection,
    /// First and last day written on sheets.
    pub days: (NaiveDate, NaiveDate),
    /// Offices in the order of their numbers.
    pub offices: Vec<NewRoundOffice>,
}

/// An office of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoundOffice {
    /// Code of the unit.
    pub unit: String,
    /// Sheets it hands out.
    pub sheets: u32,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its number.
    pub id: i32,
    /// Key of the plan.
    pub plan: String,
    /// Number of the plan's unit.
    pub unit: i32,
    /// Clause of the plan.
    pub clause: String,
    pub name: String,
    /// Number of the version printed.
    pub form: i32,
    /// Valid sheets wanted.
    pub quota: u32,
    /// How people are chosen.
    pub selection: Selection,
    /// First and last day written on sheets.
    pub days: (NaiveDate, NaiveDate),
    /// Codes of the fields that it asks about; none for all of the questionnaire's.
    pub fields: Vec<String>,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
    /// Its offices, by their numbers; of a sample drawn from a frame its cells, in their order.
    pub offices: Vec<RoundOffice>,
    /// What became of all numbers drawn from a frame; none where none were.
    pub drawn: Option<Returns>,
}

/// An office of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOffice {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the round's point there.
    pub point: i32,
    /// First and last number printed on its sheets.
    pub numbers: (u32, u32),
    /// What became of them.
    pub returns: Returns,
    /// The name of the cell, of a sample drawn from a frame.
    pub cell: Option<String>,
}

/// What closing a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundClosed {
    /// So many sheets entered figures.
    Closed(usize),
    /// Some are still being keyed: so many piles.
    Keying(usize),
    /// It was closed before, or is not there.
    Gone,
}

impl Round {
    /// What became of all its sheets.
    pub fn returns(&self) -> Returns {
        let all = self.offices.iter().fold(Returns::default(), |all, office| all.and(office.returns));
        self.drawn.map_or(all, |drawn| Returns { valid: all.valid, ..drawn })
    }

    /// Its points, by unit and number.
    pub fn points(&self) -> impl Iterator<Item = (i32, i32)> {
        self.offices.iter().map(|office| (office.unit, office.point))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_round)]
struct Row {
    id: i32,
    unit_id: i32,
    plan: String,
    clause: String,
    name: String,
    form_id: i32,
    quota: i32,
    selection: i16,
    first_day: i32,
    last_day: i32,
    closed_on: i32,
    fields: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = survey_round_office)]
struct OfficeRow {
    unit_id: i32,
    point_id: i32,
    first_number: i32,
    last_number: i32,
    collected: i32,
    refused: i32,
}

impl Db {
    /// The rounds of a plan, the newest first.
    pub fn rounds(&self, plan: &str) -> Result<Vec<Round>, DbError> {
        self.read(|conn| {
            let own = survey_round::table.filter(survey_round::plan.eq(plan)).order(survey_round::id.desc());
            let rows: Vec<Row> = own.select(Row::as_select()).load(conn)?;
            rows.into_iter().map(|row| of_row(conn, row)).collect()
        })
    }

    /// One round of a plan.
    pub fn round(&self, plan: &str, id: i32) -> Result<Option<Round>, DbError> {
        self.read(|conn| {
            let found = survey_round::table.find(id).filter(survey_round::plan.eq(plan));
            let row: Option<Row> = found.select(Row::as_select()).first(conn).optional()?;
            row.map(|row| of_row(conn, row)).transpose()
        })
    }

    /// The series of what staff store at a point: that of its survey round, else volunteers.
    pub fn series_at(&self, unit: i32, point: i32) -> Result<Series, DbError> {
        self.read(|conn| series_at(conn, unit, point))
    }
}

impl Noted {
    /// Begins a round: its points, and the numbers of its sheets. Its number. One of the same name, clause and days, as after a double
    /// press, is refused.
    pub fn add_round(&self, new: &NewRound) -> Result<i32, DbError> {
        let (new, forms) = (new.clone(), Arc::clone(&self.inner.forms));
        self.write_reference(move |conn| {
            let unit = id_of_code(conn, &new.unit)?;
            let same: i64 = survey_round::table
                .filter(survey_round::plan.eq(&new.plan))
                .filter(survey_round::clause.eq(&new.clause))
                .filter(survey_round::name.eq(&new.name))
                .filter(survey_round::first_day.eq(day::day_number(new.days.0)))
                .filter(survey_round::last_day.eq(day::day_number(new.days.1)))
                .count()
                .get_result(conn)?;
            if same > 0 {
                return Err(DbError::exists("survey round", &new.name));
            }
            let newest = form::table.filter(form::code.eq(&new.form)).select(form::id).order(form::version.desc());
            let newest: Option<i32> = newest.first(conn).optional()?;
            let newest = newest.ok_or_else(|| DbError::unknown("questionnaire", &new.form))?;
            let last: Option<i32> = survey_round::table.select(diesel::dsl::max(survey_round::id)).get_result(conn)?;
            let id = last.unwrap_or(0) + 1;
            diesel::insert_into(survey_round::table)
                .values((
                    survey_round::id.eq(id),
                    survey_round::unit_id.eq(unit),
                    survey_round::plan.eq(&new.plan),
                    survey_round::clause.eq(&new.clause),
                    survey_round::name.eq(&new.name),
                    survey_round::form_id.eq(newest),
                    survey_round::quota.eq(small(new.quota)),
                    survey_round::selection.eq(new.selection.code()),
                    survey_round::first_day.eq(day::day_number(new.days.0)),
                    survey_round::last_day.eq(day::day_number(new.days.1)),
                    survey_round::closed_on.eq(0),
                    survey_round::fields.eq(new.fields.join(",")),
                ))
                .execute(conn)?;
            let sheets: Vec<u32> = new.offices.iter().map(|office| office.sheets).collect();
            for (office, (first, last)) in new.offices.iter().zip(numbers(&sheets)) {
                let point = NewPoint {
                    unit: office.unit.clone(),
                    name_vi: new.name.clone(),
                    name_en: new.name.clone(),
                    form: new.form.clone(),
                    fields: new.fields.clone(),
                    channel: Channel::Counter,
                    opened_on: new.days.0,
                };
                let code = insert_point(conn, &forms, &point)?;
                let (unit, point) = owner(conn, &code)?.place();
                let retired_on = service_point::retired_on.eq(day::day_number(new.days.1) + 1);
                diesel::update(service_point::table.find((unit, point))).set(retired_on).execute(conn)?;
                diesel::insert_into(survey_round_office::table)
                    .values((
                        survey_round_office::round_id.eq(id),
                        survey_round_office::unit_id.eq(unit),
                        survey_round_office::point_id.eq(point),
                        survey_round_office::first_number.eq(small(first)),
                        survey_round_office::last_number.eq(small(last)),
                        survey_round_office::collected.eq(0),
                        survey_round_office::refused.eq(0),
                    ))
                    .execute(conn)?;
            }
            Ok(id)
        })
    }

    /// Keeps what was counted by hand: unit, sheets that came back, sheets refused. Nothing of a round that is closed.
    pub fn keep_returns(&self, round: i32, counted: Vec<(i32, u32, u32)>) -> Result<(), DbError> {
        self.write(move |conn| {
            if closed_on(conn, round)? != Some(0) {
                return Ok(());
            }
            for (unit, collected, refused) in counted {
                diesel::update(survey_round_office::table.find((round, unit)))
                    .set((
                        survey_round_office::collected.eq(small(collected)),
                        survey_round_office::refused.eq(small(refused)),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
    }

    /// Closes a round: all its sheets that wait enter figures, where ten are together.
    pub fn close_round(&self, round: i32, today: NaiveDate) -> Result<RoundClosed, DbError> {
        let (rules, forms, note) = (self.release_rules()?, Arc::clone(&self.inner.forms), self.note.clone());
        self.inner.writer.run_in_slot(move |conn, slot| {
            lock(conn)?;
            if closed_on(conn, round)? != Some(0) {
                return Ok(RoundClosed::Gone);
            }
            let piles = piles(conn, round)?;
            if piles > 0 {
                return Ok(RoundClosed::Keying(piles));
            }
            let unit: i32 = survey_round::table.find(round).select(survey_round::unit_id).first(conn)?;
            let today = day::day_number(today);
            let released = release_round(conn, slot, &forms, &rules, (round, unit), today)?;
            diesel::update(survey_round::table.find(round)).set(survey_round::closed_on.eq(today)).execute(conn)?;
            audit::append_if(conn, note.as_ref())?;
            Ok(RoundClosed::Closed(released))
        })
    }
}

/// The series of what staff store at a point.
pub(in crate::db) fn series_at(conn: &mut Conn, unit: i32, point: i32) -> Result<Series, DbError> {
    let own = survey_round_office::table
        .filter(survey_round_office::unit_id.eq(unit))
        .filter(survey_round_office::point_id.eq(point))
        .select(survey_round_office::round_id)
        .order(survey_round_office::round_id);
    let Some(round) = own.first::<i32>(conn).optional()? else {
        let cell = samples::round_of_point(conn, unit, point)?;
        return Ok(if cell.is_some() { Series::Sample } else { Series::Open });
    };
    let selection: i16 = survey_round::table.find(round).select(survey_round::selection).first(conn)?;
    Ok(Selection::of_code(selection)?.series())
}

fn closed_on(conn: &mut Conn, round: i32) -> Result<Option<i32>, DbError> {
    Ok(survey_round::table.find(round).select(survey_round::closed_on).first(conn).optional()?)
}

/// Piles of a round that are being keyed.
fn piles(conn: &mut Conn, round: i32) -> Result<usize, DbError> {
    let offices: Vec<(i32, i32)> = survey_round_office::table
        .filter(survey_round_office::round_id.eq(round))
        .select((survey_round_office::unit_id, survey_round_office::point_id))
        .order(survey_round_office::unit_id)
        .load(conn)?;
    let cells = samples::points(conn)?.into_iter().filter(|(_, of)| *of == round).map(|(point, _)| point);
    let mut piles = 0;
    for (unit, point) in offices.into_iter().chain(cells) {
        let own = entry_batch::table.filter(entry_batch::unit_id.eq(unit)).filter(entry_batch::point_id.eq(point));
        let own: i64 = own.count().get_result(conn)?;
        piles += usize::try_from(own).unwrap_or(0);
    }
    Ok(piles)
}

fn of_row(conn: &mut Conn, row: Row) -> Result<Round, DbError> {
    let Row { id, unit_id: unit, plan, clause, name, form_id: form, quota, selection, closed_on, fields, .. } = row;
    let (first, last) = (row.first_day, row.last_day);
    let own = survey_round_office::table.filter(survey_round_office::round_id.eq(id));
    let own = own.order(survey_round_office::first_number);
    let offices: Vec<OfficeRow> = own.select(OfficeRow::as_select()).load(conn)?;
    let cells = samples::cells(conn, id)?;
    let points: Vec<(i32, i32)> = offices.iter().map(|office| (office.unit_id, office.point_id)).collect();
    let valid = valid_of(conn, points.into_iter().chain(cells.iter().map(|cell| (cell.unit, cell.point))))?;
    let valid = |point: (i32, i32)| valid.get(&point).copied().unwrap_or(0);
    let offices = offices.into_iter().map(|office| RoundOffice {
        cell: None,
        unit: office.unit_id,
        point: office.point_id,
        numbers: (office.first_number.unsigned_abs(), office.last_number.unsigned_abs()),
        returns: Returns {
            issued: (office.last_number - office.first_number + 1).unsigned_abs(),
            collected: office.collected.unsigned_abs(),
            valid: valid((office.unit_id, office.point_id)),
            refused: office.refused.unsigned_abs(),
        },
    });
    let cells = cells.iter().map(|cell| RoundOffice {
        unit: cell.unit,
        point: cell.point,
        numbers: cell.numbers(),
        returns: Returns {
            issued: cell.body.drawn,
            collected: small_count(cell.body.sheets.len()),
            valid: valid((cell.unit, cell.point)),
            refused: cell.refused,
        },
        cell: Some(cell.name.clone()),
    });
    let offices: Vec<RoundOffice> = offices.chain(cells).collect();
    let drawn = samples::returns(conn, id)?;
    Ok(Round {
        id,
        plan,
        unit,
        clause,
        name,
        form,
        quota: quota.unsigned_abs(),
        selection: Selection::of_code(selection)?,
        days: (day::date_of(first), day::date_of(last)),
        fields: fields.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
        closed_on: (closed_on != 0).then(|| day::date_of(closed_on)),
        offices,
        drawn,
    })
}

/// Stored sheets of each point that staff keyed or asked for, waiting or released.
fn valid_of(conn: &mut Conn, points: impl Iterator<Item = (i32, i32)>) -> Result<HashMap<(i32, i32), u32>, DbError> {
    let modes = [Mode::Paper, Mode::Telephone, Mode::Interview].map(Coded::code);
    let mut valid = HashMap::new();
    for (unit, point) in points {
        let bodies: Vec<Vec<u8>> = tally::table
            .filter(tally::unit_id.eq(unit))
            .filter(tally::point_id.eq(point))
            .filter(tally::mode.eq_any(modes))
            .select(tally::body)
            .order((tally::released, tally::day, tally::field_id, tally::form_id, tally::release_id, tally::slot))
            .load(conn)?;
        let mut sheets = 0;
        for body in bodies {
            sheets += Tally::decode_sheets(&body).map_err(|error| DbError::Damaged(error.to_string()))?;
        }
        valid.insert((unit, point), u32::try_from(sheets).unwrap_or(u32::MAX));
    }
    Ok(valid)
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn small_count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
