//! An answer sheet as it is stored and read, the attempt it comes under, and what becomes of it.

use chrono::NaiveDate;
use diesel::sqlite::Sqlite;
use diesel::{Insertable, Queryable, Selectable};

use crate::db::engine::codes::Coded;
use crate::db::engine::schema::sheet;
use crate::db::{DbError, day};
use crate::plan::Channel;
use crate::sheet::tally::{Mode, Respondent, Series, TallyKey};

/// One answer sheet, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it counts: unit, civil day, point, field, questionnaire version, series, mode, respondent, flag.
    pub key: TallyKey,
    /// The channel by which the service was given.
    pub channel: Channel,
    /// One byte an item, in the order of the questionnaire: 0 blank, 1 to 5, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the place of the option, from 1.
    pub demographics: Vec<u8>,
    /// The free comment; sheets read with `Db::for_each_sheet` leave it out.
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
    /// The point takes no answers any more, which whoever looked it up did not know yet; nothing was added, and neither attempt nor ticket
    /// is used up.
    PointRetired,
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

/// All of a stored sheet but its comment. What writes rows anew writes this.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sheet, treat_none_as_default_value = false)]
pub(super) struct SheetRow {
    pub(super) unit_id: i32,
    pub(super) day: i32,
    pub(super) random: i64,
    pub(super) point_id: i32,
    pub(super) form_id: i32,
    pub(super) field_id: i16,
    pub(super) series: i16,
    pub(super) mode: i16,
    pub(super) respondent: i16,
    pub(super) channel: i16,
    pub(super) suspect: bool,
    pub(super) answers: Vec<u8>,
    pub(super) demographics: Vec<u8>,
    pub(super) release_id: i32,
}

impl SheetRow {
    /// Where the sheet counts; an error names the sheet.
    pub(super) fn key(&self) -> Result<TallyKey, DbError> {
        Ok(TallyKey {
            unit: self.unit_id,
            day: self.day,
            point: self.point_id,
            field: self.field_id,
            form: self.form_id,
            series: Series::of_code(self.series).map_err(|error| self.named(error))?,
            mode: Mode::of_code(self.mode).map_err(|error| self.named(error))?,
            respondent: Respondent::of_code(self.respondent).map_err(|error| self.named(error))?,
            suspect: self.suspect,
        })
    }

    /// The sheet without its comment; an error names it.
    pub(super) fn sheet(self) -> Result<Sheet, DbError> {
        let key = self.key()?;
        let channel = Channel::of_code(self.channel).map_err(|error| self.named(error))?;
        Ok(Sheet { key, channel, answers: self.answers, demographics: self.demographics, comment: None })
    }

    /// An error about the sheet, with the sheet's key where its row is damaged.
    fn named(&self, error: DbError) -> DbError {
        match error {
            DbError::Damaged(why) => {
                let (random, unit, day) = (self.random, self.unit_id, day::date_of(self.day));
                DbError::Damaged(format!("sheet {random} of unit {unit} on {day}: {why}"))
            }
            other => other,
        }
    }
}

/// Refuses to compile where a row has not every column of its table: a row written anew would lose what it leaves out.
pub(super) const fn is_whole<R: Queryable<Columns, Sqlite>, Columns>() {}

const _: () = is_whole::<SheetRow, sheet::SqlType>();
