//! Answer sheets: stored through the ledger of attempts, loaded in bulk, read one after the other.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use super::release::Release;
use super::writer::not_answered;
use super::{store, voidings};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, read_transaction};
use crate::db::engine::schema::{attempt, comment, sheet, unit};
use crate::db::{Db, DbError, day};
use crate::plan::Channel;
use crate::sheet::tally::{Mode, Respondent, Series, TallyKey};

/// Sheets read in one step: about a quarter of a megabyte.
const PAGE: usize = 4_096;

/// One answer sheet, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it counts: unit, civil day, point, field, questionnaire version, series, mode, respondent, flag.
    pub key: TallyKey,
    /// Through which door the service was given.
    pub channel: Channel,
    /// One byte an item, in the order of the questionnaire: 0 blank, 1 to 5, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the place of the option, from 1.
    pub demographics: Vec<u8>,
    /// The free comment; sheets read with [`Db::for_each_sheet`] leave it out.
    pub comment: Option<String>,
}

/// What the ledger keeps of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// SHA-256 of the attempt identifier.
    pub hash: [u8; 32],
    /// What was sent, keyed by the attempt identifier.
    pub tag: [u8; 16],
}

#[derive(Debug, Clone)]
pub(in crate::db) struct Submission {
    pub(in crate::db) sheet: Sheet,
    pub(in crate::db) attempt: Attempt,
    /// What the ledger of tickets keeps of the one-time code that came with it.
    pub(in crate::db) ticket: Option<[u8; 32]>,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Stored now.
    New,
    /// The same content was stored under this attempt before; nothing was added.
    Before,
    /// This attempt was used for other content; nothing was added.
    OtherContent,
    /// The ticket is unknown, used, expired or another point's; nothing was added, and the attempt is not used up.
    TicketRefused,
}

/// Which sheets to read.
#[derive(Debug, Clone, Default)]
pub struct SheetFilter {
    /// These units; none for all.
    pub units: Option<Vec<i32>>,
    /// First civil day; none for no bound.
    pub from: Option<NaiveDate>,
    /// Last civil day; none for no bound.
    pub to: Option<NaiveDate>,
}

/// A free comment with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Unit of the point.
    pub unit: i32,
    /// Service point.
    pub point: i32,
    /// Field of service.
    pub field: i16,
    /// Civil day.
    pub day: NaiveDate,
    /// What was written.
    pub body: String,
}

impl Db {
    /// Stores one submission and waits for COMMIT. The same attempt is stored once, however often it is sent.
    ///
    /// When the caller gives up waiting, the answer is stored all the same.
    pub async fn submit(&self, sheet: Sheet, attempt: Attempt) -> Result<Stored, DbError> {
        self.send(Submission { sheet, attempt, ticket: None }).await
    }

    /// [`Db::submit`] of an answer that came with a one-time code, of which `ticket` is the keyed hash: the sheet becomes
    /// one of the series of tickets, and the ticket is used up in the same transaction.
    pub async fn submit_with_ticket(
        &self,
        sheet: Sheet,
        attempt: Attempt,
        ticket: [u8; 32],
    ) -> Result<Stored, DbError> {
        self.send(ticketed(sheet, attempt, ticket)).await
    }

    async fn send(&self, submission: Submission) -> Result<Stored, DbError> {
        let answer = self.inner.writer.submit(submission)?;
        answer.await.unwrap_or_else(|_| Err(not_answered()))
    }

    /// [`Db::submit`] for commands. It must not be called on a thread of the asynchronous runtime.
    pub fn submit_blocking(&self, sheet: Sheet, attempt: Attempt) -> Result<Stored, DbError> {
        let answer = self.inner.writer.submit(Submission { sheet, attempt, ticket: None })?;
        answer.blocking_recv().unwrap_or_else(|_| Err(not_answered()))
    }

    /// [`Db::submit_with_ticket`] for commands and tests, as [`Db::submit_blocking`].
    pub fn submit_with_ticket_blocking(
        &self,
        sheet: Sheet,
        attempt: Attempt,
        ticket: [u8; 32],
    ) -> Result<Stored, DbError> {
        let answer = self.inner.writer.submit(ticketed(sheet, attempt, ticket))?;
        answer.blocking_recv().unwrap_or_else(|_| Err(not_answered()))
    }

    /// The content tag stored under an attempt of `unit`, if the ledger has it.
    pub fn find_attempt(&self, unit: i32, hash: &[u8; 32]) -> Result<Option<[u8; 16]>, DbError> {
        let hash = hash.to_vec();
        let tag: Option<Vec<u8>> = self.read(|conn| {
            let found = attempt::table.find((unit, hash)).select(attempt::tag);
            Ok(found.first(conn).optional()?)
        })?;
        tag.map(|tag| tag.try_into().map_err(|_| DbError::Damaged("a tag of an attempt is not 16 bytes".into())))
            .transpose()
    }

    /// Stores many sheets in one transaction without attempts, counted in shown figures at once: for demonstration
    /// data and official files, where nobody stands at the counter.
    pub fn load_sheets(&self, sheets: Vec<Sheet>) -> Result<(), DbError> {
        let forms = std::sync::Arc::clone(&self.inner.forms);
        self.inner.writer.run_in_slot(move |conn, slot| store::load(conn, slot, &forms, &sheets, Release::AtOnce))
    }

    /// Forgets attempts of sheets answered before `day`; how many there were.
    pub fn prune_attempts(&self, day: NaiveDate) -> Result<usize, DbError> {
        let day = day::day_number(day);
        self.write(move |conn| Ok(diesel::delete(attempt::table.filter(attempt::day.lt(day))).execute(conn)?))
    }

    /// Shows every sheet that counts to `visit`, in the order of unit, day and random key, in flat memory and from one state
    /// of the database. `visit` may break off. Voided sheets are passed over; comments are left out.
    pub fn for_each_sheet(
        &self,
        filter: &SheetFilter,
        mut visit: impl FnMut(&Sheet) -> ControlFlow<()>,
    ) -> Result<(), DbError> {
        self.read(|conn| read_transaction(conn, |conn| visit_sheets(conn, filter, false, &mut visit)))
    }

    /// Number of stored sheets, voided ones included.
    pub fn count_sheets(&self) -> Result<u64, DbError> {
        let count: i64 = self.read(|conn| Ok(sheet::table.count().get_result(conn)?))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The free comments of `units` in the civil days from `from` to `to`, newest day first, at most `limit`.
    pub fn comments(&self, units: &[i32], from: NaiveDate, to: NaiveDate, limit: u32) -> Result<Vec<Comment>, DbError> {
        let (from, to) = (day::day_number(from), day::day_number(to));
        let mut comments = Vec::new();
        for unit in units {
            let rows: Vec<CommentRow> = self.read(|conn| {
                // A left join, so that an engine begins with the few comments, not with the many sheets.
                let joined = comment::table.left_join(
                    sheet::table.on(sheet::unit_id
                        .eq(comment::unit_id)
                        .and(sheet::day.eq(comment::day))
                        .and(sheet::random.eq(comment::random))),
                );
                let columns = ((sheet::point_id, sheet::field_id).nullable(), comment::day, comment::body);
                let found = joined.filter(comment::unit_id.eq(unit)).filter(comment::day.between(from, to));
                let ordered = found.order((comment::day.desc(), comment::random.desc()));
                Ok(ordered.limit(i64::from(limit)).select(columns).load(conn)?)
            })?;
            comments.extend(rows.into_iter().filter_map(|(place, day, body)| {
                let (point, field) = place?;
                Some(Comment { unit: *unit, point, field, day: day::date_of(day), body })
            }));
        }
        comments.sort_by_key(|comment| std::cmp::Reverse(comment.day));
        comments.truncate(limit as usize);
        Ok(comments)
    }
}

fn ticketed(mut sheet: Sheet, attempt: Attempt, ticket: [u8; 32]) -> Submission {
    sheet.key.series = Series::Ticket;
    Submission { sheet, attempt, ticket: Some(ticket) }
}

/// Point and field of a comment's sheet, its day and its text.
type CommentRow = (Option<(i32, i16)>, i32, String);

/// The columns of a sheet in the order in which they are read.
type Row = (i32, i32, i64, i32, i32, i16, i16, i16, i16, i16, bool, Vec<u8>, Vec<u8>);

/// Shows every sheet of `filter` that is not voided to `visit` until it breaks off, with its comment when `comments`. Pages
/// follow the primary key.
pub(in crate::db) fn visit_sheets(
    conn: &mut Conn,
    filter: &SheetFilter,
    comments: bool,
    visit: &mut dyn FnMut(&Sheet) -> ControlFlow<()>,
) -> Result<(), DbError> {
    let units = match &filter.units {
        Some(units) => {
            let mut units = units.clone();
            units.sort_unstable();
            units.dedup();
            units
        }
        None => unit::table.select(unit::id).order(unit::id).load(conn)?,
    };
    let first_day = filter.from.map_or(i32::MIN, day::day_number);
    let last_day = filter.to.map_or(i32::MAX, day::day_number);
    for unit in units {
        let voided = voidings::in_force(conn, unit)?;
        let mut after = (first_day, i64::MIN);
        let mut first = true;
        loop {
            let rows = page(conn, unit, after, last_day, first)?;
            first = false;
            let Some(last) = rows.last() else { break };
            after = (last.1, last.2);
            let ended = rows.len() < PAGE;
            let mut bodies = if comments { bodies(conn, unit, &rows)? } else { HashMap::new() };
            for row in rows {
                let key = (row.1, row.2);
                let mut sheet = sheet_of(row)?;
                sheet.comment = bodies.remove(&key);
                let counts = !voided.iter().any(|voiding| voiding.covers(&sheet.key));
                if counts && visit(&sheet).is_break() {
                    return Ok(());
                }
            }
            if ended {
                break;
            }
        }
    }
    Ok(())
}

/// The next sheets of a unit after a key. Row values compare as the primary key does, on both engines.
fn page(
    conn: &mut Conn,
    unit: i32,
    (day, random): (i32, i64),
    last_day: i32,
    inclusive: bool,
) -> Result<Vec<Row>, DbError> {
    use diesel::dsl::sql;
    use diesel::sql_types::{BigInt, Bool, Integer};
    let compare = if inclusive { "(day, random) >= (" } else { "(day, random) > (" };
    let after = sql::<Bool>(compare).bind::<Integer, _>(day).sql(", ").bind::<BigInt, _>(random).sql(")");
    Ok(sheet::table
        .filter(sheet::unit_id.eq(unit))
        .filter(after)
        .filter(sheet::day.le(last_day))
        .order((sheet::day, sheet::random))
        .limit(PAGE.try_into().unwrap_or(i64::MAX))
        .load(conn)?)
}

/// The comments of a page of sheets, by day and random key.
fn bodies(conn: &mut Conn, unit: i32, rows: &[Row]) -> Result<HashMap<(i32, i64), String>, DbError> {
    let days = rows.first().zip(rows.last()).map_or((0, 0), |(first, last)| (first.1, last.1));
    let keys: HashSet<(i32, i64)> = rows.iter().map(|row| (row.1, row.2)).collect();
    let found: Vec<(i32, i64, String)> = comment::table
        .filter(comment::unit_id.eq(unit))
        .filter(comment::day.between(days.0, days.1))
        .select((comment::day, comment::random, comment::body))
        .load(conn)?;
    let found = found.into_iter().map(|(day, random, body)| ((day, random), body));
    Ok(found.filter(|(key, _)| keys.contains(key)).collect())
}

fn sheet_of(row: Row) -> Result<Sheet, DbError> {
    let (unit, day, _, point, form, field, series, mode, respondent, channel, suspect, answers, demographics) = row;
    let key = TallyKey {
        unit,
        day,
        point,
        field,
        form,
        series: Series::of_code(series)?,
        mode: Mode::of_code(mode)?,
        respondent: Respondent::of_code(respondent)?,
        suspect,
    };
    Ok(Sheet { key, channel: Channel::of_code(channel)?, answers, demographics, comment: None })
}
