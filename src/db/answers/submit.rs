//! How an answer is handed to the writer, alone or many at once, and what the ledger of attempts says afterwards.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::release::{lock, run_root};
use super::shares;
use super::sheet::{Attempt, Sheet, Stored, Submission};
use super::store;
use super::writer::not_answered;
use crate::db::engine::schema::attempt;
use crate::db::{Db, DbError, day};
use crate::sheet::release::Moment;
use crate::sheet::tally::Series;

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
        self.stored(answer.await.unwrap_or_else(|_| Err(not_answered())))
    }

    /// [`Db::send`] for a thread that nobody else waits for.
    fn send_blocking(&self, submission: Submission) -> Result<Stored, DbError> {
        let answer = self.inner.writer.submit(submission)?;
        self.stored(answer.blocking_recv().unwrap_or_else(|_| Err(not_answered())))
    }

    /// What the writer says of a submission.
    fn stored(&self, stored: Result<Stored, DbError>) -> Result<Stored, DbError> {
        if stored == Ok(Stored::PointRetired) {
            // What was looked up is not what stands there.
            self.forget_points();
        }
        stored
    }

    /// [`Db::submit`] on a thread that may wait, never one of the asynchronous runtime. Only for tests and examples.
    #[doc(hidden)]
    pub fn submit_blocking(&self, sheet: Sheet, attempt: Attempt) -> Result<Stored, DbError> {
        self.send_blocking(Submission { sheet, attempt, ticket: None })
    }

    /// [`Db::submit_with_ticket`], likewise. Only for tests.
    #[doc(hidden)]
    pub fn submit_with_ticket_blocking(
        &self,
        sheet: Sheet,
        attempt: Attempt,
        ticket: [u8; 32],
    ) -> Result<Stored, DbError> {
        self.send_blocking(ticketed(sheet, attempt, ticket))
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

    /// Stores many sheets in one transaction without attempts, and releases them at once, where ten are together: for
    /// demonstration data and official files, where nobody stands at the counter.
    pub fn load_sheets(&self, sheets: Vec<Sheet>) -> Result<(), DbError> {
        let (rules, forms) = (self.release_rules()?, std::sync::Arc::clone(&self.inner.forms));
        let Some(last) = sheets.iter().map(|sheet| sheet.key.day).max() else { return Ok(()) };
        self.writer().run_in_slot(move |conn, slot| {
            lock(conn)?;
            store::load(conn, slot, &forms, &sheets)?;
            let free = sheets.iter().map(|sheet| sheet.key.unit).filter(|unit| !rules.is_held(*unit));
            for root in free.map(|unit| rules.root(unit)).collect::<BTreeSet<i32>>() {
                run_root(conn, slot, &forms, &rules, root, Moment::Loaded)?;
                shares::divide(conn, &rules, Some(root), last)?;
            }
            Ok(())
        })
    }

    /// Forgets attempts of sheets answered before `day`; how many there were.
    pub fn prune_attempts(&self, day: NaiveDate) -> Result<usize, DbError> {
        let day = day::day_number(day);
        let old = attempt::table.filter(attempt::day.lt(day));
        self.writer().run_in_slot(move |conn, _| Ok(diesel::delete(old).execute(conn)?))
    }
}

fn ticketed(mut sheet: Sheet, attempt: Attempt, ticket: [u8; 32]) -> Submission {
    sheet.key.series = Series::Ticket;
    Submission { sheet, attempt, ticket: Some(ticket) }
}
