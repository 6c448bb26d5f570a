//! Paper sheets being keyed: a batch of one point, each sheet keyed twice, then stored among the answers.
//!
//! Storing writes the sheets, adds them to the tallies and deletes the batch in one transaction. So a batch is stored
//! once, and afterwards nothing says which stored sheet was which keyed one.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::rounds::series_at;
use super::sheet::Sheet;
use super::store;
use crate::db::audit;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, lock_out_other_writers};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{entry_batch, entry_sheet, service_point};
use crate::db::periods::imports;
use crate::db::{Db, DbError, ImportFile, Note, Noted, day, instant};
use crate::plan::Channel;
use crate::sheet::tally::{Mode, Respondent, Series, TallyKey};

/// The most sheets of one batch: a pile that one person keys in one sitting.
pub const BATCH_SHEETS_MAX: usize = 500;

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Keyed for the first time.
    First,
    /// Keyed again; the first keying is not shown.
    Second,
    /// Keyed twice: differences are settled.
    Compared,
}

impl Coded for BatchState {
    const WHAT: &'static str = "state of a batch";
    const CODES: &'static [(Self, i16)] = &[(Self::First, 1), (Self::Second, 2), (Self::Compared, 3)];
}

/// A batch to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewPaperBatch {
    /// Number of the point's unit.
    pub unit: i32,
    /// Number of the point within the unit.
    pub point: i32,
    /// Number of the questionnaire version that was printed.
    pub form: i32,
    /// Number of the user who begins.
    pub by: i32,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A batch under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperBatch {
    /// Its number.
    pub id: i32,
    /// Number of the point's unit.
    pub unit: i32,
    /// Number of the point within the unit.
    pub point: i32,
    /// Number of the questionnaire version.
    pub form: i32,
    /// How far it is.
    pub state: BatchState,
    /// Who keyed it first.
    pub first_by: i32,
    /// Who keys or keyed it again.
    pub second_by: Option<i32>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Sheets keyed in the first and in the second keying.
    pub keyed: [usize; 2],
}

/// One keyed sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRow {
    /// The day written on it.
    pub day: NaiveDate,
    /// Number of the field of service.
    pub field: i16,
    /// Who answered.
    pub respondent: Respondent,
    /// One byte an item: 0 blank, 1 to 5, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the place of the option, from 1.
    pub demographics: Vec<u8>,
    /// Free words.
    pub comment: Option<String>,
}

/// What became of a batch that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchStored {
    /// Its sheets stand among the answers; how many.
    Stored(usize),
    /// The two keyings differ, or one of them is empty: nothing was stored.
    Different,
    /// There is no such batch any more: it was stored or thrown away before.
    Gone,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_batch)]
struct BatchRow {
    id: i32,
    unit_id: i32,
    point_id: i32,
    form_id: i32,
    state: i16,
    first_by: i32,
    second_by: Option<i32>,
    created_ms: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_sheet)]
struct SheetRow {
    day: i32,
    field_id: i16,
    respondent: i16,
    answers: Vec<u8>,
    demographics: Vec<u8>,
    comment: Option<String>,
}

impl Db {
    /// The batches of `units`, oldest first.
    pub fn entry_batches(&self, units: &[i32]) -> Result<Vec<PaperBatch>, DbError> {
        self.read(|conn| {
            let mut rows: Vec<BatchRow> = in_parts(units, |some| {
                let of_units = entry_batch::table.filter(entry_batch::unit_id.eq_any(some));
                Ok(of_units.order(entry_batch::id).select(BatchRow::as_select()).load(conn)?)
            })?;
            rows.sort_by_key(|row| row.id);
            rows.iter().map(|row| of_row(conn, row)).collect()
        })
    }

    /// One batch; none when it was stored or thrown away.
    pub fn entry_batch(&self, id: i32) -> Result<Option<PaperBatch>, DbError> {
        self.read(|conn| find(conn, id))
    }

    /// The sheets of one keying, 1 or 2, in the order of the pile.
    pub fn keyed_sheets(&self, batch: i32, pass: i16) -> Result<Vec<KeyedRow>, DbError> {
        self.read(|conn| keyed(conn, batch, pass))
    }

    /// Keeps one keyed sheet at `place` of the pile, from 1: a new one right behind the last, or in place of `before`, the one that
    /// was seen there in the first of `passes`; the very same is kept already. False when the batch is not in the state `state`, another
    /// sheet stands there, or the place is too far.
    pub fn keep_keyed(
        &self,
        batch: i32,
        state: BatchState,
        passes: &[i16],
        place: i32,
        (before, row): (Option<&KeyedRow>, &KeyedRow),
    ) -> Result<bool, DbError> {
        let (passes, before, row) = (passes.to_vec(), before.cloned(), row.clone());
        self.write(move |conn| {
            if find(conn, batch)?.is_none_or(|found| found.state != state) {
                return Ok(false);
            }
            let at = usize::try_from(place - 1).unwrap_or(usize::MAX);
            if let Some(pass) = passes.first() {
                let stands = keyed(conn, batch, *pass)?.into_iter().nth(at);
                if stands != before && stands.as_ref() != Some(&row) {
                    return Ok(false);
                }
            }
            for pass in passes {
                let of_pass =
                    entry_sheet::table.filter(entry_sheet::batch_id.eq(batch)).filter(entry_sheet::pass.eq(pass));
                let known: i64 = of_pass.count().get_result(conn)?;
                if place < 1 || i64::from(place) > known + 1 || at >= BATCH_SHEETS_MAX {
                    return Ok(false);
                }
                diesel::delete(entry_sheet::table.find((batch, pass, place))).execute(conn)?;
                put(conn, (batch, pass, place), &row)?;
            }
            Ok(true)
        })
    }

    /// Moves a batch on from one state to another; `second_by` is noted when the second keying begins. False when it is
    /// not in the first state any more.
    pub fn move_entry_batch(
        &self,
        batch: i32,
        from: BatchState,
        to: BatchState,
        second_by: Option<i32>,
    ) -> Result<bool, DbError> {
        self.write(move |conn| {
            let found = entry_batch::table.filter(entry_batch::id.eq(batch)).filter(entry_batch::state.eq(from.code()));
            let moved = diesel::update(found).set(entry_batch::state.eq(to.code())).execute(conn)? == 1;
            if let (true, Some(user)) = (moved, second_by) {
                diesel::update(entry_batch::table.find(batch)).set(entry_batch::second_by.eq(user)).execute(conn)?;
            }
            Ok(moved)
        })
    }

    /// Stores the sheets of a batch whose two keyings are alike in `series`, and deletes the batch, in one transaction. They wait for
    /// their release, as other answers do.
    pub fn store_entry_batch(
        &self,
        id: i32,
        series: Series,
        note: impl FnOnce(usize) -> Note + Send + 'static,
    ) -> Result<BatchStored, DbError> {
        let forms = Arc::clone(&self.inner.forms);
        self.inner.writer.run_in_slot(move |conn, slot| {
            // Of two servers that store one batch, the second waits here and then finds none.
            lock_out_other_writers(conn)?;
            let Some(found) = find(conn, id)? else { return Ok(BatchStored::Gone) };
            let (first, second) = (keyed(conn, id, 1)?, keyed(conn, id, 2)?);
            if found.state != BatchState::Compared || first.is_empty() || first != second {
                return Ok(BatchStored::Different);
            }
            delete(conn, id)?;
            let channel: i16 =
                service_point::table.find((found.unit, found.point)).select(service_point::channel).first(conn)?;
            let channel = Channel::of_code(channel)?;
            // A sheet of a survey round is of the round's series, whatever was chosen for the pile.
            let series = match series_at(conn, found.unit, found.point)? {
                Series::Open => series,
                of_round => of_round,
            };
            let sheets: Vec<Sheet> = first.into_iter().map(|row| sheet(&found, channel, series, row)).collect();
            store::load(conn, slot, &forms, &sheets)?;
            audit::append(conn, &note(sheets.len()))?;
            Ok(BatchStored::Stored(sheets.len()))
        })
    }
}

impl Noted {
    /// Puts both keyings of a compared batch in the place of `seen`, as they were seen. False where they stand otherwise now.
    pub fn settle_entry_batch(
        &self,
        batch: i32,
        seen: [Vec<KeyedRow>; 2],
        settled: [Vec<KeyedRow>; 2],
    ) -> Result<bool, DbError> {
        let settle = move |conn: &mut Conn| {
            if !stands_so(conn, batch, &seen)? {
                return Ok(false);
            }
            for (pass, sheets) in (1_i16..).zip(&settled) {
                let of_pass =
                    entry_sheet::table.filter(entry_sheet::batch_id.eq(batch)).filter(entry_sheet::pass.eq(pass));
                diesel::delete(of_pass).execute(conn)?;
                for (place, row) in (1..).zip(sheets) {
                    put(conn, (batch, pass, place), row)?;
                }
            }
            Ok(true)
        };
        self.write_if_done(settle, |done| *done)
    }

    /// Takes the sheet `seen` at `place` out of one keying of `of` sheets; those behind it move up. False where it has another number of
    /// sheets, or another one stands there: a second press would take the next one.
    pub fn drop_keyed(
        &self,
        batch: i32,
        pass: i16,
        (place, of): (i32, usize),
        seen: &KeyedRow,
    ) -> Result<bool, DbError> {
        let seen = seen.clone();
        let drop = move |conn: &mut Conn| {
            let stand = keyed(conn, batch, pass)?;
            let at = usize::try_from(place - 1).unwrap_or(usize::MAX);
            if stand.len() != of || stand.get(at) != Some(&seen) {
                return Ok(false);
            }
            diesel::delete(entry_sheet::table.find((batch, pass, place))).execute(conn)?;
            let behind: Vec<i32> = entry_sheet::table
                .filter(entry_sheet::batch_id.eq(batch))
                .filter(entry_sheet::pass.eq(pass))
                .filter(entry_sheet::place.gt(place))
                .order(entry_sheet::place)
                .select(entry_sheet::place)
                .load(conn)?;
            // One by one from the front, so that no two stand at one place on the way.
            for place in behind {
                diesel::update(entry_sheet::table.find((batch, pass, place)))
                    .set(entry_sheet::place.eq(place - 1))
                    .execute(conn)?;
            }
            Ok(true)
        };
        self.write_if_done(drop, |done| *done)
    }

    /// Begins a batch and returns its number. One that the same person began of the same, and in which nothing is keyed yet, is begun already.
    pub fn begin_entry_batch(&self, new: NewPaperBatch) -> Result<i32, DbError> {
        let begin = move |conn: &mut Conn| {
            let of_theirs = entry_batch::table
                .filter(entry_batch::unit_id.eq(new.unit))
                .filter(entry_batch::point_id.eq(new.point))
                .filter(entry_batch::form_id.eq(new.form))
                .filter(entry_batch::state.eq(BatchState::First.code()))
                .filter(entry_batch::first_by.eq(new.by));
            let known: Vec<i32> = of_theirs.order(entry_batch::id).select(entry_batch::id).load(conn)?;
            for id in known {
                if keyed(conn, id, 1)?.is_empty() {
                    return Ok((id, false));
                }
            }
            let newest: Option<i32> = entry_batch::table.select(diesel::dsl::max(entry_batch::id)).get_result(conn)?;
            let id = newest.unwrap_or(0) + 1;
            diesel::insert_into(entry_batch::table)
                .values((
                    entry_batch::id.eq(id),
                    entry_batch::unit_id.eq(new.unit),
                    entry_batch::point_id.eq(new.point),
                    entry_batch::form_id.eq(new.form),
                    entry_batch::state.eq(BatchState::First.code()),
                    entry_batch::first_by.eq(new.by),
                    entry_batch::created_ms.eq(new.at.timestamp_millis()),
                ))
                .execute(conn)?;
            Ok((id, true))
        };
        Ok(self.write_if_done(begin, |(_, anew)| *anew)?.0)
    }

    /// Forgets the second keying of a compared batch, to be keyed again. False where the keyings are not as they were `seen`.
    pub fn repeat_second_keying(&self, batch: i32, seen: [Vec<KeyedRow>; 2]) -> Result<bool, DbError> {
        let repeat = move |conn: &mut Conn| {
            if !stands_so(conn, batch, &seen)? {
                return Ok(false);
            }
            let second = entry_sheet::table.filter(entry_sheet::batch_id.eq(batch)).filter(entry_sheet::pass.eq(2));
            diesel::delete(second).execute(conn)?;
            let again = entry_batch::state.eq(BatchState::Second.code());
            diesel::update(entry_batch::table.find(batch)).set(again).execute(conn)?;
            Ok(true)
        };
        self.write_if_done(repeat, |repeated| *repeated)
    }

    /// Throws a batch away with everything keyed.
    pub fn discard_entry_batch(&self, batch: i32) -> Result<(), DbError> {
        self.write(move |conn| delete(conn, batch).map(|_| ()))
    }
}

impl Noted {
    /// Stores the sheets of a file and notes it, in one transaction; refused where the same sheets were stored before. They
    /// wait for their release, as other answers do. Those at the point of a survey round are of its series.
    pub fn store_imported(&self, mut sheets: Vec<Sheet>, file: ImportFile) -> Result<(), DbError> {
        let (forms, note) = (Arc::clone(&self.inner.forms), self.note.clone());
        self.inner.writer.run_in_slot(move |conn, slot| {
            // Of two servers that store one file, the second waits here and then finds it.
            lock_out_other_writers(conn)?;
            if imports::find(conn, file.kind, &file.hash)?.is_some() {
                return Err(DbError::exists("a file with these sheets", file.name));
            }
            let mut known: HashMap<(i32, i32), Series> = HashMap::new();
            for sheet in &mut sheets {
                let point = (sheet.key.unit, sheet.key.point);
                sheet.key.series = match known.get(&point) {
                    Some(series) => *series,
                    None => *known.entry(point).or_insert(series_at(conn, point.0, point.1)?),
                };
            }
            store::load(conn, slot, &forms, &sheets)?;
            imports::note(conn, &file)?;
            note.iter().try_for_each(|note| audit::append(conn, note))
        })
    }
}

fn sheet(batch: &PaperBatch, channel: Channel, series: Series, row: KeyedRow) -> Sheet {
    let key = TallyKey {
        unit: batch.unit,
        day: day::day_number(row.day),
        point: batch.point,
        field: row.field,
        form: batch.form,
        series,
        mode: Mode::Paper,
        respondent: row.respondent,
        suspect: false,
    };
    Sheet { key, channel, answers: row.answers, demographics: row.demographics, comment: row.comment }
}

fn find(conn: &mut Conn, id: i32) -> Result<Option<PaperBatch>, DbError> {
    let row: Option<BatchRow> = entry_batch::table.find(id).select(BatchRow::as_select()).first(conn).optional()?;
    row.map(|row| of_row(conn, &row)).transpose()
}

fn of_row(conn: &mut Conn, row: &BatchRow) -> Result<PaperBatch, DbError> {
    let BatchRow { id, unit_id: unit, point_id: point, form_id: form, first_by, second_by, .. } = *row;
    let mut count = |pass: i16| -> Result<usize, DbError> {
        let of_pass = entry_sheet::table.filter(entry_sheet::batch_id.eq(id)).filter(entry_sheet::pass.eq(pass));
        let count: i64 = of_pass.count().get_result(conn)?;
        Ok(usize::try_from(count).unwrap_or(0))
    };
    let keyed = [count(1)?, count(2)?];
    let (state, created_at) = (BatchState::of_code(row.state)?, instant::of_ms(row.created_ms));
    Ok(PaperBatch { id, unit, point, form, state, first_by, second_by, created_at, keyed })
}

fn keyed(conn: &mut Conn, batch: i32, pass: i16) -> Result<Vec<KeyedRow>, DbError> {
    let of_pass = entry_sheet::table.filter(entry_sheet::batch_id.eq(batch)).filter(entry_sheet::pass.eq(pass));
    let rows: Vec<SheetRow> = of_pass.order(entry_sheet::place).select(SheetRow::as_select()).load(conn)?;
    let row = |SheetRow { day, field_id: field, respondent, answers, demographics, comment }: SheetRow| {
        let respondent = Respondent::of_code(respondent)?;
        Ok(KeyedRow { day: day::date_of(day), field, respondent, answers, demographics, comment })
    };
    rows.into_iter().map(row).collect()
}

/// Keeps a sheet at a place of a keying where none stands.
fn put(conn: &mut Conn, (batch, pass, place): (i32, i16, i32), row: &KeyedRow) -> Result<(), DbError> {
    diesel::insert_into(entry_sheet::table)
        .values((
            entry_sheet::batch_id.eq(batch),
            entry_sheet::pass.eq(pass),
            entry_sheet::place.eq(place),
            entry_sheet::day.eq(day::day_number(row.day)),
            entry_sheet::field_id.eq(row.field),
            entry_sheet::respondent.eq(row.respondent.code()),
            entry_sheet::answers.eq(&row.answers),
            entry_sheet::demographics.eq(&row.demographics),
            entry_sheet::comment.eq(row.comment.as_deref()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether a batch is compared and its two keyings are these.
fn stands_so(conn: &mut Conn, batch: i32, seen: &[Vec<KeyedRow>; 2]) -> Result<bool, DbError> {
    let is_compared = find(conn, batch)?.is_some_and(|found| found.state == BatchState::Compared);
    Ok(is_compared && keyed(conn, batch, 1)? == seen[0] && keyed(conn, batch, 2)? == seen[1])
}

fn delete(conn: &mut Conn, batch: i32) -> Result<bool, DbError> {
    diesel::delete(entry_sheet::table.filter(entry_sheet::batch_id.eq(batch))).execute(conn)?;
    Ok(diesel::delete(entry_batch::table.find(batch)).execute(conn)? == 1)
}
