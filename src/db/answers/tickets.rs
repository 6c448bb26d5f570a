//! The ledger of tickets: which one-time codes were printed for which point, until when they may be used, which were.
//!
//! A row holds a keyed hash of the code, never the code; the key lies outside the database. A ticket is marked as used in the
//! transaction that stores its sheet, so that neither happens without the other, and with nothing that leads from one
//! to the other: no number, no time, no order that both tables share.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use diesel::dsl::count_star;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::schema::ticket;
use crate::db::{Db, DbError, Noted, Stored, day};

/// Tickets in one statement: 1 000 × 7 columns stays below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// For what tickets are issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketIssue {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the point within it.
    pub point: i32,
    /// Which key made the hashes.
    pub key_id: [u8; 8],
    /// Civil day of issue; the ledger keeps its month.
    pub issued_on: NaiveDate,
    /// Last civil day of an answer with one of them.
    pub last_day: NaiveDate,
}

/// How many tickets a point had in a month, and how many of them came back with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketCount {
    /// Number of the unit.
    pub unit: i32,
    /// Number of the point within it.
    pub point: i32,
    /// First day of the month in which they were issued.
    pub month: NaiveDate,
    pub issued: u64,
    /// Used so far.
    pub used: u64,
}

#[derive(Insertable)]
#[diesel(table_name = ticket, treat_none_as_default_value = false)]
struct TicketRow<'a> {
    unit_id: i32,
    hash: &'a [u8],
    point_id: i32,
    key_id: &'a [u8],
    issued_month: i32,
    last_day: i32,
    used: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = ticket)]
struct CountRow {
    point_id: i32,
    issued_month: i32,
    used: bool,
    #[diesel(select_expression = count_star(), select_expression_type = count_star)]
    tickets: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = ticket)]
struct WantedRow {
    hash: Vec<u8>,
    point_id: i32,
    last_day: i32,
    used: bool,
}

impl Db {
    /// Tickets issued and used, by point and month of issue, in that order.
    pub fn ticket_counts(&self, units: &[i32]) -> Result<Vec<TicketCount>, DbError> {
        let mut counts: BTreeMap<(i32, i32, i32), (u64, u64)> = BTreeMap::new();
        for unit in units {
            let rows: Vec<CountRow> = self.read(|conn| {
                let columns = (ticket::point_id, ticket::issued_month, ticket::used);
                let grouped = ticket::table.filter(ticket::unit_id.eq(unit)).group_by(columns).order(columns);
                Ok(grouped.select(CountRow::as_select()).load(conn)?)
            })?;
            for row in rows {
                let tickets = u64::try_from(row.tickets).unwrap_or(0);
                let count = counts.entry((*unit, row.point_id, row.issued_month)).or_default();
                count.0 += tickets;
                count.1 += if row.used { tickets } else { 0 };
            }
        }
        let count = |((unit, point, month), (issued, used))| TicketCount {
            unit,
            point,
            month: day::date_of(month),
            issued,
            used,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    /// How many tickets that could still be used on `today` were made with another key than `key_id`.
    pub fn tickets_of_other_keys(&self, key_id: Option<[u8; 8]>, today: NaiveDate) -> Result<u64, DbError> {
        let known = key_id.map_or_else(Vec::new, |id| id.to_vec());
        let count: i64 = self.read(|conn| {
            let live = ticket::table.filter(ticket::used.eq(false)).filter(ticket::last_day.ge(day::day_number(today)));
            Ok(live.filter(ticket::key_id.ne(known)).count().get_result(conn)?)
        })?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

impl Noted {
    /// Enters new tickets by the keyed hashes of their codes, in the order of the hashes; those of a page that is sent once more stand there.
    /// Whether they are new.
    pub fn issue_tickets(&self, issue: &TicketIssue, mut hashes: Vec<[u8; 32]>) -> Result<bool, DbError> {
        let issue = issue.clone();
        hashes.sort_unstable();
        let issue = move |conn: &mut Conn| {
            let first: Vec<Vec<u8>> = hashes.first().iter().map(|hash| hash.to_vec()).collect();
            let known = ticket::table.filter(ticket::unit_id.eq(issue.unit)).filter(ticket::hash.eq_any(first));
            if known.count().get_result::<i64>(conn)? > 0 {
                return Ok(false);
            }
            insert(conn, &issue, &hashes)?;
            Ok(true)
        };
        let issued = self.write_if_done(issue, |anew| *anew);
        // A point with its first tickets shows that there are some.
        self.forget_points();
        issued
    }

    /// Enters new tickets of a program that may ask again: all of `hashes` but the last, which is that of the code after them. Where the first one is
    /// known, these were issued before, or another count of them, or for other days.
    pub fn issue_tickets_once(&self, issue: &TicketIssue, mut hashes: Vec<[u8; 32]>) -> Result<Stored, DbError> {
        let issue = issue.clone();
        let beyond = hashes.pop();
        let issue = move |conn: &mut Conn| {
            let ends = [hashes.first(), hashes.last(), beyond.as_ref()]
                .map(|hash| hash.map_or_else(Vec::new, |hash| hash.to_vec()));
            let known = ticket::table.filter(ticket::unit_id.eq(issue.unit)).filter(ticket::hash.eq_any(ends.to_vec()));
            let known: Vec<WantedRow> = known.order(ticket::hash).select(WantedRow::as_select()).load(conn)?;
            let [first, last, beyond] = ends.map(|hash| known.iter().find(|row| row.hash == hash));
            if first.is_none() {
                hashes.sort_unstable();
                insert(conn, &issue, &hashes)?;
                return Ok(Stored::New);
            }
            let ends_there =
                last.is_some_and(|row| row.last_day == day::day_number(issue.last_day)) && beyond.is_none();
            Ok(if ends_there { Stored::Before } else { Stored::OtherContent })
        };
        let issued = self.write_if_done(issue, |stored| *stored == Stored::New);
        self.forget_points();
        issued
    }
}

fn insert(conn: &mut Conn, issue: &TicketIssue, hashes: &[[u8; 32]]) -> Result<(), DbError> {
    let month = issue.issued_on.with_day(1).unwrap_or(issue.issued_on);
    let row = |hash| TicketRow {
        unit_id: issue.unit,
        hash,
        point_id: issue.point,
        key_id: &issue.key_id,
        issued_month: day::day_number(month),
        last_day: day::day_number(issue.last_day),
        used: false,
    };
    let rows: Vec<TicketRow<'_>> = hashes.iter().map(|hash| row(&hash[..])).collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        on_backend!(conn, |c| diesel::insert_into(ticket::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// A ticket that came with a submission, and what it must be good for.
#[derive(Debug, Clone, Copy)]
pub(in crate::db) struct Wanted {
    pub(in crate::db) unit: i32,
    pub(in crate::db) hash: [u8; 32],
    pub(in crate::db) point: i32,
    /// Civil day of the answer.
    pub(in crate::db) day: i32,
}

/// Marks the tickets that may be used, each once; says of every one that was wanted whether it was.
pub(in crate::db) fn use_up(conn: &mut Conn, wanted: &[Wanted]) -> Result<Vec<bool>, DbError> {
    let mut used = vec![false; wanted.len()];
    let mut places: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (place, ticket) in wanted.iter().enumerate() {
        places.entry(ticket.unit).or_default().push(place);
    }
    for (unit, places) in places {
        let hashes: Vec<Vec<u8>> = places.iter().map(|place| wanted[*place].hash.to_vec()).collect();
        let free = lock_free(conn, unit, hashes)?;
        let mut marked = HashSet::new();
        for place in places {
            let ticket = &wanted[place];
            let good =
                free.get(&ticket.hash[..]).is_some_and(|(point, last)| *point == ticket.point && ticket.day <= *last);
            // Of two answers with one ticket in a batch the first has it.
            used[place] = good && marked.insert(ticket.hash);
        }
        if !marked.is_empty() {
            let marked: Vec<Vec<u8>> = marked.into_iter().map(|hash| hash.to_vec()).collect();
            let rows = ticket::table.filter(ticket::unit_id.eq(unit)).filter(ticket::hash.eq_any(marked));
            diesel::update(rows).set(ticket::used.eq(true)).execute(conn)?;
        }
    }
    Ok(used)
}

/// Point and last day of the tickets not used yet. On PostgreSQL their rows stay locked until the transaction ends, taken in
/// the order of the hashes, so that two writers neither use one ticket twice nor wait for each other in a ring.
fn lock_free(conn: &mut Conn, unit: i32, hashes: Vec<Vec<u8>>) -> Result<HashMap<Vec<u8>, (i32, i32)>, DbError> {
    let query = ticket::table.filter(ticket::unit_id.eq(unit)).filter(ticket::hash.eq_any(hashes)).order(ticket::hash);
    let rows: Vec<WantedRow> = match conn {
        Conn::Postgres(postgres) => query.select(WantedRow::as_select()).for_update().load(postgres)?,
        Conn::Sqlite(sqlite) => query.select(WantedRow::as_select()).load(sqlite)?,
    };
    let free = rows.into_iter().filter(|row| !row.used);
    Ok(free.map(|row| (row.hash, (row.point_id, row.last_day))).collect())
}
